"""`coldchain audit`: shipment logs against a product's rules; no server or database needed."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from coldchain.cli.options import add_declared_options, declared_of
from coldchain.errors import UsageError

if TYPE_CHECKING:
    from coldchain.auditing.audited import Period, Result
    from coldchain.domain.product import Product, Stage
    from coldchain.loggers.logger_file import Declared

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
    parser.add_argument("--report", metavar="FILE", type=Path, help="also write FILE.pdf or FILE.html")
    parser.add_argument("--jobs", metavar="N", type=int, default=1, help="judge so many files at a time (default: 1)")


def run(arguments: argparse.Namespace) -> int:
    """Judge every file that is found, print, and return the exit code of the contract."""
    from coldchain.auditing.asked import judged_by, period_of
    from coldchain.auditing.audited import Audited, exit_code
    from coldchain.cli.audit_output import outputs
    from coldchain.cli.audit_progress import shown

    check_report(arguments.report)
    if arguments.jobs < 1:
        raise UsageError(f"--jobs needs a number from 1 up (got {arguments.jobs})")
    product, stage = judged_by(arguments.product, arguments.stage, arguments.rules)
    declared = declared_of(arguments)
    period = period_of(
        arguments.start, arguments.end, declared.tz or declared.site_tz, arguments.max_gap, arguments.uncertainty,
        accept_bad_signature=arguments.accept_bad_signature,
    )  # fmt: skip
    output = outputs(arguments, declared, stage)
    verdicts = []
    for results in shown(judge_all(arguments, product, stage, declared, period)):
        for result in results:
            output.add(result)
            verdicts.append(result.verdict if isinstance(result, Audited) else None)
    if not verdicts:
        raise UsageError(f"there is no file in {', '.join(arguments.paths)}")
    output.close()
    return exit_code(verdicts)


def judge_all(
    arguments: argparse.Namespace, product: "Product", stage: "Stage", declared: "Declared", period: "Period"
) -> "Iterator[tuple[Result, ...]]":
    """The results of every file in the order they were given; what cannot be opened is a refusal at its place."""
    from coldchain.auditing.many import audit_many
    from coldchain.loggers.files import find_files

    return audit_many(find_files(arguments.paths), product, stage, declared, period, arguments.jobs)


def check_report(path: Path | None) -> None:
    """Refuse a report that could not be written before anything is judged.

    Raises:
        UsageError: Neither PDF nor HTML, or there is no such folder.
    """
    if path is None:
        return
    if path.suffix.lower() not in (".pdf", ".html"):
        raise UsageError(f"--report writes FILE.pdf or FILE.html (got {str(path)!r})")
    if not path.parent.is_dir():
        raise UsageError(f"--report: there is no folder {str(path.parent)!r}")
