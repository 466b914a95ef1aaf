"""`/api/v1`, `/healthz` and `/metrics`."""

import csv
import io
import threading

import httpx
import pytest

from coldchain.monitoring.worker import QueueFull
from coldchain.records import places, quarantine, readings
from coldchain.web.services import Check
from tests.web.hospital import READER, WRITER, Hospital, Pages

READING = {"sensor": "warm-probe", "measured_at": "2026-11-21T11:55:00Z", "temperature_c": 4.53}


def stored(hospital: Hospital, sensor: str = "warm-probe") -> list[int]:
    with hospital.store.reading() as tx:
        found = places.sensor_named(tx, sensor)
        return [] if found is None else readings.trace(tx, found.id).milli_c.tolist()


def test_the_document_names_every_operation(pages: Pages) -> None:
    with pages.visitor() as anybody:
        document = anybody.get("/api/v1/openapi.json").json()
    assert {
        "/api/v1/excursions", "/api/v1/excursions/{number}", "/api/v1/excursions/{number}/acknowledge",
        "/api/v1/items",
        "/api/v1/locations", "/api/v1/locations/{name}", "/api/v1/locations/{name}/readings",
        "/api/v1/preparations", "/api/v1/preparations/{number}", "/api/v1/preparations/{number}/export",
        "/api/v1/readings",
    } <= set(document["paths"])  # fmt: skip
    assert all(path.startswith("/api/v1/") for path in document["paths"]), "pages are for people"


def test_locations_as_they_stand(looker: httpx.Client) -> None:
    found = {each["name"]: each for each in looker.get("/api/v1/locations").json()}
    warm = found["warm"]
    assert (warm["state"], warm["limit"], warm["since"]) == ("Out of range", "above 8 °C", "2026-11-21T11:50:00.000Z")
    assert warm["sensors"][0]["temperature_c"] == 8.04
    judged_by = {"product": "test", "stage": "unopened", "version": 3, "sha256": "", "adopted": False}
    assert warm["judged_by"][0] | {"sha256": ""} == judged_by
    assert warm["href"] == "https://cold.example.org/locations/warm"
    assert found["tolerant"]["allowed_until"] == "2026-11-21T12:15:00.001Z"
    assert found["silent"]["state"] == "No data"
    assert looker.get("/api/v1/locations/warm").json() == warm


def test_readings_of_a_span(looker: httpx.Client) -> None:
    address = "/api/v1/locations/warm/readings?from=2026-11-21T11:50:00Z&to=2026-11-21T12:00:00Z"
    found = looker.get(address).json()
    assert [each["temperature_c"] for each in found["readings"]] == [9.0, 9.4, 8.04]
    assert found["next_from"] is None
    rows = list(csv.reader(io.StringIO(looker.get(address + "&format=csv").text)))
    assert rows[0] == ["measured_at", "sensor", "channel", "temperature_c"]
    assert rows[-1] == ["2026-11-21T12:00:00.000Z", "warm-probe", "", "8.040"]


