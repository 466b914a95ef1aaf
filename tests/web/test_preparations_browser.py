"""Preparing a medicine on a phone, as somebody with one free hand does it; and the wall screen that watches."""

import re

import pytest
from playwright.sync_api import Browser, expect

from coldchain.records import places, preparations
from coldchain.web.changes import Changes
from tests.web.hospital import Hospital
from tests.web.test_browser import NARROW, SMALL_TARGETS, Screen, browser, screen
from tests.web.test_preparations import begin

__all__ = ["browser"]

pytestmark = pytest.mark.browser

MORE_TARGETS = SMALL_TARGETS.replace(".choice a", ".choice a, .tap, .steps a, .tick").replace(
    "input:not([type=hidden])", "input:not([type=hidden]):not([type=checkbox])"
)
"""A box is ticked by its label."""


@pytest.fixture
def clinic(hospital: Hospital) -> Hospital:
    for name, title in (("bench", "Bench"), ("fridge", "Refrigerator 2")):
        hospital.refrigerator(name, title, product=None)
    with hospital.store.transaction() as tx:
        places.put_location(tx, "cupboard", "Cupboard", "Ward 5")
    return hospital.hears("bench", "22x60").hears("fridge", "5x60")


def test_start_dilute_use_on_a_phone(browser: Browser, clinic: Hospital) -> None:
    with clinic.open() as pages, screen(browser, pages.address, viewport=NARROW, has_touch=True) as seen:
        page = seen.sign_in("nurse").page
        seen.go("/preparations")
        page.get_by_role("link", name="Start a preparation").first.tap()

        def fits(shown: str) -> None:
            expect(page.locator("main")).to_contain_text(shown)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url
            assert page.evaluate(MORE_TARGETS) == [], page.url

        fits("Which product?")
        page.locator('.tap[href$="product=besponsa"]').tap()
        fits("Where is it?")
        page.locator(".tap", has_text="Bench").tap()
        fits("Lot, vial or bag")
        page.get_by_role("button", name="Reconstituted now").tap()

        expect(page.locator("#now")).to_contain_text("to be diluted by 17:00")
        expect(page.locator("[data-left] .digits").first).to_have_text(re.compile(r"^0[34]:\d\d:\d\d$"))
        fits("To be attested")
        for what in ("clear, no particles", "no discolouration", "protected from light"):
            page.get_by_role("button", name=what).tap()
            expect(page.locator(".attested li.done", has_text=what)).to_be_visible()
        expect(page.get_by_text("To be attested")).to_have_count(0)
        page.get_by_role("button", name="Refrigerator 2").tap()
        expect(page.locator("#now .where")).to_contain_text("Refrigerator 2 5.0 °C")
        for button in ("Diluted now", "Infusion started now", "Infusion ended now"):
            page.get_by_role("button", name=button).tap()
        expect(page.locator("#now .sentence")).to_contain_text("used")
        fits("As known then")
    with clinic.store.reading() as tx:
        (found,) = preparations.recent(tx)
        course = [entry.what for entry in preparations.events(tx, found.id)]
    assert course == ["reconstituted", "moved", "diluted", "infusion_started", "infusion_ended"]


def test_the_board_ticks_changes_and_turns_grey(browser: Browser, clinic: Hospital) -> None:
    number = begin(clinic, 10)
    with clinic.open() as pages:
        context = browser.new_context()
        seen = Screen(context, pages.address)
        page = seen.page
        page.clock.install()
        seen.sign_in("auditor")
        seen.go("/preparations")
        page.clock.run_for(2_000)
        digits = page.locator("[data-left] .digits").first
        before = digits.text_content()
        page.clock.run_for(3_000)
        assert digits.text_content() != before
        expect(page.locator(".prep")).to_have_count(1)
        begin(clinic, 20)
        clinic.changes.publish()
        expect(page.locator(".prep")).to_have_count(2)
        expect(page.locator(".prep").first).to_contain_text("P-2026-0002")
    page.clock.run_for(20_000)
    expect(page.locator("body")).to_have_class("lost")
    held = digits.text_content()
    page.clock.run_for(5_000)
    assert digits.text_content() == held, "what is not known any more does not look live"
    context.close()
    clinic.changes = Changes()
    assert number == "P-2026-0001"


def test_without_a_script_the_instant_stands_there(browser: Browser, clinic: Hospital) -> None:
    begin(clinic, 10)
    with clinic.open() as pages, screen(browser, pages.address, java_script_enabled=False) as seen:
        page = seen.sign_in("nurse").page
        seen.go("/preparations")
        expect(page.locator(".prep").first).to_contain_text("to be diluted by 16:50")
        expect(page.locator("[data-left]").first).to_be_hidden()
        page.get_by_role("link", name="Besponsa").click()
        page.get_by_role("button", name="Diluted now").click()
        expect(page.locator("#course")).to_contain_text("Diluted")


def test_everything_by_keyboard(browser: Browser, clinic: Hospital) -> None:
    begin(clinic, 10)
    with clinic.open() as pages, screen(browser, pages.address) as seen:
        page, keyboard = seen.sign_in("nurse").page, seen.page.keyboard
        seen.is_live("Overview")
        keyboard.press("p")
        expect(page.locator(".prep")).to_have_count(1)
        expect(page.locator("#live")).to_contain_text("live, ")
        keyboard.press("j")
        keyboard.press("Enter")
        expect(page.locator("#now")).to_be_visible()
        button = page.get_by_role("button", name="Diluted now")
        button.focus()
        keyboard.press("Enter")
        expect(page.locator("#course")).to_contain_text("Diluted")


def test_a_reason_half_written_survives_a_change(browser: Browser, clinic: Hospital) -> None:
    number = begin(clinic, 30)
    with clinic.open() as pages, screen(browser, pages.address) as seen:
        page = seen.sign_in("nurse").page
        seen.go(f"/preparations/{number}")
        expect(page.locator("#live")).to_contain_text("live")
        page.locator("#other summary").click()
        page.locator("#late-reason").fill("half a sen")
        page.locator("#late-event").focus()
        page.evaluate("window.sameDocument = true")
        clinic.worker.submit(clinic.message("bench-probe", clinic.now_ms + 1, 21_300)).result(120)
        clinic.now_ms += 1
        clinic.changes.publish()
        expect(page.locator("#now .where")).to_contain_text("21.3 °C")
        assert page.evaluate("window.sameDocument") is True
        expect(page.locator("#late-reason")).to_have_value("half a sen")


@pytest.mark.parametrize("width", [1280, 1920])
def test_the_wall_is_as_wide_as_its_screen(browser: Browser, clinic: Hospital, width: int) -> None:
    begin(clinic, 10)
    viewport = {"width": width, "height": 1080}
    with clinic.open() as pages, screen(browser, pages.address, viewport=viewport) as seen:
        page = seen.sign_in("nurse").page
        seen.go("/preparations")
        box = page.locator(".prep").first.bounding_box()
        assert box is not None
        assert box["width"] > width - 120
