"""When a sensor's next reading may be settled without judging, and between what: from what the record knows of it."""

from collections.abc import Iterator
from dataclasses import fields, replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from coldchain.domain.bounds import DEFAULT_MAX_GAP_MS
from coldchain.monitoring.calmness import Calm, Calmness
from coldchain.monitoring.silence import UNPROVABLE
from coldchain.records import Store, Transaction
from coldchain.records.heard import NEVER_MS, NOTHING, Known, known_by_id, known_by_name
from tests.empty import empty_store
from tests.monitoring.ward import MINUTE, START, Ward, message

LAST, NOW = START + 10 * MINUTE, START + 20 * MINUTE


@pytest.fixture(scope="module")
def record() -> Iterator[Store]:
    """A refrigerator judged by 8 °C and an hour's gap from `START` on, whose sensor was heard twice: 5 °C."""
    ward = Ward(empty_store()).furnish()
    ward.hear(message(0, 5), message(10, 5))
    yield ward.store
    ward.store.close()


@pytest.fixture
def tx(record: Store) -> Iterator[Transaction]:
    with record.reading() as tx:
        yield tx


@pytest.fixture
def found(tx: Transaction) -> Known:
    return known_by_id(tx, [1], UNPROVABLE)


def changed(found: Known, **columns: Any) -> Known:
    """Other values in some columns."""
    now: Any = {name: [value] if isinstance(value, str) else np.array([value]) for name, value in columns.items()}
    return replace(found, **now)


def together(*some: Known) -> Known:
    """The rows of all of them, one after the other."""
    columns = {one.name: [getattr(each, one.name) for each in some] for one in fields(Known)}
    joined: Any = {
        name: np.concatenate(parts) if isinstance(parts[0], np.ndarray) else [text for part in parts for text in part]
        for name, parts in columns.items()
    }
    return Known(**joined)


def told(tx: Transaction, found: Known) -> Calm:
    first = np.flatnonzero(np.diff(found.sensor_id, prepend=-1))
    return Calmness().of(tx, found, first, NOW)


def test_what_follows_a_calm_reading_is_calm_up_to_8_degrees_and_for_an_hour(tx: Transaction, found: Known) -> None:
    calm = told(tx, found)
    assert calm.ready.tolist() == [True]
    assert (calm.last_ms[0], calm.last_milli[0]) == (LAST, 5_000)
    assert (calm.gap_ms[0], calm.until_ms[0]) == (60 * MINUTE, NEVER_MS)
    assert calm.high[0] == 8_000


def test_a_sensor_is_known_by_its_name_as_by_its_number(tx: Transaction, found: Known) -> None:
    named = known_by_name(tx, ["s1", "nobody"], UNPROVABLE)
    for one in fields(Known):
        assert list(getattr(named, one.name)) == list(getattr(found, one.name)), one.name
    assert len(known_by_name(tx, ["nobody"], UNPROVABLE)) == 0


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"told": 1}, id="an alert still holds"),
        pytest.param({"awaited": 0}, id="nobody waits for its silence"),
        pytest.param({"calm": 0}, id="something is open or doubtful"),
        pytest.param({"through_ms": NOTHING, "calm": 0}, id="it was never judged"),
        pytest.param({"through_ms": LAST + 1}, id="more is judged than was heard"),
        pytest.param({"ended_ms": NOW, "through_ms": LAST}, id="the end of the judging is not judged yet"),
        pytest.param({"taken_ms": NOW, "through_ms": LAST}, id="taken down, and the end is not judged yet"),
        pytest.param({"stage": "thawed"}, id="the product file has no such stage"),
        pytest.param({"commissioned_ms": LAST + 1}, id="commissioned after its last reading"),
        pytest.param({"milli_c": 8_001}, id="the last reading was too warm"),
        pytest.param({"uncertainty_milli_c": 3_001}, id="perhaps too warm by the probe's uncertainty"),
        pytest.param({"high_milli_c": 4_000}, id="beyond what it can measure"),
        pytest.param({"milli_c": -127_000}, id="a sentinel"),
        pytest.param({"measured_ms": NOTHING, "assignment_id": NOTHING}, id="never heard, and not judged"),
    ],
)
def test_its_next_reading_is_judged_whatever_it_is_where(
    columns: dict[str, Any], tx: Transaction, found: Known, caplog: pytest.LogCaptureFixture
) -> None:
    assert told(tx, changed(found, **columns)).ready.tolist() == [False]
    assert ("cannot be read" in caplog.text) == ("stage" in columns)