def test_pages_of_readings_hold_each_reading_once(
    hospital: Hospital, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coldchain.web.api.v1.PAGE", 4)
    hospital.refrigerator("warm").hears("warm", "1 2 3 4 5 6 7 8 7 6 5")
    found: list[float] = []
    with pages.program(READER) as program:
        start: str | None = "2026-11-21T00:00:00Z"
        while start is not None:
            answer = program.get("/api/v1/locations/warm/readings", params={"from": start}).json()
            found += [each["temperature_c"] for each in answer["readings"]]
            start = answer["next_from"]
    assert found == [1, 2, 3, 4, 5, 6, 7, 8, 7, 6, 5]


def test_a_name_cannot_become_a_formula_in_a_spreadsheet(hospital: Hospital, pages: Pages) -> None:
    hospital.refrigerator("sums", sensor="=1+1")
    hospital.worker.submit(hospital.message("=1+1", hospital.now_ms, 5_000)).result(120)
    with pages.program(READER) as program:
        assert ",'=1+1," in program.get("/api/v1/locations/sums/readings?format=csv").text


@pytest.mark.parametrize(
    "query", ["from=soon", "from=2026-11-21&to=2026-11-20", "from=1990-01-01", "to=99999999999999999999"]
)
def test_a_span_that_cannot_be_is_refused(looker: httpx.Client, query: str) -> None:
    assert looker.get(f"/api/v1/locations/warm/readings?{query}").status_code == 422


def test_the_chart_breaks_its_line_at_gaps_and_marks_what_is_out(looker: httpx.Client, stories: Pages) -> None:
    page = looker.get("/locations/warm").text
    sensor = page.split("/chart?sensor=")[1].split("&")[0]
    found = looker.get(f"/api/v1/locations/warm/chart?sensor={sensor}&from={1_795_262_400_000 - 7_200_000}").json()
    assert found["zone"] == "Europe/Berlin, UTC+01:00"
    assert found["shift_ms"] == 3_600_000
    assert found["bad_y"] == [9.0, 9.4, 8.04]
    assert [each["number"] for each in found["excursions"]]
    assert None not in found["x"]
    assert looker.get("/api/v1/locations/warm/chart?sensor=9999").status_code == 404


def test_a_silence_interrupts_the_line(hospital: Hospital, pages: Pages) -> None:
    hospital.refrigerator("warm").hears("warm", "5x3 _x20 5x3")
    with pages.person("nurse") as nurse:
        found = nurse.get("/api/v1/locations/warm/chart?sensor=1").json()
    assert found["y"] == [5, 5, 5, None, 5, 5, 5]
    assert len(found["gaps"]) == 2, "before the first reading of the day nothing is known either"


def test_excursions_for_programs(stories: Pages, looker: httpx.Client) -> None:
    found = looker.get("/api/v1/excursions?location=warm").json()
    assert len(found) == 1
    assert found[0]["duration_s"] == {"at_least": 600, "estimate": 600, "at_most": 900}
    assert (found[0]["state"], found[0]["certainty"], found[0]["limit_words"]) == ("open", "certain", "above 8 °C")
    assert looker.get(f"/api/v1/excursions/{found[0]['number']}").json() == found[0]
    assert looker.get("/api/v1/excursions?state=strange").status_code == 422


def test_a_program_reads_and_does_not_acknowledge(hospital: Hospital, pages: Pages) -> None:
    hospital.refrigerator("warm").hears("warm", "5x3 9x3")
    number = hospital.excursions()[0].number
    with pages.program(READER) as program:
        assert program.get("/api/v1/excursions").status_code == 200
        assert program.post(f"/api/v1/excursions/{number}/acknowledge", json={"comment": "x"}).status_code == 403
        assert program.post("/api/v1/readings", json=READING).status_code == 403
    with pages.program("a-token-nobody-gave") as stranger:
        assert stranger.get("/api/v1/excursions").status_code == 401
        assert stranger.post("/api/v1/readings", json=READING).status_code == 401


def test_a_program_that_brings_nothing_is_asked_to_say_who_it_is(pages: Pages) -> None:
    with httpx.Client(base_url=pages.address, timeout=120) as program:
        answer = program.post("/api/v1/readings", json=READING)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "sign-in-needed")
        assert program.post("/sign-in", data={"name": "nurse", "password": "x"}).status_code == 403, "forms are not"


def test_readings_are_stored_when_the_answer_comes(hospital: Hospital, pages: Pages) -> None:
    hospital.refrigerator("warm")
    with pages.program(WRITER) as gateway:
        answer = gateway.post("/api/v1/readings", json=READING)
        assert answer.json() == {"readings": 1, "quarantined": []}
        assert stored(hospital) == [4_530]
        assert gateway.post("/api/v1/readings", json=[READING]).status_code == 200, "the same again does no harm"
        assert stored(hospital) == [4_530]


