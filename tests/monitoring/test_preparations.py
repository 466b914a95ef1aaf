"""Warned before, alarmed at the deadline and when storage cannot be shown to be kept: once each, restart or not."""

from pathlib import Path

import pytest

from coldchain.domain.product import Event
from coldchain.monitoring.due import next_due_ms, run_due
from coldchain.records import Store, due_work, places
from coldchain.records import alerts as alert_rows
from coldchain.records.preparations import LOOK
from coldchain.records.verifying import verify
from coldchain.reviewing import preparing
from tests.preparations import CHANNELS, MINUTE, Pharmacy, at

DILUTE = "reconstituted→diluted"
END = "reconstituted→infusion_ended"


@pytest.fixture
def pharmacy(either_store: Store) -> Pharmacy:
    return Pharmacy(either_store).furnish()


@pytest.fixture
def memory(store: Store) -> Pharmacy:
    return Pharmacy(store).furnish()


def begun(pharmacy: Pharmacy) -> str:
    """A vial that is reconstituted at 08:00 and lies in the refrigerator from 08:20 on."""
    number = pharmacy.usual_day().start()
    pharmacy.moves(number, "fridge", "08:20")
    return number


def live(pharmacy: Pharmacy, sensor: str, celsius: float, first: str, last: str) -> None:
    """Readings come one by one, each with a ring of the bell, as they would."""
    for at_ms in range(at(first), at(last) + 1, 5 * MINUTE):
        pharmacy.now_ms = at_ms
        pharmacy.send(sensor, [(at_ms, celsius)])
        pharmacy.ring(at_ms)


def test_a_day_at_its_deadlines(pharmacy: Pharmacy) -> None:
    begun(pharmacy)
    for clock in ("08:20", "11:29:59.999", "11:30", "11:31", "11:55", "12:00", "12:00:00.001", "12:01"):
        pharmacy.ring(clock)
    assert pharmacy.told() == [
        ("warning", f"{DILUTE}/warning/1800000", "11:30"),
        ("warning", f"{DILUTE}/warning/300000", "11:55"),
        ("deadline", f"{DILUTE}/deadline", "12:00:00.001"),
    ]
    assert pharmacy.open() == [f"{DILUTE}/deadline"], "what was warned of is told as an alarm now"


def test_the_rows_say_when(memory: Pharmacy) -> None:
    memory.usual_day("08:20")
    number = memory.start()
    memory.moves(number, "fridge", "08:20")
    rung = []
    for _ in range(5):
        due_ms = next_due_ms(memory.store)
        assert due_ms is not None
        memory.ring(due_ms)
        rung.append((due_ms - at("00:00")) / MINUTE)
    silent = 8 * 60 + 50 + 1 / MINUTE
    assert rung == [500, silent, 690, 715, 720 + 1 / MINUTE], "now, silence after 30 min, two warnings, the deadline"


def test_every_target_gets_it_once_in_the_transaction_that_raises_it(memory: Pharmacy) -> None:
    begun(memory)
    memory.ring("11:30").ring("11:30:01").ring("11:31")
    (alert,) = memory.alerts()
    with memory.store.reading() as tx:
        rows = alert_rows.deliveries(tx, alert.id)
        assert [(row["channel"], row["target"]) for row in rows] == list(CHANNELS)
        assert verify(tx).findings == ()
    assert (alert.sensor_id, alert.placement_id, alert.body["sensor"]) == (None, None, None)
    assert alert.body["location"] == {"name": "fridge", "title": "Refrigerator 2"}
    assert alert.body["link"] == "/preparations/P-2026-0001"
    assert alert.body["preparation"]["deadline"] == "2026-11-21T12:00:00.000Z"
    assert alert.body["message"] == (
        "P-2026-0001 Besponsa, vial 3: 'diluted' is due by 2026-11-21 12:00 UTC, in less than 30 min. "
        "From reconstituted to diluted at most 4 h. No pharmacist of this site has adopted version 1 of besponsa."
    )
    assert alert.body["adopted"] is False


def test_a_restart_forgets_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'coldchain.db'}"
    first = Store(url)
    first.migrate()
    before = Pharmacy(first).furnish()
    begun(before)
    before.ring("11:30")
    first.close()
    second = Store(url)
    after = Pharmacy(second)
    after.ring("11:30:01").ring("12:10").ring("12:11")
    assert [(kind, about) for kind, about, _ in after.told()] == [
        ("warning", f"{DILUTE}/warning/1800000"), ("deadline", f"{DILUTE}/deadline"),
    ]  # fmt: skip
    second.close()


def test_after_a_long_stop_only_what_is_so_now_is_told(memory: Pharmacy) -> None:
    begun(memory)
    memory.ring("12:30")
    assert [kind for kind, about, _ in memory.told() if about.startswith(DILUTE)] == ["deadline"]


def test_diluted_in_time_nobody_is_alarmed(memory: Pharmacy) -> None:
    number = begun(memory)
    memory.ring("11:31").happens(number, Event.DILUTED, "12:00").ring("12:00:00.001")
    assert memory.told() == [("warning", f"{DILUTE}/warning/1800000", "11:31")]
    assert memory.open() == []


def test_the_warnings_are_the_sites_choice(memory: Pharmacy) -> None:
    memory.warn_before_ms = (90 * MINUTE,)
    begun(memory)
    memory.ring("10:29").ring("10:30").ring("11:55")
    assert memory.told() == [("warning", f"{DILUTE}/warning/5400000", "10:30")]


