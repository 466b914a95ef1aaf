"""`coldchain read --learn FILE`: an unknown table is explained once, by pointing, and kept as a layout file.

On a terminal each thing is asked that neither an option nor the file itself says; elsewhere the options say all of it.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from coldchain.errors import UsageError

if TYPE_CHECKING:
    from coldchain.layouts.checking import Checked
    from coldchain.layouts.pointing import Pointed, Seen
    from coldchain.loggers import Declared
    from coldchain.loggers.learned import LearnedLayout

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
SHOWN_LINES = 30
SHOWN_ROWS = 20
Ask = Callable[[str], str]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add ``--learn`` and the options that answer what it asks."""
    group = parser.add_argument_group(
        "learn", "Explain an unknown table once; on a terminal what is left out is asked, elsewhere it is an error."
    )
    group.add_argument("--learn", action="store_true", help="map FILE's columns and keep that as a layout file")
    group.add_argument("--delimiter", choices=tuple(DELIMITERS), help="what parts the cells")
    group.add_argument("--heading-line", type=int, metavar="N", help="the line of the heading; 0: there is none")
    group.add_argument("--below-heading", type=int, default=0, metavar="N", help="lines below it without readings")
    group.add_argument(
        "--time-column", action="append", type=int, default=[], metavar="N",
        help="the column of the times; twice: that of the dates, then that of the times of day",
    )  # fmt: skip
    group.add_argument(
        "--temperature", action="append", default=[], metavar="N[=UNIT]",
        help="a column of temperatures, with C, F or K where the file does not say it; may be repeated",
    )  # fmt: skip
    group.add_argument("--serial-column", type=int, metavar="N", help="the column that names each row's sensor")
    group.add_argument("--serial-after", default="", metavar="TEXT", help="the words behind which the serial stands")
    group.add_argument("--event-column", action="append", type=int, default=[], metavar="N", help="notes, no readings")
    group.add_argument("--name", metavar="NAME", help="what reports call the layout: a–z, 0–9, -, _ and .")
    group.add_argument("--title", default="", metavar="TEXT", help="which logger or program writes such files")
    group.add_argument("--save", metavar="FILE", help="where the layout goes (default: NAME.yaml; -: printed)")
    group.add_argument("--replace", action="store_true", help="write over a layout file that is there already")
    group.add_argument(
        "--keep-unexplained", action="store_true", help="keep the layout although it cannot explain every row"
    )


def run(arguments: argparse.Namespace, declared: "Declared") -> int:
    """Learn one file's layout: 0 every row is explained, 1 kept although some are not.

    Raises:
        UsageError: It is not one readable file, an answer is missing or wrong, or the layout does not explain the file.
        FileRefused: The file is no text.
        LayoutError: The layout's words are none that a layout may have.
    """
    from coldchain.layouts.checking import first_lines, known_already
    from coldchain.layouts.pointing import layout_of, seen

    path, content = _content(arguments.paths)
    family = known_already(content)
    if family is not None:
        raise UsageError(f"{path} is a {family} export and needs no layout: `coldchain read {path}` reads it")
    lines = first_lines(content, 200)
    ask = _ask if sys.stdin.isatty() else None
    if ask is not None:
        _show(lines[:SHOWN_LINES])
    pointed = _pointed(arguments, seen(lines), lines, ask)
    layout, checked = _settled(layout_of(pointed, lines), path, content, declared, ask)
    if checked.refused is not None or checked.file is None:
        raise UsageError(f"the layout does not read {path}: {checked.refused}")
    _tell(checked)
    if not checked.sound and not _keep_anyway(arguments, ask):
        raise UsageError("the layout was not kept: it does not explain every row (--keep-unexplained keeps it)")
    _save(arguments, layout)
    return 0 if checked.sound else 1


def _content(paths: Sequence[str]) -> tuple[str, bytes]:
    from coldchain.loggers.files import find_files

    found = list(find_files(paths))
    if len(found) != 1:
        raise UsageError(f"--learn takes one file, not {len(found)}: point at one, and keep its layout for the others")
    if found[0].refused is not None:
        raise UsageError(f"{found[0].name}: {found[0].refused}")
    return found[0].name, found[0].content


