"""The settings' locations into the record: what changed begins now, what did not is not touched."""

from dataclasses import replace
from pathlib import Path

import pytest

from coldchain.bootstrap.places import sync
from coldchain.records import Store, accounts, adoptions, places, units
from coldchain.records.verifying import verify
from coldchain.rulebook.book import Rulebook, load_rulebook, parse_product
from coldchain.settings import Location, Sensor
from tests.monitoring.ward import MINUTE, START, Ward, message
from tests.notifying.rows import T0, a_store

DAY = 86_400_000
RULES = Path(__file__).parents[2] / "rules"
WARD_3 = Location("ward-3", "Ward 3 refrigerator", "lemtrada", (Sensor("fridge-3"),), "Ward 3")
STORE = Location("store", "Pharmacy store", "besponsa", (Sensor("s-1"), Sensor("s-2", "probe")))


@pytest.fixture
def store() -> Store:
    return a_store()


def synced(
    store: Store, *locations: Location, at: int = T0, rulebook: Rulebook | None = None
) -> list[tuple[str, str, str, int, int | None]]:
    """Brings the record up to the settings; every stay in it as (location, sensor, product, from, to)."""
    with store.transaction() as tx:
        sync(tx, locations, rulebook or load_rulebook(), at)
    with store.reading() as tx:
        assert verify(tx).findings == ()
        return [
            (unit.location_name, unit.sensor_name, unit.product_id, unit.from_ms, unit.to_ms)
            for known in places.locations(tx)
            for unit in units.at_location(tx, known.id)
        ]


def entries(store: Store) -> int:
    with store.reading() as tx:
        return verify(tx).entries


def test_the_first_time_everything_begins_now(store: Store) -> None:
    assert synced(store, WARD_3, STORE) == [
        ("store", "s-1", "besponsa", T0, None),
        ("store", "s-2", "besponsa", T0, None),
        ("ward-3", "fridge-3", "lemtrada", T0, None),
    ]


def test_since_says_from_when_on_a_new_location_is_judged(store: Store) -> None:
    assert synced(store, replace(WARD_3, since_ms=T0 - 7 * DAY)) == [
        ("ward-3", "fridge-3", "lemtrada", T0 - 7 * DAY, None)
    ]
    assert synced(store, replace(WARD_3, since_ms=T0 - 9 * DAY), at=T0 + DAY) == [
        ("ward-3", "fridge-3", "lemtrada", T0 - 7 * DAY, None)
    ]


def test_a_location_of_the_future_begins_now(store: Store) -> None:
    assert synced(store, replace(WARD_3, since_ms=T0 + DAY))[0][3] == T0


def test_a_restart_with_the_same_settings_writes_nothing(store: Store) -> None:
    before = synced(store, WARD_3, STORE)
    written = entries(store)
    assert synced(store, WARD_3, STORE, at=T0 + DAY) == before
    assert entries(store) == written


def test_another_product_ends_one_stay_and_begins_the_next(store: Store) -> None:
    synced(store, WARD_3)
    assert synced(store, replace(WARD_3, product="besponsa"), at=T0 + DAY) == [
        ("ward-3", "fridge-3", "lemtrada", T0, T0 + DAY),
        ("ward-3", "fridge-3", "besponsa", T0 + DAY, None),
    ]


def test_another_stage_does_so_too(store: Store) -> None:
    synced(store, WARD_3)
    found = synced(store, replace(WARD_3, stage="transport"), at=T0 + DAY)
    assert [(each[3], each[4]) for each in found] == [(T0, T0 + DAY), (T0 + DAY, None)]


def test_another_sensor_keeps_the_assignment_and_what_it_has_used_up(store: Store) -> None:
    synced(store, WARD_3)
    found = synced(store, replace(WARD_3, sensors=(Sensor("new"),)), at=T0 + DAY)
    assert found == [
        ("ward-3", "fridge-3", "lemtrada", T0, T0 + DAY),
        ("ward-3", "new", "lemtrada", T0 + DAY, None),
    ]
    with store.reading() as tx:
        assert len({unit.assignment_id for unit in units.at_location(tx, 1)}) == 1


def test_a_sensor_that_moves_leaves_where_it_hung(store: Store) -> None:
    synced(store, WARD_3)
    ward_4 = Location("ward-4", "Ward 4", "lemtrada", (Sensor("fridge-3"),))
    found = synced(store, replace(WARD_3, sensors=(Sensor("new"),)), ward_4, at=T0 + DAY)
    assert sorted(found, key=str) == sorted(
        [
            ("ward-3", "fridge-3", "lemtrada", T0, T0 + DAY),
            ("ward-3", "new", "lemtrada", T0 + DAY, None),
            ("ward-4", "fridge-3", "lemtrada", T0 + DAY, None),
        ],
        key=str,
    )


def test_two_sensors_may_change_places(store: Store) -> None:
    ward_4 = Location("ward-4", "Ward 4", "lemtrada", (Sensor("fridge-4"),))
    synced(store, WARD_3, ward_4)
    crossed = (replace(WARD_3, sensors=ward_4.sensors), replace(ward_4, sensors=WARD_3.sensors))
    running = [each[:2] for each in synced(store, *crossed, at=T0 + DAY) if each[4] is None]
    assert running == [("ward-3", "fridge-4"), ("ward-4", "fridge-3")]


