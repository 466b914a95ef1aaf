"""A lot that is split: both parts have the lot's way up to then, and each its own afterwards."""

import pytest

from coldchain.domain.bounds import Bounds
from coldchain.domain.verdict import Verdict
from coldchain.errors import NotPermitted
from coldchain.records import items
from coldchain.records.items import Kind
from coldchain.records.verifying import verify
from coldchain.reviewing import stock
from coldchain.reviewing.splitting import split
from coldchain.reviewing.stock import FieldProblem
from tests.stock.pharmacy import AUDITOR, HOUR, NURSE, Pharmacy, logger_csv


def parted(
    pharmacy: Pharmacy, item_id: int, quantity: int, location: str | None = None, *, ago: str = "0 min", **more: object
) -> int:
    """So many of it are taken off, and go somewhere."""
    hospital = pharmacy.hospital
    return split(
        hospital.store, NURSE, item_id, quantity, location, pharmacy.at(ago), hospital.now_ms, **more  # type: ignore[arg-type]
    )  # fmt: skip


def forty(pharmacy: Pharmacy) -> int:
    """40 vials that spent 3 h at 12 °C in the pharmacy, the last of them 2 h ago; wards A and B at 5 and 15 °C."""
    hospital = pharmacy.hospital
    for name, series in (("pharmacy", "12x36 5x61"), ("ward-a", "5x97"), ("ward-b", "15x97")):
        hospital.refrigerator(name, name.title(), product=None).hears(name, series)
    return pharmacy.lot("pharmacy", ago="8 h", quantity=40)


def bounds_of(pharmacy: Pharmacy, item_id: int) -> Bounds:
    return pharmacy.judged(item_id).judgement.limits[0].bounds


def test_ten_of_forty_go_to_ward_b_and_have_used_what_the_lot_had_used(pharmacy: Pharmacy) -> None:
    lot = forty(pharmacy)
    part = parted(pharmacy, lot, 10, "ward-b", ago="2 h")
    pharmacy.moves(lot, "ward-a", ago="1 h")
    assert [stay.location for stay in pharmacy.judged(lot).stays] == ["Pharmacy", "Ward-A"]
    assert [stay.location for stay in pharmacy.judged(part).stays] == ["Pharmacy", "Ward-B"]
    assert pharmacy.judged(lot).history.quantity == 30
    assert pharmacy.judged(part).history.quantity == 10
    assert bounds_of(pharmacy, lot).at_least_ms + 2 * HOUR == bounds_of(pharmacy, part).at_least_ms


def test_a_part_runs_out_of_the_budget_on_its_own_ward(pharmacy: Pharmacy) -> None:
    lot = forty(pharmacy)
    part = parted(pharmacy, lot, 10, "ward-b", ago="7 h 30 min")
    found = pharmacy.judged(part).judgement
    assert found.verdict is Verdict.COMPLIANT, "8 h of 9 h"
    pharmacy.hospital.now_ms += 2 * HOUR
    pharmacy.hospital.hears("ward-b", "15x24")
    found = pharmacy.judged(part).judgement
    assert found.verdict is Verdict.VIOLATED
    assert found.limits[0].spent.certain is not None
    assert found.limits[0].spent.certain.location == "Ward-B"
    assert bounds_of(pharmacy, lot).at_least_ms < 3 * HOUR


def test_a_part_that_stays_where_it_is_is_judged_as_its_lot(pharmacy: Pharmacy) -> None:
    lot = forty(pharmacy)
    part = parted(pharmacy, lot, 39, ago="6 h", name="A12 half")
    assert len(pharmacy.judged(part).stays) == 1
    assert pharmacy.judged(part).judgement == pharmacy.judged(lot).judgement
    assert pharmacy.judged(part).history.item.name == "A12 half"


def test_a_part_of_a_part_has_the_whole_way_and_quantities_add_up(pharmacy: Pharmacy) -> None:
    lot = forty(pharmacy)
    part = parted(pharmacy, lot, 10, "ward-b", ago="5 h")
    piece = parted(pharmacy, part, 4, "ward-a", ago="3 h")
    assert [stay.location for stay in pharmacy.judged(piece).stays] == ["Pharmacy", "Ward-B", "Ward-A"]
    assert [pharmacy.judged(each).history.quantity for each in (lot, part, piece)] == [30, 6, 4]
    with pharmacy.hospital.store.reading() as tx:
        assert [one.id for one in items.parts_of(tx, lot)] == [part]
        ward_b = next(stay.location_id for stay in items.history(tx, part).stays if stay.location_name == "ward-b")
        assert ward_b is not None
        assert {one.item.id for one in items.ever_at(tx, ward_b)} == {part, piece}
        assert verify(tx).findings == ()


