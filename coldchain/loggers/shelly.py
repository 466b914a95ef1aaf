"""Shelly Cloud exports: the lowest and highest value of each hour and no reading; refused, with the reason."""

import re

from coldchain.errors import FileRefused
from coldchain.loggers.columns import Kind, classify
from coldchain.loggers.headings import heading_where
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import Declared
from coldchain.loggers.text import Text

_EXTREME = re.compile(r"(?P<which>min|max)(?:imum)?\.?(?:\s*[(\[].{1,6}[)\]])?", re.IGNORECASE)


def sniff(text: Text, _declared: Declared) -> Layout | None:
    """Never a layout.

    Raises:
        FileRefused: ``no-readings``: the file has times, minima and maxima, and nothing else.
    """
    if heading_where(text.lines, "min", _only_extremes) is not None:
        raise FileRefused(
            "no-readings",
            "it is a summary as Shelly Cloud exports it: the lowest and highest value of each hour and no reading, and "
            "it does not say what was measured; give the readings themselves (by MQTT, or from the logger)",
        )
    return None


def _only_extremes(cells: list[str]) -> bool:
    """Whether a heading is times, then one minimum and one maximum."""
    labels = [cell for cell in cells if cell]
    extremes = [match["which"].lower() for label in labels if (match := _EXTREME.fullmatch(label))]
    times = [column for column in classify(labels) if column.kind is Kind.TIME]
    return sorted(extremes) == ["max", "min"] and 1 <= len(times) == len(labels) - 2
