"""A folder of small files, judged: the whole `coldchain audit` against a loop of pandas' `read_csv` over them."""

from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.large_files import stamps
from tests.benchmarks.measure import Measured
from tests.benchmarks.processes import compared_processes

ROWS = 2_000
_READ = (
    "import sys, pathlib, pandas\n"
    "for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):\n"
    "    pandas.read_csv(path, parse_dates=['time'], date_format='ISO8601')"
)


def many_files(folder: Path, *, short: bool) -> Iterator[Measured]:
    """With one process and with two; every file is another logger's."""
    count = 20 if short else 10_000
    logs = folder / "logs"
    logs.mkdir()
    times = stamps(ROWS)
    for number in range(count):
        rows = (
            f"{at},{4 + (number * 37 + row * (1 + number % 7)) % 301 / 100:.2f},{40 + row % 97 / 10:.1f}\n"
            for row, at in enumerate(times)
        )
        (logs / f"logger-{number:05d}.csv").write_text(
            f"time,Temperature (°C) S/N: {100_000 + number},Humidity (%)\n" + "".join(rows), encoding="utf-8"
        )
    for jobs in (1, 2):
        yield compared_processes(
            f"auditing {count:,} files of {ROWS:,} rows, {jobs} process{'es' * (jobs > 1)}",
            ["-m", "coldchain", "audit", str(logs), "--product", "refrigerated-2-8", "--format", "json",
             "--jobs", str(jobs)],
            "a process that only does pandas.read_csv",
            ["-c", _READ, str(logs)],
            times=1,
            count=count,
            unit="files",
        )  # fmt: skip
