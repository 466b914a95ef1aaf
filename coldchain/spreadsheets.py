"""What a spreadsheet may take for a formula: names in CSV come from devices, files and people."""

from typing import TypeVar

Value = TypeVar("Value")

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(value: Value) -> Value | str:
    """A value for a CSV cell: a text that a spreadsheet would run begins with ``'``; numbers stay as they are."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_BEGINS_A_FORMULA) else value
