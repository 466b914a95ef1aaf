"""``coldchain restore``: a copied record back in its place, after everything about it was checked."""

import argparse
import sys
from typing import TYPE_CHECKING

from coldchain.cli.settings_option import add_config_option, record_settings_of

if TYPE_CHECKING:
    from pathlib import Path

    from coldchain.records import Store

HELP = "put a copied record back"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``restore``."""
    parser.add_argument("source", metavar="SRC", help="a file that 'coldchain backup' wrote")
    parser.add_argument(
        "--force",
        action="store_true",
        help="take the place of the record that is there; that one is set aside, not lost",
    )
    add_config_option(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check and put in place; 0 when the record is there."""
    import time
    from pathlib import Path

    from coldchain.bootstrap.sole import one_service
    from coldchain.errors import UsageError
    from coldchain.records import Store
    from coldchain.records.copies import checked_copy, put_in_place

    settings = record_settings_of(arguments)
    store = Store(settings.database_url)
    record = store.file
    if record is None:
        raise UsageError(
            "this record is in PostgreSQL, which restores itself: "
            f"pg_restore --clean --if-exists --dbname='{settings.libpq_database}' {arguments.source}"
        )
    if record.exists() and not arguments.force:
        raise UsageError(f"there is a record at {record} already: say --force to set it aside for the copy")
    settings.make_folder()
    with one_service(store):
        part = checked_copy(Path(arguments.source), record)
        try:
            entries = _checked_record(part)
            set_aside = record.with_name(f"{record.name}.before-{time.time_ns() // 1_000_000}")
            was_there = put_in_place(part, record, set_aside)
        finally:
            part.unlink(missing_ok=True)
    print(f"the record is back at {record}; its {entries} ledger entries are whole")
    if was_there:
        print(f"what was there before is kept as {set_aside}")
    _say_what_is_missing(store)
    return 0


def _say_what_is_missing(store: "Store") -> None:
    """The archive's files are copied by other means: say which are not there."""
    from coldchain.records.archive import shelf

    with store.reading() as tx:
        damaged = list(shelf.damaged(tx))
    store.close()
    for sentence in damaged[:20]:
        print(f"coldchain: {sentence}", file=sys.stderr)
    if len(damaged) > 20:
        print(f"coldchain: and {len(damaged) - 20} more files of the archive", file=sys.stderr)


def _checked_record(part: "Path") -> int:
    """Bring a copy to this program's tables and re-compute its ledger; how many entries it has."""
    from coldchain.errors import ColdchainError
    from coldchain.records import Store
    from coldchain.records.verifying import verify

    store = Store(f"sqlite:///{part}")
    try:
        store.migrate()
        with store.reading() as tx:
            found = verify(tx)
    finally:
        store.close()
    if found.findings:
        raise ColdchainError(f"the copy is not put back, its record has been changed: {found.findings[0].what}")
    return found.entries
