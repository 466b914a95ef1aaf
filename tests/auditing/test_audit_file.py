"""One file against one stage: what is counted, what counts, and what is refused."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.auditing.audited import Audited, Period, Refused, exit_code
from coldchain.auditing.contract import json_line
from coldchain.auditing.file import audit_file, edges_of, yardstick
from coldchain.domain.bounds import Edges
from coldchain.domain.product import Product
from coldchain.domain.reading import Trace
from coldchain.domain.verdict import Verdict
from coldchain.loggers import Declared
from tests.auditing.logger_files import hobo, hobo_rows, q_tag, start_ms, two_channels

MINUTE = 60_000
TZ = Declared(tz="+01:00")


def audited(content: bytes, product: Product, stage: str = "strict", period: Period = Period()) -> Audited:
    """The only channel of a file."""
    (result,) = audit_file("box.csv", content, product, product.stages[stage], TZ, period)
    assert isinstance(result, Audited), result
    return result


@pytest.mark.parametrize(
    ("series", "stage", "verdict"),
    [
        ("5x9", "strict", "compliant"),
        ("8x5 2x5", "strict", "compliant"),
        ("5 8.001 5", "strict", "violated"),
        ("5 _x8 5", "strict", "undetermined"),
        ("5 9x3 5x3", "patient", "compliant"),
        ("5 9x5 5", "patient", "undetermined"),
        ("5 9x6 5", "patient", "violated"),
        ("5 1x2 5", "patient", "undetermined"),
        ("5 1x4 5", "patient", "violated"),
    ],
)
def test_a_file_gets_the_verdict_of_its_readings(series: str, stage: str, verdict: str, box: Product) -> None:
    assert audited(hobo(series), box, stage).verdict == verdict


@pytest.mark.parametrize(
    ("option_min", "product_min", "sensor_min", "expected"),
    [
        (None, None, None, (60, "default")),
        (None, 30, None, (30, "product")),
        (None, None, 20, (20, "sensor")),
        (None, 30, 20, (20, "sensor")),
        (None, 30, 45, (30, "product")),
        (90, 30, 20, (90, "option")),
    ],
)
def test_max_gap_is_the_option_else_the_smaller_else_an_hour(
    option_min: int | None, product_min: int | None, sensor_min: int | None, expected: tuple[int, str], box: Product
) -> None:
    product = replace(box, max_gap=None if product_min is None else timedelta(minutes=product_min))
    period = Period(max_gap_ms=None if option_min is None else option_min * MINUTE)
    found = yardstick(period, product, None if sensor_min is None else sensor_min * MINUTE)
    assert (found.max_gap_ms // MINUTE, found.max_gap_from) == expected


TRACE = Trace.of([1000, 2000], [5000, 5000])


@pytest.mark.parametrize(
    ("case", "start", "end", "stopped", "expected"),
    [
        ("nothing is declared", None, None, None, (Edges(), None)),
        ("the file's own stop is an edge", None, None, 2500, (Edges(None, 2500), "file")),
        ("a stop at the last reading too", None, None, 2000, (Edges(None, 2000), "file")),
        ("a stop before the last reading is none", None, None, 1500, (Edges(), None)),
        ("what is declared goes before the stop", 900, 3000, 2500, (Edges(900, 3000), "option")),
        ("a start goes with the file's stop", 900, None, 2500, (Edges(900, 2500), "file")),
        ("a start after the stop leaves the end open", 2600, None, 2500, (Edges(2600, None), None)),
    ],
)
def test_edges(
    case: str, start: int | None, end: int | None, stopped: int | None, expected: tuple[Edges, str | None]
) -> None:
    assert edges_of(Period(start, end), stopped, TRACE) == expected, case


def test_the_stop_that_a_file_states_lets_a_bad_last_reading_go_on_to_it(box: Product) -> None:
    result = audited(q_tag("5 9x2", stop_after_min=27), box)
    (excursion,) = result.judgement.limits[1].excursions
    bounds = excursion.episode.bounds
    assert (bounds.at_least_ms, bounds.estimate_ms, bounds.at_most_ms) == (10 * MINUTE, 17 * MINUTE, 27 * MINUTE)
    assert excursion.episode.end_ms is None
    assert result.end_from == "file"


def test_a_declared_period_counts_only_what_lies_inside(box: Product) -> None:
    content = hobo("9x3 5x9 9x3")
    inside = Period(start_ms() + 60 * MINUTE, start_ms() + 120 * MINUTE)
    assert audited(content, box).verdict == "violated"
    assert audited(content, box, period=inside).verdict == "compliant"


def test_a_period_that_nobody_measured_is_undetermined(box: Product) -> None:
    day = 24 * 60 * MINUTE
    result = audited(hobo("5x9"), box, period=Period(start_ms() + day, start_ms() + 2 * day))
    assert result.verdict == "undetermined"
    assert result.statistics is None
    assert any("no reading lies in the period" in note for note in result.notes)


def test_rows_that_held_a_value_are_counted_once_each(box: Product) -> None:
    rows = [(0, "5.0"), (15, "5.5"), (15, "5.5"), (30, "6.0"), (30, "6.5"), (45, "-127"), (60, "999.9"), (75, "5.1")]
    result = audited(hobo_rows(*rows), box)
    counts = (result.accepted, result.duplicates, len(result.conflicting), len(result.quarantined))
    assert counts == (4, 1, 1, 2)
    assert sum(counts) == len(rows)


@given(
    st.lists(
        st.tuples(st.integers(0, 12), st.sampled_from(["5.0", "5.5", "9.0", "-127", "999.9"])), min_size=1, max_size=30
    )
)
def test_the_four_counts_always_add_up_to_the_rows(box: Product, rows: list[tuple[int, str]]) -> None:
    ordered = [(0, "5.0"), (60, "5.0"), *((15 * step, text) for step, text in rows)]
    result = audited(hobo_rows(*sorted(ordered, key=lambda row: row[0])), box)
    counts = result.accepted + result.duplicates + len(result.conflicting) + len(result.quarantined)
    assert counts == len(ordered)


def test_a_file_whose_readings_all_went_to_quarantine_is_undetermined(box: Product) -> None:
    result = audited(hobo_rows((0, "-127"), (15, "-127"), (30, "999.9")), box)
    assert result.verdict == "undetermined"
    assert result.accepted == 0
    assert any("quarantine" in note for note in result.notes)


def test_a_sentinel_never_opens_an_excursion_and_is_silence(box: Product) -> None:
    result = audited(hobo_rows((0, "5"), (15, "5"), (30, "-127"), (45, "-127"), (60, "-127"), (90, "5")), box)
    assert result.verdict == "undetermined"
    assert not any(limit.excursions for limit in result.judgement.limits)
    assert len(result.judgement.gaps) == 1


def test_each_temperature_channel_is_judged_on_its_own(box: Product) -> None:
    results = audit_file("two.csv", two_channels("5x9", "5 9x8"), box, box.stages["strict"], Declared())
    assert [result.verdict for result in results if isinstance(result, Audited)] == ["compliant", "violated"]


def test_uncertainty_makes_a_near_miss_undetermined_and_a_near_hit_too(box: Product) -> None:
    half = Period(uncertainty_milli_c=500)
    assert audited(hobo("5 7.8 5"), box, period=half).verdict == "undetermined"
    assert audited(hobo("5 8.2 5"), box, period=half).verdict == "undetermined"
    assert audited(hobo("5 9 5"), box, period=half).verdict == "violated"


@pytest.mark.parametrize(
    ("case", "content", "code"),
    [
        ("nothing at all", b"", "no-readings"),
        ("a heading without rows", b'"#","Date Time, GMT+01:00","Temp, \xc2\xb0C (LGR S/N: 1)"\n', "no-readings"),
        ("a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "unknown-format"),
        ("no zone", hobo("5x9", zone=""), "ambiguous-time-zone"),
    ],
)
def test_what_cannot_be_judged_is_refused_with_its_code(case: str, content: bytes, code: str, box: Product) -> None:
    (result,) = audit_file("x.csv", content, box, box.stages["strict"])
    assert isinstance(result, Refused), case
    assert result.code == code
    assert len(result.file.sha256 or "") == 64


def test_the_same_bytes_always_give_the_same_line(box: Product) -> None:
    content = hobo("5 9x3 _x9 1 5x20 9")
    first, second = (audit_file("x.csv", content, box, box.stages["strict"], TZ) for _ in range(2))
    assert [json_line(result) for result in first] == [json_line(result) for result in second]


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([Verdict.COMPLIANT], 0),
        ([Verdict.COMPLIANT, Verdict.UNDETERMINED], 3),
        ([Verdict.UNDETERMINED, Verdict.VIOLATED], 1),
        ([Verdict.VIOLATED, None, Verdict.UNDETERMINED], 2),
        ([None], 2),
    ],
)
def test_two_beats_one_beats_three_beats_nought(verdicts: list[Verdict | None], code: int) -> None:
    assert exit_code(verdicts) == code
