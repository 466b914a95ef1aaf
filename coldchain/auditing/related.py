"""Files that say the same, or should: exact copies, and several exports of one logger over the same time.

A file is compared with those before it, so that an audit of many can say it while they come. Nothing found here changes
a verdict: each file is judged for itself.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from coldchain.auditing.question import Judged, Outcome, Readings
from coldchain.errors import FileRefused
from coldchain.loggers import Declared, read
from coldchain.loggers.contract import Object, instant, settled_channels
from coldchain.loggers.files import FoundFile, reopened

MOST_COMPARED = 20
"""With so many earlier exports of the same logger a file is compared at most, the latest first."""

MOST_REMEMBERED = 20_000_000
"""So many readings of earlier files are remembered; what was forgotten is read again where it is needed."""


@dataclass(frozen=True)
class Difference:
    """The first instant at which two exports disagree: UTC ms, and what each says, m°C."""

    at_ms: int
    here_milli_c: int
    there_milli_c: int


@dataclass(frozen=True)
class Overlap:
    """An earlier file of the same logger that covers some of the same time.

    Attributes:
        name: The earlier file.
        start_ms, end_ms: The time that both cover, UTC ms.
        common: Instants of that time at which both hold a reading.
        different: Those at which they disagree by more than rounding to their units and decimals explains.
        first: Where they disagree first.
        clock_ms: So much later this file would have to be read for all common readings to agree, where they do not as
            they stand and some shift by half hours explains it; ``None`` otherwise.
    """

    name: str
    start_ms: int
    end_ms: int
    common: int
    different: int
    first: Difference | None
    clock_ms: int | None = None

    @property
    def kind(self) -> str:
        """``identical``, ``contradicting``, or ``apart``: the same time without one common instant."""
        if self.different:
            return "contradicting"
        return "identical" if self.common else "apart"

    def as_json(self) -> Object:
        """The object of the contract."""
        first = self.first
        return {
            "file": self.name,
            "kind": self.kind,
            "from": instant(self.start_ms),
            "to": instant(self.end_ms),
            "common": self.common,
            "different": self.different,
            "first_difference": first
            and {
                "at": instant(first.at_ms), "here_c": first.here_milli_c / 1000, "there_c": first.there_milli_c / 1000,
            },
            "clock_s": None if self.clock_ms is None else self.clock_ms // 1000,
        }  # fmt: skip


@dataclass(frozen=True)
class Related:
    """How one channel of a file relates to the files before it.

    Attributes:
        same_content_as: The first file with exactly these bytes.
        overlaps: Exports of the same logger, at most `MOST_COMPARED`.
        not_compared: Further ones that cover some of the same time.
    """

    same_content_as: str | None = None
    overlaps: tuple[Overlap, ...] = ()
    not_compared: int = 0

    def as_json(self) -> Object:
        """The keys that an audit's line has besides those of its own file."""
        written: Object = {
            "same_content_as": self.same_content_as,
            "overlaps": [overlap.as_json() for overlap in self.overlaps],
        }
        return written | ({"overlaps_not_compared": self.not_compared} if self.not_compared else {})


@dataclass(frozen=True)
class _Export:
    """A channel that was seen: where its readings are found again, and what they cover."""

    outcome: Outcome
    index: int

    @property
    def judged(self) -> Judged:
        return self.outcome.judged[self.index]

    def fits(self, other: "_Export") -> bool:
        """Whether both are the same probe of the logger."""
        one, two = self.judged, other.judged
        return one.channel == two.channel or len(self.outcome.judged) == len(other.outcome.judged) == 1

    def covers_some_of(self, other: "_Export") -> bool:
        return _starts(self) <= _ends(other) and _starts(other) <= _ends(self)


