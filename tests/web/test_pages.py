"""What the pages say, before any script has run."""

import re

import httpx
import pytest

from coldchain.web.states import State
from tests.web.hospital import WITH_ALLOWANCE, Hospital, Pages, product_text


def text_of(html: str) -> str:
    """The words of a page, without its markup."""
    without = re.sub(r"<(style|script|svg)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return (
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", without)).replace(" ,", ",").replace(" ;", ";").replace(" .", ".")
    )


def tiles_of(html: str) -> dict[str, str]:
    """Each tile's words, by its title, in order."""
    tiles = re.findall(r'<a class="tile.*?</a>', html, flags=re.DOTALL)
    titles = [re.search(r"<h2[^>]*><span>(.*?)</span>", tile) for tile in tiles]
    return {title[1]: text_of(tile) for title, tile in zip(titles, tiles, strict=True) if title}


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Calm refrigerator", ["5.0 °C", "In range", "Testumab · unopened"]),
        (
            "Warm refrigerator",
            ["8.04 °C", "Out of range", "above 8 °C since 12:50, at least 10 min", "1 to acknowledge"],
        ),
        ("Tolerant refrigerator", ["9.0 °C", "Out of range, allowed until 13:15", "above 8 °C since 12:50"]),
        ("Doubtful refrigerator", ["8.3 °C", "Possibly out", "above 8 °C since 12:50"]),
        ("Silent refrigerator", ["5.0 °C", "No data", "no reading for 47 min"]),
        ("Unjudged refrigerator", ["5.0 °C", "Suspended", "not judged: no product is assigned here"]),
        ("Recovered refrigerator", ["5.0 °C", "In range", "1 to acknowledge"]),
    ],
)
def test_a_tile_says_it_in_words(looker: httpx.Client, title: str, words: list[str]) -> None:
    tile = tiles_of(looker.get("/").text)[title]
    for each in words:
        assert each in tile, tile


def test_worst_first(looker: httpx.Client) -> None:
    assert [title.split()[0] for title in tiles_of(looker.get("/").text)] == [
        "Warm", "Tolerant", "Doubtful", "Silent", "Calm", "Recovered", "Unjudged",
    ]  # fmt: skip


def test_each_state_has_its_word_its_shape_and_its_colour(looker: httpx.Client) -> None:
    page = looker.get("/").text
    words = {state.css: state.value for state in State}
    for css, word in words.items():
        assert re.search(rf'<span class="state is-{css}"><svg class="shape".*?</svg>{word}</span>', page, re.DOTALL), (
            word
        )


def test_the_tally_and_the_filters(looker: httpx.Client) -> None:
    words = text_of(looker.get("/").text)
    assert "2 out of range 1 possibly out 1 no data 2 in range 1 suspended" in words
    assert list(tiles_of(looker.get("/?area=Neurology").text)) == ["Warm refrigerator"]
    assert list(tiles_of(looker.get("/?state=possibly").text)) == ["Doubtful refrigerator"]
    assert "No location is in that state now" in looker.get("/?state=possibly&area=Nowhere").text.replace("here ", "")


def test_a_sparkline_says_in_words_what_it_shows_and_draws_no_line_over_a_gap(looker: httpx.Client) -> None:
    page = looker.get("/").text
    assert 'aria-label="Last 24 hours: lowest 5.0 °C, highest 9.4 °C, 43 readings"' in page
    assert "url(#hatch-gap)" in page


def test_a_hospital_without_locations_says_what_to_do(pages: Pages) -> None:
    with pages.person("nurse") as nurse:
        assert "No location is set up yet" in nurse.get("/").text
        assert "No excursion so far" in nurse.get("/excursions").text
        assert "Everything that came in could be used" in nurse.get("/quarantine").text
        assert "None: every sensor that sends has its place" in nurse.get("/sensors").text


def test_a_location_shows_what_holds_there_and_what_judges_it(looker: httpx.Client) -> None:
    words = text_of(looker.get("/locations/warm").text)
    for each in (
        "Out of range above 8 °C since 12:50, at least 10 min", "is running: nobody has acknowledged it",
        "Lowest, highest 5.0 °C, 9.4 °C", "Testumab (for tests), unopened, version 3", "Never above 8 °C",
        "No pharmacist has compared this file with the label", "A label for tests", "warm-probe",
        "a good reading is believed for 30 min",
    ):  # fmt: skip
        assert each in words, each


def test_a_chart_is_complete_without_a_script(looker: httpx.Client) -> None:
    page = looker.get("/locations/silent?range=6h").text
    assert 'role="img"' in page
    assert "no data" in page
    assert "Readings as a table" in page
    assert "No data</span> from" in page, "the gap is listed with its length"


