"""Two sensors under a heading that nobody knows, at different minutes: never one trace."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, LoggerFile
from tests.loggers.writing import UTC, clock, only, read_or_refused, reading, table

Rows = list[tuple[int, str, str]]


def file_text(rows: Rows, heading: str = "Time;Box;Temp (°C)") -> str:
    lines = [
        f"{clock(2026, 3, 14, 21) + timedelta(minutes=at):%Y-%m-%d %H:%M};{box};{value}" for at, box, value in rows
    ]
    return "\n".join([heading, *lines, ""])


def channels(file: LoggerFile) -> dict[str, list[float]]:
    return {channel.name: [value for _, value in table(channel)] for channel in file.channels}


def two(late: int, step: int = 15, count: int = 8) -> Rows:
    rows = [
        (step * n + more, box, value)
        for n in range(count)
        for more, box, value in ((0, "A", "5.1"), (late, "B", "-18.2"))
    ]
    return sorted(rows)


@pytest.mark.parametrize("late", [0, 1, 7, 14])
@pytest.mark.parametrize(
    "heading",
    ["Time;Box;Temp (°C)", "Time;id;Temp (°C)", "Time;Unit;Temp (°C)", "Time;;Temp (°C)", "Time;Wo;Temp (°C)"],
)
def test_sensors_with_an_interval_of_their_own_are_channels(late: int, heading: str) -> None:
    file = reading(file_text(two(late), heading))
    assert channels(file) == {"A": [5.1] * 8, "B": [-18.2] * 8}
    assert any("tells 2 sensors apart" in note for note in file.notes)


def test_sensors_in_turn_at_one_step_are_channels() -> None:
    rows = [(15 * n, "ABC"[n % 3], ["5.1", "-18.2", "21.0"][n % 3]) for n in range(18)]
    assert channels(reading(file_text(rows))) == {"A": [5.1] * 6, "B": [-18.2] * 6, "C": [21.0] * 6}


def test_one_block_after_the_other_is_told_apart_as_well() -> None:
    rows = [row for row in two(7) if row[1] == "A"] + [row for row in two(7) if row[1] == "B"]
    assert set(channels(reading(file_text(rows)))) == {"A", "B"}


@pytest.mark.parametrize(
    ("case", "states"),
    [
        ("a door", ["shut", "shut", "open", "shut", "open", "shut", "shut", "shut", "open", "open", "shut", "shut"]),
        ("a battery", ["97", "97", "97", "97", "96", "97", "96", "97", "96", "96", "96", "96"]),
        ("a blank now and then", ["", "x", "", "", "x", "", "", "", "x", "", "", ""]),
        ("a place it was carried to", ["ward"] * 6 + ["bench"] * 6),
        ("all the same", ["ok"] * 12),
        ("all different", [f"row {n}" for n in range(12)]),
    ],
)
def test_the_states_of_one_logger_part_nothing(case: str, states: list[str]) -> None:
    rows = [(15 * n, state, f"{5 + n % 3}.1") for n, state in enumerate(states)]
    assert len(only(reading(file_text(rows))).at_ms) == 12, case


IRREGULAR = [0, 3, 11, 17, 31, 36, 50, 57, 71, 80, 93, 99]
EITHER = [(at, "AB"[n % 2], ["5.1", "-18.2"][n % 2]) for n, at in enumerate(IRREGULAR)]


def test_what_nothing_decides_is_asked_and_can_be_answered() -> None:
    refused = read_or_refused(file_text(EITHER))
    assert isinstance(refused, FileRefused)
    assert (refused.code, refused.options) == ("contradiction", ("--column 'Box=A'", "--column 'Temp (°C)'"))
    one = reading(file_text(EITHER), Declared(tz="UTC", column="Box=A"))
    assert channels(one) == {"A": [5.1] * 6}
    everything = only(reading(file_text(EITHER), Declared(tz="UTC", column="Temp (°C)")))
    assert len(everything.at_ms) == 12


def test_an_irregular_logger_whose_state_moves_no_temperature_is_one() -> None:
    rows = [(at, "AB"[n % 2], f"5.{n % 4}") for n, at in enumerate(IRREGULAR)]
    assert len(only(reading(file_text(rows))).at_ms) == 12


def test_a_sensor_that_is_not_there_is_said_with_those_that_are() -> None:
    refused = read_or_refused(file_text(EITHER), Declared(tz="UTC", column="Box=C"))
    assert isinstance(refused, FileRefused)
    assert refused.code == "no-temperature"
    assert "'A', 'B'" in str(refused)


def test_a_heading_with_an_equals_sign_is_a_heading() -> None:
    text = "Time;T=1 (°C);T=2 (°C)\n2026-03-14 21:00;5.1;6.1\n2026-03-14 21:15;5.1;6.1\n"
    assert [value for _, value in table(only(reading(text, Declared(tz="UTC", column="T=1 (°C)"))))] == [5.1, 5.1]


STEPS = st.sampled_from([5, 10, 15, 30, 60])


@given(step=STEPS, data=st.data(), count=st.integers(4, 20))
def test_sensors_are_never_merged(step: int, data: st.DataObject, count: int) -> None:
    """Whatever minute each of two or three sensors reports at: a channel each, or a question."""
    sensors = data.draw(st.lists(st.integers(0, step - 1), min_size=2, max_size=3))
    rows = sorted(
        (step * n + late, "ABC"[which], f"{[5, -18, 21][which]}.{n % 3}")
        for n in range(count)
        for which, late in enumerate(sensors)
    )
    found = read_or_refused(file_text(rows), UTC)
    if isinstance(found, FileRefused):
        assert found.code == "contradiction"
        return
    for channel in found.channels:
        values = [value for _, value in table(channel)]
        assert max(values) - min(values) < 1
    assert sum(len(channel.at_ms) for channel in found.channels) == len(rows)
