"""Whatever stands under a family's head, it is read or refused with one sentence: no crash, and no empty answer."""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.errors import FileRefused
from coldchain.loggers import Declared
from coldchain.loggers.split import MAX_ROWS, rows_of
from tests.loggers.writing import fridge_tag, read_or_refused

HEADS = [
    "Timestamp,Temperature_Celsius\n",
    "Timestamp for sample frequency every 99999999 min min, Temperature_Fahrenheit,Relative_Humidity\n",
    "Timestamp for sample frequency every 15 min,Temperature (°C),Relative Humidity (%)\n",
    "Sensor: 1 (ID: 1),Start: 2026-02-30 10:00:00 ,End: 99/99\n\nTimestamp,Temperature,Humidity,Dewpoint\n",
    "Fridge\nDate,ISO8601,Temperature,Temperature,Temperature,Humidity\n",
    "Date,ISO8601,T (°C),T (°F),T (K)\n",
    "created_at,entry_id,field1,field2\n",
    "entity_id,state,last_changed\n",
    "entity_id,entity_id,state,state,last_changed,unit\n",
    "#datatype,string,long,dateTime:RFC3339,double,string\n#group,false\n#default\n,result,table,_time,_value,_field\n",
    ",result,table,_time,_value,_field\n",
    "#datatype,a\n",
    "7\n1\t2026-02-20 10:00:00\t5.1\n",
    "1\t2026-02-20 10:00:00\t5.1\t44\n",
    "9" * 5_000 + "\n" + "8" * 5_000 + "\t2026-02-20 10:00:00\t5.1\n",
    "%DATA MadgeTech Data File\n[Device]\n[Dataset]\nReadings,"
    + "9" * 5_000
    + "\n[Reading]\n# ID #,# DateTime #,# T (°C) #\n",
    "%DATA MadgeTech\n[Device]\nUnitType(0),UTYPTEMPERATURE\nTimeZone,TZUTC+9999\n# ID #,# DateTime #,# T #\n",
    ',result,table,_time,_value,_field\n,,,-,5.1,"a\nb"\n',
    'Serial Number:1 --\n\nDate Time - GMT +99:99,"Temp, (*F)"\n',
]
ROWS = st.lists(
    st.lists(
        st.sampled_from(
            ["", "-", "5.1", "-127", "41394.7757407407", "2026-02-20 10:00:00", "2026-02-20T10:00:00Z", '"',
             "temperature", "sensor.temperature", "°C", "unavailable", "1e9", "9" * 30, "#datatype",
             "nan", "é", "0", "\t"]
        ),
        max_size=7,
    ).map(",".join),
    max_size=8,
).map("\n".join)  # fmt: skip


@pytest.mark.parametrize("head", HEADS, ids=range(len(HEADS)))
@given(st.one_of(ROWS, ROWS.map(lambda rows: rows.replace(",", "\t")), st.text(max_size=120)), st.booleans())
def test_nothing_under_a_head_does_more_than_be_refused(head: str, rows: str, declared: bool) -> None:
    answers = Declared(tz="UTC", unit="F", column="temperature") if declared else Declared(tz="UTC", unit="C")
    found = read_or_refused(head + rows, answers)
    if isinstance(found, FileRefused):
        assert "\n" not in str(found)
    else:
        assert found.channels


@pytest.mark.parametrize(
    ("case", "text", "code"),
    [
        ("facts without end", fridge_tag() + " 1:\n" * 50_001, "damaged"),
        ("levels without end", "".join(f"{' ' * deep}A:\n" for deep in range(40)), "damaged"),
        ("readings without end", fridge_tag() + "Data:\n" + "\t2026-03-14 21:00\t5.0\n" * 500_001, "too-large"),
    ],
)
def test_what_no_device_has_memory_for_is_refused_before_it_fills_ours(case: str, text: str, code: str) -> None:
    content = text if text.startswith("Device") else fridge_tag() + text
    refused = read_or_refused(content)
    assert isinstance(refused, FileRefused), case
    assert refused.code == code


def test_a_table_of_rows_that_are_not_alike_is_bounded() -> None:
    with pytest.raises(FileRefused, match="split it") as refused:
        deque(rows_of(["1;2"] * (MAX_ROWS + 1), 0, ";"), maxlen=0)
    assert refused.value.code == "too-large"
