"""The first packet of a client: who it is, before anything is done for it; what speaks no MQTT 3.1.1 is told so.

amqtt reads any CONNECT as one of 3.1.1. One of MQTT 5 has properties before its client identifier, which amqtt takes
for a length, and then waits for bytes that never come; the client waits for an answer just as long.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from amqtt.adapters import ReaderAdapter
from amqtt.errors import MQTTError

from coldchain.monitoring.embedded_door import SELDOM

GREETED_WITHIN_S = 10.0
"""So long a connection may take to say who it is; a slow radio needs two."""

LARGEST_CONNECT = 1 << 16
"""The longest CONNECT that is read of somebody whom nobody knows yet: names, a password, a last will."""

_CONNECT = 0x10
_NAMES = {b"MQTT", b"MQIsdp"}
_SPOKEN = (b"MQTT", 4)
_REFUSED = b"\x20\x02\x00\x01"
"""CONNACK of 3.1 and 3.1.1: unacceptable protocol version."""
_REFUSED_5 = b"\x20\x03\x00\x84\x00"
"""CONNACK of MQTT 5: reason 0x84, unsupported protocol version, and no properties."""
_NAMED = {3: "3.1", 5: "5"}
NOT_AUTHORISED, ID_REJECTED, NO_ROOM = b"\x20\x02\x00\x05", b"\x20\x02\x00\x02", b"\x20\x02\x00\x03"
"""CONNACKs of 3.1.1 that refuse."""


@dataclass(frozen=True)
class Greeting:
    """What a CONNECT says.

    Attributes:
        client_id: The name of its session; empty: any.
        clean: Whether nothing is kept of it.
        keep_alive_s: It says something at least so often; 0: nobody knows.
        will_topic: Where its last will is to be published, if it has one.
        user, password: Its account.
    """

    client_id: str
    clean: bool
    keep_alive_s: int
    will_topic: str | None
    user: str | None
    password: str | None


class Greeted(ReaderAdapter):  # type: ignore[misc]
    """A connection whose first bytes were read already, and are handed out first."""

    def __init__(self, reader: Any, first: bytes, said: Greeting) -> None:
        self._reader = reader
        self._first = first
        self.said = said

    async def read(self, n: int = -1) -> bytes:
        """``n`` bytes."""
        if not self._first:
            following: bytes = await self._reader.read(n)
            return following
        given, self._first = self._first[:n], self._first[n:]
        if len(given) == n:
            return given
        rest: bytes = await self._reader.read(n - len(given))
        return given + rest

    def feed_eof(self) -> None:
        """The other side has ended."""
        self._reader.feed_eof()


async def greeted(reader: Any, writer: Any, where: str) -> Greeted:
    """The connection of a client that speaks MQTT 3.1.1, at its beginning.

    Args:
        reader, writer: amqtt's adapters of a new connection.
        where: The client's address, for the log.

    Raises:
        MQTTError: It speaks something else; where that is another MQTT, it was told so.
    """
    try:
        first, name, level, left = await _beginning(reader)
        if (name, level) == _SPOKEN:
            if left > LARGEST_CONNECT:
                raise MQTTError(f"a CONNECT of {left} bytes: {LARGEST_CONNECT} are allowed")
            rest = await reader.read(left)
            return Greeted(reader, first + rest, greeting_of(rest))
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        raise MQTTError("the client left before it said anything") from error
    if name not in _NAMES:
        raise MQTTError("the client speaks no MQTT")
    SELDOM.warn(
        ("protocol", where),
        "a client at %s speaks MQTT %s and was refused: the embedded broker speaks 3.1.1; set the client to that, or"
        " use a broker such as Mosquitto",
        where,
        _NAMED.get(level, f"version {level}"),
    )
    writer.write(_REFUSED_5 if level >= 5 else _REFUSED)
    await writer.drain()
    raise MQTTError(f"the client speaks version {level} of the protocol")


def greeting_of(rest: bytes) -> Greeting:
    """What a CONNECT says behind the protocol's level (MQTT 3.1.1, section 3.1).

    Raises:
        MQTTError: It is cut off, or not as it must be.
    """
    if len(rest) < 3:
        raise MQTTError("a CONNECT that is cut off")
    flags, keep_alive_s = rest[0], int.from_bytes(rest[1:3], "big")
    fields, at = list[bytes](), 3
    wanted = 1 + 2 * bool(flags & 0x04) + bool(flags & 0x80) + bool(flags & 0x40)
    while len(fields) < wanted:
        size = int.from_bytes(rest[at : at + 2], "big")
        if at + 2 + size > len(rest):
            raise MQTTError("a CONNECT that is cut off")
        fields.append(rest[at + 2 : at + 2 + size])
        at += 2 + size
    client_id = fields.pop(0)
    will_topic = fields.pop(0) if flags & 0x04 else None
    if will_topic is not None:
        fields.pop(0)  # what it says there
    user = fields.pop(0) if flags & 0x80 else None
    password = fields.pop(0) if flags & 0x40 else None
    try:
        said = [None if each is None else each.decode() for each in (client_id, will_topic, user, password)]
    except UnicodeDecodeError as error:
        raise MQTTError("a CONNECT with names that are no UTF-8") from error
    return Greeting(said[0] or "", bool(flags & 0x02), keep_alive_s, said[1], said[2], said[3])


async def _beginning(reader: Any) -> tuple[bytes, bytes, int, int]:
    """A CONNECT up to the protocol's level, the protocol's name, the level, and how many bytes are left."""
    first = await reader.read(1)
    if first != bytes([_CONNECT]):
        raise MQTTError("the client does not begin with a CONNECT")
    length = 0
    for place in range(4):  # the packet's length, at most four bytes
        first += await reader.read(1)
        length |= (first[-1] & 0x7F) << (7 * place)
        if first[-1:] < b"\x80":
            break
    first += await reader.read(2)
    size = int.from_bytes(first[-2:], "big")
    if size not in {len(name) for name in _NAMES}:
        raise MQTTError("the client speaks no MQTT")
    first += await reader.read(size + 1)
    return first, first[-size - 1 : -1], first[-1], max(0, length - 2 - size - 1)
