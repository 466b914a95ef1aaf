"""What `coldchain audit` prints: each file as it comes, and what can only be said at the end."""

import argparse
import json
import os
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from coldchain.version import __version__

if TYPE_CHECKING:
    from coldchain.auditing.audited import Result
    from coldchain.auditing.question import Form, Judged
    from coldchain.auditing.related import Related
    from coldchain.reporting.summary import Row, Summary

PROGRAM = f"coldchain {__version__}"


def with_relations(section: Any, related: "Related") -> Any:
    """A section that also says which files it repeats or contradicts."""
    from coldchain.reporting.related import related_in_words

    said = related_in_words(related.as_json())
    return replace(section, notes=(*section.notes, f"This file {said}")) if said else section


def section_of(result: "Result") -> Any:
    """A result in the words of a report, without its chart."""
    return _section(result, picture=False)


def pictured(result: "Result") -> Any:
    """A result in the words of a report, with its chart."""
    return _section(result, picture=True)


def _section(result: "Result", *, picture: bool) -> Any:
    from coldchain.auditing.audited import Refused
    from coldchain.reporting.content import refusal, section

    return refusal(result) if isinstance(result, Refused) else section(result, picture=picture)


class Output:
    """Takes one channel after the other; `close` says what can only be said at the end."""

    @property
    def form(self) -> "Form | None":
        """What each result must become where it is judged, besides its line."""
        return None

    def add(self, judged: "Judged", related: "Related") -> None:  # noqa: ARG002 -- for those who say it
        """Print one; a refusal also goes to standard error as one sentence."""
        if judged.verdict is None:
            from coldchain.reporting.words import printable

            written = json.loads(judged.line)
            name, message = printable(written["file"]["name"]), printable(written["error"]["message"])
            print(f"coldchain: {message if message.startswith(name) else f'{name}: {message}'}", file=sys.stderr)

    def close(self, made: "Summary") -> None:
        """Everything has been added."""


class JsonLines(Output):
    """One object a line."""

    def add(self, judged: "Judged", related: "Related") -> None:
        """Print a line, for a refusal too."""
        from coldchain.auditing.bulk import full_line

        super().add(judged, related)
        print(full_line(judged, related), flush=True)


class Rows(Output):
    """One row a limit."""

    def __init__(self) -> None:
        from coldchain.auditing.table import header

        sys.stdout.write(header())

    def add(self, judged: "Judged", related: "Related") -> None:
        """Print the rows of a channel."""
        from coldchain.auditing.table import rows_of

        super().add(judged, related)
        sys.stdout.write(rows_of(json.loads(judged.line)))


@dataclass
class Text(Output):
    """For people: each channel as it comes, and a summary where there are several."""

    colour: bool
    written: int = 0

    @property
    def form(self) -> "Form | None":
        """The words of a report."""
        return section_of

    def add(self, judged: "Judged", related: "Related") -> None:
        """Print a channel."""
        from coldchain.reporting.report import Section
        from coldchain.reporting.text import section_text

        super().add(judged, related)
        if isinstance(judged.form, Section):
            if self.written:
                print()
            self.written += 1
            print(section_text(with_relations(judged.form, related), colour=self.colour), end="", flush=True)

    def close(self, made: "Summary") -> None:
        """Print the summary, worst first, where there is more than one thing to sum up."""
        from coldchain.reporting.summary_text import summary_text

        if len(made.rows) > 1:
            print(summary_text(made, colour=self.colour), end="")


@dataclass
class SummaryOnly(Output):
    """For people who keep the results in a folder: nothing but the summary."""

    colour: bool
    kept: str

    def add(self, judged: "Judged", related: "Related") -> None:
        """Nothing: a refusal stands in the summary."""

    def close(self, made: "Summary") -> None:
        """Print the summary; what was not judged is also one sentence on standard error."""
        from coldchain.reporting.summary import NOT_JUDGED
        from coldchain.reporting.summary_text import summary_text
        from coldchain.reporting.words import plural

        print(summary_text(made, colour=self.colour, kept=self.kept).lstrip("\n"), end="")
        if left := made.counts[NOT_JUDGED]:
            print(
                f"coldchain: {plural(left, 'file')} could not be judged: the summary says what to do", file=sys.stderr
            )


def outputs(arguments: argparse.Namespace) -> Output:
    """The output that was asked for."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    match arguments.format:
        case "json":
            if reconfigure:
                reconfigure(encoding="utf-8", errors="backslashreplace")
            return JsonLines()
        case "csv":
            if reconfigure:
                reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
            return Rows()
        case _:
            if reconfigure:
                reconfigure(errors="replace")
            colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
            return SummaryOnly(colour, str(arguments.output)) if arguments.output else Text(colour)


def row_of(judged: "Judged", related: "Related") -> "Row":
    """The channel's row of the summary."""
    from coldchain.reporting.summary import row

    return row(json.loads(judged.line), related.as_json())
