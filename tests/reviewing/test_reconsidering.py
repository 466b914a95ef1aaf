"""What another version of a product would say: by the one judge, of a place and of an excursion."""

import pytest

from coldchain.domain.bounds import Edges
from coldchain.domain.verdict import Verdict
from coldchain.reviewing.reconsidering import Measured, judged_by, needs_the_whole_way, stretch_under
from coldchain.rulebook.book import parse_product
from coldchain.web.versions import sentence_of
from tests.domain.test_judge import minutes
from tests.monitoring.ward import MINUTE, product_text


def measured(series: str, end: float | None = None, **more: int) -> Measured:
    trace = minutes(series)
    last = int(trace.at_ms[-1]) if end is None else round(end * MINUTE)
    return Measured("probe", trace, Edges(0, last), **more)


WARM = "5x2 9x4 5x2"  # bad from 10 to 30, good again at 30


@pytest.mark.parametrize(
    ("case", "limits", "series", "stretch", "verdict"),
    [
        ("the same limit", ["{above: 8 °C}"], WARM, (10, 30), "violated"),
        ("a limit it keeps", ["{above: 25 °C}"], WARM, (10, 30), "compliant"),
        ("a stricter limit", ["{above: 4 °C}"], WARM, (10, 30), "violated"),
        ("an allowance that covers it", ["{above: 8 °C, allow: {each: 1 h}}"], WARM, (10, 30), "compliant"),
        ("an allowance that may cover it", ["{above: 8 °C, allow: {each: 20 min}}"], WARM, (10, 30), "undetermined"),
        ("an allowance it is beyond", ["{above: 8 °C, allow: {each: 10 min}}"], WARM, (10, 30), "violated"),
        ("a budget used up before", ["{above: 8 °C, allow: {total: 20 min}}"], "9x6 5 9x2 5", (35, 45), "violated"),
        ("a budget that is enough", ["{above: 8 °C, allow: {total: 2 h}}"], "9x6 5 9x2 5", (35, 45), "compliant"),
        ("what is elsewhere does not count", ["{above: 8 °C}"], "9x2 5x9 7x2 5", (55, 60), "compliant"),
        ("a silence inside it", ["{above: 25 °C}"], "5 9 _x20 9 5", (5, 115), "undetermined"),
        ("the other side", ["{above: 25 °C}", "{below: 10 °C}"], WARM, (10, 30), "violated"),
    ],
)
def test_an_excursion_under_another_version(
    case: str, limits: list[str], series: str, stretch: tuple[int, int], verdict: str
) -> None:
    start_ms, end_ms = (minute * MINUTE for minute in stretch)
    asked = parse_product(product_text(*limits), "test.yaml")
    found = stretch_under(asked, "unopened", measured(series, end=stretch[1]), start_ms, end_ms)
    assert found is not None
    assert found.value == verdict, case


def test_a_version_without_that_stage_says_nothing() -> None:
    asked = parse_product(product_text("{above: 8 °C}"), "test.yaml")
    assert stretch_under(asked, "opened", measured(WARM), 0, MINUTE) is None
    assert judged_by(asked, "opened", [measured(WARM)]) is None
    assert judged_by(asked, "unopened", []) is None


def test_a_place_is_judged_over_all_its_probes() -> None:
    asked = parse_product(product_text("{above: 8 °C}"), "test.yaml")
    calm = Measured("calm", minutes("5x8"), Edges(0, 35 * MINUTE))
    found = judged_by(asked, "unopened", [calm, measured(WARM)])
    assert found is not None
    assert (found.verdict, found.probe) == (Verdict.VIOLATED, "probe")


@pytest.mark.parametrize(
    ("limits", "needed"),
    [
        (["{above: 8 °C}"], False),
        (["{above: 8 °C, allow: {each: 1 h}}"], False),
        (["{above: 8 °C}", "{below: 2 °C, allow: {total: 1 h}}"], True),
        (["{above: 8 °C, allow: {total: 1 h, within: 24 h}}"], True),
        (["{above: 8 °C, allow: {each: 1 h}, times: 2}"], True),
    ],
)
def test_budgets_need_all_that_was_before(limits: list[str], needed: bool) -> None:
    asked = parse_product(product_text(*limits), "test.yaml")
    assert needs_the_whole_way(asked.stages["unopened"]) is needed


@pytest.mark.parametrize(
    ("was", "would_be", "words"),
    [
        (Verdict.VIOLATED, Verdict.COMPLIANT, "under which the verdict would be compliant instead of violated"),
        (Verdict.VIOLATED, Verdict.VIOLATED, "under which the verdict would be the same: violated"),
        (Verdict.VIOLATED, None, "which has no such stage: nothing can be judged by it"),
        (None, Verdict.VIOLATED, "there is nothing to judge"),
    ],
)
def test_the_sentence_on_the_page(was: Verdict | None, would_be: Verdict | None, words: str) -> None:
    assert sentence_of(was, would_be) == words
