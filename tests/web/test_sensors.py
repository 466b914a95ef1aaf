"""A sensor that nobody knows is kept and shown; once it has its place it is judged, if asked from its first reading."""

import pytest

from coldchain.bootstrap.places import sync
from coldchain.monitoring.due import run_due
from coldchain.records import places
from coldchain.records.views.locations import standing
from coldchain.reviewing.device_rounds import go_round
from coldchain.rulebook.book import load_rulebook
from tests.web.hospital import CHANNELS, MINUTE, Hospital, Pages


@pytest.fixture
def unknown(hospital: Hospital) -> int:
    """A sensor of which nothing is known but what it sends: an hour at 5 °C, then half an hour at 9 °C."""
    for minutes_ago in range(90, 0, -5):
        milli_c = 5_000 if minutes_ago > 30 else 9_000
        hospital.worker.start() if not hospital.worker.state().alive else None
        message = hospital.message("new-probe", hospital.now_ms - minutes_ago * MINUTE, milli_c)
        hospital.worker.submit(message).result(120)
    with hospital.store.reading() as tx:
        found = places.sensor_named(tx, "new-probe")
    assert found is not None
    return found.id


def judged(hospital: Hospital, name: str) -> list[str]:
    """By which products a location is judged."""
    with hospital.store.reading() as tx:
        return [each.product_id for each in standing(tx, name).assigned]


def excursions(pages: Pages) -> list[dict[str, object]]:
    with pages.person("auditor") as auditor:
        found: list[dict[str, object]] = auditor.get("/api/v1/excursions").json()
        return found


def test_it_is_listed_and_its_page_says_what_came(unknown: int, pages: Pages) -> None:
    with pages.person("nurse") as nurse:
        assert f'href="/sensors/{unknown}"' in nurse.get("/sensors").text
        page = nurse.get(f"/sensors/{unknown}").text
    assert "9.000" in page
    assert "<b>nowhere</b>" in page
    assert "Not possible: a pharmacist or an administrator says where a sensor hangs" in page


def test_from_now_on_it_is_judged_by_the_general_profile(hospital: Hospital, pages: Pages, unknown: int) -> None:
    with pages.person("pharmacist") as pharmacist:
        answer = pharmacist.post(f"/sensors/{unknown}/hang", data={"title": "Ward 3, left"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/locations/ward-3-left")
        assert "General profile" in pharmacist.get("/locations/ward-3-left").text
    assert judged(hospital, "ward-3-left") == ["refrigerated-2-8"]
    assert excursions(pages) == [], "what it sent before is not judged"
    hospital.now_ms += MINUTE
    hospital.worker.submit(hospital.message("new-probe", hospital.now_ms, 9_500)).result(120)
    assert [each["location"] for each in excursions(pages)] == ["ward-3-left"]


def test_its_past_is_judged_on_request(hospital: Hospital, pages: Pages, unknown: int) -> None:
    with pages.person("administrator") as administrator:
        data = {"title": "Ward 3, left", "since": "first", "product": "lemtrada", "uncertainty": "0,5"}
        assert administrator.post(f"/sensors/{unknown}/hang", data=data).status_code == 303
    run_due(hospital.store, hospital.now_ms, CHANNELS)
    assert judged(hospital, "ward-3-left") == ["lemtrada"]
    (found, *_) = excursions(pages)
    assert found["location"] == "ward-3-left"


@pytest.mark.parametrize(
    ("case", "data", "sentence"),
    [
        ("nothing", {}, "Say where it hangs"),
        ("no such product", {"title": "x", "product": "lemtrad"}, "lemtrada"),
        ("no such stage", {"title": "x", "product": "lemtrada", "stage": "boiled"}, "has no stage"),
        ("no number", {"title": "x", "low": "cold"}, "The lower end of its range is a number"),
        ("no moment", {"title": "x", "since": "at", "at": "yesterday"}, "From when on"),
        ("to come", {"title": "x", "since": "at", "at": "2031-01-01T00:00"}, "still to come"),
        ("a title without a letter", {"title": "!!"}, "name is made of a to z"),
        ("a location of the settings", {"title": "Calm"}, "The settings say what hangs at"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(
    hospital: Hospital, pages: Pages, unknown: int, case: str, data: dict[str, str], sentence: str
) -> None:
    hospital.refrigerator("calm", "Calm")
    with pages.person("pharmacist") as pharmacist:
        answer = pharmacist.post(f"/sensors/{unknown}/hang", data=data)
    assert answer.status_code == 422, case
    assert sentence.lower() in answer.text.lower(), case
    with hospital.store.reading() as tx:
        assert [each.name for each in places.locations(tx)] == ["calm"], case


def test_a_nurse_may_not(hospital: Hospital, pages: Pages, unknown: int) -> None:
    with pages.person("nurse") as nurse:
        assert nurse.post(f"/sensors/{unknown}/hang", data={"title": "x"}).status_code == 403
    with hospital.store.reading() as tx:
        assert places.locations(tx) == []


def test_settings_that_do_not_name_it_do_not_end_it_and_taking_it_down_does(
    hospital: Hospital, pages: Pages, unknown: int
) -> None:
    with pages.person("pharmacist") as pharmacist:
        assert pharmacist.post(f"/sensors/{unknown}/hang", data={"title": "Ward 3"}).status_code == 303
        with hospital.store.transaction() as tx:
            sync(tx, (), load_rulebook(), hospital.now_ms)
        assert judged(hospital, "ward-3") == ["refrigerated-2-8"]
        assert "Take it down" in pharmacist.get(f"/sensors/{unknown}").text
        refused = pharmacist.post(f"/sensors/{unknown}/take-down", data={"reason": " "})
        assert (refused.status_code, "Say why" in refused.text) == (422, True)
        hospital.now_ms += MINUTE
        assert pharmacist.post(f"/sensors/{unknown}/take-down", data={"reason": "broken"}).status_code == 303
        assert "<b>nowhere</b>" in pharmacist.get(f"/sensors/{unknown}").text


def test_devices_that_should_be_looked_at_are_named(hospital: Hospital, pages: Pages) -> None:
    hospital.refrigerator("stuck", "Stuck refrigerator").hears("stuck", "4.9 5x200", every="15 min")
    hospital.refrigerator("loose", "Loose refrigerator").hears("loose", "5x5 40 5x5", every="1 min")
    hospital.refrigerator("calm", "Calm refrigerator").hears("calm", "5 5.1 5x90", every="5 min")
    go_round(hospital.store, hospital.now_ms)
    with pages.person("nurse") as nurse:
        page = nurse.get("/sensors").text
    assert "stuck-probe</a> at Stuck refrigerator has shown 5.0 °C and nothing else in 200 readings" in page
    assert "loose-probe</a> at Loose refrigerator jumped twice in 7 days, by up to 35.0 °C" in page
    assert "calm-probe</a> at" not in page
