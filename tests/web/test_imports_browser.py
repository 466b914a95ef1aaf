"""Imports in a real browser: dropped or chosen, with and without a script, at 360 px, by keyboard, in the dark."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.importing.files import AMBIGUOUS
from tests.loggers.test_learned import FILE
from tests.stock.pharmacy import HOUR, NINE_HOURS, Pharmacy, logger_csv, rulebook_of
from tests.web.hospital import Hospital, Pages
from tests.web.test_browser import NARROW, SMALL_TARGETS, browser, screen

__all__ = ["browser"]
pytestmark = pytest.mark.browser

DROP = """([name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, { type: "text/csv" }));
  const about = { dataTransfer: data, bubbles: true, cancelable: true };
  for (const type of ["dragenter", "dragover", "drop"])
    document.querySelector("h1").dispatchEvent(new DragEvent(type, about));
}"""


@pytest.fixture
def pharmacy(hospital: Hospital, tmp_path: Path) -> Pharmacy:
    """Its product files, with one that allows nine hours above 8 °C."""
    return Pharmacy(hospital, rulebook_of(tmp_path / "rules", NINE_HOURS))


@pytest.fixture
def pages(pharmacy: Pharmacy) -> Iterator[Pages]:
    """The pages, with those product files."""
    with pharmacy.hospital.open(rulebook=pharmacy.rulebook) as opened:
        yield opened


@pytest.mark.parametrize("script", [True, False])
def test_a_nurse_at_night_chooses_a_file_answers_and_files_it(
    browser: Browser, pages: Pages, tmp_path: Path, script: bool
) -> None:
    (tmp_path / "box 7.csv").write_bytes(AMBIGUOUS)
    with screen(browser, pages.address, viewport=NARROW, java_script_enabled=script) as seen:
        page = seen.sign_in("nurse").page
        seen.go("/imports")
        page.get_by_label("Files of loggers").set_input_files(tmp_path / "box 7.csv")
        page.get_by_role("button", name="Import").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("box 7.csv")
        page.get_by_label("4 March 2026").check()
        page.get_by_role("button", name="Read it so").click()
        page.get_by_label("Product").fill("nine-hours")
        page.get_by_role("button", name="Show the verdict").click()
        page.get_by_label("Shipment").fill("0815")
        page.get_by_role("button", name="File as Compliant").click()
        expect(page.locator("#status")).to_contain_text("Compliant")
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_a_file_is_dropped_anywhere_on_the_page_and_sent_by_keyboard(
    browser: Browser, pharmacy: Pharmacy, pages: Pages
) -> None:  # fmt: skip
    content = logger_csv("5x10 9x130 5x10", pharmacy.now_ms - 20 * HOUR).decode()
    with screen(browser, pages.address) as seen:
        page = seen.sign_in("auditor").page
        seen.go("/imports")
        page.evaluate(DROP, ["dropped.csv", content])
        expect(page.locator("#chosen")).to_contain_text("dropped.csv")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("dropped.csv")
        page.get_by_label("Product").fill("nine-hours")
        page.keyboard.press("Enter")
        expect(page.locator("#judge .verdict")).to_contain_text("Above 8 °C for at least 10 h 45 min.")


def test_a_pharmacist_points_at_the_columns_of_an_unknown_table(
    browser: Browser, pages: Pages, tmp_path: Path
) -> None:  # fmt: skip
    (tmp_path / "acme.txt").write_text(FILE, encoding="utf-8")
    with screen(browser, pages.address, viewport=NARROW, color_scheme="dark") as seen:
        page = seen.sign_in("pharmacist").page
        seen.go("/imports")
        page.get_by_label("Files of loggers").set_input_files(tmp_path / "acme.txt")
        page.get_by_role("button", name="Import").click()
        page.get_by_role("link", name="Show which column is which").click()
        page.get_by_text("Wann | Fühler A").click()
        page.get_by_role("button", name="Show the columns").click()
        page.get_by_label("Fühler A", exact=True).select_option("C")
        page.get_by_label("Fühler B", exact=True).select_option("F")
        page.get_by_label("Bem", exact=True).select_option("event")
        page.get_by_label("Date order").select_option("DMY")
        page.get_by_role("button", name="Check it").click()
        expect(page.locator("#checked")).to_contain_text("explains every row")
        assert page.evaluate(SMALL_TARGETS) == []
        page.get_by_role("button", name="Keep the layout").click()
        expect(page.locator("#status")).to_contain_text("Not filed")
        seen.go("/layouts")
        expect(page.get_by_role("link", name="acme")).to_be_visible()
        for path in ("/imports", "/imports/1", "/layouts", "/imports/1/layout"):
            seen.go(path)
            assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
            assert page.evaluate(SMALL_TARGETS) == [], path
