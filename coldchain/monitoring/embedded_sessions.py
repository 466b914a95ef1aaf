"""What the embedded broker adds to amqtt's broker: nobody gets anything before it is known who it is, and everything is
bounded that a client can make it keep.

Amqtt takes over sessions and ends other connections before it has looked at a password, publishes a last will without
asking who may, and keeps retained messages, subscriptions and what waits for absent subscribers without end.
"""

import asyncio
import contextlib
import socket
import ssl
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import Any

from amqtt.broker import Broker
from amqtt.contexts import Action, BrokerConfig
from amqtt.errors import MQTTError
from amqtt.plugins.base import BaseTopicPlugin

from coldchain.monitoring import embedded_greeting
from coldchain.monitoring.arriving import is_our_own
from coldchain.monitoring.embedded_door import SELDOM, Door
from coldchain.monitoring.embedded_greeting import ID_REJECTED, NO_ROOM, NOT_AUTHORISED, Greeting, greeted
from coldchain.monitoring.embedded_handler import CommittingHandler, Terms

MOST_SESSIONS = 10_000
"""Sessions, of connected clients and of absent ones that want theirs kept."""
MOST_FILTERS = 100
"""Subscriptions of one client."""
MOST_ABSENT = 1_000
"""Messages kept for one absent subscriber; then the oldest go."""
MOST_RETAINED, RETAINED_BYTES = 10_000, 32 << 20
"""Retained messages of all clients; further topics are passed on and not retained. Ours always are."""

_AT_ONCE = 2
"""Passwords that are looked at at the same time: each takes a processor."""
_WRONG_S = 1.0
"""So long a wrong password waits for its answer."""
_HANDSHAKE_S = 10.0
_BACKLOG = 256


