"""The field table of layout files as JSON Schema, for editors, and as Markdown, for the documentation."""

from coldchain.layouts.fields import LAYOUT, RECORDS
from coldchain.rulebook.schema import DIALECT, record_table


def json_schema() -> dict[str, object]:
    """The shape of a layout file for editors; what goes beyond one value only the loader knows."""
    return {
        "$schema": DIALECT,
        "title": "coldchain layout file",
        "description": "How one kind of logger's table is read. The loader says more than this schema can.",
        **LAYOUT.schema(),
    }


def field_table() -> str:
    """Every key of a layout file, as Markdown."""
    return "\n".join(record_table(record) for record in RECORDS).rstrip() + "\n"
