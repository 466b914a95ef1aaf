"""Adopting a product file: appended with its ledger entry, by a pharmacist only, and taken back the same way."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import text

from coldchain.domain.product import Product
from coldchain.errors import NotFound, NotPermitted, UsageError
from coldchain.records import Store, accounts, adoptions, places, units
from coldchain.records.accounts import Account
from coldchain.records.verifying import verify
from coldchain.reviewing import adopting
from coldchain.rulebook.book import parse_product
from tests.monitoring.ward import MINUTE, START, product_text

FIRST = product_text()
SECOND = product_text("{above: 25 °C}").replace("version: 1", "version: 2")


def product(said: str) -> Product:
    return parse_product(said, "test.yaml")


def person(store: Store, role: str = "pharmacist") -> Account:
    with store.transaction() as tx:
        return accounts.account(tx, role) or accounts.add(tx, role, f"{role} Example", role, "x", START)


def standing(store: Store, said: str) -> adoptions.Adoption | None:
    with store.reading() as tx:
        return adoptions.adopted(tx, product(said).sha256)


def test_it_says_who_when_which_version_and_which_file(store: Store) -> None:
    adopting.adopt(store, product(FIRST), FIRST, person(store), START + 5, comment=" Label of May\n")
    found = standing(store, FIRST)
    assert found is not None
    assert (found.full_name, found.role, found.at_ms) == ("pharmacist Example", "pharmacist", START + 5)
    assert (found.product_id, found.version, found.sha256) == ("test", 1, product(FIRST).sha256)
    assert (found.product_file, found.comment) == (FIRST, "Label of May")
    assert standing(store, SECOND) is None


def test_each_act_has_its_ledger_entry_and_the_record_vouches_for_it(store: Store) -> None:
    by = person(store)
    adopting.adopt(store, product(FIRST), FIRST, by, START)
    adopting.withdraw(store, product(FIRST).sha256, by, START + 1, "wrong label")
    adopting.adopt(store, product(FIRST), FIRST, by, START + 2)
    with store.reading() as tx:
        rows = tx.execute(text("SELECT kind, subject, body FROM ledger WHERE kind LIKE 'product.%' ORDER BY seq")).all()
        assert [(row.kind, row.subject) for row in rows] == [
            ("product.adopted", "test"),
            ("product.withdrawn", "test"),
            ("product.adopted", "test"),
        ]
        assert json.loads(rows[1].body)["comment"] == "wrong label"
        assert verify(tx).findings == ()
        assert [one.act for one in adoptions.acts(tx, "test")] == ["adopted", "withdrawn", "adopted"]
        assert list(adoptions.all_adopted(tx)) == [product(FIRST).sha256]


@pytest.mark.parametrize("column", ["product_file", "version", "at_ms", "act"])
def test_a_row_that_was_changed_afterwards_shows(store: Store, column: str) -> None:
    adopting.adopt(store, product(FIRST), FIRST, person(store), START)
    changed = {"product_file": f"'{SECOND.replace(chr(39), '')}'", "version": "7", "at_ms": "7", "act": "'withdrawn'"}
    with store.transaction() as tx:
        tx.exec_driver_sql(f"UPDATE adoption SET {column} = {changed[column]}")  # noqa: S608 our own
        (finding,) = verify(tx).findings
    assert "adoption 1 says something else than ledger entry" in finding.what


@pytest.mark.parametrize("role", ["nurse", "auditor", "administrator"])
def test_only_a_pharmacist_may(store: Store, role: str) -> None:
    with pytest.raises(NotPermitted, match="a pharmacist adopts product files"):
        adopting.adopt(store, product(FIRST), FIRST, person(store, role), START)
    adopting.adopt(store, product(FIRST), FIRST, person(store), START)
    with pytest.raises(NotPermitted):
        adopting.withdraw(store, product(FIRST).sha256, person(store, role), START, "no reason")
    assert standing(store, FIRST) is not None


def test_an_account_that_is_disabled_may_not(store: Store) -> None:
    with pytest.raises(NotPermitted, match="disabled"):
        adopting.adopt(store, product(FIRST), FIRST, replace(person(store), disabled_ms=START), START)


def test_what_there_is_nothing_to_do_about_is_said(store: Store) -> None:
    by = person(store)
    with pytest.raises(NotFound, match="nothing to withdraw"):
        adopting.withdraw(store, product(FIRST).sha256, by, START, "wrong")
    adopting.adopt(store, product(FIRST), FIRST, by, START)
    with pytest.raises(UsageError, match="adopted already, by pharmacist Example"):
        adopting.adopt(store, product(FIRST), FIRST, by, START)
    with pytest.raises(adopting.ReasonNeeded, match="Say why"):
        adopting.withdraw(store, product(FIRST).sha256, by, START, " \u200b ")
    with pytest.raises(adopting.ReasonNeeded, match="At most 2000"):
        adopting.withdraw(store, product(FIRST).sha256, by, START, "x" * 2001)


def refrigerators(store: Store) -> None:
    with store.transaction() as tx:
        for name in ("b", "a"):
            location = places.put_location(tx, name, f"Refrigerator {name}")
            places.place(tx, places.put_sensor(tx, name, now_ms=START), location, START, START)
            places.assign(tx, location, product(FIRST), FIRST, "unopened", START, START)


def judged(store: Store) -> list[tuple[str, int, int, int | None]]:
    with store.reading() as tx:
        every = [unit for known in places.locations(tx) for unit in units.at_location(tx, known.id)]
        return [(one.location_name, one.version, one.from_ms, one.to_ms) for one in every]


def test_a_version_is_taken_over_from_then_on_and_the_old_assignment_ends(store: Store) -> None:
    refrigerators(store)
    later = START + 10 * MINUTE
    with store.reading() as tx:
        others = adopting.to_take_over(tx, product(SECOND))
    assert [(one.title, one.version) for one in others] == [("Refrigerator a", 1), ("Refrigerator b", 1)]
    adopting.adopt(store, product(SECOND), SECOND, person(store), later, take_over=[others[0].location_id])
    assert judged(store) == [("a", 1, START, later), ("a", 2, later, None), ("b", 1, START, None)]
    with store.reading() as tx:
        body = tx.execute(text("SELECT body FROM ledger WHERE kind = 'assignment.made' ORDER BY seq DESC")).scalar()
        assert json.loads(str(body))["by"] == "pharmacist"
        assert [one.name for one in adopting.to_take_over(tx, product(SECOND))] == ["b"]
        assert {one.sha256 for one in adoptions.in_use(tx)} == {product(FIRST).sha256, product(SECOND).sha256}


def test_another_product_beside_it_goes_on_judging(store: Store) -> None:
    refrigerators(store)
    beside = product_text("{below: 2 °C}", id_="other")
    with store.transaction() as tx:
        places.assign(tx, 2, product(beside), beside, "unopened", START, START, beside=True)
    adopting.adopt(store, product(SECOND), SECOND, person(store), START + MINUTE, take_over=[2])
    with store.reading() as tx:
        running = [(one.product_id, one.version) for one in units.running_at(tx, 2)]
    assert running == [("other", 1), ("test", 2)]


def test_a_location_that_cannot_be_taken_over_leaves_everything_as_it_is(store: Store) -> None:
    refrigerators(store)
    other_stage = SECOND.replace("unopened", "opened")
    with pytest.raises(UsageError, match="has no stage 'unopened', by which Refrigerator a is judged"):
        adopting.adopt(store, product(other_stage), other_stage, person(store), START + MINUTE, take_over=[2])
    with pytest.raises(UsageError, match="not judged by another version of test any more"):
        adopting.adopt(store, product(SECOND), SECOND, person(store), START + MINUTE, take_over=[99])
    assert standing(store, other_stage) is None
    assert [version for _, version, _, _ in judged(store)] == [1, 1]
