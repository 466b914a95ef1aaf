"""Home Assistant's history: all entities under each other, states of every kind, no units, only changes."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.temperature import Unit
from coldchain.errors import FileRefused
from coldchain.loggers import Declared, read
from tests.loggers.exporting import COMPUTERS, SERIES, Computer, Series, at, expected, file_of, number
from tests.loggers.writing import table

FRIDGE, FREEZER = "sensor.fridge_temperature", "sensor.freezer_temperature_2"
OTHERS = {
    "sensor.fridge_humidity": "45.2",
    "binary_sensor.fridge_temperature_high": "off",
    "sensor.fridge_dew_point_temperature": "1.5",
    "sensor.fridge_temperature_threshold": "8.0",
    "climate.ward": "heat",
}
STAMPS = ["%Y-%m-%dT%H:%M:%S.000Z", "%Y-%m-%d %H:%M:%S.000000+00:00", "%Y-%m-%dT%H:%M:%S+00:00"]


def lines_of(
    rows: list[tuple[str, int, str]],
    stamp: str = STAMPS[0],
    columns: str = "entity_id,state,last_changed",
    delimiter: str = ",",
    unit: str = "°C",
) -> list[str]:
    lines = [columns.replace(",", delimiter)]
    for entity, minutes, state in rows:
        moment = at(minutes).strftime(stamp)
        cells = {"entity_id": entity, "state": state, "last_changed": moment, "last_updated": moment}
        cells["unit_of_measurement"] = unit if "temperature" in entity else "%"
        lines.append(delimiter.join(cells[label] for label in columns.split(",")))
    return lines


def mixed(series: Series) -> list[tuple[str, int, str]]:
    rows = [(entity, minutes, number(milli)) for entity in (FRIDGE, FREEZER) for minutes, milli in series]
    return [*rows, *((entity, 0, state) for entity, state in OTHERS.items())]


@given(
    SERIES,
    COMPUTERS,
    st.sampled_from(STAMPS),
    st.sampled_from(
        [
            "entity_id,state,last_changed",
            "entity_id,state,last_changed,last_updated",
            "last_changed,entity_id,state",
            "entity_id,state,unit_of_measurement,last_updated",
        ]
    ),
    st.sampled_from([",", ";", "\t"]),
    st.randoms(use_true_random=False),
)
def test_every_variant_reads_alike(
    series: Series,
    computer: Computer,
    stamp: str,
    columns: str,
    delimiter: str,
    random: Random,
) -> None:
    rows = mixed(series)
    random.shuffle(rows)
    content = computer.content(lines_of(rows, stamp, columns, delimiter))
    declared = Declared(unit=None if "unit" in columns else "C")
    found = {channel.name: sorted(table(channel)) for channel in read("x", content, declared).channels}
    if "unit" in columns:  # a unit makes a temperature of what its name leaves out
        found = {name: readings for name, readings in found.items() if name in (FRIDGE, FREEZER)}
    assert found == {FRIDGE: expected(series), FREEZER: expected(series)}


def test_the_unit_is_asked_for() -> None:
    with pytest.raises(FileRefused) as refused:
        file_of(lines_of([(FRIDGE, 0, "41.0")]), Declared())
    assert refused.value.code == "unknown-unit"


def test_a_column_of_units_answers() -> None:
    columns = "entity_id,state,unit_of_measurement,last_changed"
    file = file_of(lines_of([("sensor.x_temperature", 0, "41.0")], columns=columns, unit="°F"), Declared())
    assert table(file.channels[0]) == expected([(0, 41_000)], Unit.F)


def test_unavailable_states_are_silence_with_their_reason() -> None:
    rows = [(FRIDGE, 0, "5.1"), (FRIDGE, 9, "unavailable"), (FRIDGE, 10, "unknown"), (FRIDGE, 30, "5.2")]
    (channel,) = file_of(lines_of(rows), Declared(unit="C")).channels
    assert [value for _, value in table(channel)] == [5.1, 5.2]
    assert [(row.line, row.text, row.reason) for row in channel.quarantined] == [
        (3, "unavailable", "missing"),
        (4, "unknown", "missing"),
    ]


def test_an_entity_may_be_named() -> None:
    rows = [("sensor.shelf_2", 0, "5.1"), ("sensor.shelf_3", 0, "6.1"), ("switch.light", 0, "on")]
    with pytest.raises(FileRefused) as refused:
        file_of(lines_of(rows), Declared(unit="C"))
    assert (refused.value.code, refused.value.options) == (
        "no-temperature",
        ("--column sensor.shelf_2", "--column sensor.shelf_3"),
    )
    (channel,) = file_of(lines_of(rows), Declared(unit="C", column="shelf_3")).channels
    assert (channel.name, [value for _, value in table(channel)]) == ("sensor.shelf_3", [6.1])


@pytest.mark.parametrize(("named", "words"), [("shelf", "is not one entity"), ("light", "has no numbers")])
def test_a_name_that_fits_no_one_entity(named: str, words: str) -> None:
    rows = [("sensor.shelf_2", 0, "5.1"), ("sensor.shelf_3", 0, "6.1"), ("switch.light", 0, "on")]
    with pytest.raises(FileRefused, match=words):
        file_of(lines_of(rows), Declared(unit="C", column=named))


def test_that_only_changes_are_written_is_said() -> None:
    file = file_of(lines_of(mixed([(0, 5_100)])), Declared(unit="C"))
    assert file.format == "homeassistant"
    assert "only when it changes" in file.notes[-2]
    assert file.notes[-1].startswith("5 other entities")


def test_downloads_put_together() -> None:
    lines = lines_of([(FRIDGE, 0, "5.1")])
    (channel,) = file_of([*lines, *lines_of([(FRIDGE, 5, "5.2")])], Declared(unit="C")).channels
    assert ([value for _, value in table(channel)], channel.quarantined) == ([5.1, 5.2], ())


def test_a_history_without_states() -> None:
    with pytest.raises(FileRefused) as refused:
        file_of(["entity_id,state,last_changed"], Declared(unit="C"))
    assert refused.value.code == "no-readings"