def _show(lines: Sequence[str]) -> None:
    print("The file's first lines:")
    for number, line in enumerate(lines, 1):
        print(f"{number:>4}  {_plain(line.expandtabs(4))[:150]}")
    print()


def _pointed(arguments: argparse.Namespace, shown: "Seen", lines: Sequence[str], ask: Ask | None) -> "Pointed":
    """What the options say, what the file shows, and what was asked."""
    from coldchain.layouts.pointing import Pointed

    mark = _mark(arguments, shown, ask)
    same = mark == shown.delimiter
    heading = arguments.heading_line
    if heading is None:
        heading = _number(
            "--heading-line", "Which line is the heading (0: none)", shown.heading_line if same else None, ask
        )
    if ask is not None and 1 <= heading <= len(lines):
        _show_columns(lines[heading - 1], mark)
    known = same and heading == shown.heading_line
    times = arguments.time_column or _numbers(
        "--time-column", "Which column is the time (or two: date, time of day)", shown.times if known else (), ask
    )
    proven = ", ".join(str(number) for number, _ in shown.temperatures) if known else ""
    words = arguments.temperature or _words(
        "--temperature", "Which columns are temperatures (such as 2, or 2=C where the file names no unit)", proven, ask
    )
    return Pointed(
        name=arguments.name or _text("--name", "What is the layout called (a–z, 0–9, -)", ask),
        title=arguments.title or ("" if ask is None else ask("Which logger or program writes such files []: ").strip()),
        delimiter=mark,
        heading_line=heading,
        below_heading=arguments.below_heading,
        times=tuple(times),
        temperatures=tuple(_temperature(word) for word in words),
        serial_column=arguments.serial_column,
        serial_after=arguments.serial_after,
        events=tuple(arguments.event_column),
        zone=arguments.tz,
        date_order=arguments.date_order,
        decimal=arguments.decimal,
    )


def _mark(arguments: argparse.Namespace, shown: "Seen", ask: Ask | None) -> str:
    if arguments.delimiter:
        return DELIMITERS[arguments.delimiter]
    names = {mark: name for name, mark in DELIMITERS.items()}
    default = names.get(shown.delimiter or "")
    return DELIMITERS[_one_of("--delimiter", "What parts the cells", tuple(DELIMITERS), default, ask)]


def _show_columns(heading: str, mark: str) -> None:
    from coldchain.loggers.learned import tidy
    from coldchain.loggers.split import cells_of

    for number, cell in enumerate(cells_of(heading, mark), 1):
        print(f"{number:>4}  {_plain(tidy(cell))}")


def _settled(
    layout: "LearnedLayout", path: str, content: bytes, declared: "Declared", ask: Ask | None
) -> "tuple[LearnedLayout, Checked]":
    """The layout with everything declared that the file leaves open: by options, or asked one after the other."""
    from coldchain.layouts.checking import check
    from coldchain.layouts.pointing import answered
    from coldchain.loggers.questions import question_of

    site = replace(declared, tz=None, unit=None, date_order=None, decimal=None, column=None, layout=None, layouts=())
    if declared.unit:
        layout = answered(layout, "unit", declared.unit)
    while True:
        checked = check(layout, path, content, site)
        refused = checked.refused
        question = None if refused is None else question_of(refused.code, refused.options, str(refused))
        if (
            refused is None
            or question is None
            or ask is None
            or question.field not in ("tz", "unit", "date_order", "decimal")
        ):
            return layout, checked
        print(f"\n{_plain(str(refused))}")
        choices = tuple(choice.value for choice in question.choices)
        word = (
            _text("--tz", question.asks, ask)
            if question.free
            else _one_of(f"--{question.field.replace('_', '-')}", question.asks, choices, None, ask)
        )
        layout = answered(layout, question.field, word)


