"""Webhooks: the alert's JSON body, posted once an attempt, signed if the receiver shares a key.

Headers: ``Coldchain-Alert-Id`` and ``Idempotency-Key`` (the alert's id), ``Coldchain-Timestamp`` (seconds) and
``Coldchain-Signature: sha256=HEX``, the HMAC-SHA256 of ``TIMESTAMP.BODY``.
"""

import hashlib
import hmac
import http.client
import json
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from coldchain.errors import DeliveryFailed
from coldchain.notifying.channel import Body, one_line
from coldchain.notifying.deadline import deadline
from coldchain.version import __version__

MORE_TIME = frozenset({401, 403, 404, 407, 408, 425, 429})
"""Answers that somebody, or time, can put right: a key, an address, a limit. Other 4xx: the body itself is refused."""

_LARGEST_ANSWER = 4096
_WHOLE = 3


class Webhook:
    """Posts alerts to one address.

    Args:
        url: The address; never shown, it may hold a token.
        clock_ms: The time, UTC ms.
        secret: The key of the signature, or none.
        ca_file: Who signed the receiver's certificate; ``None`` for the system's authorities.
        timeout_s: For connecting and for each piece of the answer.
    """

    in_order = False

    def __init__(
        self,
        url: Callable[[], str],
        clock_ms: Callable[[], int],
        secret: Callable[[], str] | None = None,
        ca_file: Path | None = None,
        timeout_s: float = 10.0,
    ) -> None:
        self._url, self._clock_ms, self._secret = url, clock_ms, secret
        self._ca_file, self._timeout_s = ca_file, timeout_s

    def send(self, alert_id: str, body: Body) -> str:
        """Post the alert; see `Channel.send`. Redirects are not followed: the settings say where alerts go."""
        content = json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
        parts = urlsplit(self._url())
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        where = f"the webhook at {parts.hostname}"
        connection = self._connection(parts.scheme, parts.hostname or "", parts.port)
        open_now: list[socket.socket] = []  # the connection forgets its socket when an answer ends it
        with deadline(_WHOLE * self._timeout_s, lambda: next(iter(open_now), connection.sock)) as over:
            try:
                connection.connect()
                open_now.append(connection.sock)
                connection.request("POST", path, body=content, headers=self._headers(alert_id, content))
                with connection.getresponse() as answer:
                    said = answer.read(_LARGEST_ANSWER).decode("utf-8", "replace")
            except (OSError, http.client.HTTPException, ValueError) as error:
                raise _translated(where, TimeoutError() if over.is_set() else error) from error
            finally:
                connection.close()
        return _judged(where, answer, said)

    def _headers(self, alert_id: str, content: bytes) -> dict[str, str]:
        timestamp = str(self._clock_ms() // 1000)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"coldchain/{__version__}",
            "Coldchain-Alert-Id": alert_id,
            "Idempotency-Key": alert_id,
            "Coldchain-Timestamp": timestamp,
        }
        if self._secret is not None:
            headers["Coldchain-Signature"] = f"sha256={signature(self._secret(), timestamp, content)}"
        return headers

    def _connection(self, scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
        if scheme == "https":
            trust = ssl.create_default_context(cafile=str(self._ca_file) if self._ca_file else None)
            return http.client.HTTPSConnection(host, port, timeout=self._timeout_s, context=trust)
        return http.client.HTTPConnection(host, port, timeout=self._timeout_s)


def signature(secret: str, timestamp: str, content: bytes) -> str:
    """The HMAC-SHA256 of ``TIMESTAMP.BODY``, in hexadecimal: what a receiver computes and compares."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + content, hashlib.sha256).hexdigest()


def _judged(where: str, answer: http.client.HTTPResponse, said: str) -> str:
    status = f"{answer.status} {one_line(answer.reason, 60)}".strip()
    if 200 <= answer.status < 300:
        return status
    if 300 <= answer.status < 400:
        host = urlsplit(answer.headers.get("Location") or "").hostname
        elsewhere = f" to {one_line(host, 100)}" if host else ""
        message = f"{where} answered {status}{elsewhere}: put the new address into the settings"
        raise DeliveryFailed(message, retry=True)
    retry = answer.status >= 500 or answer.status < 200 or answer.status in MORE_TIME
    raise DeliveryFailed(f"{where} answered {status}: {one_line(said, 200)}".rstrip(": "), retry=retry)


def _translated(where: str, error: Exception) -> DeliveryFailed:
    match error:
        case ssl.SSLCertVerificationError():
            said = f"has no certificate that we trust: {error.verify_message}"
        case TimeoutError():
            said = "did not answer in time"
        case socket.gaierror():
            said = "is not known to the name service"
        case http.client.HTTPException():
            said = f"did not answer in HTTP: {type(error).__name__}"
        case OSError():
            said = f"cannot be reached: {error.strerror or type(error).__name__}"
        case _:
            return DeliveryFailed(f"{where}: the alert cannot be sent: {type(error).__name__}", retry=False)
    return DeliveryFailed(f"{where} {said}", retry=True)
