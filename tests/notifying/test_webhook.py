"""Webhooks: a real HTTP server, and such that are not what they should be."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from coldchain.errors import DeliveryFailed
from coldchain.notifying.webhook import Webhook
from tests.notifying.rows import BODY, T0
from tests.notifying.servers import certificate, hook_server, silent_server
from tests.ports import free_port


def webhook(url: str, **options: Any) -> Webhook:
    return Webhook(lambda: url, lambda: T0, **{"timeout_s": 60.0, **options})


def test_the_body_is_the_alert_and_its_id_is_in_the_headers() -> None:
    with hook_server() as hook:
        assert webhook(hook.url).send("a-1", BODY) == "200 OK"
    (request,) = hook.got
    assert request.path == "/hook?key=s3cret"
    assert json.loads(request.body) == BODY
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Coldchain-Alert-Id"] == request.headers["Idempotency-Key"] == "a-1"
    assert "Coldchain-Signature" not in request.headers


def test_with_a_shared_key_the_receiver_can_check_who_sent_it_and_when() -> None:
    with hook_server() as hook:
        webhook(hook.url, secret=lambda: "shared").send("a-1", {**BODY, "message": "Kühlschrank"})
    (request,) = hook.got
    signed = request.headers["Coldchain-Timestamp"].encode() + b"." + request.body
    expected = hmac.new(b"shared", signed, hashlib.sha256).hexdigest()
    assert request.headers["Coldchain-Timestamp"] == str(T0 // 1000)
    assert request.headers["Coldchain-Signature"] == f"sha256={expected}"


@pytest.mark.parametrize(
    ("status", "again"),
    [
        (500, True), (502, True), (503, True), (504, True), (429, True), (408, True), (425, True),
        (401, True), (403, True), (404, True),
        (400, False), (405, False), (410, False), (413, False), (415, False), (422, False),
    ],
)  # fmt: skip
def test_an_answer_says_whether_trying_again_can_help(status: int, again: bool) -> None:
    with hook_server() as hook:
        hook.status, hook.answer = status, b"<p>what\r\nit\x00 says</p>"
        with pytest.raises(DeliveryFailed, match=f"answered {status}") as refused:
            webhook(hook.url).send("a-1", BODY)
    assert refused.value.retry is again
    assert "what it says" in str(refused.value).replace("  ", " ")
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed_but_said(status: int) -> None:
    with hook_server() as hook, hook_server() as elsewhere:
        hook.status, hook.location = status, elsewhere.url
        with pytest.raises(DeliveryFailed) as refused:
            webhook(hook.url).send("a-1", BODY)
    assert refused.value.retry
    assert f"answered {status}" in str(refused.value)
    assert str(refused.value).endswith("to 127.0.0.1: put the new address into the settings")
    assert "s3cret" not in str(refused.value)
    assert elsewhere.got == []


def test_with_https_the_receiver_proves_who_it_is(tmp_path: Path) -> None:
    context, authority = certificate(tmp_path)
    with hook_server(context) as hook:
        url = hook.url.replace("http:", "https:")
        webhook(url, ca_file=authority).send("a-1", BODY)
        assert len(hook.got) == 1
        with pytest.raises(DeliveryFailed, match="no certificate that we trust") as refused:
            webhook(url).send("a-1", BODY)
        assert refused.value.retry
    assert len(hook.got) == 1


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ("nothing", b""),
        ("one byte at a time", b"H"),
        ("headers for ever", b"X: y\r\n"),
        ("no HTTP", b"hello\r\n"),
    ],
)
def test_a_receiver_that_never_comes_to_the_point_is_left(case: str, says: bytes) -> None:
    with silent_server(says, drip_s=0.05) as port, pytest.raises(DeliveryFailed) as refused:
        webhook(f"http://127.0.0.1:{port}/", timeout_s=0.2).send("a-1", BODY)
    assert refused.value.retry, case


def test_a_receiver_that_has_taken_it_may_chatter_but_not_for_ever() -> None:
    with silent_server(b"HTTP/1.0 200 OK\r\n\r\n", drip_s=0.05) as port:
        assert next(said for said in map(_taken, [port] * 3, (0.2, 2.0, 20.0)) if said) == "200 OK"


def _taken(port: int, patience_s: float) -> str | None:
    """What the receiver said within a patience; nothing where this machine was too slow for so little."""
    try:
        return webhook(f"http://127.0.0.1:{port}/", timeout_s=patience_s).send("a-1", BODY)
    except DeliveryFailed:
        return None


def test_a_long_answer_is_read_only_in_part() -> None:
    with hook_server() as hook:
        hook.status, hook.answer = 500, b"x" * 1_000_000
        with pytest.raises(DeliveryFailed) as refused:
            webhook(hook.url).send("a-1", BODY)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
def test_a_receiver_that_is_not_there_is_asked_again_later(host: str) -> None:
    with pytest.raises(DeliveryFailed, match=r"cannot be reached|not known") as refused:
        webhook(f"http://{host}:{free_port()}/hook?key=s3cret").send("a-1", BODY)
    assert refused.value.retry
    assert "s3cret" not in str(refused.value)
