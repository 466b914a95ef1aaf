"""Between what the next readings of sensors are calm, told for many sensors at once from what is known: see `hot`."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.bounds import DEFAULT_MAX_GAP_MS
from coldchain.domain.calm import Between, any_good, good_ranges
from coldchain.domain.duration import milliseconds
from coldchain.domain.limits import COLDEST, HOTTEST, Limit
from coldchain.domain.quality import ANY_RANGE, SensorRange
from coldchain.errors import ColdchainError
from coldchain.records import Transaction, heard
from coldchain.records.heard import NEVER_MS, NOTHING, Ints, Known
from coldchain.rulebook.book import parse_product

_log = logging.getLogger(__name__)

_UNREADABLE = -1


@dataclass(frozen=True)
class Calm:
    """Between what the next readings of some sensors are calm; each of shape (sensors,).

    Attributes:
        ready: Whether that is known; where not, the next reading is to be judged whatever it is.
        last_ms, last_milli: The last reading, or where the judging begins; UTC ms, m°C.
        gap_ms: The longest interval over which a good reading is believed.
        until_ms: When that ends, UTC ms; `NEVER_MS`: not by itself.
        low, high: The values that no limit calls bad by any test, and that are no fault of the sensor; m°C.
    """

    ready: NDArray[np.bool_]
    last_ms: Ints
    last_milli: Ints
    gap_ms: Ints
    until_ms: Ints
    low: Ints
    high: Ints


_By = tuple[str, str, int]
"""A product file's hash, the stage, and the probe's uncertainty, m°C."""
_Sensor = tuple[int, int, int]
"""A sensor's declared range, m°C, and whether it says 85 °C at power-up."""


@dataclass(frozen=True)
class _Rules:
    limits: tuple[Limit, ...]
    gap_ms: int


class Calmness:
    """Tells calmness; what it has read of product files is kept, for thousands of sensors share them."""

    def __init__(self) -> None:
        self._rules: dict[tuple[str, str], _Rules] = {}
        self._good: dict[tuple[tuple[_By, ...], _Sensor], _Good] = {}

    def of(self, tx: Transaction, found: Known, first: NDArray[np.intp], now_ms: int) -> Calm:
        """What tells calm readings of sensors.

        Args:
            tx: The transaction, to read product files in.
            found: The sensors and their stays, at least one row.
            first: The first row of each sensor.
            now_ms: Now.
        """
        begin_ms = np.maximum(found.placed_ms, found.assigned_ms)
        end_ms = np.minimum(found.taken_ms, found.ended_ms)
        judged = (found.assignment_id != NOTHING) & (begin_ms < end_ms)
        ahead = judged & (begin_ms > now_ms)
        over = judged & ~ahead & (end_ms <= now_ms)
        current = judged & ~ahead & ~over
        gap_ms = self._gaps(tx, found, current)
        unsettled = (judged & ~ahead & (found.calm == 0)) | (over & (found.through_ms <= end_ms))
        unsettled |= (found.told != 0) | (current & ((found.awaited == 0) | (gap_ms == _UNREADABLE)))

        heard_ms, through_ms = found.measured_ms[first], np.where(current, found.through_ms, NOTHING)
        newest_ms = np.maximum.reduceat(through_ms, first)
        last_ms = np.where(heard_ms == NOTHING, newest_ms, heard_ms)
        # of a sensor that was never heard all judging has to begin at once: what counts is the time since then
        at_once = np.minimum.reduceat(np.where(current, found.through_ms, NEVER_MS), first) == newest_ms
        ready = ~np.logical_or.reduceat(unsettled, first) & (last_ms != NOTHING) & (newest_ms <= last_ms)
        ready &= (last_ms >= found.commissioned_ms[first]) & (at_once | (heard_ms != NOTHING))
        low, high = self._good_around(found, first, current)
        return Calm(
            ready & (low <= high),
            last_ms,
            found.milli_c[first],
            np.minimum.reduceat(np.where(current, gap_ms, NEVER_MS), first),
            np.minimum.reduceat(np.where(ahead, begin_ms, np.where(current, end_ms, NEVER_MS)), first),
            low,
            high,
        )

    def _gaps(self, tx: Transaction, found: Known, current: NDArray[np.bool_]) -> Ints:
        """The longest gap by which each stay is judged now; `_UNREADABLE` where its product file cannot be read."""
        gap_ms = np.full(len(found), NEVER_MS)
        where = np.flatnonzero(current).tolist()
        gap_ms[where] = [self._rules_of(tx, found, row).gap_ms for row in where]
        gap_ms = np.minimum(gap_ms, found.max_gap_ms)
        return np.where(gap_ms == NEVER_MS, DEFAULT_MAX_GAP_MS, gap_ms)

    def _rules_of(self, tx: Transaction, found: Known, row: int) -> _Rules:
        sha256, stage = found.sha256[row], found.stage[row]
        rules = self._rules.get((sha256, stage))
        if rules is None:
            rules = _Rules((), _UNREADABLE)
            try:
                product = parse_product(heard.product_file(tx, int(found.assignment_id[row])), "as assigned")
                gap_ms = NEVER_MS if product.max_gap is None else milliseconds(product.max_gap)
                rules = _Rules(product.stages[stage].limits, gap_ms)
            except (ColdchainError, KeyError):
                _log.warning("a product file of the record (sha256 %s) cannot be read", sha256)
            self._rules[sha256, stage] = rules
        return rules

    def _good_around(self, found: Known, first: NDArray[np.intp], current: NDArray[np.bool_]) -> tuple[Ints, Ints]:
        """The range of good values around each sensor's last one; from high to low where that one is not good."""
        by = list(zip(found.sha256, found.stage, found.uncertainty_milli_c.tolist(), strict=True))
        now = current.tolist()
        declared = [found.low_milli_c[first], found.high_milli_c[first], found.power_up[first]]
        sensors = zip(*(column.tolist() for column in declared), strict=True)
        heard_of, last = (found.measured_ms[first] != NOTHING).tolist(), found.milli_c[first].tolist()
        starts = first.tolist()
        ranges: list[Between] = []
        for start, end, sensor, was_heard, value in zip(
            starts, [*starts[1:], len(found)], sensors, heard_of, last, strict=True
        ):
            key = (tuple(compress(by[start:end], now[start:end])), sensor)
            good = self._good.get(key)
            if good is None:
                limits = [(limit, off) for sha256, stage, off in key[0] for limit in self._rules[sha256, stage].limits]
                good = self._good[key] = _Good(limits, sensor)
            ranges.append(good.around(value if was_heard else good.some))
        low, high = np.array(ranges, dtype=np.int64).T
        return low, high


class _Good:
    """What values of a sensor under some limits are good: ``ranges``, and any one of them, if there is one."""

    def __init__(self, limits: Sequence[tuple[Limit, int]], sensor: _Sensor) -> None:
        low, high, power_up = sensor
        self.some = any_good(limits)
        self.ranges = good_ranges(
            limits,
            SensorRange(
                ANY_RANGE.low_milli_c if low == NOTHING else low, ANY_RANGE.high_milli_c if high == NOTHING else high
            ),
            power_up=bool(power_up),
        )

    def around(self, value: int | None) -> Between:
        """The range that a value is in; from high to low where it is in none."""
        if value is not None:
            for low, high in self.ranges:
                if low <= value <= high:
                    return low, high
        return HOTTEST, COLDEST
