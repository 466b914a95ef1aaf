"""`coldchain audit`: shipment logs against a product's rules; no server or database needed."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from coldchain.cli.options import add_declared_options, declared_of
from coldchain.errors import UsageError

if TYPE_CHECKING:
    from coldchain.auditing.folder import OutputFolder
    from coldchain.auditing.many import Spread
    from coldchain.auditing.question import Question
    from coldchain.reporting.summary import Summary

HELP = "judge shipment logs against a product's rules"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("paths", metavar="PATH", nargs="+", help="a file, a folder, a zip, or - for standard input")
    parser.add_argument("--product", metavar="ID", required=True, help="whose rules judge; `coldchain rules list`")
    parser.add_argument("--stage", metavar="NAME", help="which of its stages (default: the first)")
    parser.add_argument(
        "--rules", metavar="DIR", type=Path, action="append", default=[],
        help="a folder of your own product files, on top of the shipped ones; may be repeated",
    )  # fmt: skip
    add_declared_options(parser)
    parser.add_argument("--from", dest="start", metavar="TIME", help="judge from here, such as 2026-03-01T08:00+01:00")
    parser.add_argument("--to", dest="end", metavar="TIME", help="judge up to here")
    parser.add_argument("--max-gap", metavar="DUR", help="how long a good reading is believed, such as '30 min'")
    parser.add_argument("--uncertainty", metavar="DEGREES_C", help="of the probe, in °C (default: 0)")
    parser.add_argument("--accept-bad-signature", action="store_true", help="judge files whose signature is invalid")
    parser.add_argument("--format", choices=("text", "json", "csv"), default="text", help="default: text")
    parser.add_argument(
        "--report", metavar="FILE", type=Path, help="also write FILE.pdf, .html, .csv, .json or .epcis.json"
    )
    parser.add_argument(
        "--output", metavar="DIR", type=Path,
        help="keep each file's result there, with a summary; a run that was ended is taken up where it stopped",
    )  # fmt: skip
    parser.add_argument("--jobs", metavar="N", type=int, default=1, help="judge so many files at a time (default: 1)")
    parser.add_argument("--cluster", metavar="ADDRESS", help="judge on a Dask cluster, such as tcp://scheduler:8786")


def run(arguments: argparse.Namespace) -> int:
    """Judge every file that is found, print, and return the exit code of the contract."""
    from coldchain.auditing.bulk import Bulk, audited
    from coldchain.cli.audit_output import PROGRAM, outputs, row_of
    from coldchain.cli.audit_progress import shown
    from coldchain.cli.audit_report import ReportFile, check_report, command_of
    from coldchain.loggers.files import find_files
    from coldchain.reporting.summary import summary

    check_report(arguments.report)
    spread = spread_of(arguments)
    question = question_of(arguments)
    folder = folder_of(arguments, question)
    output, report = outputs(arguments), ReportFile(arguments.report)
    form = report.form or output.form
    rows, verdicts = [], []
    sums_up = folder is not None or arguments.format == "text"
    files = find_files(arguments.paths, load=False)
    for outcome, relations in shown(audited(files, Bulk(question, spread, folder, form)), arguments.paths):
        for judged, related in zip(outcome.judged, relations, strict=True):
            output.add(judged, related)
            report.add(judged, related)
            rows += [row_of(judged, related)] if sums_up else []
            verdicts.append(judged.verdict)
    if not verdicts:
        raise UsageError(f"there is no file in {', '.join(arguments.paths)}")
    command = command_of(arguments, question)
    made = summary(rows, program=PROGRAM, command=command)
    if folder is not None:
        keep_summary(folder, made)
    output.close(made)
    report.close(command)
    return code_of(verdicts)


def question_of(arguments: argparse.Namespace) -> "Question":
    """What is asked of every file.

    Raises:
        UnknownProduct: No product has this id.
        UsageError: An option is not written as it should be.
    """
    from coldchain.auditing.asked import judged_by, period_of
    from coldchain.auditing.question import Question

    product, stage = judged_by(arguments.product, arguments.stage, arguments.rules)
    declared = declared_of(arguments)
    period = period_of(
        arguments.start, arguments.end, declared.tz or declared.site_tz, arguments.max_gap, arguments.uncertainty,
        accept_bad_signature=arguments.accept_bad_signature,
    )  # fmt: skip
    return Question(product, stage, declared, period)


def spread_of(arguments: argparse.Namespace) -> "Spread":
    """In this process, in several, or on a cluster.

    Raises:
        UsageError: Both were asked for, or no usable number.
        ClusterUnavailable: The cluster does not answer, or cannot judge.
    """
    from coldchain.auditing.many import spread_over

    if arguments.jobs < 1:
        raise UsageError(f"--jobs needs a number from 1 up (got {arguments.jobs})")
    if arguments.cluster is None:
        return spread_over(arguments.jobs)
    if arguments.jobs > 1:
        raise UsageError("--jobs is for this machine and --cluster for others: give one of them")
    from coldchain.auditing.cluster import on_cluster

    return on_cluster(arguments.cluster)


def folder_of(arguments: argparse.Namespace, question: "Question") -> "OutputFolder | None":
    """The output folder, if one was named."""
    if arguments.output is None:
        return None
    from coldchain.auditing.folder import OutputFolder, check_apart

    check_apart(arguments.output, arguments.paths)
    return OutputFolder(arguments.output, question)


def keep_summary(folder: "OutputFolder", made: "Summary") -> None:
    """Write the summary into the output folder, as a page, a table and an object."""
    import json

    from coldchain.reporting.summary import summary_csv, summary_json
    from coldchain.reporting.summary_page import summary_html

    folder.tidy()
    folder.write("summary.csv", summary_csv(made))
    folder.write("summary.html", summary_html(made))
    folder.write("summary.json", json.dumps(summary_json(made), ensure_ascii=False, indent=1) + "\n")


def code_of(verdicts: list[str | None]) -> int:
    """The exit code of the contract; ``None`` stands for a file that was not judged."""
    from coldchain.auditing.audited import exit_code
    from coldchain.domain.verdict import Verdict

    return exit_code([None if verdict is None else Verdict(verdict) for verdict in verdicts])
