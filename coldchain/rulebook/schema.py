"""The field table as JSON Schema, for editors, and as Markdown, for the documentation."""

from typing import Any

from coldchain.rulebook.fields import PRODUCT, RECORDS
from coldchain.rulebook.records import Record

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, object]:
    """The shape of a product file for editors; what goes beyond one value only the loader knows."""
    return {
        "$schema": DIALECT,
        "title": "coldchain product file",
        "description": "What a medicine may go through. `coldchain rules check` says more than this schema can.",
        **PRODUCT.schema(),
    }


def field_table() -> str:
    """Every key of a product file, as Markdown."""
    return "\n".join(record_table(record) for record in RECORDS).rstrip() + "\n"


def record_table(record: Record[Any]) -> str:
    """One record's keys, as Markdown."""
    lines = [f"### {record.title}", "", "| key | write | what it is |", "|---|---|---|"]
    for item in record.fields:
        key = f"**`{item.key}`**" if item.required else f"`{item.key}`"
        written = f"{item.kind.written}, or `null`" if item.nullable else item.kind.written
        lines.append(f"| {key} | {written} | {item.about} |")
    return "\n".join([*lines, ""])
