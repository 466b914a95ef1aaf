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
    from coldchain.auditing.audited import Audited, exit_code
    from coldchain.cli.audit_output import outputs
    from coldchain.cli.audit_progress import shown

    check_report(arguments.report)
    if arguments.jobs < 1:
        raise UsageError(f"--jobs needs a number from 1 up (got {arguments.jobs})")
    product, stage = judged_by(arguments)
    declared = declared_of(arguments)
    period = period_of(arguments, declared.tz)
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


def judged_by(arguments: argparse.Namespace) -> "tuple[Product, Stage]":
    """The product and the stage that were asked for.

    Raises:
        UnknownProduct: No product has this id; the message names the nearest ones.
        UsageError: The product has no such stage, or the stage says nothing of temperatures.
    """
    from coldchain.rulebook.book import load_rulebook

    product = load_rulebook(*arguments.rules).product(arguments.product)
    stage = product.first_stage if arguments.stage is None else product.stages.get(arguments.stage)
    if stage is None:
        known = ", ".join(product.stages)
        raise UsageError(f"{product.id} has no stage {arguments.stage!r}; it has: {known}")
    if not stage.limits:
        raise UsageError(f"stage {stage.name!r} of {product.id} names no temperature, so there is nothing to judge")
    return product, stage


def period_of(arguments: argparse.Namespace, tz: str | None) -> "Period":
    """The declared period, ``max_gap`` and uncertainty.

    Raises:
        UsageError: One of them is not written as it should be.
    """
    from coldchain.auditing.audited import Period
    from coldchain.domain.duration import milliseconds, parse_duration
    from coldchain.domain.temperature import milli_c

    start, end = (
        instant_of(text, option, tz) for text, option in ((arguments.start, "--from"), (arguments.end, "--to"))
    )
    if start is not None and end is not None and end <= start:
        raise UsageError("--to must lie after --from")
    max_gap_ms = uncertainty = None
    try:
        if arguments.max_gap is not None:
            max_gap_ms = milliseconds(parse_duration(arguments.max_gap))
    except ValueError as error:
        raise UsageError(f"--max-gap: {error}") from error
    try:
        uncertainty = milli_c(arguments.uncertainty or "0")
    except ValueError as error:
        raise UsageError(f"--uncertainty: {error}; write degrees Celsius, such as 0.5") from error
    if max_gap_ms == 0 or uncertainty < 0:
        raise UsageError("--max-gap must be longer than nothing, and --uncertainty at least 0")
    return Period(start, end, max_gap_ms, uncertainty, arguments.accept_bad_signature)


def instant_of(text: str | None, option: str, tz: str | None) -> int | None:
    """An ISO 8601 time as UTC ms; a time without an offset needs ``--tz``.

    Raises:
        UsageError: It is no time, or nobody says in which zone.
    """
    if text is None:
        return None
    from datetime import datetime

    example = "write it such as 2026-03-01T08:00+01:00"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option}: {text!r} is no time; {example}") from error
    if len(text.strip()) <= 10:
        raise UsageError(f"{option}: {text!r} has no time of day; {example}")
    if moment.tzinfo is None:
        if tz is None:
            raise UsageError(f"{option}: {text!r} has no time zone; {example}, or declare one with --tz")
        from coldchain.reporting.words import clock_of

        moment = moment.replace(tzinfo=clock_of(tz).zone)
    return round(moment.timestamp() * 1000)


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
