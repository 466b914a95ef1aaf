"""From bytes to lines: byte order marks, encodings, line ends; and what is no text at all."""

import re
from dataclasses import dataclass

from coldchain.errors import FileRefused

MAX_BYTES = 128 * 1024 * 1024
"""Far more than any logger holds (a million readings are 30 MB)."""

MAX_LINE = 65_536
"""Characters; the widest real export has about 2 000."""

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


@dataclass(frozen=True)
class Text:
    """A file's lines, without their line ends.

    Attributes:
        encoding: What the bytes were read as.
        ends_cleanly: Whether the last line has a line end.
    """

    lines: list[str]
    encoding: str
    ends_cleanly: bool


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
    text, encoding = _decode(content)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise FileRefused("no-readings", "it is empty")
    lines = text.split("\n")
    ends_cleanly = not lines[-1]
    if ends_cleanly:
        lines.pop()
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_LINE:
            raise FileRefused("damaged", f"line {number} has {len(line)} characters: no logger writes such a line")
    return Text(lines, encoding, ends_cleanly)


def _decode(content: bytes) -> tuple[str, str]:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _utf16(content, "utf-16")
    while content.startswith(_UTF8_BOM):  # LogTag Analyzer writes two
        content = content[len(_UTF8_BOM) :]
    if b"\0" in content:
        head = content[:4096]
        if head.count(0) * 3 > len(head):  # UTF-16 without its mark
            return _utf16(content, "utf-16-le" if head[1:2] == b"\0" else "utf-16-be")
        line = content[: content.index(0)].count(b"\n") + 1
        raise FileRefused("damaged", f"line {line} holds a zero byte: the file is damaged, export it again")
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        text, encoding = content.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        text, encoding = content.decode("latin-1"), "latin-1"
    if len(re.findall(r"[\x01-\x08\x0e-\x1f\x7f-\x9f]", text[:8192])) > 8:
        raise FileRefused("unknown-format", "it is no text file: export the readings as CSV or text")
    return text, encoding


def _utf16(content: bytes, encoding: str) -> tuple[str, str]:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileRefused("damaged", "it begins as UTF-16 text but is cut or damaged") from error
    if "\0" in text:
        raise FileRefused("damaged", "it holds zero characters: the file is damaged, export it again")
    return text, encoding
