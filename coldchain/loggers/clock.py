"""From a time column to UTC: the offset in the stamps, in the heading, or the zone that the user declares."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.reading import Milliseconds
from coldchain.errors import FileRefused
from coldchain.loggers.cells import LineNumbers
from coldchain.loggers.date_order import usual_step
from coldchain.loggers.logger_file import COLUMN, DECLARED, HEADER, Declared, Evidence
from coldchain.loggers.stamps import NO_OFFSET, Ints, Small
from coldchain.loggers.zones import HINTS, Zone, format_offset, parse_zone, place, settle_repeated

_OFFSET = re.compile(
    r"(?:GMT|UTC)(?:\s*offset)?\s*:?\s*([+\-−])\s*([0-9]{1,2})(?::?([0-9]{2}))?(?![0-9])(?![.,][0-9])", re.IGNORECASE
)
_UTC = re.compile(r"(?<![^\W_])(?:UTC|Zulu)(?![^\W_])(?!\s*[+\-−:]?\s*[0-9])", re.IGNORECASE)
_NOT_UTC = re.compile(r"local|offset|not|differ", re.IGNORECASE)
_WORDS = re.compile(r"[(\[]([^()\[\]]{3,120})[)\]]")
_WORD = re.compile(r"[A-Za-z]{3}")
_ABBREVIATION = re.compile(r"(?<![A-Za-z])([A-Z]{2,4}T|MESZ?|MEZ)(?![A-Za-z])")


@dataclass(frozen=True)
class ZoneWords:
    """What a heading says of its zone: a fixed offset (proof), or words (a hint)."""

    offset_min: int | None = None
    hint: str | None = None


NO_WORDS = ZoneWords()

_PLACES = re.compile(
    r"\((?:UTC|GMT)\s?[+-]\d{1,2}:?\d\d\)\s(?!(?i:date|time|datum|zeit|uhr|heure|hora|ora|tid|data|čas|temp))[A-Z]\w{2,40}"
    r"(?:, \w{2,40}){0,5}"
)


def zone_words(heading: str) -> ZoneWords:
    """The zone in a time column's heading, such as ``Date Time, GMT-07:00`` or ``Date-Time (CEST)``."""
    places = _PLACES.search(heading)
    if places:  # Windows writes a zone with summer time so: the offset is its winter's
        return ZoneWords(None, places[0])
    offset = _OFFSET.search(heading)
    if offset:
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        return ZoneWords(minutes if offset[1] == "+" else -minutes)
    if _UTC.search(heading) and not _NOT_UTC.search(heading):
        return ZoneWords(0)
    words = next((found.strip() for found in _WORDS.findall(heading) if _WORD.search(found)), "")
    if words and not re.search(r"[dmy]{2,}|hh|sec|\bs\b|local", words, re.IGNORECASE):
        return ZoneWords(None, words)
    abbreviation = _ABBREVIATION.search(heading)
    return ZoneWords(None, abbreviation[1]) if abbreviation else NO_WORDS


@dataclass(frozen=True)
class Clocked:
    """Times in UTC with what they rest on, and sentences about the clock."""

    at_ms: Milliseconds
    evidence: Evidence
    notes: tuple[str, ...] = ()


def to_utc(
    local_ms: Ints,
    offset_min: Ints | Small,
    held: NDArray[np.bool_],
    lines: LineNumbers,
    words: ZoneWords,
    declared: Declared,
    interval_ms: int | None = None,
) -> Clocked:
    """UTC for every row.

    Args:
        local_ms: Wall clock times, in the file's order.
        offset_min: The offset each stamp names, or `NO_OFFSET`.
        held: The rows that hold a reading.
        lines: Line numbers, for messages.
        words: What the heading says.
        declared: The user's zone, and the site's.
        interval_ms: The interval that the file's head states, if it does.

    Raises:
        FileRefused: ``ambiguous-time-zone`` or ``contradiction``.
    """
    named = offset_min != NO_OFFSET
    if named.any():
        if not named.all():
            line = lines[int(np.flatnonzero(~named)[0])]
            raise FileRefused("ambiguous-time-zone", f"line {line} names no offset from UTC, though other lines do")
        distinct = _distinct(offset_min)
        one = len(distinct) == 1
        at_ms = local_ms - (distinct[0] if one else offset_min.astype(np.int64)) * 60_000
        value = "/".join(map(format_offset, distinct))
        return _proven(local_ms, at_ms, Evidence(value, COLUMN, "every time names it"), declared)
    if words.offset_min is not None:
        at_ms = local_ms - words.offset_min * 60_000
        return _proven(local_ms, at_ms, Evidence(format_offset(words.offset_min), HEADER), declared)
    text = declared.tz or declared.site_tz
    if not text:
        raise _unknown(words.hint)
    zone = parse_zone(text)
    note = f"the file says {words.hint!r}, which is a hint and no proof" if words.hint else ""
    if not declared.tz:
        note = "the site's zone" + (f"; {note}" if note else "")
    at_ms = _through(local_ms, held, lines, zone, interval_ms)
    return Clocked(at_ms, Evidence(zone.name, DECLARED, note))


