"""Excursions as they happen, as they become known late, and who is told of them."""

from typing import Any

import pytest

from coldchain.records import Store, alerts, excursions, places
from coldchain.records.verifying import verify
from coldchain.rulebook.book import parse_product
from tests.monitoring.ward import CHANNELS, MINUTE, START, Ward, message, product_text, spans

HALF_AN_HOUR = product_text("{above: 8 °C, allow: {each: 30 min}}")
TWENTY_IN_ALL = product_text("{above: 8 °C, allow: {total: 20 min}}")


def because(ward: Ward, number: int = 0) -> list[str]:
    with ward.store.reading() as tx:
        return [one.because for one in excursions.revisions(tx, excursions.excursions(tx)[number].id)]


def test_a_warm_afternoon_from_its_first_reading_to_its_end(ward: Ward) -> None:
    ward.readings([(0, 5), (5, 5), (10, 9)])
    assert spans(ward.excursions()) == [(10, None, "certain")]
    assert ward.told() == [("certain", False)]
    ward.readings([(15, 9.5), (20, 5)])
    assert spans(ward.excursions()) == [(10, 20, "certain")]
    assert ward.told() == [("certain", False), ("ended", False)]
    known = ward.excursions()[0].current.known
    assert (known.at_least_ms, known.estimate_ms, known.at_most_ms) == (5 * MINUTE, 10 * MINUTE, 15 * MINUTE)
    assert (known.extreme_milli_c, known.readings) == (9500, 2)
    assert because(ward) == ["opened", "new readings", "ended"]


def test_what_was_known_then_stays_readable_beside_what_is_known_now(ward: Ward) -> None:
    ward.readings([(0, 5), (10, 9), (15, 9.5)])
    (one,) = ward.excursions()
    with ward.store.reading() as tx:
        then, now = excursions.revisions(tx, one.id)
    assert (then.known_ms, then.known.extreme_milli_c) == (START + 10 * MINUTE, 9000)
    assert (now.known_ms, now.known.extreme_milli_c) == (START + 15 * MINUTE, 9500)


def test_an_excursion_keeps_what_it_was_judged_by(store: Store) -> None:
    ward = Ward(store, HALF_AN_HOUR).furnish(calibration="certificate 7", uncertainty_milli_c=100)
    ward.readings([(minute, 9) for minute in range(0, 45, 5)])
    ward.assign(product_text(id_="other"), 60, 60)
    (one,) = ward.excursions()
    yardstick = one.yardstick
    assert yardstick["limit"]["id"] == "above-8"
    assert yardstick["limit"]["allowance"] == {"kind": "each", "duration_ms": 30 * MINUTE}
    assert (yardstick["product"]["id"], yardstick["product"]["version"]) == ("test", 1)
    assert (yardstick["max_gap_ms"], yardstick["max_gap_from"]) == (60 * MINUTE, "product")
    assert (yardstick["uncertainty_milli_c"], yardstick["calibration"]) == (100, "certificate 7")


def test_numbers_count_up_within_a_year(ward: Ward) -> None:
    ward.readings([(0, 9), (5, 5), (10, 9), (15, 5)])
    assert [one.number for one in ward.excursions()] == ["2026-0001", "2026-0002"]


def test_an_allowance_is_told_when_it_can_no_longer_be_shown_to_be_kept(store: Store) -> None:
    ward = Ward(store, HALF_AN_HOUR).furnish()
    ward.readings([(0, 5), (5, 9)])
    ward.ring(5)  # what was due because the sensor was hung
    assert ward.excursions() == []
    assert ward.ring(30) == frozenset()  # at most 30 min by now, which is allowed
    assert ward.ring(30.0001)
    assert spans(ward.excursions()) == [(5, None, "possible")]
    ward.hear(message(36, 9))
    assert spans(ward.excursions()) == [(5, None, "certain")]
    assert ward.told() == [("possible", False), ("certain", False)]
    assert because(ward) == ["opened", "new readings"]


def test_the_clock_alone_makes_no_revisions(store: Store) -> None:
    ward = Ward(store, HALF_AN_HOUR).furnish()
    ward.readings([(0, 5), (5, 9)])
    for minute in range(31, 120):
        ward.ring(minute)
    assert because(ward) == ["opened"]
    assert ward.told() == [("possible", False)]


