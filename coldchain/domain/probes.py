"""Probes at a location: each is a trace of its own, for as long as it hung there (semantics §3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coldchain.domain.bounds import Yardstick
from coldchain.domain.reading import Trace


@dataclass(frozen=True)
class Probe:
    """One probe's time at a location.

    Attributes:
        name: What people call it.
        from_ms, to_ms: When it hung there; ``None``: since ever, or still.
        trace: What it measured, here and elsewhere.
        yardstick: Its ``max_gap`` and uncertainty there and then.
    """

    name: str
    from_ms: int | None
    to_ms: int | None
    trace: Trace
    yardstick: Yardstick

    def hung(self, start_ms: int, end_ms: int) -> bool:
        """Whether it hung there all of that time."""
        come = self.from_ms is None or self.from_ms <= start_ms
        return come and (self.to_ms is None or end_ms <= self.to_ms)


Probes = Mapping[str, Sequence[Probe]]
"""The probes of each location, by its name; a location that is missing has none."""


def one_probe_each(traces: Mapping[str, Trace], yardstick: Yardstick) -> Probes:
    """Locations with one probe each that hung there all the time; one without a reading has none."""
    return {name: (Probe("", None, None, trace, yardstick),) for name, trace in traces.items() if len(trace)}