def test_a_fault_does_not_spoil_its_neighbours(hospital: Hospital, pages: Pages) -> None:
    hospital.refrigerator("warm")
    body = [READING, READING | {"measured_at": "2026-11-21T11:56:00Z", "temperature_c": None}]
    with pages.program(WRITER) as gateway:
        answer = gateway.post("/api/v1/readings", json=body)
    assert answer.json()["readings"] == 1
    assert answer.json()["quarantined"][0] | {"reason": ""} == {"position": 1, "sensor": "warm-probe", "reason": ""}


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"measured_at": "2027-11-21T11:55:00Z"}, "clock"),
        ({"temperature_c": -127}, "sentinel"),
        ({"temperature_c": 61}, "outside the sensor's range"),
    ],
)
def test_what_its_sensor_or_the_clock_puts_aside_is_told_too(
    hospital: Hospital, pages: Pages, told: dict[str, object], reason: str
) -> None:
    hospital.refrigerator("warm")
    with hospital.store.transaction() as tx:
        places.put_sensor(tx, "warm-probe", now_ms=hospital.now_ms, low_milli_c=-40_000, high_milli_c=60_000)
    with pages.program(WRITER) as gateway:
        answer = gateway.post("/api/v1/readings", json=[READING, READING | told])
    assert answer.json() == {
        "readings": 1, "quarantined": [{"position": 1, "sensor": "warm-probe", "reason": reason}],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "not JSON"), (b"[1]", "not a JSON object"), (b"\xff\xfe", "UTF-8"), (b"", "empty"),
        (b'{"temperature_c": 5}', "names no sensor"), (b'{"sensor": 7, "temperature_c": 5}', "names no sensor"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_and_kept(hospital: Hospital, pages: Pages, body: bytes, words: str) -> None:
    with pages.program(WRITER) as gateway:
        answer = gateway.post("/api/v1/readings", content=body)
    assert answer.status_code == 422
    assert words in answer.json()["error"]["message"]
    with hospital.store.reading() as tx:
        assert quarantine.count(tx) == {"damaged": 1}


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        ('{"comment": "x"}', "text/plain", "the body has to be a JSON object, sent as Content-Type: application/json"),
        ('{"comm', "application/json", "the body is no JSON"),
        ("{}", "application/json", "comment: Field required"),
    ],
)
def test_a_body_that_is_not_understood_is_said_plainly(pages: Pages, body: str, kind: str, words: str) -> None:
    with pages.person("nurse") as nurse:
        answer = nurse.post("/api/v1/excursions/1/acknowledge", content=body, headers={"content-type": kind})
    assert (answer.status_code, answer.json()["error"]["message"]) == (422, words)


def test_a_full_queue_asks_to_try_again(hospital: Hospital) -> None:
    def full(_: object) -> object:
        raise QueueFull("the queue is full; send it again")

    with hospital.open(submit=full) as pages, pages.program(WRITER) as gateway:
        answer = gateway.post("/api/v1/readings", json=READING)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")


def test_no_answer_before_the_commit(hospital: Hospital) -> None:
    held, answered = threading.Event(), threading.Event()

    def slow(incoming: object) -> object:
        future = hospital.worker.submit(incoming)  # type: ignore[arg-type]
        held.set()
        return future

    hospital.refrigerator("warm")
    with hospital.open(submit=slow) as pages, pages.program(WRITER) as gateway:

        def send() -> None:
            gateway.post("/api/v1/readings", json=READING)
            answered.set()

        sender = threading.Thread(target=send)
        with hospital.store.transaction():
            sender.start()
            assert held.wait(120)
            assert not answered.is_set(), "the database is busy: nothing is committed, so nothing is answered"
        sender.join(120)
    assert answered.is_set()
    assert stored(hospital) == [4_530]


def test_healthz_says_which_part_does_not_work(hospital: Hospital, pages: Pages) -> None:
    with pages.visitor() as anybody:
        answer = anybody.get("/healthz")
        assert (answer.status_code, answer.json()["ok"]) == (200, True)
        hospital.checks = (Check("store", ok=True), Check("broker", ok=False, detail="no connection for 5 min"))
        answer = anybody.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["broker"] == {"ok": False, "detail": "no connection for 5 min"}


def test_metrics_count_what_the_record_holds(looker: httpx.Client) -> None:
    text = looker.get("/metrics").text
    for line in (
        'coldchain_locations{state="out"} 2.0', 'coldchain_locations{state="suspended"} 1.0',
        "coldchain_excursions_total 3.0", "coldchain_excursions_unacknowledged 3.0", 'coldchain_up{part="broker"} 1.0',
        'coldchain_reading_age_seconds{location="silent",sensor="silent-probe"} 2820.0',
    ):  # fmt: skip
        assert line in text, line
