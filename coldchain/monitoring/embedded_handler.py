"""What the embedded broker adds to amqtt: PUBACK after COMMIT, accounts, and topics that are ours alone.

A client that sends faster than its messages are committed is read more slowly, so that a database that is away costs
bounded memory; over all clients `embedded.LARGEST_BACKLOG` is the bound, beyond which a client is disconnected. Who
sends a packet of more than `LARGEST_PACKET` is disconnected before it is read; who speaks another MQTT is told so
(`embedded_greeting`).

This is the one file that reaches into amqtt's private parts (`_handle_message_flow`, `_initialize_client_session`);
a contract test fails where an upgrade breaks them.
"""

import asyncio
import contextlib
import hmac
import logging
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from amqtt.adapters import ReaderAdapter
from amqtt.broker import Broker
from amqtt.contexts import Action, BrokerConfig
from amqtt.errors import MQTTError
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import INCOMING

from coldchain.monitoring.arriving import is_our_own
from coldchain.monitoring.embedded_greeting import GREETED_WITHIN_S, greeted

Commit = Callable[[str, bytes, int, bool], Awaitable[bool]]
"""Topic, payload and QoS of a message, and whether it was sent before (DUP); true once it may be acknowledged."""

_log = logging.getLogger(__name__)


MOST_UNCOMMITTED = 500
MOST_UNCOMMITTED_BYTES = 4 * 1024 * 1024
"""What one client may have on its way to its COMMIT; no more is read from it until some of that is committed."""

LARGEST_PACKET = (1 << 20) + (1 << 16)
"""The largest message that decoders read (1 MiB), and the longest topic before it."""


class Gate:
    """Counts what one client has on its way, and holds up the reading of more."""

    def __init__(self) -> None:
        self._messages = self._bytes = 0
        self._open = asyncio.Event()
        self._open.set()

    def entered(self, size: int) -> None:
        """A message more is on its way."""
        self._count(1, size)

    def left(self, size: int) -> None:
        """One less."""
        self._count(-1, -size)

    async def wait(self) -> None:
        """Until there is room for another one."""
        await self._open.wait()

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
            _log.warning("a client sent a packet of %d bytes and was disconnected: %d are allowed", n, LARGEST_PACKET)
            self._ended = True
        if self._ended:
            return b""
        await self._gate.wait()
        data: bytes = await self._reader.read(n)
        return data

    def feed_eof(self) -> None:
        """The other side has ended."""
        self._reader.feed_eof()


class CommittingHandler(BrokerProtocolHandler):  # type: ignore[misc]
    """A client's connection whose messages are acknowledged and passed on after their COMMIT only."""

    def __init__(self, plugins_manager: Any, commit: Commit) -> None:
        super().__init__(plugins_manager)
        self._commit = commit
        self._gate = Gate()

    def attach(self, session: Any, reader: Any, writer: Any) -> None:
        """Take over a connection; what is read of it passes our gate."""
        super().attach(session, GatedReader(reader, self._gate), writer)

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
            return await self._commit(app_message.topic, data, app_message.qos or 0, again)
        finally:
            self._gate.left(len(data))


class CommittingBroker(Broker):  # type: ignore[misc]
    """An amqtt broker whose connections are `CommittingHandler`."""

    def __init__(self, config: BrokerConfig, commit: Commit) -> None:
        super().__init__(config, plugin_namespace="coldchain.embedded")
        self._commit = commit

    async def _initialize_client_session(self, reader: Any, writer: Any, *address: Any) -> Any:
        """Amqtt's own session of a client whose CONNECT comes soon and is of the MQTT that we speak."""
        try:
            async with asyncio.timeout(GREETED_WITHIN_S):
                first = await greeted(reader, writer, str(address[0]))
                _, session = await super()._initialize_client_session(first, writer, *address)
        except TimeoutError as error:
            raise MQTTError("the client says nothing") from error
        return CommittingHandler(self.plugins_manager, self._commit), session

    async def stream_connected(self, reader: Any, writer: asyncio.StreamWriter, listener_name: str) -> None:
        """Serve one connection and close it, which the library leaves undone where a visitor speaks no MQTT."""
        try:
            await super().stream_connected(reader, writer, listener_name)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    @staticmethod
    def _create_ssl_context(listener: Any) -> ssl.SSLContext:
        """Our certificate, TLS 1.2 or newer; clients prove themselves by user and password, not by a certificate."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(listener["certfile"], listener["keyfile"])
        return context

    @property
    def ports(self) -> list[int]:
        """The TCP ports it listens on."""
        return [each.getsockname()[1] for server in self._servers.values() for each in server.instance.sockets]


class Accounts(BaseAuthPlugin):  # type: ignore[misc]
    """Lets in who knows a user's password; everybody where there are no users.

    (Amqtt's own plugin for everybody marks sessions as anonymous, and such sessions are never kept.)
    """

    @dataclass
    class Config:
        """The users and their passwords."""

        users: dict[str, str] = field(default_factory=dict)

    async def authenticate(self, *, session: Any) -> bool:
        """Whether the session's user and password are known."""
        users: dict[str, str] = self.config.users
        if not users:
            return True
        expected = users.get(session.username or "")
        given = session.password or ""
        right = hmac.compare_digest((expected or "").encode(), given.encode())
        if expected is None or not right:
            _log.warning("a client at %s gave a wrong user or password", session.remote_address)
            return False
        return True


class OwnTopics(BaseTopicPlugin):  # type: ignore[misc]
    """Nobody but us publishes alerts and our state."""

    async def topic_filtering(self, *, session: Any, topic: str, action: Action) -> bool:  # noqa: ARG002
        """Whether a client may do that; what we publish ourselves has no session and is not asked about."""
        return action is not Action.PUBLISH or not is_our_own(topic)
