"""The demo's own receivers, spoken to by real clients."""

import smtplib
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from simulators.sinks import LARGEST_BODY, MailSink, WebhookSink, subject_of


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def mail_sink(tmp_path: Path, heard: list[str]) -> Iterator[MailSink]:
    sink = MailSink(tmp_path / "mail", heard.append)
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture
def webhook_sink(tmp_path: Path) -> Iterator[WebhookSink]:
    sink = WebhookSink(tmp_path / "webhook")
    sink.start()
    yield sink
    sink.stop()


def a_mail(text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = "coldchain@demo.invalid", "ward@demo.invalid"
    mail["Subject"] = "Out of range: Ward 2 – above 8 °C"
    mail.set_content(text)
    return mail


def test_a_mail_is_kept_as_it_was_sent(mail_sink: MailSink, heard: list[str]) -> None:
    with smtplib.SMTP("127.0.0.1", mail_sink.port, timeout=120) as client:
        client.send_message(a_mail("first line\n.a line with a dot\n..two\nlast"))
        client.send_message(a_mail("another one"))
    kept = sorted(mail_sink.received.folder.glob("*.eml"))
    assert [path.name for path in kept] == ["00001.eml", "00002.eml"]
    assert b"\r\n.a line with a dot\r\n..two\r\nlast" in kept[0].read_bytes()
    assert heard == ["Out of range: Ward 2 – above 8 °C"] * 2
    assert mail_sink.received.new == 2


def test_an_unknown_command_is_answered_and_the_conversation_goes_on(mail_sink: MailSink) -> None:
    with smtplib.SMTP("127.0.0.1", mail_sink.port, timeout=120) as client:
        assert client.docmd("STARTTLS")[0] == 502
        assert client.noop()[0] == 250


def test_a_body_is_kept_as_it_was_posted(webhook_sink: WebhookSink) -> None:
    request = urllib.request.Request(webhook_sink.url, data=b'{"schema": "coldchain.alert/1"}', method="POST")
    with urllib.request.urlopen(request, timeout=120) as answer:
        assert answer.status == 204
    assert (webhook_sink.received.folder / "00001.json").read_bytes() == b'{"schema": "coldchain.alert/1"}'


def test_a_body_too_large_is_refused_and_not_kept(webhook_sink: WebhookSink) -> None:
    request = urllib.request.Request(webhook_sink.url, data=b"x", method="POST")
    request.add_unredirected_header("Content-Length", str(LARGEST_BODY + 1))
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=120)
    refused.value.close()
    assert refused.value.code == 413
    assert webhook_sink.received.count == 0


def test_a_folder_that_holds_mail_is_added_to(tmp_path: Path) -> None:
    (tmp_path / "00001.eml").write_bytes(b"older")
    sink = MailSink(tmp_path)
    sink.received.keep(b"Subject: newer\r\n\r\n")
    sink._server.server_close()
    assert (tmp_path / "00001.eml").read_bytes() == b"older"
    assert (sink.received.count, sink.received.new) == (2, 1)


def test_a_mail_without_a_subject_has_an_empty_one() -> None:
    assert subject_of(b"To: x@demo.invalid\r\n\r\nhello") == ""
