"""What people see and do in a real browser."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect, sync_playwright

from coldchain.records import acknowledgements
from coldchain.web.changes import Changes
from tests.monitoring.rows import until
from tests.ports import free_port
from tests.web.hospital import PASSWORD, Hospital, Pages

pytestmark = pytest.mark.browser

PATIENCE_MS = 120_000
"""For how long something may be on its way; Playwright's own 5 and 30 s are short for a busy machine."""
NARROW = {"width": 360, "height": 740}
TARGETS = "button, .button, nav a, input:not([type=hidden]), select, summary, .tile, .choice a"
SMALL_TARGETS = f"""
    [...document.querySelectorAll("{TARGETS}")]
        .filter((each) => each.offsetParent && each.getBoundingClientRect().height < 44)
        .map((each) => each.outerHTML.slice(0, 80))
"""
DRAWN = "document.querySelector('.chart-live').layout.xaxis.range"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium; skips, saying so, where there is none (with ``CI=true`` that is a failure)."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        missing = "there is no Chromium here: 'apt-get install chromium' brings one"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"], timeout=PATIENCE_MS
        )  # fmt: skip
        yield opened
        opened.close()


class Screen:
    """A page of a browser that notes everything that should not be."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        context.set_default_timeout(PATIENCE_MS)
        self.page: Page = context.new_page()
        self.address = address
        self.wrong: list[str] = []
        self.page.on(
            "console", lambda said: self.wrong.append(said.text) if said.type in ("error", "warning") else None
        )
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", lambda request: self._went(request.url))

    def _went(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.wrong.append(f"asked elsewhere: {url}")

    def sign_in(self, role: str) -> "Screen":
        self.page.goto(f"{self.address}/sign-in")
        self.page.get_by_label("Name").fill(role)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("heading", name="Overview")).to_be_visible()
        return self

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def is_live(self, heading: str) -> None:
        """Wait until the page is there and its script runs."""
        expect(self.page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        expect(self.page.locator("#live")).to_contain_text("live, ")


@contextmanager
def screen(browser: Browser, address: str, **options: Any) -> Iterator[Screen]:
    """A fresh screen; at its end nothing may have gone wrong on it."""
    context = browser.new_context(timezone_id="UTC", locale="en-GB", **options)
    seen = Screen(context, address)
    yield seen
    assert seen.wrong == []
    context.close()


def test_from_a_live_excursion_to_its_comment_after_a_restart(browser: Browser, hospital: Hospital) -> None:
    hospital.refrigerator("warm", "Warm refrigerator").hears("warm", "5x12")
    with hospital.open() as pages, screen(browser, pages.address) as seen:
        page = seen.sign_in("nurse").page
        tile = page.locator(".tile", has_text="Warm refrigerator")
        expect(tile).to_contain_text("In range")
        page.evaluate("window.sameDocument = true")
        expect(page.locator("#live")).to_contain_text("live")

        hospital.worker.submit(hospital.message("warm-probe", hospital.now_ms + 1, 9_400)).result(120)
        expect(tile).to_contain_text("Out of range")
        expect(tile).to_contain_text("9.4")
        expect(tile).to_contain_text("1 to acknowledge")
        assert page.evaluate("window.sameDocument") is True, "the page was not loaded again"

        tile.click()
        expect(page.locator(".chart-live .main-svg").first).to_be_visible()
        page.locator("#situation").get_by_role("link").click()
        expect(page.locator("#situation")).to_contain_text("Above 8 °C for at least")
        page.get_by_role("button", name="Acknowledge").click()
        expect(page.get_by_role("alert").last).to_contain_text("Say what you saw or did")
        page.get_by_label("What did you find").fill("The door was open; closed it.")
        page.get_by_role("button", name="Acknowledge").click()
        expect(page.locator("#history")).to_contain_text("The door was open; closed it.")
        address = page.url
        seen.wrong = [
            each for each in seen.wrong if "422" not in each
        ]  # Chromium notes the refused form in its console
    hospital.changes = Changes()
    with hospital.open() as pages, screen(browser, pages.address) as seen:
        page = seen.sign_in("auditor").page
        seen.go("/" + address.split("/", 3)[3])
        expect(page.locator("#history")).to_contain_text("acknowledged by Nurse Example, nurse")
        expect(page.locator("#history")).to_contain_text("The door was open; closed it.")
        expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)


def chart_of(hours: float) -> Callable[[Response], bool]:
    """The readings of about so many hours; a page that is a minute old asks for its whole time again."""

    def is_it(answer: Response) -> bool:
        asked = parse_qs(urlsplit(answer.url).query)
        width_ms = int(asked["to"][0]) - int(asked["from"][0]) if "/chart?" in answer.url else 0
        return width_ms == pytest.approx(hours * 3_600_000, rel=0.05)

    return is_it


def test_a_chart_has_no_way_to_share_it_and_zooms_by_asking_again(browser: Browser, stories: Pages) -> None:
    with screen(browser, stories.address) as seen:
        page = seen.sign_in("nurse").page
        with page.expect_response(lambda answer: "/chart?" in answer.url):
            seen.go("/locations/warm")
        expect(page.locator(".chart-live .main-svg").first).to_be_visible()
        expect(page.locator(".modebar-btn")).to_have_count(0)
        expect(page.get_by_text("Share chart")).to_have_count(0)
        expect(page.locator("[data-title*='cloud' i], [data-title*='share' i]")).to_have_count(0)
        with page.expect_response(chart_of(12)) as found:
            page.get_by_role("button", name="Closer").click()
        closer = found.value.json()
        until(lambda: page.evaluate(DRAWN) == [closer["from"], closer["to"]], 120)  # or the next one undoes the drag
        box = page.locator(".chart-live .nsewdrag").bounding_box()
        assert box is not None
        with page.expect_response(chart_of(3)):
            page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 50)
            page.mouse.down()
            page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 60, steps=4)
            page.mouse.up()
        with page.expect_response(chart_of(24)):
            page.get_by_role("button", name="Whole time").click()


NUMBERS = """
    [...document.querySelectorAll(".chart-live .annotation-text-g")]
        .filter((each) => /^20\\d\\d-\\d+$/.test(each.textContent))
        .map((each) => each.getBoundingClientRect()).map((box) => [box.left, box.right, box.top, box.bottom])
