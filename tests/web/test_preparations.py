"""Preparations on pages and for programs: the board, three taps, acts, the verdict and its export."""

import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest

from coldchain.domain.product import Attested, Event
from coldchain.records import accounts, places, preparations
from coldchain.records.accounts import Account
from coldchain.reviewing import preparing
from coldchain.rulebook.book import load_rulebook
from tests.web.hospital import MINUTE, READER, WRITER, Hospital, Pages
from tests.web.test_pages import text_of

BOOK = load_rulebook()
THREE = (Attested.CLEAR, Attested.NO_DISCOLOURATION, Attested.FROM_LIGHT)


@pytest.fixture
def clinic(hospital: Hospital) -> Hospital:
    """A bench and a refrigerator with sensors, a cupboard without; readings of the last five hours."""
    for name, title in (("bench", "Bench"), ("fridge", "Refrigerator 2")):
        hospital.refrigerator(name, title, product=None)
    with hospital.store.transaction() as tx:
        places.put_location(tx, "cupboard", "Cupboard", "Ward 5")
    return hospital.hears("bench", "22x60").hears("fridge", "5x60")


def person(hospital: Hospital, role: str = "nurse") -> Account:
    with hospital.store.reading() as tx:
        found = accounts.account(tx, role)
    assert found is not None
    return found


def begin(hospital: Hospital, minutes_ago: int = 0, product: str = "besponsa", location: str = "bench") -> str:
    event = Event.RECONSTITUTED if product == "besponsa" else Event.DILUTED
    return preparing.start(
        hospital.store, BOOK.product(product), BOOK.text(product), event, location, "vial 3", person(hospital),
        hospital.now_ms - minutes_ago * MINUTE,
    )  # fmt: skip


def a_day(hospital: Hospital, *, attested: bool = True) -> str:
    """Reconstituted 250 minutes ago on the bench, cooled, diluted, warmed, used five minutes ago."""
    number = begin(hospital, 250)
    nurse, store, now = person(hospital), hospital.store, hospital.now_ms
    for what in THREE if attested else THREE[:2]:
        preparing.attest(store, number, what, nurse, now - 249 * MINUTE)
    preparing.move(store, number, "fridge", nurse, now - 240 * MINUTE)
    preparing.record(store, number, Event.DILUTED, nurse, now - 100 * MINUTE)
    preparing.move(store, number, "bench", nurse, now - 90 * MINUTE)
    preparing.record(store, number, Event.INFUSION_STARTED, nurse, now - 20 * MINUTE)
    preparing.record(store, number, Event.INFUSION_ENDED, nurse, now - 5 * MINUTE)
    return number


def once_of(page: str) -> str:
    return str(re.findall(r'name="once" value="([^"]+)"', page)[0])


# -- the board ----------------------------------------------------------------------------------------------------


def test_the_board_says_what_by_when_where_and_what_is_attested(clinic: Hospital, pages: Pages) -> None:
    begin(clinic, 10)
    with pages.person("auditor") as auditor:
        page = auditor.get("/preparations").text
        words = text_of(page)
    assert "to be diluted by 16:50" in words
    assert "infusion over by 20:50" in words
    assert "may stay on the bench until 13:20 site policy" in words
    assert "Bench 22.0 °C" in words
    assert "✘ clear, no particles : not attested" in words
    assert "Kept so far" in words
    assert "Start a preparation" not in words, "an auditor looks"
    assert "data-live-region" in page
    assert 'datetime="2026-11-21T15:50:00.000Z"' in page, "the instant stands there without a script"


def test_the_least_time_left_comes_first(clinic: Hospital, pages: Pages) -> None:
    later = begin(clinic, 10, "lemtrada")
    sooner = begin(clinic, 20)
    with pages.person("nurse") as nurse:
        page = nurse.get("/preparations").text
    assert page.index(sooner) < page.index(later)


