"""Acknowledging from a page, and what each role may do."""

import pytest

from coldchain.records import acknowledgements
from tests.web.hospital import Hospital, Pages
from tests.web.test_pages import text_of


@pytest.fixture
def number(hospital: Hospital) -> str:
    """A running excursion."""
    hospital.refrigerator("warm").hears("warm", "5x3 9x3")
    return hospital.excursions()[0].number


@pytest.mark.parametrize(
    ("role", "act", "status"),
    [
        ("nurse", "look", 200), ("pharmacist", "look", 200), ("auditor", "look", 200), ("administrator", "look", 200),
        ("nurse", "acknowledge", 303), ("pharmacist", "acknowledge", 303), ("administrator", "acknowledge", 303),
        ("auditor", "acknowledge", 403),
        ("nurse", "acknowledge by program", 200), ("auditor", "acknowledge by program", 403),
        ("pharmacist", "send readings", 200), ("administrator", "send readings", 200),
        ("nurse", "send readings", 403), ("auditor", "send readings", 403),
    ],
)  # fmt: skip
def test_what_a_role_may_do(pages: Pages, number: str, role: str, act: str, status: int) -> None:
    reading = {"sensor": "warm-probe", "measured_at": "2026-11-21T11:59:00Z", "temperature_c": 5}
    with pages.person(role) as person:
        match act:
            case "look":
                answer = person.get(f"/excursions/{number}")
            case "acknowledge":
                answer = person.post(f"/excursions/{number}/acknowledge", data={"comment": "seen"})
            case "acknowledge by program":
                answer = person.post(f"/api/v1/excursions/{number}/acknowledge", json={"comment": "seen"})
            case _:
                answer = person.post("/api/v1/readings", json=reading)
    assert answer.status_code == status, answer.text


def test_the_comment_stands_on_the_page_and_in_the_record(hospital: Hospital, pages: Pages, number: str) -> None:
    with pages.person("nurse") as nurse:
        answer = nurse.post(
            f"/excursions/{number}/acknowledge", data={"comment": "  Door was open.\r\nClosed it. ", "revision": "1"}
        )
        assert answer.headers["location"] == f"/excursions/{number}#history"
        words = text_of(nurse.get(f"/excursions/{number}").text)
    assert "acknowledged by Nurse Example, nurse" in words
    assert "Door was open. Closed it." in words
    assert "Next: Bring it back into range" in words
    with hospital.store.reading() as tx:
        said = acknowledgements.of_excursion(tx, hospital.excursions()[0].id)
    assert [(each.by, each.comment, each.revision) for each in said] == [("nurse", "Door was open.\nClosed it.", 1)]


@pytest.mark.parametrize(
    ("typed", "error"),
    [("", "Say what you saw or did"), (" \n\t ", "Say what you saw or did"), ("x" * 2_001, "At most 2000 characters")],
)
def test_an_error_stands_at_the_field_and_what_was_typed_stays(
    pages: Pages, number: str, typed: str, error: str
) -> None:
    with pages.person("nurse") as nurse:
        answer = nurse.post(f"/excursions/{number}/acknowledge", data={"comment": typed})
    assert answer.status_code == 422
    assert error in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'aria-describedby="comment-hint comment-error"' in answer.text
    if typed.strip():
        assert f">{typed}</textarea>" in answer.text


def test_who_may_not_gets_the_reason_and_keeps_the_text(pages: Pages, number: str) -> None:
    with pages.person("auditor") as auditor:
        answer = auditor.post(f"/excursions/{number}/acknowledge", data={"comment": "I saw it"})
    assert "the role auditor looks, and does not acknowledge" in answer.text
    assert "I saw it" in answer.text


def test_loading_a_refused_form_again_leads_back_to_its_excursion(pages: Pages, number: str) -> None:
    with pages.person("nurse") as nurse:
        answer = nurse.get(f"/excursions/{number}/acknowledge")
        assert answer.headers["location"] == f"/excursions/{number}"


def test_nobody_acknowledges_what_is_not_there(pages: Pages) -> None:
    with pages.person("nurse") as nurse:
        assert nurse.post("/excursions/2026-9999/acknowledge", data={"comment": "x"}).status_code == 404
        assert nurse.get("/excursions/2026-9999").status_code == 404
