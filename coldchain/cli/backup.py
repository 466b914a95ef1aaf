"""``coldchain backup``: one file with the whole record, while the service runs."""

import argparse
import sys
from typing import TYPE_CHECKING

from coldchain.cli.settings_option import add_config_option, record_settings_of

if TYPE_CHECKING:
    from coldchain.records import Store

HELP = "copy the record while the service runs"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``backup``."""
    parser.add_argument("destination", metavar="DEST", help="the file to write; its checksum goes to DEST.sha256")
    parser.add_argument("--force", action="store_true", help="replace an older copy of that name")
    add_config_option(parser)


def run(arguments: argparse.Namespace) -> int:
    """Copy; 0 when the copy is whole and checked."""
    from pathlib import Path

    from coldchain.errors import UsageError
    from coldchain.records import Store
    from coldchain.records.copies import copy_to, note_of

    settings = record_settings_of(arguments)
    store = Store(settings.database_url)
    file = store.file
    if file is None:
        raise UsageError(
            "this record is in PostgreSQL, which copies itself: "
            f"pg_dump --format=custom --file={arguments.destination} '{settings.libpq_database}'"
        )
    digest = copy_to(file, Path(arguments.destination), replace=arguments.force)
    note_of(file).write_text(f"{digest}  {arguments.destination}\n", encoding="utf-8")
    print(f"{digest}  {arguments.destination}")
    _name_the_archive(store)
    return 0


def _name_the_archive(store: "Store") -> None:
    """Sealed days lie in files of their own, which never change: say where, so that they are copied, too."""
    from coldchain.records.archive import shelf

    with store.reading() as tx:
        folders = sorted({str(shelf.place_of(tx, one).parent.parent) for one in shelf.days(tx, *shelf.ALWAYS)})
    store.close()
    for folder in folders:
        print(f"coldchain: sealed days are not in the copy: copy the folder {folder}, too", file=sys.stderr)
