"""Small logger files for imports: one that asks, one whose signature does not fit, and bigger and stranger ones."""

from coldchain.domain.duration import parse_duration
from tests.loggers.writing import fridge_tag

AMBIGUOUS = "\n".join(
    ["Time;Temperature °C", *(f"04.03.2026 {8 + step // 4:02d}:{step % 4 * 15:02d};5,{step}" for step in range(9)), ""]
).encode()
"""One morning that can be 4 March or 3 April."""


def signed(*, forged: bool) -> bytes:
    """A Fridge-tag's data log; a forged one was signed once and a part of the signature is gone."""
    data = [(f"2026-03-14 21:{minute:02d}", "5.1") for minute in range(0, 60, 5)]
    text = fridge_tag(data=data) + ("Sig: 00\n" if forged else "")
    return text.replace("\n", "\r\n").encode()


def hourly(days: int, value: str = "5.0") -> bytes:
    """A plain file with a reading an hour, in UTC."""
    minutes = parse_duration(f"{days} d") // parse_duration("1 h")
    rows = [f"2026-03-{1 + hour // 24:02d}T{hour % 24:02d}:00:00Z,{value}" for hour in range(minutes)]
    return "\n".join(["time,temperature (°C)", *rows, ""]).encode()
