"""Calibration and several probes on the pages: what is overdue is said, the worst probe decides and is named."""

from collections.abc import Iterator

import httpx
import pytest

from coldchain.records import places
from tests.web.hospital import MINUTE, Hospital

DUE_TODAY = "2026-11-21"


@pytest.fixture
def visitor(hospital: Hospital) -> Iterator[httpx.Client]:
    with hospital.open() as pages, pages.person("nurse") as client:
        yield client


def second_probe(hospital: Hospital, **known: object) -> None:
    """Another sensor at the first refrigerator."""
    from_ms = hospital.now_ms - 7 * 1440 * MINUTE
    with hospital.store.transaction() as tx:
        found = places.put_sensor(tx, "b-probe", now_ms=from_ms, **known)  # type: ignore[arg-type]
        places.place(tx, found, 1, from_ms, from_ms)


@pytest.mark.parametrize(
    ("due", "overdue"), [("2026-11-20", True), (DUE_TODAY, False), ("2027-01-01", False), (None, False)]
)
def test_an_overdue_calibration_is_said_where_the_sensor_hangs(
    hospital: Hospital, visitor: httpx.Client, due: str | None, overdue: bool
) -> None:
    hospital.refrigerator("a", calibration="K-17", calibrated_on="2025-11-21", calibration_due=due).hears("a", "5x3")
    page = visitor.get("/locations/a").text
    assert ("Calibration overdue:" in page) is overdue
    assert ("overdue since 20 Nov 2026" in visitor.get("/sensors").text) is overdue
    assert "K-17, of 21 Nov 2025" in page


def test_an_excursion_keeps_the_calibration_that_it_was_judged_by(hospital: Hospital, visitor: httpx.Client) -> None:
    hospital.refrigerator(
        "a", uncertainty_milli_c=200, calibration="K-17", calibrated_on="2025-11-01", calibration_due="2026-11-01"
    ).hears("a", "5x3 9x3 5x2")
    with hospital.store.transaction() as tx:
        places.put_sensor(
            tx, "a-probe", now_ms=hospital.now_ms, uncertainty_milli_c=100, calibration="K-18",
            calibrated_on="2026-11-20", calibration_due="2027-11-20",
        )  # fmt: skip
    page = visitor.get("/excursions/2026-0001").text
    assert "K-17, calibrated 1 Nov 2025, due 1 Nov 2026: <b>overdue then</b>" in page
    assert "± 0.2 °C" in page
    assert "K-18" in visitor.get("/locations/a").text
    yardstick = hospital.excursions()[0].yardstick
    assert (yardstick["calibrated_on"], yardstick["calibration_due"]) == ("2025-11-01", "2026-11-01")


@pytest.mark.parametrize(
    ("first", "second", "state", "leading"),
    [
        ("5x40", "5x40", "In range", None),
        ("5x40", "5x38 9x2", "Out of range", "b-probe"),
        ("5x38 9x2", "5x40", "Out of range", "a-probe"),
        ("5x38 9x2", "1x40", "Out of range", None),
    ],
)
def test_the_worst_of_several_probes_is_the_locations_state(
    hospital: Hospital, visitor: httpx.Client, first: str, second: str, state: str, leading: str | None
) -> None:
    hospital.refrigerator("a")
    second_probe(hospital)
    hospital.hears("a", first)
    hospital.hears("b", second)
    assert visitor.get("/api/v1/locations/a").json()["state"] == state
    assert state in visitor.get("/").text
    page = visitor.get("/locations/a").text
    assert "the worst of 2 probes" in page
    if leading is not None:
        assert f"by {leading}, the worst of 2 probes" in page


def test_a_silent_probe_is_worse_than_one_in_range_and_an_unsure_one_worse_still(
    hospital: Hospital, visitor: httpx.Client
) -> None:
    hospital.refrigerator("a")
    second_probe(hospital, uncertainty_milli_c=500)
    hospital.hears("a", "5x40", ago="40 min")
    hospital.hears("b", "5x40")
    assert visitor.get("/api/v1/locations/a").json()["state"] == "No data"
    hospital.later("5 min")
    hospital.hears("b", "7.8")
    assert visitor.get("/api/v1/locations/a").json()["state"] == "Possibly out"


def test_each_limit_shows_the_largest_figures_and_the_probe_with_the_worst_verdict(
    hospital: Hospital, visitor: httpx.Client
) -> None:
    hospital.refrigerator("a")
    second_probe(hospital)
    hospital.hears("a", "5x280 9x5 5x2")
    hospital.hears("b", "5x282 1x2 5x3")
    page = visitor.get("/locations/a").text
    assert "the largest figure of any of 2 probes stands" in page
    rows = [line for line in page.splitlines() if line.strip().startswith('<tr><th scope="row">')]
    above, below = (next(line for line in rows if limit in line) for limit in ("above-8", "below-2"))
    assert "violated" in above
    assert "a-probe" in above
    assert "violated" in below
    assert "b-probe" in below
