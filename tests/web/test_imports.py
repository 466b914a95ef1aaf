"""Imports by page and for programs: who may, what is asked, what is filed, what is refused before it is read."""

import http.client
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from coldchain.importing.unpacking import LARGEST_FILE, LARGEST_REQUEST
from tests.importing.files import AMBIGUOUS, signed
from tests.stock.pharmacy import HOUR, NINE_HOURS, Pharmacy, logger_csv, rulebook_of
from tests.web.hospital import READER, WRITER, Hospital, Pages


@pytest.fixture
def pharmacy(hospital: Hospital, tmp_path: Path) -> Pharmacy:
    """Its product files, with one that allows nine hours above 8 °C."""
    return Pharmacy(hospital, rulebook_of(tmp_path / "rules", NINE_HOURS))


@pytest.fixture
def pages(pharmacy: Pharmacy) -> Iterator[Pages]:
    """The pages, with those product files."""
    with pharmacy.hospital.open(rulebook=pharmacy.rulebook) as opened:
        yield opened


def bad(pharmacy: Pharmacy) -> bytes:
    """Eleven hours above 8 °C."""
    return logger_csv("5x10 9x130 5x10", pharmacy.now_ms - 20 * HOUR)


def bring(client: httpx.Client, *files: tuple[str, bytes], **more: str) -> str:
    """Bring files; returns where that leads."""
    sent = [("file", (name, content)) for name, content in files]
    answer = client.post("/imports", files=sent, data=more)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_a_nurse_brings_answers_judges_and_files(pharmacy: Pharmacy, pages: Pages) -> None:
    with pages.person("nurse") as nurse:
        here = bring(nurse, ("night & day <1>.csv", AMBIGUOUS))
        page = nurse.get(here).text
        assert "We need one answer first" in page
        assert "night &amp; day &lt;1&gt;.csv" in page
        assert "--date-order" not in page
        assert 'value="MDY"' in page
        assert nurse.post(f"{here}/answers", data={"asked": "date_order"}).status_code == 422
        assert nurse.post(f"{here}/answers", data={"asked": "date_order", "date_order": "DMY"}).status_code == 303
        preview = nurse.get(here, params={"product": "nine-hours"}).text
        assert "File as Compliant" in preview
        assert "Every limit was kept." in preview
        filed = nurse.post(f"{here}/filings", data={"product": "nine-hours", "shipment": "0815", "lot": "<b>"})
        assert filed.status_code == 303
        page = nurse.get(here).text
        assert "shipment <b>0815</b>" in page
        assert "lot <b>&lt;b&gt;</b>" in page
        assert nurse.get("/imports", params={"q": "0815"}).text.count("data-item") == 1
        assert nurse.get("/imports", params={"q": "0816"}).text.count("data-item") == 0


def test_the_same_bytes_lead_to_the_same_import_and_the_page_says_so(pharmacy: Pharmacy, pages: Pages) -> None:
    with pages.person("auditor") as auditor:
        first = bring(auditor, ("a.csv", bad(pharmacy)))
        second = bring(auditor, ("b.csv", bad(pharmacy)))
        assert second == f"{first}?again=1"
        assert "These very bytes were brought before" in auditor.get(second).text
        assert auditor.get(f"{first}/file").content == bad(pharmacy)


def test_a_verdict_that_is_filed_waits_for_an_acknowledgement_and_gives_reports(
    pharmacy: Pharmacy, pages: Pages
) -> None:  # fmt: skip
    with pages.person("pharmacist") as pharmacist:
        here = bring(pharmacist, ("a.csv", bad(pharmacy)))
        pharmacist.post(f"{here}/filings", data={"product": "nine-hours"})
        page = pharmacist.get(here).text
        assert "to acknowledge" in page
        assert 'Imports <span class="count">1</span>' in page
        pdf = pharmacist.get(f"{here}/filings/1/report.pdf")
        assert pdf.headers["content-type"] == "application/pdf"
        assert pdf.content.startswith(b"%PDF")
        html = pharmacist.get(f"{here}/filings/1/report.html").text
        assert "coldchain audit a.csv --product nine-hours --stage unopened" in html
        empty = pharmacist.post(f"{here}/filings/1/acknowledgements", data={"comment": " "})
        assert empty.status_code == 422
        said = pharmacist.post(f"{here}/filings/1/acknowledgements", data={"comment": "quarantined"})
        assert said.status_code == 303
        page = pharmacist.get(here).text
        assert "quarantined" in page
        assert "to acknowledge" not in page


