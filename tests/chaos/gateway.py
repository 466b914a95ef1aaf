"""A gateway that keeps a ledger of what was acknowledged, and sends again what was not, as real ones do."""

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

STEP_MS = 100
WAVE = 5
"""Readings of each sensor that are sent together."""
_AT_LEAST = 120
_PAUSE_S = 0.03
REPLAY_S = 120.0
"""What was acknowledged in this time is repeated when the service comes online. A killed broker loses what it took in
five seconds; but on a slow machine it may be long until the service is online again, and repeats cost nothing else.
"""


@dataclass(frozen=True)
class Reading:
    """One reading of the ledger; ``seq`` is its number at its sensor."""

    sensor: str
    seq: int
    measured_ms: int
    milli_c: int

    def content(self, *, named: bool = False) -> dict[str, Any]:
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=self.measured_ms)
        body = {"measured_at": at.isoformat(), "temperature_c": self.milli_c / 1000, "seq": self.seq}
        return {"sensor": self.sensor, **body} if named else body


def series(chance: random.Random, count: int) -> list[int | None]:
    """Temperatures, m°C: mostly good, now and then too warm or too cold for a while, now and then none at all."""
    found: list[int | None] = []
    while len(found) < count:
        found += [chance.randint(2_000, 8_000) for _ in range(chance.randint(15, 50))]
        match chance.randrange(4):
            case 0:
                found += [None] * chance.randint(3, 80)
            case 1:
                found += [chance.randint(-500, 1_999) for _ in range(chance.randint(1, 12))]
            case _:
                found += [chance.randint(8_001, 13_000) for _ in range(chance.randint(1, 20))]
    return found[:count]


Taken = Callable[[Reading], None]
"""Told of each reading that is acknowledged."""


class Link(Protocol):
    """One connection."""

    def send(self, readings: Sequence[Reading], taken: Taken) -> None:
        """Returns once all of them are acknowledged; raises `OSError` where the others may not be."""

    def repeat_wanted(self) -> bool:
        """Whether the service has come online since this was last asked."""


@dataclass
class Gateway:
    """Publishes wave after wave until it is told to come to an end.

    Attributes:
        taken: Every reading that was acknowledged, with the moment of its last acknowledgement (monotonic, s).
        repeats: How many were sent again although they had been acknowledged.
        broken: How often a connection broke.
    """

    connect: Callable[[], contextlib.AbstractContextManager[Link]]
    sensors: tuple[str, ...]
    start_ms: int
    seed: int
    taken: dict[Reading, float] = field(default_factory=dict)
    repeats: int = 0
    broken: int = 0
    failure: BaseException | None = None
    _ending: threading.Event = field(default_factory=threading.Event)
    _all_sent: threading.Event = field(default_factory=threading.Event)
    _closing: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="gateway", daemon=True)
        self._thread.start()

    def finish(self, within_s: float) -> None:
        """Send what is on its way and one last good reading of each sensor; returns when all is acknowledged.

        It stays connected, and repeats what the service asks for, until `close`.
        """
        self._ending.set()
        assert self._all_sent.wait(within_s), f"the gateway's readings are not acknowledged: {self.failure!r}"

    def close(self) -> None:
        """Hang up."""
        self._ending.set()
        self._closing.set()
        if self._thread is not None:
            self._thread.join(120)
        assert self.failure is None, repr(self.failure)

    def acknowledged(self) -> dict[tuple[str, int], int]:
        """The ledger now: ``(sensor, measured ms) -> m°C``."""
        return {(one.sensor, one.measured_ms): one.milli_c for one in list(self.taken)}

    def _run(self) -> None:
        try:
            waves = self._waves()
            wave: list[Reading] = []
            while not self._closing.is_set():
                try:
                    with self.connect() as link:
                        self._send(link, [one for one in wave if one not in self.taken])
                        for wave in waves:
                            self._send(link, wave)
                        self._all_sent.set()
                        while not self._closing.wait(0.02):
                            self._send(link, [])
                except OSError:
                    self.broken += 1
                    time.sleep(0.1)
        except BaseException as error:  # noqa: BLE001 - told where somebody waits
            self.failure = error

    def _send(self, link: Link, wave: Sequence[Reading]) -> None:
        link.send(wave, self._take)
        if link.repeat_wanted():
            recent = [one for one, at in self.taken.items() if at > time.monotonic() - REPLAY_S]
            link.send(recent, self._take)
            self.repeats += len(recent)

    def _take(self, reading: Reading) -> None:
        self.taken[reading] = time.monotonic()

    def _waves(self) -> Iterator[list[Reading]]:
        chance = random.Random(self.seed)  # noqa: S311 - chance, not secrecy
        count = (28 * 60_000) // STEP_MS
        all_series = {sensor: series(chance, count) for sensor in self.sensors}
        held: list[tuple[int, list[Reading]]] = []
        first = 0
        while first < _AT_LEAST or not (self._ending.is_set() or first > count - 2 * WAVE):
            wave = [one for sensor in self.sensors for one in self._some(sensor, all_series[sensor], first)]
            if chance.random() < 0.1:  # kept back, as by a gateway without network, and sent later
                held.append((first + WAVE * chance.randint(2, 30), wave))
            else:
                yield wave
            for due, late in [each for each in held if each[0] <= first]:
                held.remove((due, late))
                yield late
            first += WAVE
            time.sleep(_PAUSE_S)
        yield from (late for _, late in held)
        at_ms = self.start_ms + first * STEP_MS
        yield [Reading(sensor, first, at_ms, 5_000) for sensor in self.sensors]

    def _some(self, sensor: str, temperatures: list[int | None], first: int) -> list[Reading]:
        return [
            Reading(sensor, number, self.start_ms + number * STEP_MS, milli_c)
            for number, milli_c in enumerate(temperatures[first : first + WAVE], first)
            if milli_c is not None
        ]
