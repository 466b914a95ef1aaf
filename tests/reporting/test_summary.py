"""The summary of an audit: worst first, what to do, as text, CSV, JSON and one page that works by keyboard."""

import csv
import io
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coldchain.auditing.bulk import Bulk, audited
from coldchain.auditing.question import Question
from coldchain.cli.audit_output import row_of
from coldchain.loggers.files import FoundFile
from coldchain.reporting.summary import COLUMNS, Summary, limit_said, summary, summary_csv, summary_json
from coldchain.reporting.summary_page import summary_html
from coldchain.reporting.summary_text import summary_text
from coldchain.rulebook.book import parse_product
from tests.auditing.logger_files import RULES, hobo

PRODUCT = parse_product(RULES, "box.yaml")

FILES = {
    "good.csv": hobo("5x9"),
    "hole.csv": hobo("5x4 _x20 5x4").replace(b"21234567", b"2"),
    "asked-1.csv": hobo("5x9", zone=""),
    "short.csv": hobo("5 9x2 5").replace(b"21234567", b"3"),
    "asked-2.csv": hobo("5x8", zone=""),
    "none.csv": b"%PDF-1.7",
    "long.csv": hobo("5 9x9 5").replace(b"21234567", b"4"),
    "copy.csv": hobo("5x9"),
}


def summed(files: dict[str, bytes] | None = None, stage: str = "strict") -> Summary:
    found = [FoundFile(name, content) for name, content in (files or FILES).items()]
    rows = [
        row_of(judged, related)
        for outcome, each in audited(found, Bulk(Question(PRODUCT, PRODUCT.stages[stage])))
        for judged, related in zip(outcome.judged, each, strict=True)
    ]
    return summary(rows, program="coldchain 1.2.3", command="coldchain audit logs --product box")


def test_it_is_sorted_worst_first() -> None:
    assert [(row.verdict, row.file) for row in summed().rows] == [
        ("violated", "long.csv"), ("violated", "short.csv"),
        ("not judged", "asked-1.csv"), ("not judged", "asked-2.csv"), ("not judged", "none.csv"),
        ("undetermined", "hole.csv"), ("compliant", "good.csv"), ("compliant", "copy.csv"),
    ]  # fmt: skip


def test_every_row_that_is_not_in_order_says_what_to_do() -> None:
    for row in summed().rows:
        assert bool(row.do) == (row.verdict != "compliant"), row
    assert summed().rows[5].do == "Import this logger's memory from 2026-03-14 07:45:00 UTC to 2026-03-14 13:00:00 UTC."


def test_files_that_ask_the_same_are_one_question() -> None:
    assert [(each.files, each.code, each.answer) for each in summed().asked] == [
        (2, "ambiguous-time-zone", "Answer with --tz ZONE."),
        (1, "unknown-format", "Export it again from the logger's own software, as CSV or text."),
    ]


@pytest.mark.parametrize(
    ("stage", "content", "why"),
    [
        ("strict", hobo("5x9"), "every limit was kept"),
        ("patient", hobo("5 9x2 5"), "every limit was kept; 1 episode inside what is allowed"),
        ("strict", hobo("5 9 5"), "above 8 °C in 1 episode of a single reading"),
        ("strict", hobo("5 1x3 5 9x3 5"), "below 2 °C for at least 30 min; above 8 °C for at least 30 min"),
        ("strict", hobo("5x4 _x20 5x4"),
         "cannot be shown that it was never below 2 °C or above 8 °C beyond what is allowed (at most 5 h 15 min)"),
    ],
)  # fmt: skip
def test_why(stage: str, content: bytes, why: str) -> None:
    assert summed({"x.csv": content}, stage).rows[0].why == why


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ({"above": 8.0}, "above 8 °C"), ({"at_or_below": -0.5}, "at or below −0.5 °C"),
        ({"outside": [[2.0, 8.0], [15.0, 25.0]]}, "outside 2–8 °C and 15–25 °C"),
        ({"inside": [[15.0, None]]}, "in from 15 °C up"), ({"inside": [[None, 2.0]]}, "in up to 2 °C"),
    ],
)  # fmt: skip
def test_a_limit_is_said_as_in_the_report(limit: dict[str, Any], said: str) -> None:
    assert limit_said(limit) == said


def test_the_text_is_short_however_many_files_there_are() -> None:
    many = {f"{number:03}.csv": hobo("5x9").replace(b"21234567", b"%d" % number) for number in range(100)}
    text = summary_text(summed(many), kept="out")
    assert text.count("● compliant") == 30
    assert "  … and 70 more: out/summary.html\n" in text
    assert "0 violated, 0 undetermined, 100 compliant" in text


def test_the_table_has_a_row_a_channel_and_a_place_for_everything() -> None:
    rows = list(csv.DictReader(io.StringIO(summary_csv(summed()))))
    assert tuple(rows[0]) == COLUMNS
    assert [row["verdict"] for row in rows] == [row.verdict for row in summed().rows]
    assert (rows[0]["at_least_s"], rows[0]["max_c"], rows[0]["mkt_c"] != "") == ("7200", "9.0", True)
    assert rows[0]["kept_as"] == f"files/{rows[0]['sha256']}.json"


@pytest.mark.parametrize("name", ["=HYPERLINK(1).csv", "+1.csv", "@x.csv", "-x.csv"])
def test_no_file_name_becomes_a_formula(name: str) -> None:
    (row,) = csv.DictReader(io.StringIO(summary_csv(summed({name: hobo("5x9")}))))
    assert row["file"] == f"'{name}"


def test_the_object_counts_and_asks() -> None:
    made = summary_json(summed())
    assert made["schema"] == "coldchain.audit-summary/1"
    assert made["counts"] == {"violated": 2, "not judged": 3, "undetermined": 1, "compliant": 2}
    assert made["asked"][0]["files"] == 2
    assert made["rows"][-1]["related"] == "the same content as good.csv"


def test_the_page_holds_no_markup_of_a_file_and_loads_nothing() -> None:
    page = summary_html(summed({"<img src=x onerror=alert(1)>.csv": hobo("5x9"), **FILES}))
    assert "<img" not in page
    assert not re.findall(r"(?:src|href)=\"(?!files/)", page)
    assert summary_html(summed()) == summary_html(summed())


@pytest.fixture
def browser() -> Iterator[Any]:
    """A real Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        missing = "there is no Chromium here: 'apt-get install chromium' brings one"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.browser
def test_the_page_is_sorted_by_keyboard(tmp_path: Path, browser: Any) -> None:
    (tmp_path / "summary.html").write_text(summary_html(summed()), encoding="utf-8")
    page = browser.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.goto((tmp_path / "summary.html").as_uri())
    first = page.locator("tbody tr:first-child td:nth-child(2)")
    assert first.inner_text().startswith("long.csv")
    page.get_by_role("button", name="Highest °C").focus()
    page.keyboard.press("Enter")
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("Highest °C")
    assert page.locator("#sorted").inner_text() == "Sorted by Highest °C, lowest first."
    assert page.locator("tbody tr:last-child td:nth-child(9)").inner_text() == ""  # what is not known stands last
    page.keyboard.press("Space")
    assert page.locator("th[aria-sort=descending]").count() == 1
    assert first.inner_text().startswith("long.csv")
    page.get_by_role("searchbox").fill("asked")
    assert page.locator("tbody tr:visible").count() == 2
    assert page.locator("#sorted").inner_text() == "2 of 8 shown."
    assert problems == []
    page.close()
