"""Reports that pages hand out: from a location's page for the time it shows, from an item's page for its whole way."""

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from tests.stock.pharmacy import NINE_HOURS, Pharmacy, rulebook_of
from tests.web.hospital import RANGE_2_8, Pages, new_hospital


@pytest.fixture
def pharmacy(tmp_path: Path) -> Iterator[Pharmacy]:
    hospital = new_hospital(tmp_path)
    hospital.refrigerator("fridge", "Ward 3", product=RANGE_2_8).hears("fridge", "5x250 9x6 5x40")
    yield Pharmacy(hospital, rulebook_of(tmp_path / "rules", NINE_HOURS))
    hospital.store.close()


@pytest.fixture
def pages(pharmacy: Pharmacy) -> Iterator[Pages]:
    with pharmacy.hospital.open(rulebook=pharmacy.rulebook) as opened:
        yield opened


def links(page: str) -> list[str]:
    return [unescape(address) for address in re.findall(r'href="([^"]+/report\?[^"]+)"', page)]


def test_a_locations_page_offers_the_time_that_it_shows(pages: Pages) -> None:
    with pages.person("auditor") as auditor:
        offered = links(auditor.get("/locations/fridge?from=2026-11-21T02:00&to=2026-11-21T13:00").text)
        answers = {address.rpartition("=")[2]: auditor.get(address) for address in offered}
    assert {form: answer.status_code for form, answer in answers.items()} == dict.fromkeys(answers, 200)
    assert list(answers) == ["pdf", "html", "csv", "json"]
    assert answers["pdf"].content.startswith(b"%PDF")
    assert answers["pdf"].headers["content-disposition"] == 'attachment; filename="fridge-2026-11-21-2026-11-21.pdf"'
    assert answers["html"].text.startswith("<!doctype html>")
    made = json.loads(answers["json"].content)
    assert made["subject"]["from"] == "2026-11-21T01:00:00.000Z"
    assert [one["verdict"] for one in made["results"]] == ["violated"]
    assert answers["csv"].text.count("\n") == 1 + 2


def test_an_items_page_offers_its_whole_way(pharmacy: Pharmacy, pages: Pages) -> None:
    lot = pharmacy.lot("fridge", ago="5 h")
    with pages.person("pharmacist") as pharmacist:
        answers = [pharmacist.get(address) for address in links(pharmacist.get(f"/items/{lot}").text)]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert json.loads(answers[3].content)["subject"]["id"] == lot


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/locations/nowhere/report", 404),
        ("/locations/fridge/report?from=rubbish", 422),
        ("/locations/fridge/report?from=2027-01-01T00:00&to=2027-01-02T00:00", 422),
        ("/locations/fridge/report?form=docx", 422),
        ("/items/77/report", 404),
    ],
)
def test_what_cannot_be_reported_is_said(address: str, status: int, pages: Pages) -> None:
    with pages.person("auditor") as auditor:
        answer = auditor.get(address)
    assert answer.status_code == status
    assert "Traceback" not in answer.text


def test_nobody_gets_a_report_without_signing_in(pages: Pages) -> None:
    with pages.visitor() as nobody:
        assert nobody.get("/items/1/report").status_code in (302, 303, 401)
