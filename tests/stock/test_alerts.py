"""An item's own alerts: warned when its budget is nearly used up, alarmed at the instant it can no longer be shown."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from coldchain.monitoring.due import run_due
from coldchain.records import Store, due_work, items
from coldchain.records import alerts as alert_rows
from coldchain.records.alerts import Alert
from coldchain.records.items import Kind
from coldchain.records.verifying import verify
from coldchain.reviewing import stock
from coldchain.reviewing.splitting import split
from tests.stock.pharmacy import HOUR, NURSE, PHARMACIST, Pharmacy, logger_csv, rulebook_of
from tests.web.hospital import CHANNELS, MINUTE, RANGE_2_8

BUDGET = "out-of-refrigeration"
ONCE_OUT = """\
schema: coldchain.product/1
id: once-out
name: Onceumab (for tests)
version: 1
label: {document: A label for tests, section: "1", jurisdiction: EU, dated: null, checked_by: null}
max_gap: 30 min
stages:
  unopened:
    store: 2..8 °C
    limits:
      - {id: out-of-refrigeration, above: 8 °C, allow: {total: 9 h}}
    returns: never
    expires: {after: 10 h, from: removed_from_refrigerator}
examples:
  - {name: kept, stage: unopened, every: 5 min, temps_c: "5x3", expect: compliant}
