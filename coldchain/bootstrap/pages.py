"""What the pages and the interface are given of the rest of the service."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from coldchain.bootstrap.health import sha256_of
from coldchain.layouts import find_layouts
from coldchain.loggers.learned import LearnedLayout
from coldchain.monitoring.incoming import Incoming
from coldchain.records import Store
from coldchain.rulebook.book import Rulebook
from coldchain.settings import Settings
from coldchain.web.changes import Changes
from coldchain.web.feeds import Feeds
from coldchain.web.services import Check, DemoAccount, Services, Token, Webhook


def services_of(
    settings: Settings, store: Store, rulebook: Rulebook, *, clock_ms: Callable[[], int], changes: Changes,
    submit: "Callable[[Incoming], Future[Any]]", health: Callable[[], Sequence[Check]], public_url: str,
    demo_accounts: tuple[DemoAccount, ...] | None,
) -> Services:  # fmt: skip
    """The parts of a service, and of its settings what concerns the pages.

    Args:
        settings: What the service was told.
        store, rulebook, clock_ms, changes, submit, health: Its parts: see `Services`.
        public_url: The address of the pages, with the port that is listened on.
        demo_accounts: Given, the pages say that it is a demo, and offer these.
    """
    return Services(
        store=store,
        rulebook=rulebook,
        clock_ms=clock_ms,
        changes=changes,
        submit=submit,
        health=health,
        zone=ZoneInfo(settings.tz),
        public_url=public_url,
        secure_cookies=settings.secure_cookies,
        trusted_proxies=settings.http.trusted_proxies,
        site_name=settings.site_name,
        layouts=partial(_layouts, settings),
        feeds=Feeds(settings.bounds.requests_per_s, settings.bounds.readings_per_s),
        demo=demo_accounts is not None,
        demo_accounts=demo_accounts or (),
        tokens=tuple(Token(each.name, sha256_of(each.token), each.may_write) for each in settings.http.tokens),
        webhooks=tuple(
            Webhook(each.name, each.decoder, each.proof, each.secret.reveal().encode())
            for each in settings.http.webhooks
        ),
    )


def _layouts(settings: Settings) -> tuple[LearnedLayout, ...]:
    """The learned layouts of the settings' folder, as they are on the disk now; raises `LayoutError`."""
    return find_layouts([settings.layouts]) if settings.layouts is not None else ()
