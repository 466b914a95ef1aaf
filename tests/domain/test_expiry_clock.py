"""A shortened expiry is a clock of a prepared medicine: it leaves the shortened stage in time, or is too late."""

import pytest

from coldchain.domain.clocks import expiries
from coldchain.domain.course import Happening
from coldchain.domain.preparation import judge_preparation
from coldchain.domain.product import Deadline, Event, Product
from coldchain.rulebook.book import load_rulebook, parse_product

TEXT = """\
schema: coldchain.product/1
id: short-lived
name: Short-lived vial (for tests)
version: 1
label: {document: A label for tests, section: "1", jurisdiction: EU, dated: null, checked_by: null}
stages:
  unopened:
    store: 2..8 °C
    expires: {after: 2 h, from: removed_from_refrigerator}
  reconstituted:
    begins: reconstituted
    ends: infusion_ended
    within: 4 h
    any_of: [{name: refrigerated, store: 2..8 °C}]
examples:
  - {name: kept, stage: unopened, every: 5 min, temps_c: "5x3", expect: compliant}
"""
PRODUCT: Product = parse_product(TEXT, "short-lived.yaml")
OUT, MADE, USED = Event.REMOVED, Event.RECONSTITUTED, Event.INFUSION_ENDED
HOUR = 3_600_000
ID = "removed_from_refrigerator→reconstituted"


@pytest.mark.parametrize(
    ("case", "course", "now_ms", "state"),
    [
        ("still in time", [(OUT, 0)], 2 * HOUR, "running"),
        ("a millisecond late", [(OUT, 0)], 2 * HOUR + 1, "violated"),
        ("reconstituted in time", [(OUT, 0), (MADE, 2 * HOUR)], 9 * HOUR, "kept"),
        ("reconstituted too late", [(OUT, 0), (MADE, 2 * HOUR + 1)], 9 * HOUR, "violated"),
        ("used, and nobody said when it was reconstituted", [(OUT, 0), (USED, HOUR)], 9 * HOUR, "undetermined"),
        ("discarded in time", [(OUT, 0), (Event.DISCARDED, HOUR)], 9 * HOUR, "kept"),
    ],
)
def test_it_is_exact_to_the_millisecond(case: str, course: list[tuple[Event, int]], now_ms: int, state: str) -> None:
    happenings = [Happening(event, at_ms, "bench") for event, at_ms in course]
    judged = judge_preparation(PRODUCT, happenings, (), {}, now_ms)
    (clock,) = [one for one in judged.clocks if one.deadline.id == ID]
    assert clock.state.value == state, case
    assert clock.deadline_ms == 2 * HOUR


def test_without_the_event_there_is_no_clock() -> None:
    judged = judge_preparation(PRODUCT, [Happening(MADE, 0, "bench")], (), {}, HOUR)
    assert [one.deadline.id for one in judged.clocks] == ["reconstituted→infusion_ended"]


def test_a_pen_is_used_before_its_shortened_life_ends() -> None:
    humira = load_rulebook().product("humira-eu")
    assert [one.id for one in expiries(humira)] == ["removed_from_refrigerator→infusion_ended"]


def test_a_deadline_that_the_product_states_itself_stands_once() -> None:
    (expiry,) = expiries(PRODUCT)
    assert isinstance(expiry, Deadline)
    assert expiry not in PRODUCT.deadlines
