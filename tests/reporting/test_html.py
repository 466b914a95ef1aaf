"""The HTML report: one file, nothing from anywhere, nothing that could run."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.reporting.content import report
from coldchain.reporting.html import report_html
from coldchain.reporting.report import Report
from tests.reporting.reports import COMMAND, audited, report_of


class Outline(HTMLParser):
    """Every tag with its attributes, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said = ""
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said += data


@pytest.fixture(scope="module")
def page() -> str:
    return report_html(report_of("5 9x3 _x9 5", "5x9", "5 _x8 5", with_refusal=True))


def test_its_policy_lets_in_its_own_style_and_nothing_else(page: str) -> None:
    style = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style[0].encode()).digest()).decode()
    policy = next(attrs["content"] for tag, attrs in Outline(page).tags if attrs.get("http-equiv"))
    assert len(style) == 1
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_nothing_is_loaded_and_nothing_runs(page: str) -> None:
    for tag, attrs in Outline(page).tags:
        assert tag not in ("script", "link", "img", "iframe", "object", "form", "a")
        assert not any(name in ("src", "href", "style") or name.startswith("on") for name in attrs)
    assert "url(" not in page
    assert "@import" not in page


def test_every_tag_is_closed_in_its_order(page: str) -> None:
    assert Outline(page).open == []


def test_the_worst_is_first_and_the_refused_file_is_there(page: str) -> None:
    said = Outline(page).said
    assert said.index("Summary") < said.index("◆ Violated") < said.index("◇ Undetermined") < said.index("● Compliant")
    assert "Not judged" in said
    assert "notes.pdf" in said


def test_the_command_can_be_copied_as_it_stands(page: str) -> None:
    assert COMMAND in Outline(page).said


def test_the_same_report_is_the_same_bytes() -> None:
    assert report_html(report_of("5 9x3 5")) == report_html(report_of("5 9x3 5"))


@given(st.text(max_size=60))
def test_no_name_becomes_markup(name: str) -> None:
    hostile = f'{name}<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    made: Report = report([audited("5 9 5", name=hostile)], [], command=hostile, program="coldchain")
    tags = {tag for tag, _ in Outline(report_html(made)).tags}
    assert not tags & {"script", "img"}
