"""Exact copies, and several exports of one logger over the same time."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coldchain.auditing import related
from coldchain.auditing.asked import judged_by
from coldchain.auditing.bulk import Bulk, audited
from coldchain.auditing.many import spread_over
from coldchain.auditing.question import Question
from coldchain.auditing.related import Related
from coldchain.cli.main import main
from coldchain.loggers import Declared
from coldchain.loggers.files import FoundFile, find_files
from coldchain.reporting.related import related_in_words
from coldchain.rulebook.book import parse_product
from tests.auditing.logger_files import RULES, hobo, hobo_rows, q_tag, two_channels

PRODUCT = parse_product(RULES, "box.yaml")
QUESTION = Question(PRODUCT, PRODUCT.first_stage, Declared(tz="+01:00"))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rules: Path) -> Path:
    (tmp_path / "logs").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path / "logs"


def relations(place: Path) -> dict[str, Related]:
    question = Question(*judged_by("box", None, [place.parent / "rules"]))
    found = audited(find_files(["logs"], load=False), Bulk(question))
    return {Path(outcome.name).name: one for outcome, each in found for one in each}


def held(*files: bytes, question: Question = QUESTION) -> list[Related]:
    found = [FoundFile(f"{number}.csv", content) for number, content in enumerate(files)]
    return [one for _, each in audited(found, Bulk(question)) for one in each]


def test_a_copy_names_the_first_file_with_these_bytes(place: Path) -> None:
    for name in ("a.csv", "b.csv", "c.csv"):
        (place / name).write_bytes(hobo("5x9"))
    found = relations(place)
    assert [found[name].same_content_as for name in ("a.csv", "b.csv", "c.csv")] == [None, "logs/a.csv", "logs/a.csv"]
    assert found["c.csv"].overlaps == ()


def test_copies_that_cannot_be_read_are_copies_too() -> None:
    assert [one.same_content_as for one in held(b"%PDF-1.7", b"%PDF-1.7")] == [None, "0.csv"]


@pytest.mark.parametrize(
    ("case", "first", "second", "kind", "common", "different"),
    [
        ("a later read-out repeats the earlier one", hobo("5x9"), hobo("5x12"), "identical", 9, 0),
        ("one temperature was changed", hobo("5x4 9 5x4"), hobo("5x9"), "contradicting", 9, 1),
        ("the clock was set between", hobo_rows((0, "5"), (10, "5")), hobo_rows((5, "5"), (15, "5")), "apart", 0, 0),
        ("°F says the same", hobo("5.123x3 4.07 5x3"), hobo("41.221x3 39.326 41x3", unit="°F"), "identical", 7, 0),
        ("°F says something else", hobo("5x3 4 5x3"), hobo("41x3 39.5 41x3", unit="°F"), "contradicting", 7, 1),
        ("fewer decimals say the same", hobo_rows((0, "5.123"), (5, "4.96")), hobo_rows((0, "5.1"), (5, "5.0")),
         "identical", 2, 0),
        ("more decimals do not hide a change", hobo_rows((0, "5.123"), (5, "8.96")), hobo_rows((0, "5.1"), (5, "7.9")),
         "contradicting", 2, 1),
    ],
)  # fmt: skip
def test_exports_of_one_logger(case: str, first: bytes, second: bytes, kind: str, common: int, different: int) -> None:
    overlap = held(first, second)[1].overlaps[0]
    assert (overlap.kind, overlap.common, overlap.different) == (kind, common, different), case
    assert overlap.name == "0.csv"


def test_the_first_difference_is_named_with_both_values() -> None:
    first = held(hobo("5x4 9 8 5x3"), hobo("5x9"))[1].overlaps[0].as_json()["first_difference"]
    assert first == {"at": "2026-03-14T08:00:00.000Z", "here_c": 5.0, "there_c": 9.0}


@pytest.mark.parametrize(
    ("case", "first", "second"),
    [
        ("another logger", hobo("5x9"), hobo("5x9").replace(b"21234567", b"29999999")),
        ("the same logger, later", hobo_rows((0, "5"), (15, "5")), hobo_rows((60, "5"), (75, "5"))),
        ("another maker's logger of the same serial", hobo("5x9"), q_tag("5x9 6").replace(b"QT000001", b"21234567")),
        ("no serial in the file", two_channels("5x9", "5x9"), two_channels("5x8 9", "5x9")),
    ],
)
def test_nothing_is_said_of(case: str, first: bytes, second: bytes) -> None:
    assert all(one == Related() for one in held(first, second)), case


def test_a_clock_that_explains_the_difference_is_named() -> None:
    day = " ".join(f"{4 + step**3 % 101 / 100:.2f}" for step in range(40))
    first, second = hobo(day), hobo(day, zone=", GMT+03:00")
    undeclared = Question(PRODUCT, PRODUCT.first_stage)
    (overlap,) = held(first, second, question=undeclared)[1].overlaps
    assert (overlap.kind, overlap.clock_ms) == ("contradicting", 2 * 3_600_000)
    said = related_in_words(Related(None, (overlap,)).as_json())
    assert said.endswith("; they agree if this one is read 2 h later: look at the zones of both")
    edited = hobo(day.replace("4.27", "4.26"), zone=", GMT+03:00")
    assert held(first, edited, question=undeclared)[1].overlaps[0].clock_ms is None


def test_readings_that_hardly_change_tell_nothing_of_a_clock() -> None:
    assert held(hobo("5x40"), hobo("5x39 5.3"))[1].overlaps[0].clock_ms is None


def test_a_contradiction_changes_no_verdict_and_is_said_in_every_form(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "a.csv").write_bytes(hobo("5x9"))
    (place / "b.csv").write_bytes(hobo("5x8 6"))
    words = ["audit", "logs", "--product", "box", "--rules", "rules"]
    assert main([*words, "--output", "out", "--report", "r.html"]) == 0
    said = "contradicts logs/a.csv at 1 of 9 readings, first at 2026-03-14 09:00:00 UTC: 6.0 °C here, 5.0 °C there"
    assert f"! logs/b.csv {said}" in " ".join(capsys.readouterr().out.split())
    out = place.parent / "out"
    rows = json.loads((out / "summary.json").read_text(encoding="utf-8"))["rows"]
    assert [row["related"] for row in rows] == ["", said]
    assert said in (out / "summary.csv").read_text(encoding="utf-8")
    page = (out / "summary.html").read_text(encoding="utf-8").replace("\u00a0", " ")
    assert "Exports that contradict each other" in page
    assert said in page
    assert said in (place.parent / "r.html").read_text(encoding="utf-8").replace("\u00a0", " ")
    main([*words, "--format", "json"])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["overlaps"] and line["overlaps"][0]["kind"] for line in lines] == [[], "contradicting"]
    main(words)
    assert f"! This file {said}" in " ".join(capsys.readouterr().out.split())


def test_several_processes_find_the_same(place: Path) -> None:
    for number in range(40):
        (place / f"{number:02}.csv").write_bytes(hobo(f"5x{5 + number} 6"))
    question = Question(*judged_by("box", None, [place.parent / "rules"]))
    one, two = (
        [each for _, each in audited(find_files(["logs"], load=False), Bulk(question, spread_over(jobs)))]
        for jobs in (1, 2)
    )
    assert one == two


def test_readings_that_were_forgotten_are_read_again(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        (place / f"{number}.csv").write_bytes(hobo(f"5x{5 + number} 6"))
    everything = relations(place)
    monkeypatch.setattr(related, "MOST_REMEMBERED", 1)
    assert relations(place) == everything


def test_a_file_is_compared_with_so_many_and_the_rest_is_counted(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(related, "MOST_COMPARED", 2)
    for number in range(5):
        (place / f"{number}.csv").write_bytes(hobo(f"5x{5 + number}"))
    last = relations(place)["4.csv"]
    assert [overlap.name for overlap in last.overlaps] == ["logs/3.csv", "logs/2.csv"]
    assert last.as_json()["overlaps_not_compared"] == 2


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=2, max_size=20, unique=True), st.data())
def test_an_overlap_counts_what_a_person_would_count(minutes: list[int], data: st.DataObject) -> None:
    second = data.draw(st.lists(st.integers(0, 60), min_size=2, max_size=20, unique=True))
    here = {minute: data.draw(st.sampled_from(["5.01", "5.11"])) for minute in sorted(minutes)}
    there = {minute: data.draw(st.sampled_from(["5.01", "5.11"])) for minute in sorted(second)}
    found = held(hobo_rows(*here.items()), hobo_rows(*there.items()))[1]
    if found.same_content_as:
        assert here == there
        return
    common = here.keys() & there.keys()
    if max(min(here), min(there)) > min(max(here), max(there)):
        assert found.overlaps == ()
        return
    (overlap,) = found.overlaps
    assert overlap.common == len(common)
    assert overlap.different == sum(here[minute] != there[minute] for minute in common)