def _distinct(values: Ints | Small) -> list[int]:
    """The different values, in order; one in nearly every file."""
    low, high = int(values.min()), int(values.max())
    return [low] if low == high else [int(value) for value in np.unique(values)]


def _proven(local_ms: Ints, at_ms: Milliseconds, evidence: Evidence, declared: Declared) -> Clocked:
    """The file's own offset; a declared zone must have it at one reading at least."""
    for text, explicit in ((declared.tz, True), (declared.site_tz, False)):
        if not text:
            continue
        zone = parse_zone(text)
        placed = place(local_ms, zone)
        if ((placed.early == at_ms) | (placed.late == at_ms)).any():
            break
        if explicit:
            raise FileRefused("contradiction", f"--tz {text} was declared, but the file itself states {evidence.value}")
        note = f"the file's own offset differs from the site's zone {zone.name}"
        return Clocked(at_ms, Evidence(evidence.value, evidence.source, note))
    return Clocked(at_ms, evidence)


def _unknown(hint: str | None) -> FileRefused:
    if hint:
        likely = dict.fromkeys(zone for word in hint.upper().split("/") for zone in HINTS.get(word, ()))
        return FileRefused(
            "ambiguous-time-zone",
            f"the times are marked {hint!r}, which is not one zone; say which with --tz",
            tuple(f"--tz {zone}" for zone in likely) or ("--tz ZONE",),
        )
    return FileRefused(
        "ambiguous-time-zone",
        "the times carry no zone; say where the clock was set with --tz, such as --tz Europe/Berlin or --tz +02:00",
        ("--tz ZONE",),
    )


def _through(
    local_ms: Ints, held: NDArray[np.bool_], lines: LineNumbers, zone: Zone, interval_ms: int | None
) -> Milliseconds:
    placed = place(local_ms, zone)
    at_ms = placed.early.copy()
    if zone.fixed_min is not None or not held.any():
        return at_ms
    rows = np.flatnonzero(held)
    steps = np.diff(local_ms[rows])
    if (steps < 0).sum() * 2 > steps.size:  # newest first
        rows = rows[::-1]
        steps = np.diff(local_ms[rows])
    _refuse_skipped(local_ms, placed.skipped & held, lines, zone)
    interval = interval_ms or _interval(steps)
    chosen = type(placed)(placed.early[rows], placed.late[rows], placed.skipped[rows])
    settled, open_row = settle_repeated(chosen, interval)
    if open_row is not None:
        raise _repeated(lines[int(rows[open_row])], int(local_ms[rows[open_row]]), zone)
    if interval is not None and steps.size >= 4:
        _refuse_clock_that_stayed(settled, steps, rows, lines, interval, zone)
    at_ms[rows] = settled
    return at_ms


def _interval(steps: Ints) -> int | None:
    """The logger's interval, if the readings keep one."""
    usual = usual_step(steps)
    if usual is None or usual <= 0:
        return None
    return usual if float((np.abs(steps - usual) <= 1_500).mean()) >= 0.8 else None


def _refuse_skipped(local_ms: Ints, skipped: NDArray[np.bool_], lines: LineNumbers, zone: Zone) -> None:
    if skipped.any():
        row = int(np.flatnonzero(skipped)[0])
        raise FileRefused(
            "contradiction",
            f"line {lines[row]}: {_clock_text(int(local_ms[row]))} does not exist in {zone.name} (the clocks go "
            "forward then), so the device's clock did not follow that zone; declare its fixed offset instead",
            _offsets_around(int(local_ms[row]), zone),
        )


def _refuse_clock_that_stayed(
    at_ms: Milliseconds, local_steps: Ints, rows: Ints, lines: LineNumbers, interval: int, zone: Zone
) -> None:
    """A device whose own times keep the interval over a clock change did not follow the change."""
    steps = np.diff(at_ms)
    stayed = (np.abs(local_steps - interval) <= 1_500) & (np.abs(steps - interval) > 1_500)
    if stayed.any():
        row = int(rows[int(np.flatnonzero(stayed)[0])])
        local = int(at_ms[int(np.flatnonzero(stayed)[0])])
        raise FileRefused(
            "contradiction",
            f"line {lines[row]}: the readings keep their interval over the clock change in {zone.name}, so the "
            "device's clock did not follow it; declare its fixed offset instead",
            _offsets_around(local, zone),
        )


def _repeated(line: int, local: int, zone: Zone) -> FileRefused:
    return FileRefused(
        "ambiguous-time-zone",
        f"line {line}: {_clock_text(local)} happens twice in {zone.name} (the clocks go back then) and nothing in the "
        "file says which; declare the device's fixed offset",
        _offsets_around(local, zone),
    )


def _offsets_around(local_ms: int, zone: Zone) -> tuple[str, ...]:
    day = 86_400_000
    around = np.array([local_ms - day, local_ms + day], dtype=np.int64)
    minutes = sorted({int(offset) for offset in (around - place(around, zone).early) // 60_000})
    return tuple(f"--tz {format_offset(offset)}" for offset in minutes)


def _clock_text(local_ms: int) -> str:
    return str(np.datetime64(local_ms, "ms").astype("M8[m]")).replace("T", " ")
