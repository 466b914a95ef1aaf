"""Reading a large plain CSV with all its evidence, against pandas that is told everything."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd

from coldchain.loggers import read
from tests.benchmarks.measure import Measured, compared


def reading_csv(folder: Path, *, short: bool) -> Measured:
    """``coldchain.loggers.read`` against ``pandas.read_csv`` with ISO dates, both from the disk."""
    rows = 20_000 if short else 1_000_000
    path = folder / "large.csv"
    path.write_text(table(rows), encoding="utf-8")

    def ours() -> None:
        (channel,) = read(path.name, path.read_bytes()).channels
        if channel.at_ms.size != rows:
            raise RuntimeError(f"{channel.at_ms.size} of {rows} rows were read")

    return compared(
        f"reading a CSV of {rows:,} rows",
        ours,
        "pandas.read_csv with ISO dates",
        lambda: pd.read_csv(path, parse_dates=["time"], date_format="ISO8601"),
        times=2 if short else 3,
        count=rows,
        unit="rows",
    )


def table(rows: int) -> str:
    """ISO times with their offset, a temperature, a humidity."""
    start = datetime(2025, 1, 1, tzinfo=UTC)
    lines = [
        f"{(start + timedelta(minutes=row)).isoformat()},{4 + row % 301 / 100:.2f},{40 + row % 97 / 10:.1f}"
        for row in range(rows)
    ]
    return "time,Temperature (°C),Humidity (%)\n" + "\n".join(lines) + "\n"
