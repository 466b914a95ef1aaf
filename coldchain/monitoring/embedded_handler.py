"""What the embedded broker adds to a connection of amqtt: PUBACK after COMMIT, bounds, and publishing as oneself only.

A client that sends faster than its messages are committed is read more slowly, so that a database that is away costs
bounded memory; over all clients `embedded.LARGEST_BACKLOG` is the bound, beyond which a client is disconnected. Who
sends a packet of more than `LARGEST_PACKET` is disconnected before it is read; who sends more often than it may is
read more slowly, and nothing that it had acknowledged is lost.

This file and `embedded_sessions` reach into amqtt's private parts (`_handle_message_flow` here); contract tests fail
where an upgrade breaks them.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from amqtt.adapters import ReaderAdapter
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
from amqtt.session import INCOMING

from coldchain.monitoring.allowance import Allowance
from coldchain.monitoring.embedded_accounts import Accounts
from coldchain.monitoring.embedded_door import SELDOM

Commit = Callable[[str, bytes, int, bool], Awaitable[bool]]
"""Topic, payload and QoS of a message, and whether it was sent before (DUP); true once it may be acknowledged."""


MOST_UNCOMMITTED = 500
MOST_UNCOMMITTED_BYTES = 4 * 1024 * 1024
"""What one client may have on its way to its COMMIT; no more is read from it until some of that is committed."""

LARGEST_PACKET = (1 << 20) + (1 << 16)
"""The largest message that decoders read (1 MiB), and the longest topic before it."""


MESSAGES_PER_S, BURST_S = 500, 10.0
"""What one client may send on and on, and for how long it may save that up; then it is read more slowly."""

MOST_UNREAD = 1_000
"""Messages for a subscriber that does not take them; then it is disconnected."""


@dataclass(frozen=True)
class Terms:
    """What every connection is held to.

    Attributes:
        commit: Hands a message on; true once it may be acknowledged.
        accounts: Who may publish what.
        messages_per_s: What one client may send on and on.
    """

    commit: Commit
    accounts: Accounts
    messages_per_s: float = MESSAGES_PER_S


class Gate:
    """Counts what one client has on its way and how often it sends, and holds up the reading of more."""

    def __init__(self, messages_per_s: float = MESSAGES_PER_S) -> None:
        self._messages = self._bytes = 0
        self._open = asyncio.Event()
        self._open.set()
        self._allowance = Allowance(messages_per_s, BURST_S)
        self.moved_s = time.monotonic()

    @property
    def waiting(self) -> bool:
        """Whether it is we who let the client wait."""
        return not self._open.is_set() or self._allowance.wait_s() > 0

    def entered(self, size: int) -> None:
        """A message more is on its way."""
        self._allowance.take()
        self._count(1, size)

    def left(self, size: int) -> None:
        """One less."""
        self._count(-1, -size)

    def asked(self, count: int = 1) -> None:
        """The client wants something else than to bring a message: a ping, some subscriptions."""
        self._allowance.take(count)

    async def wait(self) -> None:
        """Until there is room for another one, and it is time for it."""
        await self._open.wait()
        while (wait_s := self._allowance.wait_s()) > 0:
            await asyncio.sleep(wait_s)

    def moved(self) -> None:
        """Something came of the client."""
        self.moved_s = time.monotonic()

    def _count(self, messages: int, size: int) -> None:
        self._messages += messages
        self._bytes += size
        if self._messages < MOST_UNCOMMITTED and self._bytes < MOST_UNCOMMITTED_BYTES:
            self._open.set()
        else:
            self._open.clear()


class GatedReader(ReaderAdapter):  # type: ignore[misc]
    """A connection from which nothing is read while its gate is shut; the client feels it as a slow network."""

    def __init__(self, reader: Any, gate: Gate) -> None:
        self._reader = reader
        self._gate = gate
        self._ended = False

    async def read(self, n: int = -1) -> bytes:
        """``n`` bytes, once there is room for what they bring; none any more, as at the end, once they are too many."""
        if n > LARGEST_PACKET and not self._ended:
            SELDOM.warn(
                "packet", "a client sent a packet of %d bytes and was disconnected: %d are allowed", n, LARGEST_PACKET
            )
            self._ended = True
        if self._ended:
            return b""
        await self._gate.wait()
        data: bytes = await self._reader.read(n)
        self._gate.moved()
        return data

    def feed_eof(self) -> None:
        """The other side has ended."""
        self._reader.feed_eof()


class CommittingHandler(BrokerProtocolHandler):  # type: ignore[misc]
    """A client's connection whose messages are acknowledged and passed on after their COMMIT only."""

    def __init__(self, plugins_manager: Any, terms: Terms, transport: Any) -> None:
        super().__init__(plugins_manager)
        self._terms = terms
        self._gate = Gate(terms.messages_per_s)
        self._transport = transport
        self._unread = 0

    def attach(self, session: Any, reader: Any, writer: Any) -> None:
        """Take over a connection; what is read of it passes our gate."""
        super().attach(session, GatedReader(reader, self._gate), writer)

    def handle_read_timeout(self) -> None:
        """A client that promised to say something and said nothing for half as long again is gone (MQTT-3.1.2-24)."""
        promised_s = 1.5 * (self.keepalive_timeout or 0)
        if promised_s and not self._gate.waiting and time.monotonic() - self._gate.moved_s >= promised_s:
            self._transport.abort()

    async def handle_pingreq(self, pingreq: Any) -> None:
        """Answer; who pings without end is read more slowly, too."""
        self._gate.asked()
        await super().handle_pingreq(pingreq)

    async def handle_subscribe(self, subscribe: Any) -> None:
        """Subscribe; each topic counts as a message."""
        self._gate.asked(len(subscribe.payload.topics) if subscribe.payload else 1)
        await super().handle_subscribe(subscribe)

    async def handle_unsubscribe(self, unsubscribe: Any) -> None:
        """Unsubscribe; each topic counts as a message."""
        self._gate.asked(len(unsubscribe.payload.topics) if unsubscribe.payload else 1)
        await super().handle_unsubscribe(unsubscribe)

    async def mqtt_publish(self, *message: Any, **options: Any) -> Any:
        """Send a message to a subscriber; one that takes none any more is disconnected."""
        if self._unread >= MOST_UNREAD:
            who = self.session.client_id if self.session else ""
            SELDOM.warn(("unread", who), "the subscriber %r takes no messages any more and was disconnected", who)
            self._transport.abort()
            return None
        self._unread += 1
        try:
            return await super().mqtt_publish(*message, **options)
        finally:
            self._unread -= 1

    async def _handle_message_flow(self, app_message: Any) -> None:
        """Amqtt's own flow acknowledges as soon as a message stands in a queue in memory; ours waits before it."""
        if app_message.direction == INCOMING and not await self._committed(app_message):
            if self.writer is not None:  # what is not acknowledged is sent again on the next connection only
                await self.writer.close()
            return
        if self.session is None or self.writer is None:  # the client left meanwhile; it will send again
            return
        await super()._handle_message_flow(app_message)

    async def _committed(self, app_message: Any) -> bool:
        data = bytes(app_message.data)
        packet = app_message.publish_packet
        again = bool(packet is not None and packet.dup_flag)
        self._gate.entered(len(data))
        try:
            if not self._is_itself(app_message.topic):
                return False
            return await self._terms.commit(app_message.topic, data, app_message.qos or 0, again)
        finally:
            self._gate.left(len(data))

    def _is_itself(self, topic: str) -> bool:
        """Whether a device publishes as itself; to acknowledge what is not stored would be a lie, so it has to go."""
        accounts, name = self._terms.accounts, self.session.username if self.session else None
        if not accounts.is_device(name) or accounts.may_publish(name, topic):
            return True
        SELDOM.warn(
            ("topic", name),
            "the account %r of the embedded broker published to %r and was disconnected: a device publishes to"
            " coldchain/readings/ and its own name, and as long as it is in the accounts' file",
            name,
            topic[:200],
        )
        return False
