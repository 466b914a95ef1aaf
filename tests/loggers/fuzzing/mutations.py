"""Ways in which files go wrong, or are made to: each takes a file and a source of chance and gives another file."""

import io
import zipfile
from collections.abc import Callable, Sequence
from random import Random

TOKENS: tuple[bytes, ...] = (
    b"", b",", b";", b"\t", b"|", b'"', b'""', b"\n", b"\r", b"\r\n", b"\0", b"\xef\xbb\xbf", b"\xff\xfe",
    b"\xfe\xff", b"\x1a", b"\x85", b"\xa0", b"\xe2\x80\xa8", b"\xe2\x88\x92", b"\xef\xbf\xbd", b"-", b"(",
    b")", b"+", b".", b"/", b":", b"NaN", b"inf", b"-inf", b"1e999", b"-0", b"0x10", b"--.-", b"HI", b"LO",
    b"-127", b"999.9", b"9" * 400, b"0." + b"0" * 400 + b"1", b"99999999999999999999", b"\xd9\xa3\xd9\xa4",
    b"\xc2\xb2", b"\xe2\x85\xa7", b"AM", b"PM", b"29/02/2025", b"31/02/26 25:61:61", b"0000-00-00 00:00",
    b"9999-12-31 23:59:59", b"1970-01-01 00:00", b"24:00:00", b"2026-03-29 02:30", b"2026-10-25 02:30",
    b"2026-03-14T21:00:00+25:99", b"GMT-99:99", b"GMT+14:00", b"UTC", b"CST", b"1771545600", b"-1",
    b"99999999999999", b"9" * 19, b"Temp", b"\xc2\xb0C", b"\xc2\xb0F", b"K", b"Date Time", b"Time", b"S/N",
    b"Device: Q-tag Fridge-tag 2", b"Hist:", b"Data:", b"Sig: 00", b"Public Key: " + b"f" * 128, b"[#D]",
    b"[#H]", b"%DATA MadgeTech Data File", b"#datatype", b",result,table", b"entity_id,state,last_changed",
    b"name,tags,time,temp", b"<TIME: ", b"<INFO: Decode OK, 99999999999 Lines>",
    b"1-Wire/iButton Part Number: DS", b"Sensor: x (ID: 1)", b"Min", b"Max", b" " * 3_000, b"a" * 3_000,
    b"," * 3_000, b'"' * 999, b"1," * 2_000, b"-" * 500, b"(((((((", b"\\", b"'", b"{",
)  # fmt: skip
"""What parsers stumble over: marks, words, numbers and times at or beyond the end of what there is."""

Mutation = Callable[[bytes, Random], bytes]


def flip(content: bytes, chance: Random) -> bytes:
    """A few bytes become others."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def cut(content: bytes, chance: Random) -> bytes:
    """The file breaks off, or begins late."""
    at = chance.randrange(len(content) + 1)
    return content[:at] if chance.random() < 0.8 else content[at:]


def insert(content: bytes, chance: Random) -> bytes:
    """A token where none belongs."""
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(TOKENS) * chance.choice((1, 1, 1, 2, 40)) + content[at:]


def repeat(content: bytes, chance: Random) -> bytes:
    """A part of the file stands in it many times."""
    start = chance.randrange(len(content) + 1)
    part = content[start : start + chance.choice((1, 10, 200, 2_000))]
    return content[:start] + part * chance.choice((2, 5, 60)) + content[start:]


def drop(content: bytes, chance: Random) -> bytes:
    """A part is gone."""
    start = chance.randrange(len(content) + 1)
    return content[:start] + content[start + chance.choice((1, 2, 30, 400)) :]


def lines(content: bytes, chance: Random) -> bytes:
    """Lines are swapped, left out, repeated or turned round."""
    rows = content.splitlines(keepends=True)
    match chance.randrange(4):
        case 0:
            chance.shuffle(rows)
        case 1:
            rows = [row for row in rows if chance.random() < 0.8]
        case 2:
            rows = [row for row in rows for _ in range(chance.choice((1, 1, 1, 3)))]
        case _:
            rows.reverse()
    return b"".join(rows)


def cells(content: bytes, chance: Random) -> bytes:
    """Cells become tokens."""
    delimiter = chance.choice((b",", b";", b"\t", b" ", b":"))
    parts = content.split(delimiter)
    for _ in range(chance.randint(1, 6)):
        parts[chance.randrange(len(parts))] = chance.choice(TOKENS)
    return delimiter.join(parts)


def column(content: bytes, chance: Random) -> bytes:
    """One column of every row becomes a token, or goes."""
    delimiter, at, token = chance.choice((b",", b";", b"\t")), chance.randrange(6), chance.choice(TOKENS)
    rows = []
    for row in content.split(b"\n"):
        found = row.split(delimiter)
        if len(found) > at:
            found[at : at + 1] = [token] if chance.random() < 0.9 else []
        rows.append(delimiter.join(found))
    return b"\n".join(rows)


def recode(content: bytes, chance: Random) -> bytes:
    """The same text in another encoding."""
    return content.decode("utf-8", "replace").encode(
        chance.choice(("utf-16", "utf-16-be", "cp1252", "utf-8-sig")), "ignore"
    )


def deepen(content: bytes, chance: Random) -> bytes:
    """Every line further in than the one before."""
    rows = content.split(b"\n")
    return b"\n".join(b" " * min(at, 2_000) + row.strip() for at, row in enumerate(rows * chance.choice((1, 8))))


def stretch(content: bytes, chance: Random) -> bytes:
    """A line as long as lines may be: what keeps a careless pattern busy for hours."""
    unit = chance.choice(
        (b" ", b"a", b"1", b"-", b"(", b"<", b":", b",", b" - ", b"a ", b"1:", b": ", b"\t", b"[", b".")
    )
    at = chance.randrange(len(content) + 1)
    return content[:at] + unit * (chance.choice((400, 4_000, 60_000)) // len(unit)) + content[at:]


def lengthen(content: bytes, chance: Random) -> bytes:
    """One line, cell or head without an end."""
    unit, size = chance.choice((b",", b"a", b" ", b'"', b"1", b"\n", b"1,", b";\n", b"Time,Temp\n")), 400_000
    at = chance.randrange(len(content) + 1)
    return content[:at] + unit * (size // len(unit)) + content[at:]


MUTATIONS: tuple[Mutation, ...] = (
    flip, cut, insert, insert, repeat, drop, lines, cells, cells, column, column, recode, deepen, stretch,
)  # fmt: skip


def mutated(files: Sequence[bytes], chance: Random) -> bytes:
    """A file made from one of these, or from two of them, by one to four mutations; now and then a very long one."""
    content = chance.choice(files)
    if chance.random() < 0.1:
        other = chance.choice(files)
        content = content[: chance.randrange(len(content) + 1)] + other[chance.randrange(len(other) + 1) :]
    for _ in range(chance.choice((1, 1, 2, 3, 4))):
        content = chance.choice(MUTATIONS)(content[:200_000], chance)
    return lengthen(content, chance) if chance.random() < 0.01 else content


def zipped(content: bytes, chance: Random) -> bytes:
    """A zip with the file in it, perhaps in another zip, perhaps damaged."""
    for _ in range(chance.choice((1, 1, 2, 5))):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writer:
            writer.writestr(chance.choice(("a.csv", "b/../../a.zip", "a.zip", "\u202egnp.csv")), content)
        content = archive.getvalue()
    return flip(content, chance) if chance.random() < 0.5 else content
