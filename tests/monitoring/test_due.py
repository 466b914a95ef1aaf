"""What the clock says: silence is told once, at the earliest moment, and a restart forgets none of it."""

from pathlib import Path

from coldchain.monitoring.due import next_due_ms, run_due
from coldchain.records import Store, places
from tests.monitoring.ward import CHANNELS, MINUTE, START, Ward, message, product_text, spans

QUICK = product_text("{above: 8 °C}", "{below: 2 °C}", "{id: warm, above: 25 °C, allow: {each: 3 h}}", max_gap="20 min")


def test_a_silent_sensor_is_told_at_the_first_millisecond_that_cannot_be_shown(ward: Ward) -> None:
    ward.readings([(0, 5), (5, 5)])
    due_ms = next_due_ms_after_judging(ward)
    assert due_ms == START + 65 * MINUTE + 1
    assert run_due(ward.store, due_ms - 1, CHANNELS) == frozenset()
    assert len(run_due(ward.store, due_ms, CHANNELS)) == 1
    assert ward.told() == [("no-data", False)]
    alert = ward.all_alerts()[0]
    assert (alert.since_ms, alert.excursion_id) == (START + 5 * MINUTE, None)
    assert alert.body["last_reading"] == {"measured_at": "2026-09-21T00:05:00.000Z", "temperature_c": 5.0}
    assert "no data since 2026-09-21 00:05 UTC" in alert.body["message"]


def next_due_ms_after_judging(ward: Ward) -> int:
    ward.ring(5)  # what was due because the sensor was hung
    due_ms = next_due_ms(ward.store)
    assert due_ms is not None
    return due_ms


def test_one_silence_is_one_alert_whatever_number_of_limits_it_concerns(store: Store) -> None:
    ward = Ward(store, QUICK).furnish()
    ward.readings([(0, 5)])
    for minute in range(0, 400, 10):
        ward.ring(minute)
    assert ward.told() == [("no-data", False)]
    assert next_due_ms(store) is None


def test_a_sensor_that_never_speaks_is_told_too(ward: Ward) -> None:
    ward.ring(0)
    ward.ring(59)
    assert ward.told() == []
    ward.ring(61)
    assert ward.told() == [("no-data", False)]
    assert "none yet" in ward.all_alerts()[0].body["message"]


def test_data_that_return_are_told(ward: Ward) -> None:
    ward.readings([(0, 5)])
    ward.ring(70)
    ward.hear(message(90, 5))
    assert ward.told() == [("no-data", False), ("ended", False)]
    assert ward.all_alerts()[0].cleared_ms == START + 90 * MINUTE
    ward.ring(100)
    ward.ring(200)
    assert ward.told() == [("no-data", False), ("ended", False), ("no-data", False)]


def test_a_silence_that_hides_nothing_too_many_yet_is_looked_at_again(store: Store) -> None:
    ward = Ward(store, product_text("{above: 8 °C, allow: {each: 2 h}, times: 1}", max_gap="10 min")).furnish()
    ward.readings([(0, 5), (5, 9)])
    ward.ring(60)
    assert (ward.told(), ward.excursions()) == ([("no-data", False)], [])
    ward.ring(120)
    assert ward.excursions() == []
    ward.ring(121)
    assert spans(ward.excursions()) == [(5, None, "possible")]


def test_silence_does_not_hide_what_is_warm(ward: Ward) -> None:
    ward.readings([(0, 5)])
    ward.ring(70)
    ward.hear(message(90, 9))
    assert sorted(kind for kind, _ in ward.told()) == ["certain", "ended", "no-data"]
    assert spans(ward.excursions()) == [(90, None, "certain")]


def test_a_backfill_that_is_still_coming_in_raises_no_silence(store: Store) -> None:
    ward = Ward(store).furnish(now_minute=5000)
    ward.ring(5000)
    for minute in range(0, 4990, 30):
        ward.hear(message(minute, 5, received=5000 + minute / 5000))
        ward.ring(5000 + minute / 5000)
    ward.hear(message(5000, 5, received=5001))
    for minute in range(5002, 5060):
        ward.ring(minute)
    assert ward.told() == []


def test_old_readings_and_then_nothing_are_told_after_a_little_while(store: Store) -> None:
    ward = Ward(store).furnish(now_minute=5000)
    ward.hear(message(0, 5, received=5000))
    ward.ring(5001)
    assert ward.told() == []
    ward.ring(5002)
    assert ward.told() == [("no-data", False)]


def test_old_readings_that_keep_coming_do_not_put_it_off_for_ever(store: Store) -> None:
    ward = Ward(store).furnish(now_minute=5000)
    for step in range(10):
        ward.hear(message(step, 5, received=5000 + step / 2))
        ward.ring(5000 + step / 2)
    assert ward.told() == [("no-data", False)]


def test_a_sensor_out_of_service_is_not_waited_for(ward: Ward) -> None:
    ward.readings([(0, 5)])
    ward.ring(70)
    with ward.store.transaction() as tx:
        sensor = places.sensor_named(tx, "s1")
        assert sensor is not None
        places.retire(tx, sensor.id, START + 80 * MINUTE, START + 80 * MINUTE)
    for minute in range(80, 400, 20):
        ward.ring(minute)
    assert ward.told() == [("no-data", False)]
    assert ward.all_alerts()[0].cleared_ms is not None
    assert next_due_ms(ward.store) is None


def test_an_assignment_that_begins_later_is_judged_from_then_on(ward: Ward) -> None:
    ward.assign(product_text("{above: 6 °C}", id_="stricter"), 30, 0)
    ward.readings([(0, 5), (10, 7), (20, 7), (28, 7), (35, 7), (40, 5)])
    ward.ring(50)
    (one,) = ward.excursions()
    assert (one.limit_id, one.current.known.end_ms) == ("above-6", START + 40 * MINUTE)
    assert one.current.known.at_least_ms == 5 * MINUTE


def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    store = Store(url)
    store.migrate()
    Ward(store, product_text("{above: 8 °C, allow: {each: 30 min}}")).furnish().readings([(0, 5), (5, 9)])
    store.close()
    later = Store(url)
    later.migrate()
    ward = Ward(later)
    ward.ring(600)
    assert ward.told() == [("possible", False)]
    assert spans(ward.excursions()) == [(5, None, "possible")]
    later.close()


def test_ringing_when_nothing_is_due_does_nothing(ward: Ward) -> None:
    ward.ring(0)
    assert ward.ring(1) == frozenset()
