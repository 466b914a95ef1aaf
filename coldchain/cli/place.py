"""``coldchain place import``: many refrigerators declared at once, from a CSV."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from coldchain.cli.settings_option import add_config_option, record_settings_of, store_of

if TYPE_CHECKING:
    from coldchain.domain.product import Product
    from coldchain.records import Store
    from coldchain.records.listing import Listed


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    many = actions.add_parser("import", help="declare the refrigerators of a CSV, each with its sensor")
    many.add_argument(
        "file",
        metavar="FILE.csv",
        help="columns: location, sensor; optionally title, area, channel, and what is known of the sensor",
    )
    many.add_argument("--product", required=True, metavar="ID", help="by which product's rules they are judged")
    many.add_argument("--stage", metavar="NAME", help="a stage of the product (default: its first)")
    add_config_option(many)


def run(arguments: argparse.Namespace) -> int:
    """Declare them from now on, thousands in one transaction; 0 when all are declared.

    Raises:
        UsageError: The file has no such columns, names something twice, or names what the record knows already.
    """
    import time

    from coldchain.monitoring.silence import UNPROVABLE
    from coldchain.records import listing
    from coldchain.rulebook.book import load_rulebook

    rows = list(rows_of(Path(arguments.file)))
    settings = record_settings_of(arguments)
    rulebook = load_rulebook(*([settings.rules] if settings.rules else []))
    product, text = rulebook.product(arguments.product), rulebook.text(arguments.product)
    stage = arguments.stage or product.first_stage.name
    store = store_of(settings)
    try:
        store.migrate()
        _refuse_what_is_there(store, rows, product, stage)
        for first in range(0, len(rows), listing.AT_ONCE):
            with store.transaction() as tx:
                some = rows[first : first + listing.AT_ONCE]
                now_ms = time.time_ns() // 1_000_000
                listing.put(tx, some, product, text, stage, now_ms, unprovable=UNPROVABLE)
        with store.transaction() as tx:
            listing.settle_index(tx)
    finally:
        store.close()
    print(f"{len(rows):,} places are judged by {product.id}, {stage}, from now on")
    return 0


def rows_of(path: Path) -> "Iterator[Listed]":
    """The places of a file; raises `UsageError` where a line cannot be used."""
    import csv

    from coldchain.errors import NotFound, UsageError
    from coldchain.records.listing import Listed
    from coldchain.reviewing.declaring import FIELDS

    if not path.is_file():
        raise NotFound(f"there is no file {path}")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        table = csv.DictReader(stream)
        if not {"location", "sensor"} <= set(table.fieldnames or ()):
            raise UsageError(f"{path.name} needs a first line with the columns location and sensor")
        strange = set(table.fieldnames or ()) - _COLUMNS - set(FIELDS)
        if strange:
            columns = ", ".join((*sorted(_COLUMNS), *FIELDS))
            raise UsageError(f"{path.name} has a column {min(strange)!r}; there are {columns}")
        seen: set[str] = set()
        for row in table:
            name, sensor = (row["location"] or "").strip(), (row["sensor"] or "").strip()
            channel = (row.get("channel") or "").strip()
            what = f"{path.name}, line {table.line_num}"
            if not name or not sensor or len(name) > 100 or len(sensor) > 200 or not (name + sensor).isprintable():
                raise UsageError(f"{what}: a location (at most 100 characters) and a sensor (at most 200) are needed")
            if name in seen or f"{sensor}\0{channel}" in seen:
                raise UsageError(f"{what}: {name} or {sensor} stands in the file twice")
            seen |= {name, f"{sensor}\0{channel}"}
            title, area = (row.get("title") or "").strip() or name, (row.get("area") or "").strip()
            yield Listed(name, title, area, sensor, channel, _known(row, what))


_COLUMNS = frozenset({"location", "sensor", "title", "area", "channel"})


def _known(row: "dict[str, str | None]", what: str) -> "dict[str, object]":
    """What a line declares of its sensor; nothing where it leaves all of it out."""
    from coldchain.errors import UsageError
    from coldchain.reviewing.declaring import FIELDS, known_of

    values = {name: (row.get(name) or "").strip() for name in FIELDS}
    if not any(values.values()):
        return {}
    try:
        return vars(known_of(values))
    except UsageError as error:
        raise UsageError(f"{what}: {error}") from error


def _refuse_what_is_there(store: "Store", rows: "list[Listed]", product: "Product", stage: str) -> None:
    from coldchain.errors import UsageError
    from coldchain.records import listing

    if stage not in product.stages:
        raise UsageError(f"{product.id} has no stage {stage!r}: it has {', '.join(product.stages)}")
    with store.reading() as tx:
        for first in range(0, len(rows), listing.AT_ONCE):
            there = listing.already_there(tx, rows[first : first + listing.AT_ONCE])
            if there:
                raise UsageError(f"the record knows {there[0]} already: leave it out of the file")
