"""``coldchain verify``: whether the record is as it was written."""

import argparse
from typing import TYPE_CHECKING

from coldchain.cli.settings_option import add_config_option, record_settings_of

if TYPE_CHECKING:
    from coldchain.records.archive.shelf import Removal

HELP = "re-compute the record's hash chain"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add ``--database`` and the settings file's option."""
    add_config_option(parser)
    parser.add_argument(
        "--database", metavar="URL", help="the database, such as sqlite:///coldchain.db (default: the settings' own)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what was re-computed; 0 when all of it is as written, 1 with the first broken entry, 2 if unreadable."""
    from coldchain.records import Store
    from coldchain.records.archive import shelf
    from coldchain.records.verifying import verify

    store = Store(arguments.database or record_settings_of(arguments).database_url)
    try:
        store.check()
        with store.reading() as tx:
            found = verify(tx)
            files, damaged = len(shelf.days(tx, *shelf.ALWAYS)), list(shelf.damaged(tx))
            removed = _removed(shelf.removals(tx))
    finally:
        store.close()
    if not found.findings:
        what = "ledger" if damaged else "record"
        print(f"The {what} is whole: {_counted(found.entries)}, {found.compared} rows compared with them.")
        if files and not damaged:
            print(f"The archive is whole: {files} sealed {'day' if files == 1 else 'days'} as the ledger says.")
        for sentence in removed:
            print(sentence)
        more = " in the database" if files else ""
        print(f"Readings{more} are not in the ledger: whether one of them was changed, it cannot say.")
        for sentence in damaged:
            print(f"{sentence[0].upper()}{sentence[1:]}.")
        return 1 if damaged else 0
    first, *others = found.findings
    print(f"The record has been changed: {first.what}.")
    for other in others[:20]:
        print(f"  also: {other.what}.")
    if len(others) > 20:
        print(f"  and {len(others) - 20} more.")
    for sentence in damaged:
        print(f"  also: {sentence}.")
    return 1


def _removed(removals: "list[Removal]") -> list[str]:
    """What was removed as the policy allowed, a sentence for each time somebody did it."""
    from coldchain.records.archive.shelf import DAY_MS, name_of

    together: dict[tuple[str, str, int], list[Removal]] = {}
    for one in removals:
        together.setdefault((name_of(one.at_ms), one.by, one.keep_ms), []).append(one)
    sentences = []
    for (day, by, keep_ms), some in together.items():
        number, days = sum(one.readings for one in some), sorted({one.day_ms for one in some})
        first, last = name_of(days[0]), name_of(days[-1])
        sentences.append(
            f"{number:,} readings of {len(days)} days, {first} to {last}, were removed on {day} "
            f"by {by}: they were to be kept for {keep_ms // DAY_MS} days. The ledger has their hashes."
        )
    return sentences


def _counted(entries: int) -> str:
    return f"{entries} ledger {'entry' if entries == 1 else 'entries'}"
