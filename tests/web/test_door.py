"""Signing in and out."""

import html
import re
from pathlib import Path

import httpx
import pytest

from coldchain.records import accounts
from coldchain.reviewing.signing_in import MOST_FROM_ONE_PLACE, WINDOW_MS
from coldchain.web.passwords import hash_password
from coldchain.web.services import DemoAccount
from coldchain.web.visit import SESSION_MS, inside, token_hash
from tests.web.hospital import PASSWORD, Hospital, Pages, new_hospital

WRONG = "Name and password don&#39;t match an account that may sign in."


def sign_in(client: httpx.Client, name: str = "nurse", password: str = PASSWORD, **more: str) -> httpx.Response:
    return client.post("/sign-in", data={"name": name, "password": password} | more)


def test_nobody_gets_further_than_the_door(pages: Pages) -> None:
    with pages.visitor() as visitor:
        for path in (
            "/",
            "/locations/x",
            "/excursions",
            "/excursions/2026-0001",
            "/quarantine",
            "/sensors",
            "/products",
            "/products/lemtrada",
            "/live",
        ):
            answer = visitor.get(path)
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/sign-in"), path
        for path in ("/api/v1/locations", "/api/v1/excursions"):
            assert visitor.get(path).status_code == 401, path


def test_a_password_that_the_product_hashed_opens_and_no_other_does(hospital: Hospital, pages: Pages) -> None:
    kept = hash_password("staple battery")
    with hospital.store.transaction() as tx:
        accounts.add(tx, "otto", "Otto Example", "nurse", kept, hospital.now_ms)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    with pages.visitor() as visitor:
        assert WRONG in sign_in(visitor, "otto", "battery staple").text
        assert sign_in(visitor, "otto", "staple battery").status_code == 303


def test_after_signing_in_one_is_where_one_wanted_to_go(pages: Pages) -> None:
    with pages.visitor() as visitor:
        door = visitor.get("/excursions?state=open")
        assert door.headers["location"] == "/sign-in?next=%2Fexcursions%3Fstate%3Dopen"
        shown = visitor.get(door.headers["location"]).text
        wanted = re.search(r'name="next" value="([^"]+)"', shown)
        assert wanted is not None
        answer = sign_in(visitor, next=wanted[1])
        assert answer.headers["location"] == "/excursions?state=open"
        assert visitor.get(answer.headers["location"]).status_code == 200


@pytest.mark.parametrize(
    ("path", "goes_to"),
    [
        ("/excursions?a=b", "/excursions?a=b"), ("", "/"), (None, "/"), ("//evil.example", "/"),
        ("/\\evil.example", "/"), ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"), ("/ok\r\nSet-Cookie: x=1", "/"), ("/\tx", "/"),
    ],
)  # fmt: skip
def test_the_way_on_never_leads_to_another_site(path: str | None, goes_to: str) -> None:
    assert inside(path) == goes_to


def test_the_same_sentence_whatever_was_wrong(hospital: Hospital, pages: Pages) -> None:
    with hospital.store.transaction() as tx:
        accounts.disable(tx, "auditor", hospital.now_ms)
    with pages.visitor() as visitor:
        for name, password in (("nurse", "wrong password"), ("nobody", PASSWORD), ("auditor", PASSWORD), ("", "")):
            answer = sign_in(visitor, name, password)
            assert (answer.status_code, WRONG in answer.text) == (401, True), name
            assert "set-cookie" not in answer.headers, name


def test_what_was_typed_survives_and_the_password_does_not(pages: Pages) -> None:
    with pages.visitor() as visitor:
        shown = sign_in(visitor, '"><script>alert(1)</script>', "my secret password").text
    assert "&#34;&gt;&lt;script&gt;alert(1)" in shown
    assert "<script>alert" not in shown
    assert "my secret password" not in shown


def test_the_cookie_is_for_the_server_alone(tmp_path: Path) -> None:
    hospital = new_hospital(tmp_path)
    for secure in (False, True):
        with hospital.open(secure_cookies=secure) as pages, pages.visitor() as visitor:
            cookie = sign_in(visitor).headers["set-cookie"]
            assert "HttpOnly" in cookie
            assert "SameSite=lax" in cookie
            assert ("Secure" in cookie) is secure
        hospital.changes = type(hospital.changes)()
    hospital.worker.close()
    hospital.store.close()


def test_the_record_keeps_no_token(hospital: Hospital, pages: Pages) -> None:
    with pages.person("nurse") as nurse:
        token = nurse.cookies["coldchain_session"]
    with hospital.store.reading() as tx:
        found = accounts.session_account(tx, token_hash(token), hospital.now_ms)
        assert found is not None
        assert found.name == "nurse"
        assert accounts.session_account(tx, token, hospital.now_ms) is None


def test_signing_out_ends_the_session_in_the_record(pages: Pages) -> None:
    with pages.person("nurse") as nurse, pages.visitor() as thief:
        thief.cookies.set("coldchain_session", nurse.cookies["coldchain_session"])
        assert thief.get("/").status_code == 200
        assert nurse.post("/sign-out").headers["location"] == "/sign-in"
        assert nurse.get("/").status_code == 303
        assert thief.get("/").status_code == 303


