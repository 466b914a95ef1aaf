"""What guards every answer: headers, forms from elsewhere, bounded bodies, escaped text."""

import re
from typing import Any

import httpx
import pytest

from coldchain.web.security import FORM_BYTES, READINGS_BYTES, policy
from tests.web.hospital import PASSWORD, WRITER, Hospital, Pages

HOSTILE = "<img src=x onerror=alert(1)>\"'&{{7*7}}"


def test_the_policy_lets_nothing_in_from_elsewhere_and_no_inline_script() -> None:
    rules = dict(rule.split(" ", 1) for rule in policy("abc").split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert rules["connect-src"] == "'self'"
    assert rules["style-src"] == "'self' 'nonce-abc'"
    assert "unsafe" not in policy("abc")
    assert "http" not in policy("abc")


def test_every_kind_of_answer_carries_the_guards(stories: Pages, looker: httpx.Client) -> None:
    paths = ["/", "/nowhere", "/static/coldchain.css", "/sign-in", "/api/v1/locations", "/healthz", "/locations/none"]
    for path in [*paths, "/static/../../etc/passwd", "/static/%2e%2e%2fapp.py"]:
        headers = looker.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["x-frame-options"] == "DENY", path
        assert headers["referrer-policy"] == "same-origin", path
        assert "strict-transport-security" not in headers, path


def test_over_https_browsers_are_told_to_stay_there(hospital: Hospital) -> None:
    with hospital.open(secure_cookies=True) as pages, pages.visitor() as visitor:
        assert "max-age" in visitor.get("/sign-in").headers["strict-transport-security"]


def test_each_page_has_a_nonce_of_its_own_and_uses_it(looker: httpx.Client) -> None:
    seen = set()
    for _ in range(2):
        answer = looker.get("/locations/calm")
        found = re.search(r"'nonce-([^']+)'", answer.headers["content-security-policy"])
        assert found is not None
        assert f'nonce="{found[1]}"' in answer.text
        seen.add(found[1])
    assert len(seen) == 2


def test_pages_hold_no_inline_script_style_or_handler(looker: httpx.Client) -> None:
    for path in ("/", "/locations/warm", "/excursions", "/quarantine", "/sensors", "/products"):
        text = looker.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), path
        assert not re.search(r"\son\w+=", text), path
        assert not re.search(r"\sstyle=", text), path
        assert not re.search(r'(?:src|href)="https?:', text), path


def test_pages_with_people_in_them_are_not_kept_by_caches(looker: httpx.Client) -> None:
    assert looker.get("/").headers["cache-control"] == "no-store"
    found = re.search(r'href="(/static/coldchain\.css\?v=\w+)"', looker.get("/").text)
    assert found is not None
    assert "immutable" in looker.get(found[1]).headers["cache-control"]
    assert looker.get("/static/coldchain.css").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("case", "headers", "status"),
    [
        ("our own page", {"sec-fetch-site": "same-origin"}, 303),
        ("typed by the person", {"sec-fetch-site": "none"}, 303),
        ("another site", {"sec-fetch-site": "cross-site"}, 403),
        ("a sister site", {"sec-fetch-site": "same-site"}, 403),
        ("an older browser, our own page", {"origin": "{address}"}, 303),
        ("an older browser, another site", {"origin": "https://evil.example"}, 403),
        ("a sandboxed page", {"origin": "null"}, 403),
        ("another site that also lies about its origin", {"sec-fetch-site": "cross-site", "origin": "{address}"}, 403),
        ("no word of where it comes from", {}, 403),
        ("a token beside a cookie does not help", {"authorization": "Bearer x", "cookie": "coldchain_session=x"}, 403),
    ],
)
def test_forms_from_elsewhere_are_refused(stories: Pages, case: str, headers: dict[str, str], status: int) -> None:
    sent = {name: value.replace("{address}", stories.address) for name, value in headers.items()}
    data = {"name": "nurse", "password": PASSWORD}
    answer = httpx.post(f"{stories.address}/sign-in", data=data, headers=sent)
    assert answer.status_code == status, case
    if status == 403:
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/sign-in", FORM_BYTES + 1, 413),
        ("/api/v1/readings", READINGS_BYTES + 1, 413),
        ("/api/v1/webhooks/none", READINGS_BYTES + 1, 413),
        ("/api/v1/webhooks/none", FORM_BYTES + 1, 404),
        ("/api/v1/readings", FORM_BYTES + 1, 422),  # large enough for readings; it is only no JSON
    ],
)
def test_bodies_are_bounded(pages: Pages, path: str, size: int, status: int) -> None:
    with pages.visitor(authorization=f"Bearer {WRITER}") as client:
        assert client.post(path, content=b"x" * size).status_code == status, "its length said"

        def pieces() -> Any:
            for start in range(0, size, 4096):
                yield b"x" * min(4096, size - start)

        assert client.post(path, content=pieces()).status_code == status, "its length not said"


