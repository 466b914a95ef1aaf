"""A pharmacist signs what becomes of a medicine; what later data change is reopened, and says so."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from coldchain.domain.disposition import Decision
from coldchain.errors import NotPermitted
from coldchain.monitoring.due import run_due
from coldchain.records import accounts, dispositions, excursions
from coldchain.records import alerts as alert_rows
from coldchain.records.accounts import Account
from coldchain.records.reopening import excursion_reopened, item_reopened
from coldchain.records.verifying import verify
from coldchain.reviewing.deciding import DecisionProblem, decide_on_excursion, decide_on_item, refusal
from tests.stock.pharmacy import NINE_HOURS, Pharmacy, rulebook_of
from tests.web.hospital import CHANNELS, MINUTE, new_hospital

RELEASE, QUARANTINE, REJECT = Decision.RELEASE, Decision.QUARANTINE, Decision.REJECT


@pytest.fixture
def pharmacy(tmp_path: Path) -> Iterator[Pharmacy]:
    """A refrigerator at 5 °C that was at 9 °C for half an hour, an hour ago."""
    hospital = new_hospital(tmp_path)
    hospital.refrigerator("fridge", "Fridge").hears("fridge", "5x80 9x7 5x10")
    yield Pharmacy(hospital, rulebook_of(tmp_path / "rules", NINE_HOURS))
    hospital.store.close()


def person(pharmacy: Pharmacy, role: str) -> Account:
    with pharmacy.hospital.store.reading() as tx:
        found = accounts.account(tx, role)
    assert found is not None
    return found


def decide(
    pharmacy: Pharmacy, decisions: Mapping[int | None, Decision], *, role: str = "pharmacist", reason: str = "stable",
    revision: int | None = None,
) -> None:  # fmt: skip
    (found,) = pharmacy.hospital.excursions()
    seen = found.current.revision if revision is None else revision
    decide_on_excursion(
        pharmacy.hospital.store, found.id, person(pharmacy, role), decisions, reason, seen, pharmacy.hospital.now_ms
    )


def signed(pharmacy: Pharmacy) -> list[dispositions.Disposition]:
    (found,) = pharmacy.hospital.excursions()
    with pharmacy.hospital.store.reading() as tx:
        assert verify(tx).findings == ()
        return dispositions.of_excursion(tx, found.id)


def reopened(pharmacy: Pharmacy) -> list[str]:
    """The messages of alerts that ask to decide anew."""
    run_due(pharmacy.hospital.store, pharmacy.hospital.now_ms + 1, CHANNELS)
    with pharmacy.hospital.store.reading() as tx:
        return [one.body["message"] for one in alert_rows.alerts(tx) if one.kind == "reopened"]


def test_what_was_stored_there_and_whatever_else_is_decided_on_by_name_with_its_reason(pharmacy: Pharmacy) -> None:
    lot = pharmacy.lot("fridge", ago="6 h")
    decide(pharmacy, {lot: RELEASE, None: QUARANTINE})
    one, rest = signed(pharmacy)
    assert (one.item_id, one.decision, one.reason, one.full_name, one.role) == (
        lot, RELEASE, "stable", "Pharmacist Example", "pharmacist",
    )  # fmt: skip
    assert (rest.item_id, rest.decision, rest.number, rest.revision) == (None, QUARANTINE, "2026-0001", one.revision)
    assert one.known["limits"]["out-of-refrigeration"] == [30 * MINUTE, 35 * MINUTE, 40 * MINUTE]
    assert reopened(pharmacy) == []


def test_the_newest_decision_counts_and_the_others_stay(pharmacy: Pharmacy) -> None:
    decide(pharmacy, {None: QUARANTINE})
    decide(pharmacy, {None: REJECT}, reason="the manufacturer says so")
    found = signed(pharmacy)
    assert [one.decision for one in found] == [QUARANTINE, REJECT]
    assert dispositions.newest(found)[None].decision is REJECT


@pytest.mark.parametrize("role", ["nurse", "auditor", "administrator"])
def test_only_a_pharmacist_decides(pharmacy: Pharmacy, role: str) -> None:
    with pytest.raises(NotPermitted, match=f"the role {role} does not"):
        decide(pharmacy, {None: RELEASE}, role=role)
    assert refusal("pharmacist", disabled=True) == "this account is disabled"


@pytest.mark.parametrize(
    ("case", "decisions", "more", "sentence"),
    [
        ("nothing", {}, {}, "at least one thing"),
        ("no reason", {None: RELEASE}, {"reason": " \n"}, "what it rests on"),
        ("too long", {None: RELEASE}, {"reason": "x" * 2_001}, "At most 2000"),
        ("an older revision", {None: RELEASE}, {"revision": 1}, "has changed meanwhile"),
        ("an item from elsewhere", {77: RELEASE}, {}, "item 77 was not stored there"),
    ],
)
def test_what_cannot_be_signed_is_said(
    pharmacy: Pharmacy, case: str, decisions: dict[int | None, Decision], more: dict[str, object], sentence: str
) -> None:
    with pytest.raises(DecisionProblem, match=sentence):
        decide(pharmacy, decisions, **more)  # type: ignore[arg-type]
    assert signed(pharmacy) == [], case


def test_while_it_goes_on_there_is_only_quarantine_and_its_end_asks_for_a_decision(pharmacy: Pharmacy) -> None:
    hospital = pharmacy.hospital
    hospital.refrigerator("other", "Other").hears("other", "5x3 9x3")
    found = hospital.excursions()[-1]
    who = person(pharmacy, "pharmacist")
    for decision in (RELEASE, REJECT):
        with pytest.raises(DecisionProblem, match="not over yet"):
            decide_on_excursion(
                hospital.store, found.id, who, {None: decision}, "x", found.current.revision, hospital.now_ms
            )
    decide_on_excursion(
        hospital.store, found.id, who, {None: QUARANTINE}, "x", found.current.revision, hospital.now_ms
    )  # fmt: skip
    hospital.now_ms += 5 * MINUTE
    hospital.hears("other", "5")
    (message,) = reopened(pharmacy)
    assert message.startswith("Other: 2026-0002 is to be decided anew; what is known of it has changed (")


def test_a_late_reading_reopens_what_was_signed_and_is_told_once(pharmacy: Pharmacy) -> None:
    hospital = pharmacy.hospital
    decide(pharmacy, {None: RELEASE})
    late = hospital.message("fridge-probe", hospital.now_ms - 50 * MINUTE + 1, 9_900)
    hospital.worker._ingest([late])
    (message,) = reopened(pharmacy)
    assert "is to be decided anew; what is known of it has changed (" in message
    assert "It was decided by Pharmacist Example at 2026-11-21 12:00 UTC." in message
    assert reopened(pharmacy) == [message]
    with hospital.store.reading() as tx:
        (found,) = excursions.excursions(tx)
        (decision,) = dispositions.of_excursion(tx, found.id)
        assert excursion_reopened(decision, found)
    decide(pharmacy, {None: REJECT})
    (found,) = hospital.excursions()
    assert excursion_reopened(signed(pharmacy)[-1], found) is None
    assert reopened(pharmacy) == [message]


def item_state(pharmacy: Pharmacy, item_id: int) -> str | None:
    with pharmacy.hospital.store.reading() as tx:
        (decision,) = dispositions.of_item(tx, item_id)
    return item_reopened(decision, pharmacy.judged(item_id))


def test_an_item_is_decided_on_by_its_whole_way_and_ordinary_readings_leave_that_alone(pharmacy: Pharmacy) -> None:
    hospital, lot = pharmacy.hospital, pharmacy.lot("fridge", ago="6 h")
    decide_on_item(hospital.store, lot, person(pharmacy, "pharmacist"), RELEASE, "stable", hospital.now_ms + MINUTE)
    for celsius in ("5", "9", "9", "5"):
        hospital.now_ms += 5 * MINUTE
        hospital.hears("fridge", celsius)
        assert item_state(pharmacy, lot) is None, celsius


def test_what_is_learned_late_reopens_the_decision_on_an_item(pharmacy: Pharmacy) -> None:
    hospital, lot = pharmacy.hospital, pharmacy.lot("fridge", ago="6 h")
    decide_on_item(hospital.store, lot, person(pharmacy, "pharmacist"), RELEASE, "stable", hospital.now_ms)
    hospital.worker._ingest([hospital.message("fridge-probe", hospital.now_ms - 20 * MINUTE + 1, 9_900)])
    assert item_state(pharmacy, lot) == "what is known of the time before the decision has changed"
    (message,) = [each for each in reopened(pharmacy) if "lot A12" in each]
    assert "it is to be decided anew; what is known of the time before the decision has changed." in message


def test_a_verdict_that_becomes_worse_after_the_decision_reopens_it(pharmacy: Pharmacy) -> None:
    hospital, lot = pharmacy.hospital, pharmacy.lot("fridge", ago="6 h")
    decide_on_item(hospital.store, lot, person(pharmacy, "pharmacist"), RELEASE, "stable", hospital.now_ms)
    hospital.now_ms += 600 * MINUTE
    hospital.hears("fridge", "15x120")
    assert item_state(pharmacy, lot) == "its verdict has become violated since"
