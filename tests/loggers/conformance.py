"""The real exports beside this checkout against their table of expectations, row by row.

``python -m tests.loggers.conformance FOLDER`` prints it; `test_conformance` holds it. What a file does not say is asked
for, as a user would be, and answered from the table: a question is no disagreement, and the row names it.
"""

import csv
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from coldchain.domain.temperature import Unit, milli_c
from coldchain.errors import FileRefused
from coldchain.loggers import Channel, Declared, LoggerFile, read
from tests.loggers.writing import clock

SITE = Declared(site_tz="UTC")
_MOST_QUESTIONS = 4

Expected = dict[str, str]


@dataclass(frozen=True)
class Line:
    """One row of the table: what was expected, what was asked for and answered, and where they differ."""

    file: str
    channel: str
    asked: tuple[str, ...]
    differences: tuple[str, ...]

    def __str__(self) -> str:
        outcome = f"DIFFERS: {'; '.join(self.differences)}" if self.differences else "agrees"
        asked = f" (asked: {' '.join(self.asked)})" if self.asked else ""
        return f"{outcome:<10}{asked}  {self.file}  {self.channel}"


def conformance(samples: Path) -> list[Line]:
    """Every row of the table of expectations."""
    with (samples / "csv" / "EXPECTED.tsv").open(encoding="utf-8", newline="") as file:
        return [_line(samples / "csv" / row["file"], row) for row in csv.DictReader(file, delimiter="\t")]


def _line(path: Path, row: Expected) -> Line:
    found, asked = answered(path, row)
    return Line(path.name, row["channel"], asked, tuple(_differences(row, found)))


def answered(path: Path, row: Expected) -> tuple[LoggerFile | FileRefused, tuple[str, ...]]:
    """What is made of a file once its questions are answered from the table, and those questions."""
    declared = SITE
    asked: list[str] = []
    for _ in range(_MOST_QUESTIONS):
        try:
            return read(path.name, path.read_bytes(), declared), tuple(asked)
        except FileRefused as refused:
            option = _answer(refused, row)
            if option is None:
                return refused, tuple(asked)
            asked.append(option)
            declared = _with(declared, option)
    return read(path.name, path.read_bytes(), declared), tuple(asked)


def _answer(refused: FileRefused, row: Expected) -> str | None:
    """The option that the table would choose among those that are offered."""
    options = [option.replace("'", "") for option in refused.options]
    match refused.code:
        case "unknown-unit":
            letters = re.findall(r"\b[CF]\b", row["unit"]) or ["C"]
            return f"--unit {letters[0]}"
        case "no-temperature":
            return next((option for option in options if option == f"--column {row['channel']}"), None)
        case "ambiguous-date-order":
            first = datetime.fromisoformat(row["first_ts"])
            orders = {"DMY": f"{first:%d}", "MDY": f"{first:%m}", "YMD": f"{first:%y}"}
            text = re.search(r"'(\d+)", str(refused))
            return next((o for o in options if text and int(orders[o[-3:]]) == int(text[1]) % 100), None)
        case _:
            return None


def _with(declared: Declared, option: str) -> Declared:
    name, _, value = option.removeprefix("--").partition(" ")
    return replace(declared, **{name.replace("-", "_"): value})  # type: ignore[arg-type]


def _differences(row: Expected, found: LoggerFile | FileRefused) -> Iterator[str]:
    if row["n_readings"] == "REJECT/0":
        if isinstance(found, LoggerFile):
            yield "it must be refused and was read"
        return
    if isinstance(found, FileRefused):
        yield f"{found.code}: {found}"
        return
    if found.format != row["file"].split("__")[0]:
        yield f"it was taken for {found.format}"
    if row["n_readings"] == "0":
        blocks = re.match(r"(\d+) daily", row["note"])
        if found.channels or not blocks or len(found.daily) != int(blocks[1]):
            yield f"{len(found.channels)} channels and {len(found.daily)} days instead of {row['note']}"
        return
    yield from _of_channel(row, found, channel_for(row, found))


def _of_channel(row: Expected, file: LoggerFile, channel: Channel) -> Iterator[str]:
    unit, offset = Unit(channel.unit), local_offset_ms(file)
    at, milli = channel.at_ms + offset, channel.milli_c
    values = {"first_value": milli[0], "last_value": milli[-1], "min": milli.min(), "max": milli.max()}
    if len(at) != int(row["n_readings"]):
        yield f"{len(at)} readings instead of {row['n_readings']}"
    for key, moment in (("first_ts", at[0]), ("last_ts", at[-1])):
        if int(moment) != wall_ms(row[key]):
            yield f"{key} {(int(moment) - wall_ms(row[key])) // 1000:+d} s"
    for key, value in values.items():
        if int(value) != milli_c(Decimal(row[key]), unit):
            yield f"{key} {int(value) / 1000} °C instead of {row[key]} °{unit}"


def channel_for(row: Expected, file: LoggerFile) -> Channel:
    """The channel that a row speaks of: by its name, its unit, or its number."""
    if len(file.channels) == 1:
        return file.channels[0]
    named = [channel for channel in file.channels if channel.name == row["channel"]]
    wanted = "F" if " F" in row["channel"] else "C" if " C" in row["channel"] else None
    if named or wanted:
        return next(iter(named or [channel for channel in file.channels if channel.unit == wanted]))
    number = re.search(r"(\d)$", row["channel"])
    return file.channels[int(number[1]) - 1 if number and int(number[1]) <= len(file.channels) else 0]


def local_offset_ms(file: LoggerFile) -> int:
    """What was added to the wall clock: the file's own offset, or none where UTC was declared."""
    value = file.evidence["time_zone"].value or "+00:00"
    if value == "UTC":
        return 0
    sign = -1 if value[0] == "-" else 1
    return sign * (int(value[1:3]) * 60 + int(value[4:6])) * 60_000


def wall_ms(text: str) -> int:
    """A wall clock time of the table."""
    return int((datetime.fromisoformat(text) - clock(1970, 1, 1)).total_seconds() * 1000)


if __name__ == "__main__":
    lines = conformance(Path(sys.argv[1]))
    print("\n".join(map(str, lines)))
    print(f"{sum(not line.differences for line in lines)} of {len(lines)} rows agree")