def test_whatever_people_and_devices_write_is_only_text(hospital: Hospital) -> None:
    hospital.refrigerator("fridge", HOSTILE, area=HOSTILE, sensor="fridge-probe", calibration=HOSTILE)
    hospital.hears("fridge", "5x3 9x3")
    hospital.refrigerator("other", "Other", sensor=HOSTILE)
    number = hospital.excursions()[0].number
    with hospital.open(site_name=HOSTILE) as pages, pages.person("nurse") as nurse:
        body = [{"sensor": HOSTILE, "measured_at": "2026-11-21T12:00:00Z", "temperature_c": HOSTILE}]
        with pages.program(WRITER) as gateway:
            assert gateway.post("/api/v1/readings", json=body).status_code == 200
        nurse.post(f"/excursions/{number}/acknowledge", data={"comment": HOSTILE})
        for path in ("/", "/locations/fridge", "/locations/other", "/excursions", f"/excursions/{number}",
                     "/quarantine", "/sensors", f"/?area={HOSTILE}", f"/excursions?location={HOSTILE}&from={HOSTILE}",
                     f"/quarantine?reason={HOSTILE}", f"/locations/fridge?from={HOSTILE}&to={HOSTILE}",
                     f"/locations/{HOSTILE}", f"/sign-in?next={HOSTILE}"):  # fmt: skip
            text = nurse.get(path, follow_redirects=True).text
            assert "<img src=x" not in text, path
            assert "onerror=alert(1)>" not in text, path
            assert "{{49}}" not in text, path
        assert "&lt;img src=x" in nurse.get(f"/excursions/{number}").text


def test_errors_are_pages_for_people_and_json_for_programs(looker: httpx.Client) -> None:
    assert "There is no location called &#39;nowhere&#39;" in looker.get("/locations/nowhere").text
    assert looker.get("/locations/nowhere").status_code == 404
    answer = looker.get("/api/v1/locations/nowhere")
    assert answer.json() == {"error": {"code": "not-found", "message": "there is no location called 'nowhere'"}}
    assert looker.get("/nothing/here").status_code == 404
    assert looker.post("/quarantine").status_code == 405
    assert looker.get("/api/v1/locations/calm/readings?format=xml").status_code == 422


def test_a_record_that_does_not_answer_is_said_plainly(hospital: Hospital) -> None:
    with hospital.open() as pages, pages.person("nurse") as nurse:
        with hospital.store.transaction() as tx:
            tx.exec_driver_sql("ALTER TABLE location RENAME TO elsewhere")
        page, answer = nurse.get("/"), nurse.get("/api/v1/locations")
        assert (page.status_code, answer.status_code) == (503, 503)
        assert "Not available just now" in page.text
        assert "Traceback" not in page.text
        assert answer.json()["error"]["code"] == "unavailable"


def test_numbers_and_names_that_no_database_takes_are_nothing_we_have(pages: Pages) -> None:
    large = "9" * 20
    with pages.person("pharmacist") as person:
        assert person.get(f"/items/{large}").status_code == 404
        assert person.get(f"/api/v1/items/{large}").status_code == 404
        assert person.get(f"/quarantine?before={large}").status_code == 422
        for path in (
            "/sensors",
            "/imports",
            "/imports/batches",
            "/api/v1/imports",
            "/sensors/1/findings",
            "/preparations",
        ):
            assert person.get(f"{path}/{large}").status_code == 404, path
        half = b'{"product": "lemtrada", "kind": "lot", "name": "A1", "location": "\\ud800"}'
        sent = person.post("/api/v1/items", content=half, headers={"content-type": "application/json"})
        assert sent.status_code in (404, 422), sent.text
