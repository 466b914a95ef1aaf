"""Templates: everything escaped, nothing undefined, one environment for all pages."""

from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from coldchain.domain.duration import format_duration, in_full
from coldchain.domain.temperature import format_c
from coldchain.reporting.words import about, at_least, at_most, triple
from coldchain.web.assets import address, chart_style_ids
from coldchain.web.services import Services
from coldchain.web.values import column, tidy


def _together(words: str) -> str:
    """Words that stay on one line: ``1 h 20 min``."""
    return words.replace(" ", "\u00a0")


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters.update(
    duration=format_duration,
    in_full=in_full,
    temperature=format_c,
    at_least=at_least,
    at_most=at_most,
    about=about,
    triple=triple,
    tidy=tidy,
    column=column,
    together=_together,
)
_ENVIRONMENT.globals.update(asset=address, chart_style_ids=chart_style_ids)


def render(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page as it is sent."""
    services: Services = request.app.state.services
    base = {
        "site_name": services.site_name,
        "site_zone": services.zone.key,
        "demo": services.demo,
        "nonce": request.state.nonce,
        "heard": services.changes.version,
        "person": None,
    }
    return HTMLResponse(_ENVIRONMENT.get_template(template).render(base | context), status)
