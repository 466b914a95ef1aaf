"""Preparations over the API: the same acts and the same checks as on the pages."""

from typing import Any

import httpx
import pytest

from tests.web.hospital import WRITER, Hospital, Pages

START = {"product": "besponsa", "location": "bench", "item": "vial 3", "once": "form-1"}
ATTESTED = ("clear, no particles", "no discolouration", "protected from light")
ROOT = "/api/v1/preparations"


@pytest.fixture
def furnished(hospital: Hospital, pages: Pages) -> Pages:
    """A bench at 22 °C and a refrigerator at 5 °C."""
    hospital.refrigerator("bench", "Bench", product=None).hears("bench", "22x3")
    hospital.refrigerator("fridge", "Refrigerator 2", product=None).hears("fridge", "5x3")
    return pages


def post(person: httpx.Client, path: str, **said: Any) -> httpx.Response:
    return person.post(f"{ROOT}{path}", json=said)


def test_a_vial_from_its_start_to_its_use(furnished: Pages) -> None:
    hospital = furnished.hospital
    with furnished.person("nurse") as nurse:
        answer = post(nurse, "", **START)
        assert answer.status_code == 201
        number = answer.json()["number"]
        assert post(nurse, "", **START).json()["number"] == number, "sent twice, begun once"
        for what in ATTESTED:
            assert post(nurse, f"/{number}/attestations", what=what, once=f"a-{what}").status_code == 200
        hospital.now_ms += 60_000
        assert post(nurse, f"/{number}/moves", location="fridge").json()["location"] == "fridge"
        hospital.now_ms += 60_000
        assert post(nurse, f"/{number}/events", event="diluted", once="d").status_code == 200
        found = post(nurse, f"/{number}/events", event="diluted", once="d").json()
        assert [(one["event"], one["stands"]) for one in found["events"]] == [
            ("reconstituted", True), ("moved", True), ("diluted", True),
        ]  # fmt: skip
        moved = next(one["id"] for one in found["events"] if one["event"] == "moved")
        found = post(nurse, f"/{number}/corrections", entry=moved, struck=True, reason="wrong vial").json()
        assert [one["stands"] for one in found["events"]] == [True, False, True, False]
        assert found["location"] == "bench"
        hospital.now_ms += 60_000
        used = post(nurse, f"/{number}/events", event="infusion_ended").json()
    assert used["final"] is True
    assert used["known_then"][-1]["verdict"] == used["verdict"]


@pytest.mark.parametrize(
    ("path", "said", "status", "words"),
    [
        ("", {**START, "product": "besponza", "once": None}, 404, "there is no product 'besponza'"),
        ("", {**START, "location": "attic", "once": None}, 404, "no location called 'attic'"),
        ("", {**START, "event": "diluted", "product": "lemtrada", "item": "x" * 101}, 422, "at most 100 characters"),
        ("/P-1/events", {"event": "eaten"}, 422, "event"),
        ("/P-1/events", {"event": "diluted"}, 404, "there is no preparation P-1"),
        ("/{n}/events", {"event": "reconstituted"}, 422, "is there twice"),
        ("/{n}/events", {"event": "diluted", "at": "2026-11-21T09:00Z"}, 422, "Say why"),
        ("/{n}/events", {"event": "diluted", "at": "soon"}, 422, "soon"),
        ("/{n}/moves", {"location": "bench"}, 422, "at Bench already"),
        ("/{n}/attestations", {"what": "smells good"}, 422, "what"),
        ("/{n}/corrections", {"entry": 77, "reason": "x"}, 404, "no entry number 77"),
        ("/{n}/corrections", {"entry": 1, "reason": ""}, 422, "Say why"),
    ],
)
def test_what_the_pages_refuse_the_api_refuses(
    furnished: Pages, path: str, said: dict[str, Any], status: int, words: str
) -> None:
    with furnished.person("nurse") as nurse:
        number = post(nurse, "", **START).json()["number"]
        answer = post(nurse, path.replace("{n}", number), **said)
    assert answer.status_code == status, answer.text
    assert words in answer.json()["error"]["message"]


def test_only_a_person_who_may_acts_and_only_from_our_own_pages(furnished: Pages) -> None:
    with furnished.person("auditor") as auditor:
        assert post(auditor, "", **START).status_code == 403
    with furnished.program(WRITER) as program:
        answer = post(program, "", **START)
        assert answer.status_code == 403
        assert "a program can't act on a preparation" in answer.json()["error"]["message"]
    with furnished.person("nurse") as nurse:
        elsewhere = nurse.post(ROOT, json=START, headers={"sec-fetch-site": "cross-site"})
    assert elsewhere.status_code == 403
    with furnished.visitor() as visitor:
        assert post(visitor, "", **START).status_code == 401


def test_every_act_is_in_the_openapi_document(pages: Pages) -> None:
    with pages.visitor() as visitor:
        paths = visitor.get("/api/v1/openapi.json").json()["paths"]
    for path in ("", "/{number}/events", "/{number}/moves", "/{number}/attestations", "/{number}/corrections"):
        assert "post" in paths[f"{ROOT}{path}"], path
    for path in ("", "/{item_id}/moves", "/{item_id}/splits", "/{item_id}/removals", "/{item_id}/end"):
        assert "post" in paths[f"/api/v1/items{path}"], path
