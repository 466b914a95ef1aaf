"""One case: a record's whole life under mutated messages, and what must hold of every message and of the record.

A message ends as readings, as nothing (it held no temperature), or in quarantine with one plain sentence. What was
taken is stored, and the record proves itself at the end.
"""

import hashlib
import resource
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Set
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sqlalchemy import select

from coldchain.errors import PayloadRefused
from coldchain.monitoring.arriving import Arrivals
from coldchain.monitoring.due import run_due
from coldchain.monitoring.incoming import Incoming
from coldchain.monitoring.ingest import ingest
from coldchain.monitoring.newcomers import read_again
from coldchain.payloads import Announcements, Router
from coldchain.payloads.native import decode_posted
from coldchain.records import Store, newcomers, places, readings
from coldchain.records.quarantine import PAYLOAD_LIMIT
from coldchain.records.tables import quarantine, reading, sensor
from coldchain.records.verifying import verify
from coldchain.rulebook.book import parse_product
from tests.empty import empty_store
from tests.monitoring.ward import product_text
from tests.payloads.fuzzing.corpus import ROUTES, Valid
from tests.payloads.fuzzing.mutations import mutated, mutated_topic
from tests.payloads.test_systems import NOON

LONGEST_SENTENCE = 600
SLOWEST_S = 3.0
"""Processor time that the decoding of one message of at most 1 MiB may take, on a slow machine."""
_CHANNELS = (("webhook", "ops"),)
_FAILED = " failed: "
"""What `Arrivals` says where a decoder broke instead of refusing."""


