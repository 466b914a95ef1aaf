"""How many sensors that nobody knows may come in: a device that invents names must not fill the record with them.

Beyond the bounds the readings of such sensors are put aside, whole, and offered again when there is room: the next day,
when somebody has said where the others hang, or when an administrator raises a bound. Sensors that are known are never
affected, not even in the same message.
"""

import json
import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass, replace
from weakref import WeakKeyDictionary

from coldchain.domain.quality import Fault
from coldchain.monitoring.incoming import Incoming
from coldchain.monitoring.refusals import OTHERS
from coldchain.payloads import Decoded
from coldchain.records import Store, Transaction, newcomers, places, quarantine, sources
from coldchain.records.quarantine import Held, identity_of

DAY_S = 86_400.0
_DAY_MS = 86_400_000
COUNTED_AGAIN_S = 60.0
"""How often it is counted anew how many sensors wait for a place."""

KEPT_BYTES = 64 << 20
"""So much is kept of what is put aside; of what comes then, one row a source and day counts the messages."""

Name = tuple[str, str]
Source = tuple[str, str]


@dataclass(frozen=True)
class Bounds:
    """How many may come.

    Attributes:
        a_day: New sensors of one source: a token, a webhook, a topic.
        waiting: Sensors without a place, over all sources.
    """

    a_day: int = 1_000
    waiting: int = 10_000