def test_a_passed_deadline_stays_until_it_is_answered(clinic: Hospital, pages: Pages) -> None:
    begin(clinic, 241, location="fridge")
    with pages.person("nurse") as nurse:
        words = text_of(nurse.get("/preparations").text)
    assert "to be diluted by 12:59 passed" in words
    assert "Violated" in words


def test_a_place_without_a_sensor_is_said(clinic: Hospital, pages: Pages) -> None:
    begin(clinic, 10, location="cupboard")
    with pages.person("nurse") as nurse:
        words = text_of(nurse.get("/preparations").text)
    assert "Cupboard No sensor" in words
    assert "Undetermined, no data" in words


def test_an_empty_board_says_what_to_do(pages: Pages) -> None:
    with pages.person("nurse") as nurse:
        assert "Nothing is being prepared. Start a preparation" in text_of(nurse.get("/preparations").text)


def test_ended_ones_stand_below_with_their_verdict(clinic: Hospital, pages: Pages) -> None:
    a_day(clinic)
    with pages.person("nurse") as nurse:
        words = text_of(nurse.get("/preparations").text)
    assert "Ended in the last 24 hours" in words
    assert "P-2026-0001 Besponsa, vial 3 Compliant 12:55" in words


# -- three taps ---------------------------------------------------------------------------------------------------


def test_three_taps_start_a_preparation(clinic: Hospital, pages: Pages) -> None:
    with pages.person("nurse") as nurse:
        first = nurse.get("/preparations/new").text
        assert 'href="/preparations/new?product=besponsa"' in first
        second = nurse.get("/preparations/new?product=besponsa").text
        assert 'href="/preparations/new?product=besponsa&amp;location=bench"' in second
        third = nurse.get("/preparations/new?product=besponsa&location=bench").text
        assert "to be diluted by 17:00, infusion over by 21:00" in text_of(third)
        assert "No pharmacist of this site has adopted this version" in third
        form = {"product": "besponsa", "location": "bench", "event": "reconstituted", "once": once_of(third)}
        answer = nurse.post("/preparations", data=form)
        assert answer.headers["location"] == "/preparations/P-2026-0001"
        again = nurse.post("/preparations", data=form)
        assert again.headers["location"] == "/preparations/P-2026-0001", "a second tap starts no second one"
        assert "Diluted now" in text_of(nurse.get("/preparations/P-2026-0001").text)


def test_what_was_prepared_lately_comes_first(clinic: Hospital, pages: Pages) -> None:
    begin(clinic, 10, "natalizumab")
    with pages.person("nurse") as nurse:
        page = nurse.get("/preparations/new").text
    assert page.index("product=natalizumab") < page.index("All products") < page.index("product=abrysvo-eu")


def test_what_cannot_be_started_says_why(clinic: Hospital, pages: Pages) -> None:
    with pages.person("nurse") as nurse:
        assert nurse.get("/preparations/new?product=nothing").status_code == 404
        assert nurse.get("/preparations/new?product=besponsa&location=moon").status_code == 404
        assert nurse.get("/preparations/new?product=refrigerated-2-8").status_code == 422
        long = {"product": "besponsa", "location": "bench", "event": "reconstituted", "item": "x" * 101}
        answer = nurse.post("/preparations", data=long)
        assert answer.status_code == 422
        assert "At most 100 characters" in answer.text
        assert "x" * 101 in answer.text, "what was typed stays"
        wrong = nurse.post(
            "/preparations", data={"product": "besponsa", "location": "bench", "event": "infusion_ended"}
        )
        assert "does not begin with" in wrong.text


