"""Several probes at one place: the largest figure of each column, the worst verdict, the probe named (§3)."""

import pytest

from coldchain.domain.bounds import Edges, Yardstick
from coldchain.domain.limits import Limit, Predicate, limit
from coldchain.domain.together import together
from coldchain.domain.verdict import Judgement, judge
from tests.domain.test_judge import HOUR, minutes, triple

LIMITS: list[Limit] = [limit(Predicate.ABOVE, 8000), limit(Predicate.BELOW, 2000)]


def judged(series: str, yardstick: Yardstick = HOUR) -> Judgement:
    return judge(minutes(series), LIMITS, yardstick, Edges())


@pytest.mark.parametrize(
    ("case", "probes", "verdicts", "probe"),
    [
        ("one probe is as it is", {"a": "5 9 9 5"}, ["violated", "kept"], "a"),
        ("one is out, the other not", {"a": "5x4", "b": "5 9 5 5"}, ["violated", "kept"], "b"),
        ("one is silent", {"a": "5x4", "b": "5 _x20 5"}, ["undetermined", "undetermined"], "b"),
        ("out is worse than silent", {"a": "5 _x20 5", "b": "5 9 5"}, ["violated", "undetermined"], "b"),
        ("each is out in its own way", {"a": "5 9 5", "b": "5 1 1 5"}, ["violated", "violated"], "b"),
        ("the longer one is named", {"a": "5 9 5", "b": "5 9x3 5"}, ["violated", "kept"], "b"),
        ("all are well", {"a": "5x3", "b": "5x3"}, ["kept", "kept"], "a"),
    ],
)
def test_the_worst_of_the_probes_stands(case: str, probes: dict[str, str], verdicts: list[str], probe: str) -> None:
    found = together({name: judged(series) for name, series in probes.items()})
    assert [one.verdict.value for one in found.limits] == verdicts, case
    assert found.probe == probe, case
    worst = {"violated": "violated", "undetermined": "undetermined", "kept": "compliant"}
    assert found.verdict.value == worst[min(verdicts, key=["violated", "undetermined", "kept"].index)], case


def test_each_column_has_its_own_largest_figure() -> None:
    sure = judged("5 9 9 9 5")  # 10, 15, 20
    wide = judged("5 _x11 9 5")  # 0, 5, 65
    found = together({"sure": sure, "wide": wide}).limits[0]
    assert triple(found.bounds) == (10, 15, 65)
    assert found.probe == "wide"


def test_averages_are_never_judged() -> None:
    found = together({"warm": judged("8.5x3"), "cold": judged("1.5x3")})
    assert [one.verdict.value for one in found.limits] == ["violated", "violated"]
    assert [one.probe for one in found.limits] == ["warm", "cold"]


def test_without_a_probe_there_is_nothing_to_say() -> None:
    with pytest.raises(ValueError, match="no probe"):
        together({})
