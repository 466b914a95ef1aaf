"""A hospital to look at: refrigerators with stories told as series, people of every role, pages on a real port."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import uvicorn
from argon2 import PasswordHasher

from coldchain.domain.duration import parse_duration
from coldchain.domain.temperature import format_c
from coldchain.monitoring.due import run_due
from coldchain.monitoring.incoming import Incoming, Ingested
from coldchain.monitoring.ingest import ingest
from coldchain.monitoring.worker import IngestWorker
from coldchain.payloads import Decoded
from coldchain.records import Store, accounts, excursions, places
from coldchain.rulebook.book import load_rulebook, parse_product
from coldchain.rulebook.series import parse_series
from coldchain.web.app import create_app
from coldchain.web.changes import Changes
from coldchain.web.services import Check, Services, Token
from coldchain.web.visit import token_hash
from tests.empty import empty_store

MINUTE = 60_000
NOON = 1_795_262_400_000
"""21 November 2026 12:00 UTC, 13:00 in Berlin."""

CHANNELS = (("smtp", "pharmacy"), ("webhook", "ops"))
PASSWORD = "correct horse battery"
ROLES = ("nurse", "pharmacist", "auditor", "administrator")
WRITER, READER = "token-that-may-write-0123456789", "token-that-may-read-0123456789"

PRODUCT = """\
schema: coldchain.product/1
id: {id}
name: {name}
version: 3
label: {{document: A label for tests, section: "1", jurisdiction: EU, dated: null, checked_by: null}}
max_gap: {max_gap}
stages:
  unopened:
    limits:
      - {limits}
examples:
  - {{name: kept, stage: unopened, every: 5 min, temps_c: "5x3", expect: compliant}}