@pytest.mark.parametrize(
    ("role", "status"), [("nurse", 303), ("pharmacist", 303), ("auditor", 403), ("administrator", 403)]
)
def test_who_may_act(clinic: Hospital, pages: Pages, role: str, status: int) -> None:
    number = begin(clinic)
    with pages.person(role) as client:
        start = {"product": "besponsa", "location": "bench", "event": "reconstituted"}
        assert client.post("/preparations", data=start).status_code == status
        acts = [
            ("attestations", {"what": "clear, no particles"}), ("moves", {"location": "fridge"}),
            ("events", {"event": "diluted"}), ("corrections", {"entry": "1", "reason": "why", "struck": "false"}),
        ]  # fmt: skip
        for form, data in acts:
            answer = client.post(f"/preparations/{number}/{form}", data=data)
            assert answer.status_code == status, (form, answer.text)
        assert client.get(f"/preparations/{number}").status_code == 200
        assert client.get(f"/preparations/{number}/export").status_code == 200


def test_forms_of_other_sites_are_refused(clinic: Hospital, pages: Pages) -> None:
    number = begin(clinic)
    with pages.person("nurse") as nurse:
        answer = nurse.post(
            f"/preparations/{number}/events", data={"event": "diluted"}, headers={"sec-fetch-site": "cross-site"}
        )
        assert answer.status_code == 403
    with pages.visitor() as nobody:
        assert nobody.get(f"/preparations/{number}").headers["location"].startswith("/sign-in")


# -- one preparation ----------------------------------------------------------------------------------------------


def test_from_the_bench_to_use(clinic: Hospital, pages: Pages) -> None:
    number = begin(clinic, 9)
    page = f"/preparations/{number}"
    with pages.person("nurse") as nurse:
        for what in THREE:
            assert nurse.post(f"{page}/attestations", data={"what": what.value}).status_code == 303
        assert "To be attested" not in nurse.get(page).text
        for event in ("diluted", "infusion_started", "infusion_ended"):
            clinic.now_ms += MINUTE
            assert nurse.post(f"{page}/events", data={"event": event}).headers["location"] == page
        words = text_of(nurse.get(page).text)
    assert "Compliant · used" in words
    assert "What happens now?" not in words
    assert "As known then" in words
    with clinic.store.reading() as tx:
        assert [each.body["verdict"] for each in preparations.known_then(tx, number)] == ["compliant"]


def test_the_page_says_all_it_rests_on(clinic: Hospital, pages: Pages) -> None:
    number = a_day(clinic, attested=False)
    with pages.person("auditor") as auditor:
        words = text_of(auditor.get(f"/preparations/{number}").text)
    for part in (
        "Undetermined · used 12:55",
        "Nobody attested &#39;protected from light&#39; at or after reconstituted.",
        "Next: Record what is missing; readings that come in later may settle the rest. (pharmacist)",
        "Reconstituted → diluted Kept 2 h 30 min 4 h",
        "reconstituted: in 15–30 °C (handling) the site's own policy, not the label's",
        "at least 10 min, at most 10 min (estimate 10 min); allowed 30 min",
        "diluted: 1 h at room temperature directly before use, after refrigerated",
        "Product file besponsa, version 1",
        "no pharmacist of this site has adopted version 1 of besponsa",
        "Compared with the label by nobody yet",
        "Probe at Bench bench-probe; a good reading is believed for 30 min",
        "To look at: the role auditor looks, and prepares nothing.",
    ):
        assert part in words, part


def test_a_corrected_entry_and_its_correction_both_stand_there(clinic: Hospital, pages: Pages) -> None:
    number = begin(clinic, 30)
    with pages.person("nurse") as nurse:
        entry = {"entry": "1", "at": "2026-11-21T12:35:00", "reason": "tapped when it was in the bag already"}
        assert nurse.post(f"/preparations/{number}/corrections", data=entry).status_code == 303
        page = nurse.get(f"/preparations/{number}").text
        words = text_of(page)
    assert "12:30:00 Reconstituted at Bench Nurse Example; corrected 13:00:00 by Nurse Example" in words
    assert "12:35:00 Reconstituted at Bench Nurse Example, recorded 13:00:00, corrects the entry of 12:30:00" in words
    assert "tapped when it was in the bag already" in words
    assert "to be diluted by 16:35" in words, "the clocks follow the corrected course"