class CommittingBroker(Broker):  # type: ignore[misc]
    """An amqtt broker whose connections are `CommittingHandler`.

    Args:
        config: Amqtt's own.
        terms: What every connection is held to.
    """

    def __init__(self, config: BrokerConfig, terms: Terms) -> None:
        super().__init__(config, plugin_namespace="coldchain.embedded")
        self._terms = terms
        self._filters: Counter[str] = Counter()
        self._retained_bytes = 0
        self._looking = asyncio.Semaphore(_AT_ONCE)
        self.door = Door()

    # -- who comes in ------------------------------------------------------------------------------------------------

    async def stream_connected(self, reader: Any, writer: asyncio.StreamWriter, listener_name: str) -> None:
        """Serve one connection and close it, which the library leaves undone where a visitor speaks no MQTT."""
        why_not = self.door.enter(writer)
        if why_not is not None:
            SELDOM.warn(why_not, "a connection to the embedded broker was turned away: %s", why_not)
            writer.transport.abort()
            return
        try:
            _watch_for_death(writer.get_extra_info("socket"))
            await super().stream_connected(reader, writer, listener_name)
        finally:
            self.door.leave()
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _initialize_client_session(self, reader: Any, writer: Any, *address: Any) -> Any:
        """Amqtt's own session of a client that says soon, in our MQTT, who it is, and whom we know."""
        where = str(address[0])
        try:
            async with asyncio.timeout(embedded_greeting.GREETED_WITHIN_S):
                first = await greeted(reader, writer, where)
        except TimeoutError as error:
            raise MQTTError("the client says nothing") from error
        refusal = await self._refusal(first.said, where)
        if refusal is not None:
            writer.write(refusal)
            await writer.drain()
            raise MQTTError("the client was not let in")
        self.door.let_in(first.said.user, device=self._terms.accounts.is_device(first.said.user))
        _, session = await super()._initialize_client_session(first, writer, *address)
        transport = writer._writer.transport
        return CommittingHandler(self.plugins_manager, self._terms, transport), session

    async def _refusal(self, said: Greeting, where: str) -> bytes | None:
        """The CONNACK by which somebody is not let in, or ``None``."""
        accounts, will = self._terms.accounts, said.will_topic
        async with self._looking:
            known = await asyncio.to_thread(accounts.lets_in, said.user, said.password)
        if not known:
            SELDOM.warn(("password", where), "a client at %s gave a wrong user or password", where)
            await asyncio.sleep(_WRONG_S)
            return NOT_AUTHORISED
        if will is not None and not (_is_plain(will) and accounts.may_publish(said.user, will)):
            SELDOM.warn(("will", where), "a client at %s was refused: its last will is for %r", where, will[:200])
            return NOT_AUTHORISED
        before = self._sessions.get(said.client_id)
        if before is None:
            return NO_ROOM if len(self._sessions) >= MOST_SESSIONS else None
        if not accounts.open_to_all and before[0].username != said.user:
            SELDOM.warn(("id", where), "a client at %s was refused: its client id is another account's", where)
            return ID_REJECTED
        return None

    async def _authenticate(self, session: Any, _: Any) -> bool:  # noqa: ARG002 - as the library calls it
        """Whoever comes so far was let in (`_refusal`)."""
        return True

    # -- what they may, and how much ---------------------------------------------------------------------------------

    async def _topic_filtering(self, session: Any, topic: str, action: Action) -> bool:
        """Whether a client may publish, subscribe to, or receive that."""
        accounts = self._terms.accounts
        if action is Action.PUBLISH:
            return accounts.may_publish(session.username, topic) and not is_our_own(topic)
        return action is not Action.SUBSCRIBE or accounts.may_subscribe(session.username, topic)

    async def add_subscription(self, subscription: tuple[str, int], session: Any) -> int:
        """Subscribe a client, to so many topics at most."""
        if self._filters[session.client_id] >= MOST_FILTERS:
            SELDOM.warn(
                ("filters", session.client_id), "%r has %d subscriptions: no more", session.client_id, MOST_FILTERS
            )
            return 0x80
        code: int = await super().add_subscription(subscription, session)
        self._filters[session.client_id] += code != 0x80
        return code

    def _del_subscription(self, a_filter: str, session: Any) -> int:
        gone: int = super()._del_subscription(a_filter, session)
        self._filters[session.client_id] -= gone
        if self._filters[session.client_id] <= 0:
            del self._filters[session.client_id]
        return gone

    async def retain_message(
        self, source_session: Any, topic_name: str | None, data: bytes | bytearray | None, qos: int | None = None
    ) -> None:  # fmt: skip
        """Keep a message for those who subscribe later, as far as there is room."""
        held = self._retained_messages.get(topic_name)
        before, after = len(held.data) if held is not None else 0, len(data or b"")
        full = self._retained_bytes - before + after > RETAINED_BYTES
        full |= held is None and len(self._retained_messages) >= MOST_RETAINED
        if source_session is not None and after and full:
            SELDOM.warn(
                "retained", "no more messages of clients are retained: there are %d", len(self._retained_messages)
            )
            return
        self._retained_bytes += after - before
        await super().retain_message(source_session, topic_name, data, qos)

    async def _retain_broadcast_message(self, broadcast: dict[str, Any], qos: int, target_session: Any) -> None:
        """Keep a message for a subscriber that is absent; of too many the oldest go."""
        while target_session.retained_messages.qsize() >= MOST_ABSENT:
            target_session.retained_messages.get_nowait()
        await super()._retain_broadcast_message(broadcast, qos, target_session)

    # -- how it listens ----------------------------------------------------------------------------------------------

    async def _create_server_instance(
        self, listener_name: str, _type: Any, address: str | None, port: int, ssl_context: ssl.SSLContext | None
    ) -> asyncio.Server:  # fmt: skip
        """Listen; who does not finish its handshake in time is gone."""
        serve = partial(self.stream_connected, listener_name=listener_name)
        handshake_s = None if ssl_context is None else _HANDSHAKE_S
        return await asyncio.start_server(
            serve, address, port, reuse_address=True, backlog=_BACKLOG, ssl=ssl_context,
            ssl_handshake_timeout=handshake_s,
        )  # fmt: skip

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


class OwnTopics(BaseTopicPlugin):  # type: ignore[misc]
    """Amqtt wants a plugin; what is asked of it is answered by the broker (`CommittingBroker._topic_filtering`)."""

    @dataclass
    class Config:
        """Nothing to choose."""

    async def topic_filtering(self, *, session: Any, topic: str, action: Action) -> bool:  # noqa: ARG002
        """Nobody but us publishes alerts and our state."""
        return action is not Action.PUBLISH or not is_our_own(topic)


def _is_plain(topic: str) -> bool:
    """Whether somebody may publish to such a topic at all."""
    return bool(topic) and not topic.startswith("$") and not set("+#\x00") & set(topic) and not is_our_own(topic)


def _watch_for_death(connection: socket.socket) -> None:
    """Have the system ask a silent peer every minute whether it is still there."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):  # not every system lets itself be told how often
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
