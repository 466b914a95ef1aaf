"""InfluxDB annotated CSV: tables under each other, one value a row or a column a field, cells over several lines."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.temperature import Unit
from coldchain.errors import FileRefused
from coldchain.loggers import Declared, read
from tests.loggers.exporting import COMPUTERS, SERIES, Computer, Series, at, expected, file_of, number
from tests.loggers.writing import only, table

WHOLE = "2026-02-19T00:00:00Z,2026-03-19T00:00:00Z"


@dataclass(frozen=True)
class Query:
    """How a query's result is written: pivoted or not, with annotations or not, windowed, on one page or several."""

    pivoted: bool = False
    annotated: bool = True
    field: str = "temperature"
    measurement: str = "fridge"
    page: int = 1_000
    stamp: str = "%Y-%m-%dT%H:%M:%SZ"

    def lines(self, probes: dict[str, Series]) -> list[str]:
        """The result for some probes, a table each, parted into pages."""
        found: list[str] = []
        for index, (probe, series) in enumerate(probes.items()):
            for first in range(0, len(series), self.page):
                found += self._table(index, probe, series[first : first + self.page])
        return found

    def _table(self, index: int, probe: str, series: Series) -> list[str]:
        kinds = "string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339"
        if self.pivoted:
            notes = [
                f"#datatype,{kinds},string,string,double,double,string",
                "#group,false,false,true,true,false,true,true,false,false,false",
                "#default,_result,,,,,,,,,",
            ]
            heading = f",result,table,_start,_stop,_time,_measurement,host,{self.field},humidity,log"
        else:
            notes = [
                f"#datatype,{kinds},double,string,string,string",
                "#group,false,false,true,true,false,false,true,true,true",
                "#default,_result,,,,,,,,",
            ]
            heading = ",result,table,_start,_stop,_time,_value,_field,_measurement,host"
        rows = []
        for minutes, milli in series:
            begin = f",,{index},{WHOLE},{at(minutes).strftime(self.stamp)}"
            if self.pivoted:
                rows.append(f'{begin},{self.measurement},{probe},{number(milli)},45.2,"door\n\nopened, ""twice"""')
            else:
                rows.append(f"{begin},{number(milli)},{self.field},{self.measurement},{probe}")
        return [*(notes if self.annotated else []), heading, *rows, ""]


@given(
    SERIES,
    COMPUTERS,
    st.builds(
        Query,
        pivoted=st.booleans(),
        annotated=st.booleans(),
        field=st.sampled_from(["temperature", "temp", "Temperature (°F)", "temp_f"]),
        page=st.sampled_from([1, 7, 1_000]),
        stamp=st.sampled_from(["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.0000000Z", "%Y-%m-%dT%H:%M:%S+00:00"]),
    ),
)
def test_every_variant_reads_alike(series: Series, computer: Computer, query: Query) -> None:
    content = computer.content(query.lines({"left": series, "right": series[:3]}))
    found = read("x", content, Declared(unit=None if "f" in query.field.lower() else "F")).channels
    assert {channel.name: table(channel) for channel in found} == {
        f"left {query.field}": expected(series, Unit.F),
        f"right {query.field}": expected(series[:3], Unit.F),
    }
    assert all(channel.quarantined == () for channel in found)


def test_the_unit_may_be_the_measurement_as_home_assistant_writes_it() -> None:
    query = Query(field="value", measurement="°C")
    file = file_of(query.lines({"fridge_temperature": [(0, 5_100)], "freezer": [(0, -18_200)]}), Declared())
    assert file.format == "influxdb"
    assert {channel.name: table(channel)[0][1] for channel in file.channels} == {
        "fridge_temperature": 5.1,
        "freezer": -18.2,
    }


def test_a_unit_that_nothing_names_is_asked_for() -> None:
    with pytest.raises(FileRefused) as refused:
        file_of(Query().lines({"left": [(0, 5_100)]}), Declared())
    assert refused.value.code == "unknown-unit"


def test_other_quantities_are_left_out_and_offered() -> None:
    lines = Query(field="used_percent", measurement="mem").lines({"left": [(0, 5_100)]})
    with pytest.raises(FileRefused) as refused:
        file_of(lines, Declared(unit="C"))
    assert (refused.value.code, refused.value.options) == ("no-temperature", ("--column 'used_percent'",))
    both = [*lines, *Query().lines({"left": [(0, 5_100)]})]
    file = file_of(both, Declared(unit="C"))
    assert [channel.name for channel in file.channels] == ["temperature"]
    assert file.notes == ("1 other series are no temperature by name or unit and were left out",)


def test_a_field_may_be_named() -> None:
    lines = Query(pivoted=True, field="probe7").lines({"left": [(0, 5_100), (5, 5_200)]})
    channel = only(file_of(lines, Declared(unit="C", column="probe7")))
    assert table(channel) == expected([(0, 5_100), (5, 5_200)])
    assert channel.lines.tolist() == [5, 8]
    with pytest.raises(FileRefused, match="no one field 'nothing'"):
        file_of(lines, Declared(unit="C", column="nothing"))


def test_a_blank_value_is_missing() -> None:
    lines = Query().lines({"left": [(0, 5_100), (5, 5_200)]})
    lines[5] = lines[5].replace("5.200", "")
    channel = only(file_of(lines, Declared(unit="C")))
    assert [(row.line, row.reason) for row in channel.quarantined] == [(6, "missing")]


def test_default_values_fill_blank_cells() -> None:
    lines = [
        "#datatype,string,long,dateTime:RFC3339,double,string,string",
        "#group,false,false,false,false,true,true",
        "#default,_result,,,,temperature,°C",
        ",result,table,_time,_value,_field,unit",
        ",,0,2026-02-20T00:00:00Z,5.1,,",
    ]
    assert table(only(file_of(lines, Declared()))) == expected([(0, 5_100)])


def test_a_result_without_rows() -> None:
    with pytest.raises(FileRefused) as refused:
        file_of(Query().lines({"left": [(0, 5_100)]})[:4], Declared(unit="C"))
    assert refused.value.code == "no-readings"
