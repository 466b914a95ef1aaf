"""Readings on both sides of a stay's end come in any order, and the record comes to the same."""

from itertools import permutations

import pytest

from coldchain.records import places
from coldchain.records.excursions import Known
from tests.empty import empty_store
from tests.monitoring.ward import MINUTE, START, Ward, message

STAY_ENDS = 200
CASES = [
    ("the first good reading after the end comes last", [(195, 9), (475, 9), (210, 5), (450, 5)]),
    ("the episode reaches over several readings beyond the end", [(50, 5), (175, 9), (245, 12), (425, 9), (445, 5)]),
    ("it begins at the end", [(200, 9), (205, 9), (210, 5)]),
    ("it begins at the end, and nothing follows", [(190, 5), (200, 9)]),
    ("it begins before the stay", [(-60, 9), (-20, 12), (10, 9), (20, 5)]),
]


def known_after(series: list[tuple[float, float]], *, one_by_one: bool) -> list[Known]:
    store = empty_store()
    ward = Ward(store).furnish(now_minute=-100)
    with store.transaction() as tx:
        sensor = places.sensor_named(tx, "s1")
        assert sensor is not None
        places.take_down(tx, sensor.id, START + STAY_ENDS * MINUTE, START)
    messages = [message(*reading) for reading in series]
    for batch in [[one] for one in messages] if one_by_one else [messages]:
        ward.hear(*batch, now=1000)
        ward.ring(1000)
    ward.ring(2000)
    found = [one.current.known for one in ward.excursions()]
    store.close()
    return found


@pytest.mark.parametrize(("case", "series"), CASES)
def test_the_order_in_which_they_come_does_not_matter(case: str, series: list[tuple[float, float]]) -> None:
    whole = known_after(series, one_by_one=False)
    assert len(whole) == 1, case
    for order in list(permutations(series))[1::5]:
        assert known_after(list(order), one_by_one=True) == whole, (case, order)
