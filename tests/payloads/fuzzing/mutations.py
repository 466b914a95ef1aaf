"""Ways in which messages go wrong, or are made to: each takes a payload and a source of chance and gives another."""

import base64
import binascii
import re
from collections.abc import Callable
from random import Random

from tests.payloads.test_sparkplug import varint

VALUES: tuple[bytes, ...] = (
    b"null", b"true", b"false", b"0", b"-0", b"1", b"-1", b"-127", b"127.99", b"85", b"85.0", b"999.9", b"-300",
    b"1e6", b"1e9999", b"-1e-9999", b"9" * 400, b"0." + b"0" * 400 + b"1", b"9223372036854775807",
    b"9223372036854775808", b"18446744073709551616", b"1e308", b"NaN", b"Infinity", b"-Infinity", b"01", b"+1", b".5",
    b'""', b'" "', b'"NaN"', b'"4,5"', b'"4.5 C"', b'"--.-"', b'"\\u0000"', b'"\\ud800"', b'"\\u202e"',
    b'"\xd9\xa4"', b'"\xc2\xb2"', b'"=1+1"', b'"<script>"', b"\"'; drop table reading; --\"",
    b'"' + b"a" * 3_000 + b'"',
    b'"\\n\\n"', b'"\\r\\n.\\r\\n"', b"[]", b"{}", b"[[]]", b"[null]", b'{"":{}}', b'{"value":null}', b"[1,2,3]",
    b'"1970-01-01T00:00:00Z"', b'"9999-12-31T23:59:59Z"', b'"0000-00-00T00:00:00Z"', b'"2026-03-29T02:30:00"',
    b'"2026-11-22T25:61:61Z"', b'"2026-11-22T12:00:00+99:99"', b'"@0.08s"', b"1795348800", b"1795348800000",
    b"99999999999999", b"268435456", b"-268435455", b"253402300800", b'"K"', b'"F"', b'"Cel"', b'"degF"',
    b'"\xc2\xb0F"',
    b'"{{ value_json }}"', b'"{{ value_json.a.b.c | float }}"', b'"{{ 9**9**9 }}"', b'"+"', b'"#"', b'"$SYS/x"',
)  # fmt: skip
"""JSON values, and what is none, at or beyond the end of what a sensor says."""