def test_a_session_ends_after_its_time_and_with_its_account(hospital: Hospital, pages: Pages) -> None:
    with pages.person("nurse") as nurse, pages.person("pharmacist") as pharmacist:
        with hospital.store.transaction() as tx:
            accounts.disable(tx, "pharmacist", hospital.now_ms)
        assert pharmacist.get("/").status_code == 303
        assert nurse.get("/").status_code == 200
        hospital.now_ms += SESSION_MS
        assert nurse.get("/").status_code == 303


TYPED = {"comment": 'Door was open.\n"Closed" it <b>', "revision": "1", "password": "never to be shown"}


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, page
    return html.unescape(found[1])


def test_what_was_typed_when_the_session_ended_is_kept_and_sent_when_they_say_so(
    hospital: Hospital, pages: Pages
) -> None:
    hospital.refrigerator("warm").hears("warm", "5x5 9x5")
    with pages.person("nurse") as nurse:
        number = nurse.get("/api/v1/excursions").json()[0]["number"]
        hospital.now_ms += SESSION_MS
        door = nurse.post(f"/excursions/{number}/acknowledge", data=TYPED)
        assert door.status_code == 401
        assert "What you typed is kept" in door.text
        assert "never to be shown" not in door.text
        sent = {"name": "nurse", "password": "wrong", "unsent": hidden(door.text, "unsent")}
        again = nurse.post("/sign-in", data=sent)
        assert again.status_code == 401
        asked = nurse.post("/sign-in", data=sent | {"password": PASSWORD, "unsent": hidden(again.text, "unsent")})
        assert "Not sent yet" in asked.text
        assert nurse.get(f"/api/v1/excursions/{number}").json()["acknowledged"] == [], "nothing is sent by itself"
        assert hidden(asked.text, "comment") == TYPED["comment"]
        assert f'action="/excursions/{number}/acknowledge"' in asked.text
        nurse.post(f"/excursions/{number}/acknowledge", data={"comment": hidden(asked.text, "comment")})
        said = nurse.get(f"/api/v1/excursions/{number}").json()["acknowledged"]
    assert [one["comment"] for one in said] == [TYPED["comment"]]


@pytest.mark.parametrize(
    "unsent",
    ["", "x", "[]", '["//evil.example", [["a", "b"]]]', '["https://evil.example/", []]', '["/", 7]', "[1, []]"],
)
def test_nothing_but_a_form_of_these_pages_is_carried_through_the_door(pages: Pages, unsent: str) -> None:
    with pages.visitor() as visitor:
        answer = visitor.post("/sign-in", data={"name": "nurse", "password": PASSWORD, "unsent": unsent})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_a_new_sign_in_ends_the_session_before(pages: Pages) -> None:
    with pages.person("nurse") as nurse, pages.visitor() as thief:
        thief.cookies.set("coldchain_session", nurse.cookies["coldchain_session"])
        sign_in(nurse, "pharmacist")
        assert thief.get("/").status_code == 303


def test_guessing_is_stopped_even_over_a_restart(hospital: Hospital) -> None:
    with hospital.open() as pages, pages.visitor() as visitor:
        for _ in range(MOST_FROM_ONE_PLACE):
            assert sign_in(visitor, "nurse", "wrong password").status_code == 401
        stopped = sign_in(visitor)
        assert stopped.status_code == 429, "the right password helps no more"
        assert "Wait 15 minutes" in stopped.text
        assert sign_in(visitor, "pharmacist").status_code == 303, "others from the same place get in"
    hospital.changes = type(hospital.changes)()
    with hospital.open() as pages, pages.visitor() as visitor:
        assert sign_in(visitor).status_code == 429
        hospital.now_ms += WINDOW_MS + 1
        assert sign_in(visitor).status_code == 303


def test_only_the_demo_offers_accounts(hospital: Hospital) -> None:
    offered = (DemoAccount("nurse", PASSWORD, "nurse"),)
    with hospital.open(demo_accounts=offered) as pages, pages.visitor() as visitor:
        assert PASSWORD not in visitor.get("/sign-in").text
    hospital.changes = type(hospital.changes)()
    with hospital.open(demo=True, demo_accounts=offered) as pages, pages.visitor() as visitor:
        assert PASSWORD in visitor.get("/sign-in").text


def test_times_in_utc_are_a_choice_that_lasts(pages: Pages) -> None:
    with pages.person("nurse") as nurse:
        assert "Times are Europe/Berlin, UTC+01:00." in nurse.get("/").text
        assert nurse.post("/time", data={"zone": "utc", "back": "/sensors"}).headers["location"] == "/sensors"
        assert "Times are UTC." in nurse.get("/").text
        nurse.post("/time", data={"zone": "site", "back": "https://evil.example"})
        assert "Times are Europe/Berlin" in nurse.get("/").text
