"""One request of somebody who is signed in: who, at what time, in which zone, and how a page is made for them."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from coldchain.records import accounts, preparations
from coldchain.records.accounts import Account
from coldchain.records.imports import waiting as imports_waiting
from coldchain.records.store import Transaction
from coldchain.records.views.counts import waiting
from coldchain.web.rendering import render
from coldchain.web.services import Services
from coldchain.web.times import DAY_MS, Clock

SESSION_COOKIE = "coldchain_session"
ZONE_COOKIE = "coldchain_zone"
SESSION_MS = 12 * 3_600_000
"""A sign-in holds for a shift and a half, then asks again."""

_UTC = ZoneInfo("UTC")


class SignInNeeded(Exception):
    """Nobody is signed in; carries where they wanted to go."""

    def __init__(self, wanted: str) -> None:
        super().__init__(wanted)
        self.wanted = wanted


def token_hash(token: str) -> str:
    """What the record keeps of a session's or a program's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def services_of(request: Request) -> Services:
    """The services that the app was made with."""
    services: Services = request.app.state.services
    return services


def person_of(request: Request) -> Account | None:
    """Who is signed in, by the session cookie."""
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        return None
    services = services_of(request)
    with services.store.reading() as tx:
        return accounts.session_account(tx, token_hash(token), services.clock_ms())


def inside(path: str | None) -> str:
    """A path of this site to go on to; anything that could lead elsewhere becomes the overview."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or any(ord(c) < 32 for c in path):
        return "/"
    parts = urlsplit(path)
    return "/" if parts.scheme or parts.netloc else path


@dataclass(frozen=True)
class Visit:
    """A request of a person who is signed in.

    Attributes:
        version: How often something had changed before anything was read for the answer, so that the page can tell
            whether it missed a change while it came.
    """

    request: Request
    services: Services
    person: Account
    clock: Clock
    version: int

    @property
    def here(self) -> str:
        """The page's own address with its query."""
        query = self.request.url.query
        return self.request.url.path + (f"?{query}" if query else "")

    def render(self, tx: Transaction, template: str, status: int = 200, **context: Any) -> HTMLResponse:
        """A page, in its frame."""
        wait = waiting(tx, self.clock.now_ms - DAY_MS)
        navigation = (
            ("/", "Overview", 0),
            ("/excursions", "Excursions", wait.unacknowledged),
            ("/preparations", "Preparations", preparations.running_count(tx)),
            ("/items", "Items", 0),
            ("/imports", "Imports", imports_waiting(tx)),
            ("/products", "Products", 0),
            ("/quarantine", "Quarantine", wait.quarantined),
            ("/sensors", "Sensors", 0),
        )
        frame = {
            "person": self.person,
            "clock": self.clock,
            "heard": self.version,
            "navigation": navigation,
            "here": self.request.url.path,
            "here_full": self.here,
            "in_utc": self.clock.zone.key == "UTC" and self.services.zone.key != "UTC",
        }
        return render(self.request, template, status, **frame, **context)


def visit(request: Request) -> Visit:
    """The visit, or the way to the door.

    Raises:
        SignInNeeded: Nobody is signed in.
    """
    version = services_of(request).changes.version
    person = person_of(request)
    if person is None:
        query = f"?{request.url.query}" if request.url.query else ""
        raise SignInNeeded(request.url.path + query if request.method == "GET" else "/")
    return Visit(request, services_of(request), person, clock_of(request), version)


def clock_of(request: Request) -> Clock:
    """The time now, in the zone that this person chose."""
    services = services_of(request)
    in_utc = request.cookies.get(ZONE_COOKIE) == "utc"
    return Clock(services.clock_ms(), _UTC if in_utc else services.zone)


def sign_in_address(wanted: str) -> str:
    """The door, with where to go on to afterwards."""
    return "/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted, safe='')}"


SignedIn = Annotated[Visit, Depends(visit)]
"""The visit of a page that needs somebody signed in."""
