"""What is recorded of a preparation: appended, numbered, vouched for by the ledger, the same on every database."""

import pytest
from sqlalchemy import Table, update

from coldchain.domain.product import Event
from coldchain.errors import NotFound
from coldchain.records import Store, due_work, ledger, places, preparations
from coldchain.records.preparations import LOOK
from coldchain.records.tables import preparation_attestation, preparation_event
from coldchain.records.verifying import verify
from coldchain.reviewing import preparing
from tests.preparations import BOOK, Pharmacy, at


@pytest.fixture
def pharmacy(store: Store) -> Pharmacy:
    return Pharmacy(store).furnish()


def test_it_keeps_the_text_that_judges_it(pharmacy: Pharmacy) -> None:
    number = pharmacy.start()
    with pharmacy.store.reading() as tx:
        found = preparations.one(tx, number)
    assert (found.number, found.product_id, found.item) == ("P-2026-0001", "besponsa", "vial 3")
    assert found.product_file == BOOK.text("besponsa")
    assert found.sha256 == BOOK.product("besponsa").sha256
    assert found.full_name == "Nurse Example"


def test_numbers_go_on(pharmacy: Pharmacy) -> None:
    assert [pharmacy.start() for _ in range(3)] == ["P-2026-0001", "P-2026-0002", "P-2026-0003"]


def test_a_correction_is_an_entry_of_its_own(pharmacy: Pharmacy) -> None:
    number = pharmacy.start()
    first = pharmacy.whole(number).events[0]
    preparing.correct(
        pharmacy.store, number, first.id, pharmacy.people["nurse"], at("08:10"), at_ms=at("07:55"), reason="late tap"
    )
    whole = pharmacy.whole(number)
    assert [(one.at_ms, one.corrects, one.newest) for one in whole.events] == [
        (at("08:00"), None, False), (at("07:55"), first.id, True),
    ]  # fmt: skip
    assert [(one.at_ms, one.location) for one in whole.course] == [(at("07:55"), "bench")]


def test_at_the_same_instant_the_order_of_recording_rules_corrections_included(pharmacy: Pharmacy) -> None:
    number = pharmacy.start("08:00")
    pharmacy.happens(number, Event.DILUTED, "09:00").moves(number, "fridge", "09:10")
    diluted = pharmacy.whole(number).events[1]
    preparing.correct(
        pharmacy.store, number, diluted.id, pharmacy.people["nurse"], at("09:20"), at_ms=at("09:10"), reason="late"
    )
    assert [one.what for one in pharmacy.whole(number).course] == ["reconstituted", "diluted", "moved"]


def test_running_ones_and_ended_ones(pharmacy: Pharmacy) -> None:
    used, discarded, running = (pharmacy.start() for _ in range(3))
    pharmacy.happens(used, Event.INFUSION_ENDED, "09:00").happens(discarded, Event.DISCARDED, "10:00")
    with pharmacy.store.reading() as tx:
        assert [one.number for one in preparations.running(tx)] == [running]
        assert [one.number for one in preparations.over_since(tx, at("08:30"))] == [discarded, used]
        assert [one.number for one in preparations.over_since(tx, at("09:30"))] == [discarded]
        assert preparations.running_count(tx) == 1


def test_an_end_that_did_not_happen_leaves_it_running(pharmacy: Pharmacy) -> None:
    number = pharmacy.start()
    pharmacy.happens(number, Event.DISCARDED, "09:00")
    entry = pharmacy.whole(number).events[-1]
    nurse = pharmacy.people["nurse"]
    preparing.correct(pharmacy.store, number, entry.id, nurse, at("09:01"), struck=True, reason="wrong vial")
    with pharmacy.store.reading() as tx:
        assert preparations.running_count(tx) == 1


def test_every_entry_has_it_looked_at(pharmacy: Pharmacy) -> None:
    number = pharmacy.start()
    pharmacy.ring("08:00").moves(number, "fridge", "08:20")
    with pharmacy.store.reading() as tx:
        assert due_work.when(tx, LOOK, number) == at("08:20")


