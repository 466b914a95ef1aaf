"""Rules or a calibration change while it is warm: an edge ends no episode, and nobody hears that all is well."""

import random
from collections.abc import Sequence

import pytest

from coldchain.monitoring.alerting import covers
from coldchain.records import Store, accounts, adoptions, alerts, continuing, excursions, places
from coldchain.records.verifying import verify
from coldchain.rulebook.book import parse_product
from tests.monitoring.ward import MINUTE, START, Ward, message, product_text, spans

SAME = product_text("{above: 8 °C}").replace("version: 1", "version: 2")
STRICTER = product_text("{above: 7 °C}").replace("version: 1", "version: 2")
LAXER = product_text("{above: 9 °C}").replace("version: 1", "version: 2")
ALLOWS_TEN_MINUTES = product_text("{above: 8 °C, allow: {each: 10 min}}").replace("version: 1", "version: 2")
COLD = product_text("{below: 12 °C}").replace("version: 1", "version: 2")


def parts(ward: Ward) -> list[tuple[str, str | None, str | None]]:
    """Each excursion: its number, the one it goes on from, and the one it goes on as."""
    found = []
    with ward.store.reading() as tx:
        for one in excursions.excursions(tx):
            before, after = continuing.goes_on_from(tx, one), continuing.goes_on_as(tx, one)
            found.append((one.number, before.number if before else None, after.number if after else None))
    return found


def ends(ward: Ward) -> list[float | None]:
    return [
        None if one.current.known.end_ms is None else (one.current.known.end_ms - START) / MINUTE
        for one in ward.excursions()
    ]


def change(ward: Ward, text: str, minute: float) -> None:
    """The service restarts with another version of the product's file."""
    ward.assign(text, minute, minute)
    ward.ring(minute)


def test_a_restart_with_another_version_while_it_is_warm_tells_nothing_false_and_nothing_twice(ward: Ward) -> None:
    ward.readings([(0, 5), (5, 9), (10, 9.8)])
    change(ward, SAME, 12)
    assert ward.told() == [("certain", False)]
    assert ends(ward) == [None, None]
    ward.readings([(15, 9.8), (20, 9.9)])
    assert ward.told() == [("certain", False)]
    assert parts(ward) == [("2026-0001", None, "2026-0002"), ("2026-0002", "2026-0001", None)]
    with ward.store.reading() as tx:
        assert [alert.cleared_ms for alert in alerts.alerts(tx)] == [None]
    ward.hear(message(25, 5))
    assert ends(ward) == [25, 25]
    assert ward.told() == [("certain", False), ("ended", False)]
    body = ward.all_alerts()[-1].body
    assert (body["excursion"], body["continues"], body["product"]["version"]) == ("2026-0002", "2026-0001", 2)
    assert "back in range since 2026-09-21 00:25 UTC; 2026-0002, which goes on from 2026-0001" in body["message"]
    with ward.store.reading() as tx:
        assert all(alert.cleared_ms is not None for alert in alerts.alerts(tx))
        assert verify(tx).findings == ()


def test_bad_time_stops_counting_at_the_edge_and_goes_on_behind_it(ward: Ward) -> None:
    ward.readings([(0, 5), (10, 9), (20, 9)])
    change(ward, SAME, 25)
    ward.readings([(30, 9), (40, 5)])
    first, second = [one.current.known for one in ward.excursions()]
    assert (first.at_least_ms, first.estimate_ms, first.at_most_ms) == (15 * MINUTE, 15 * MINUTE, 25 * MINUTE)
    assert (second.at_least_ms, second.estimate_ms, second.at_most_ms) == (5 * MINUTE, 15 * MINUTE, 15 * MINUTE)
    assert first.start_ms == second.start_ms == START + 10 * MINUTE


@pytest.mark.parametrize(
    ("case", "text", "told"),
    [
        ("the same limit", SAME, ["certain", "ended"]),
        ("a stricter one says no more than they know", STRICTER, ["certain", "ended"]),
        ("a laxer one that is passed as well is news", LAXER, ["certain", "possible", "certain", "ended"]),
        ("an allowance not used up yet", ALLOWS_TEN_MINUTES, ["certain", "ended"]),
        ("too cold is something else; the old one is followed", COLD, ["certain", "possible", "certain", "ended"]),
    ],
)
def test_who_was_told_hears_of_the_end_whatever_the_new_rules_say(
    ward: Ward, case: str, text: str, told: Sequence[str]
) -> None:
    ward.readings([(0, 5), (5, 9.8)])
    change(ward, text, 7)
    ward.readings([(10, 9.8), (12, 6), (14, 6)])
    assert [kind for kind, _ in ward.told()] == told, case


def test_a_possible_one_that_becomes_certain_under_the_new_rules_is_told(ward: Ward) -> None:
    ward = Ward(ward.store, product_text("{above: 8 °C, allow: {each: 30 min}}"))
    ward.assign(ward.text, 0, 0)
    ward.readings([(0, 5), (5, 9)])
    ward.ring(31)
    assert ward.told() == [("possible", False)]
    change(ward, SAME, 31)
    ward.hear(message(36, 9))
    assert ward.told() == [("possible", False), ("certain", False)]
    assert "which goes on from 2026-0001" in ward.all_alerts()[-1].body["message"]


