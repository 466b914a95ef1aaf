"""Reading large tables with all their evidence, and judging them, against pandas that is told everything."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from coldchain.auditing.file import audit_file
from coldchain.loggers import Declared, read
from coldchain.rulebook.book import load_rulebook
from tests.benchmarks.measure import Measured, compared


def reading_csv(folder: Path, *, short: bool) -> Iterator[Measured]:
    """In memory, from the disk: an ISO table read, the same judged, and a day-first one with decimal commas read."""
    rows, times = (20_000, 2) if short else (1_000_000, 5)
    iso, european = folder / "iso.csv", folder / "european.csv"
    iso.write_text(table(rows), encoding="utf-8")
    european.write_text(european_table(rows), encoding="utf-8")
    rulebook = load_rulebook()
    product = rulebook.product("refrigerated-2-8")

    def taken(path: Path, declared: Declared) -> None:
        (channel,) = read(path.name, path.read_bytes(), declared).channels
        if channel.at_ms.size != rows:
            raise RuntimeError(f"{channel.at_ms.size} of {rows} rows were read")

    def theirs(path: Path, **how: Any) -> None:
        pd.read_csv(path, parse_dates=["time"], **how)

    yield compared(
        f"reading a CSV of {rows:,} rows", lambda: taken(iso, Declared()),
        "pandas.read_csv with ISO dates", lambda: theirs(iso, date_format="ISO8601"),
        times=times, count=rows, unit="rows",
    )  # fmt: skip
    yield compared(
        f"reading and judging a CSV of {rows:,} rows",
        lambda: audit_file(iso.name, iso.read_bytes(), product, product.first_stage),
        "pandas.read_csv with ISO dates", lambda: theirs(iso, date_format="ISO8601"),
        times=times, count=rows, unit="rows",
    )  # fmt: skip
    yield compared(
        f"reading {rows:,} rows, 31.12.2025 and decimal commas", lambda: taken(european, Declared(tz="+01:00")),
        "pandas.read_csv, told the formats",
        lambda: theirs(european, sep=";", decimal=",", date_format="%d.%m.%Y %H:%M"),
        times=times, count=rows, unit="rows",
    )  # fmt: skip


def table(rows: int) -> str:
    """ISO times with their offset, a temperature, a humidity."""
    start = datetime(2025, 1, 1, tzinfo=UTC)
    lines = [
        f"{(start + timedelta(minutes=row)).isoformat()},{4 + row % 301 / 100:.2f},{40 + row % 97 / 10:.1f}"
        for row in range(rows)
    ]
    return "time,Temperature (°C),Humidity (%)\n" + "\n".join(lines) + "\n"


def european_table(rows: int) -> str:
    """Days first and no zone, decimal commas between semicolons."""
    start = datetime(2025, 1, 1, tzinfo=UTC)
    lines = [
        f"{start + timedelta(minutes=row):%d.%m.%Y %H:%M};"
        + f"{4 + row % 301 / 100:.2f};{40 + row % 97 / 10:.1f}".replace(".", ",")
        for row in range(rows)
    ]
    return "time;Temperature (°C);Humidity (%)\n" + "\n".join(lines) + "\n"
