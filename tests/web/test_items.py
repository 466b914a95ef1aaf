"""Items on pages: worst first, the whole way of one, what each role may do, what stands where."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from coldchain.domain.verdict import Verdict
from coldchain.records import items
from coldchain.records.items import Kind
from coldchain.web.stocktaking import shown_item
from coldchain.web.times import Clock
from tests.stock.pharmacy import NINE_HOURS, Pharmacy, logger_csv, rulebook_of
from tests.stock.test_whole_way import three_five_two
from tests.web.hospital import Hospital, Pages
from tests.web.test_pages import text_of


@pytest.fixture
def pharmacy(hospital: Hospital, tmp_path: Path) -> Pharmacy:
    """Its product files, with one that allows nine hours above 8 °C."""
    return Pharmacy(hospital, rulebook_of(tmp_path / "rules", NINE_HOURS))


@pytest.fixture
def pages(pharmacy: Pharmacy) -> Iterator[Pages]:
    """The pages, with those product files."""
    with pharmacy.hospital.open(rulebook=pharmacy.rulebook) as opened:
        yield opened


def test_the_page_of_a_lot_says_when_and_where_its_budget_ran_out(pharmacy: Pharmacy, pages: Pages) -> None:
    made = three_five_two(pharmacy)
    with pages.person("nurse") as nurse:
        words = text_of(nurse.get(f"/items/{made}").text)
    assert "Ninemab · lot A12 Violated · Ward 3 refrigerator since 10:00" in words
    assert "Above 8 °C for at least 10 h, at most 10 h 10 min (estimate 10 h 5 min). 9 h are allowed." in words
    assert "The allowance was used up on 21 Nov 2026 at 11:00, in Ward 3 refrigerator." in words
    assert "Next: Put it into quarantine" in words
    for row in ("in transport 01:00 05:00", "Goods receipt 05:00 10:00", "Ward 3 refrigerator 10:00 now"):
        assert row in words
    assert "at least 3 h, at most 3 h 5 min (estimate 3 h)" in words
    assert "on its way, with a logger file · Pharmacist Example" in words
    assert "nine-hours, version 3" in words
    assert "Not adopted" in words
    assert "No pharmacist has compared this file with the label" in words


def test_the_list_says_what_surely_ran_out_before_what_may_have(pharmacy: Pharmacy) -> None:
    judged = pharmacy.judged(three_five_two(pharmacy))
    shown = shown_item(judged, Clock(pharmacy.hospital.now_ms, ZoneInfo("Europe/Berlin")))
    (surely,) = shown.budgets
    perhaps = replace(surely, found=replace(surely.found, verdict=Verdict.UNDETERMINED), spent="possibly broken 09:00")
    assert replace(shown, budgets=(perhaps, surely)).ran_out == "used up 11:00 · Ward 3 refrigerator"
    assert replace(shown, budgets=(perhaps,)).ran_out == "possibly broken 09:00"
    assert replace(shown, budgets=()).ran_out == ""


def test_worst_first_by_location_and_by_product(pharmacy: Pharmacy, pages: Pages) -> None:
    pharmacy.hospital.refrigerator("warm", "Warm refrigerator").hears("warm", "5x60 9x12 5x25")
    pharmacy.hospital.refrigerator("calm", "Calm refrigerator").hears("calm", "5x97")
    pharmacy.lot("calm", ago="8 h", name="fine")
    pharmacy.lot("warm", ago="8 h", name="used a little")
    pharmacy.lot("warm", "lemtrada", ago="8 h", name="spoiled")
    unknown = pharmacy.lot("calm", "lemtrada", ago="8 h", name="unknown")
    pharmacy.moves(unknown, None, ago="1 h")
    gone = pharmacy.lot("calm", ago="8 h", name="gone")
    with pages.person("nurse") as nurse:
        assert nurse.post(f"/items/{gone}/end", data={"how": "used"}).status_code == 303

        def names(query: str = "") -> list[str]:
            words = text_of(nurse.get(f"/items{query}").text)
            known = ("fine", "used a little", "spoiled", "unknown", "gone")
            return sorted((name for name in known if f"lot {name}" in words), key=lambda n: words.index(f"lot {n}"))

        assert names() == ["spoiled", "unknown", "used a little", "fine"]
        assert names("?location=calm") == ["fine"]
        assert names("?product=lemtrada") == ["spoiled", "unknown"]
        assert names("?state=gone") == ["gone"]
        assert "at most 1 h 5 min of 9 h" in text_of(nurse.get("/items").text)


@pytest.mark.parametrize(
    ("role", "act", "status"),
    [
        ("auditor", "look", 200), ("nurse", "look", 200),
        ("pharmacist", "add", 303), ("administrator", "add", 303), ("nurse", "add", 403), ("auditor", "add", 403),
        ("nurse", "move", 303), ("pharmacist", "move", 303), ("auditor", "move", 403),
        ("nurse", "used", 303), ("nurse", "discarded", 403), ("pharmacist", "discarded", 303),
        ("auditor", "used", 403), ("nurse", "out", 303), ("auditor", "out", 403),
        ("pharmacist", "file", 303), ("nurse", "file", 403), ("auditor", "file", 403),
    ],
)  # fmt: skip
def test_what_a_role_may_do(pharmacy: Pharmacy, pages: Pages, role: str, act: str, status: int) -> None:
    pharmacy.hospital.refrigerator("fridge").refrigerator("ward")
    made = pharmacy.lot("fridge", ago="1 h")
    with pages.person(role) as person:
        match act:
            case "look":
                answer = person.get(f"/items/{made}")
            case "add":
                answer = person.post("/items", data={"product": "nine-hours", "name": "B1", "location": "fridge"})
            case "move":
                answer = person.post(f"/items/{made}/move", data={"location": "ward"})
            case "out":
                answer = person.post(f"/items/{made}/out", data={})
            case "file":
                content = logger_csv("5x24", pharmacy.at("3 h"))
                answer = person.post("/item-files", data={"item_id": str(made)}, files={"file": ("leg.csv", content)})
            case _:
                answer = person.post(f"/items/{made}/end", data={"how": act, "comment": "because"})
    assert answer.status_code == status, text_of(answer.text)


def test_a_move_is_one_button_for_each_place_and_works_without_a_script(pharmacy: Pharmacy, pages: Pages) -> None:
    pharmacy.hospital.refrigerator("fridge", "Fridge").refrigerator("ward", "Ward 3")
    made = pharmacy.lot("fridge", ago="1 h")
    with pages.person("nurse") as nurse:
        page = nurse.get(f"/items/{made}").text
        assert '<button class="plain" name="location" value="ward">' in page
        assert 'value="fridge"' not in page
        assert nurse.post(f"/items/{made}/move", data={"location": "ward"}).headers["location"] == f"/items/{made}"
        assert nurse.post(f"/items/{made}/move", data={"location": "ward"}).status_code == 303, "a second tap"
        assert "Ward 3 since 13:00" in text_of(nurse.get(f"/items/{made}").text)
    with pharmacy.hospital.store.reading() as tx:
        assert [one.kind for one in items.history(tx, made).events] == [Kind.ARRIVED, Kind.MOVED]


@pytest.mark.parametrize(
    ("path", "typed", "error"),
    [
        ("move", {"location": "nowhere"}, "There is no location 'nowhere'."),
        ("move", {"location": "ward", "at": "2026-11-21T09:00"}, "The item's newest entry is later than that"),
        ("move", {"location": "ward", "at": "2030-01-01T09:00"}, "That lies in the future."),
        ("move", {"location": "ward", "at": "yesterday"}, "Write a date and time such as 2026-11-21 08:00."),
        ("stage", {"stage": "frozen"}, "has no stage 'frozen'"),
        ("end", {"how": "eaten"}, "Say what became of it."),
        ("end", {"how": "discarded"}, "Say why it is discarded."),
        ("out", {"at": "2026-11-20T09:00"}, "Say when, between its arrival and now."),
    ],
)
def test_an_error_stands_at_the_field_and_nothing_is_recorded(
    pharmacy: Pharmacy, pages: Pages, path: str, typed: dict[str, str], error: str
) -> None:
    pharmacy.hospital.refrigerator("fridge").refrigerator("ward")
    made = pharmacy.lot("fridge", ago="1 h")
    with pages.person("pharmacist") as pharmacist:
        answer = pharmacist.post(f"/items/{made}/{path}", data=typed | {"comment": ""})
    assert answer.status_code == 422
    assert error in text_of(answer.text).replace("&#39;", "'")
    with pharmacy.hospital.store.reading() as tx:
        assert len(items.history(tx, made).events) == 1


def test_what_was_typed_survives_an_error_of_the_form(pages: Pages, pharmacy: Pharmacy) -> None:
    pharmacy.hospital.refrigerator("fridge")
    typed = {"product": "nine-hour", "name": "A <12>", "location": "fridge", "quantity": "7", "once": "x1"}
    with pages.person("pharmacist") as pharmacist:
        answer = pharmacist.post("/items", data=typed)
        assert answer.status_code == 422
        assert "nine-hours" in answer.text, "the nearest product is named"
        assert 'value="A &lt;12&gt;"' in answer.text
        typed["product"] = "nine-hours"
        first = pharmacist.post("/items", data=typed).headers["location"]
        assert pharmacist.post("/items", data=typed).headers["location"] == first, "sent twice, added once"


def test_a_file_that_does_not_say_its_zone_is_read_in_the_sites(pharmacy: Pharmacy, pages: Pages) -> None:
    pharmacy.hospital.refrigerator("fridge").hears("fridge", "5x13")
    made = pharmacy.lot("fridge", ago="1 h")
    rows = "\n".join(f"2026-11-21 {hour:02d}:{minute:02d},5.0" for hour in (10, 11) for minute in range(0, 60, 5))
    with pages.person("pharmacist") as pharmacist:
        send = {"data": {"item_id": str(made)}, "files": {"file": ("leg.csv", f"time,temperature (°C)\n{rows}\n")}}
        assert pharmacist.post("/item-files", **send).status_code == 303  # type: ignore[arg-type]
        words = text_of(pharmacist.get(f"/items/{made}").text)
    assert "in transport 10:00 12:00" in words
    assert "Compliant" in words


def test_a_file_that_proves_too_little_says_what_is_missing(pharmacy: Pharmacy, pages: Pages) -> None:
    pharmacy.hospital.refrigerator("fridge")
    made = pharmacy.lot("fridge", ago="1 h")
    content = "time,temperature (°C)\n01.02.2026 10:00,5.0\n01.02.2026 10:05,5.0\n"
    with pages.person("pharmacist") as pharmacist:
        send = {"data": {"item_id": str(made)}, "files": {"file": ("leg.csv", content)}}
        answer = pharmacist.post("/item-files", **send)  # type: ignore[arg-type]
    assert answer.status_code == 422
    assert 'id="file-file-error"' in answer.text
    assert "choose the file again" in answer.text


def test_the_location_shows_what_is_inside(pharmacy: Pharmacy, pages: Pages) -> None:
    pharmacy.hospital.refrigerator("fridge").hears("fridge", "5x97")
    pharmacy.lot("fridge", ago="2 h", name="H77", quantity=11)
    with pages.person("nurse") as nurse:
        words = text_of(nurse.get("/locations/fridge").text)
    assert "Inside now Compliant Ninemab · lot H77 × 11 · at most 0 min of 9 h used" in words


def test_the_excursion_shows_what_was_stored_there_and_its_budget_before_and_with_it(
    pharmacy: Pharmacy, pages: Pages
) -> None:
    hospital = pharmacy.hospital.refrigerator("fridge")
    hospital.hears("fridge", "5x60 9x12 5x25")
    pharmacy.lot("fridge", ago="8 h", name="H77", quantity=11)
    pharmacy.lot("fridge", "lemtrada", ago="8 h", name="L1")
    pharmacy.lot("fridge", ago="10 min", name="came later")
    with pages.person("nurse") as nurse:
        words = text_of(nurse.get(f"/excursions/{hospital.excursions()[0].number}").text)
    assert "Stored here then" in words
    assert "Lemtrada · lot L1 no time allowed" in words
    assert "Ninemab · lot H77 × 11 0 min to 5 min of 9 h 55 min to 1 h 5 min Compliant It may stay." in words
    assert "came later" not in words


def test_returns_and_a_shortened_expiry_are_said(pharmacy: Pharmacy, pages: Pages) -> None:
    hospital = pharmacy.hospital.refrigerator("fridge", "Fridge").refrigerator("bench", "Bench", product=None)
    hospital.hears("fridge", "5x97").hears("bench", "21x97")
    made = pharmacy.lot("fridge", "simponi-eu", ago="8 h")
    pharmacy.moves(made, "bench", ago="4 h")
    pharmacy.moves(made, "fridge", ago="3 h")
    with pages.person("nurse") as nurse:
        words = text_of(nurse.get(f"/items/{made}").text)
    assert "Must not go back into the refrigerator. It went back once, on 21 Nov 2026 at 10:00 in Fridge." in words
    assert "21 Dec 2026 09:00 (30 d after: removed from refrigerator, as the probes show" in words
    assert "Violated" in words


def test_nobody_looks_without_signing_in_and_nothing_is_there_that_is_not(pages: Pages) -> None:
    with pages.visitor() as visitor:
        assert visitor.get("/items").status_code == 303
        assert visitor.post("/items/1/move", data={"location": "x"}).status_code == 401
    with pages.person("nurse") as nurse:
        assert nurse.get("/items/99").status_code == 404
        assert nurse.post("/items/99/move", data={"location": "x"}).status_code == 404
        assert nurse.post("/items/99/move", headers={"sec-fetch-site": "cross-site"}).status_code == 403
        assert "No items yet" in nurse.get("/items").text