@pytest.mark.parametrize("brought_by", ["the lot", "the part"])
def test_a_logger_file_of_the_way_before_the_split_is_that_of_all_parts(pharmacy: Pharmacy, brought_by: str) -> None:
    lot = forty(pharmacy)
    part = parted(pharmacy, lot, 10, "ward-b", ago="4 h")
    pharmacy.came_with(lot if brought_by == "the lot" else part, logger_csv("5x12 12x13", pharmacy.at("10 h")))
    for each in (lot, part):
        assert pharmacy.judged(each).stays[0].location == "in transport"
        assert bounds_of(pharmacy, each).at_least_ms >= HOUR
    with pharmacy.hospital.store.reading() as tx:
        assert items.history(tx, lot).events[0].kind is Kind.SHIPPED


def test_what_was_recorded_late_of_the_lot_before_the_split_is_the_parts_too(pharmacy: Pharmacy) -> None:
    lot = forty(pharmacy)
    part = parted(pharmacy, lot, 10, ago="4 h")
    hospital = pharmacy.hospital
    stock.take_out(hospital.store, NURSE, lot, pharmacy.at("5 h"), hospital.now_ms)
    stock.take_out(hospital.store, NURSE, lot, pharmacy.at("1 h"), hospital.now_ms)
    with hospital.store.reading() as tx:
        assert [one.kind for one in items.history(tx, part).events] == [Kind.ARRIVED, Kind.REMOVED, Kind.PARTED]
    with pytest.raises(FieldProblem, match="between the split from its lot and now"):
        stock.take_out(hospital.store, NURSE, part, pharmacy.at("6 h"), hospital.now_ms)


def test_sent_twice_it_is_split_once(pharmacy: Pharmacy) -> None:
    lot = forty(pharmacy)
    first = parted(pharmacy, lot, 10, "ward-b", once="form-1")
    assert parted(pharmacy, lot, 10, "ward-b", once="form-1") == first
    assert pharmacy.judged(lot).history.quantity == 30


@pytest.mark.parametrize(
    ("quantity", "more", "sentence"),
    [
        (0, {}, "There are 40: write how many are taken off, 1 to 39"),
        (40, {}, "1 to 39"),
        (-3, {}, "1 to 39"),
        (10, {"location": "attic"}, "There is no location 'attic'"),
        (10, {"ago": "9 h"}, "newest entry is later"),
    ],
)
def test_what_cannot_be_split_is_said(pharmacy: Pharmacy, quantity: int, more: dict[str, str], sentence: str) -> None:
    lot = forty(pharmacy)
    with pytest.raises(FieldProblem, match=sentence):
        parted(pharmacy, lot, quantity, **more)
    with pharmacy.hospital.store.reading() as tx:
        assert len(items.histories(tx)) == 1, "nothing of it was kept"


def test_a_single_pack_and_an_item_that_is_gone_are_not_split(pharmacy: Pharmacy) -> None:
    hospital, lot = pharmacy.hospital, forty(pharmacy)
    single = parted(pharmacy, lot, 1)
    with pytest.raises(FieldProblem, match="There is only one"):
        parted(pharmacy, single, 1)
    stock.end(hospital.store, NURSE, single, Kind.USED, hospital.now_ms, hospital.now_ms)
    with pytest.raises(NotPermitted, match="used already"):
        parted(pharmacy, single, 1)
    with pytest.raises(NotPermitted, match="may not split items"):
        split(hospital.store, AUDITOR, lot, 1, None, hospital.now_ms, hospital.now_ms)


def test_nothing_is_recorded_of_a_lot_before_its_newest_split(pharmacy: Pharmacy) -> None:
    lot = forty(pharmacy)
    part = parted(pharmacy, lot, 10, ago="2 h")
    for each in (lot, part):
        with pytest.raises(FieldProblem, match="newest entry is later"):
            pharmacy.moves(each, "ward-a", ago="3 h")
