"""The first bytes of a client: who speaks another MQTT than 3.1.1 is refused with the code that says so.

amqtt reads any CONNECT as one of 3.1.1. One of MQTT 5 has properties before its client identifier, which amqtt takes
for a length, and then waits for bytes that never come; the client waits for an answer just as long.
"""

import asyncio
import logging
from typing import Any

from amqtt.adapters import ReaderAdapter
from amqtt.errors import MQTTError

GREETED_WITHIN_S = 30.0
"""So long a connection may say nothing."""

_CONNECT = 0x10
_NAMES = {b"MQTT", b"MQIsdp"}
_SPOKEN = (b"MQTT", 4)
_REFUSED = b"\x20\x02\x00\x01"
"""CONNACK of 3.1 and 3.1.1: unacceptable protocol version."""
_REFUSED_5 = b"\x20\x03\x00\x84\x00"
"""CONNACK of MQTT 5: reason 0x84, unsupported protocol version, and no properties."""
_NAMED = {3: "3.1", 5: "5"}

_log = logging.getLogger(__name__)


class Greeted(ReaderAdapter):  # type: ignore[misc]
    """A connection whose first bytes were read already, and are handed out first."""

    def __init__(self, reader: Any, first: bytes) -> None:
        self._reader = reader
        self._first = first

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
        first, name, level = await _beginning(reader)
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        raise MQTTError("the client left before it said anything") from error
    if (name, level) == _SPOKEN:
        return Greeted(reader, first)
    if name not in _NAMES:
        raise MQTTError("the client speaks no MQTT")
    _log.warning(
        "a client at %s speaks MQTT %s and was refused: the embedded broker speaks 3.1.1; set the client to that, or"
        " use a broker such as Mosquitto",
        where,
        _NAMED.get(level, f"version {level}"),
    )
    writer.write(_REFUSED_5 if level >= 5 else _REFUSED)
    await writer.drain()
    raise MQTTError(f"the client speaks version {level} of the protocol")


async def _beginning(reader: Any) -> tuple[bytes, bytes, int]:
    """The bytes of a CONNECT up to the protocol's level, the protocol's name, and the level."""
    first = await reader.read(1)
    if first != bytes([_CONNECT]):
        raise MQTTError("the client does not begin with a CONNECT")
    for _ in range(4):  # the packet's length, at most four bytes
        first += await reader.read(1)
        if first[-1:] < b"\x80":
            break
    first += await reader.read(2)
    size = int.from_bytes(first[-2:], "big")
    if size not in {len(name) for name in _NAMES}:
        raise MQTTError("the client speaks no MQTT")
    first += await reader.read(size + 1)
    return first, first[-size - 1 : -1], first[-1]
