"""Signing in and out: slow for guessers, the same answer whatever was wrong, sessions that can be ended."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from coldchain.records import accounts
from coldchain.records.accounts import Account
from coldchain.records.store import Transaction
from coldchain.reviewing import signing_in
from coldchain.reviewing.signing_in import TOO_OFTEN
from coldchain.web.passwords import is_password
from coldchain.web.rendering import render
from coldchain.web.services import Services
from coldchain.web.unsent import Unsent
from coldchain.web.visit import (
    SESSION_COOKIE,
    SESSION_MS,
    ZONE_COOKIE,
    clock_of,
    inside,
    person_of,
    services_of,
    token_hash,
)

__all__ = ["BUSY", "TOO_OFTEN", "checked", "door", "router", "turn"]

router = APIRouter(include_in_schema=False)

BUSY = "Many people are signing in at this moment. Try again."

_AT_ONCE = threading.BoundedSemaphore(2)  # argon2 takes 64 MiB each; also bounds guesses between count and note


@router.get("/sign-in")
def show_door(request: Request, next: str = "/") -> Response:  # noqa: A002 - the word in the address
    """The sign-in page; whoever is signed in already goes on."""
    if person_of(request) is not None:
        return RedirectResponse(inside(next), 303)
    return door(request, 200, wanted=inside(next))


@router.post("/sign-in")
def sign_in(
    request: Request,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=2000)] = "",
    next: Annotated[str, Form(max_length=2000)] = "/",  # noqa: A002 - the field's name
    unsent: Annotated[str, Form()] = "",
) -> Response:
    """Sign in: a session in the record, its token in a cookie; what was typed before it is asked about."""
    held = Unsent.of_text(unsent)
    services, wanted, name = services_of(request), inside(next), name.strip()
    address = request.client.host if request.client else ""
    with turn() as got_it:
        if not got_it:
            return door(request, 503, wanted, name, BUSY, held)
        found, refusal = checked(services, name, password, address)
    if found is None:
        return door(request, 429 if refusal == TOO_OFTEN else 401, wanted, name, refusal, held)
    token, now_ms = secrets.token_urlsafe(32), services.clock_ms()
    with services.store.transaction() as tx:
        accounts.drop_expired_sessions(tx, now_ms)
        _close_old(request, tx)
        accounts.open_session(tx, found.id, token_hash(token), now_ms, now_ms + SESSION_MS)
    response: Response = RedirectResponse(wanted, 303)
    if held is not None:
        response = render(request, "unsent.html", clock=clock_of(request), unsent=held, account=found)
    response.set_cookie(
        SESSION_COOKIE, token, max_age=SESSION_MS // 1000, httponly=True, samesite="lax", secure=services.secure_cookies
    )
    return response


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """End the session, here and in the record."""
    with services_of(request).store.transaction() as tx:
        _close_old(request, tx)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")
    return response


@router.post("/time")
def choose_zone(
    request: Request, zone: Annotated[str, Form()] = "site", back: Annotated[str, Form(max_length=2000)] = "/"
) -> Response:
    """Show times in UTC or in the site's zone."""
    response = RedirectResponse(inside(back), 303)
    value = "utc" if zone == "utc" else "site"
    response.set_cookie(
        ZONE_COOKIE,
        value,
        max_age=31_536_000,
        httponly=True,
        samesite="lax",
        secure=services_of(request).secure_cookies,
    )
    return response


def checked(services: Services, name: str, password: str, address: str) -> tuple[Account | None, str]:
    """Who it is, or why nobody: the attempt is noted either way."""
    return signing_in.checked(services.store, services.clock_ms, name, password, address, is_password)


@contextmanager
def turn() -> Iterator[bool]:
    """A turn at checking a password: it costs memory, so few are checked at once; ``False`` where it took too long."""
    got_it = _AT_ONCE.acquire(timeout=2.0)
    try:
        yield got_it
    finally:
        if got_it:
            _AT_ONCE.release()


def _close_old(request: Request, tx: Transaction) -> None:
    token = request.cookies.get(SESSION_COOKIE)
    if token:
        accounts.close_session(tx, token_hash(token))


def door(
    request: Request, status: int, wanted: str, name: str = "", error: str = "", unsent: Unsent | None = None
) -> Response:
    """The sign-in page; ``unsent`` is what somebody had typed when their session ended."""
    services = services_of(request)
    offered = services.demo_accounts if services.demo else ()
    return render(
        request, "door.html", status, clock=clock_of(request), wanted=wanted, name=name, error=error, offered=offered,
        unsent=unsent,
    )  # fmt: skip