def test_a_table_of_readings_names_its_zone_and_unit_and_marks_what_is_out(looker: httpx.Client) -> None:
    page = looker.get("/locations/warm").text
    assert "Measured (Europe/Berlin, UTC+01:00)" in page
    assert page.count('<tr class="is-out">') == 3
    assert '21 Nov 2026 13:00:00</time></td><td class="num">8.04</td>' in page


@pytest.mark.parametrize(
    ("query", "problem"),
    [("?from=soon", "Write a date"), ("?from=2026-11-21T10:00&to=2026-11-20T10:00", "must lie after")],
)
def test_a_time_that_cannot_be_shown_is_said_at_its_field(looker: httpx.Client, query: str, problem: str) -> None:
    page = looker.get(f"/locations/warm{query}").text
    assert problem in page
    assert 'aria-invalid="true"' in page


def test_the_list_of_excursions_open_ones_first(looker: httpx.Client) -> None:
    page = looker.get("/excursions").text
    places = re.findall(r"(Warm|Recovered|Doubtful) refrigerator</td>", page)
    assert places[-1] == "Recovered"
    assert set(places) == {"Warm", "Doubtful", "Recovered"}
    assert "Recovered refrigerator</td>" not in looker.get("/excursions?state=open").text
    assert "Warm refrigerator</td>" not in looker.get("/excursions?certainty=possible").text
    assert "Doubtful refrigerator</td>" not in looker.get("/excursions?location=warm").text
    assert "Recovered refrigerator</td>" not in looker.get("/excursions?from=2026-11-21T12:45").text
    assert "No excursion like that" in looker.get("/excursions?state=withdrawn").text


def test_an_excursion_says_how_long_how_far_and_what_now(stories: Pages, looker: httpx.Client) -> None:
    found = next(one for one in stories.hospital.excursions() if one.current.known.extreme_milli_c == 9_400)
    page = looker.get(f"/excursions/{found.number}").text
    words = text_of(page)
    for each in (
        "Above 8 °C for at least 10 min, at most 15 min (estimate 10 min). Peak 9.4 °C. Not yet over.",
        "Next: Go and look, then acknowledge and say what you found. (nobody yet)",
        "Certain · open · not acknowledged", "became known as certain", "alert raised: certainly out of range",
        "above 8 °C, no allowance", "version 3, SHA-256", "no uncertainty stated",
        "No pharmacist has compared this file with the label", "earlier ones stay as they were",
        "Not possible: the role auditor looks, and does not acknowledge",
    ):  # fmt: skip
        assert each in words, each
    assert "url(#hatch-out)" in page


def test_what_it_was_and_from_when_to_when_is_said_first(hospital: Hospital, pages: Pages) -> None:
    hospital.refrigerator("fridge", "Fridge").hears("fridge", "5x5 9x2 1x2 5x3")
    with pages.person("nurse") as nurse:
        listed, warm = text_of(nurse.get("/locations/fridge").text), text_of(nurse.get("/excursions/2026-0001").text)
    assert "Certain above 8 °C from 12:30 to 12:40, at least 5 min" in listed
    assert "Certain below 2 °C from 12:40 to 12:50, at least 5 min" in listed
    assert "Peak 9.0 °C. From 12:30 to 12:40." in warm


def test_an_open_excursion_grows_with_the_clock(hospital: Hospital, pages: Pages) -> None:
    hospital.refrigerator("warm").hears("warm", "5x3 9x3")
    number = hospital.excursions()[0].number
    with pages.person("nurse") as nurse:
        assert "at most 15 min" in nurse.get(f"/excursions/{number}").text
        hospital.now_ms += 7 * 60_000
        assert "at least 10 min, at most 22 min (estimate 17 min)" in nurse.get(f"/excursions/{number}").text


def test_how_it_was_judged_stays_when_the_rules_change(hospital: Hospital, pages: Pages) -> None:
    hospital.refrigerator("warm").hears("warm", "5x3 9x3 5x2")
    number = hospital.excursions()[0].number
    hospital.now_ms += 60_000
    later = product_text("{above: 10 °C}", name="Another medicine", product_id="another")
    with hospital.store.transaction() as tx:
        from coldchain.records import places
        from coldchain.rulebook.book import parse_product

        place = places.location_named(tx, "warm")
        assert place is not None
        places.assign(tx, place.id, parse_product(later, "x"), later, "unopened", hospital.now_ms, hospital.now_ms)
    with pages.person("nurse") as nurse:
        words = text_of(nurse.get(f"/excursions/{number}").text)
        assert "Testumab (for tests), unopened" in words
        assert "above 8 °C, no allowance" in words
        assert "Another medicine" in nurse.get("/locations/warm").text


