"""The summary of an audit on a terminal: worst first, then what to do, then the counts."""

import textwrap
from collections.abc import Sequence

from coldchain.reporting.report import cut
from coldchain.reporting.summary import NOT_JUDGED, SHAPES, Row, Summary
from coldchain.reporting.text import WIDTH
from coldchain.reporting.words import plural, together

SHOWN = 30
"""So many rows are listed on a terminal."""

_COLOURS = {"violated": "31", NOT_JUDGED: "1", "undetermined": "33", "compliant": "32"}


def summary_text(made: Summary, *, colour: bool = False, kept: str | None = None) -> str:
    """All rows on a line each, worst first, and the counts.

    Args:
        made: The summary.
        colour: Whether the terminal shows colours.
        kept: The output folder, where there is one; it holds every row.
    """
    lines = ["", f"Summary of {len(made.rows)}"]
    rows, _ = cut(made.rows, SHOWN)
    lines += [_line(row, colour) for row in rows]
    if left := len(made.rows) - len(rows):
        place = f"{kept}/summary.html" if kept else "--output FOLDER writes them all"
        lines.append(f"  … and {plural(left, 'more', 'more')}: {place}")
    lines += _block("What to do for those not judged", [_asked(*each) for each in _questions(made)])
    lines += _block("Copies and overlapping exports", _relations(made))
    lines += ["", f"  {_counts(made)}"]
    if kept:
        lines += ["", f"  Kept in {kept}: summary.html, summary.csv, summary.json, and each file's result in files/"]
    return "\n".join(lines) + "\n"


def _line(row: Row, colour: bool) -> str:
    word = f"{SHAPES[row.verdict]} {row.verdict:<12}"
    shown = f"\x1b[1;{_COLOURS[row.verdict]}m{word}\x1b[0m" if colour else word
    return f"  {shown}  {row.file}{f' · {row.channel}' if row.channel else ''}: {row.why}"


def _questions(made: Summary) -> list[tuple[int, str, str]]:
    return [(each.files, f"{each.says} (such as {each.example})", each.answer) for each in made.asked]


def _asked(files: int, says: str, answer: str) -> str:
    return f"{plural(files, 'file')}: {says}. {answer}".rstrip()


def _relations(made: Summary) -> list[str]:
    """Contradictions first, each for itself; copies and repetitions are counted, and named while they are few."""
    told = [f"! {row.file} {row.related}" for row in made.contradictions]
    others = [row for row in made.rows if row.related and "contradicts" not in row.related]
    return list(dict.fromkeys([*told, *(f"{row.file}: {row.related}" for row in others)]))


def _block(title: str, lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    shown, rest = lines[:SHOWN], len(lines) - SHOWN
    written = [*shown, *([f"and {plural(rest, 'more', 'more')}"] if rest > 0 else [])]
    wrapped = [line for each in written for line in _wrapped(each)]
    return ["", f"  {title}", *wrapped]


def _wrapped(said: str) -> list[str]:
    lines = textwrap.wrap(
        together(said), WIDTH, initial_indent="    – ", subsequent_indent="      ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
    return [line.replace("\u00a0", " ") for line in lines]


def _counts(made: Summary) -> str:
    return ", ".join(f"{count} {verdict}" for verdict, count in made.counts.items() if count or verdict != NOT_JUDGED)
