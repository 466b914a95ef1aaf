"""Temperatures as a series: ``"5 9x8 _ 5"`` is one 5 °C, eight 9 °C, one missing reading, one 5 °C.

Product files write their examples so, and the tests of this project too.
"""

import re
from datetime import timedelta

from coldchain.domain.duration import milliseconds
from coldchain.domain.reading import Trace
from coldchain.domain.temperature import milli_c

LONGEST_SERIES = 100_000
"""Readings, missing ones included."""

_ITEM = re.compile(r"(?P<value>_|[+\-−]?[0-9]{1,6}(?:\.[0-9]{1,9})?)(?:x(?P<count>[0-9]{1,6}))?")


def slots(text: str) -> list[int | None]:
    """What stands at each step of a series: m°C, or ``None`` for a missing reading.

    Raises:
        ValueError: The text is no series; the message names the part that is not.
    """
    found: list[int | None] = []
    for word in text.split():
        item = _ITEM.fullmatch(word)
        if item is None:
            shown = word if len(word) <= 40 else word[:39] + "…"
            raise ValueError(f"{shown!r} is neither a value, such as 5, nor a repeated one, such as 9x8, nor _")
        count = int(item["count"] or 1)
        if not count:
            raise ValueError(f"{word!r} repeats a reading no times")
        if len(found) + count > LONGEST_SERIES:
            raise ValueError(f"the series is longer than {LONGEST_SERIES} readings")
        value = None if item["value"] == "_" else milli_c(item["value"].replace("−", "-"))
        found.extend([value] * count)
    if not found:
        raise ValueError("the series is empty")
    return found


def parse_series(text: str, every: timedelta, start_ms: int = 0) -> Trace:
    """The trace that a series describes: one slot every so often, missing readings left out.

    Args:
        text: Such as ``"5 9x8 _ 5"``, °C.
        every: The time between two slots.
        start_ms: When the first slot is, UTC ms.

    Raises:
        ValueError: The text is no series.
    """
    step = milliseconds(every)
    readings = [(start_ms + index * step, value) for index, value in enumerate(slots(text)) if value is not None]
    return Trace.of([at_ms for at_ms, _ in readings], [value for _, value in readings])
