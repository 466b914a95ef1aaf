"""A layout as the file that says it; reading that file gives the same layout back."""

import json
from collections.abc import Iterator

from coldchain.layouts.fields import SCHEMA
from coldchain.loggers.learned import DELIMITER_NAMES, LearnedLayout


def layout_text(layout: LearnedLayout) -> str:
    """The text of a layout file; texts are quoted, so that YAML takes none for a number, a truth or nothing."""
    return "\n".join(_lines(layout)) + "\n"


def _lines(layout: LearnedLayout) -> Iterator[str]:
    names = {mark: name for name, mark in DELIMITER_NAMES.items()}
    yield f"schema: {SCHEMA}"
    yield f"name: {layout.name}"
    if layout.title:
        yield f"title: {_quoted(layout.title)}"
    yield "recognise:"
    yield f"  delimiter: {names[layout.delimiter]}"
    if layout.heading:
        yield f"  heading: [{', '.join(_quoted(cell) for cell in layout.heading)}]"
    else:
        yield f"  columns: {layout.width}"
    if layout.below_heading:
        yield f"  below_heading: {layout.below_heading}"
    yield "times:"
    yield f"  columns: [{', '.join(_column(layout, index) for index in layout.times)}]"
    if layout.date_order:
        yield f"  date_order: {layout.date_order}"
    if layout.zone:
        yield f"  zone: {_quoted(layout.zone)}"
    yield "temperatures:"
    for one in layout.temperatures:
        words = [f"column: {_column(layout, one.index)}"]
        words += [f"unit: {one.unit}"] if one.unit else []
        words += [f"name: {_quoted(one.name)}"] if one.name else []
        words += [f"serial: {_quoted(one.serial)}"] if one.serial else []
        yield f"  - {{{', '.join(words)}}}"
    if layout.decimal:
        yield f"decimal: {_quoted(layout.decimal)}"
    if layout.serial_column is not None:
        yield f"serial: {{column: {_column(layout, layout.serial_column)}}}"
    if layout.serial_after:
        yield f"serial: {{after: {_quoted(layout.serial_after)}}}"
    if layout.events:
        yield f"events: [{', '.join(_column(layout, index) for index in layout.events)}]"


def _column(layout: LearnedLayout, index: int) -> str:
    """A column by its heading where that names one only and is no number itself, else by its number."""
    cell = layout.heading[index] if layout.heading else ""
    return _quoted(cell) if cell and not cell.isdigit() and layout.heading.count(cell) == 1 else str(index + 1)


def _quoted(text: str) -> str:
    """A double-quoted YAML text: the escapes of JSON are YAML's, too."""
    return json.dumps(text, ensure_ascii=False)