@pytest.mark.parametrize(
    ("form", "data", "said", "kept"),
    [
        ("corrections", {"entry": "1", "at": "2026-11-21T12:31:00", "reason": ""}, "Say why", "2026-11-21T12:31:00"),
        ("corrections", {"entry": "1", "at": "yesterday", "reason": "r1"}, "Write a date and time", "r1"),
        ("corrections", {"entry": "1", "at": "2026-11-21T14:00:00", "reason": "r2"}, "That lies in the future", "r2"),
        ("events", {"event": "diluted", "at": "2026-11-21T12:40:00"}, "Say why", "2026-11-21T12:40:00"),
        ("moves", {"location": "bench"}, "It was at Bench already", ""),
        ("events", {"event": "reconstituted"}, "is there twice", ""),
        ("events", {"event": "exploded"}, "is no event of a preparation", ""),
        ("attestations", {"what": "looks fine"}, "none of the five things", ""),
    ],
)
def test_an_error_stands_at_its_form_and_what_was_typed_stays(
    clinic: Hospital, pages: Pages, form: str, data: dict[str, str], said: str, kept: str
) -> None:
    number = begin(clinic, 30)
    with pages.person("nurse") as nurse:
        answer = nurse.post(f"/preparations/{number}/{form}", data=data)
        assert answer.status_code == 422
        assert re.search(r'class="error"[^>]*>' + re.escape(said), answer.text) or said in text_of(answer.text)
        assert kept in answer.text
        assert nurse.get(f"/preparations/{number}/{form}").headers["location"] == f"/preparations/{number}"


def test_discarding_ends_it_and_can_be_taken_back(clinic: Hospital, pages: Pages) -> None:
    number = begin(clinic, 30)
    with pages.person("nurse") as nurse:
        nurse.post(f"/preparations/{number}/events", data={"event": "discarded", "reason": "fell down"})
        words = text_of(nurse.get(f"/preparations/{number}").text)
        assert "discarded 13:00" in words
        assert "fell down" in words
        wrong = {"entry": "2", "reason": "it was the other vial", "struck": "true"}
        nurse.post(f"/preparations/{number}/corrections", data=wrong)
        words = text_of(nurse.get(f"/preparations/{number}").text)
    assert "Discarded : did not happen" in words
    assert "What happens now?" in words


def test_who_was_told_of_what(clinic: Hospital, pages: Pages) -> None:
    number = begin(clinic, 231, location="fridge")
    clinic.later("0 min")
    with pages.person("nurse") as nurse:
        words = text_of(nurse.get(f"/preparations/{number}").text)
    assert "13:00:00 a deadline comes near: P-2026-0001 Besponsa, vial 3: &#39;diluted&#39; is due" in words


# -- for programs -------------------------------------------------------------------------------------------------


def command(archive: bytes, folder: Path, number: str) -> tuple[int, dict[str, Any]]:
    """What `coldchain preparation check` makes of an export."""
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        packed.extractall(folder)
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "coldchain", "preparation", "check", "preparation.json", "--rules", "rules",
         "--format", "json"],
        cwd=folder / number, env={"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True,
        check=False, timeout=120,
    )  # fmt: skip
    assert done.stderr == ""
    return done.returncode, json.loads(done.stdout)


def two_probes(hospital: Hospital) -> str:
    """A second, less certain probe in the refrigerator; the first one is replaced midway."""
    number = begin(hospital, 200)
    nurse, now = person(hospital), hospital.now_ms
    preparing.move(hospital.store, number, "fridge", nurse, now - 190 * MINUTE)
    with hospital.store.transaction() as tx:
        where = places.location_named(tx, "fridge")
        first = places.sensor_named(tx, "fridge-probe")
        assert where is not None
        assert first is not None
        since = now - 300 * MINUTE
        second = places.put_sensor(tx, "second-probe", now_ms=since, uncertainty_milli_c=500, max_gap_ms=20 * MINUTE)
        places.place(tx, second, where.id, since, since)
        third = places.put_sensor(tx, "third-probe", now_ms=since)
        places.take_down(tx, first.id, now - 100 * MINUTE, now - 100 * MINUTE)
        places.place(tx, third, where.id, now - 100 * MINUTE, now - 100 * MINUTE)
    hospital.hears("second", "7.6x60").hears("third", "5x25")
    return number


