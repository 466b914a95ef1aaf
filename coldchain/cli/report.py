"""`coldchain report`: from the service's record, a location over a span or an item over its whole way."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from coldchain.cli.settings_option import add_config_option, record_settings_of, store_of
from coldchain.errors import UsageError

if TYPE_CHECKING:
    from coldchain.records.store import Transaction
    from coldchain.settings import RecordSettings
    from coldchain.web.reports import Reported

HELP = "a location over a span, or an item over its whole way, from the service's record"

ENDINGS = (".pdf", ".html", ".csv", ".json")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add ``location`` and ``item``."""
    about = parser.add_subparsers(dest="about", metavar="WHAT", required=True)
    place = about.add_parser("location", help="one location over a span", description="One location over a span.")
    place.add_argument("name", metavar="NAME", help="the location's name")
    place.add_argument("--from", dest="start", metavar="TIME", required=True, help="such as 2026-11-21T08:00")
    place.add_argument("--to", dest="end", metavar="TIME", help="default: now")
    item = about.add_parser("item", help="one item over its whole way", description="One item over its whole way.")
    item.add_argument("item", type=int, metavar="ITEM", help="its number, as in `coldchain item list`")
    item.add_argument("--to", dest="end", metavar="TIME", help="as it stood then by today's knowledge (default: now)")
    for each in (place, item):
        add_config_option(each)
        each.add_argument("--report", metavar="FILE", type=Path, help="write FILE.pdf, .html, .csv or .json")
        each.add_argument("--format", choices=("text", "json", "csv"), default="text", help="default: text")


def run(arguments: argparse.Namespace) -> int:
    """Print the report, write it if asked; 0 compliant, 1 violated, 3 undetermined."""
    import sys
    import time

    from coldchain.cli.audit_report import write_whole
    from coldchain.domain.verdict import Verdict
    from coldchain.web.reports import content_of

    check_report(arguments.report)
    settings = record_settings_of(arguments)
    store = store_of(settings)
    try:
        store.migrate()
        with store.reading() as tx:
            made = _made(arguments, settings, tx, time.time_ns() // 1_000_000)
    finally:
        store.close()
    sys.stdout.write(content_of(made, f".{arguments.format}").decode("utf-8"))
    if arguments.report is not None:
        write_whole(arguments.report, content_of(made, arguments.report.suffix.lower()))
    return {Verdict.VIOLATED: 1, Verdict.UNDETERMINED: 3}.get(made.verdict, 0)


def check_report(path: Path | None) -> None:
    """Refuse a report that could not be written before anything is judged.

    Raises:
        UsageError: None of the forms, or there is no such folder.
    """
    if path is None:
        return
    if path.suffix.lower() not in ENDINGS:
        raise UsageError(f"--report writes FILE.pdf, .html, .csv or .json (got {str(path)!r})")
    if not path.parent.is_dir():
        raise UsageError(f"--report: there is no folder {str(path.parent)!r}")


def _made(arguments: argparse.Namespace, settings: "RecordSettings", tx: "Transaction", now_ms: int) -> "Reported":
    import shlex

    from coldchain.domain.instant import iso
    from coldchain.web import reports

    end_ms = _instant(arguments.end, "--to", settings.tz) if arguments.end else now_ms
    if end_ms > now_ms:
        raise UsageError("--to lies in the future: a report speaks of what was measured")
    config = ["--config", arguments.config] if arguments.config else []
    if arguments.about == "item":
        words = ["coldchain", "report", "item", str(arguments.item), "--to", iso(end_ms), *config]
        return reports.of_item(tx, arguments.item, end_ms, settings.tz, shlex.join(words))
    start_ms = _instant(arguments.start, "--from", settings.tz)
    if start_ms >= end_ms:
        raise UsageError("--to must lie after --from")
    words = ["coldchain", "report", "location", arguments.name, "--from", iso(start_ms), "--to", iso(end_ms), *config]
    return reports.of_location(tx, arguments.name, start_ms, end_ms, settings.tz, shlex.join(words))


def _instant(text: str, option: str, zone: str) -> int:
    from zoneinfo import ZoneInfo

    from coldchain.domain.instant import instant_ms

    try:
        return instant_ms(text, ZoneInfo(zone))
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{option}: {text!r} is no instant: write it as 2026-11-21T08:00") from error
