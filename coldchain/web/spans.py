"""Which time a page shows: a named range up to now, or from and to as somebody typed them."""

from dataclasses import dataclass

from coldchain.domain.instant import instant_ms
from coldchain.web.times import DAY_MS, HOUR_MS, Clock

RANGES = {
    "6h": ("6 h", 6 * HOUR_MS),
    "24h": ("24 h", DAY_MS),
    "7d": ("7 days", 7 * DAY_MS),
    "30d": ("30 days", 30 * DAY_MS),
}
LONGEST_MS = 400 * DAY_MS


@dataclass(frozen=True)
class Shown:
    """The time a page shows, and what its form says.

    Attributes:
        chosen: The named range; empty where from and to were typed.
        from_text, to_text: As the fields hold them.
        problem: Why what was typed cannot be used; the default range is shown then.
    """

    from_ms: int
    to_ms: int
    chosen: str
    from_text: str
    to_text: str
    problem: str = ""


def span_of(clock: Clock, name: str = "", from_text: str = "", to_text: str = "") -> Shown:
    """The span that an address asks for; what cannot be understood is said and stays in its field."""
    problem = ""
    if from_text or to_text:
        try:
            to_ms = instant_ms(to_text, clock.zone) if to_text else clock.now_ms
            from_ms = instant_ms(from_text, clock.zone) if from_text else to_ms - DAY_MS
        except (ValueError, OverflowError):
            problem = "Write a date and time such as 2026-11-21 08:00"
        else:
            if from_ms < to_ms <= from_ms + LONGEST_MS:
                return Shown(
                    from_ms, to_ms, "", from_text or clock.input_value(from_ms), to_text or clock.input_value(to_ms)
                )
            problem = "The end must lie after the beginning" if to_ms <= from_ms else "Show at most 400 days at once"
    chosen = name if name in RANGES else "24h"
    from_ms = clock.now_ms - RANGES[chosen][1]
    typed = bool(problem)
    return Shown(
        from_ms, clock.now_ms, chosen, from_text if typed else clock.input_value(from_ms),
        to_text if typed else clock.input_value(clock.now_ms), problem,
    )  # fmt: skip