def test_a_possible_excursion_that_was_none_is_withdrawn_and_said_so(store: Store) -> None:
    ward = Ward(store, HALF_AN_HOUR).furnish()
    ward.readings([(0, 5), (5, 9)])
    ward.ring(40)
    ward.hear(message(10, 5, received=41))
    assert ward.excursions() == []
    assert because(ward) == ["opened", "new readings"]
    assert ward.told() == [("possible", False), ("ended", False)]
    assert "withdrawn" in ward.all_alerts()[1].body["message"]


def test_a_budget_is_used_up_by_several_episodes(store: Store) -> None:
    ward = Ward(store, TWENTY_IN_ALL).furnish()
    ward.readings([(0, 5), (5, 9), (10, 9), (15, 5), (20, 9), (25, 9), (30, 9), (35, 9), (40, 9), (45, 5)])
    assert spans(ward.excursions()) == [(20, 45, "certain")]


def test_late_readings_that_join_two_excursions_keep_the_older_number(ward: Ward) -> None:
    ward.readings([(0, 9), (10, 5), (20, 9), (30, 5)])
    first, second = ward.excursions()
    ward.hear(message(10, 9, received=5, source="a"))  # what was 5 °C is decided anew
    assert spans(ward.excursions()) == [(0, 30, "certain")]
    assert [one.number for one in ward.excursions()] == [first.number]
    with ward.store.reading() as tx:
        assert excursions.excursion(tx, second.id).merged_into == first.id
        assert all(alert.cleared_ms is not None for alert in alerts.of_excursion(tx, second.id))


def test_late_readings_that_split_an_excursion_leave_the_number_to_its_first_part(ward: Ward) -> None:
    ward.readings([(0, 9), (20, 9), (30, 5)])
    (whole,) = ward.excursions()
    ward.hear(message(10, 5, received=31))
    first, second = sorted(ward.excursions(), key=lambda one: one.current.known.start_ms)
    assert spans([first, second]) == [(0, 10, "certain"), (20, 30, "certain")]
    assert first.number == whole.number
    assert second.late
    assert ward.told()[-1] == ("certain", True)


def test_a_history_that_comes_at_once_is_told_once_each_and_late(ward: Ward) -> None:
    history = [message(minute, 9 if minute % 100 < 20 else 5, received=5000) for minute in range(0, 1000, 5)]
    for start in range(0, len(history), 7):
        ward.hear(*history[start : start + 7])
    assert len(ward.excursions()) == 10
    assert ward.told() == [("certain", True)] * 10


def test_short_episodes_of_a_history_wake_nobody(store: Store) -> None:
    ward = Ward(store, HALF_AN_HOUR).furnish()
    history = [message(minute, 9 if minute % 100 < 20 else 5, received=5000) for minute in range(0, 1000, 5)]
    for start in range(0, len(history), 3):  # some batches end in the middle of an episode
        ward.hear(*history[start : start + 3])
    assert ward.excursions() == []
    assert ward.told() == []


def test_what_is_heard_late_but_still_goes_on_is_told_late_and_its_end_in_time(ward: Ward) -> None:
    ward.hear(message(0, 9, received=400))
    assert ward.told() == [("certain", True)]
    ward.readings([(401, 9), (405, 5)])
    assert ward.told() == [("certain", True), ("ended", False)]


def test_a_trace_begins_and_ends_with_the_stay(store: Store) -> None:
    ward = Ward(store).furnish(from_minute=12)
    ward.readings([(0, 9), (5, 9), (10, 9), (15, 5)])
    (one,) = ward.excursions()
    known = one.current.known
    assert spans([one]) == [(0, 15, "possible")]  # it reaches in, but no bad reading was made in it
    assert known.at_most_ms == 3 * MINUTE  # only what lies in the stay counts
    with store.transaction() as tx:
        sensor = places.sensor_named(tx, "s1")
        assert sensor is not None
        places.take_down(tx, sensor.id, START + 20 * MINUTE, START + 20 * MINUTE)
    ward.hear(message(25, 30))
    ward.ring(30)
    assert len(ward.excursions()) == 1


