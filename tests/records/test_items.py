"""Items and their logger files in the record, on every database."""

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import text

from coldchain.domain.reading import Trace
from coldchain.errors import NotFound
from coldchain.records import Store, Transaction, items, places, readings, shipments
from coldchain.records.items import Happened, Kind
from coldchain.records.verifying import verify
from coldchain.records.views.sensors import homeless
from coldchain.rulebook.book import parse_product
from tests.empty import empty_store
from tests.web.hospital import RANGE_2_8

PRODUCT = parse_product(RANGE_2_8, "test.yaml")
BY = "Pharmacist Example"


def lot(tx: Transaction, location_id: int, at_ms: int = 100, name: str = "A12") -> int:
    """A lot that arrived at a location."""
    made = items.add(tx, PRODUCT, RANGE_2_8, "lot", name, 4, at_ms, BY)
    items.append(tx, made, Kind.ARRIVED, at_ms, "unopened", at_ms, BY, location_id=location_id)
    return made


def test_a_lot_with_its_history_comes_back_as_it_was_recorded(store: Store) -> None:
    with store.transaction() as tx:
        fridge, ward = places.put_location(tx, "fridge", "Fridge"), places.put_location(tx, "ward", "Ward 3")
        made = lot(tx, fridge)
        items.append(tx, made, Kind.MOVED, 200, "unopened", 205, BY, location_id=ward, comment="for tonight")
        items.append(tx, made, Kind.USED, 300, "unopened", 300, BY)
    with store.reading() as tx:
        found = items.history(tx, made)
        assert (found.item.name, found.item.quantity, found.item.sha256) == ("A12", 4, PRODUCT.sha256)
        assert found.item.product_file == RANGE_2_8
        assert [(stay.from_ms, stay.to_ms, stay.title) for stay in found.stays] == [
            (100, 200, "Fridge"), (200, 300, "Ward 3"),
        ]  # fmt: skip
        assert found.end is not None
        assert found.end.kind is Kind.USED
        assert [one.item.id for one in items.ever_at(tx, ward)] == [made]
        assert items.ever_at(tx, ward)[0].last.location_name == "ward"


def test_in_stock_are_those_that_nothing_ended(store: Store) -> None:
    with store.transaction() as tx:
        fridge = places.put_location(tx, "fridge", "Fridge")
        first, second = lot(tx, fridge, name="A"), lot(tx, fridge, name="B")
        items.append(tx, first, Kind.DISCARDED, 200, "unopened", 200, BY)
    with store.reading() as tx:
        assert [one.item.name for one in items.histories(tx)] == ["B"]
        assert [one.item.name for one in items.histories(tx, ended=True)] == ["A"]
        assert [one.item.name for one in items.histories(tx, ended=None)] == ["B", "A"]
        assert second > first
        with pytest.raises(NotFound, match="no item number 99"):
            items.history(tx, 99)


def event(kind: Kind, at_ms: int, location_id: int | None = 1, shipment_id: int | None = None) -> Happened:
    title = None if location_id is None else f"place {location_id}"
    return Happened(at_ms, 1, kind, at_ms, location_id, title, title, shipment_id, "unopened", 0, "", at_ms, BY)


@pytest.mark.parametrize(
    ("case", "events", "stays"),
    [
        ("it still is where it arrived", [event(Kind.ARRIVED, 1)], [(1, None, 1, None)]),
        ("a move ends a stay", [event(Kind.ARRIVED, 1), event(Kind.MOVED, 5, 2)],
         [(1, 5, 1, None), (5, None, 2, None)]),
        ("its end ends the last one", [event(Kind.ARRIVED, 1), event(Kind.LEFT, 5, None)], [(1, 5, 1, None)]),
        ("a removal is no move", [event(Kind.ARRIVED, 1), event(Kind.REMOVED, 5)], [(1, None, 1, None)]),
        ("a file is the trace of the stay that it was imported for",
         [event(Kind.ARRIVED, 1), event(Kind.SHIPPED, 5, None), event(Kind.FILED, 5, None, 7), event(Kind.MOVED, 9, 2)],
         [(1, 5, 1, None), (5, 9, None, 7), (9, None, 2, None)]),
        ("a file can be there at once", [event(Kind.SHIPPED, 1, None, 7), event(Kind.ARRIVED, 5)],
         [(1, 5, None, 7), (5, None, 1, None)]),
        ("moved on at the same instant: it was never there", [event(Kind.ARRIVED, 1), event(Kind.MOVED, 1, 2)],
         [(1, None, 2, None)]),
    ],
)  # fmt: skip
def test_stays_follow_from_what_was_recorded(
    case: str, events: list[Happened], stays: list[tuple[int, int | None, int | None, int | None]]
) -> None:
    found = [(stay.from_ms, stay.to_ms, stay.location_id, stay.shipment_id) for stay in items.stays_of(events)]
    assert found == stays, case


def imported(tx: Transaction, content: bytes = b"the very bytes", read_as: str = "UTC") -> int:
    """A file with two readings and one row that held none."""
    channel = shipments.NewChannel("Temp", Trace.of([1000, 2000], [5000, 9000]), [2, 3], [(4, "--", "missing")])
    sha256 = hashlib.sha256(content).hexdigest()
    return shipments.put(tx, sha256, read_as, "leg.csv", "plain", "none", {}, content, [channel], 5000, BY)


def test_the_same_bytes_are_kept_once(store: Store) -> None:
    with store.transaction() as tx:
        first = imported(tx)
    with store.transaction() as tx:
        assert imported(tx) == first
    with store.reading() as tx:
        (span,) = shipments.spans(tx, first)
        assert (span.channel, span.from_ms, span.to_ms) == ("Temp", 1000, 2000)
        assert len(readings.trace(tx, span.sensor_id)) == 2
        assert shipments.content(tx, first) == b"the very bytes"
        assert readings.counts(tx) == {"accepted": 2, "duplicates": 0, "conflicts": 0, "quarantined": 1}


def test_the_same_bytes_read_otherwise_are_other_readings(store: Store) -> None:
    with store.transaction() as tx:
        first, second = imported(tx), imported(tx, read_as="+02:00")
    with store.reading() as tx:
        assert first != second
        assert shipments.spans(tx, first)[0].sensor_id != shipments.spans(tx, second)[0].sensor_id


def test_a_file_is_no_sensor_without_a_location(store: Store) -> None:
    with store.transaction() as tx:
        imported(tx)
    with store.reading() as tx:
        assert homeless(tx) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE item SET quantity = 5", "item 1 says something else than ledger entry"),
        ("UPDATE item SET product_file = 'schema: other'", "item 1 says something else than ledger entry"),
        ("UPDATE item_event SET at_ms = 99", "item_event 1 says something else than ledger entry"),
        ("DELETE FROM item_event", "speaks of a row that is gone"),
        ("UPDATE kept_file SET content = 'forged'", "shipment 1 says something else than ledger entry"),
    ],
)
def test_the_ledger_vouches_for_items_and_files(tmp_path: Path, change: str, said: str) -> None:
    store = empty_store(tmp_path / "a.db")
    with store.transaction() as tx:
        lot(tx, places.put_location(tx, "fridge", "Fridge"))
        imported(tx)
    with store.transaction() as tx:
        assert verify(tx).findings == ()
        tx.execute(text(change.replace("'forged'", "CAST('forged' AS BLOB)")))
        assert said in verify(tx).findings[0].what
    store.close()
