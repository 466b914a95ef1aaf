"""From bytes to lines: byte order marks, encodings, line ends; and what is no text at all."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar, overload

from coldchain.errors import FileRefused

MAX_BYTES = 1024 * 1024 * 1024
"""Far more than any logger holds (ten million readings are 300 MB)."""

MAX_BYTES_BY_LINES = 128 * 1024 * 1024
"""What can be read line after line: a text of its own for each takes ten times the memory."""

_HEAD = 1 << 12
_PIECE = 1 << 20

MAX_LINE = 65_536
"""Characters; the widest real export has about 2 000."""

_DIRECTIONS = re.compile(b"\xe2\x80[\x8e\x8f]")
"""U+200E and U+200F, which say how a line runs and are not seen: Windows writes them into dates."""

_UTF8_BOM = b"\xef\xbb\xbf"
_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "an Excel workbook or another zip: save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook: save the sheet as CSV"),
    (b"%PDF", "a PDF: export the readings as CSV or text"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3", "a database"),
    (b"\x1f\x8b", "compressed with gzip: unpack it first"),
)


_MARKUP: tuple[tuple[bytes, str], ...] = (
    (b"<!doctype", "a web page"),
    (b"<html", "a web page"),
    (b"<table", "a web page"),
    (b"<?xml", "XML"),
    (b'{"', "JSON"),
    (b'[{"', "JSON"),
)
"""Text that is no table, by its first characters in lower case and without blanks."""

_Made = TypeVar("_Made")


class Lines(Sequence[str]):
    """A file's lines, without their line ends; only those that are looked at are made into text.

    Raises:
        FileRefused: ``too-large``: so many lines are looked at one by one that memory would not last.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._known: list[str] = []
        self._until = 0
        self._kept: dict[str, Any] = {}

    def keep(self, name: str, make: Callable[[Sequence[str]], _Made]) -> _Made:
        """What ``make`` finds out about the lines; it is asked once."""
        if name not in self._kept:
            self._kept[name] = make(self)
        made: _Made = self._kept[name]
        return made

    def __len__(self) -> int:
        return self.data.count(b"\n") + (not self.data.endswith(b"\n"))

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        known = self._known
        if isinstance(at, slice):
            ends = at.stop is not None and at.stop >= 0 and (at.start or 0) >= 0 and (at.step or 1) > 0
            self._learn(at.stop if ends else None)
        elif not 0 <= at < len(known):
            self._learn(at + 1 if at >= 0 else None)
        return known[at]

    def __iter__(self) -> Iterator[str]:
        at = 0
        while True:
            if at == len(self._known):
                self._learn(at + 1)
            if at == len(self._known):
                return
            yield self._known[at]
            at += 1

    def _learn(self, count: int | None) -> None:
        """Make text of the first ``count`` lines, or of all of them."""
        while self._until < len(self.data) and (count is None or len(self._known) < count):
            if self._until > MAX_BYTES_BY_LINES:
                raise FileRefused(
                    "too-large",
                    f"it is larger than {MAX_BYTES_BY_LINES >> 20} MB and not a plain table that can be read in "
                    "pieces: split it",
                )
            piece = max(_HEAD, 2 * self._until)
            start = self._until
            stop = self.data.rfind(b"\n", start, start + piece) + 1 or self.data.find(b"\n", start) + 1
            self._until = stop = stop or len(self.data)
            lines = self.data[start:stop].decode("utf-8", "surrogatepass").split("\n")
            if not lines[-1] and self.data[stop - 1 : stop] == b"\n":
                lines.pop()
            self._known += lines


@dataclass(frozen=True)
class Text:
    """A file's lines, without their line ends.

    Attributes:
        encoding: What the bytes were read as.
        ends_cleanly: Whether the last line has a line end.
    """

    lines: Sequence[str]
    encoding: str
    ends_cleanly: bool

    @cached_property
    def data(self) -> bytes:
        """The lines as UTF-8, parted by line feeds."""
        if isinstance(self.lines, Lines):
            return self.lines.data
        return "\n".join(self.lines).encode("utf-8", "surrogatepass") + (b"\n" if self.ends_cleanly else b"")

    def offset_of(self, line: int) -> int:
        """Where a line begins in `data`, by its index; the end where there are not so many."""
        at = 0
        for _ in range(line):
            at = self.data.find(b"\n", at) + 1
            if not at:
                return len(self.data)
        return at