class Newcomers:
    """The new sensors of a record: those that came, and those for which there was no room.

    Attributes:
        bounds: How many may come.
        put_aside: How many messages were put aside since the start.
        newest: The source of the newest of them.
    """

    def __init__(self, bounds: Bounds | None = None) -> None:
        self.bounds = bounds or Bounds()
        self.put_aside = 0
        self.newest: Source | None = None
        self._came: dict[Source, dict[Name, float]] = {}
        self._since: set[Name] = set()
        self._waiting, self._counted_s = 0, -COUNTED_AGAIN_S
        self._kept: int | None = None
        self._lock = threading.Lock()

    def admit(
        self, tx: Transaction, batch: Sequence[Incoming], strangers: Collection[Name], now_ms: int
    ) -> tuple[list[Incoming], int]:  # fmt: skip
        """Let new sensors in as far as there is room, and put the others' readings aside.

        Args:
            tx: The transaction.
            batch: The messages, with names as the record keeps them.
            strangers: The sensors that may be unknown.
            now_ms: Now, UTC ms.

        Returns:
            The messages without what was put aside, and how many readings that was.
        """
        new = set(strangers) - places.sensors_named(tx, strangers).keys()
        if not new:
            return list(batch), 0
        kept: list[Incoming] = []
        aside: list[tuple[Incoming, list[Decoded]]] = []
        with self._lock:
            self._count(tx)
            for message in batch:
                mine = {(one.sensor, one.channel) for one in message.decoded} & new
                if not mine or self._takes((message.source_kind, message.source_name), mine):
                    kept.append(message)
                    continue
                known = tuple(one for one in message.decoded if (one.sensor, one.channel) not in mine)
                if known or message.refused is not None:
                    kept.append(replace(message, decoded=known))
                aside.append((message, [one for one in message.decoded if (one.sensor, one.channel) in mine]))
            if aside:
                self._put_aside(tx, aside, now_ms)
        return kept, sum(len(some) for _, some in aside)

    def nothing_kept(self, tx: Transaction) -> bool:
        """Whether nothing waits to be offered again."""
        with self._lock:
            self._kept = newcomers.kept_bytes(tx) if self._kept is None else self._kept
            return self._kept == 0

    def came_in(self, some: Sequence[newcomers.Kept]) -> None:
        """These wait no longer."""
        with self._lock:
            self._kept = max(0, (self._kept or 0) - sum(len(each.payload) + newcomers.A_ROW for each in some))

    def room_for(self, tx: Transaction, source: Source, names: Collection[Name]) -> bool:
        """Whether these would be let in now, as far as they are new."""
        new = set(names) - places.sensors_named(tx, names).keys()
        with self._lock:
            self._count(tx)
            return self._fits(source, new)

    def _takes(self, source: Source, names: set[Name]) -> bool:
        """Let them in, where they fit; those that were let in before, and not committed then, count once."""
        if not self._fits(source, names):
            return False
        now_s = time.monotonic()
        self._came.setdefault(source, {}).update(dict.fromkeys(names, now_s))
        self._since |= names
        return True

    def _fits(self, source: Source, names: set[Name]) -> bool:
        since_s = time.monotonic() - DAY_S
        today = {name for name, at_s in self._came.get(source, {}).items() if at_s > since_s}
        whole = self._waiting + len(self._since | names)
        return len(today | names) <= self.bounds.a_day and whole <= self.bounds.waiting

    def _count(self, tx: Transaction) -> None:
        """Count anew, now and then, how many wait; what came meanwhile is added to that."""
        now_s = time.monotonic()
        if now_s - self._counted_s < COUNTED_AGAIN_S:
            return
        self._waiting, self._since = newcomers.without_place(tx, self.bounds.waiting + 1), set()
        self._counted_s = now_s
        young = {
            source: {name: at_s for name, at_s in names.items() if at_s > now_s - DAY_S}
            for source, names in self._came.items()
        }
        self._came = {source: names for source, names in young.items() if names}

    def _put_aside(self, tx: Transaction, aside: Sequence[tuple[Incoming, list[Decoded]]], now_ms: int) -> None:
        self._kept = newcomers.kept_bytes(tx) if self._kept is None else self._kept
        held = []
        for message, some in aside:
            payload = _written(some)
            whole = self._kept + len(payload) + newcomers.A_ROW <= KEPT_BYTES
            self._kept += len(payload) + newcomers.A_ROW if whole else 0
            source = (message.source_kind, message.source_name if whole else OTHERS)
            source_id = sources.ensure(tx, {source})[source]
            sensors = len({(one.sensor, one.channel) for one in some})
            detail = (
                f"{len(some)} readings of {sensors} sensors that nobody knows: one source may bring"
                f" {self.bounds.a_day} new ones a day, and {self.bounds.waiting} may wait for a place"
            )
            said = (payload.decode(), message.received_ms if message.untimed else 0)
            about: tuple[object, ...] = said if whole else (now_ms // _DAY_MS,)
            held.append(
                Held(
                    received_ms=message.received_ms, source_id=source_id, sensor_id=None, position=0,
                    measured_ms=None, milli_c=None, reason=newcomers.REASON,
                    detail=detail if whole else f"{detail}; too much is put aside already, and this was only counted",
                    payload=payload if whole else b"", identity=identity_of("new sensors", *source, *about),
                )
            )  # fmt: skip
        quarantine.put(tx, held)
        self.put_aside += len(aside)
        self.newest = (aside[-1][0].source_kind, aside[-1][0].source_name)


def _written(some: Sequence[Decoded]) -> bytes:
    """Readings as they are kept: what the decoder made of them, so that no decoder is needed again."""
    return json.dumps([astuple(one) for one in some], separators=(",", ":")).encode()


def read_again(kept: newcomers.Kept) -> Incoming | None:
    """A message that was put aside, as it came; ``None`` where it was only counted."""
    if not kept.payload:
        return None
    some = tuple(
        Decoded(
            sensor, channel, at_ms, milli_c, Fault(fault) if fault else None, text, battery, tuple(flags), seq, place
        )
        for sensor, channel, at_ms, milli_c, fault, text, battery, flags, seq, place in json.loads(kept.payload)
    )
    topic = kept.source[1] if kept.source[0] == "mqtt" else ""
    return Incoming(*kept.source, topic, kept.payload, kept.received_ms, some)


_NEWCOMERS: "WeakKeyDictionary[Store, Newcomers]" = WeakKeyDictionary()
_MAKING = threading.Lock()


def newcomers_of(store: Store) -> Newcomers:
    """What is counted of the new sensors of a record."""
    with _MAKING:
        found = _NEWCOMERS.get(store)
        if found is None:
            found = _NEWCOMERS[store] = Newcomers()
        return found
