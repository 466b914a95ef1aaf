"""The files a page loads: a fixed few, all from this machine, compressed once and named by their content."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from coldchain.errors import NotFound

_OWN = Path(__file__).parent / "static"
_MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_FILES = (
    "coldchain.css",
    "coldchain.js",
    "chart.js",
    "preparations.css",
    "preparations.js",
    "imports.css",
    "imports.js",
    "icon.svg",
    "plotly.min.js",
)


@dataclass(frozen=True)
class Asset:
    """A file as it is sent.

    Attributes:
        content, compressed: Its bytes, plain and as gzip.
        version: The start of its SHA-256: a changed file has another address, so that browsers may keep it for ever.
    """

    content: bytes
    compressed: bytes
    media_type: str
    version: str


@cache
def asset(name: str) -> Asset:
    """One of the files that pages load.

    Raises:
        NotFound: There is none of this name.
    """
    if name not in _FILES:
        raise NotFound(f"there is no file called {name!r} here")
    content = _path(name).read_bytes()
    return Asset(
        content=content,
        compressed=gzip.compress(content, 6, mtime=0),
        media_type=_MEDIA_TYPES[Path(name).suffix],
        version=hashlib.sha256(content).hexdigest()[:12],
    )


def address(name: str) -> str:
    """Where a page finds a file: ``/static/coldchain.css?v=...``."""
    return f"/static/{name}?v={asset(name).version}"


@cache
def chart_style_ids() -> tuple[str, ...]:
    """The ids of the style elements that the chart library makes for itself unless the page has them.

    Its own ones carry no nonce, so the policy would refuse them, and charts would be drawn without their rules.
    """
    text = asset("plotly.min.js").content.decode()
    own = re.findall(r'getElementById\("([0-9a-f]{64})"\)', text)
    return ("plotly.js-style-global", *dict.fromkeys(own))


def _path(name: str) -> Path:
    if name != "plotly.min.js":
        return _OWN / name
    spec = find_spec("plotly")  # its bundle is a file of the package; the package itself is not imported
    if spec is None or spec.origin is None:
        raise NotFound("plotly is not installed; pages show the drawn charts instead")
    return Path(spec.origin).parent / "package_data" / name