def test_a_sensor_that_is_taken_away_ends_what_it_measured_and_nobody_is_told_that_all_is_well(ward: Ward) -> None:
    ward.readings([(0, 5), (5, 9), (10, 9)])
    with ward.store.transaction() as tx:
        sensor = places.sensor_named(tx, "s1")
        assert sensor is not None
        places.retire(tx, sensor.id, START + 12 * MINUTE, START + 12 * MINUTE)
    ward.ring(12)
    assert spans(ward.excursions()) == [(5, 12, "certain")]
    ward.hear(message(15, 9))
    ward.ring(500)
    assert spans(ward.excursions()) == [(5, 12, "certain")]
    assert "no longer measured" in because(ward)
    assert ward.told() == [("certain", False)]
    assert ward.all_alerts()[0].cleared_ms is not None


def test_a_recalibrated_sensor_rewrites_nothing(ward: Ward) -> None:
    ward.readings([(0, 5), (5, 8.2), (10, 5)])
    before = ward.excursions()
    with ward.store.transaction() as tx:
        places.put_sensor(tx, "s1", now_ms=START + 12 * MINUTE, uncertainty_milli_c=500, calibration="certificate 8")
    ward.ring(12)
    ward.hear(message(7, 5, received=13))
    assert [one.current.known.certainty for one in ward.excursions()] == ["certain"]
    assert [one.id for one in ward.excursions()] == [one.id for one in before]
    ward.readings([(15, 8.2), (20, 5)])
    assert spans(ward.excursions()) == [(5, 7, "certain"), (15, 20, "possible")]
    assert ward.excursions()[1].yardstick["calibration"] == "certificate 8"


def test_a_product_assigned_from_the_past_on_judges_what_is_there(ward: Ward) -> None:
    ward.readings([(0, 5), (5, 7), (10, 7), (15, 5)])
    ward.assign(product_text("{above: 6 °C}", id_="stricter"), 0, 20)
    ward.ring(20)
    assert spans(ward.excursions()) == [(5, 15, "certain")]
    assert ward.told() == [("certain", True)]


def test_two_products_at_one_place_are_judged_each_by_its_own_rules(ward: Ward) -> None:
    text = product_text("{above: 6 °C}", id_="stricter")
    with ward.store.transaction() as tx:
        product = parse_product(text, "stricter.yaml")
        places.assign(tx, 1, product, text, "unopened", START, START, beside=True)
    ward.readings([(0, 5), (5, 7), (10, 9), (15, 5)])
    assert sorted((one.limit_id, *spans([one])[0]) for one in ward.excursions()) == [
        ("above-6", 5, 15, "certain"),
        ("above-8", 10, 15, "certain"),
    ]


def test_readings_within_the_probes_uncertainty_are_told_once_as_possible(store: Store) -> None:
    ward = Ward(store).furnish(uncertainty_milli_c=500)
    ward.readings([(0, 5), (5, 7.8), (10, 7.9), (15, 7)])
    assert ward.told() == [("possible", False)]
    assert ward.excursions() == []
    alert = ward.all_alerts()[0]
    assert (alert.excursion_id, alert.cleared_ms) == (None, START + 15 * MINUTE)
    ward.readings([(20, 7.8)])
    assert len(ward.told()) == 2


def test_an_alert_says_what_is_known_and_keeps_saying_it(ward: Ward) -> None:
    ward.readings([(0, 5), (5, 9.4)])
    alert = ward.all_alerts()[0]
    body: dict[str, Any] = alert.body
    assert body["schema"] == "coldchain.alert/1"
    assert (body["id"], body["kind"], body["late"]) == (alert.id, "certain", False)
    assert body["location"] == {"name": "ward-3", "title": "Ward 3"}
    assert body["sensor"] == {"name": "s1", "channel": ""}
    assert body["limit"] == {"id": "above-8", "words": "Never above 8 °C."}
    assert body["duration_s"] == {"at_least": 0, "estimate": 0, "at_most": 300}
    assert (body["certainty"], body["extreme_c"], body["end"]) == ("certain", 9.4, None)
    assert body["excursion"] == "2026-0001"
    assert body["link"] == "/excursions/2026-0001"
    assert "Ward 3: out of range since" in body["message"]


