"""Events that a cloud posts: taken only from whoever proves the shared secret, answered only after COMMIT."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator

import httpx
import pytest

from coldchain.records import places, quarantine, readings
from coldchain.web.services import Webhook
from tests.web.hospital import Hospital

SECRET = "a secret that both sides know"
EVENT = json.dumps(
    {
        "targetName": "projects/p/devices/warm-probe",
        "data": {"temperature": {"value": 4.53, "updateTime": "2026-11-21T11:55:00Z"}},
    }
).encode()


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def token(body: bytes, secret: str = SECRET, algorithm: str = "HS256", expires: float = 86_400) -> str:
    header = encoded(json.dumps({"alg": algorithm}).encode())
    claims = {"checksum_sha256": hashlib.sha256(body).hexdigest(), "exp": int(time.time() + expires)}
    signed = f"{header}.{encoded(json.dumps(claims).encode())}"
    return f"{signed}.{encoded(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())}"


def signed(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def basic(user: str) -> str:
    return "Basic " + base64.b64encode(user.encode()).decode()


@pytest.fixture
def poster(hospital: Hospital) -> Iterator[httpx.Client]:
    proofs = ("hmac-sha256", "disruptive", "bearer", "basic")
    webhooks = tuple(Webhook(proof, "disruptive", proof, SECRET.encode()) for proof in proofs)
    with hospital.open(webhooks=webhooks) as pages, httpx.Client(base_url=pages.address, timeout=120) as cloud:
        yield cloud  # which says nothing of where its request comes from, as a browser would


def stored(hospital: Hospital) -> list[int]:
    with hospital.store.reading() as tx:
        found = places.sensor_named(tx, "warm-probe")
        return [] if found is None else readings.trace(tx, found.id).milli_c.tolist()


@pytest.mark.parametrize(
    ("name", "headers"),
    [
        ("hmac-sha256", {"x-signature-256": signed(EVENT)}),
        ("hmac-sha256", {"x-hub-signature-256": "sha256=" + signed(EVENT)}),
        ("disruptive", {"x-dt-signature": token(EVENT)}),
        ("bearer", {"authorization": f"Bearer {SECRET}"}),
        ("basic", {"authorization": basic(SECRET)}),
    ],
)
def test_who_proves_the_secret_is_heard(
    hospital: Hospital, poster: httpx.Client, name: str, headers: dict[str, str]
) -> None:
    answer = poster.post(f"/api/v1/webhooks/{name}", content=EVENT, headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"readings": 1, "quarantined": []})
    assert stored(hospital) == [4530]


@pytest.mark.parametrize(
    ("name", "headers"),
    [
        ("hmac-sha256", dict[str, str]()),
        ("hmac-sha256", {"x-signature-256": signed(EVENT, "another secret")}),
        ("hmac-sha256", {"x-signature-256": signed(b"another body")}),
        ("hmac-sha256", {"x-signature-256": "é"}),
        ("disruptive", {"x-dt-signature": token(EVENT, "another secret")}),
        ("disruptive", {"x-dt-signature": token(b"another body")}),
        ("disruptive", {"x-dt-signature": token(EVENT, algorithm="none")}),
        ("disruptive", {"x-dt-signature": token(EVENT, expires=-60)}),
        ("disruptive", {"x-dt-signature": "no.token"}),
        ("bearer", {"authorization": "Bearer another"}),
        ("basic", {"authorization": basic("user:another")}),
        ("basic", {"authorization": f"Bearer {SECRET}"}),
    ],
)
def test_who_does_not_is_refused_and_nothing_is_stored(
    hospital: Hospital, poster: httpx.Client, name: str, headers: dict[str, str]
) -> None:
    raw = {key.encode(): value.encode() for key, value in headers.items()}
    answer = poster.post(f"/api/v1/webhooks/{name}", content=EVENT, headers=raw)
    assert answer.status_code == 403
    assert "does not prove" in answer.json()["error"]["message"]
    assert stored(hospital) == []


def test_an_event_that_cannot_be_read_is_in_quarantine(hospital: Hospital, poster: httpx.Client) -> None:
    body = b"{"
    answer = poster.post("/api/v1/webhooks/hmac-sha256", content=body, headers={"x-signature-256": signed(body)})
    assert answer.status_code == 422
    assert "in quarantine" in answer.json()["error"]["message"]
    with hospital.store.reading() as tx:
        assert quarantine.count(tx) == {"damaged": 1}


def test_an_event_without_a_temperature_is_no_error(poster: httpx.Client) -> None:
    body = b'{"targetName": "x", "data": {"touch": {}}}'
    answer = poster.post("/api/v1/webhooks/hmac-sha256", content=body, headers={"x-signature-256": signed(body)})
    assert (answer.status_code, answer.json()["readings"]) == (200, 0)


def test_an_unknown_webhook_is_not_found(poster: httpx.Client) -> None:
    assert poster.post("/api/v1/webhooks/other", content=EVENT).status_code == 404
