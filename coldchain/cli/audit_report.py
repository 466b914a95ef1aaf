"""The report that `coldchain audit --report FILE` writes, in the form that the file's name asks for."""

import argparse
import json
import os
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coldchain.cli.audit_output import PROGRAM, pictured, with_relations
from coldchain.cli.options import LAYOUTS, SITE_ZONE
from coldchain.errors import UsageError

if TYPE_CHECKING:
    from coldchain.auditing.question import Form, Judged, Question
    from coldchain.auditing.related import Related

ENDINGS = (".epcis.json", ".pdf", ".html", ".csv", ".json")


def check_report(path: Path | None) -> None:
    """Refuse a report that could not be written before anything is judged.

    Raises:
        UsageError: None of the forms, or there is no such folder.
    """
    if path is None:
        return
    if not path.name.lower().endswith(ENDINGS):
        raise UsageError(f"--report writes FILE.pdf, .html, .csv, .json or .epcis.json (got {str(path)!r})")
    if not path.parent.is_dir():
        raise UsageError(f"--report: there is no folder {str(path.parent)!r}")


@dataclass
class ReportFile:
    """Takes one channel after the other and writes the report at the end; without a path it does nothing."""

    path: Path | None
    sections: list[Any] = field(default_factory=list)
    refusals: list[Any] = field(default_factory=list)
    written: list[dict[str, Any]] = field(default_factory=list)

    @property
    def form(self) -> "Form | None":
        """What each result must become where it is judged."""
        return pictured if self.path is not None and self._ending in (".pdf", ".html") else None

    def add(self, judged: "Judged", related: "Related") -> None:
        """Keep what the report will say of a channel."""
        if self.path is None:
            return
        if self.form is None:
            self.written.append(json.loads(judged.line) | related.as_json())
        elif judged.verdict is None:
            self.refusals.append(judged.form)
        else:
            self.sections.append(with_relations(judged.form, related))

    def close(self, command: str) -> None:
        """Write the report.

        Raises:
            UsageError: The file cannot be written.
        """
        if self.path is not None:
            write_whole(self.path, self._content(command))

    @property
    def _ending(self) -> str:
        name = self.path.name.lower() if self.path else ""
        return next(ending for ending in ENDINGS if name.endswith(ending))

    def _content(self, command: str) -> bytes:
        match self._ending:
            case ".csv":
                from coldchain.auditing.table import header, rows_of

                return (header() + "".join(map(rows_of, self.written))).encode("utf-8", "backslashreplace")
            case ".json":
                from coldchain.reporting.plain import report_json

                return report_json(self.written, command=command, program=PROGRAM)
            case ".epcis.json":
                from coldchain.reporting.epcis import epcis_json

                return epcis_json(self.written, program=PROGRAM)
        from coldchain.reporting.report import Report

        made = Report(tuple(self.sections), tuple(self.refusals), command, PROGRAM)
        if self._ending == ".pdf":
            from coldchain.reporting.pdf import report_pdf

            return report_pdf(made)
        from coldchain.reporting.html import report_html

        return report_html(made).encode("utf-8", "replace")


def write_whole(path: Path, content: bytes) -> None:
    """Write a report, whole or not at all.

    Raises:
        UsageError: It cannot be written.
    """
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        raise UsageError(f"the report cannot be written to {str(path)!r}: {error.strerror}") from error


def command_of(arguments: argparse.Namespace, question: "Question") -> str:
    """The one command that finds the same again: the paths as they were given, every declaration spelled out."""
    declared = question.declared
    words = ["coldchain", "audit", *arguments.paths, "--product", arguments.product, "--stage", question.stage.name]
    for folder in arguments.rules:
        words += ["--rules", str(folder)]
    options = {
        "--tz": declared.tz, "--unit": declared.unit, "--date-order": declared.date_order,
        "--decimal": declared.decimal, "--column": declared.column, "--from": arguments.start, "--to": arguments.end,
        "--max-gap": arguments.max_gap, "--uncertainty": arguments.uncertainty,
    }  # fmt: skip
    for option, value in options.items():
        words += [] if value is None else [option, value]
    words += [word for layout in arguments.layout for word in ("--layout", layout)]
    words += ["--accept-bad-signature"] if arguments.accept_bad_signature else []
    site = f"{SITE_ZONE}={shlex.quote(declared.site_tz)} " if declared.site_tz else ""
    layouts = f"{LAYOUTS}={shlex.quote(os.environ[LAYOUTS])} " if os.environ.get(LAYOUTS) else ""
    return f"{site}{layouts}{shlex.join(words)}"
