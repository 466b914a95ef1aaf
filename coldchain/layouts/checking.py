"""A layout held against a whole file: what it makes of every row, and which it cannot explain."""

from collections.abc import Sequence
from dataclasses import dataclass

from coldchain.domain.quality import Fault
from coldchain.errors import FileRefused
from coldchain.loggers import Declared, LoggerFile, berlinger, learned
from coldchain.loggers.family import Digest, Export
from coldchain.loggers.learned import LearnedLayout
from coldchain.loggers.logger_file import Quarantined
from coldchain.loggers.registry import FAMILIES, PLAIN, family
from coldchain.loggers.text import text_of

_NO_EXPLANATION = {
    Fault.DAMAGED.value: "it states no number",
    Fault.NOT_A_NUMBER.value: "it states no number",
    Fault.CLOCK.value: "it states no time",
}
_LONGEST_LINE = 160


@dataclass(frozen=True)
class Checked:
    """What a layout makes of a whole file.

    Attributes:
        file: Its readings; ``None`` where it refuses.
        refused: Why it does.
        unexplained: Rows that are neither readings, nor missing ones, nor events: line, its text, what it lacks.
        beyond: How many rows have more cells than the table has columns.
    """

    file: LoggerFile | None
    refused: FileRefused | None
    unexplained: tuple[Quarantined, ...]
    beyond: int

    @property
    def sound(self) -> bool:
        """Whether every row is explained."""
        return self.file is not None and not self.unexplained and not self.beyond


def check(layout: LearnedLayout, name: str, content: bytes, declared: Declared = Declared()) -> Checked:
    """Hold a layout against every row of a file.

    Args:
        layout: The layout.
        name, content: The file.
        declared: What is said besides: a zone, where the layout leaves it open.
    """
    try:
        text = text_of(content)
        found = learned.fits(text, layout)
        if found is None:
            message = "the layout's heading and columns are not in the file"
            return Checked(None, FileRefused("unknown-format", message), (), 0)
        export = Export(name, content, Digest(content), text)
        file, grid = learned.with_grid(export, found, declared)
    except FileRefused as error:
        return Checked(None, error, (), 0)
    odd = [row for channel in file.channels for row in channel.quarantined if row.reason in _NO_EXPLANATION]
    events = {event.line for event in file.events}
    reasons = {row.line: _NO_EXPLANATION[row.reason] for row in odd if row.line not in events}
    unexplained = tuple(
        Quarantined(line, None, text.lines[line - 1][:_LONGEST_LINE], reasons[line]) for line in sorted(reasons)
    )
    return Checked(file, None, unexplained, len(grid.beyond))


def known_already(content: bytes) -> str | None:
    """The family that takes such a file before any layout is looked at, or ``None``.

    The plain table is none: it takes what nobody has explained.

    Raises:
        FileRefused: It is no text.
    """
    text = text_of(content)
    if berlinger.sniff(text):
        return berlinger.__name__.rpartition(".")[2]
    for name in FAMILIES:
        if name != PLAIN and family(name)[0](text, Declared()) is not None:
            return name
    return None


def first_lines(content: bytes, most: int = 30) -> Sequence[str]:
    """The first lines of a file, for pointing at.

    Raises:
        FileRefused: It is no text.
    """
    return text_of(content).lines[:most]