def text_of(content: bytes) -> Text:
    """The lines of a file.

    Raises:
        FileRefused: ``too-large``, ``unknown-format`` (not text), ``damaged`` or ``no-readings`` (empty).
    """
    if len(content) > MAX_BYTES:
        raise FileRefused("too-large", f"it is larger than {MAX_BYTES >> 20} MB, more than a logger holds: split it")
    for magic, kind in _KINDS:
        if content.startswith(magic):
            raise FileRefused("unknown-format", f"it is {kind}")
    data, encoding = _decode(content)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if b"\xe2" in data:  # a single byte is looked for many times as quickly
        data = _DIRECTIONS.sub(b"", data)
    if not data[:_HEAD].decode("utf-8", "ignore").strip() and not data.decode("utf-8", "surrogatepass").strip():
        raise FileRefused("no-readings", "it is empty")
    _refuse_markup(data)
    _refuse_long_lines(data)
    return Text(Lines(data), encoding, data.endswith(b"\n"))


def _refuse_markup(data: bytes) -> None:
    begins = b"".join(data[:200].lower().split())
    for mark, kind in _MARKUP:
        if begins.startswith(mark):
            raise FileRefused("unknown-format", f"it is {kind}: export the readings as CSV or text")


def _refuse_long_lines(data: bytes) -> None:
    """Refuse what no logger writes; only where a line is long in bytes are its characters counted."""
    start = 0
    while len(data) - start > MAX_LINE:
        end = data.rfind(b"\n", start, start + MAX_LINE + 1)
        if end < 0:
            end = data.find(b"\n", start)
            end = len(data) if end < 0 else end
            if (length := len(data[start:end].decode("utf-8", "surrogatepass"))) > MAX_LINE:
                number = data.count(b"\n", 0, start) + 1
                raise FileRefused("damaged", f"line {number} has {length} characters: no logger writes such a line")
        start = end + 1


def _decode(content: bytes) -> tuple[bytes, str]:
    """A file's text as UTF-8 without a byte order mark, and what it was written in."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _utf16(content, "utf-16")
    while content.startswith(_UTF8_BOM):  # LogTag Analyzer writes two
        content = content[len(_UTF8_BOM) :]
    if b"\0" in content:
        head = content[:4096]
        if not head.strip(b"\0"):
            raise FileRefused("damaged", "it begins with nothing but zero bytes: the file is damaged, export it again")
        if head.count(0) * 3 > len(head):  # UTF-16 without its mark
            return _utf16(content, "utf-16-le" if head[1:2] == b"\0" else "utf-16-be")
        line = content[: content.index(0)].count(b"\n") + 1
        raise FileRefused("damaged", f"line {line} holds a zero byte: the file is damaged, export it again")
    if _is_utf8(content):
        return content, "utf-8"
    try:
        text, encoding = content.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        text, encoding = content.decode("latin-1"), "latin-1"
    if len(re.findall(r"[\x01-\x08\x0e-\x1f\x7f-\x9f]", text[:8192])) > 8:
        raise FileRefused("unknown-format", "it is no text file: export the readings as CSV or text")
    return text.encode(), encoding


def _is_utf8(content: bytes) -> bool:
    """Whether all of it is UTF-8; looked at in pieces that end with a line, so that no copy of it all is made."""
    start = 0
    while start < len(content):
        stop = content.rfind(b"\n", start, start + _PIECE) + 1 or len(content)
        piece = content[start:stop]
        if not piece.isascii():
            try:
                piece.decode("utf-8")
            except UnicodeDecodeError:
                return False
        start = stop
    return True


def _utf16(content: bytes, encoding: str) -> tuple[bytes, str]:
    if len(content) > MAX_BYTES_BY_LINES:  # it is held as text too, which takes three times its bytes
        most = MAX_BYTES_BY_LINES >> 20
        raise FileRefused("too-large", f"it is UTF-16 text and larger than {most} MB: save it as UTF-8, or split it")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileRefused("damaged", "it begins as UTF-16 text but is cut or damaged") from error
    if "\0" in text:
        raise FileRefused("damaged", "it holds zero characters: the file is damaged, export it again")
    return text.encode("utf-8", "surrogatepass"), encoding
