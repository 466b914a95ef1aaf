"""E-mail through a real SMTP server, and through such that are not what they should be."""

import email
import email.policy
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.errors import DeliveryFailed
from coldchain.notifying.smtp import Mail
from tests.notifying.rows import BODY, T0
from tests.notifying.servers import certificate, mail_server, silent_server
from tests.ports import free_port

LINKED = {**BODY, "link": "https://cold.example.org/excursions/2026-0142"}


def mail(port: int, security: str = "none", **options: Any) -> Mail:
    return Mail(
        options.pop("host", "127.0.0.1"),
        port,
        security,
        "coldchain@example.org",
        "on-call@example.org",
        ZoneInfo("Europe/Berlin"),
        lambda: T0,
        **{"timeout_s": 60.0, **options},
    )


def test_an_alert_arrives_with_a_stable_message_id() -> None:
    with mail_server() as box:
        channel = mail(box.port)
        assert channel.send("a-1", LINKED) == "250 OK queued as 42"
        channel.send("a-1", LINKED)
    first, second = (email.message_from_bytes(each, policy=email.policy.default) for each in box.messages)
    assert first["Message-ID"] == second["Message-ID"] == "<a-1@example.org>"
    assert first["Coldchain-Alert-Id"] == "a-1"
    assert first["Subject"] == "Ward 3 refrigerator: out of range since 2026-11-21 02:14 CET"
    assert (first["From"], first["To"]) == ("coldchain@example.org", "on-call@example.org")
    assert first["References"] == "<excursion-2026-0142@example.org>"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Date"].datetime.timestamp() == T0 // 1000
    assert "https://cold.example.org/excursions/2026-0142" in first.get_content()
    assert box.sent_to == ["on-call@example.org"] * 2


@pytest.mark.parametrize(
    "title",
    ["Ward\r\nBcc: all@example.org", "Ward\nSubject: x", "Kühlschrank 3 – Station Ä", "日本", "\udcff?", "w" * 900],
)
def test_a_title_stays_in_its_header(title: str) -> None:
    body = {**LINKED, "location": {"name": "w", "title": title}}
    with mail_server() as box:
        mail(box.port).send("a-1\r\nBcc: all@example.org", body)
    (raw,) = box.messages
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert "Bcc" not in message
    assert message.get_all("Subject") == [message["Subject"]]
    assert box.sent_to == ["on-call@example.org"]
    assert message["Message-ID"] == "<a-1--Bcc--all-example.org@example.org>"


@pytest.mark.parametrize(
    ("rcpt", "data", "again", "said"),
    [
        ("550 no such user", "250 OK", False, "answered 550 no such user"),
        ("450 greylisted", "250 OK", True, "answered 450 greylisted"),
        ("452 full", "250 OK", True, "answered 452 full"),
        ("250 OK", "554 refused", False, "answered 554 refused"),
        ("250 OK", "451 later", True, "answered 451 later"),
    ],
)
def test_a_refusal_says_whether_trying_again_can_help(rcpt: str, data: str, again: bool, said: str) -> None:
    with mail_server() as box:
        box.rcpt, box.data = rcpt, data
        with pytest.raises(DeliveryFailed, match=said) as refused:
            mail(box.port).send("a-1", LINKED)
    assert refused.value.retry is again
    assert box.messages == []


def test_with_starttls_the_server_proves_who_it_is_before_it_gets_the_password(tmp_path: Path) -> None:
    context, authority = certificate(tmp_path)
    with mail_server(context, password="right horse") as box:
        options: dict[str, Any] = {"user": "coldchain", "password": lambda: "right horse"}
        mail(box.port, "starttls", ca_file=authority, **options).send("a-1", LINKED)
        assert len(box.messages) == 1
        with pytest.raises(DeliveryFailed, match="no certificate that we trust") as refused:
            mail(box.port, "starttls", **options).send("a-1", LINKED)
        assert refused.value.retry
        wrong = mail(box.port, "starttls", ca_file=authority, user="coldchain", password=lambda: "wr0ng")
        with pytest.raises(DeliveryFailed, match="check user and password") as refused:
            wrong.send("a-1", LINKED)
        assert refused.value.retry
        assert "wr0ng" not in str(refused.value)
    assert len(box.messages) == 1


def test_with_tls_from_the_first_byte_the_server_proves_who_it_is(tmp_path: Path) -> None:
    context, authority = certificate(tmp_path)
    with mail_server(context, from_the_start=True) as box:
        mail(box.port, "tls", ca_file=authority).send("a-1", LINKED)
        with pytest.raises(DeliveryFailed, match="no certificate that we trust"):
            mail(box.port, "tls").send("a-1", LINKED)
    assert len(box.messages) == 1


def test_a_certificate_for_another_name_is_none(tmp_path: Path) -> None:
    context, authority = certificate(tmp_path, "mail.example.org")
    with mail_server(context) as box, pytest.raises(DeliveryFailed, match="no certificate that we trust"):
        mail(box.port, "starttls", ca_file=authority).send("a-1", LINKED)


def test_a_server_that_offers_no_tls_gets_no_mail() -> None:
    with mail_server() as box, pytest.raises(DeliveryFailed, match="does not offer") as refused:
        mail(box.port, "starttls").send("a-1", LINKED)
    assert refused.value.retry
    assert box.messages == []


def test_a_dead_server_is_asked_again_later() -> None:
    with pytest.raises(DeliveryFailed, match="cannot be reached") as refused:
        mail(free_port()).send("a-1", LINKED)
    assert refused.value.retry


@pytest.mark.parametrize(
    ("case", "greeting"),
    [("says nothing", b""), ("one byte at a time, for ever", b"2"), ("the same line for ever", b"220-hello\r\n")],
)
@pytest.mark.parametrize("security", ["none", "tls"])
def test_a_server_that_never_comes_to_the_point_is_left(case: str, greeting: bytes, security: str) -> None:
    with silent_server(greeting, drip_s=0.05) as port, pytest.raises(DeliveryFailed) as refused:
        mail(port, security, timeout_s=0.2).send("a-1", LINKED)
    assert refused.value.retry, case


def test_a_server_that_is_no_mail_server_is_left() -> None:
    with silent_server(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port, pytest.raises(DeliveryFailed) as refused:
        mail(port, timeout_s=1).send("a-1", LINKED)
    assert refused.value.retry


def test_an_unknown_host_is_asked_again_later() -> None:
    with pytest.raises(DeliveryFailed, match=r"not known|cannot be reached") as refused:
        mail(25, host="no-such-host.invalid").send("a-1", LINKED)
    assert refused.value.retry


@given(title=st.text(max_size=300), name=st.text(max_size=80), alert_id=st.text(min_size=1, max_size=60))
def test_no_text_gets_out_of_its_place_in_a_message(title: str, name: str, alert_id: str) -> None:
    body = {**LINKED, "location": {"name": "w", "title": title}, "sensor": {"name": name, "channel": name}}
    raw = mail(25).message(alert_id, body).as_bytes()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert not message.defects
    assert sorted(message.keys()) == sorted(
        [
            "From", "To", "Subject", "Date", "Message-ID", "References", "Auto-Submitted", "Coldchain-Alert-Id",
            "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
        ]
    )  # fmt: skip
    assert message["To"] == "on-call@example.org"
    assert max(len(line) for line in raw.split(b"\r\n")) < 998