@dataclass
class Life:
    """A record, and what is expected of it."""

    seed: int
    number: int
    valid: tuple[Valid, ...]
    timed: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    _now_ms: int = NOON
    _sent: list[Incoming] = field(default_factory=list)
    _seen: set[bytes] = field(default_factory=set)

    def live(self, batches: int = 40) -> Counter[str]:
        """Take in batches of mutated messages; what became of them.

        Raises:
            AssertionError: Something does not hold.
            Exception: Whatever the decoders and the ingest step may not raise.
        """
        chance = Random(f"{self.seed}:{self.number}")  # noqa: S311 -- cases must be the same again
        with tempfile.TemporaryDirectory() as folder:
            on_disk = self.number % 3 == 0
            store = empty_store(Path(folder) / "record.db" if on_disk else None)
            try:
                self._furnish(store)
                arrivals = Arrivals(Router(ROUTES), lambda: self._now_ms, Announcements())
                for _ in range(batches):
                    self._batch(store, arrivals, chance)
                self._check(store)
            finally:
                store.close()
        return self.counts

    def _furnish(self, store: Store) -> None:
        """Every sensor of the valid messages hangs in a refrigerator of its own, so that its readings are judged."""
        arrivals = Arrivals(Router(ROUTES), lambda: NOON, Announcements())
        found = (_arrived(arrivals, each, each.payload, each.topic, NOON) for each in self.valid)
        names = sorted({(one.sensor, one.channel) for each in found if each for one in each.decoded})
        text = product_text("{above: 8 °C}", "{below: 2 °C}", "{at_or_above: 25 °C, allow: {total: 10 min}}")
        product, since = parse_product(text, "test.yaml"), NOON - 86_400_000
        with store.transaction() as tx:
            for index, (name, channel) in enumerate(names):
                location = places.put_location(tx, f"place-{index}", f"Place {index}", "Ward")
                places.place(tx, places.put_sensor(tx, name, channel, now_ms=since), location, since, since)
                places.assign(tx, location, product, text, product.first_stage.name, since, since)

    def _batch(self, store: Store, arrivals: Arrivals, chance: Random) -> None:
        batch = [one for one in (self._message(arrivals, chance) for _ in range(chance.randint(1, 60))) if one]
        taken = ingest(store, batch, self._now_ms, _CHANNELS)
        held = sum(len(one.decoded) + (one.refused is not None) for one in batch)
        assert taken.accepted + taken.duplicates + taken.conflicts + taken.quarantined == held, (
            "not all is accounted for"
        )
        self._sent += batch
        self.counts += Counter(readings=taken.accepted, quarantined=taken.quarantined, alerts=len(taken.alerts))
        self._now_ms += chance.choice((1, 1_000, 60_000, 600_000))
        if chance.random() < 0.2:
            run_due(store, self._now_ms, _CHANNELS)

    def _message(self, arrivals: Arrivals, chance: Random) -> Incoming | None:
        one = chance.choice(self.valid)
        payload, topic = mutated(one.payload, chance), mutated_topic(one.topic, chance)
        again = {"retained": chance.random() < 0.05, "redelivered": chance.random() < 0.05}
        began, before = time.thread_time(), _peak_kb()
        found = _arrived(arrivals, one, payload, topic, self._now_ms, **again)
        if self.timed:
            took, more = time.thread_time() - began, _peak_kb() - before
            assert took < SLOWEST_S, f"{one.decoder}: {took:.1f} s for {len(payload)} bytes"
            assert more < 200_000, f"{one.decoder}: {more} kB more for {len(payload)} bytes"
        if found is None or not (found.decoded or found.refused):
            self.counts["nothing to read"] += 1
        elif found.refused is not None:
            self.counts["refused"] += 1
            _must_be_plain(found.refused)
        return found

    # ---- what must hold at the end

    def _check(self, store: Store) -> None:
        with store.transaction() as tx:
            named = {row.id: (row.name, row.channel) for row in tx.execute(select(sensor))}
            stored: dict[tuple[str, str, int], int] = {}
            for row in tx.execute(select(reading.c.sensor_id, reading.c.measured_ms, reading.c.milli_c)):
                stored[(*named[row.sensor_id], row.measured_ms)] = row.milli_c
            held = tx.execute(select(quarantine)).all()
            counts = readings.counts(tx)
            waiting = [read_again(each) for each in newcomers.kept(tx, 0, 1_000_000)]
            found = verify(tx).findings
        assert not found, f"the record does not prove itself: {found[:3]}"
        assert counts["accepted"] == len(stored), "the counts say another number of readings"
        aside = {(named.get(row.sensor_id), row.measured_ms) for row in held}
        aside |= {
            ((one.sensor, one.channel), each.received_ms if one.measured_ms is None else one.measured_ms)
            for each in waiting if each is not None for one in each.decoded
        }  # fmt: skip
        refused = {(row.reason, row.payload) for row in held if row.sensor_id is None}
        for message in self._sent:
            self._must_be_kept(message, stored, aside, refused)

    def _must_be_kept(
        self, message: Incoming, stored: dict[tuple[str, str, int], int], aside: Set[object], refused: Set[object]
    ) -> None:
        if message.refused is not None:
            assert (message.refused.reason, message.payload[:PAYLOAD_LIMIT]) in refused, "refused and not kept"
            return
        sha256 = hashlib.sha256(message.payload).digest()
        repeat = message.untimed and (message.retained or message.redelivered) and sha256 in self._seen
        self._seen.add(sha256)
        for one in message.decoded:
            at_ms = message.received_ms if one.measured_ms is None else one.measured_ms
            name = (one.sensor, one.channel)
            kept = (*name, at_ms) in stored or (name, at_ms) in aside or (name, None) in aside
            assert kept or repeat, f"{one} is neither a reading nor in quarantine"


def _arrived(
    arrivals: Arrivals, one: Valid, payload: bytes, topic: str, now_ms: int, *, retained: bool = False,
    redelivered: bool = False,
) -> Incoming | None:  # fmt: skip
    """A message's way in: over MQTT, or posted."""
    if one.decoder != "posted":
        return arrivals.arrive(topic, payload, retained=retained, redelivered=redelivered)
    try:
        return Incoming("http", "gateway", "", payload, now_ms, tuple(decode_posted(payload)))
    except PayloadRefused as refusal:
        return Incoming("http", "gateway", "", payload, now_ms, (), refusal)


def _must_be_plain(refused: PayloadRefused) -> None:
    """What holds of every refusal: a reason, and one sentence that people can read."""
    said = str(refused)
    assert refused.reason.strip()
    assert said.strip(), "a refusal without a sentence"
    assert "\n" not in said, f"a refusal of several lines: {said!r}"
    assert len(said) < LONGEST_SENTENCE, f"a refusal of {len(said)} characters: {said[:100]}"
    assert not any(unicodedata.category(each) in ("Cc", "Cs") for each in said), f"it does not print: {said!a}"
    assert _FAILED not in said, f"a decoder broke: {said}"


def _peak_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
