"""What is the matter with a sensor is found, told once in the day's notice, and again when it is over."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from coldchain.errors import NotPermitted, UsageError
from coldchain.monitoring.ingest import ingest
from coldchain.payloads import Report
from coldchain.records import accounts, alerts, device_findings, places, verifying
from coldchain.reviewing import device_seeing
from coldchain.reviewing.device_rounds import ROUND_EVERY_MS, Rounds, go_round
from coldchain.reviewing.devices import Thresholds
from tests.web.hospital import CHANNELS, MINUTE, Hospital, new_hospital

HOUR = 60 * MINUTE
BERLIN = ZoneInfo("Europe/Berlin")
EIGHT = 8 * 60


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    """A hospital with one refrigerator; it is 13:00 in Berlin."""
    made = new_hospital(tmp_path).refrigerator("a", title="Ward 3")
    yield made
    made.store.close()


def battery(hospital: Hospital, pct: int, sensor: str = "a-probe") -> None:
    """A device speaks of its battery, and of nothing else."""
    message = replace(hospital.message(sensor, hospital.now_ms, 5_000), decoded=(), reports=(Report(sensor, pct),))
    ingest(hospital.store, [message], hospital.now_ms, CHANNELS)


def rounds(hospital: Hospital) -> Rounds:
    """The service's, just started."""
    return Rounds(hospital.store, lambda: hospital.now_ms, CHANNELS, Thresholds(zone=BERLIN), EIGHT, lambda: 0.0)


def standing(hospital: Hospital) -> list[str]:
    with hospital.store.reading() as tx:
        return [f"{each.title}: {each.complaint}" for each in device_findings.standing(tx)]


def told(hospital: Hospital) -> list[tuple[list[str], list[str]]]:
    """What each notice told: what was found, and what was over."""
    with hospital.store.reading() as tx:
        bodies = [each.body for each in alerts.alerts(tx) if each.kind == "devices"]
    return [tuple([each["complaint"] for each in body[part]] for part in ("found", "over")) for body in bodies]  # type: ignore[misc]


def test_a_low_battery_is_told_the_next_morning_once_and_its_end_as_well(hospital: Hospital) -> None:
    battery(hospital, 20)
    service = rounds(hospital)
    service.turn()
    assert standing(hospital) == ["a-probe: battery"]
    assert told(hospital) == []
    hospital.later("18 h 59 min")
    service.turn()
    assert told(hospital) == []
    hospital.later("1 min")
    service.turn()
    assert told(hospital) == [(["battery"], [])]
    rounds(hospital).turn()
    hospital.later("1 d")
    rounds(hospital).turn()
    assert told(hospital) == [(["battery"], [])], "a restart tells nothing again"
    battery(hospital, 100)
    service = rounds(hospital)
    service.turn()
    assert standing(hospital) == []
    hospital.later("1 d")
    service.turn()
    assert told(hospital) == [(["battery"], []), ([], ["battery"])]
    with hospital.store.reading() as tx:
        assert verifying.verify(tx).findings == ()


def test_each_channel_gets_the_notice_in_the_transaction_that_marks_it_told(hospital: Hospital) -> None:
    battery(hospital, 5)
    Rounds(hospital.store, lambda: hospital.now_ms, CHANNELS, tell_at_minute=None).turn()
    with hospital.store.reading() as tx:
        (notice,) = [each for each in alerts.alerts(tx) if each.kind == "devices"]
        rows = alerts.deliveries(tx, notice.id)
        (finding,) = device_findings.standing(tx)
    assert [(row["channel"], row["target"]) for row in rows] == list(CHANNELS)
    assert finding.told_ms == hospital.now_ms
    assert hospital.excursions() == []


def test_what_was_over_before_the_morning_is_not_told(hospital: Hospital) -> None:
    battery(hospital, 10)
    go_round(hospital.store, hospital.now_ms)
    battery(hospital, 90)
    go_round(hospital.store, hospital.now_ms)
    hospital.later("2 d")
    rounds(hospital).turn()
    assert told(hospital) == []


@pytest.mark.parametrize(("pct", "stands"), [(20, True), (24, True), (25, False)])
def test_a_battery_that_was_low_is_in_order_only_a_little_above(hospital: Hospital, pct: int, stands: bool) -> None:
    battery(hospital, 20)
    go_round(hospital.store, hospital.now_ms)
    hospital.now_ms += HOUR
    battery(hospital, pct)
    go_round(hospital.store, hospital.now_ms)
    assert bool(standing(hospital)) is stands


def test_a_silent_sensor_is_not_said_to_be_in_order(hospital: Hospital) -> None:
    hospital.hears("a", "5 26 5x50", every="1 min")
    go_round(hospital.store, hospital.now_ms)
    assert standing(hospital) == ["a-probe: jumps"]
    hospital.now_ms += 9 * 24 * HOUR
    go_round(hospital.store, hospital.now_ms)
    assert standing(hospital) == ["a-probe: jumps"]
    hospital.hears("a", "5x3")
    go_round(hospital.store, hospital.now_ms)
    assert standing(hospital) == []


