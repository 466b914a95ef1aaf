"""Items in a real browser: two taps on a tablet, by keyboard, at 360 px, without a script."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.stock.pharmacy import NINE_HOURS, Pharmacy, logger_csv, rulebook_of
from tests.stock.test_whole_way import three_five_two
from tests.web.hospital import Hospital, Pages
from tests.web.test_browser import NARROW, SMALL_TARGETS, browser, screen

__all__ = ["browser"]
pytestmark = pytest.mark.browser


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
def test_two_taps_move_an_item(browser: Browser, pharmacy: Pharmacy, pages: Pages, script: bool) -> None:
    pharmacy.hospital.refrigerator("fridge", "Fridge").refrigerator("ward", "Ward 3 refrigerator")
    made = pharmacy.lot("fridge", ago="1 h")
    with screen(browser, pages.address, viewport=NARROW, java_script_enabled=script) as seen:
        page = seen.sign_in("nurse").page
        seen.go(f"/items/{made}")
        page.locator("#act-move > summary").click()
        page.get_by_role("button", name="Ward 3 refrigerator").click()
        expect(page.locator("#status")).to_contain_text("Ward 3 refrigerator since 13:00")


def test_at_360_pixels_nothing_is_cut_and_every_target_can_be_hit(
    browser: Browser, pharmacy: Pharmacy, pages: Pages
) -> None:  # fmt: skip
    made = three_five_two(pharmacy)
    with screen(browser, pages.address, viewport=NARROW) as seen:
        page = seen.sign_in("pharmacist").page
        for path in ("/items", f"/items/{made}", "/items/new", "/locations/ward"):
            seen.go(path)
            for summary in page.locator("details.act > summary").all():
                summary.click()
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, path
            assert page.evaluate(SMALL_TARGETS) == [], path


def test_a_pharmacist_adds_a_lot_and_imports_the_file_of_its_transport(
    browser: Browser, pharmacy: Pharmacy, pages: Pages
) -> None:  # fmt: skip
    pharmacy.hospital.refrigerator("receipt", "Goods receipt").hears("receipt", "5x13")
    with screen(browser, pages.address) as seen:
        page = seen.sign_in("pharmacist").page
        seen.go("/items")
        page.get_by_role("link", name="Add an item").click()
        page.get_by_label("Product", exact=True).fill("nine-hours")
        page.get_by_label("Lot number or serial").fill("A12")
        page.get_by_label("Where it arrived").select_option("receipt")
        page.get_by_role("button", name="Add").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Ninemab · lot A12")
        page.locator("#act-file > summary").click()
        file = {"name": "leg.csv", "mimeType": "text/csv", "buffer": logger_csv("5 12x121 5", pharmacy.at("12 h"))}
        page.get_by_label("The file of its transport").set_input_files(file)  # type: ignore[arg-type]
        page.get_by_role("button", name="Import").click()
        expect(page.locator("#situation")).to_contain_text(
            "The allowance was used up on 21 Nov 2026 at 10:05, in transport"
        )
        page.keyboard.press("Tab")
        seen.go("/items")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Ninemab · lot A12")
