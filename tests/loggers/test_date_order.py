"""Which number of a date is the day: proven by the whole column, by the head, by the user, or asked."""

from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coldchain.errors import FileRefused
from coldchain.loggers import Declared
from tests.loggers.writing import clock, only, read_or_refused, reading, table, times

LAYOUTS = {"DMY": "%d.%m.%y", "MDY": "%m.%d.%y", "YMD": "%y.%m.%d"}
ONE_AFTERNOON = times(12, start=clock(2026, 4, 5, 12))
OVER_MIDNIGHT = times(12, 30, start=clock(2026, 4, 5, 21))


def written(at: list[datetime], layout: str) -> str:
    return "Time,Temperature (°C)\n" + "".join(f"{m:{layout} %H:%M:%S},5.1\n" for m in at)


@pytest.mark.parametrize("order", LAYOUTS)
def test_the_step_over_midnight_tells_the_order(order: str) -> None:
    file = reading(written(OVER_MIDNIGHT, LAYOUTS[order]))
    evidence = file.evidence["date_order"]
    assert (evidence.value, evidence.source) == (order, "column")
    assert table(only(file))[-1][0] == "2026-04-06T02:30:00"


@pytest.mark.parametrize("order", LAYOUTS)
def test_one_afternoon_proves_nothing_and_is_asked(order: str) -> None:
    text = written(ONE_AFTERNOON, LAYOUTS[order])
    with pytest.raises(FileRefused) as refused:
        reading(text)
    assert refused.value.code == "ambiguous-date-order"
    assert f"--date-order {order}" in refused.value.options
    answered = reading(text, Declared(tz="UTC", date_order=order))
    assert answered.evidence["date_order"].source == "declared"
    assert table(only(answered))[0][0] == "2026-04-05T12:00:00"


def test_only_orders_that_survive_are_offered() -> None:
    with pytest.raises(FileRefused) as refused:
        reading(written(times(12, start=clock(2026, 4, 25, 12)), "%d.%m.%y"))
    assert refused.value.options == ("--date-order DMY", "--date-order YMD")


def test_a_day_above_twelve_settles_a_written_out_year() -> None:
    file = reading(written(times(12, start=clock(2026, 4, 25, 12)), "%d/%m/%Y"))
    assert file.evidence["date_order"].note == "only this order makes every date exist"


def test_the_same_day_and_month_need_no_answer() -> None:
    file = reading(written(times(5, start=clock(2026, 5, 5, 12)), "%d/%m/%Y"))
    assert table(only(file))[0][0] == "2026-05-05T12:00:00"


def test_a_declared_order_that_the_column_disproves_is_a_contradiction() -> None:
    with pytest.raises(FileRefused, match=r"MDY.*prove DMY") as refused:
        reading(written(OVER_MIDNIGHT, "%d.%m.%y"), Declared(tz="UTC", date_order="MDY"))
    assert refused.value.code == "contradiction"


def test_daily_readings_are_a_constant_interval_too() -> None:
    days = times(10, 24 * 60, start=clock(2026, 3, 1, 8))
    assert reading(written(days, "%d/%m/%y")).evidence["date_order"].value == "DMY"


def test_years_that_follow_each_other_evenly_by_chance_prove_nothing() -> None:
    start = clock(2001, 1, 3, 13, 4)  # as 2003, 2004 (a leap year) and 2005 these are 365 d 5 h 28 min apart, twice
    at = [start, start + timedelta(minutes=1768), start + timedelta(minutes=1768 + 328)]
    found = read_or_refused(written(at, "%d.%m.%y"))
    assert isinstance(found, FileRefused)
    assert found.options == ("--date-order DMY", "--date-order MDY", "--date-order YMD")


def test_newest_first_is_no_disproof() -> None:
    assert reading(written(OVER_MIDNIGHT[::-1], "%d.%m.%y")).evidence["date_order"].value == "DMY"


def test_one_damaged_date_is_quarantined_and_decides_nothing() -> None:
    text = written(OVER_MIDNIGHT, "%d.%m.%Y").replace("05.04.2026 21:30:00", "00.00.2000 00:00:00")
    file = reading(text)
    assert file.evidence["date_order"].value == "DMY"
    assert [(row.line, row.reason) for row in only(file).quarantined] == [(3, "clock")]


def test_a_named_month_between_two_digit_numbers_is_said_to_be_assumed() -> None:
    evidence = reading(written(ONE_AFTERNOON, "%d-%b-%y")).evidence["date_order"]
    assert (evidence.value, evidence.source) == ("DMY", "assumed")


@given(
    start=st.datetimes(clock(2001, 1, 1), clock(2060, 1, 1)).map(lambda at: at.replace(second=0, microsecond=0)),
    step=st.integers(1, 600),
    count=st.integers(3, 60),
    order=st.sampled_from(sorted(LAYOUTS)),
    reverse=st.booleans(),
)
def test_an_order_is_never_chosen_wrongly(start: datetime, step: int, count: int, order: str, reverse: bool) -> None:
    """Whatever a regular logger writes, it is read rightly or asked about."""
    at = [start + timedelta(minutes=step * index) for index in range(count)]
    text = written(at[::-1] if reverse else at, LAYOUTS[order])
    file = read_or_refused(text)
    if isinstance(file, FileRefused):
        assert file.code == "ambiguous-date-order"
        assert f"--date-order {order}" in file.options
    else:
        assert table(only(file))[0][0] == (at[-1] if reverse else at[0]).isoformat()


@given(
    start=st.datetimes(clock(2001, 1, 1), clock(2060, 1, 1)).map(lambda at: at.replace(second=0, microsecond=0)),
    steps=st.lists(st.integers(1, 3000), min_size=2, max_size=40),
    order=st.sampled_from(sorted(LAYOUTS)),
)
def test_nor_for_an_irregular_one(start: datetime, steps: list[int], order: str) -> None:
    at = [start]
    for step in steps:
        at.append(at[-1] + timedelta(minutes=step))
    assume(at[-1].year < 2069)
    file = read_or_refused(written(at, LAYOUTS[order]))
    if isinstance(file, FileRefused):
        assert file.code == "ambiguous-date-order"
        assert f"--date-order {order}" in file.options
    else:
        assert table(only(file))[0][0] == at[0].isoformat()
