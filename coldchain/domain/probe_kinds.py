"""What a probe hangs in, and how slowly it follows: as declared, never guessed from readings."""

from enum import StrEnum

from coldchain.domain.duration import format_duration


class ProbeKind(StrEnum):
    """What surrounds the probe.

    An air probe shows every opening of the door; one in glycol or another buffer follows as slowly as a vial does
    (NISTIR 7656 found air probes unfit to stand for vaccine vials, and a probe in a glycol bottle fit).
    """

    AIR = "air"
    GLYCOL = "glycol"
    BUFFER = "buffer"
    SURFACE = "surface"


_IN_WORDS = {
    ProbeKind.AIR: "in air",
    ProbeKind.GLYCOL: "in glycol",
    ProbeKind.BUFFER: "in a buffer (sand, beads, metal)",
    ProbeKind.SURFACE: "on a surface",
}

LONGEST_TIME_CONSTANT_MS = 24 * 3_600_000


def kind_of(text: str) -> ProbeKind | None:
    """The kind of that name, or ``None``."""
    return ProbeKind(text) if text in set(ProbeKind) else None


def in_words(kind: str | None, time_constant_ms: int | None) -> str:
    """What is declared, short: ``in glycol, time constant 10 min``; empty where nothing is."""
    known = kind_of(kind) if kind else None
    parts = [_IN_WORDS[known]] if known is not None else []
    if time_constant_ms:
        parts.append(f"time constant {format_duration(time_constant_ms)}")
    return ", ".join(parts)


def lag_in_words(kind: str | None, time_constant_ms: int | None) -> str:
    """What the probe's slowness means for a chart and for an excursion; empty where no time constant is declared.

    A first-order probe has shown 63 % of a sudden change after one time constant, and 95 % after three.
    """
    if not time_constant_ms:
        return ""
    known = kind_of(kind) if kind else None
    where = f"{_IN_WORDS[known]} it" if known is not None else "it"
    one, three = format_duration(time_constant_ms), format_duration(3 * time_constant_ms)
    return (
        f"{where} shows 63 % of a sudden change after {one} and 95 % after {three};"
        " what its surroundings did for a shorter time shows less, and later"
    )
