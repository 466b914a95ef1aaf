"""A lot from its transport to the ward, through the record: files, live readings, sensors that move."""

import pytest

from coldchain.domain.bounds import Bounds
from coldchain.domain.verdict import Verdict
from coldchain.errors import FileRefused
from coldchain.records import items, places
from coldchain.records.items import Kind
from coldchain.records.verifying import verify
from coldchain.reviewing import stock
from coldchain.reviewing.stock import FieldProblem
from coldchain.reviewing.whole_way import used_until
from tests.stock.pharmacy import HOUR, NINE_HOURS, NURSE, Pharmacy, logger_csv
from tests.web.hospital import MINUTE, RANGE_2_8


def three_five_two(pharmacy: Pharmacy) -> int:
    """3 h at 12 °C in transport, 5 h at 15 °C at receipt, 2 h at 10 °C on the ward, then an hour at 5 °C."""
    hospital = pharmacy.hospital
    hospital.refrigerator("receipt", "Goods receipt", product=None).refrigerator(
        "ward", "Ward 3 refrigerator", product=None
    )
    hospital.hears("receipt", "15x97", ago="3 h")
    hospital.hears("ward", "10x25 5x12")
    made = pharmacy.lot("receipt", ago="8 h")
    pharmacy.came_with(made, logger_csv("5x12 12x37", pharmacy.at("12 h")))
    pharmacy.moves(made, "ward", ago="3 h")
    return made


def test_a_budget_that_ran_out_on_the_ward_after_transport_and_receipt(pharmacy: Pharmacy) -> None:
    found = pharmacy.judged(three_five_two(pharmacy))
    assert found.judgement.verdict is Verdict.VIOLATED
    (budget,) = found.judgement.limits
    assert budget.spent.certain is not None
    assert budget.spent.certain.location == "Ward 3 refrigerator"
    # 3 h and 5 h were spent at its arrival on the ward, 3 h ago; the ninth hour ended 2 h ago
    assert budget.spent.certain.at_ms == pharmacy.at("2 h")
    assert [stay.location for stay in found.stays] == ["in transport", "Goods receipt", "Ward 3 refrigerator"]
    assert used_until(found, pharmacy.at("8 h"))["out-of-refrigeration"].at_least_ms == 3 * HOUR
    assert used_until(found, pharmacy.at("3 h"))["out-of-refrigeration"].at_least_ms == 8 * HOUR


def test_a_transport_that_nobody_measured_leaves_it_open(pharmacy: Pharmacy) -> None:
    pharmacy.hospital.refrigerator("fridge", product=None).hears("fridge", "5x97")
    made = pharmacy.lot("fridge", ago="8 h")
    assert pharmacy.judged(made).judgement.verdict is Verdict.COMPLIANT
    pharmacy.moves(made, None, ago="4 h")
    pharmacy.moves(made, "fridge", ago="1 h")
    (budget,) = pharmacy.judged(made).judgement.limits
    assert budget.verdict is Verdict.KEPT  # 3 h unknown of 9 h
    assert budget.bounds == Bounds(0, 0, 3 * HOUR)
    leg = pharmacy.came_with(made, logger_csv("5 5x40", pharmacy.at("4 h")))
    assert not leg.again
    (budget,) = pharmacy.judged(made).judgement.limits
    assert budget.bounds == Bounds(0, 0, 0)
    assert pharmacy.came_with(made, logger_csv("5 5x40", pharmacy.at("4 h"))).again


def test_the_file_of_another_day_is_refused(pharmacy: Pharmacy) -> None:
    pharmacy.hospital.refrigerator("fridge", product=None)
    made = pharmacy.lot("fridge", ago="8 h")
    with pytest.raises(FieldProblem, match="begin after the item had arrived"):
        pharmacy.came_with(made, logger_csv("5x12", pharmacy.at("4 h")))
    with pytest.raises(FileRefused, match="no reading"):
        pharmacy.came_with(made, b"time,temperature (\xc2\xb0C)\n2026-11-21T00:00:00Z,--\n")
    with pharmacy.hospital.store.reading() as tx:
        assert [one.kind for one in items.history(tx, made).events] == [Kind.ARRIVED]


def test_a_sensor_moved_away_never_rewrites_the_past(pharmacy: Pharmacy) -> None:
    hospital = pharmacy.hospital
    hospital.refrigerator("fridge", product=None).refrigerator("kitchen", product=None, sensor="spare")
    hospital.hears("fridge", "5x97", ago="2 h")
    made = pharmacy.lot("fridge", ago="8 h")
    with hospital.store.transaction() as tx:
        probe = places.sensor_named(tx, "fridge-probe")
        kitchen = places.location_named(tx, "kitchen")
        fridge = places.location_named(tx, "fridge")
        spare = places.sensor_named(tx, "spare")
        assert probe
        assert kitchen
        assert fridge
        assert spare
        places.place(tx, probe.id, kitchen.id, pharmacy.at("2 h"), hospital.now_ms)
        places.place(tx, spare.id, fridge.id, pharmacy.at("2 h"), hospital.now_ms)
    hospital.hears("fridge", "25x24", ago="1 min")  # the same probe, in the kitchen now
    for minutes in range(120, 0, -5):
        hospital.worker._ingest([hospital.message("spare", hospital.now_ms - minutes * MINUTE, 4_000)])
    found = pharmacy.judged(made)
    assert [[probe.name for probe in stay.probes] for stay in found.stays] == [["fridge-probe"], ["spare"]]
    (budget,) = found.judgement.limits
    assert budget.bounds.at_least_ms == 0
    assert budget.verdict is Verdict.KEPT