def _tell(checked: "Checked") -> None:
    """What the layout makes of the whole file."""
    from coldchain.loggers.contract import readings_of, settled_channels

    if checked.file is None:
        return
    for one in settled_channels(checked.file):
        counts = readings_of((one,))
        span = f", {counts['first']} to {counts['last']}" if counts["accepted"] else ""
        print(f"{_plain(one.channel.name)} (°{one.channel.unit}): {counts['accepted']} readings{span}", file=sys.stderr)
    for name, found in checked.file.evidence.items():
        print(f"  {name.replace('_', ' ')}: {found.value or 'none'} ({found.source})", file=sys.stderr)
    for row in checked.unexplained[:SHOWN_ROWS]:
        print(f"line {row.line}: {_plain(row.text)!r} is not explained: {row.reason}", file=sys.stderr)
    if len(checked.unexplained) > SHOWN_ROWS:
        print(f"and {len(checked.unexplained) - SHOWN_ROWS} more rows that are not explained", file=sys.stderr)
    if checked.beyond:
        print(f"{checked.beyond} rows have more cells than the table has columns", file=sys.stderr)


def _keep_anyway(arguments: argparse.Namespace, ask: Ask | None) -> bool:
    if arguments.keep_unexplained or ask is None:
        return bool(arguments.keep_unexplained)
    return ask("Keep the layout all the same (yes/no): ").strip().lower() in ("y", "yes")


def _save(arguments: argparse.Namespace, layout: "LearnedLayout") -> None:
    if arguments.save == "-":
        print(layout.text, end="")
        return
    path = Path(arguments.save or f"{layout.name}.yaml")
    try:
        with path.open("w" if arguments.replace else "x", encoding="utf-8", newline="\n") as file:
            file.write(layout.text)
    except FileExistsError as error:
        raise UsageError(f"{path} is there already: name another file with --save, or --replace it") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    print(f"{path}: read such files with --layout {path}, or keep it in the folder of COLDCHAIN_LAYOUTS")


def _ask(words: str) -> str:
    try:
        return input(words)
    except EOFError as error:
        raise UsageError("the questions were not answered: nothing was kept") from error


def _one_of(option: str, words: str, choices: Sequence[str], default: str | None, ask: Ask | None) -> str:
    if ask is None:
        if default is not None:
            return default
        raise UsageError(f"say {option}: the file does not show it for certain ({', '.join(choices)})")
    while True:
        said = ask(f"{words} ({', '.join(choices)}){_shown(default)}: ").strip() or (default or "")
        if said in choices:
            return said


def _number(option: str, words: str, default: int | None, ask: Ask | None) -> int:
    found = _numbers(option, words, () if default is None else (default,), ask)
    if len(found) != 1:
        raise UsageError(f"{option}: one number is wanted")
    return found[0]


def _numbers(option: str, words: str, default: Sequence[int], ask: Ask | None) -> tuple[int, ...]:
    said = _words(option, words, ", ".join(map(str, default)), ask)
    if not all(word.isdecimal() and len(word) < 6 for word in said):
        raise UsageError(f"{option}: write numbers, as they are counted above (got {' '.join(said)!r})")
    return tuple(int(word) for word in said)


def _words(option: str, words: str, default: str, ask: Ask | None) -> list[str]:
    if ask is None and not default:
        raise UsageError(f"say {option}: the file does not show it for certain")
    said = default if ask is None else ask(f"{words}{_shown(default)}: ").strip() or default
    if not said:
        raise UsageError(f"{option}: nothing was said")
    return said.replace(",", " ").split()


def _text(option: str, words: str, ask: Ask | None) -> str:
    if ask is None:
        raise UsageError(f"say {option}")
    said = ask(f"{words}: ").strip()
    if not said:
        raise UsageError(f"{option}: nothing was said")
    return said


def _temperature(word: str) -> tuple[int, str | None]:
    number, equals, unit = word.partition("=")
    if not number.isdecimal() or len(number) > 5 or (equals and unit.upper() not in ("C", "F", "K")):
        raise UsageError(
            f"--temperature: write a column's number, and its unit where no file says it: 2=C (got {word!r})"
        )
    return int(number), unit.upper() or None


def _shown(default: str | None) -> str:
    return f" [{default}]" if default else ""


def _plain(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)
