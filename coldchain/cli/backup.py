"""``coldchain backup``: one file with the whole record, while the service runs."""

import argparse

from coldchain.cli.settings_option import add_config_option, settings_of

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

    settings = settings_of(arguments)
    file = Store(settings.database_url).file
    if file is None:
        raise UsageError(
            "this record is in PostgreSQL, which copies itself: "
            f"pg_dump --format=custom --file={arguments.destination} '{settings.libpq_database}'"
        )
    digest = copy_to(file, Path(arguments.destination), replace=arguments.force)
    note_of(file).write_text(f"{digest}  {arguments.destination}\n", encoding="utf-8")
    print(f"{digest}  {arguments.destination}")
    return 0