def test_of_a_sensor_that_is_taken_down_nobody_is_told_anything(hospital: Hospital) -> None:
    battery(hospital, 10)
    service = rounds(hospital)
    service.turn()
    hospital.later("1 d")
    service.turn()
    with hospital.store.transaction() as tx:
        found = places.sensor_named(tx, "a-probe")
        assert found is not None
        places.take_down(tx, found.id, hospital.now_ms, hospital.now_ms)
    hospital.later("2 d")
    rounds(hospital).turn()
    assert standing(hospital) == []
    assert told(hospital) == [(["battery"], [])]


def test_a_calibration_is_spoken_of_thirty_days_before_its_day(hospital: Hospital) -> None:
    hospital.refrigerator("soon", calibration="K-17", calibration_due="2026-12-21")
    hospital.refrigerator("later", calibration_due="2026-12-22")
    go_round(hospital.store, hospital.now_ms)
    with hospital.store.reading() as tx:
        (found,) = device_findings.standing(tx)
    assert found.sentence == "is to be calibrated by 2026-12-21 (K-17), in 30 days: arrange for it"


def test_a_clock_too_far_ahead_is_found_by_what_was_quarantined(hospital: Hospital) -> None:
    for minute in range(20):
        at_ms = hospital.now_ms - (20 - minute) * MINUTE
        message = replace(hospital.message("a-probe", at_ms + 2 * HOUR, 5_000 + minute), received_ms=at_ms)
        ingest(hospital.store, [message], at_ms, CHANNELS)
    go_round(hospital.store, hospital.now_ms)
    with hospital.store.reading() as tx:
        (found,) = device_findings.standing(tx)
    assert found.sentence.startswith("has a clock 2 h ahead of ours (by 20 readings)")


def test_readings_that_waited_for_the_network_are_no_clock_that_is_behind(hospital: Hospital) -> None:
    for minute in range(60):
        measured_ms, received_ms = hospital.now_ms - (90 - minute) * MINUTE, hospital.now_ms + minute * 100
        message = replace(hospital.message("a-probe", measured_ms, 5_000 + minute), received_ms=received_ms)
        ingest(hospital.store, [message], received_ms, CHANNELS)
    go_round(hospital.store, hospital.now_ms + MINUTE)
    assert standing(hospital) == []


@pytest.mark.parametrize("power_up", [True, False])
def test_85_degrees_after_power_up_are_a_finding_whether_declared_or_not(hospital: Hospital, power_up: bool) -> None:
    hospital.refrigerator("b", power_up=power_up).hears("b", "5x5 85 5x5", every="10 min")
    go_round(hospital.store, hospital.now_ms)
    with hospital.store.reading() as tx:
        found = [each.sentence for each in device_findings.standing(tx) if each.complaint == "power-up"]
    assert len(found) == 1
    assert ("look at its supply" in found[0]) is power_up


def test_what_lies_outside_the_declared_range_is_a_finding_and_no_excursion(hospital: Hospital) -> None:
    hospital.refrigerator("b", low_milli_c=-40_000, high_milli_c=60_000).hears("b", "5x5 -55 61 5x5")
    go_round(hospital.store, hospital.now_ms)
    with hospital.store.reading() as tx:
        (found,) = device_findings.standing(tx)
    assert "2 readings outside what it can measure (−40.0 °C to 60.0 °C)" in found.sentence
    assert hospital.excursions() == []


def test_a_round_begins_every_quarter_of_an_hour_and_goes_on_where_it_stopped(hospital: Hospital) -> None:
    for name in ("b", "c"):
        hospital.refrigerator(name)
        battery(hospital, 5, f"{name}-probe")
    ticks = iter(range(1_000))
    service = rounds(hospital)
    service.steady_s = lambda: float(next(ticks))
    for found in (0, 1, 2):
        service.turn()
        assert len(standing(hospital)) == found
    battery(hospital, 5)
    service.turn()
    assert len(standing(hospital)) == 2, "the round is over"
    hospital.now_ms += ROUND_EVERY_MS
    service.turn()
    assert len(standing(hospital)) == 3


def test_whoever_has_seen_it_says_what_is_done(hospital: Hospital) -> None:
    battery(hospital, 5)
    go_round(hospital.store, hospital.now_ms)
    with hospital.store.reading() as tx:
        people = {each.name: each for each in accounts.accounts(tx)}
        (found,) = device_findings.standing(tx)
    with pytest.raises(NotPermitted):
        device_seeing.acknowledge(hospital.store, people["auditor"], found.id, "seen", hospital.now_ms)
    with pytest.raises(UsageError):
        device_seeing.acknowledge(hospital.store, people["nurse"], found.id, " ", hospital.now_ms)
    device_seeing.acknowledge(hospital.store, people["nurse"], found.id, "ordered a new one", hospital.now_ms)
    with hospital.store.reading() as tx:
        (found,) = device_findings.standing(tx)
    assert (found.acknowledged_by, found.comment) == ("Nurse Example", "ordered a new one")