"""


@dataclass
class Watch:
    """Time passes on a pharmacy, and everything that is told of its items is noted."""

    pharmacy: Pharmacy

    def passes(self, hours: float, **celsius: float) -> "Watch":
        """So long, with readings every 15 minutes, each with a ring of the bell, as they would come."""
        hospital = self.pharmacy.hospital
        until_ms = hospital.now_ms + round(hours * HOUR)
        while hospital.now_ms < until_ms:
            hospital.now_ms += 15 * MINUTE
            for name, value in celsius.items():
                hospital.hears(name, f"{value}")
            run_due(hospital.store, hospital.now_ms, CHANNELS)
        return self

    def alerts(self, item_id: int) -> list[Alert]:
        with self.pharmacy.hospital.store.reading() as tx:
            return alert_rows.of_item(tx, item_id)

    def told(self, item_id: int) -> list[tuple[str, str, float]]:
        """Kind, about, and how many hours after noon each alert was raised."""
        noon = self.pharmacy.now_ms
        return [(one.kind, one.body["item"]["about"], (one.raised_ms - noon) / HOUR) for one in self.alerts(item_id)]

    def open(self, item_id: int) -> list[str]:
        return [one.body["item"]["about"] for one in self.alerts(item_id) if one.cleared_ms is None]


@pytest.fixture
def watch(pharmacy: Pharmacy) -> Watch:
    pharmacy.hospital.refrigerator("ward", "Ward 3 refrigerator", product=None)
    pharmacy.hospital.refrigerator("calm", "Calm refrigerator", product=None)
    return Watch(pharmacy)


def test_warned_at_four_fifths_of_its_budget_and_alarmed_when_it_has_run_out(watch: Watch) -> None:
    pharmacy = watch.pharmacy
    pharmacy.hospital.hears("ward", "15x2")
    made = pharmacy.lot("ward")
    watch.passes(9.5, ward=15)
    assert watch.told(made) == [
        ("warning", f"{BUDGET}/warning", 7.25),
        ("possible", f"{BUDGET}/possible", 9),
        ("certain", f"{BUDGET}/certain", 9.25),
    ]
    assert watch.open(made) == [f"{BUDGET}/certain"], "what was warned of is told as an alarm now"
    alarm = watch.alerts(made)[-1]
    assert alarm.since_ms == pharmacy.now_ms + 9 * HOUR, "the instant at which it ran out"
    assert alarm.body["item"] | {"about": ""} == {
        "id": made, "kind": "lot", "name": "A12", "quantity": 1, "about": "", "where": "Ward 3 refrigerator",
        "deadline": None, "budget": True, "why": "",
    }  # fmt: skip
    assert alarm.body["link"] == f"/items/{made}"
    assert "its budget was used up at 2026-11-21 21:00 UTC, Ward 3 refrigerator" in alarm.body["message"]
    assert "No pharmacist" in alarm.body["message"], "it is judged by a version that nobody adopted"
    with pharmacy.hospital.store.reading() as tx:
        rows = alert_rows.deliveries(tx, alarm.id)
        assert [(row["channel"], row["target"]) for row in rows] == list(CHANNELS)
        assert verify(tx).findings == ()


def test_back_in_the_refrigerator_in_time_nobody_is_alarmed(watch: Watch) -> None:
    made = watch.pharmacy.lot("ward")
    watch.passes(8, ward=15)
    watch.passes(4, ward=5)
    assert [kind for kind, _, _ in watch.told(made)] == ["warning"]
    assert watch.open(made) == [f"{BUDGET}/warning"], "it stays nearly used up"


def test_a_silence_is_told_a_millisecond_after_the_budget_may_have_run_out_in_it(watch: Watch) -> None:
    made = watch.pharmacy.lot("ward")
    watch.passes(2, ward=15).passes(7)
    assert watch.open(made) == [f"{BUDGET}/warning"], "exactly nine hours are allowed"
    watch.pharmacy.hospital.now_ms += 1
    run_due(watch.pharmacy.hospital.store, watch.pharmacy.hospital.now_ms, CHANNELS)
    assert watch.open(made) == [f"{BUDGET}/possible"]


def test_what_comes_in_late_settles_it(watch: Watch) -> None:
    pharmacy = watch.pharmacy
    made = pharmacy.lot("ward")
    watch.passes(2, ward=15)
    watch.passes(8)
    assert watch.open(made) == [f"{BUDGET}/possible"]
    pharmacy.hospital.hears("ward", "5x96")  # what the logger kept
    run_due(pharmacy.hospital.store, pharmacy.hospital.now_ms + 1, CHANNELS)
    assert watch.open(made) == []


def test_a_budget_carried_from_transport_runs_out_on_the_ward(watch: Watch) -> None:
    pharmacy = watch.pharmacy
    made = pharmacy.lot("calm")
    pharmacy.came_with(made, logger_csv("12x97", pharmacy.at("8 h 5 min")))
    watch.passes(0.5, calm=5)
    assert [kind for kind, _, _ in watch.told(made)] == ["warning"], "8 h of 9 h were used when it came"
    pharmacy.now_ms, noon = pharmacy.hospital.now_ms, pharmacy.now_ms
    pharmacy.moves(made, "ward")
    pharmacy.now_ms = noon
    watch.passes(2, ward=12, calm=5)
    assert [kind for kind, _, _ in watch.told(made)][-1] == "certain"
    assert watch.alerts(made)[-1].body["item"]["where"] == "Ward 3 refrigerator"


def test_good_readings_have_no_item_looked_at(watch: Watch) -> None:
    pharmacy = watch.pharmacy
    made = pharmacy.lot("calm")
    watch.passes(0.25, calm=5)

    def due_ms() -> int | None:
        with pharmacy.hospital.store.reading() as tx:
            return due_work.when(tx, items.LOOK, str(made))

    before = due_ms()
    assert before is not None
    pharmacy.hospital.now_ms += 5 * MINUTE
    pharmacy.hospital.hears("calm", "5")
    assert due_ms() == before
    pharmacy.hospital.now_ms += 5 * MINUTE
    pharmacy.hospital.hears("calm", "9")
    assert due_ms() == pharmacy.hospital.now_ms, "one that may concern it does at once"


def test_many_items_in_a_place_that_tells_it_itself_send_nothing_more(watch: Watch) -> None:
    pharmacy = watch.pharmacy
    pharmacy.hospital.refrigerator("told", "Told refrigerator", product=RANGE_2_8)
    made = [pharmacy.lot("told", "lemtrada", name=f"L{number}") for number in range(3)]
    watch.passes(0.25, told=5)
    watch.passes(0.25, told=9)
    with pharmacy.hospital.store.reading() as tx:
        (place,) = [one for one in alert_rows.alerts(tx) if one.sensor_id is not None]
        for each in made:
            (alert,) = alert_rows.of_item(tx, each)
            assert (alert.kind, alert.body["told_by"]) == ("certain", place.id)
            assert alert_rows.deliveries(tx, alert.id) == []


def test_where_nobody_judges_the_place_each_item_tells_it(watch: Watch) -> None:
    made = watch.pharmacy.lot("ward", "lemtrada")
    watch.passes(0.25, ward=5)
    watch.passes(0.1, ward=9)
    (alert,) = watch.alerts(made)
    assert (alert.kind, alert.body["told_by"]) == ("certain", None)
    assert alert.since_ms == watch.pharmacy.now_ms + 30 * MINUTE


def with_returns(watch: Watch, tmp_path: Path) -> Watch:
    watch.pharmacy.rulebook = rulebook_of(tmp_path / "more", ONCE_OUT)
    return watch


def test_a_return_that_is_not_allowed_is_told_when_it_is_back(watch: Watch, tmp_path: Path) -> None:
    with_returns(watch, tmp_path)
    made = watch.pharmacy.lot("ward", "once-out")
    watch.passes(0.25, ward=5).passes(1, ward=15)
    assert watch.told(made) == []
    watch.passes(0.1, ward=5)
    ((kind, about, _),) = watch.told(made)
    assert (kind, about) == ("certain", "returns/certain")
    assert "went back into the refrigerator against its rule" in watch.alerts(made)[0].body["message"]


def test_a_shortened_life_is_warned_of_and_its_end_is_told_to_the_millisecond(watch: Watch, tmp_path: Path) -> None:
    with_returns(watch, tmp_path)
    pharmacy, hospital = watch.pharmacy, watch.pharmacy.hospital
    made = pharmacy.lot("calm", "once-out")
    stock.take_out(hospital.store, NURSE, made, hospital.now_ms, hospital.now_ms)
    watch.passes(10, calm=5)
    assert [(kind, about) for kind, about, _ in watch.told(made)] == [("warning", "expiry/warning")]
    assert watch.alerts(made)[0].since_ms == pharmacy.now_ms + 8 * HOUR
    assert watch.alerts(made)[0].body["item"]["deadline"] == "2026-11-21T22:00:00.000Z"
    hospital.now_ms += 1
    run_due(hospital.store, hospital.now_ms, CHANNELS)
    assert watch.open(made) == ["expiry/deadline"]


def test_the_printed_expiry_is_told_too(watch: Watch) -> None:
    pharmacy = watch.pharmacy
    made = pharmacy.lot("calm", expires_ms=pharmacy.now_ms + 2 * HOUR)
    watch.passes(2.25, calm=5)
    assert [(kind, about) for kind, about, _ in watch.told(made)] == [
        ("warning", "printed-expiry/warning"), ("deadline", "printed-expiry/deadline"),
    ]  # fmt: skip


def test_what_is_gone_asks_nothing_of_anybody(watch: Watch) -> None:
    pharmacy, hospital = watch.pharmacy, watch.pharmacy.hospital
    made = pharmacy.lot("ward")
    watch.passes(8, ward=15)
    stock.end(hospital.store, PHARMACIST, made, Kind.USED, hospital.now_ms, hospital.now_ms)
    watch.passes(3, ward=15)
    assert [kind for kind, _, _ in watch.told(made)] == ["warning"]
    assert watch.open(made) == []
    with hospital.store.reading() as tx:
        assert due_work.when(tx, items.LOOK, str(made)) is None


def test_what_becomes_known_after_its_use_is_told_once_marked_late(watch: Watch) -> None:
    pharmacy, hospital = watch.pharmacy, watch.pharmacy.hospital
    made = pharmacy.lot("ward")
    watch.passes(1, ward=5)
    hospital.now_ms += 10 * HOUR
    stock.end(hospital.store, PHARMACIST, made, Kind.USED, hospital.now_ms, hospital.now_ms)
    run_due(hospital.store, hospital.now_ms, CHANNELS)
    assert watch.told(made) == [], "10 h are not known of, but it is gone: there is nothing to be done"
    hospital.now_ms += 2 * HOUR
    hospital.hears("ward", "15x144")  # what the logger kept
    for _ in range(2):
        run_due(hospital.store, hospital.now_ms, CHANNELS)
    ((kind, about, _),) = watch.told(made)
    assert (kind, about) == ("certain", f"{BUDGET}/certain")
    assert watch.alerts(made)[0].late
    assert watch.open(made) == []


def test_a_restart_repeats_nothing(watch: Watch, tmp_path: Path) -> None:
    pharmacy, hospital = watch.pharmacy, watch.pharmacy.hospital
    made = pharmacy.lot("ward")
    watch.passes(8, ward=15)
    again = Store(f"sqlite:///{tmp_path / 'coldchain.db'}")
    for minutes in range(3):
        run_due(again, hospital.now_ms + minutes * MINUTE, CHANNELS)
    again.close()
    assert [kind for kind, _, _ in watch.told(made)] == ["warning"]


def test_a_part_is_told_of_by_itself(watch: Watch) -> None:
    pharmacy, hospital = watch.pharmacy, watch.pharmacy.hospital
    made = pharmacy.lot("calm", quantity=40)
    watch.passes(0.25, calm=5, ward=15)
    part = split(hospital.store, NURSE, made, 10, "ward", hospital.now_ms, hospital.now_ms)
    watch.passes(9.5, calm=5, ward=15)
    assert watch.told(made) == []
    assert [kind for kind, _, _ in watch.told(part)][-1] == "certain"


def test_an_item_that_cannot_be_judged_is_told_and_holds_up_no_other(watch: Watch) -> None:
    pharmacy, hospital = watch.pharmacy, watch.pharmacy.hospital
    broken, made = pharmacy.lot("ward"), pharmacy.lot("ward", name="B2")
    with hospital.store.transaction() as tx:
        tx.exec_driver_sql("UPDATE item SET product_file = 'nothing' WHERE id = ?", (broken,))
    watch.passes(8, ward=15)
    assert watch.told(broken)[0][1] == "unjudged"
    assert len(watch.told(broken)) == 1
    assert [kind for kind, _, _ in watch.told(made)] == ["warning"]