def test_an_auditor_answers_once_for_many_and_files_them_together(pharmacy: Pharmacy, pages: Pages) -> None:
    other = AMBIGUOUS.replace(b";5,", b";6,")
    with pages.person("auditor") as auditor:
        here = bring(auditor, ("a.csv", AMBIGUOUS), ("b.csv", other), ("bad.csv", bad(pharmacy)), ("e.csv", b""))
        page = auditor.get(here).text
        assert "2 files ask this" in page
        assert "It is empty" in page
        answered = auditor.post(f"{here}/answers", data={"asked": "date_order", "date_order": "MDY"})
        assert answered.status_code == 303
        page = auditor.get(here, params={"product": "nine-hours"}).text
        assert "1 violated" in page
        assert "2 compliant" in page
        assert page.index("bad.csv") < page.index("a.csv"), "the worst first"
        assert auditor.post(f"{here}/filings", data={"product": "nine-hours", "shipment": "0815"}).status_code == 303
        assert auditor.get("/imports", params={"q": "0815"}).text.count("data-item") == 3


def test_a_file_with_an_invalid_signature_is_a_pharmacists(pharmacy: Pharmacy, pages: Pages) -> None:
    with pages.person("nurse") as nurse, pages.person("pharmacist") as pharmacist:
        here = bring(nurse, ("fridge-tag.txt", signed(forged=True)))
        assert "was changed after the logger wrote it" in nurse.get(here).text
        assert nurse.post(f"{here}/signature", data={"reason": "fine"}).status_code == 403
        assert pharmacist.post(f"{here}/signature", data={"reason": ""}).status_code == 422
        assert pharmacist.post(f"{here}/signature", data={"reason": "compared by hand"}).status_code == 303
        page = pharmacist.get(here).text
        assert "INVALID: the content was changed" in page
        assert "compared by hand" in page


def test_a_pharmacist_files_for_a_lot_and_the_lots_page_shows_the_trace(pharmacy: Pharmacy, pages: Pages) -> None:
    pharmacy.hospital.refrigerator("ward", "Ward refrigerator")
    lot = pharmacy.lot("ward", ago="1 h")
    with pages.person("pharmacist") as pharmacist, pages.person("nurse") as nurse:
        here = bring(pharmacist, ("leg.csv", logger_csv("5x10 9x6 5x10", pharmacy.now_ms - 4 * HOUR)))
        assert nurse.post(f"{here}/filings", data={"item": str(lot)}).status_code == 403
        assert "File as Compliant" in pharmacist.get(here, params={"item": lot}).text
        assert pharmacist.post(f"{here}/filings", data={"item": str(lot)}).status_code == 303
        assert f'the transport of <a href="/items/{lot}">' in pharmacist.get(here).text
        assert "leg.csv" in pharmacist.get(f"/items/{lot}").text


MISTYPED = (
    ({"product": "nine-hour"}, "product", "did you mean"),
    ({"product": "nine-hours", "from": "yesterday"}, "from", "Write a date and time"),
    ({"product": "nine-hours", "max_gap": "30"}, "max_gap", "duration with its unit"),
    ({"product": "nine-hours", "uncertainty": "warm"}, "uncertainty", "Write it in °C"),
    ({"product": "nine-hours", "from": "2026-11-21T10:00", "to": "2026-11-21T09:00"}, "to", "must lie after"),
    ({"item": "ninety"}, "", "Choose an item"),
)


def test_what_was_typed_survives_an_error_that_stands_at_its_field(pharmacy: Pharmacy, pages: Pages) -> None:
    with pages.person("pharmacist") as pharmacist:
        here = bring(pharmacist, ("a.csv", bad(pharmacy)))
        for form, field, says in MISTYPED:
            shown = pharmacist.get(here, params=form)
            assert (shown.status_code, says in shown.text) == (422, True), form
            assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', shown.text) or not field, form
            assert pharmacist.post(f"{here}/filings", data=form).status_code == 422, form


def test_nothing_is_read_of_whoever_may_not_import(pages: Pages) -> None:
    with pages.visitor() as stranger:
        answer = stranger.post("/imports", files=[("file", ("a.csv", b"x" * 100_000))])
        assert answer.headers["location"].startswith("/sign-in")
        assert stranger.get("/imports/1").status_code == 303
    with pages.program(READER) as reader:
        assert reader.post("/api/v1/imports", content=b"x" * 100_000).status_code == 403
    with pages.person("nurse") as nurse:
        elsewhere = {"sec-fetch-site": "cross-site"}
        assert nurse.post("/imports", files=[("file", ("a.csv", b"x"))], headers=elsewhere).status_code == 403
        assert nurse.post("/imports", data={"tz": "UTC"}).status_code == 400
        assert nurse.post("/imports", files=[("nothing", ("a.csv", b"x"))]).status_code == 422


