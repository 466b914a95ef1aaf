"""``coldchain retention``: what the site's policy lets go of readings of long ago, and removing it."""

import argparse
from typing import TYPE_CHECKING

from coldchain.cli.settings_option import add_config_option, record_settings_of

if TYPE_CHECKING:
    from coldchain.records.archive.retention import Going

HELP = "say which readings are older than the policy keeps them, and remove them"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add ``--remove``, ``--by`` and the settings file's option."""
    parser.add_argument("--remove", action="store_true", help="remove them; without it, nothing is changed")
    parser.add_argument("--by", metavar="NAME", help="who says so: it stands in the record for ever")
    add_config_option(parser)


def run(arguments: argparse.Namespace) -> int:
    """Say day by day what goes, or what would, and why the rest stays; 0 also where nothing does."""
    import time

    from coldchain.errors import UsageError
    from coldchain.records import Store
    from coldchain.records.archive import retention, shelf

    def clock_ms() -> int:
        return time.time_ns() // 1_000_000

    settings = record_settings_of(arguments)
    keep_ms, by = settings.archive.keep_ms, (arguments.by or "").strip()
    if keep_ms is None:
        raise UsageError("readings are kept for ever: archive.keep in the settings says for how long they are to be")
    if arguments.remove and not by:
        raise UsageError('say who removes them, as it is to stand in the record: --by "A. Miller, pharmacist"')
    store = Store(settings.database_url)
    try:
        store.check()
        now_ms = clock_ms()
        with store.reading() as tx:
            unsealed = retention.unsealed(tx, now_ms - keep_ms)
            found = [] if arguments.remove else list(retention.going(tx, now_ms - keep_ms, now_ms))
        days = retention.remove(store, keep_ms, clock_ms, by, settings.archive.folder) if arguments.remove else found
        number = total = 0
        for one in days:
            number, total = number + 1, total + one.readings
            print(_sentence(one))
    finally:
        store.close()
    what = f"{total:,} readings of {number} {'day' if number == 1 else 'days'} before {shelf.name_of(now_ms - keep_ms)}"
    if arguments.remove:
        print(f"{what} removed; backups may still hold them")
    else:
        print(f"{what} would be removed; nothing was changed: --remove --by NAME does it")
    if unsealed:
        print(
            f"{unsealed:,} readings of that time are not in the archive and stay: 'coldchain archive' moves them there"
        )
    return 0


def _sentence(one: "Going") -> str:
    sensors = f"{len(one.sensors):,} {'sensor' if len(one.sensors) == 1 else 'sensors'}"
    line = f"{one.day.name}  {one.readings:,} readings of {sensors} go"
    if one.staying:
        because = sorted(set(one.staying.values()))
        more = f" and {len(because) - 3} more" if len(because) > 3 else ""
        line += f"; those of {len(one.staying)} stay, for {', '.join(because[:3])}{more}"
    return line
