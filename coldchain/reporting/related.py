"""Copies and overlapping exports in words, from the keys ``same_content_as`` and ``overlaps`` of an audit's line."""

from typing import Any

from coldchain.domain.temperature import format_c
from coldchain.reporting.words import about, plural, printable

Object = dict[str, Any]


def related_in_words(related: Object) -> str:
    """Which earlier files this one repeats or contradicts; empty where there are none."""
    if related["same_content_as"] is not None:
        return f"the same content as {printable(related['same_content_as'])}"
    said = [_overlap(overlap) for overlap in related["overlaps"]]
    more = related.get("overlaps_not_compared", 0)
    return "; ".join([*said, *([f"{plural(more, 'further export')} of this logger not compared"] if more else [])])


def _overlap(overlap: Object) -> str:
    name, common = printable(overlap["file"]), plural(overlap["common"], "reading")
    match overlap["kind"]:
        case "identical":
            return f"repeats {common} of {name}"
        case "apart":
            clock = _clock(overlap) or "was one read with another clock?"
            return f"covers the same time as {name} without one common instant: {clock}"
        case _:
            first = overlap["first_difference"]
            here, there = (format_c(round(first[key] * 1000)) for key in ("here_c", "there_c"))
            when = f"{first['at'][:10]} {first['at'][11:19]} UTC"
            said = (
                f"contradicts {name} at {overlap['different']} of {common}, first at {when}: {here} here, {there} there"
            )
            return f"{said}; {clock}" if (clock := _clock(overlap)) else said


def _clock(overlap: Object) -> str:
    """What a shifted clock explains; empty where none does."""
    shift = overlap.get("clock_s")
    if shift is None:
        return ""
    way = "later" if shift > 0 else "earlier"
    return f"they agree if this one is read {about(abs(shift) * 1000)} {way}: look at the zones of both"
