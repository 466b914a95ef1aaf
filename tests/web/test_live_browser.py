"""A page that is fetched again under somebody's hands: nothing they began is lost, nothing they sent is sent twice."""

import pytest
from playwright.sync_api import Browser, Route, expect

from coldchain.records import acknowledgements
from tests.web.hospital import NOON, Hospital
from tests.web.test_browser import browser, screen
from tests.web.test_preparations import begin
from tests.web.test_preparations_browser import clinic

__all__ = ["browser", "clinic"]

pytestmark = pytest.mark.browser


def warms(hospital: Hospital) -> None:
    """The refrigerator is suddenly too warm."""
    hospital.worker.submit(hospital.message("warm-probe", hospital.now_ms + 1, 9_400)).result(120)


def test_what_changed_while_a_page_came_is_on_it(browser: Browser, hospital: Hospital) -> None:
    hospital.refrigerator("warm").hears("warm", "5x3")
    with hospital.open() as pages, screen(browser, pages.address) as seen:
        page = seen.page
        page.clock.set_fixed_time(NOON)  # so that what only time changes makes no page ask again

        def late(route: Route) -> None:
            warms(hospital)
            route.continue_()

        page.route("**/live", late, times=1)
        seen.sign_in("nurse")
        expect(page.locator(".tile")).to_contain_text("Out of range")


def test_a_link_that_is_pressed_is_not_replaced_before_it_is_let_go(browser: Browser, hospital: Hospital) -> None:
    hospital.refrigerator("warm", "Warm refrigerator").hears("warm", "5x3")
    with hospital.open() as pages, screen(browser, pages.address) as seen:
        page = seen.sign_in("nurse").page
        expect(page.locator("#live")).to_contain_text("live, ")
        page.evaluate("window.setTimeout = () => 0")  # no press is given up, however slow this machine is
        page.locator(".tile").hover()
        page.mouse.down()
        with page.expect_response(f"{pages.address}/") as fetched:
            warms(hospital)
        fetched.value.finished()
        expect(page.locator(".tile")).to_contain_text("In range")
        page.mouse.up()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Warm refrigerator")


def test_what_was_let_go_elsewhere_is_replaced_then(browser: Browser, hospital: Hospital) -> None:
    hospital.refrigerator("warm").hears("warm", "5x3")
    with hospital.open() as pages, screen(browser, pages.address) as seen:
        page = seen.sign_in("nurse").page
        expect(page.locator("#live")).to_contain_text("live, ")
        page.get_by_role("heading", level=1).hover()
        page.mouse.down()
        with page.expect_response(f"{pages.address}/"):
            warms(hospital)
        page.mouse.up()
        expect(page.locator(".tile")).to_contain_text("Out of range")


def test_a_button_that_has_the_focus_keeps_it_when_its_part_of_the_page_is_replaced(
    browser: Browser, clinic: Hospital
) -> None:
    number = begin(clinic, 10)
    with clinic.open() as pages, screen(browser, pages.address) as seen:
        page = seen.sign_in("nurse").page
        seen.go(f"/preparations/{number}")
        expect(page.locator("#live")).to_contain_text("live, ")
        page.get_by_role("button", name="Diluted now").focus()
        clinic.worker.submit(clinic.message("bench-probe", clinic.now_ms + 1, 21_300)).result(120)
        clinic.now_ms += 1
        clinic.changes.publish()
        expect(page.locator("#now .where")).to_contain_text("21.3 °C")
        expect(page.get_by_role("button", name="Diluted now")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#course")).to_contain_text("Diluted")


def test_a_form_is_sent_once_however_often_its_button_is_pressed(browser: Browser, hospital: Hospital) -> None:
    hospital.refrigerator("warm").hears("warm", "5x3 9x3")
    (excursion,) = hospital.excursions()
    with hospital.open() as pages, screen(browser, pages.address) as seen:
        page = seen.sign_in("nurse").page
        seen.go(f"/excursions/{excursion.number}")
        page.locator("#comment").fill("seen")
        page.get_by_role("button", name="Acknowledge").dblclick()
        expect(page.locator("#history")).to_contain_text("seen")
    with hospital.store.reading() as tx:
        assert [each.comment for each in acknowledgements.of_excursion(tx, excursion.id)] == ["seen"]
