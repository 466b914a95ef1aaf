"""What `coldchain audit` prints, and the report it writes."""

import argparse
import os
import shlex
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from coldchain.auditing.audited import Audited, Refused, Result
from coldchain.errors import UsageError
from coldchain.version import __version__

if TYPE_CHECKING:
    from coldchain.domain.product import Stage
    from coldchain.loggers.logger_file import Declared
    from coldchain.reporting.report import Refusal, Section


class Output:
    """Takes one result after the other; `close` says what can only be said at the end."""

    def add(self, result: Result) -> None:
        """Print one result; a refusal also goes to standard error as one sentence."""
        if isinstance(result, Refused):
            name, message = _plain(result.file.name), _plain(result.message)
            named = message if message.startswith(name) else f"{name}: {message}"
            print(f"coldchain: {named}", file=sys.stderr)

    def close(self) -> None:
        """Everything has been added."""


class JsonLines(Output):
    """One object a line."""

    def add(self, result: Result) -> None:
        """Print a line, for a refusal too."""
        from coldchain.auditing.contract import json_line

        super().add(result)
        print(json_line(result), flush=True)


class Rows(Output):
    """One row a limit."""

    def __init__(self) -> None:
        from coldchain.auditing.table import header

        sys.stdout.write(header())

    def add(self, result: Result) -> None:
        """Print the rows of a result."""
        from coldchain.auditing.table import rows

        super().add(result)
        sys.stdout.write(rows(result))


@dataclass
class Text(Output):
    """For people: each channel as it comes, and a summary where there are several."""

    colour: bool
    sections: "list[Section]" = field(default_factory=list)
    refusals: "list[Refusal]" = field(default_factory=list)

    def add(self, result: Result) -> None:
        """Print a channel."""
        from coldchain.reporting.content import refusal, section
        from coldchain.reporting.text import section_text

        super().add(result)
        if isinstance(result, Refused):
            self.refusals.append(refusal(result))
            return
        if self.sections:
            print()
        self.sections.append(section(result, picture=False))
        print(section_text(self.sections[-1], colour=self.colour), end="", flush=True)

    def close(self) -> None:
        """Print the summary, worst first, where there is more than one thing to sum up."""
        from coldchain.reporting.report import worst_first
        from coldchain.reporting.text import summary_text

        if len(self.sections) + len(self.refusals) > 1:
            print(summary_text(worst_first(self.sections), self.refusals, colour=self.colour), end="")


class WithReport(Output):
    """Prints as another output does, and writes the report at the end."""

    def __init__(self, printed: Output, arguments: argparse.Namespace, command: str) -> None:
        self._printed, self._path, self._command = printed, arguments.report, command
        self._results: list[Result] = []

    def add(self, result: Result) -> None:
        """Print it and keep it."""
        self._printed.add(result)
        self._results.append(result)

    def close(self) -> None:
        """Write the report.

        Raises:
            UsageError: The file cannot be written.
        """
        from coldchain.reporting.content import report

        self._printed.close()
        made = report(
            [result for result in self._results if isinstance(result, Audited)],
            [result for result in self._results if isinstance(result, Refused)],
            command=self._command,
            program=f"coldchain {__version__}",
        )
        if self._path.suffix.lower() == ".pdf":
            from coldchain.reporting.pdf import report_pdf

            content = report_pdf(made)
        else:
            from coldchain.reporting.html import report_html

            content = report_html(made).encode("utf-8", "replace")
        unfinished = self._path.with_name(f".{self._path.name}.unfinished")
        try:
            unfinished.write_bytes(content)
            unfinished.replace(self._path)
        except OSError as error:
            raise UsageError(f"the report cannot be written to {str(self._path)!r}: {error.strerror}") from error


def outputs(arguments: argparse.Namespace, declared: "Declared", stage: "Stage") -> Output:
    """The output that was asked for."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    printed: Output
    match arguments.format:
        case "json":
            if reconfigure:
                reconfigure(encoding="utf-8", errors="backslashreplace")
            printed = JsonLines()
        case "csv":
            if reconfigure:
                reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
            printed = Rows()
        case _:
            if reconfigure:
                reconfigure(errors="replace")
            printed = Text(colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ)
    if arguments.report is None:
        return printed
    return WithReport(printed, arguments, command_of(arguments, declared, stage))


def command_of(arguments: argparse.Namespace, declared: "Declared", stage: "Stage") -> str:
    """The one command that finds the same again: the paths as they were given, every declaration spelled out."""
    words = ["coldchain", "audit", *arguments.paths, "--product", arguments.product, "--stage", stage.name]
    for folder in arguments.rules:
        words += ["--rules", str(folder)]
    options = {
        "--tz": declared.tz, "--unit": declared.unit, "--date-order": declared.date_order,
        "--decimal": declared.decimal, "--column": declared.column, "--from": arguments.start, "--to": arguments.end,
        "--max-gap": arguments.max_gap, "--uncertainty": arguments.uncertainty,
    }  # fmt: skip
    for option, value in options.items():
        words += [] if value is None else [option, value]
    words += ["--accept-bad-signature"] if arguments.accept_bad_signature else []
    site = f"COLDCHAIN_TZ={shlex.quote(declared.site_tz)} " if declared.site_tz else ""
    return site + shlex.join(words)


def _plain(said: str) -> str:
    from coldchain.reporting.words import printable

    return printable(said)
