"""The table of series in the explanation page is what the judge says."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from coldchain.domain.bounds import Yardstick
from coldchain.domain.product import Predicate, limit
from coldchain.domain.verdict import judge
from coldchain.rulebook.series import parse_series

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "what-the-numbers-mean.md"
ROW = re.compile(r"^\| `([^`]+)` \| (\d+) \| (\d+) \| (\d+) \| (\w+) \| (.+) \|$", re.MULTILINE)
ROWS = ROW.findall(PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("series", "least", "estimate", "most", "verdict", "why"), ROWS, ids=[row[0] for row in ROWS])
def test_a_series_of_the_explanation_is_judged_so(
    series: str, least: str, estimate: str, most: str, verdict: str, why: str
) -> None:
    limits = (limit(Predicate.BELOW, 2000), limit(Predicate.ABOVE, 8000))
    trace = parse_series(series, timedelta(minutes=5))
    judgement = judge(trace, limits, Yardstick(max_gap_ms=1_800_000))
    bounds = judgement.limits[1].bounds
    minutes = [ms / 60_000 for ms in (bounds.at_least_ms, bounds.estimate_ms, bounds.at_most_ms)]
    assert minutes == [int(least), int(estimate), int(most)], why
    assert judgement.verdict == verdict, why


def test_the_explanation_has_such_a_table() -> None:
    assert len(ROWS) == 9
