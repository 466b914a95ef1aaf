"""E-mail by the site's SMTP server, one message a recipient, with the same Message-ID on every attempt."""

import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from coldchain.errors import DeliveryFailed
from coldchain.notifying.channel import Body, one_line
from coldchain.notifying.deadline import deadline
from coldchain.notifying.wording import subject, text

_WHOLE = 4
"""The whole conversation may take so many times the timeout of one answer."""


class Mail:
    """E-mail to one address.

    Args:
        host, port: The SMTP server.
        security: ``starttls``, ``tls`` or ``none``; with the first two the server's certificate is verified.
        sender, recipient: Plain addresses.
        zone: For the times in the text.
        clock_ms: The time, UTC ms.
        user, password: The account at the server, or none.
        ca_file: Who signed the server's certificate; ``None`` for the system's authorities.
        timeout_s: For each answer of the server.
    """

    in_order = False

    def __init__(
        self,
        host: str,
        port: int,
        security: str,
        sender: str,
        recipient: str,
        zone: ZoneInfo,
        clock_ms: Callable[[], int],
        user: str | None = None,
        password: Callable[[], str] | None = None,
        ca_file: Path | None = None,
        timeout_s: float = 15.0,
    ) -> None:
        self.host, self.port, self.security = host, port, security
        self.sender, self.recipient = sender, recipient
        self._zone, self._clock_ms = zone, clock_ms
        self._user, self._password = user, password
        self._ca_file, self._timeout_s = ca_file, timeout_s

    def message(self, alert_id: str, body: Body) -> EmailMessage:
        """The message of an alert; whatever a title or a comment holds, it stays within its header."""
        message = EmailMessage(policy=SMTP)
        domain = self.sender.rpartition("@")[2]
        message["From"] = Address(addr_spec=self.sender)
        message["To"] = Address(addr_spec=self.recipient)
        message["Subject"] = one_line(subject(body, self._zone), 200)
        message["Date"] = format_datetime(datetime.fromtimestamp(self._clock_ms() / 1000, UTC))
        message["Message-ID"] = f"<{_atom(alert_id)}@{domain}>"
        if body.get("excursion"):  # mail programs show an excursion's messages together
            message["References"] = f"<excursion-{_atom(str(body['excursion']))}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message["Coldchain-Alert-Id"] = _atom(alert_id)
        message.set_content(text(body, self._zone))
        return message

    def send(self, alert_id: str, body: Body) -> str:
        """Hand the message to the server; see `Channel.send`."""
        message = self.message(alert_id, body)
        return self._talk(lambda client: self._hand_over(client, message))

    def try_out(self) -> None:
        """Connect, encrypt and sign in as for a message, and send none.

        Raises:
            DeliveryFailed: The server would not take a message now.
        """
        self._talk(lambda client: _text(client.noop()[1]))

    def _talk(self, say: Callable[[smtplib.SMTP], str]) -> str:
        clients: list[smtplib.SMTP] = []
        with deadline(_WHOLE * self._timeout_s, lambda: clients[0].sock if clients else None) as over:
            try:
                client = self._connected(clients)
                if self._user and self._password:
                    client.login(self._user, self._password())
                return say(client)
            except (smtplib.SMTPException, OSError, ValueError) as error:
                raise self._translated(TimeoutError() if over.is_set() else error) from error
            finally:
                for client in clients:
                    client.close()

    def _connected(self, clients: list[smtplib.SMTP]) -> smtplib.SMTP:
        """A connection, seen in ``clients`` before it begins to talk."""
        if self.security == "tls":
            return _Encrypted(clients, self.host, self.port, timeout=self._timeout_s, context=self._trust())
        client = _Plain(clients, self.host, self.port, timeout=self._timeout_s)
        if self.security == "starttls":
            _expect(*client.starttls(context=self._trust()))
        return client

    def _hand_over(self, client: smtplib.SMTP, message: EmailMessage) -> str:
        client.ehlo_or_helo_if_needed()
        _expect(*client.mail(self.sender))
        _expect(*client.rcpt(self.recipient))
        code, said = client.data(message.as_bytes())
        _expect(code, said)
        with contextlib.suppress(smtplib.SMTPException, OSError):  # it has the message; a rude goodbye is no failure
            client.quit()
        return f"{code} {_text(said)}"

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self._ca_file) if self._ca_file else None)

    def _translated(self, error: Exception) -> DeliveryFailed:
        where = f"the mail server {self.host}, port {self.port},"
        match error:
            case smtplib.SMTPAuthenticationError():  # about the account, not the message: people can put it right
                said = f"does not let us in: {error.smtp_code} {_text(error.smtp_error)}"
                return DeliveryFailed(f"{where} {said}; check user and password", retry=True)
            case smtplib.SMTPResponseException():
                said = f"{error.smtp_code} {_text(error.smtp_error)}"
                return DeliveryFailed(f"{where} answered {said}", retry=not 500 <= error.smtp_code < 600)
            case smtplib.SMTPNotSupportedError():
                return DeliveryFailed(f"{where} does not offer what the settings ask for: {error}", retry=True)
            case ssl.SSLCertVerificationError():
                return DeliveryFailed(f"{where} has no certificate that we trust: {error.verify_message}", retry=True)
            case TimeoutError():
                return DeliveryFailed(f"{where} did not answer in time", retry=True)
            case socket.gaierror():
                return DeliveryFailed(f"{where} is not known to the name service", retry=True)
            case OSError() | smtplib.SMTPException():
                return DeliveryFailed(f"{where} cannot be reached: {error}", retry=True)
            case _:
                return DeliveryFailed(f"the message cannot be sent: {error}", retry=False)


class _Plain(smtplib.SMTP):
    def __init__(self, clients: list[smtplib.SMTP], host: str, port: int, timeout: float) -> None:
        clients.append(self)
        super().__init__(host, port, timeout=timeout)


class _Encrypted(smtplib.SMTP_SSL):
    def __init__(
        self, clients: list[smtplib.SMTP], host: str, port: int, timeout: float, context: ssl.SSLContext
    ) -> None:
        clients.append(self)
        super().__init__(host, port, timeout=timeout, context=context)


def _expect(code: int, said: bytes) -> None:
    if not 200 <= code < 300:
        raise smtplib.SMTPResponseException(code, said)


def _text(said: bytes | str) -> str:
    return one_line(said.decode("utf-8", "replace") if isinstance(said, bytes) else said)


def _atom(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", text)
