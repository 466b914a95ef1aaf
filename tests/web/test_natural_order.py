"""Wherever people look, `Ward 2` stands before `Ward 10`."""

import re

from coldchain.records import places
from tests.web.hospital import READER, Hospital, Pages

NUMBERS = ("10", "2", "1")
ORDER = ["Ward 1", "Ward 2", "Ward 10"]


def titles(page: str) -> list[str]:
    """The wards as a page names them first."""
    return list(dict.fromkeys(re.findall(r"Ward \d+", re.sub(r"<[^>]+>", " ", page))))


def test_the_lists_of_every_page(hospital: Hospital, pages: Pages) -> None:
    for number in NUMBERS:
        hospital.refrigerator(f"ward-{number}", f"Ward {number}", area=f"Floor {number}").hears(f"ward-{number}", "5x3")
    with pages.person("pharmacist") as pharmacist:
        for address in ("/", "/sensors", "/excursions", "/items/new"):
            assert titles(pharmacist.get(address).text) == ORDER, address
        areas = re.findall(r"Floor \d+(?=</option>)", pharmacist.get("/").text)
        assert areas == ["Floor 1", "Floor 2", "Floor 10"]
    with pages.program(READER) as program:
        assert [each["title"] for each in program.get("/api/v1/locations").json()] == ORDER
        names = [each["sensor"] for each in program.get("/api/v1/sensors").json()]
        assert names == ["ward-1-probe", "ward-2-probe", "ward-10-probe"]


def test_the_sensors_of_one_place(hospital: Hospital, pages: Pages) -> None:
    hospital.refrigerator("walk-in", "Walk-in", sensor="probe 10").refrigerator("b", sensor="probe 2")
    with hospital.store.transaction() as tx:
        here, there = places.location_named(tx, "walk-in"), places.sensor_named(tx, "probe 2")
        assert here is not None
        assert there is not None
        places.place(tx, there.id, here.id, hospital.now_ms - 60_000, hospital.now_ms)
    with pages.person("pharmacist") as pharmacist:
        page = pharmacist.get("/locations/walk-in").text
    assert page.index("probe 2") < page.index("probe 10")
