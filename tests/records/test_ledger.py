"""The hash chain: any later change of what it vouches for shows, and the first broken entry is named."""

import re
import sqlite3
from pathlib import Path

import pytest

from coldchain.cli.main import main
from coldchain.records import Store, accounts, acknowledgements, alerts, excursions, ledger, places, units
from coldchain.records.alerts import Alert
from coldchain.records.excursions import Known
from coldchain.records.verifying import verify
from coldchain.rulebook.book import parse_product
from tests.monitoring.ward import START, product_text

OPEN = Known(START, None, 1, 2, 3, 9000, 2, "certain")
OVER = Known(START, START + 5, 1, 2, 3, 9000, 2, "certain")


def fill(store: Store) -> None:
    """Two excursions, one of them merged into the other, an alert and an acknowledgement."""
    text = product_text()
    product = parse_product(text, "test.yaml")
    with store.transaction() as tx:
        location_id = places.put_location(tx, "ward-3", "Ward 3")
        sensor_id = places.put_sensor(tx, "s1", now_ms=START)
        placement_id = places.place(tx, sensor_id, location_id, START, START)
        assignment_id = places.assign(tx, location_id, product, text, "unopened", START, START)
        unit = units.one(tx, assignment_id, placement_id)
        one = excursions.open_excursion(
            tx, unit, "above-8", {"max_gap_ms": 5}, OPEN, START, late=False, because="opened"
        )
        other = excursions.open_excursion(tx, unit, "above-8", {}, OPEN, START, late=True, because="opened")
        excursions.revise(tx, one, OVER, START + 1, "ended")
        excursions.merge(tx, other, one, START + 2)
        account = accounts.add(tx, "ann", "Ann Example", "nurse", "hashed", START)
        acknowledgements.acknowledge(tx, account.id, START + 3, "seen", excursion_id=one.id, revision=2)
        body = {"schema": "coldchain.alert/1", "extreme_c": 9.0}
        where = (assignment_id, location_id, sensor_id, placement_id)
        alert = Alert("a-1", "certain", one.id, *where, START, START, late=False, body=body)
        alerts.raise_alert(tx, alert, [("smtp", "pharmacy")])


def test_what_was_written_is_whole(store: Store) -> None:
    fill(store)
    with store.reading() as tx:
        found = verify(tx)
    assert found.findings == ()
    assert found.compared == 2 + 3 + 1 + 1  # excursions, revisions, acknowledgement, alert


def test_an_empty_record_is_whole(store: Store) -> None:
    with store.reading() as tx:
        assert verify(tx).entries == 0


CHANGES = [
    ("UPDATE ledger SET body = '{}' WHERE seq = 3", "ledger entry 3 .* is not as it was written"),
    ("UPDATE ledger SET at_ms = at_ms + 1 WHERE seq = 4", "ledger entry 4 .* is not as it was written"),
    ("UPDATE ledger SET hash = '00' WHERE seq = 2", "ledger entry 2 .* is not as it was written"),
    ("UPDATE ledger SET previous_hash = '00' WHERE seq = 2", "ledger entry 2 .* does not continue entry 1"),
    ("DELETE FROM ledger WHERE seq = 2", "ledger entry 3 .* what was between them is gone"),
    ("DELETE FROM ledger WHERE seq >= 5", "has no ledger entry"),
    ("UPDATE excursion_revision SET at_least_ms = 0 WHERE revision = 2", "revision 2 .* in at_least_ms"),
    ("DELETE FROM excursion_revision WHERE revision = 2", r"excursion.revised 1/2|revision 1/2"),
    ("UPDATE acknowledgement SET comment = 'fine'", "acknowledgement 1 says something else .* in comment"),
    ("UPDATE excursion SET yardstick = '{}' WHERE id = 1", "excursion 2026-0001 .* in yardstick"),
    ("UPDATE excursion SET merged_into = NULL", "excursion 2026-0002 is not merged as the ledger says"),
    ("UPDATE alert SET body = '{}'", "alert a-1 says something else"),
]


@pytest.mark.parametrize(("change", "says"), CHANGES)
def test_a_later_change_shows(store: Store, change: str, says: str) -> None:
    fill(store)
    with store.transaction() as tx:
        tx.exec_driver_sql(change)
    with store.reading() as tx:
        first = verify(tx).findings[0]
    assert re.search(says, first.what), first.what


def test_entries_continue_each_other(store: Store) -> None:
    with store.transaction() as tx:
        assert [ledger.append(tx, 1, "note", "x", {"b": 1, "a": "é"}) for _ in range(3)] == [1, 2, 3]


def test_the_order_of_a_bodys_keys_does_not_matter() -> None:
    assert ledger.canonical({"b": 1, "a": [1.5, None]}) == '{"a":[1.5,null],"b":1}'


def test_the_command_says_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = filled(tmp_path)
    assert main(["verify", "--database", url]) == 0
    assert capsys.readouterr().out == (
        "The record is whole: 11 ledger entries, 7 rows compared with them.\n"
        "Readings are not in the ledger: whether one of them was changed, it cannot say.\n"
    )


def test_the_command_names_the_first_broken_entry(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = filled(tmp_path)
    connection = sqlite3.connect(tmp_path / "a.db")
    connection.execute("UPDATE ledger SET kind = 'other' WHERE seq = 2")
    connection.commit()
    connection.close()
    assert main(["verify", "--database", url]) == 1
    assert (
        "The record has been changed: ledger entry 2 (other ward-3) is not as it was written."
        in capsys.readouterr().out
    )


def test_the_command_says_in_one_sentence_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--database", f"sqlite:///{tmp_path / 'none.db'}"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == f"coldchain: there is no database at {tmp_path / 'none.db'}\n"


def filled(folder: Path) -> str:
    url = f"sqlite:///{folder / 'a.db'}"
    store = Store(url)
    store.migrate()
    fill(store)
    store.close()
    return url
