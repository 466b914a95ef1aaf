"""From where a request really comes, when a web server passes it on: only declared ones are believed (ADR 0142)."""

import ipaddress
from collections.abc import Sequence
from typing import TypeAlias

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_MOST_HOPS = 20
"""Nobody stands behind more web servers than this."""


class BehindProxies:
    """Puts the address of whoever asked in the place of a declared proxy's, by its ``X-Forwarded-For``.

    Args:
        app: What sees the request next.
        trusted: The proxies; without any, the header is not looked at.
    """

    def __init__(self, app: ASGIApp, *, trusted: Sequence[Network] = ()) -> None:
        self.app = app
        self.trusted = tuple(trusted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if self.trusted and scope["type"] in ("http", "websocket") and scope.get("client"):
            said = Headers(scope=scope).getlist("x-forwarded-for")
            peer = str(scope["client"][0])
            asker = asked_by(peer, said, self.trusted)
            if asker != peer:
                scope["client"] = (asker, 0)
        await self.app(scope, receive, send)


def asked_by(peer: str, said: Sequence[str], trusted: Sequence[Network]) -> str:
    """The address that a request came from.

    Each proxy appends from where it had the request, so the list is believed from its end, as far as those who wrote
    it are declared. What stands before the first stranger anybody can have written.

    Args:
        peer: Who opened the connection.
        said: The values of ``X-Forwarded-For``, in their order.
        trusted: The declared proxies.
    """
    asker, found = peer, _address(peer)
    hops = ",".join(said).rsplit(",", _MOST_HOPS)[-_MOST_HOPS:] if said else []
    while found is not None and hops and any(found in network for network in trusted):
        found = _address(hops.pop())
        if found is not None:
            asker = str(found)
    return asker


def _address(text: str) -> Address | None:
    """An address, with or without a port; ``None`` for anything else, such as ``unknown``."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
