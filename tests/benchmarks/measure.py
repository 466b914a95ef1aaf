"""Measuring by ratios: a subject and a baseline in turns in the same run, the median of each."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Run = Callable[[], object]


@dataclass(frozen=True)
class Measured:
    """One speed and what it is compared with.

    Attributes:
        what: What was measured.
        took_s: Median time of one run.
        count: How many things one run handles; 1 for a whole process.
        unit: What they are called, such as ``readings``.
        baseline: What the baseline does.
        baseline_s: Median time of one run of it.
        note: What else was seen, such as the memory that both needed.
    """

    what: str
    took_s: float
    count: int
    unit: str
    baseline: str
    baseline_s: float
    note: str = ""

    @property
    def ratio(self) -> float:
        """How many times as long as the baseline."""
        return self.took_s / self.baseline_s

    def __str__(self) -> str:
        speed = f"{self.took_s * 1000:,.0f} ms" if self.count == 1 else f"{self.count / self.took_s:,.0f} {self.unit}/s"
        beside = f"{self.ratio:6.2f} × {self.baseline} ({self.baseline_s * 1000:,.1f} ms)"
        return f"{self.what:<58} {speed:>26}   {beside}" + (f"; {self.note}" if self.note else "")


def compared(
    what: str, subject: Run, baseline_name: str, baseline: Run, *, times: int, count: int = 1, unit: str = ""
) -> Measured:
    """Run both in turns, so that a noisy machine disturbs both alike, and take the median of each."""
    took: list[float] = []
    baseline_took: list[float] = []
    for _ in range(times):
        baseline_took.append(seconds(baseline))
        took.append(seconds(subject))
    return Measured(what, statistics.median(took), count, unit, baseline_name, statistics.median(baseline_took))


def seconds(run: Run) -> float:
    """How long one run takes."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began
