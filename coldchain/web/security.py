"""What guards every request, as plain ASGI: headers with a strict policy, bounded bodies, no forms from other sites."""

import re
import secrets
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FORM_BYTES = 64 * 1024
"""The largest form that is read."""

READINGS_BYTES = 1024 * 1024
"""The largest message that is read at ``POST /api/v1/readings`` and at a webhook."""

_LARGER_THAN_ANY = re.compile(r"(?<!/locations)(?<!/products)/-?\d{19,}(?:/|$)")
"""A number in a path that does not fit into 64 bits; names of locations and products may be made of digits."""

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def policy(nonce: str) -> str:
    """The Content-Security-Policy: nothing but our own files, no inline script, one style element by its nonce."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'nonce-{nonce}'",  # plotly writes its rules into one style element of ours
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "object-src 'none'",
        )
    )


def security_headers(nonce: str, *, https: bool) -> dict[str, str]:
    """The headers of every answer."""
    headers = {
        "content-security-policy": policy(nonce),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    }
    if https:
        headers["strict-transport-security"] = "max-age=31536000"
    return headers


class SecurityHeaders:
    """Gives each request a nonce of its own (``request.state.nonce``) and each answer its headers."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        self.https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, guarded."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in security_headers(nonce, https=self.https).items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers)


class NoNul:
    """Refuses addresses that no database takes: with a NUL in them, or a number that is larger than any of ours."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, guarded."""
        if scope["type"] == "http" and (
            "\x00" in scope["path"] or b"%00" in scope["query_string"] or _LARGER_THAN_ANY.search(scope["path"])
        ):
            await _refused(scope, 404, "there is nothing of that name")(scope, receive, send)
            return
        await self.app(scope, receive, send)


class BoundedBody:
    """Reads each body up to its bound before anything else sees the request; refuses what is larger.

    ``larger`` paths take messages; one that ends with a slash stands for all below it.

    Files are the exception: the bodies of ``streamed`` paths are passed on as they come, for whoever may send them to
    put on the disk, and are cut off at their bound.
    """

    def __init__(self, app: ASGIApp, *, larger: Sequence[str] = (), streamed: Mapping[str, int] | None = None) -> None:
        self.app = app
        self.larger = frozenset(larger)
        self.below = tuple(path for path in larger if path.endswith("/"))
        self.streamed = dict(streamed or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, guarded."""
        if scope["type"] != "http" or scope["method"] in _SAFE_METHODS:
            await self.app(scope, receive, send)
            return
        if scope["path"] in self.streamed:
            await self.app(scope, _counted(scope, receive, self.streamed[scope["path"]]), send)
            return
        large = scope["path"] in self.larger or scope["path"].startswith(self.below)
        bound = READINGS_BYTES if large else FORM_BYTES
        body = await _read(scope, receive, bound)
        if body is None:
            await _refused(scope, 413, f"the body is larger than {bound // 1024} kB")(scope, receive, send)
            return
        if _is_form(scope) and b"%00" in body:
            await _refused(scope, 422, "a field holds a character that is no text")(scope, receive, send)
            return
        waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return waiting.pop() if waiting else await receive()

        await self.app(scope, replay, send)


def _counted(scope: Scope, receive: Receive, bound: int) -> Receive:
    """The body as it comes, up to its bound.

    Raises:
        HTTPException: 413, from the call that reads on beyond it.
    """
    said = Headers(scope=scope).get("content-length", "")
    read = int(said) if said.isdigit() and int(said) > bound else 0

    async def counted() -> Message:
        nonlocal read
        if read <= bound:
            message = await receive()
            read += len(message.get("body", b""))
        if read > bound:
            raise HTTPException(413, f"what was sent is larger than {bound >> 20} MB: send fewer files at once")
        return message

    return counted


def _is_form(scope: Scope) -> bool:
    return Headers(scope=scope).get("content-type", "").startswith("application/x-www-form-urlencoded")


async def _read(scope: Scope, receive: Receive, bound: int) -> bytes | None:
    """The whole body, or ``None`` as soon as it is known to be larger than its bound."""
    length = Headers(scope=scope).get("content-length", "")
    if length.isdigit() and int(length) > bound:
        return None
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > bound:
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return bytes(body)


class SameSiteOnly:
    """Refuses what another site makes a browser send.

    Browsers say where a request comes from: ``Sec-Fetch-Site``, or else ``Origin``. A request that changes something
    must come from our own pages. What says neither and brings no cookie is a program's, which can do nothing in
    anybody's name: the interface asks it for its token or its signature; forms are for browsers alone.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, guarded."""
        if scope["type"] == "http" and scope["method"] not in _SAFE_METHODS and _from_elsewhere(scope):
            sentence = "this request did not come from this site's own pages"
            await _refused(scope, 403, sentence)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _from_elsewhere(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc != headers.get("host", "")
    return "cookie" in headers or not scope["path"].startswith("/api/")


def _refused(scope: Scope, status: int, sentence: str) -> Response:
    if scope["path"].startswith("/api/"):
        return JSONResponse({"error": {"code": "refused", "message": sentence}}, status_code=status)
    return PlainTextResponse(f"{sentence[0].upper()}{sentence[1:]}.\n", status_code=status)