"""


def test_the_numbers_of_many_excursions_do_not_lie_on_each_other(browser: Browser, hospital: Hospital) -> None:
    hospital.refrigerator("warm").hears("warm", " ".join(f"9x{1 + one % 3} 5x{4 - one % 4}" for one in range(14)))
    assert len(hospital.excursions()) == 14
    with hospital.open() as pages, screen(browser, pages.address) as seen:
        page = seen.sign_in("nurse").page
        seen.go("/locations/warm")
        expect(page.locator(".is-live .chart-live .main-svg").first).to_be_visible()
        boxes = page.evaluate(NUMBERS)
        assert len(boxes) >= 3
        for at, (left, right, top, bottom) in enumerate(boxes):
            for other in boxes[:at]:
                assert left >= other[1] or right <= other[0] or top >= other[3] or bottom <= other[2]


def test_everything_by_keyboard(browser: Browser, hospital: Hospital) -> None:
    hospital.refrigerator("warm", "Warm refrigerator").hears("warm", "5x3 9x3")
    hospital.refrigerator("calm", "Calm refrigerator").hears("calm", "5x3")
    with hospital.open() as pages, screen(browser, pages.address) as seen:
        page, keyboard = seen.page, seen.page.keyboard
        seen.go("/sign-in")
        expect(page.get_by_label("Name")).to_be_focused()  # the browser moves there after the page is loaded
        keyboard.type("nurse")
        keyboard.press("Tab")
        keyboard.type(PASSWORD)
        keyboard.press("Enter")
        seen.is_live("Overview")
        keyboard.press("j")
        expect(page.locator(".tile").nth(0)).to_be_focused()
        keyboard.press("j")
        expect(page.locator(".tile").nth(1)).to_be_focused()
        keyboard.press("k")
        keyboard.press("Enter")
        seen.is_live("Warm refrigerator")
        keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
        keyboard.press("e")
        seen.is_live("Excursions")
        keyboard.press("j")
        keyboard.press("a")
        expect(page).to_have_url(f"{pages.address}/excursions/{hospital.excursions()[0].number}#comment")
        expect(page.locator("#live")).to_contain_text("live, ")
        keyboard.press("a")
        expect(page.locator("#comment")).to_be_focused()
        keyboard.type("jkao? are letters here")
        keyboard.press("Tab")
        keyboard.press("Enter")
        expect(page.locator("#history")).to_contain_text("jkao? are letters here")


def test_a_comment_half_written_survives_a_change(browser: Browser, hospital: Hospital) -> None:
    hospital.refrigerator("warm").hears("warm", "5x3 9x3")
    with hospital.open() as pages, screen(browser, pages.address) as seen:
        page = seen.sign_in("nurse").page
        seen.go(f"/excursions/{hospital.excursions()[0].number}")
        expect(page.locator("#live")).to_contain_text("live")
        page.locator("#comment").press_sequentially("half a sen")
        hospital.worker.submit(hospital.message("warm-probe", hospital.now_ms + 1, 10_000)).result(120)
        expect(page.locator("#situation")).to_contain_text("Peak 10.0 °C")
        expect(page.locator("#comment")).to_be_focused()
        page.keyboard.type("tence")
        expect(page.locator("#comment")).to_have_value("half a sentence")


def test_360_px_are_enough(browser: Browser, stories: Pages) -> None:
    number = stories.hospital.excursions()[0].number
    with screen(browser, stories.address, viewport=NARROW) as seen:
        page = seen.sign_in("nurse").page
        for path in (
            "/",
            "/locations/warm",
            "/excursions",
            f"/excursions/{number}",
            "/quarantine",
            "/sensors",
            "/products",
            "/products/test",
        ):
            seen.go(path)
            if "/locations" in path or number in path:
                expect(page.locator(".chart-live .main-svg").first).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
            small = page.evaluate(SMALL_TARGETS)
            assert small == [], path


def test_without_a_script_everything_still_works(browser: Browser, hospital: Hospital) -> None:
    hospital.refrigerator("warm", "Warm refrigerator").hears("warm", "5x3 9x3")
    with hospital.open() as pages, screen(browser, pages.address, java_script_enabled=False) as seen:
        page = seen.sign_in("nurse").page
        page.locator(".tile").click()
        expect(page.locator(".drawn svg").first).to_be_visible()
        page.get_by_text("Readings as a table").click()
        expect(page.locator(".readings tbody tr")).to_have_count(6)
        page.locator("#situation").get_by_role("link").click()
        page.get_by_label("What did you find").fill("seen")
        page.get_by_role("button", name="Acknowledge").click()
        expect(page.locator("#history")).to_contain_text("seen")
    with hospital.store.reading() as tx:
        assert [each.comment for each in acknowledgements.of_excursion(tx, hospital.excursions()[0].id)] == ["seen"]


def test_a_page_that_lost_its_connection_says_so_and_turns_grey(browser: Browser, hospital: Hospital) -> None:
    hospital.refrigerator("warm", "Warm refrigerator").hears("warm", "5x3")
    port = free_port()
    with hospital.open(port=port) as pages:
        address = pages.address
        context = browser.new_context()
        seen = Screen(context, address)
        page = seen.page
        page.clock.install()
        seen.sign_in("nurse")
        page.clock.run_for(2_000)
        expect(page.locator("#live")).to_contain_text("live")
    page.clock.run_for(20_000)
    expect(page.locator("#lost")).to_contain_text("Not live: no connection for")
    expect(page.locator("body")).to_have_class("lost")
    expect(page.locator("#live")).to_have_text("not live")
    hospital.changes = Changes()
    hospital.later("1 min").hears("warm", "9")
    with hospital.open(port=port):
        page.clock.run_for(5_000)
        expect(page.locator("body")).not_to_have_class("lost")
        expect(page.locator(".tile")).to_contain_text("Out of range")
    context.close()


def test_a_page_that_cannot_be_fetched_again_does_not_look_live(browser: Browser, hospital: Hospital) -> None:
    hospital.refrigerator("warm", "Warm refrigerator").hears("warm", "5x3")
    with hospital.open() as pages:
        context = browser.new_context()
        page = Screen(context, pages.address).sign_in("nurse").page
        expect(page.locator("#live")).to_contain_text("live, ")
        page.route(f"{pages.address}/", lambda route: route.fulfill(status=503, body="not now"))
        hospital.worker.submit(hospital.message("warm-probe", hospital.now_ms + 1, 9_400)).result(120)
        expect(page.locator("#lost")).to_contain_text("Not live: this page could not be fetched again. What you see is")
        expect(page.locator("body")).to_have_class("lost")
        page.unroute(f"{pages.address}/")
        expect(page.locator("body")).not_to_have_class("lost")
        expect(page.locator(".tile")).to_contain_text("Out of range")
        context.close()


def test_a_page_notices_within_a_minute_what_only_time_changes(browser: Browser, hospital: Hospital) -> None:
    hospital.refrigerator("warm", "Warm refrigerator").hears("warm", "5x3")
    with hospital.open() as pages:
        context = browser.new_context()
        seen = Screen(context, pages.address)
        seen.page.clock.install()
        page = seen.sign_in("nurse").page
        page.clock.run_for(2_000)
        expect(page.locator("#live")).to_contain_text("live")
        expect(page.locator(".tile")).to_contain_text("In range")
        hospital.now_ms += 40 * 60_000
        page.clock.run_for(62_000)
        expect(page.locator(".tile")).to_contain_text("No data")
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_schemes_use_the_tokens(browser: Browser, stories: Pages, scheme: Any) -> None:
    with screen(browser, stories.address, color_scheme=scheme) as seen:
        page = seen.sign_in("nurse").page
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == {"light": "rgb(243, 245, 247)", "dark": "rgb(14, 20, 26)"}[scheme]


def test_paper_has_a_header_and_page_numbers_and_no_way_around(
    browser: Browser, stories: Pages, tmp_path: Path
) -> None:
    reader = shutil.which("pdftotext")
    if reader is None:
        missing = "there is no pdftotext here: 'apt-get install poppler-utils' brings it"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    number = stories.hospital.excursions()[0].number
    with screen(browser, stories.address) as seen:
        page = seen.sign_in("pharmacist").page
        seen.go(f"/excursions/{number}")
        expect(page.locator(".chart-live .main-svg").first).to_be_visible()
        page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    words = subprocess.run(
        [str(reader), str(tmp_path / "page.pdf"), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert f"Excursion {number}" in words
    assert "Printed 21 Nov 2026" in words
    assert "by Pharmacist Example (pharmacist)" in words
    assert "page 1 of" in words
    assert "Sign out" not in words
    assert "Closer" not in words
