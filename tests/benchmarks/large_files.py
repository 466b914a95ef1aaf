"""One large file, judged: the whole `coldchain audit` as a process against pandas' `read_csv` alone as a process."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from tests.benchmarks.measure import Measured
from tests.benchmarks.processes import compared_processes

_READ = "import sys, pandas; pandas.read_csv(sys.argv[1], parse_dates=['time'], date_format='ISO8601')"


def large_files(folder: Path, *, short: bool) -> Iterator[Measured]:
    """A million and ten million rows: reading, hashing, evidence, verdict and text; against reading alone."""
    for rows in (20_000, 50_000) if short else (1_000_000, 10_000_000):
        path = folder / f"large-{rows}.csv"
        written(path, rows)
        yield compared_processes(
            f"auditing a CSV of {rows:,} rows, whole process",
            ["-m", "coldchain", "audit", str(path), "--product", "refrigerated-2-8"],
            "a process that only does pandas.read_csv",
            ["-c", _READ, str(path)],
            times=1 if short else 3,
            count=rows,
            unit="rows",
        )
        path.unlink()


def written(path: Path, rows: int) -> None:
    """Write a file: ISO times a minute apart, a temperature, a humidity."""
    start = np.datetime64(datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None), "m")
    with path.open("w", encoding="utf-8") as file:
        file.write("time,Temperature (°C),Humidity (%)\n")
        for first in range(0, rows, 100_000):
            minutes = np.arange(first, min(first + 100_000, rows))
            times = np.datetime_as_string(start + minutes.astype("m8[m]"), unit="s").tolist()
            file.writelines(
                f"{at}+00:00,{4 + minute % 301 / 100:.2f},{40 + minute % 97 / 10:.1f}\n"
                for at, minute in zip(times, minutes.tolist(), strict=True)
            )


def stamps(rows: int) -> list[str]:
    """ISO times five minutes apart, each with its offset."""
    start = datetime(2025, 1, 1, tzinfo=UTC)
    return [(start + timedelta(minutes=5 * row)).isoformat() for row in range(rows)]
