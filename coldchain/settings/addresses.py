"""Addresses in settings: of machines and of web pages."""

import ipaddress
from urllib.parse import SplitResult, urlsplit


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def web_parts(text: str) -> SplitResult | None:
    """The parts of an ``http`` or ``https`` address; ``None`` where a text is none."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    plain = text.isascii() and text.isprintable() and " " not in text
    return parts if plain and parts.scheme in {"http", "https"} and parts.hostname else None
