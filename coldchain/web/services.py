"""What the pages need of the rest of the program; `coldchain.bootstrap` fills it, so that pages import no bootstrap."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from coldchain.web.changes import Changes
from coldchain.web.feeds import Feeds
from coldchain.web.proxies import Network

if TYPE_CHECKING:
    from coldchain.loggers.learned import LearnedLayout
    from coldchain.monitoring.incoming import Incoming
    from coldchain.records.store import Store
    from coldchain.rulebook.book import Rulebook
    from coldchain.rulebook.today import Today

_UTC = ZoneInfo("UTC")


@dataclass(frozen=True)
class Check:
    """One part of the way in, and whether it works.

    Attributes:
        name: Such as ``store``, ``broker``, ``ingest``, ``notifying``.
        ok: Whether it works now.
        detail: One sentence for the person who looks.
    """

    name: str
    ok: bool
    detail: str = ""


@dataclass(frozen=True)
class DemoAccount:
    """An account that the demo's sign-in page offers; never used by the real service."""

    name: str
    password: str
    role: str


@dataclass(frozen=True)
class Token:
    """A bearer token of a program.

    Attributes:
        name: The gateway or program, shown as the source of its readings.
        sha256: Of the token's bytes, in hexadecimal; the token itself is nowhere kept.
        may_write: Whether it may send readings; every token may read.
    """

    name: str
    sha256: str
    may_write: bool = True


@dataclass(frozen=True)
class Webhook:
    """A cloud or network server that posts events in its own format.

    Attributes:
        name: The last part of its address; the source of its readings.
        decoder: Which system's format it posts.
        proof: How it proves the secret: a word of `webhooks.PROOFS`.
        secret: The shared secret's bytes.
    """

    name: str
    decoder: str
    proof: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class Services:
    """Everything the pages use.

    Attributes:
        store: The record.
        rulebook: The product files.
        clock_ms: The time now, UTC ms.
        changes: Rings when the record changed; the ingest worker publishes after every commit.
        submit: Hands a message to the ingest worker; the future is done only after COMMIT.
        health: Every part of the way in, looked at now.
        zone: The zone in which times are shown.
        public_url: The address people use, without a slash at its end; links in alerts start with it.
        secure_cookies: Whether cookies are for https only.
        site_name: Shown on every page and printout.
        demo: Whether this is the demo; its pages say so.
        demo_accounts: Offered by the demo's sign-in page.
        tokens: Programs that may use ``/api/v1``.
        webhooks: Who may post events to ``/api/v1/webhooks``.
        trusted_proxies: Web servers that say from where a request came.
        feeds: How much each sender of readings may bring.
        layouts: The learned layouts of the settings' folder, as they are on the disk now.
    """

    store: "Store"
    rulebook: "Rulebook"
    clock_ms: Callable[[], int]
    changes: Changes
    submit: "Callable[[Incoming], Future[Any]]"
    health: Callable[[], Sequence[Check]] = tuple
    zone: ZoneInfo = _UTC
    public_url: str = "http://127.0.0.1:8080"
    secure_cookies: bool = False
    site_name: str = "Cold chain"
    demo: bool = False
    demo_accounts: tuple[DemoAccount, ...] = ()
    tokens: tuple[Token, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    trusted_proxies: tuple[Network, ...] = ()
    feeds: Feeds = field(default_factory=Feeds)
    layouts: "Callable[[], tuple[LearnedLayout, ...]]" = tuple

    @cached_property
    def today(self) -> "Today":
        """The product files as they are on the disk now; ``rulebook`` is as they were at the start."""
        from coldchain.rulebook.today import Today

        return Today(self.rulebook)
