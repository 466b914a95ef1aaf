"""``coldchain archive``: readings of long ago, out of the database into compressed files that are read like it."""

import argparse
from datetime import UTC, datetime

from coldchain.cli.settings_option import add_config_option, record_settings_of

HELP = "move readings of long ago from the database into compressed files"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add ``--before`` and the settings file's option."""
    parser.add_argument(
        "--before", metavar="DATE", type=_day_ms,
        help="move the UTC days before this one, such as 2025-01-31 (default: those older than archive.after)",
    )  # fmt: skip
    add_config_option(parser)


def run(arguments: argparse.Namespace) -> int:
    """Move day by day and say what became of each; 0 when all that may be moved is."""
    import time

    from coldchain.errors import UsageError
    from coldchain.records import Store
    from coldchain.records.archive import sealing, shelf, tidying

    def clock_ms() -> int:
        return time.time_ns() // 1_000_000

    settings = record_settings_of(arguments)
    before_ms = arguments.before
    if before_ms is None:
        if settings.archive.after_ms is None:
            raise UsageError("say up to which day: --before 2025-01-31, or archive.after in the settings")
        before_ms = clock_ms() - settings.archive.after_ms
    store = Store(settings.database_url)
    try:
        store.check()
        with store.reading() as tx:
            until_ms, held = sealing.until(tx, before_ms, clock_ms())
        number = 0
        for moved in sealing.seal(store, until_ms, clock_ms, settings.archive.folder):
            number += 1
            each = moved.day.size / moved.day.readings
            print(f"{moved.day.name}  {moved.day.readings:,} readings  {each:.2f} bytes each  {moved.day.path}")
        gone = tidying.tidy(store, clock_ms())
    finally:
        store.close()
    for place in gone:
        print(f"deleted {place}, which a later file replaces")
    print(f"{number} {'day' if number == 1 else 'days'} moved into the archive")
    if held is not None:
        print(f"from {shelf.name_of(held.from_ms)} on readings stay in the database: {held.by}, needs them")
    return 0


def _day_ms(text: str) -> int:
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a day is written like 2025-01-31 (got {text!r})") from None
    return int(day.timestamp()) * 1000