def test_a_location_that_is_gone_is_judged_no_more_and_may_come_back(store: Store) -> None:
    synced(store, WARD_3, STORE)
    assert ("ward-3", "fridge-3", "lemtrada", T0, T0 + DAY) in synced(store, STORE, at=T0 + DAY)
    assert synced(store, WARD_3, STORE, at=T0 + 2 * DAY)[-1] == ("ward-3", "fridge-3", "lemtrada", T0 + 2 * DAY, None)


def test_a_recalibration_begins_a_new_stay(store: Store) -> None:
    synced(store, WARD_3)
    again = replace(WARD_3, sensors=(Sensor("fridge-3", uncertainty_milli_c=500),))
    found = synced(store, again, at=T0 + DAY)
    assert [(each[3], each[4]) for each in found] == [(T0, T0 + DAY), (T0 + DAY, None)]


def test_a_title_may_change_without_touching_what_was_judged(store: Store) -> None:
    before = synced(store, WARD_3)
    assert synced(store, replace(WARD_3, title="Ward 3, left"), at=T0 + DAY) == before
    with store.reading() as tx:
        assert places.locations(tx)[0].title == "Ward 3, left"


@pytest.mark.parametrize(
    ("change", "stays"),
    [(("version: 1", "version: 2"), 2), (("# ", "# other words: "), 1)],
)
def test_changed_rules_judge_from_now_on_but_other_words_for_the_same_do_not(
    store: Store, tmp_path: Path, change: tuple[str, str], stays: int
) -> None:
    text = "# own\n" + (RULES / "lemtrada.yaml").read_text(encoding="utf-8").replace("id: lemtrada", "id: own")
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    own = replace(WARD_3, product="own")
    synced(store, own, rulebook=load_rulebook(tmp_path))
    assert change[0] in text
    (tmp_path / "own.yaml").write_text(text.replace(*change, 1), encoding="utf-8")
    assert len(synced(store, own, at=T0 + DAY, rulebook=load_rulebook(tmp_path))) == stays


def own_rules(folder: Path) -> tuple[Path, str]:
    """A site's own version 1 of lemtrada, and its text."""
    text = (RULES / "lemtrada.yaml").read_text(encoding="utf-8").replace("id: lemtrada", "id: own")
    file = folder / "own.yaml"
    file.write_text(text, encoding="utf-8")
    return file, text


def test_an_adopted_version_goes_on_judging_until_the_new_one_is_adopted(store: Store, tmp_path: Path) -> None:
    file, text = own_rules(tmp_path)
    newer = text.replace("version: 1", "version: 2")
    own = replace(WARD_3, product="own")
    synced(store, own, rulebook=load_rulebook(tmp_path))
    adopt(store, text)
    file.write_text(newer, encoding="utf-8")
    assert len(synced(store, own, at=T0 + DAY, rulebook=load_rulebook(tmp_path))) == 1
    adopt(store, newer)
    assert len(synced(store, own, at=T0 + 2 * DAY, rulebook=load_rulebook(tmp_path))) == 2


def test_a_calibration_record_applies_from_now_on_and_stays_with_what_was_judged_by_it(store: Store) -> None:
    first = Sensor("fridge-3", "", None, None, None, 200, "K-1", "2025-11-01", "2026-11-01")
    synced(store, replace(WARD_3, sensors=(first,)))
    again = replace(first, calibration="K-2", calibrated_on="2026-10-20", calibration_due="2027-10-20")
    found = synced(store, replace(WARD_3, sensors=(again,)), at=T0 + DAY)
    assert [(each[3], each[4]) for each in found] == [(T0, T0 + DAY), (T0 + DAY, None)]
    with store.reading() as tx:
        said = [(unit.calibration, unit.calibrated_on, unit.calibration_due) for unit in units.at_location(tx, 1)]
    assert said == [("K-1", "2025-11-01", "2026-11-01"), ("K-2", "2026-10-20", "2027-10-20")]


def adopt(store: Store, text: str) -> None:
    with store.transaction() as tx:
        who = accounts.account(tx, "p") or accounts.add(tx, "p", "P. Pharmacist", "pharmacist", "x", T0)
        adoptions.adopt(tx, parse_product(text, "own.yaml"), text, who, T0)


def test_a_restart_with_a_changed_file_while_it_is_warm_says_nothing_false(store: Store, tmp_path: Path) -> None:
    file, text = own_rules(tmp_path)
    own = replace(WARD_3, product="own", sensors=(Sensor("s1"),))
    synced(store, own, rulebook=load_rulebook(tmp_path))
    minute = (T0 - START) / MINUTE
    ward = Ward(store)
    ward.readings([(minute + 1, 5), (minute + 6, 9.8)])
    file.write_text(text.replace("version: 1", "version: 2"), encoding="utf-8")
    synced(store, own, at=T0 + 8 * MINUTE, rulebook=load_rulebook(tmp_path))
    ward.ring(minute + 8)
    ward.hear(message(minute + 11, 9.8))
    assert ward.told() == [("certain", False)]
    ward.hear(message(minute + 16, 5))
    assert ward.told() == [("certain", False), ("ended", False)]
    assert [one.yardstick["product"]["version"] for one in ward.excursions()] == [1, 2]
