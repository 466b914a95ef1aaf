"""What a person waits for: `coldchain audit` on a file of 2,000 rows, as a whole process."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.benchmarks.measure import Measured, compared

ROOT = Path(__file__).parents[2]


def start_up(folder: Path, *, short: bool) -> Measured:
    """The whole process against ``python -c pass``."""
    path = folder / "shipment.csv"
    path.write_text(shipment(2_000), encoding="utf-8")
    audit = [sys.executable, "-m", "coldchain", "audit", str(path), "--product", "lemtrada"]
    _run(audit)  # byte code is compiled once, not each time
    return compared(
        "coldchain audit, 2,000 rows, whole process",
        lambda: _run(audit),
        "python -c pass",
        lambda: _run([sys.executable, "-c", "pass"]),
        times=3 if short else 15,
    )


def shipment(rows: int) -> str:
    """A HOBOware-like export: readings every 5 minutes around 5 °C, a warm hour in the middle."""
    start = datetime(2026, 3, 14, tzinfo=UTC)
    lines = ['"Plot Title: bench"', '"#","Date Time, GMT+00:00","Temp, °C (LGR S/N: 21234567, SEN S/N: 21234567)"']
    for row in range(rows):
        warm = 4.5 if rows // 2 < row < rows // 2 + 12 else 0
        at = start + timedelta(minutes=5 * row)
        lines.append(f"{row + 1},{at:%m/%d/%y %H:%M:%S},{5 + warm + row % 17 / 20:.3f}")
    return "\n".join(lines) + "\n"


def _run(words: list[str]) -> None:
    done = subprocess.run(words, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
    if done.returncode not in (0, 1, 3):
        raise RuntimeError(f"{words} ended with {done.returncode}")
