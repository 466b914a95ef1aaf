"""Deciding and signing on pages: an excursion with what was stored there, an item by its whole way; splitting a lot."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from coldchain.records import dispositions, items
from tests.stock.pharmacy import NINE_HOURS, Pharmacy, rulebook_of
from tests.web.hospital import MINUTE, PASSWORD, Hospital, Pages
from tests.web.test_pages import text_of

PAGE = "/excursions/2026-0001"
SIGNED = {"reason": "manufacturer's answer: stable", "password": PASSWORD}


@pytest.fixture
def pharmacy(hospital: Hospital, tmp_path: Path) -> Pharmacy:
    """A refrigerator that was too warm for half an hour an hour ago, with 40 vials in it."""
    hospital.refrigerator("fridge", "Fridge").hears("fridge", "5x80 9x7 5x10")
    hospital.refrigerator("ward", "Ward 3", product=None)
    made = Pharmacy(hospital, rulebook_of(tmp_path / "rules", NINE_HOURS))
    made.lot("fridge", ago="6 h", quantity=40)
    return made


@pytest.fixture
def pages(pharmacy: Pharmacy) -> Iterator[Pages]:
    with pharmacy.hospital.open(rulebook=pharmacy.rulebook) as opened:
        yield opened


def revision(page: str) -> str:
    """The revision that the form was made for."""
    return page.split('/disposition"')[1].split('name="revision" value="')[1].split('"')[0]


def sign(person: httpx.Client, **fields: str) -> httpx.Response:
    return person.post(f"{PAGE}/disposition", data={"revision": revision(person.get(PAGE).text)} | fields)


def test_a_pharmacist_decides_on_an_item_and_on_the_rest_and_the_page_says_so(pages: Pages) -> None:
    with pages.person("pharmacist") as pharmacist:
        assert "Nobody has decided yet" in text_of(pharmacist.get(PAGE).text)
        answer = sign(pharmacist, **SIGNED, **{"decision-1": "release", "decision-rest": "quarantine"})
        assert answer.status_code == 303, text_of(answer.text)
        words = text_of(pharmacist.get(PAGE).text)
    assert "Item 1: Released: it may be used" in words
    assert "Everything else that was stored there: In quarantine" in words
    assert "Signed by Pharmacist Example, pharmacist, 13:00:00" in words
    assert "manufacturer&#39;s answer: stable" in words or "manufacturer's answer: stable" in words
    with pages.person("nurse") as nurse:
        words = text_of(nurse.get("/items/1").text)
        assert "released" in text_of(nurse.get("/items").text)
    assert "Next: It may be used: a pharmacist has released it." in words
    assert "because of excursion 2026-0001" in words


def test_whoever_signs_with_a_wrong_password_too_often_is_told_in_one_sentence(pages: Pages) -> None:
    with pages.person("pharmacist") as pharmacist:
        fields = SIGNED | {"decision-1": "release", "password": "wrong"}
        for _ in range(6):
            answer = sign(pharmacist, **fields)
    assert "Too many attempts with a wrong password. Wait 15 minutes, then try again.<" in answer.text


def seen(page: str) -> str:
    """The newest decision when the form was made."""
    return page.split('/disposition"')[1].split('name="seen" value="')[1].split('"')[0]


@pytest.mark.parametrize("address", [PAGE, "/items/1"])
def test_of_two_who_decide_at_once_the_second_hears_of_the_first(pages: Pages, address: str) -> None:
    field = "decision-1" if address == PAGE else "decision"
    with pages.person("pharmacist") as one, pages.person("pharmacist") as other:
        before = {"revision": revision(one.get(PAGE).text), "seen": seen(one.get(address).text)} | SIGNED
        assert one.post(f"{address}/disposition", data=before | {field: "reject"}).status_code == 303
        answer = other.post(f"{address}/disposition", data=before | {field: "release"})
        assert answer.status_code == 422
        assert "Pharmacist Example has signed meanwhile: rejected: it must not be used. Look again." in answer.text
        now = before | {"seen": seen(answer.text)}
        assert other.post(f"{address}/disposition", data=now | {field: "release"}).status_code == 303


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({"decision-1": "release"}, 422, "Say what it rests on"),
        ({**SIGNED}, 422, "Say of at least one thing what becomes of it"),
        ({**SIGNED, "decision-1": "eat"}, 422, "Choose what becomes of it"),
        ({**SIGNED, "decision-x": "release"}, 422, "Choose what becomes of each item"),
        ({**SIGNED, "decision-1": "release", "password": ""}, 422, "Type your password to sign"),
        ({**SIGNED, "decision-1": "release", "password": "guess"}, 422, "This is not your password"),
        ({**SIGNED, "decision-1": "release", "revision": "1"}, 422, "What is known of it has changed meanwhile"),
    ],
)
def test_what_was_typed_survives_an_error_and_nothing_is_signed(
    pages: Pages, fields: dict[str, str], status: int, error: str
) -> None:
    with pages.person("pharmacist") as pharmacist:
        answer = sign(pharmacist, **fields)
    assert answer.status_code == status
    assert error in text_of(answer.text)
    if fields.get("decision-1") == "release":
        assert '<option value="release" selected>' in answer.text
    with pages.hospital.store.reading() as tx:
        assert dispositions.of_item(tx, 1) == []


@pytest.mark.parametrize("role", ["nurse", "auditor", "administrator"])
def test_others_look(pages: Pages, role: str) -> None:
    with pages.person(role) as person:
        assert "a pharmacist decides what becomes of it" in text_of(person.get(PAGE).text)
        answer = person.post(f"{PAGE}/disposition", data={"revision": "3", "decision-1": "release", **SIGNED})
        assert answer.status_code == 403
        answer = person.post("/items/1/disposition", data={"decision": "release", **SIGNED})
        assert answer.status_code == 403


def test_an_item_is_decided_on_by_its_whole_way_and_later_data_reopen_it(pages: Pages) -> None:
    hospital = pages.hospital
    with pages.person("pharmacist") as pharmacist:
        answer = pharmacist.post("/items/1/disposition", data={"decision": "reject", **SIGNED})
        assert answer.status_code == 303, text_of(answer.text)
        words = text_of(pharmacist.get("/items/1").text)
        assert "Rejected: it must not be used" in words
        assert "Next: Discard it, and say so here" in words
        hospital.worker._ingest([hospital.message("fridge-probe", hospital.now_ms - 20 * MINUTE + 1, 9_900)])
        hospital.later("1 min")
        words = text_of(pharmacist.get("/items/1").text)
    assert "To be decided anew: what is known of the time before the decision has changed." in words
    assert "it is to be decided anew" in words, "people were told"


def test_ten_of_forty_are_split_off_and_go_to_the_ward(pages: Pages) -> None:
    with pages.person("nurse") as nurse:
        page = nurse.get("/items/1").text
        assert "× 40" in text_of(page)
        fields = {"quantity": "10", "location": "ward", "once": "form-1"}
        for _ in range(2):
            assert nurse.post("/items/1/split", data=fields).headers["location"] == "/items/1"
        words = text_of(nurse.get("/items/1").text)
        assert "× 30" in words
        assert "10 of them split off" in words
        words = text_of(nurse.get("/items/2").text)
        assert "× 10" in words
        assert "Ward 3 since 13:00" in words
        answer = nurse.post("/items/1/split", data={"quantity": "30"})
    assert answer.status_code == 422
    assert "There are 30: write how many are taken off, 1 to 29." in text_of(answer.text)
    with pages.hospital.store.reading() as tx:
        assert len(items.histories(tx)) == 2


def test_a_changed_label_is_shown_beside_an_items_verdict(pharmacy: Pharmacy, pages: Pages, tmp_path: Path) -> None:
    changed = NINE_HOURS.replace("version: 3", "version: 4").replace("total: 9 h", "total: 10 min")
    (tmp_path / "rules" / "test-0.yaml").write_text(changed, encoding="utf-8")
    with pages.person("auditor") as auditor:
        words = text_of(auditor.get("/items/1").text)
    assert "Judged by version 3; today's is version 4" in words.replace("&#39;", "'")
    assert "under which the verdict would be violated instead of compliant" in words
    assert pharmacy.judged(1).judgement.verdict == "compliant"


def test_an_item_with_an_alert_stands_on_the_overview(pharmacy: Pharmacy, pages: Pages) -> None:
    hospital = pharmacy.hospital
    spoiled = pharmacy.lot("ward", "lemtrada", ago="1 h", name="S1")
    hospital.hears("ward", "9x13")
    hospital.later("1 min")
    with pages.person("nurse") as nurse:
        page = nurse.get("/").text
    assert "1 item to look at" in text_of(page)
    assert f'href="/items/{spoiled}">Lemtrada · lot S1</a>' in page
    assert "Alarm" in text_of(page)
    assert "out of range since 2026-11-21 12:00 CET, Ward 3" in text_of(page), "in the reader's zone, as in a mail"