def test_too_much_at_once_is_refused_before_it_is_sent(pages: Pages) -> None:
    with pages.person("nurse") as nurse:
        cookie = "; ".join(f"{name}={value}" for name, value in nurse.cookies.items())
    for path, bound in (("/imports", LARGEST_REQUEST), ("/api/v1/imports", LARGEST_REQUEST)):
        connection = http.client.HTTPConnection(pages.address.removeprefix("http://"), timeout=120)
        connection.putrequest("POST", path)
        for name, value in (
            ("cookie", cookie), ("sec-fetch-site", "same-origin"), ("content-length", str(bound + 1)),
            ("content-type", "multipart/form-data; boundary=x"),
        ):  # fmt: skip
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        assert (answer.status, b"larger than" in answer.read()) == (413, True)
        connection.close()


def test_a_zip_bomb_costs_a_line_in_the_batch(pages: Pages) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.csv", b"\0" * (LARGEST_FILE + 1))
        archive.writestr("asks.csv", AMBIGUOUS)
    with pages.person("nurse") as nurse:
        page = nurse.get(bring(nurse, ("week.zip", packed.getvalue()))).text
    assert "larger than 32 MB" in page
    assert "week.zip/asks.csv" in page


# --- for programs ---------------------------------------------------------------------------------------------------


def test_a_program_brings_a_bare_body_answers_and_files(pharmacy: Pharmacy, pages: Pages) -> None:
    with pages.program(WRITER) as program:
        brought = program.post("/api/v1/imports", params={"name": "gate/7.csv"}, content=AMBIGUOUS)
        assert brought.status_code == 201, brought.text
        found = brought.json()
        assert (found["state"], found["file"]["name"], found["again"]) == ("asked", "7.csv", False)
        assert found["question"] == {
            "field": "date_order", "asks": "How are the dates written?", "answers": ["DMY", "MDY"], "free": False,
        }  # fmt: skip
        assert found["error"]["options"] == ["--date-order DMY", "--date-order MDY"]
        again = program.post("/api/v1/imports", content=AMBIGUOUS)
        assert (again.status_code, again.json()["id"], again.json()["again"]) == (200, found["id"], True)
        here = f"/api/v1/imports/{found['id']}"
        answered = program.post(f"{here}/answers", json={"date_order": "DMY"}).json()
        assert (answered["state"], answered["understood"]["readings"]["accepted"]) == ("read", 9)
        filed = program.post(f"{here}/filings", json={"product": "nine-hours", "lot": "A12"}).json()
        assert (filed["verdict"], filed["judgement"][0]["schema"]) == ("compliant", "coldchain.audit/1")
        assert program.post(f"{here}/filings", json={"product": "nine-hours", "lot": "A12"}).json()["again"]
        now = program.get(here).json()
        assert (now["state"], now["verdict"], len(now["filings"])) == ("judged", "compliant", 1)
        assert program.get(f"{here}/file").content == AMBIGUOUS
        assert [one["id"] for one in program.get("/api/v1/imports", params={"state": "judged"}).json()] == [found["id"]]


def test_a_program_brings_a_form_with_everything_declared_and_gets_the_verdict(
    pharmacy: Pharmacy, pages: Pages
) -> None:  # fmt: skip
    said = {"date_order": "MDY", "product": "nine-hours", "shipment": "0815"}
    with pages.program(WRITER) as program:
        answer = program.post("/api/v1/imports", files={"file": ("a.csv", AMBIGUOUS)}, data=said)
        assert answer.status_code == 201
        found = answer.json()
        assert (found["verdict"], found["filings"][0]["shipment"]) == ("compliant", "0815")
        same = program.post("/api/v1/imports", files={"file": ("a.csv", AMBIGUOUS)}, data=said).json()
        assert len(same["filings"]) == 1


MISTAKES = (
    ({"tz": "CST"}, 422, "CST"),
    ({"product": "nothing"}, 422, "there is no product"),
    ({"product": "nine-hours", "item": "x"}, 422, "no item's number"),
    ({"item": "99"}, 404, "no item"),
)


def test_a_programs_mistakes_are_said(pharmacy: Pharmacy, pages: Pages) -> None:
    with pages.program(WRITER) as program:
        for more, status, says in MISTAKES:
            answer = program.post("/api/v1/imports", params=more, content=bad(pharmacy))
            assert (answer.status_code, says in answer.text) == (status, True), answer.text
        assert program.get("/api/v1/imports/99").status_code == 404
