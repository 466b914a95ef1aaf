"""Real servers on loopback: for mail, for webhooks, and such that take a connection and say nothing, or too little."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.ports import free_port


@contextmanager
def silent_server(greeting: bytes = b"", drip_s: float = 0.0) -> Iterator[int]:
    """Takes connections and says nothing, or the greeting one byte at a time for ever; yields its port."""
    done = threading.Event()
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket) -> None:
        with connection:
            while not done.wait(drip_s or 0.05):
                try:
                    connection.sendall(greeting)
                except OSError:
                    return

    def accept() -> None:
        while not done.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=serve, args=(connection,)))
            threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)
        accepting = threading.Thread(target=_until(done, accept))
        accepting.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            done.set()
            for thread in [accepting, *threads]:
                thread.join()


def _until(done: threading.Event, accept: Callable[[], None]) -> Callable[[], None]:
    def loop() -> None:
        while not done.is_set():
            accept()

    return loop


@dataclass
class Request:
    """What a webhook received."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Hook:
    """A webhook's server: answers as told and keeps what came."""

    port: int
    got: list[Request] = field(default_factory=list)
    status: int = 200
    answer: bytes = b"ok"
    location: str | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?key=s3cret"


@contextmanager
def hook_server(tls: ssl.SSLContext | None = None) -> Iterator[Hook]:
    """A real HTTP server."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.got.append(Request(self.path, dict(self.headers), body))
            self.send_response(hook.status)
            if hook.location:
                self.send_header("Location", hook.location)
            self.send_header("Content-Length", str(len(hook.answer)))
            self.end_headers()
            self.wfile.write(hook.answer)

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that hangs up is expected
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        hook = Hook(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield hook
        finally:
            server.shutdown()
            thread.join()


@dataclass
class MailBox:
    """What a mail server took, and how it answers."""

    port: int = 0
    messages: list[bytes] = field(default_factory=list)
    sent_to: list[str] = field(default_factory=list)
    rcpt: str = "250 OK"
    data: str = "250 OK queued as 42"

    async def handle_RCPT(  # noqa: N802 — the library's names
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data.startswith("250"):
            self.messages.append(envelope.content)
            self.sent_to += envelope.rcpt_tos
        return self.data


class _Controller(Controller):
    """Aiosmtpd on a port of the system's choice."""

    def factory(self) -> SMTP:
        return SMTP(self.handler, **self.SMTP_kwargs)


@contextmanager
def mail_server(
    tls: ssl.SSLContext | None = None, *, from_the_start: bool = False, password: str | None = None
) -> Iterator[MailBox]:
    """A real SMTP server."""
    box = MailBox(port=free_port())

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and data.password == (password or "").encode()
        return AuthResult(success=right, handled=False)

    options: dict[str, Any] = {"auth_required": password is not None, "authenticator": check}
    if tls and not from_the_start:
        options |= {"tls_context": tls, "require_starttls": True}
    controller = _Controller(
        box, hostname="127.0.0.1", port=box.port, ssl_context=tls if from_the_start else None, **options
    )
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


def certificate(folder: Path, name: str = "127.0.0.1") -> tuple[ssl.SSLContext, Path]:
    """A server's context with a certificate for a name, and the file of the authority that signed it."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a test's own authority")])
    alt: x509.GeneralName = (
        x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
    )  # fmt: skip
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(issuer)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alt]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    authority = folder / "authority.pem"
    authority.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret = folder / "server.key"
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, secret)
    return context, authority
