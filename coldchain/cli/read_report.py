"""The report that `coldchain read --report FILE` writes: what was read and why, and no verdict."""

import argparse
import hashlib
import os
import shlex
from pathlib import Path

from coldchain.cli.audit_output import PROGRAM
from coldchain.cli.audit_report import write_whole
from coldchain.cli.options import LAYOUTS, SITE_ZONE
from coldchain.cli.read import Output
from coldchain.domain.bounds import Edges
from coldchain.errors import FileRefused, UsageError
from coldchain.loggers.contract import ChannelRead
from coldchain.loggers.files import FoundFile
from coldchain.loggers.logger_file import Declared, LoggerFile
from coldchain.reporting.as_read import refused, sections_read
from coldchain.reporting.report import Refusal, Report, Section

ENDINGS = (".pdf", ".html")


def check_read_report(path: Path) -> None:
    """Refuse a report that could not be written before anything is read.

    Raises:
        UsageError: Neither form, or there is no such folder.
    """
    if path.suffix.lower() not in ENDINGS:
        raise UsageError(
            f"--report writes FILE.pdf or FILE.html here (got {str(path)!r}); --format json and --format csv "
            "print it for programs"
        )
    if not path.parent.is_dir():
        raise UsageError(f"--report: there is no folder {str(path.parent)!r}")


class AlsoReport(Output):
    """Prints as another output does, and keeps what the report will say."""

    def __init__(self, printed: Output, path: Path, edges: Edges) -> None:
        self._printed, self._path, self._edges = printed, path, edges
        self._sections: list[Section] = []
        self._refusals: list[Refusal] = []

    def read(self, file: LoggerFile, channels: tuple[ChannelRead, ...]) -> None:
        """Print a file and keep it."""
        self._printed.read(file, channels)
        self._sections += sections_read(file, channels, self._edges)

    def refused(self, found: FoundFile, error: FileRefused) -> None:
        """Print and keep what there is of a file that could not be read."""
        self._printed.refused(found, error)
        sha256 = None if found.refused else hashlib.sha256(found.content).hexdigest()
        self._refusals.append(refused(found.name, sha256, error))

    def close(self, command: str) -> None:
        """Write the report.

        Raises:
            UsageError: The file cannot be written.
        """
        made = Report(tuple(self._sections), tuple(self._refusals), command, PROGRAM, judged=False)
        if self._path.suffix.lower() == ".pdf":
            from coldchain.reporting.pdf import report_pdf

            write_whole(self._path, report_pdf(made))
            return
        from coldchain.reporting.html import report_html

        write_whole(self._path, report_html(made).encode("utf-8", "replace"))


def command_of(arguments: argparse.Namespace, declared: Declared) -> str:
    """The one command that reads the same again: the paths as they were given, every declaration spelled out."""
    options = {
        "--tz": declared.tz, "--unit": declared.unit, "--date-order": declared.date_order,
        "--decimal": declared.decimal, "--column": declared.column, "--from": arguments.start, "--to": arguments.end,
    }  # fmt: skip
    words = ["coldchain", "read", *arguments.paths]
    for option, value in options.items():
        words += [] if value is None else [option, value]
    words += [word for layout in arguments.layout for word in ("--layout", layout)]
    site = f"{SITE_ZONE}={shlex.quote(declared.site_tz)} " if declared.site_tz else ""
    layouts = f"{LAYOUTS}={shlex.quote(os.environ[LAYOUTS])} " if os.environ.get(LAYOUTS) else ""
    return f"{site}{layouts}{shlex.join(words)}"