def test_a_warning_as_long_before_as_the_whole_clock_is_none(memory: Pharmacy) -> None:
    memory.warn_before_ms = (240 * MINUTE,)
    begun(memory)
    memory.ring("08:21")
    assert memory.told() == []


def test_a_corrected_time_moves_the_deadline_and_its_warnings(memory: Pharmacy) -> None:
    number = begun(memory)
    memory.ring("11:30")
    first = memory.whole(number).events[0]
    nurse = memory.people["nurse"]
    preparing.correct(
        memory.store, number, first.id, nurse, at("11:31"), at_ms=at("08:15"), reason="the button came first"
    )
    memory.ring("11:31").ring("11:45").ring("12:15").ring("12:15:00.001")
    assert [(kind, clock) for kind, about, clock in memory.told() if about.startswith(DILUTE)] == [
        ("warning", "11:30"), ("warning", "11:45"), ("warning", "12:15"), ("deadline", "12:15:00.001"),
    ]  # fmt: skip


def test_a_silent_sensor_is_told_when_storage_can_no_longer_be_shown_to_be_kept(pharmacy: Pharmacy) -> None:
    pharmacy.steady("bench-probe", 22, "07:00", "08:20").steady("fridge-probe", 5, "07:00", "09:00")
    number = pharmacy.start()
    pharmacy.moves(number, "fridge", "08:20").ring("09:00").ring("09:30")
    assert pharmacy.told() == []
    pharmacy.ring("09:30:00.001")
    assert pharmacy.told() == [("no-data", "reconstituted/no-data", "09:30:00.001")], "one alert for all its limits"
    pharmacy.steady("fridge-probe", 5, "09:05", "10:00").ring("10:00")
    assert pharmacy.open() == [], "late readings show that it was kept"


def test_a_place_without_a_sensor_is_told_at_once(memory: Pharmacy) -> None:
    memory.usual_day()
    number = memory.start(location="cupboard")
    memory.ring("08:00").ring("08:01")
    assert [about for _, about, _ in memory.told()] == ["reconstituted/no-data"]
    assert memory.verdict(number) == "undetermined"


def test_a_reading_out_of_condition_is_told_with_it(memory: Pharmacy) -> None:
    memory.usual_day("08:20")
    number = memory.start()
    memory.moves(number, "fridge", "08:20")
    live(memory, "fridge-probe", 5, "08:25", "09:00")
    live(memory, "fridge-probe", 9.4, "09:05", "09:20")
    assert memory.told() == [("certain", "reconstituted/out-of-condition/certain", "09:05")]


def test_time_in_a_condition_is_told_when_it_may_have_been_too_long(memory: Pharmacy) -> None:
    memory.usual_day("08:00")
    memory.start()
    live(memory, "bench-probe", 22, "08:05", "08:25")
    due_ms = next_due_ms(memory.store)
    assert due_ms == at("08:30") + 1, "half an hour on the bench is the site's policy"
    memory.ring(due_ms)
    live(memory, "bench-probe", 22, "08:35", "08:35")
    assert memory.told() == [
        ("possible", "reconstituted/in-handling/possible", "08:30:00.001"),
        ("certain", "reconstituted/in-handling/certain", "08:35"),
    ]
    assert memory.open() == ["reconstituted/in-handling/certain"]


def test_use_ends_all_of_it(memory: Pharmacy) -> None:
    memory.usual_day()
    number = memory.good_day()
    memory.ring("15:59")
    assert memory.open() == []
    with memory.store.reading() as tx:
        assert due_work.when(tx, LOOK, number) is None
    memory.ring("18:00")
    assert memory.open() == []


def test_what_use_came_too_late_for_is_told_late_and_over(memory: Pharmacy) -> None:
    memory.usual_day()
    number = memory.start()
    memory.attests(number, "08:05").moves(number, "fridge", "08:20")
    memory.happens(number, Event.DILUTED, "12:00:00.001").happens(number, Event.DISCARDED, "12:00:00.001")
    memory.ring("12:00:01")
    assert [(one.kind, one.late, one.cleared_ms) for one in memory.alerts()] == [("deadline", True, at("12:00:01"))]


def test_a_probe_that_is_taken_down_is_noticed(memory: Pharmacy) -> None:
    begun(memory)
    memory.ring("09:00")
    with memory.store.transaction() as tx:
        sensor = places.sensor_named(tx, "fridge-probe")
        assert sensor is not None
        places.take_down(tx, sensor.id, at("09:01"), at("09:01"))
    memory.ring("09:01").ring("09:02")
    assert [about for _, about, _ in memory.told()] == ["reconstituted/no-data"]


def test_one_that_cannot_be_judged_is_told_and_holds_up_nothing(memory: Pharmacy) -> None:
    begun(memory)
    with memory.store.transaction() as tx:
        tx.exec_driver_sql("update preparation set product_file = 'schema: something/9'")
    other = memory.start("08:30")
    memory.ring("08:31").ring("08:32").ring("08:35")
    assert [(kind, about) for kind, about, _ in memory.told()] == [("no-data", "unjudged")]
    assert "cannot be judged" in memory.alerts()[0].body["message"]
    assert memory.alerts()[0].body["message"].endswith("No pharmacist of this site has adopted version 1 of besponsa.")
    with memory.store.reading() as tx:
        assert due_work.when(tx, LOOK, other) is not None


def test_looking_says_which_location_it_concerned(memory: Pharmacy) -> None:
    begun(memory)
    with memory.store.reading() as tx:
        fridge = places.location_named(tx, "fridge")
    assert fridge is not None
    assert run_due(memory.store, at("08:20"), CHANNELS) == {fridge.id}
