"""What a record came to, whatever the order, and what the one judge says of it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from coldchain.domain.bounds import Edges
from coldchain.domain.verdict import judge
from coldchain.monitoring.ending import ending_of
from coldchain.monitoring.incoming import Incoming
from coldchain.monitoring.knowing import known_of
from coldchain.monitoring.rules import rules_of
from coldchain.records import Store, alerts, continuing, excursions, places, quarantine, readings, units
from coldchain.records.excursions import Known
from coldchain.records.verifying import verify
from tests.monitoring.ward import MINUTE, START, product_text

FINAL = 3000
"""A minute long after every reading, at which the clock rings for the last time."""

PRODUCTS = [
    product_text("{above: 8 °C}", "{below: 2 °C}"),
    product_text("{above: 8 °C, allow: {each: 30 min}}", "{at_or_below: 0 °C}", max_gap="20 min"),
    product_text("{above: 8 °C, allow: {total: 45 min}}", "{id: warm, above: 25 °C}", max_gap="30 min"),
    product_text("{above: 8 °C, allow: {total: 20 min, within: 90 min}}", max_gap="45 min"),
    product_text("{above: 8 °C, allow: {each: 2 h}, times: 1}", "{below: 2 °C, allow: {each: 10 min}}"),
]

values = st.one_of(
    st.sampled_from([5.0, 8.0, 8.001, 9.0, 12.0, 1.999, 2.0, 0.0, -1.0, 26.0, 7.8, 8.3]),
    st.sampled_from([-127.0, 127.99, 61.0, None]),
)


def apart_from_the_clock(known: Known) -> Known:
    if known.end_ms is not None:
        return known
    return replace(known, at_most_ms=known.at_most_ms - known.estimate_ms, estimate_ms=0)


def what_it_came_to(store: Store) -> dict[str, object]:
    with store.reading() as tx:
        sensors = {sensor.id: sensor.name for sensor in places.sensors(tx)}
        rooms = {location.id: location.name for location in places.locations(tx)}
        standing = [
            (sensors[one.sensor_id], rooms[one.location_id], one.limit_id, apart_from_the_clock(one.current.known))
            for one in excursions.excursions(tx)
            if one.merged_into is None and not one.current.known.withdrawn
        ]
        traces = {name: readings.trace(tx, id_) for id_, name in sensors.items()}
        held = [
            tuple(row[name] for name in ("identity", "copies", "received_ms", "position", "measured_ms", "milli_c"))
            for row in quarantine.rows(tx, 1000)
        ]
        return {
            "readings": {name: (t.at_ms.tolist(), t.milli_c.tolist()) for name, t in traces.items()},
            "counts": readings.counts(tx),
            "held": sorted(held),
            "by reason": quarantine.count(tx),
            "excursions": sorted(standing, key=repr),
        }


def what_the_judge_says(store: Store) -> list[tuple[str, str, str, Known]]:
    """The excursions of the whole trace, judged in one piece."""
    found: list[tuple[str, str, str, Known]] = []
    with store.reading() as tx:
        for sensor in places.sensors(tx):
            trace = readings.trace(tx, sensor.id)
            for unit in units.of_sensors(tx, [sensor.id]):
                rules = rules_of(unit, START + FINAL * MINUTE)
                end_ms = START + FINAL * MINUTE if unit.to_ms is None else unit.to_ms
                said = judge(trace, rules.limits, rules.yardstick, Edges(unit.from_ms, end_ms))
                found += [
                    (
                        unit.sensor_name,
                        unit.location_name,
                        one.limit_id,
                        apart_from_the_clock(
                            known_of(one, ending_of(tx, unit, rules, limit.limit, one, START + FINAL * MINUTE).at_ms)
                        ),
                    )
                    for limit in said.limits
                    for one in limit.excursions
                ]
    return sorted(found, key=repr)


def everybody_was_told(store: Store) -> None:
    """Each excursion that stands was told with at least its certainty, and nothing was told twice."""
    with store.reading() as tx:
        told = alerts.alerts(tx)
        for one in excursions.excursions(tx):
            kinds = [alert.kind for alert in told if alert.excursion_id == one.id]
            assert len(kinds) == len(set(kinds))
            known = one.current.known
            goes_on = continuing.goes_on_from(tx, one) is not None  # then the one before may have told it already
            if one.merged_into is None and not known.withdrawn and not goes_on:
                assert "certain" in kinds or known.certainty == "possible"
                assert kinds
        assert verify(tx).findings == ()


def adds_up(came: dict[str, Any], sent: Sequence[Incoming]) -> None:
    counts, said = came["counts"], sum(len(one.decoded) for one in sent)
    assert sum(counts.values()) == said
    assert counts["accepted"] == sum(len(at_ms) for at_ms, _ in came["readings"].values())
    assert counts["conflicts"] == came["by reason"].get("conflict", 0)
    assert sum(came["by reason"].values()) == counts["conflicts"] + counts["quarantined"] + sum(
        one.refused is not None for one in sent
    )
