"""What devices say of themselves is kept with its moment: newer words for older ones, and not every word."""

import pytest

from coldchain.monitoring.devices import RADIO_AGAIN_MS, SAME_AGAIN_MS, keep, told
from coldchain.monitoring.incoming import Incoming
from coldchain.payloads import Decoded, Report
from coldchain.records import Store, device_reports
from coldchain.records.device_reports import Battery, Device, battery

NOW = 1_795_262_400_000


def message(
    *reports: Report, at_ms: int = NOW, readings: tuple[Decoded, ...] = (), retained: bool = False
) -> Incoming:  # fmt: skip
    return Incoming("mqtt", "t", "t", b"", at_ms, readings, retained=retained, reports=reports)


def kept(store: Store, *batch: Incoming) -> Device | None:
    with store.transaction() as tx:
        keep(tx, batch)
        return device_reports.of(tx, ["d"]).get("d")


def test_each_word_has_its_own_moment(store: Store) -> None:
    kept(store, message(Report("d", 80, 2_950, None, -70, 95, None, "1.0")))
    found = kept(store, message(Report("d", battery_pct=79), at_ms=NOW + 1))
    assert found == Device("d", 79, 2_950, None, NOW + 1, -70, 95, None, NOW, "1.0", NOW)


def test_in_whatever_order_the_newest_stands(store: Store) -> None:
    late, early = message(Report("d", 40, firmware="2"), at_ms=NOW + 9), message(Report("d", 90, firmware="1"))
    found = kept(store, late, early)
    assert found is not None
    assert (found.battery_pct, found.battery_ms, found.firmware) == (40, NOW + 9, "2")


@pytest.mark.parametrize(
    ("case", "report", "after_ms", "changes"),
    [
        ("the same battery soon", Report("d", 80), SAME_AGAIN_MS - 1, False),
        ("the same battery an hour later", Report("d", 80), SAME_AGAIN_MS, True),
        ("another charge at once", Report("d", 79), 1, True),
        ("low at once", Report("d", battery_low=True), 1, True),
        ("another strength soon", Report("d", rssi_dbm=-80), RADIO_AGAIN_MS - 1, False),
        ("another strength later", Report("d", rssi_dbm=-80), RADIO_AGAIN_MS, True),
        ("other firmware at once", Report("d", firmware="2"), 1, True),
        ("an older word", Report("d", 10, firmware="0"), -1, False),
        ("nothing", Report("d"), SAME_AGAIN_MS, False),
    ],
)
def test_what_has_not_changed_is_written_down_seldom(case: str, report: Report, after_ms: int, changes: bool) -> None:
    before = Device("d", 80, None, None, NOW, -70, None, None, NOW, "1", NOW)
    assert (told(before, report, NOW + after_ms) != before) is changes, case


def test_a_charge_that_comes_with_a_reading_is_the_readings(store: Store) -> None:
    reading = Decoded("d", "", NOW, 5_000, None, "5", battery_pct=80)
    assert kept(store, message(Report("d", battery_pct=80), readings=(reading,))) is None
    found = kept(store, message(Report("d", 80, 2_950), readings=(reading,)))
    assert found is not None
    assert (found.battery_pct, found.battery_mv, found.battery_ms) == (None, 2_950, NOW)


def test_what_the_broker_had_kept_says_nothing(store: Store) -> None:
    assert kept(store, message(Report("d", 80), retained=True)) is None


def test_stored_readings_speak_of_when_they_were_measured(store: Store) -> None:
    old = Decoded("d", "", NOW - 86_400_000, 5_000, None, "5", flags=("battery=low",))
    found = kept(store, message(readings=(old,)))
    assert found is not None
    assert (found.battery_low, found.battery_ms) == (True, NOW - 86_400_000)


@pytest.mark.parametrize(
    ("case", "known", "with_readings", "found"),
    [
        ("nothing", None, None, None),
        ("with readings alone", None, 70, Battery(70, None, says_low=False, at_ms=NOW)),
        (
            "apart, and later",
            Device("d", 60, None, None, NOW + 1),
            70,
            Battery(60, None, says_low=False, at_ms=NOW + 1),
        ),
        (
            "apart, and earlier",
            Device("d", 60, 2_900, None, NOW - 1),
            70,
            Battery(70, 2_900, says_low=False, at_ms=NOW),
        ),
        (
            "low, and not how low",
            Device("d", None, None, True, NOW),
            None,
            Battery(None, None, says_low=True, at_ms=NOW),
        ),
        ("a radio only", Device("d", rssi_dbm=-70, radio_ms=NOW), None, None),
    ],
)
def test_the_battery_is_what_came_last(
    case: str, known: Device | None, with_readings: int | None, found: Battery | None
) -> None:
    assert battery(known, with_readings, NOW) == found, case