def test_rules_that_cannot_be_read_cost_no_reading_and_are_told_until_they_can(ward: Ward) -> None:
    with ward.store.transaction() as tx:
        tx.exec_driver_sql("UPDATE assignment SET product_file = 'broken'")
    ward.readings([(0, 5), (5, 9), (10, 5)])
    ward.ring(15)
    assert ward.stored() == [(0, 5.0), (5, 9.0), (10, 5.0)]
    assert ward.told() == [("no-data", False)]
    assert "cannot be judged" in ward.all_alerts()[0].body["message"]
    with ward.store.transaction() as tx:
        tx.exec_driver_sql("UPDATE assignment SET product_file = ?", (ward.text,))
    ward.ring(40)
    assert spans(ward.excursions()) == [(5, 10, "certain")]
    ward.hear(message(45, 5))
    assert ("ended", False) in ward.told()
    assert "judged again" in ward.all_alerts()[-1].body["message"]


def test_every_channel_gets_every_alert_once(ward: Ward) -> None:
    ward.readings([(0, 9), (5, 9.4), (10, 9.5)])
    with ward.store.reading() as tx:
        due = alerts.due_deliveries(tx, START + 20 * MINUTE)
    assert [(one.channel, one.target) for one in due] == list(CHANNELS)


def test_the_batch_says_which_alerts_it_raised(ward: Ward) -> None:
    done = ward.hear(message(0, 9))
    assert done.alerts == tuple(alert.id for alert in ward.all_alerts())


@pytest.mark.parametrize("minutes", [1, 24 * 60, 3 * 24 * 60 + 7])
def test_the_judge_resumes_where_it_stopped_over_days(ward: Ward, minutes: int) -> None:
    ward.hear(*[message(minutes + step, 9 if step == 30 else 5) for step in range(0, 60, 5)])
    ward.hear(message(minutes + 60, 5))
    ward.hear(message(minutes + 32, 9, received=minutes + 61))
    assert spans(ward.excursions()) == [(minutes + 30, minutes + 35, "certain")]
    with ward.store.reading() as tx:
        assert verify(tx).findings == ()


def test_back_in_range_is_said_only_when_no_limit_is_touched_any_more(store: Store) -> None:
    limits = ("{above: 8 °C, allow: {each: 2 h}}", "{id: warm, above: 25 °C}", "{below: 2 °C}", "{at_or_below: 0 °C}")
    ward = Ward(store, product_text(*limits)).furnish()
    ward.readings([(0, 5), (5, 26), (10, 20), (15, 5), (20, -3), (25, 1), (30, 5)])
    over = [alert.body for alert in ward.all_alerts() if alert.kind == "ended"]
    assert [[(one["limit"], one["certain"]) for one in body["still"]] for body in over] == [
        [("above 8 °C", True)], [("below 2 °C", True)], [],
    ]  # fmt: skip
    assert ["back in range" in body["message"] for body in over] == [False, False, True]
    assert "Ward 3: still out of range (above 8 °C); 2026-0001 is over" in over[0]["message"]


def test_within_the_probes_uncertainty_nobody_is_told_that_it_is_back_in_range(store: Store) -> None:
    ward = Ward(store).furnish(uncertainty_milli_c=500)
    ward.readings([(0, 5), (5, 9), (10, 7.8), (15, 5)])
    (over,) = [alert.body for alert in ward.all_alerts() if alert.kind == "ended"]
    assert "possibly still out of range (above 8 °C)" in over["message"]


def test_back_in_range_is_not_said_while_another_sensor_of_the_place_is_out(ward: Ward) -> None:
    with ward.store.transaction() as tx:
        location = places.location_named(tx, "ward-3")
        assert location is not None
        places.place(tx, places.put_sensor(tx, "s2", now_ms=START), location.id, START, START)
    ward.hear(message(5, 9), message(5, 9, sensor="s2", source="t/s2"))
    ward.hear(message(10, 5))
    ward.hear(message(15, 5, sensor="s2", source="t/s2"))
    first, last = [alert.body for alert in ward.all_alerts() if alert.kind == "ended"]
    assert "still out of range (above 8 °C at s2)" in first["message"]
    assert "back in range" in last["message"]
