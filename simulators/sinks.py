"""A mail server and a webhook receiver that live on the loopback only and keep what they get: the demo's other side."""

import socketserver
import threading
from collections.abc import Callable
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

LARGEST_BODY = 1_000_000


class Received:
    """A folder of what was received, one file each, and how many."""

    def __init__(self, folder: Path, suffix: str, tell: Callable[[bytes], None] = lambda _: None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._suffix = suffix
        self._tell = tell
        self._lock = threading.Lock()
        self._before = self.count = sum(1 for _ in folder.glob(f"*{suffix}"))

    @property
    def new(self) -> int:
        """How many came since this object was made."""
        return self.count - self._before

    def keep(self, content: bytes) -> None:
        """Write one more file."""
        with self._lock:
            self.count += 1
            (self.folder / f"{self.count:05d}{self._suffix}").write_bytes(content)
        self._tell(content)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class MailSink:
    """An SMTP server (RFC 5321, the commands a client needs) that takes every mail and keeps it."""

    def __init__(self, folder: Path, tell: Callable[[str], None] = lambda _: None) -> None:
        """Listen on a port of the system's choice; ``tell`` hears every mail's subject."""
        self.received = Received(folder, ".eml", lambda mail: tell(subject_of(mail)))
        received = self.received

        class Conversation(socketserver.StreamRequestHandler):
            timeout = 30

            def handle(self) -> None:
                _converse(self.rfile.readline, self.wfile.write, received.keep)

        self._server = _Server(("127.0.0.1", 0), Conversation)
        self.port = int(self._server.server_address[1])

    def start(self) -> None:
        """Listen in a thread of its own."""
        threading.Thread(target=self._server.serve_forever, name="demo-mail", daemon=True).start()

    def stop(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()


def _converse(readline: Callable[[int], bytes], write: Callable[[bytes], Any], keep: Callable[[bytes], None]) -> None:
    """One SMTP conversation, from greeting to goodbye."""
    write(b"220 demo.invalid the demo's own mail server\r\n")
    while line := readline(2048):
        match line.strip().upper().split(b" ", 1)[0]:
            case b"EHLO":
                write(b"250-demo.invalid\r\n250 8BITMIME\r\n")
            case b"DATA":
                write(b"354 end with a dot on a line of its own\r\n")
                keep(_mail_text(readline))
                write(b"250 kept\r\n")
            case b"QUIT":
                write(b"221 goodbye\r\n")
                return
            case b"HELO" | b"MAIL" | b"RCPT" | b"RSET" | b"NOOP":
                write(b"250 ok\r\n")
            case _:
                write(b"502 not known here\r\n")


def _mail_text(readline: Callable[[int], bytes]) -> bytes:
    text = bytearray()
    while (line := readline(65_536)) and line not in {b".\r\n", b".\n"}:
        text += line[1:] if line.startswith(b"..") else line  # RFC 5321 4.5.2: a doubled dot is one
        if len(text) > LARGEST_BODY:
            raise ConnectionError("a mail larger than the demo's alerts ever are")
    return bytes(text)


def subject_of(mail: bytes) -> str:
    """A mail's subject, decoded."""
    return str(message_from_bytes(mail, policy=policy.default)["Subject"] or "")


class WebhookSink:
    """An HTTP server that takes every POST and keeps its body."""

    def __init__(self, folder: Path) -> None:
        self.received = Received(folder, ".json")
        received = self.received

        class Answer(BaseHTTPRequestHandler):
            timeout = 30

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                if length > LARGEST_BODY:
                    self.send_error(413)
                    return
                received.keep(self.rfile.read(length))
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
                """Say nothing: the console is the demo's."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Where to post to."""
        return f"http://127.0.0.1:{self.port}/alerts"

    def start(self) -> None:
        """Listen in a thread of its own."""
        threading.Thread(target=self._server.serve_forever, name="demo-webhook", daemon=True).start()

    def stop(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()
