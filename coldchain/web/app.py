"""The web application: pages and interface joined, guarded, with every error as a page or an answer."""

import logging
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from coldchain.errors import ColdchainError, NotFound, NotPermitted, StoreUnavailable, TooMuch, UsageError
from coldchain.importing.unpacking import LARGEST_FILE, LARGEST_REQUEST
from coldchain.version import __version__
from coldchain.web.api import devices, operations, preparation_acts, v1, webhooks
from coldchain.web.api import imports as imports_api
from coldchain.web.api import items as items_api
from coldchain.web.api import preparations as preparations_api
from coldchain.web.pages import (
    dispositions,
    door,
    excursion,
    excursions,
    files,
    import_batches,
    imported,
    imports,
    item_acts,
    items,
    layouts,
    live,
    location,
    overview,
    preparation,
    preparations,
    products,
    quarantine,
    reports,
    sensors,
)
from coldchain.web.proxies import BehindProxies
from coldchain.web.rendering import render
from coldchain.web.security import READINGS_BYTES, BoundedBody, NoNul, SameSiteOnly, SecurityHeaders, security_headers
from coldchain.web.services import Services
from coldchain.web.unsent import unsent_of
from coldchain.web.visit import SignInNeeded, clock_of, person_of, sign_in_address

_LOG = logging.getLogger(__name__)
_STATUS = {NotFound: 404, NotPermitted: 403, UsageError: 422, TooMuch: 429, StoreUnavailable: 503}
ROUTED = (
    files,
    door,
    reports,  # before those that take any word behind an item
    overview,
    location,
    products,
    excursions,
    excursion,
    dispositions,
    quarantine,
    sensors,
    items,
    item_acts,
    live,
    v1,
    operations,
    preparations,
    preparation,
    preparations_api,
    preparation_acts,
    items_api,
    imports,
    layouts,  # before the one that takes any word behind an import
    import_batches,
    imports_api,
    imported,
    webhooks,
    devices,
)
"""The modules whose pages and answers these are, in the order in which an address is looked up."""

STREAMED = {"/imports": LARGEST_REQUEST, "/api/v1/imports": LARGEST_FILE + READINGS_BYTES}
"""Where whole files are sent, and how many bytes at once."""

_CODES = {403: "not-permitted", 404: "not-found", 422: "invalid", 429: "too-much", 503: "unavailable"}
_WORDS = {
    400: "That request can't be used",
    403: "Not permitted",
    404: "Not found",
    405: "Not possible here",
    413: "Too much at once",
    422: "That can't be used as it is",
    429: "Too much at once",
    500: "Something went wrong here",
    503: "Not available just now",
}


def create_app(services: Services) -> FastAPI:
    """The web application over these services; it keeps no state of its own."""
    app = FastAPI(
        title="coldchain",
        version=__version__,
        description="Cold-chain compliance: readings in, locations and excursions out.",
        docs_url=None,  # FastAPI's own pages load scripts from elsewhere
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.state.services = services
    for module in ROUTED:
        app.include_router(module.router)
    app.add_exception_handler(SignInNeeded, _to_the_door)
    app.add_exception_handler(ColdchainError, _said_plainly)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unexpected)
    app.add_middleware(SameSiteOnly)  # the last one added is the first to see a request
    app.add_middleware(BoundedBody, larger=("/api/v1/readings", "/api/v1/webhooks/", "/item-files"), streamed=STREAMED)
    app.add_middleware(NoNul)
    app.add_middleware(SecurityHeaders, https=services.secure_cookies)
    app.add_middleware(BehindProxies, trusted=services.trusted_proxies)
    return app


def _for_programs(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _answer(request: Request, status: int, sentence: str, code: str) -> Response:
    """An error: JSON for programs, a page for people."""
    if _for_programs(request):
        return JSONResponse({"error": {"code": code, "message": sentence}}, status)
    try:
        person = person_of(request)
    except ColdchainError:  # the record itself is what is not available
        person = None
    return render(
        request,
        "error.html",
        status,
        heading=_WORDS.get(status, "That did not work"),
        sentence=sentence[:1].upper() + sentence[1:],
        clock=clock_of(request),
        signed_in=person is not None,
    )


async def _to_the_door(request: Request, error: Exception) -> Response:
    if _for_programs(request):
        body = {"error": {"code": "sign-in-needed", "message": "sign in, or send a bearer token"}}
        return JSONResponse(body, 401, headers={"www-authenticate": "Bearer"})
    wanted = error.wanted if isinstance(error, SignInNeeded) else "/"
    unsent = await unsent_of(request)
    if unsent is not None:
        return door.door(request, 401, wanted, unsent=unsent)
    return RedirectResponse(sign_in_address(wanted), 303)


def _said_plainly(request: Request, error: Exception) -> Response:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
    if status == 500 and isinstance(error, ColdchainError) and error.retry:
        status = 503
    if status >= 500:
        _LOG.error("%s %s: %s", request.method, request.url.path, error)
    response = _answer(request, status, str(error), _code(status))
    if isinstance(error, TooMuch):
        response.headers["retry-after"] = str(error.wait_s)
    return response


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    sentences = {404: "there is no such page", 405: "this address takes no such request"}
    response = _answer(request, status, sentences.get(status, str(getattr(error, "detail", ""))), _code(status))
    response.headers.update(getattr(error, "headers", None) or {})
    return response


def _invalid(request: Request, error: Exception) -> Response:
    problems = error.errors() if isinstance(error, RequestValidationError) else []
    said = "; ".join(dict.fromkeys(_problem(each["loc"], each["type"], each["msg"]) for each in problems))
    return _answer(request, 422, said or "the request can't be read", "invalid")


def _problem(where: Sequence[Any], kind: str, message: str) -> str:
    """What is wrong with a request: of which field, or of the whole body."""
    if kind == "json_invalid":
        return "the body is no JSON"
    if list(where) == ["body"]:
        return "the body has to be a JSON object, sent as Content-Type: application/json"
    return f"{'.'.join(str(part) for part in where[1:])}: {message}"


def _unexpected(request: Request, _error: Exception) -> Response:
    """A defect of ours; the server logs it with its trace. Stands outside the other guards, so brings its headers."""
    body = {"error": {"code": "internal", "message": "something went wrong here; it has been logged"}}
    if _for_programs(request):
        response: Response = JSONResponse(body, 500)
    else:
        response = Response("Something went wrong here. It has been logged.\n", 500, media_type="text/plain")
    https = request.app.state.services.secure_cookies
    response.headers.update(security_headers("none", https=https) | {"cache-control": "no-store"})
    return response


def _code(status: int) -> str:
    return _CODES.get(status, "refused")