BYTES: tuple[bytes, ...] = (
    b"", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\x80", b"\xe2\x80\xa8", b"\x1b[2J", b"{",
    b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\n", b" " * 500, b"-", b"9" * 30, b"e", b"=", b"\x80" * 12,
)  # fmt: skip

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null')
_KEY = re.compile(rb'"(?:[^"\\]|\\.)*"\s*:')
_CODED = re.compile(rb'"([A-Za-z0-9+/=]{6,})"')

Mutation = Callable[[bytes, Random], bytes]


def flip(payload: bytes, chance: Random) -> bytes:
    """A few bits become others."""
    changed = bytearray(payload)
    for _ in range(chance.randint(1, 8)):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut(payload: bytes, chance: Random) -> bytes:
    """The message breaks off, or begins late."""
    at = chance.randrange(len(payload) + 1)
    return payload[:at] if chance.random() < 0.8 else payload[at:]


def insert(payload: bytes, chance: Random) -> bytes:
    """Bytes where none belong."""
    at = chance.randrange(len(payload) + 1)
    return payload[:at] + chance.choice(BYTES) * chance.choice((1, 1, 1, 2, 40)) + payload[at:]


def replace_value(payload: bytes, chance: Random) -> bytes:
    """A value, or a key, becomes something else."""
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        payload = _instead_of(_TOKEN, payload, chance, lambda _: chance.choice(VALUES))
    return payload


def say_twice(payload: bytes, chance: Random) -> bytes:
    """A key stands there twice, with the same value or another."""
    return _instead_of(_KEY, payload, chance, lambda key: key + chance.choice(VALUES) + b"," + key)


def nest(payload: bytes, chance: Random) -> bytes:
    """A value, or the whole, deep within brackets."""
    depth = chance.choice((1, 3, 60, 900, 1_100, 30_000))
    opened, closed = chance.choice(((b"[", b"]"), (b'{"a":', b"}"), (b'{"temperature":', b"}")))
    if chance.random() < 0.5:
        return opened * depth + payload + closed * (depth if chance.random() < 0.8 else 0)
    return _instead_of(_TOKEN, payload, chance, lambda value: opened * depth + value + closed * depth)


def many(payload: bytes, chance: Random) -> bytes:
    """A value, or the whole, as a long array."""
    count = chance.choice((2, 20, 300, 3_000, 40_000))
    count = min(count, 300_000 // max(len(payload), 1) + 1)
    if chance.random() < 0.5:
        return b"[" + b",".join([payload.strip().strip(b"[]")] * count) + b"]"
    return _instead_of(_TOKEN, payload, chance, lambda value: b"[" + b",".join([value] * count) + b"]")


def many_keys(payload: bytes, chance: Random) -> bytes:
    """A key many times, each a little different: probes without an end."""
    count = chance.choice((3, 50, 800, 8_000))

    def numbered(key: bytes) -> bytes:
        name = key[1:].partition(b'"')[0]
        return b"".join(b'"%s%s%d": 4.5,' % (name, chance.choice((b"", b"_")), n) for n in range(count)) + key

    return _instead_of(_KEY, payload, chance, numbered)


def recode(payload: bytes, chance: Random) -> bytes:
    """Base64 or hexadecimal that holds other bytes, or is none."""

    def other(coded: bytes) -> bytes:
        inner = coded[1:-1]
        if chance.random() < 0.3:
            return b'"' + chance.choice((insert, cut, flip))(inner, chance).replace(b'"', b"") + b'"'
        mutation = chance.choice((insert, cut, flip))
        try:
            return b'"' + mutation(bytes.fromhex(inner.decode()), chance).hex().encode() + b'"'
        except ValueError:
            pass
        try:
            return b'"' + base64.b64encode(mutation(base64.b64decode(inner, validate=True), chance)) + b'"'
        except binascii.Error:
            return b'"' + inner[::-1] + b'"'

    return _instead_of(_CODED, payload, chance, other)


def refield(payload: bytes, chance: Random) -> bytes:
    """A protobuf field is repeated, left out, or says another number, kind, length or value."""
    fields = _fields(payload)
    if not fields:
        return flip(payload, chance)
    start, content, end = chance.choice(fields)
    match chance.randrange(6):
        case 0:
            return payload[:end] + payload[start:end] * chance.choice((1, 5, 400)) + payload[end:]
        case 1:
            return payload[:start] + payload[end:]
        case 2:
            key = chance.randint(1, 20) << 3 | chance.choice((0, 1, 2, 5, 3, 7))
            return payload[:start] + varint(key) + payload[content:]
        case 3:
            return payload[:content] + varint(chance.choice((0, 2**31, 2**32 - 1, 2**63, 2**64 - 1))) + payload[end:]
        case 4:
            return payload[:content] + bytes(chance.randrange(256) for _ in range(end - content)) + payload[end:]
        case _:  # what a length tells is changed from within, and told rightly again
            inner = refield(payload[content:end], chance)
            size = varint(len(inner))
            before = payload[start : start + 1]
            return payload[:start] + before + size + inner + payload[end:]


def _fields(payload: bytes) -> list[tuple[int, int, int]]:
    """Where fields start, where their content starts, and where they end; as far as it is protobuf at all."""
    found: list[tuple[int, int, int]] = []
    at = 0
    while at < len(payload) and len(found) < 200:
        start, kind = at, payload[at] & 7
        at += 1
        content = at
        if kind == 0:
            while at < len(payload) and payload[at] & 0x80:
                at += 1
            at += 1
        elif kind == 2:
            size = shift = 0
            while at < len(payload) and shift < 35:
                size |= (payload[at] & 0x7F) << shift
                shift += 7
                at += 1
                if not payload[at - 1] & 0x80:
                    break
            content = at
            at += size
        else:
            at += {1: 8, 5: 4}.get(kind, len(payload))
        if at > len(payload):
            break
        found.append((start, content, at))
    return found


def _instead_of(pattern: re.Pattern[bytes], payload: bytes, chance: Random, make: Callable[[bytes], bytes]) -> bytes:
    """One of the places that a pattern finds becomes what is made of it."""
    places = list(pattern.finditer(payload[:20_000]))
    if not places:
        return insert(payload, chance)
    place = chance.choice(places)
    return payload[: place.start()] + make(place.group()) + payload[place.end() :]


MUTATIONS: tuple[Mutation, ...] = (
    flip, cut, insert, *[replace_value] * 8, say_twice, nest, many, many_keys, many_keys,
    recode, recode, refield,
)  # fmt: skip


def mutated(payload: bytes, chance: Random) -> bytes:
    """A payload after none to three mutations; one in five is left as it is."""
    for _ in range(chance.choice((0, 0, 1, 1, 1, 1, 1, 1, 2, 3))):
        payload = chance.choice(MUTATIONS)(payload, chance)
    return payload


def mutated_topic(topic: str, chance: Random) -> str:
    """Mostly the same topic; now and then one whose levels are not what they should be."""
    if chance.random() < 0.9:
        return topic
    levels = topic.split("/")
    odd = ("", "a" * 300, "x\u202e", "\u0000", "\ud800", "=1+1", "$SYS", "ß日本", "..", "%2f", "a b", "NDEATH", "log")
    levels[chance.randrange(len(levels))] = chance.choice(odd)
    return "/".join(levels if chance.random() < 0.9 else levels[: chance.randint(1, len(levels))])
