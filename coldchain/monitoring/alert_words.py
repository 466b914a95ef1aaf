"""What an alert of a place says: its body, ``coldchain.alert/1``, and its sentences."""

from collections.abc import Sequence
from typing import Any

from coldchain.domain.alarm import AlertKind
from coldchain.domain.instant import iso, minute
from coldchain.domain.product import Limit
from coldchain.domain.progress import Progress
from coldchain.domain.temperature import celsius, format_c
from coldchain.monitoring.rules import words
from coldchain.monitoring.still import Still, in_words
from coldchain.records.alerts import Alert
from coldchain.records.excursions import Excursion, Known
from coldchain.records.units import Unit

SCHEMA = "coldchain.alert/1"
UNJUDGED = "unjudged"
"""The ``cause`` of a no-data alert where readings come in but cannot be judged."""


def about(unit: Unit, kind: AlertKind, since_ms: int, now_ms: int) -> dict[str, Any]:
    """What every alert says; what is not known of it is null."""
    return {
        "schema": SCHEMA,
        "kind": kind.value,
        "late": False,
        "cause": None,
        "raised_at": iso(now_ms),
        "since": iso(since_ms),
        "end": None,
        "location": {"name": unit.location_name, "title": unit.location_title},
        "sensor": {"name": unit.sensor_name, "channel": unit.channel},
        "product": None,
        "adopted": None,
        "stage": unit.stage,
        "limit": None,
        "excursion": None,
        "continues": None,
        "certainty": None,
        "withdrawn": False,
        "duration_s": None,
        "extreme_c": None,
        "still": [],
        "last_reading": None,
        "link": f"/locations/{unit.location_name}",
    }


def about_excursion(number: str, known: Known) -> dict[str, Any]:
    """What an alert of an excursion says besides."""
    return {
        "excursion": number,
        "certainty": known.certainty,
        "withdrawn": known.withdrawn,
        "end": None if known.end_ms is None else iso(known.end_ms),
        "duration_s": {
            "at_least": known.at_least_ms / 1000,
            "estimate": known.estimate_ms / 1000,
            "at_most": known.at_most_ms / 1000,
        },
        "extreme_c": celsius(known.extreme_milli_c),
        "link": f"/excursions/{number}",
    }


def out_words(unit: Unit, kind: AlertKind, called: str, known: Known, limit: Limit) -> str:
    """An excursion has begun, or was found late."""
    what = "out of range" if kind is AlertKind.CERTAIN else "possibly out of range"
    since, worst = minute(known.start_ms), format_c(known.extreme_milli_c)
    until = "" if known.end_ms is None else f" until {minute(known.end_ms)}, known late"
    return f"{where(unit)}: {what} since {since}{until}, worst {worst}. {words(limit)} ({called})"


def over_words(
    unit: Unit,
    called: str,
    known: Known,
    limit: Limit,
    still: Sequence[Still],
    judged_until_ms: int | None,
    now_ms: int,
) -> str:
    """An excursion is over, or turned out to be none.

    Args:
        unit: Whose.
        called: Its number, and which one it goes on from.
        known: What is known of it now.
        limit: Which was not kept.
        still: What is not kept yet, for all that.
        judged_until_ms: When these rules ceased to judge; ``None`` where they still do.
        now_ms: Now.
    """
    if known.withdrawn:
        return f"{where(unit)}: {called} is withdrawn; later readings show that the limit was kept."
    since, worst = minute(known.start_ms), format_c(known.extreme_milli_c)
    over = minute(known.end_ms if known.end_ms is not None else now_ms)
    if judged_until_ms is not None:
        until = f"these rules judged until {minute(judged_until_ms)}"
        return f"{where(unit)}: {called} is over since {over}; it began {since}, worst {worst}; {until}."
    if still:
        now = in_words(still, unit.sensor_name)
        return f"{where(unit)}: {now}; {called} is over since {over}; it began {since}, worst {worst}. {words(limit)}"
    return f"{where(unit)}: back in range since {over}; {called} began {since}, worst {worst}."


def doubt_words(unit: Unit, since_ms: int, progress: Progress) -> str:
    """Readings lie within the probe's uncertainty of a limit."""
    return (
        f"{where(unit)}: possibly out of range since {minute(since_ms)}; {last_words(progress)} is within "
        f"the probe's uncertainty of the limit. {words(progress.limit)}"
    )


def silence_words(unit: Unit, since_ms: int, progress: Progress) -> str:
    """Nothing is received."""
    return f"{where(unit)}: no data since {minute(since_ms)}; last {last_words(progress)}."


def back_words(unit: Unit, alert: Alert) -> str:
    """What a no-data alert was about is over."""
    since = minute(alert.since_ms)
    if alert.body.get("cause") == UNJUDGED:
        return f"{where(unit)}: judged again; nothing was since {since}."
    return f"{where(unit)}: data again; there were none since {since}."


def called(excursion: Excursion, before: Excursion | None) -> str:
    """An excursion's number, and which one it goes on from."""
    return excursion.number if before is None else f"{excursion.number}, which goes on from {before.number}"


def where(unit: Unit) -> str:
    """The place, as people call it."""
    return unit.location_title or unit.location_name


def last_words(progress: Progress) -> str:
    """The last reading: ``reading 9.1 °C``."""
    if progress.last is None or progress.last[1] is None:
        return "reading: none yet"
    return f"reading {format_c(progress.last[1])}"


def last_reading(progress: Progress) -> dict[str, Any] | None:
    """The same for programs; ``None`` before the first one."""
    if progress.last is None or progress.last[1] is None:
        return None
    return {"measured_at": iso(progress.last[0]), "temperature_c": celsius(progress.last[1])}