@pytest.mark.parametrize(
    ("story", "verdict", "code"),
    [
        ("a good day", "compliant", 0),
        ("one attestation missing", "undetermined", 3),
        ("too warm", "violated", 1),
        ("a place without a sensor", "undetermined", 3),
        ("running", "compliant", 0),
        ("two probes, one replaced", "undetermined", 3),
        ("corrected", "violated", 1),
    ],
)
def test_the_export_is_judged_the_same_by_the_command(
    clinic: Hospital, pages: Pages, tmp_path: Path, story: str, verdict: str, code: int
) -> None:
    match story:
        case "running":
            number = begin(clinic, 10)
        case "a place without a sensor":
            number = begin(clinic, 10, location="cupboard")
        case "two probes, one replaced":
            number = two_probes(clinic)
        case _:
            number = a_day(clinic, attested=story != "one attestation missing")
    if story == "too warm":
        clinic.hears("fridge", "9.04", ago="150 min 30 s")
    if story == "corrected":
        preparing.correct(
            clinic.store, number, 1, person(clinic), clinic.now_ms, reason="the watch", at_ms=clinic.now_ms - 2**29
        )
    clinic.now_ms += 12_345
    with pages.program(READER) as program:
        answer = program.get(f"/api/v1/preparations/{number}").json()
        archive = program.get(f"/api/v1/preparations/{number}/export")
    assert archive.headers["content-type"] == "application/zip"
    exit_code, judged = command(archive.content, tmp_path, number)
    assert (judged["verdict"], exit_code) == (verdict, code)
    more = {"number", "now", "location", "events", "attestations", "known_then", "href"}
    answer["product"] = {key: answer["product"][key] for key in ("id", "sha256")}
    assert {key: value for key, value in answer.items() if key not in more} == judged


def test_the_same_record_gives_the_same_archive(clinic: Hospital, pages: Pages) -> None:
    number = a_day(clinic)
    with pages.program(READER) as program:
        one, other = (program.get(f"/api/v1/preparations/{number}/export").content for _ in range(2))
    assert one == other


def test_programs_read_all_of_it_and_who_said_what(clinic: Hospital, pages: Pages) -> None:
    ended, number = a_day(clinic), begin(clinic, 5)
    with pages.program(READER) as program:
        (running,) = program.get("/api/v1/preparations").json()
        (over,) = program.get("/api/v1/preparations?state=over").json()
        assert program.get("/api/v1/preparations/P-2026-9999").status_code == 404
    assert (running["number"], running["final"], running["location"]) == (number, False, "bench")
    assert running["product"]["adopted_at"] is None
    assert over["number"] == ended
    assert over["events"][0] == {
        "id": 1, "event": "reconstituted", "at": "2026-11-21T07:50:00.000Z", "location": "bench",
        "recorded_at": "2026-11-21T07:50:00.000Z", "by": "Nurse Example", "corrects": None, "struck": False,
        "reason": "", "stands": True,
    }  # fmt: skip
    assert over["known_then"][0]["verdict"] == "compliant"


def test_programs_do_not_act(clinic: Hospital, pages: Pages) -> None:
    number = begin(clinic)
    with pages.program(WRITER) as program:
        answer = program.post(f"/preparations/{number}/events", data={"event": "diluted"})
    assert answer.status_code == 403
    with clinic.store.reading() as tx:
        assert len(preparations.events(tx, preparations.one(tx, number).id)) == 1


def test_nobody_reads_without_signing_in(clinic: Hospital, pages: Pages) -> None:
    number = begin(clinic)
    with httpx.Client(base_url=pages.address) as nobody:
        assert nobody.get(f"/api/v1/preparations/{number}").status_code == 401
