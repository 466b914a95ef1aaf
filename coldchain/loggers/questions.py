"""What a file does not say, as a question with choices: from the options that a refusal names."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

_ASKS = {
    "--tz": ("tz", "Where was the logger's clock set?"),
    "--unit": ("unit", "In which unit are the temperatures?"),
    "--date-order": ("date_order", "How are the dates written?"),
    "--decimal": ("decimal", "What does the comma between digits mean?"),
    "--column": ("column", "Which column holds the temperature?"),
    "--layout": ("layout", "Which layout is this file's?"),
}
_WORDS = {
    ("unit", "C"): "°C",
    ("unit", "F"): "°F",
    ("unit", "K"): "K (kelvin)",
    ("date_order", "DMY"): "day, month, year",
    ("date_order", "MDY"): "month, day, year",
    ("date_order", "YMD"): "year, month, day",
    ("decimal", ","): "the decimal mark",
    ("decimal", "."): "it parts the columns; decimals have a point",
}
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2}) \((DMY|MDY|YMD)\)")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """One answer: what is declared then, and what it is called."""

    value: str
    words: str


@dataclass(frozen=True)
class Question:
    """What has to be declared before a file can be read.

    Attributes:
        field: ``tz``, ``unit``, ``date_order``, ``decimal``, ``column`` or ``layout``.
        asks: The question.
        choices: The answers that can be right.
        free: Whether something else may be typed as well.
    """

    field: str
    asks: str
    choices: tuple[Choice, ...]
    free: bool


def question_of(code: str, options: Sequence[str], message: str = "") -> Question | None:
    """The question behind a refusal, or ``None`` where no answer would help.

    Args:
        code: The refusal's code.
        options: The options that would settle it, such as ``--date-order DMY``.
        message: Its sentence; names the dates that an order would mean.
    """
    parted = [option.partition(" ") for option in options]
    words = {word for word, _, _ in parted}
    if code == "bad-signature" or len(words) != 1 or not words <= _ASKS.keys():
        return None
    field, asks = _ASKS[words.pop()]
    values = [_value(text) for _, _, text in parted]
    known = [value for value in dict.fromkeys(values) if value != "ZONE"]
    days = {order: _day(day) for day, order in _DAYS.findall(message)}
    choices = tuple(Choice(value, _words(field, value, days)) for value in known)
    return Question(field, asks, choices, free=field in ("tz", "column"))


def _words(field: str, value: str, days: dict[str, str]) -> str:
    said = _WORDS.get((field, value), value)
    return f"{days[value]} ({said})" if value in days else said


def _day(text: str) -> str:
    year, month, day = text.split("-")
    return f"{int(day)} {_MONTHS[int(month) - 1]} {year}"


def _value(text: str) -> str:
    """What an option says, without the quotes around it."""
    if text[:1] in ("'", '"'):
        try:
            return str(ast.literal_eval(text))
        except (ValueError, SyntaxError):
            return text
    return text
