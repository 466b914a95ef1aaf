"""Mean kinetic temperatures that others published, and traps they did not."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from coldchain.domain.reading import Trace
from coldchain.domain.statistics import mean_kinetic_temperature_c, statistics
from coldchain.selftest.case import Case

_PROFILE = "48 h reference profile, base 5 °C"

_PUBLISHED = (
    ("zelti/mkt, README", (2, 2, 5, 8, 8, 8, 8), (1,) * 7, 83.144, "6.25"),
    ("ChristianTremblay/ddcmath, tests", (19.8, 20.2, 20.6, 21, 21.3, 21.5), (1,) * 6, 83.144, "20.7528"),
    ("tooljolt.com, its MKT page", (24, 26, 28, 21), (16, 5, 3, 24), 83.144, "23.23"),
    *(
        (
            f"{_PROFILE}: {hours} h at {str(warm).replace('-', '−')} °C",
            (5, warm),
            (48 - hours, hours),
            delta_h,
            expected,
        )
        for warm, hours, usual, less in (
            (10, 6, "5.82", "5.76"),
            (15, 1, "5.39", "5.33"),
            (15, 6, "7.11", "6.84"),
            (22, 1, "6.05", "5.78"),
            (22, 6, "9.91", "9.02"),
            (30, 1, "7.53", "6.66"),
            (30, 6, "14.55", "12.54"),
            (40, 1, "11.00", "8.58"),
            (-10, 6, "4.11", "3.94"),
        )
        for delta_h, expected in ((83.144, usual), (62.8, less))
    ),
)


def cases() -> Iterator[Case]:
    """Published figures to the digits they were published with, then the guard around them."""
    for number, (source, temps_c, weights, delta_h, expected) in enumerate(_PUBLISHED, 1):
        about = f"mean kinetic temperature, ΔH {delta_h} kJ/mol"
        yield Case(f"mkt-{number}", about, source, expected, partial(_mkt, temps_c, weights, delta_h, expected))
    yield Case(
        "mkt-guard-1",
        "an hour at −5 °C lowers the number, so it is withheld",
        "§5",
        "withheld, 4.758 unguarded",
        _frost,
    )


def _mkt(temps_c: tuple[float, ...], weights: tuple[int, ...], delta_h: float, published: str) -> str:
    digits = len(published.partition(".")[2])
    values = np.array([round(t * 1000) for t in temps_c], dtype=np.int64)
    return f"{mean_kinetic_temperature_c(values, np.array(weights, dtype=np.int64), delta_h):.{digits}f}"


def _frost() -> str:
    hour_ms = 3_600_000
    found = statistics(Trace.of([h * hour_ms for h in range(24)], [5000] * 11 + [-5000] + [5000] * 12), hour_ms)
    return f"{'withheld' if found.mkt_c is None else found.mkt_c}, {found.mkt_unguarded_c:.3f} unguarded"
