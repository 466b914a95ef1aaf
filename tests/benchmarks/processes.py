"""Whole processes: how long each took and how much memory it had at most."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks.measure import Measured

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ended:
    """A process that has ended.

    Attributes:
        took_s: From its start to its end.
        peak_mb: The most memory it had, as the system counts it (``ru_maxrss``).
    """

    took_s: float
    peak_mb: float


_LAUNCHER = """
import resource, subprocess, sys, time
began = time.perf_counter()
code = subprocess.run([sys.executable, *sys.argv[1:]], stdout=subprocess.DEVNULL, check=False).returncode
took = time.perf_counter() - began
print(code, took, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
"""
"""Starts the program from a small process: the system counts as a program's the memory of what it was started from."""


def run(words: Sequence[str]) -> Ended:
    """Run a Python program to its end; a verdict may be its exit code.

    Raises:
        RuntimeError: It failed.
    """
    done = subprocess.run(
        [sys.executable, "-c", _LAUNCHER, *words], cwd=ROOT, capture_output=True, text=True, check=True
    )
    code, took_s, peak_mb = done.stdout.split()
    if int(code) not in (0, 1, 3):
        raise RuntimeError(f"{words} ended with {code}: {done.stderr}")
    return Ended(float(took_s), float(peak_mb))


def compared_processes(
    what: str, subject: Sequence[str], baseline_name: str, baseline: Sequence[str], *, times: int, count: int, unit: str
) -> Measured:
    """Run both in turns and take the median time and the largest memory of each."""
    ours, theirs = [], []
    for _ in range(times):
        theirs.append(run(baseline))
        ours.append(run(subject))
    peak, other = (max(one.peak_mb for one in each) for each in (ours, theirs))
    return Measured(
        what, median(one.took_s for one in ours), count, unit, baseline_name, median(one.took_s for one in theirs),
        f"peak {peak:,.0f} MB against {other:,.0f} MB",
    )  # fmt: skip