def test_the_end_under_rules_that_apply_no_longer_says_so(ward: Ward) -> None:
    ward.readings([(0, 5), (5, 9)])
    change(ward, COLD, 7)
    ward.readings([(10, 9), (15, 6)])
    assert ends(ward) == [15, None]
    message_ = ward.all_alerts()[-1].body["message"]
    assert "2026-0001 is over since 2026-09-21 00:15 UTC" in message_
    assert "these rules judged until 2026-09-21 00:07 UTC" in message_
    assert "back in range" not in message_


def test_a_recalibration_while_it_is_warm_is_no_end_either(ward: Ward) -> None:
    ward.readings([(0, 5), (5, 9.8)])
    with ward.store.transaction() as tx:
        places.put_sensor(tx, "s1", now_ms=START + 7 * MINUTE, uncertainty_milli_c=200, calibration="certificate 8")
    ward.ring(7)
    ward.readings([(10, 9.8), (15, 5)])
    assert [kind for kind, _ in ward.told()] == ["certain", "ended"]
    assert parts(ward) == [("2026-0001", None, "2026-0002"), ("2026-0002", "2026-0001", None)]
    assert [one.yardstick["uncertainty_milli_c"] for one in ward.excursions()] == [0, 200]


def test_several_changes_are_one_chain(ward: Ward) -> None:
    ward.readings([(0, 5), (5, 9.8)])
    for minute, version in ((7, "2"), (12, "3"), (17, "4")):
        change(ward, SAME.replace("version: 2", f"version: {version}"), minute)
        ward.hear(message(minute + 2, 9.8))
    assert [kind for kind, _ in ward.told()] == ["certain"]
    ward.hear(message(20, 5))
    assert [kind for kind, _ in ward.told()] == ["certain", "ended"]
    assert ends(ward) == [20, 20, 20, 20]
    with ward.store.reading() as tx:
        assert all(alert.cleared_ms is not None for alert in alerts.alerts(tx))


def test_an_excursion_that_was_over_before_the_change_has_nothing_to_do_with_the_next(ward: Ward) -> None:
    ward.readings([(0, 5), (5, 9), (10, 5)])
    change(ward, SAME, 12)
    ward.readings([(15, 9), (20, 5)])
    assert parts(ward) == [("2026-0001", None, None), ("2026-0002", None, None)]
    assert [kind for kind, _ in ward.told()] == ["certain", "ended"] * 2


def test_nobody_judges_any_more_but_who_was_told_hears_that_it_is_back_in_range(ward: Ward) -> None:
    ward.readings([(0, 5), (5, 9.8)])
    with ward.store.transaction() as tx:
        places.unassign(tx, 1, START + 7 * MINUTE, START + 7 * MINUTE)
    ward.ring(7)
    ward.readings([(10, 9.8), (15, 9.5), (20, 5), (25, 9)])
    assert ends(ward) == [20]
    assert [kind for kind, _ in ward.told()] == ["certain", "ended"]


@pytest.mark.parametrize("seed", range(6))
def test_order_does_not_matter_across_a_change(either_store: Store, seed: int) -> None:
    ward = Ward(either_store).furnish()
    change(ward, SAME, 22)
    series = [(0, 5.0), (5, 9.0), (10, 9.8), (20, 9.0), (25, 9.2), (30, 8.5), (35, 5.0), (40, 9.0), (45, 5.0)]
    shuffled = random.Random(seed).sample(series, len(series))  # noqa: S311 a shuffle that can be told again
    for minute, temperature_c in shuffled:
        ward.hear(message(minute, temperature_c, received=50 + minute))
    ward.ring(120)
    assert spans(ward.excursions()) == [(5, 35, "certain"), (5, 35, "certain"), (40, 45, "certain")]
    links = sorted((bool(before), bool(after)) for _, before, after in parts(ward) if before or after)
    assert links == [(False, True), (True, False)]


@pytest.mark.parametrize(
    ("case", "told", "now", "covered"),
    [
        ("the same", [(8001, 99)], [(8001, 99)], True),
        ("above 8, now above 7", [(8001, 99_000)], [(7001, 99_000)], True),
        ("above 8, now above 9", [(8001, 99_000)], [(9001, 99_000)], False),
        ("outside, now above only", [(-9, 1999), (8001, 99_000)], [(8001, 99_000)], False),
        ("nothing was bad", [], [(8001, 99_000)], True),
    ],
)
def test_what_one_was_told_covers_what_is_so_now(
    case: str, told: list[tuple[int, int]], now: list[tuple[int, int]], covered: bool
) -> None:
    assert covers(told, now) is covered, case


def test_an_alert_from_a_version_nobody_adopted_says_so(ward: Ward) -> None:
    ward.readings([(0, 5), (5, 9)])
    body = ward.all_alerts()[0].body
    assert body["adopted"] is False
    assert body["message"].endswith(" No pharmacist of this site has adopted version 1 of test.")


def test_an_alert_from_an_adopted_version_does_not(ward: Ward) -> None:
    with ward.store.transaction() as tx:
        who = accounts.add(tx, "p", "P. Pharmacist", "pharmacist", "x", START)
        adoptions.adopt(tx, parse_product(ward.text, "test.yaml"), ward.text, who, START)
    ward.readings([(0, 5), (5, 9)])
    body = ward.all_alerts()[0].body
    assert (body["adopted"], "adopted" in body["message"]) == (True, False)
