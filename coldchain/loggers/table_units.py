"""The unit of each temperature column: in its heading, beside its values, in a column of its own, or declared."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.temperature import Unit
from coldchain.errors import FileRefused
from coldchain.loggers.cells import LineNumbers, Which
from coldchain.loggers.columns import Column, Kind, unit_of
from coldchain.loggers.grid import Grid
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import COLUMN, DECLARED, HEADER, Declared, Evidence
from coldchain.loggers.numbers import Scan


@dataclass(frozen=True)
class Units:
    """What values are written in.

    Attributes:
        by_column: Column index -> unit, where it is one for the whole column.
        by_row: One unit a row, where a column of units says so; ``None`` for another quantity such as ``%RH``.
        evidence: What the units rest on.
    """

    by_column: dict[int, Unit]
    by_row: list[Unit | None] | None
    evidence: Evidence

    def groups(self, column: Column, rows: Which) -> list[tuple[Unit, Which]]:
        """The unit of a column, or several with the places in ``rows`` that each holds for."""
        if self.by_row is None:
            return [(self.by_column[column.index], slice(None))]
        of_row = self.by_row if isinstance(rows, slice) else [self.by_row[row] for row in rows.tolist()]
        found = sorted({unit for unit in of_row if unit is not None})
        return [(unit, np.flatnonzero(np.array([each == unit for each in of_row]))) for unit in found]

    def other_rows(self, count: int) -> NDArray[np.bool_]:
        """The rows that hold another quantity, shape (count,)."""
        if self.by_row is None:
            return np.zeros(count, dtype=bool)
        return np.array([unit is None for unit in self.by_row])


def units_of(columns: Sequence[Column], layout: Layout, grid: Grid, scans: Sequence[Scan], declared: Declared) -> Units:
    """Each column's unit.

    Raises:
        FileRefused: ``unknown-unit``; ``contradiction`` where heading, values and declaration differ;
            ``no-temperature`` where a column of units names none of a temperature.
    """
    unit_columns = layout.of_kind(Kind.UNIT)
    if unit_columns and not any(column.unit for column in columns):
        return _by_row(grid.column(unit_columns[0].index), declared)
    if unit_columns:
        _refuse_other_unit(columns, grid.lines, unit_columns[0], grid.column(unit_columns[0].index))
    found: dict[int, Unit] = {}
    sources: dict[str, str] = {}
    for column, scan in zip(columns, scans, strict=True):
        unit, source, note = _unit(column, scan, declared)
        found[column.index] = unit
        sources.setdefault(source, note)
    source = next(name for name in (DECLARED, COLUMN, HEADER) if name in sources)  # the weakest is said
    value = " and ".join(dict.fromkeys(str(unit) for unit in found.values()))
    return Units(found, None, Evidence(value, source, sources[source]))


def _refuse_other_unit(columns: Sequence[Column], lines: LineNumbers, stated: Column, texts: Sequence[str]) -> None:
    """A column of units beside headings that name their own must name none that they do not."""
    named = {column.unit for column in columns if column.unit}
    others = {text for text in set(texts) if (unit := unit_in(text)) and unit not in named}
    for line, text in zip(lines, texts, strict=True):
        if text in others:
            heading = next(column.label for column in columns if column.unit)
            raise FileRefused(
                "contradiction", f"line {line}: {stated.label!r} says {text!r}, but the heading is {heading!r}"
            )


def _unit(column: Column, scan: Scan, declared: Declared) -> tuple[Unit, str, str]:
    beside = list(scan.units)
    if len(beside) > 1 or (beside and column.unit and beside[0] != column.unit):
        line, text = scan.units[next(unit for unit in beside if unit != (column.unit or beside[0]))]
        stated = column.label if column.unit else scan.units[beside[0]][1]
        raise FileRefused("contradiction", f"line {line}: {text!r} stands with {stated!r}: two units in one column")
    proven = column.unit or (beside[0] if beside else None)
    if proven and declared.unit and declared.unit != proven:
        where = repr(column.label) if column.unit else f"line {scan.units[proven][0]}"
        raise FileRefused("contradiction", f"--unit {declared.unit} was declared, but {where} states {proven}")
    if column.unit:
        return Unit(column.unit), HEADER, ""
    if proven and scan.bare and not declared.unit:
        (line, text), (other, bare) = scan.units[proven], scan.bare
        raise FileRefused(
            "unknown-unit",
            f"line {line} writes {text!r} and line {other} {bare!r} without a unit; say which with --unit C or "
            "--unit F",
            ("--unit C", "--unit F"),
        )
    if proven:
        return Unit(proven), COLUMN, "the unit stands beside the values"
    if declared.unit:
        return Unit(declared.unit), DECLARED, ""
    raise FileRefused(
        "unknown-unit",
        f"the column {column.label!r} names no unit; say which with --unit C or --unit F",
        ("--unit C", "--unit F"),
    )


def _by_row(texts: Sequence[str], declared: Declared) -> Units:
    """Units that stand in a column of their own, as in iButton exports."""
    units = {text: unit_in(text) for text in set(texts)}
    found = sorted({unit for unit in units.values() if unit is not None})
    if not found:
        shown = ", ".join(sorted(repr(text) for text in units if text)) or "nothing"
        raise FileRefused("no-temperature", f"it holds no temperature: its unit column says {shown}")
    if declared.unit and [declared.unit] != found:
        named = " and ".join(found)
        raise FileRefused("contradiction", f"--unit {declared.unit} was declared, but the unit column says {named}")
    return Units({}, [units[text] for text in texts], Evidence(" and ".join(found), COLUMN, "the unit column"))


def unit_in(text: str) -> Unit | None:
    """The unit that a cell of a column of units says, if it is one of a temperature."""
    letter = unit_of(f"({text.lstrip('°')})") if "%" not in text else None
    return Unit(letter) if letter else None
