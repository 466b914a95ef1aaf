"""`POST /api/v1/webhooks/NAME`: events that a sensor maker's cloud or a network server posts, in its own format.

Whoever posts proves the shared secret, by one of the ways such services offer.
"""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers

from coldchain.errors import NotFound, NotPermitted, PayloadRefused
from coldchain.monitoring.incoming import Incoming
from coldchain.payloads import Decoded, decode, reports_of
from coldchain.web.api.shapes import Taken
from coldchain.web.api.taking import take_in
from coldchain.web.services import Webhook
from coldchain.web.visit import services_of

router = APIRouter(prefix="/api/v1/webhooks", tags=["coldchain"])

_NOT_PROVEN = "the request does not prove that it comes from whom the webhook is for"


@router.post("/{name}", openapi_extra={"requestBody": {"content": {"application/json": {}}}})
async def take_event(request: Request, name: str) -> Taken:
    """Take an event. The answer comes after its readings are committed; sending the same again does no harm."""
    services = services_of(request)
    webhook = next((each for each in services.webhooks if each.name == name), None)
    if webhook is None:
        raise NotFound(f"there is no webhook {name!r}")
    body = await request.body()
    if not PROOFS[webhook.proof](webhook.secret, request.headers, body):
        raise NotPermitted(_NOT_PROVEN)
    took = services.feeds.admit(f"the webhook {name}")
    received_ms = services.clock_ms()
    refused, decoded = await run_in_threadpool(_decoded, webhook, body, received_ms)
    took(len(decoded))
    said = await run_in_threadpool(reports_of, webhook.decoder, webhook.name, body)
    message = Incoming("http", name, "", body, received_ms, tuple(decoded), refused, reports=said)
    return await take_in(services, message)


def _decoded(webhook: Webhook, body: bytes, received_ms: int) -> tuple[PayloadRefused | None, list[Decoded]]:
    try:
        return None, decode(webhook.decoder, webhook.name, body, received_ms=received_ms)
    except PayloadRefused as refusal:
        return refusal, []


# ---- proofs; each compares in constant time


def _signed_body(secret: bytes, headers: Headers, body: bytes) -> bool:
    """``X-Signature-256`` (or GitHub's ``X-Hub-Signature-256``): HMAC-SHA256 of the body, in hexadecimal."""
    given = headers.get("x-signature-256") or headers.get("x-hub-signature-256") or ""
    expected = hmac.new(secret, body, hashlib.sha256).hexdigest()
    return _same(given.removeprefix("sha256=").lower(), expected)


def _disruptive(secret: bytes, headers: Headers, body: bytes) -> bool:
    """``X-Dt-Signature``: a JSON Web Token (HS256) that holds the body's SHA-256 as ``checksum_sha256``."""
    token = headers.get("x-dt-signature", "")
    signed, _, signature = token.rpartition(".")
    header, claims = _token_part(signed.partition(".")[0]), _token_part(signed.partition(".")[2])
    expected = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    if header.get("alg") != "HS256" or not hmac.compare_digest(_unpadded(signature), expected):
        return False
    expires = claims.get("exp")
    if isinstance(expires, int) and expires < time.time():
        return False
    return _same(str(claims.get("checksum_sha256", "")), hashlib.sha256(body).hexdigest())


def _token_part(text: str) -> Mapping[str, object]:
    try:
        found = json.loads(_unpadded(text) or b"{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _unpadded(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""


def _bearer(secret: bytes, headers: Headers, _body: bytes) -> bool:
    """``Authorization: Bearer <secret>``."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and _same(given.strip(), secret.decode())


def _basic(secret: bytes, headers: Headers, _body: bytes) -> bool:
    """``Authorization: Basic``, the secret being ``user:password``."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return scheme.lower() == "basic" and hmac.compare_digest(_unpadded(given.strip()), secret)


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


PROOFS: Mapping[str, Callable[[bytes, Headers, bytes], bool]] = MappingProxyType(
    {"hmac-sha256": _signed_body, "disruptive": _disruptive, "bearer": _bearer, "basic": _basic}
)
"""How a webhook's sender proves the secret, by the word of the settings."""