def test_the_allowance_stands_in_the_bar(hospital: Hospital, pages: Pages) -> None:
    hospital.refrigerator("tolerant", product=WITH_ALLOWANCE).hears("tolerant", "5x3 9x9")
    with pages.person("nurse") as nurse:
        words = text_of(nurse.get(f"/excursions/{hospital.excursions()[0].number}").text)
        assert "allowed 30 min" in words
        assert "up to 30 min at a time" in words
        assert "longer than is allowed" in text_of(nurse.get("/").text)


def test_a_sensor_without_a_place_is_shown_and_not_judged(hospital: Hospital, pages: Pages) -> None:
    hospital.worker.submit(hospital.message("stray-probe", hospital.now_ms, 21_000)).result(120)
    with pages.person("nurse") as nurse:
        words = text_of(nurse.get("/sensors").text)
        assert "stray-probe" in words
        assert "21.000" in words


def test_the_quarantine_says_what_and_why(hospital: Hospital, pages: Pages) -> None:
    hospital.refrigerator("warm")
    hospital.worker.submit(hospital.message("warm-probe", hospital.now_ms, -127_000)).result(120)
    with pages.person("nurse") as nurse:
        words = text_of(nurse.get("/quarantine").text)
        assert "sentinel 1 the value with which" in words
        assert "the value with which this kind of sensor says that it could not measure" in words
        assert "warm-probe" in words
        assert "Nothing for that reason" in nurse.get("/quarantine?reason=clock").text


def test_a_refrigerator_whose_sensor_was_taken_down_is_suspended(hospital: Hospital, pages: Pages) -> None:
    hospital.refrigerator("old").hears("old", "5x3")
    with hospital.store.transaction() as tx:
        from coldchain.records import places

        sensor = places.sensor_named(tx, "old-probe")
        assert sensor is not None
        places.retire(tx, sensor.id, hospital.now_ms, hospital.now_ms)
    with pages.person("nurse") as nurse:
        assert "Suspended out of service: no sensor hangs here now" in text_of(nurse.get("/").text)
        assert "old-probe" in nurse.get("/locations/old").text, "its readings are still there"


def test_paper_says_what_when_and_by_whom(looker: httpx.Client) -> None:
    words = text_of(looker.get("/locations/warm").text)
    assert (
        "Warm refrigerator Test hospital Printed 21 Nov 2026 13:00:00 UTC+01:00 by Auditor Example (auditor)" in words
    )


def test_the_list_and_programs_hear_how_long_it_lasts_by_now_when_the_sensor_has_fallen_silent(
    hospital: Hospital,
) -> None:
    hospital.refrigerator("warm").hears("warm", "5x3 9x3").later("6 h")
    with hospital.open() as pages, pages.person("nurse") as nurse:
        number = hospital.excursions()[0].number
        assert "at least 10 min, at most 6 h 15 min" in text_of(nurse.get(f"/excursions/{number}").text)
        assert "6 h 15 min" in text_of(nurse.get("/excursions").text)
        for answer in (nurse.get("/api/v1/excursions").json()[0], nurse.get(f"/api/v1/excursions/{number}").json()):
            assert answer["duration_s"] == {"at_least": 600, "estimate": 22_200, "at_most": 22_500}


def test_a_sensor_that_sends_no_temperatures_is_not_called_silent(hospital: Hospital) -> None:
    hospital.refrigerator("loose").hears("loose", "5x3").later("50 min")
    with hospital.open() as pages, pages.person("nurse") as nurse:
        for step in range(3):
            said_nothing = hospital.message("loose-probe", hospital.now_ms - step * 60_000, -127_000)
            hospital.worker.submit(said_nothing).result(120)
        said = text_of(nurse.get("/locations/loose").text)
        assert "no reading for 50 min" in said
        assert "Since the last reading came what is no temperature: 3 × sentinel." in said


def test_how_much_was_measured_names_the_readings_it_lies_between(hospital: Hospital) -> None:
    hospital.refrigerator("half").hears("half", "5x3 _x20 5x3").later("50 min")
    with hospital.open() as pages, pages.person("nurse") as nurse:
        said = text_of(nurse.get("/locations/half").text)
        assert "40.0 % of the time from 10:55 to 13:00" in said, said[said.find("Measured") :][:80]