def test_readings_of_places_it_was_at_have_it_looked_at(pharmacy: Pharmacy) -> None:
    number = pharmacy.start()
    pharmacy.moves(number, "fridge", "08:20").ring("08:20")
    pharmacy.now_ms = at("08:30")
    pharmacy.send("bench-probe", [(at("08:10"), 22)])
    with pharmacy.store.reading() as tx:
        assert due_work.when(tx, LOOK, number) == at("08:30"), "a late reading of the bench it was taken from"


def test_readings_of_other_places_do_not(pharmacy: Pharmacy) -> None:
    number = pharmacy.start()
    pharmacy.ring("08:00")
    with pharmacy.store.reading() as tx:
        before = due_work.when(tx, LOOK, number)
    pharmacy.now_ms = at("08:05")
    pharmacy.send("fridge-probe", [(at("08:05"), 5)])
    with pharmacy.store.reading() as tx:
        assert due_work.when(tx, LOOK, number) == before


def test_the_ledger_vouches_for_every_entry(pharmacy: Pharmacy) -> None:
    pharmacy.usual_day().good_day()
    with pharmacy.store.reading() as tx:
        assert verify(tx).findings == ()


@pytest.mark.parametrize("table", [preparation_event, preparation_attestation])
def test_an_entry_changed_behind_our_back_is_found(pharmacy: Pharmacy, table: Table) -> None:
    pharmacy.usual_day().good_day()
    with pharmacy.store.transaction() as tx:
        tx.execute(update(table).where(table.c.id == 2).values(at_ms=table.c.at_ms + 1))
    with pharmacy.store.reading() as tx:
        (finding,) = verify(tx).findings
    assert f"{table.name} 2 says something else" in finding.what


def test_what_was_known_at_use_stays(pharmacy: Pharmacy) -> None:
    """Afterwards the refrigerator's memory is read out: it was too warm."""
    pharmacy.steady("bench-probe", 22, "07:00", "18:00").steady("fridge-probe", 5, "07:00", "18:00")
    number = pharmacy.good_day()
    pharmacy.now_ms = at("18:00")
    pharmacy.send("fridge-probe", [(at("10:02"), 12.5)])
    assert pharmacy.verdict(number) == "violated"
    with pharmacy.store.reading() as tx:
        (known,) = preparations.known_then(tx, number)
    assert known.body["verdict"] == "compliant"
    assert known.at_ms == at("15:59")
    assert {clock["state"] for clock in known.body["clocks"]} == {"kept"}


def test_a_sensor_that_was_replaced_never_rewrites_the_past(pharmacy: Pharmacy) -> None:
    pharmacy.usual_day("12:00")
    number = pharmacy.start()
    pharmacy.moves(number, "fridge", "08:10")
    pharmacy.hang("new-probe", "fridge", "10:00", uncertainty_milli_c=100)
    with pharmacy.store.transaction() as tx:
        old = places.sensor_named(tx, "fridge-probe")
        assert old is not None
        places.take_down(tx, old.id, at("10:00"), at("10:00"))
    pharmacy.steady("new-probe", 5, "10:00", "12:00").ring("11:00")
    assert [(one.name, one.yardstick.uncertainty_milli_c) for one in pharmacy.whole(number).probes["fridge"]] == [
        ("fridge-probe", 0), ("new-probe", 100),
    ]  # fmt: skip
    assert pharmacy.verdict(number) == "compliant"


def test_what_is_not_there(pharmacy: Pharmacy) -> None:
    with pharmacy.store.reading() as tx, pytest.raises(NotFound, match="no preparation P-2026-9999"):
        preparations.one(tx, "P-2026-9999")


def test_the_ledger_is_canonical(pharmacy: Pharmacy) -> None:
    """Bodies hold plain numbers and texts only."""
    pharmacy.usual_day()
    number = pharmacy.good_day()
    assert ledger.canonical(preparing.as_known(pharmacy.whole(number), pharmacy.now_ms))
