"""Items for programs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stock.pharmacy import NINE_HOURS, Pharmacy, rulebook_of
from tests.stock.test_whole_way import three_five_two
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


def test_an_item_with_its_whole_way(pharmacy: Pharmacy, pages: Pages) -> None:
    made = three_five_two(pharmacy)
    with pages.program(READER) as program:
        (found,) = program.get("/api/v1/items").json()
        assert program.get(f"/api/v1/items/{made}").json() == found
    assert (found["verdict"], found["state"], found["product"], found["version"]) == (
        "violated", "in stock", "nine-hours", 3,
    )  # fmt: skip
    (limit,) = found["limits"]
    assert limit["allowed_s"] == 32_400
    assert limit["used_s"] == {"at_least": 36_000, "estimate": 36_300, "at_most": 36_600}
    assert limit["ran_out"] == {"at": "2026-11-21T10:00:00.000Z", "location": "Ward 3 refrigerator"}
    assert [(stay["location"], stay["to"]) for stay in found["stays"]] == [
        (None, "2026-11-21T04:00:00.000Z"), ("receipt", "2026-11-21T09:00:00.000Z"), ("ward", None),
    ]  # fmt: skip
    assert found["href"] == f"https://cold.example.org/items/{made}"


def test_a_program_that_may_write_adds_and_moves(pharmacy: Pharmacy, pages: Pages) -> None:
    pharmacy.hospital.refrigerator("fridge").refrigerator("ward")
    new = {"product": "nine-hours", "name": "B7", "location": "fridge", "quantity": 3, "once": "order-17"}
    with pages.program(WRITER) as program:
        answer = program.post("/api/v1/items", json=new)
        assert answer.status_code == 201
        made = answer.json()["id"]
        assert program.post("/api/v1/items", json=new).json()["id"] == made
        moved = program.post(f"/api/v1/items/{made}/moves", json={"location": "ward"})
        assert moved.json()["stays"][-1]["location"] == "ward"
        assert (
            program.post(f"/api/v1/items/{made}/moves", json={"location": None}).json()["stays"][-1]["location"] is None
        )
        assert program.get("/api/v1/items?location=fridge").json() == []
        assert program.get("/api/v1/items?state=gone").json() == []


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("", {"product": "no-such", "name": "B", "location": "fridge"}, 422),
        ("", {"product": "nine-hours", "name": " ", "location": "fridge"}, 422),
        ("", {"product": "nine-hours", "name": "B", "location": "fridge", "quantity": 0}, 422),
        ("", {"product": "nine-hours", "name": "B", "location": "fridge", "at": "soon"}, 422),
        ("/1/moves", {"location": "nowhere"}, 422),
        ("/9/moves", {"location": "fridge"}, 404),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(
    pharmacy: Pharmacy, pages: Pages, path: str, body: dict[str, object], status: int
) -> None:
    pharmacy.hospital.refrigerator("fridge")
    pharmacy.lot("fridge")
    with pages.program(WRITER) as program:
        answer = program.post(f"/api/v1/items{path}", json=body)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


def test_a_program_that_may_only_read_adds_nothing(pharmacy: Pharmacy, pages: Pages) -> None:
    pharmacy.hospital.refrigerator("fridge")
    with pages.program(READER) as program:
        new = {"product": "nine-hours", "name": "B7", "location": "fridge"}
        assert program.post("/api/v1/items", json=new).status_code == 403
    with pages.person("auditor") as auditor:
        assert auditor.post("/api/v1/items", json=new).status_code == 403
    with pages.person("pharmacist") as pharmacist:
        assert pharmacist.post("/api/v1/items", json=new).status_code == 201


def test_a_program_splits_takes_out_and_ends(pharmacy: Pharmacy, pages: Pages) -> None:
    pharmacy.hospital.refrigerator("fridge").refrigerator("ward")
    made = pharmacy.lot("fridge", ago="1 h", quantity=40)
    with pages.program(WRITER) as program:
        said = {"quantity": 10, "location": "ward", "once": "order-18"}
        answer = program.post(f"/api/v1/items/{made}/splits", json=said)
        assert answer.status_code == 201
        part = answer.json()
        assert (part["quantity"], part["split_from"], part["disposition"]) == (10, made, None)
        assert [stay["location"] for stay in part["stays"]] == ["fridge", "ward"]
        assert program.post(f"/api/v1/items/{made}/splits", json=said).json()["id"] == part["id"]
        assert program.get(f"/api/v1/items/{made}").json()["quantity"] == 30
        assert program.post(f"/api/v1/items/{made}/removals", json={}).status_code == 200
        assert program.post(f"/api/v1/items/{part['id']}/end", json={"how": "used"}).json()["state"] == "used"
        refused = program.post(f"/api/v1/items/{made}/end", json={"how": "discarded", "comment": "torn"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not-permitted")
        for wrong in ({"quantity": 30}, {"quantity": 0}, {"quantity": 1, "location": "attic"}):
            assert program.post(f"/api/v1/items/{made}/splits", json=wrong).status_code == 422, wrong
    with pages.program(READER) as program:
        assert program.post(f"/api/v1/items/{made}/splits", json={"quantity": 1}).status_code == 403