"""


def product_text(
    *limits: str, max_gap: str = "30 min", product_id: str = "test", name: str = "Testumab (for tests)"
) -> str:
    """A product file with these limits."""
    return PRODUCT.format(id=product_id, name=name, max_gap=max_gap, limits="\n      - ".join(limits))


RANGE_2_8 = product_text("{above: 8 °C}", "{below: 2 °C}")
WITH_ALLOWANCE = product_text("{above: 8 °C, allow: {each: 30 min}}", product_id="tolerant")


_QUICKLY = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def hash_of(password: str) -> str:
    """What is kept of a password, as the product keeps it; hashed with little effort, which is said in the hash.

    Whoever checks a password goes by what its hash says: so every sign-in of a test takes little effort, too.
    """
    return _QUICKLY.hash(password)


@dataclass
class Hospital:
    """A record, a clock that stands still until it is moved, and everything the pages need."""

    store: Store
    now_ms: int = NOON
    changes: Changes = field(default_factory=Changes)
    checks: tuple[Check, ...] = (Check("store", ok=True), Check("broker", ok=True, detail="connected"))

    def __post_init__(self) -> None:
        self.worker = IngestWorker(self._ingest, lambda _: self.changes.publish(), linger_ms=1)

    def _ingest(self, batch: Any) -> Ingested:
        return ingest(self.store, batch, self.now_ms, CHANNELS)

    def services(self, **more: Any) -> Services:
        """What the pages get."""
        plain = Services(
            store=self.store, rulebook=load_rulebook(), clock_ms=lambda: self.now_ms, changes=self.changes,
            submit=self.worker.submit, health=lambda: self.checks, zone=ZoneInfo("Europe/Berlin"),
            public_url="https://cold.example.org", site_name="Test hospital",
            tokens=(Token("gateway-7", token_hash(WRITER)), Token("dashboard", token_hash(READER), may_write=False)),
        )  # fmt: skip
        return replace(plain, **more)

    def people(self) -> "Hospital":
        """One account a role, called like it."""
        with self.store.transaction() as tx:
            for role in ROLES:
                accounts.add(tx, role, f"{role.capitalize()} Example", role, hash_of(PASSWORD), self.now_ms)
        return self

    def refrigerator(
        self, name: str, title: str = "", *, area: str = "Oncology", product: str | None = RANGE_2_8,
        sensor: str | None = None, days_ago: int = 7, **known: Any,
    ) -> "Hospital":  # fmt: skip
        """A refrigerator with one sensor, judged by a product for some days already."""
        from_ms = self.now_ms - days_ago * 1440 * MINUTE
        with self.store.transaction() as tx:
            location = places.put_location(tx, name, title or name, area)
            found = places.put_sensor(tx, sensor or f"{name}-probe", now_ms=from_ms, **known)
            places.place(tx, found, location, from_ms, from_ms)
            if product is not None:
                read = parse_product(product, "test.yaml")
                places.assign(tx, location, read, product, read.first_stage.name, from_ms, from_ms)
        return self

    def hears(self, name: str, series: str, *, every: str = "5 min", ago: str = "0 min") -> "Hospital":
        """A refrigerator's sensor sends a series that ends ``ago`` before now; what stays the same comes together."""
        step = parse_duration(every)
        trace = parse_series(series, step)
        last = int(trace.at_ms[-1])
        end_ms = self.now_ms - parse_duration(ago) // timedelta(milliseconds=1)
        batch = [
            self.message(f"{name}-probe", end_ms - last + at_ms, milli_c)
            for at_ms, milli_c in zip(trace.at_ms.tolist(), trace.milli_c.tolist(), strict=True)
        ]
        for _, run in groupby(batch, key=lambda one: one.decoded[0].milli_c):
            together = list(run)
            ingest(self.store, together, together[-1].received_ms, CHANNELS)
        return self

    def message(self, sensor: str, at_ms: int, milli_c: int) -> Incoming:
        """One reading in one message."""
        decoded = Decoded(sensor, "", at_ms, milli_c, None, format_c(milli_c))
        return Incoming("mqtt", f"t/{sensor}", f"t/{sensor}", f"{at_ms} {milli_c}".encode(), at_ms, (decoded,))

    def later(self, duration: str) -> "Hospital":
        """Time passes, and the clock rings for what is due."""
        self.now_ms += parse_duration(duration) // timedelta(milliseconds=1)
        run_due(self.store, self.now_ms, CHANNELS)
        return self

    def excursions(self) -> list[excursions.Excursion]:
        """All of them, oldest first."""
        with self.store.reading() as tx:
            return excursions.excursions(tx)

    @contextmanager
    def open(self, port: int = 0, **more: Any) -> Iterator["Pages"]:
        """The pages on a real port, with the ingest worker running behind them."""
        if not self.worker.state().alive:
            self.worker.start()
        with serving(self.services(**more), port) as address:
            yield Pages(address, self)


@dataclass(frozen=True)
class Pages:
    """The pages at an address."""

    address: str
    hospital: Hospital

    def visitor(self, **headers: str) -> httpx.Client:
        """Somebody who is not signed in; says, as a browser does, that its forms come from these pages."""
        return httpx.Client(base_url=self.address, headers={"sec-fetch-site": "same-origin"} | headers, timeout=120)

    @contextmanager
    def person(self, role: str) -> Iterator[httpx.Client]:
        """Somebody of that role, signed in."""
        with self.visitor() as client:
            answer = client.post("/sign-in", data={"name": role, "password": PASSWORD})
            assert answer.status_code == 303, answer.text
            yield client

    def program(self, token: str) -> httpx.Client:
        """A program with a bearer token."""
        return httpx.Client(base_url=self.address, headers={"authorization": f"Bearer {token}"}, timeout=120)


@contextmanager
def serving(services: Services, port: int = 0) -> Iterator[str]:
    """A real server on this machine for as long as the block lasts."""
    listening = socket.create_server(("127.0.0.1", port))
    config = uvicorn.Config(
        create_app(services), log_level="warning", proxy_headers=False, timeout_graceful_shutdown=3,
        timeout_keep_alive=600,  # a slow test's next request must not meet the end of its idle connection
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 120
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < deadline, "the server did not start in time"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        services.changes.close()
        server.should_exit = True
        thread.join(120)
        listening.close()
        assert not thread.is_alive(), "the server did not stop"


def new_hospital(folder: Path) -> Hospital:
    """An empty hospital with its people, in a database file."""
    return Hospital(empty_store(folder / "coldchain.db")).people()