class Relations:
    """Remembers the files of one audit, and says of each new one which of them it repeats or contradicts."""

    def __init__(self, declared: Declared = Declared()) -> None:
        self._declared = declared
        self._contents: dict[str, str] = {}
        self._exports: dict[str, list[_Export]] = {}
        self._remembered: OrderedDict[tuple[str, int], Readings] = OrderedDict()

    def of(self, outcome: Outcome) -> tuple[Related, ...]:
        """One for each channel of a file, which is then remembered itself."""
        sha256 = outcome.sha256
        if sha256 is not None and sha256 in self._contents:
            return tuple(Related(self._contents[sha256]) for _ in outcome.judged)
        if sha256 is not None:
            self._contents[sha256] = outcome.name
        return tuple(self._channel(_Export(_light(outcome), index), outcome) for index in range(len(outcome.judged)))

    def _channel(self, export: _Export, outcome: Outcome) -> Related:
        logger = export.judged.logger
        if logger is None or export.judged.first_ms is None:
            return Related()
        earlier = self._exports.setdefault(logger, [])
        found = [other for other in earlier if other.fits(export) and other.covers_some_of(export)]
        earlier.append(export)
        if not found:
            return Related()
        here = outcome.judged[export.index].readings or self._readings(export)
        if here is None:
            return Related(not_compared=len(found))
        self._remember(export, here)
        there = [(other, self._readings(other)) for other in found[: -MOST_COMPARED - 1 : -1]]
        overlaps = [_overlap(export, here, other, readings) for other, readings in there if readings is not None]
        return Related(None, tuple(overlaps), len(found) - len(overlaps))

    def _readings(self, export: _Export) -> Readings | None:
        key = (export.outcome.sha256 or "", export.index)
        if key in self._remembered:
            self._remembered.move_to_end(key)
            return self._remembered[key]
        readings = export.judged.readings or _read_again(export, self._declared)
        if readings is not None:
            self._remember(export, readings)
        return readings

    def _remember(self, export: _Export, readings: Readings) -> None:
        self._remembered[(export.outcome.sha256 or "", export.index)] = readings
        held = sum(each.at_ms.size for each in self._remembered.values())
        while held > MOST_REMEMBERED and len(self._remembered) > 2:
            _, forgotten = self._remembered.popitem(last=False)
            held -= forgotten.at_ms.size


def _light(outcome: Outcome) -> Outcome:
    """An outcome without what weighs, so that a folder of thousands is remembered whole.

    Readings stay only where the file cannot be read again, such as standard input.
    """
    judged = tuple(
        replace(one, line="", form=None, readings=None if outcome.where else one.readings) for one in outcome.judged
    )
    return replace(outcome, judged=judged)


def _read_again(export: _Export, declared: Declared) -> Readings | None:
    """The readings of a file that was judged before; ``None`` where it is gone, or another one by now."""
    found = reopened(FoundFile(export.outcome.name, where=export.outcome.where))
    if found.refused is not None or not found.content:
        return None
    try:
        file = read(found.name, found.content, declared)
    except FileRefused:
        return None  # it was read a moment ago: it has changed since
    channels = settled_channels(file)
    if file.sha256 != export.outcome.sha256 or export.index >= len(channels):
        return None
    trace = channels[export.index].settled.trace
    return Readings(trace.at_ms, trace.milli_c)


def _overlap(export: _Export, here: Readings, other: _Export, there: Readings) -> Overlap:
    at_ms, in_here, in_there = np.intersect1d(here.at_ms, there.at_ms, assume_unique=True, return_indices=True)
    one, two = here.milli_c[in_here], there.milli_c[in_there]
    units = {export.judged.unit, other.judged.unit}
    differ = np.flatnonzero(np.abs(one - two) > _rounding([here, there], units))
    first = None
    if differ.size:
        where = int(differ[0])
        first = Difference(int(at_ms[where]), int(one[where]), int(two[where]))
    start_ms, end_ms = max(_starts(export), _starts(other)), min(_ends(export), _ends(other))
    clock_ms = _shift(here, there, _rounding([here, there], units)) if differ.size or not at_ms.size else None
    return Overlap(other.outcome.name, start_ms, end_ms, int(at_ms.size), int(differ.size), first, clock_ms)


def _shift(here: Readings, there: Readings, rounding: int) -> int | None:
    """By how many half hours one export must be moved so that all common readings agree: a clock, not an edit.

    Readings that hardly change agree however they are moved, so those say nothing.
    """
    for half_hours in sorted(range(-28, 29), key=abs):
        moved = here.at_ms + half_hours * 1_800_000
        common, one, two = np.intersect1d(moved, there.at_ms, assume_unique=True, return_indices=True)
        enough = common.size >= max(8, min(here.at_ms.size, there.at_ms.size) // 2)
        telling = enough and np.unique(here.milli_c[one]).size >= 4
        if telling and np.all(np.abs(here.milli_c[one] - there.milli_c[two]) <= rounding):
            return half_hours * 1_800_000
    return None


def _rounding(both: Iterable[Readings], units: set[str | None]) -> int:
    """How far two exports of one reading may lie apart, m°C: half of the coarser one's last decimal, else nothing."""
    if len(units) > 1:
        return 56  # a tenth of a degree Fahrenheit
    steps = {_step(readings) for readings in both}
    return 0 if len(steps) == 1 else max(steps) // 2


def _step(readings: Readings) -> int:
    """The last decimal that an export shows, m°C: 100, 10 or 1."""
    common = int(np.gcd.reduce(readings.milli_c)) if readings.milli_c.size else 0
    return next(step for step in (100, 10, 1) if common % step == 0)


def _starts(export: _Export) -> int:
    return export.judged.first_ms or 0


def _ends(export: _Export) -> int:
    return export.judged.last_ms or 0
