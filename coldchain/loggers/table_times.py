"""The times of a table's rows: parsed, ordered, brought to UTC."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.quality import SensorRange
from coldchain.domain.reading import Milliseconds
from coldchain.errors import FileRefused
from coldchain.loggers.cells import Cells, those
from coldchain.loggers.clock import NO_WORDS, ZoneWords, to_utc, zone_words
from coldchain.loggers.clock_jumps import begins_anew_after_twelve, clock_notes, resets
from coldchain.loggers.columns import Kind
from coldchain.loggers.date_order import NO_FACTS, Dated, Facts, decide
from coldchain.loggers.grid import Grid
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import COLUMN, Declared, Evidence
from coldchain.loggers.stamps import HALF, NO_OFFSET, Stamps, epoch_ms, is_half, is_stamp, parse_stamps

NO_DATE_ORDER = Evidence(None, COLUMN, "times are counted from 1970")


@dataclass(frozen=True)
class Head:
    """What a family knows of a file from outside the table.

    Attributes:
        facts: About the first reading's date.
        zone: About the zone, where the time heading says nothing.
        interval_ms: The logger's interval.
        serial: For channels whose heading names none.
        range: What the device can measure, where that is known: ``HI`` and ``LO`` then stand for its ends.
    """

    facts: Facts = NO_FACTS
    zone: ZoneWords = NO_WORDS
    interval_ms: int | None = None
    serial: str | None = None
    range: SensorRange | None = None


NOTHING_KNOWN = Head()


@dataclass(frozen=True)
class Times:
    """When each row was measured.

    Attributes:
        at_ms: UTC ms, shape (rows,); 0 where `good` is False.
        good: Whether the row states a time.
        zone, order: What they rest on.
        notes: What is odd about the clock.
    """

    at_ms: Milliseconds
    good: NDArray[np.bool_]
    zone: Evidence
    order: Evidence
    notes: tuple[str, ...]


def times_of(layout: Layout, grid: Grid, held: NDArray[np.bool_], declared: Declared, head: Head) -> Times:
    """The times of all rows.

    Args:
        layout: Which columns hold times.
        grid: The rows.
        held: The rows that hold a reading: only those tell the interval.
        declared: The user's answers.
        head: What the file's head says.

    Raises:
        FileRefused: ``damaged``, ``ambiguous-date-order``, ``ambiguous-time-zone``, ``contradiction``.
    """
    texts = _with_halves(layout, grid, _written(layout, grid))
    if layout.epoch:
        at_ms, good = epoch_ms(texts)
        _refuse_no_times(grid, good & held, texts)
        return Times(at_ms, good, Evidence("+00:00", COLUMN, "seconds since 1970 are UTC"), NO_DATE_ORDER, ())
    stamps = parse_stamps(texts)
    _refuse_no_times(grid, stamps.good & held, texts)
    example = texts[int(np.argmax(stamps.good & held))]
    dated = decide(stamps, held, example, declared, head.facts)
    _refuse_no_times(grid, dated.good & held, texts)
    _refuse_twelve_hours(grid, stamps, dated, held, texts)
    rows = those(dated.good)
    offsets, measured = stamps.offset_min[rows], held[rows]
    words = zone_words(" ".join(layout.columns[index].label for index in layout.times))
    words = head.zone if words == NO_WORDS else words
    if words == NO_WORDS and stamps.zones:
        words = ZoneWords(None, "/".join(sorted(stamps.zones)))
    lines = np.asarray(grid.lines)[rows]
    clocked = to_utc(dated.local_ms[rows], offsets, measured, lines, words, declared, head.interval_ms)
    lost = resets(clocked.at_ms)
    at_ms, good = clocked.at_ms, dated.good & ~lost if isinstance(rows, slice) else dated.good.copy()
    if not isinstance(rows, slice):
        at_ms = np.zeros(len(texts), dtype=np.int64)
        at_ms[rows] = clocked.at_ms
        good[rows[lost]] = False
    ours = (offsets == NO_OFFSET).all()  # a time with its offset comes from a server, whose clock is kept
    notes = clock_notes(at_ms[good & held] if ours else at_ms[:0], int((lost & measured).sum()))
    return Times(at_ms, good, clocked.evidence, dated.evidence, notes)


def _refuse_twelve_hours(
    grid: Grid, stamps: Stamps, dated: Dated, held: NDArray[np.bool_], texts: Sequence[str]
) -> None:
    """Refuse a clock that counts to twelve and says neither AM nor PM; a time with its offset counts to 24."""
    rows = np.flatnonzero(dated.good & held & (stamps.offset_min == NO_OFFSET))
    at = begins_anew_after_twelve(dated.local_ms[rows], stamps.day_ms[rows])
    if at is None or re.search(HALF, texts[int(rows[at])], re.IGNORECASE):
        return
    before, after = (int(rows[place]) for place in (at - 1, at))
    raise FileRefused(
        "contradiction",
        f"line {grid.lines[after]}: {texts[after]!r} follows {texts[before]!r}, so the clock counts to twelve, and the "
        "file says neither AM nor PM: export it with AM and PM, or with hours to 24",
    )


def _written(layout: Layout, grid: Grid) -> Sequence[str]:
    """The times as they are written: of one column, or of a date's and a time of day's."""
    texts = grid.column(layout.times[0])
    for index in layout.times[1:]:
        more = grid.column(index)
        both = None
        if isinstance(texts, Cells) and isinstance(more, Cells) and not texts.joint:
            both = more.behind(texts, layout.delimiter)
        texts = [f"{text} {other}" for text, other in zip(texts, more, strict=True)] if both is None else both
    return texts


def _with_halves(layout: Layout, grid: Grid, texts: Sequence[str]) -> Sequence[str]:
    """The times with AM and PM, where those stand in a column of their own."""
    for column in layout.columns:
        if column.index in layout.times or column.kind is Kind.TEMPERATURE:
            continue
        halves = grid.column(column.index)
        if any(halves) and all(is_half(half) for half in halves if half):
            joined = [f"{text} {half}" for text, half in zip(texts, halves, strict=True)]
            if is_stamp(next(text for text, half in zip(joined, halves, strict=True) if half)):
                return joined
    return texts


def _refuse_no_times(grid: Grid, usable: NDArray[np.bool_], texts: Sequence[str]) -> None:
    if not usable.any():
        raise FileRefused("damaged", f"line {grid.lines[0]}: {texts[0]!r} is no time, nor is any other row's")