def test_a_recalibration_holds_from_its_day_on(pharmacy: Pharmacy) -> None:
    hospital = pharmacy.hospital.refrigerator("fridge", product=None)
    hospital.hears("fridge", "7.9x97")
    made = pharmacy.lot("fridge", ago="8 h")
    assert pharmacy.judged(made).judgement.limits[0].bounds == Bounds(0, 0, 0)
    with hospital.store.transaction() as tx:
        places.put_sensor(tx, "fridge-probe", now_ms=pharmacy.at("1 h"), uncertainty_milli_c=500)
    (budget,) = pharmacy.judged(made).judgement.limits
    assert budget.bounds.at_least_ms == 0
    assert 0 < budget.bounds.at_most_ms <= HOUR + 5 * MINUTE


def test_several_products_in_one_refrigerator_are_judged_each_by_its_own_rules(pharmacy: Pharmacy) -> None:
    hospital = pharmacy.hospital.refrigerator("fridge", product=RANGE_2_8)
    hospital.hears("fridge", "5x60 9x12 5x25")
    budgeted = pharmacy.lot("fridge", ago="8 h")
    strict = pharmacy.lot("fridge", "lemtrada", ago="8 h")
    assert pharmacy.judged(budgeted).judgement.verdict is Verdict.COMPLIANT
    assert pharmacy.judged(strict).judgement.verdict is Verdict.VIOLATED
    assert len(hospital.excursions()) == 1, "the location's own assignment is judged besides"


def test_two_probes_in_one_refrigerator_the_worse_one_counts_and_is_named(pharmacy: Pharmacy) -> None:
    hospital = pharmacy.hospital.refrigerator("fridge", product=None).hears("fridge", "5x97")
    with hospital.store.transaction() as tx:
        upper = places.put_sensor(tx, "upper-probe", now_ms=pharmacy.at("9 h"))
        fridge = places.location_named(tx, "fridge")
        assert fridge
        places.place(tx, upper, fridge.id, pharmacy.at("9 h"), pharmacy.at("9 h"))
    for minutes in range(540, -1, -5):
        hospital.worker._ingest([hospital.message("upper-probe", hospital.now_ms - minutes * MINUTE, 9_000)])
    (budget,) = pharmacy.judged(pharmacy.lot("fridge", ago="8 h")).judgement.limits
    assert budget.bounds.at_least_ms == 8 * HOUR
    assert budget.probes == ("upper-probe",)


def test_a_late_reading_is_judged_with_the_rest(pharmacy: Pharmacy) -> None:
    hospital = pharmacy.hospital.refrigerator("fridge", product=None).hears("fridge", "5x12 _x24 5x12")
    made = pharmacy.lot("fridge", ago="3 h")
    assert pharmacy.judged(made).judgement.limits[0].bounds.at_most_ms > 2 * HOUR
    hospital.hears("fridge", "5x26", ago="55 min")
    assert pharmacy.judged(made).judgement.limits[0].bounds == Bounds(0, 0, 0)


def test_after_its_end_nothing_counts_any_more(pharmacy: Pharmacy) -> None:
    hospital = pharmacy.hospital.refrigerator("fridge", product=None).hears("fridge", "5x12 20x12")
    made = pharmacy.lot("fridge", ago="1 h 50 min")
    stock.end(hospital.store, NURSE, made, Kind.USED, pharmacy.at("1 h"), hospital.now_ms)
    found = pharmacy.judged(made)
    assert found.now_ms == pharmacy.at("1 h")
    assert found.judgement.limits[0].bounds == Bounds(0, 0, 0)


def test_the_product_is_frozen_at_the_items_arrival(pharmacy: Pharmacy) -> None:
    pharmacy.hospital.refrigerator("fridge", product=None)
    made = pharmacy.lot("fridge")
    folder = pharmacy.rulebook.folders[-1]
    for path in folder.iterdir():
        path.write_text(NINE_HOURS.replace("version: 3", "version: 4").replace("9 h", "1 h"), encoding="utf-8")
    assert pharmacy.judged(made).product.version == 3


def test_everything_that_was_done_stands_in_the_ledger(pharmacy: Pharmacy) -> None:
    three_five_two(pharmacy)
    with pharmacy.hospital.store.reading() as tx:
        assert verify(tx).findings == ()