def calm_between(tx: Transaction, found: Known, **columns: Any) -> tuple[int, int, int, int]:
    """From, gap, until, and the warmest good value."""
    calm = told(tx, changed(found, **columns))
    assert calm.ready.tolist() == [True]
    return int(calm.last_ms[0]), int(calm.gap_ms[0]), int(calm.until_ms[0]), int(calm.high[0])


def test_what_else_is_known_of_a_sensor_narrows_it(tx: Transaction, found: Known) -> None:
    between = partial(calm_between, tx, found)
    hour = 60 * MINUTE
    assert between(max_gap_ms=5 * MINUTE) == (LAST, 5 * MINUTE, NEVER_MS, 8_000)
    assert between(max_gap_ms=2 * hour) == (LAST, hour, NEVER_MS, 8_000)
    assert between(uncertainty_milli_c=500) == (LAST, hour, NEVER_MS, 7_500)
    assert between(high_milli_c=6_000) == (LAST, hour, NEVER_MS, 6_000)
    assert between(ended_ms=NOW + 1) == (LAST, hour, NOW + 1, 8_000)
    assert between(taken_ms=NOW + 2, ended_ms=NOW + 1) == (LAST, hour, NOW + 1, 8_000)
    assert between(measured_ms=NOTHING, milli_c=0) == (LAST, hour, NEVER_MS, 8_000)  # as far as it is judged


def test_where_nothing_is_judged_now_a_reading_only_has_to_be_none_of_a_faulty_sensor(
    tx: Transaction, found: Known
) -> None:
    between = partial(calm_between, tx, found)
    warmest = between(assignment_id=NOTHING)[3]
    assert warmest > 100_000
    assert between(assignment_id=NOTHING) == (LAST, NEVER_MS, NEVER_MS, warmest)
    assert between(assigned_ms=NOW + 1) == (LAST, NEVER_MS, NOW + 1, warmest)
    assert between(ended_ms=LAST, through_ms=LAST + 1) == (LAST, NEVER_MS, NEVER_MS, warmest)
    assert between(assignment_id=NOTHING, power_up=1)[3] == 84_999


def test_of_several_stays_the_narrowest_counts_and_each_must_allow_it(tx: Transaction, found: Known) -> None:
    elsewhere = changed(found, placement_id=2, location_id=2, max_gap_ms=7 * MINUTE, uncertainty_milli_c=1_000)
    other = changed(found, sensor_id=2, name="s2", milli_c=6_000)
    calm = told(tx, together(found, elsewhere, other))
    assert calm.ready.tolist() == [True, True]
    assert calm.gap_ms.tolist() == [7 * MINUTE, 60 * MINUTE]
    assert calm.high.tolist() == [7_000, 8_000]
    assert calm.last_milli.tolist() == [5_000, 6_000]
    assert told(tx, together(found, changed(elsewhere, told=1), other)).ready.tolist() == [False, True]
    never_heard = [changed(one, measured_ms=NOTHING) for one in (found, changed(elsewhere, through_ms=LAST - 1))]
    assert told(tx, together(*never_heard)).ready.tolist() == [False]  # their judging does not begin at once


def test_without_a_declared_gap_it_is_the_usual_one() -> None:
    ward = Ward(empty_store())
    ward.text = ward.text.replace("max_gap: 60 min\n", "")
    ward.furnish().hear(message(0, 5))
    with ward.store.reading() as tx:
        assert told(tx, known_by_id(tx, [1], UNPROVABLE)).gap_ms.tolist() == [DEFAULT_MAX_GAP_MS]
    ward.store.close()
