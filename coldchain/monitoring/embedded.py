"""The embedded broker: MQTT 3.1.1 in our own process, for the demo and for small sites.

A PUBACK from it means that the reading is committed. It keeps nothing else: retained messages and the sessions of
other subscribers live as long as the process.
"""

import asyncio
import contextlib
import errno
import ipaddress
import logging
import ssl
import threading
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path
from typing import Any, TypeVar

from amqtt.contexts import BrokerConfig, ListenerConfig
from amqtt.errors import AMQTTError, BrokerError

from coldchain.errors import BrokerUnavailable, ColdchainError, PortTaken, UsageError
from coldchain.monitoring.arriving import STATUS_TOPIC, Arrivals
from coldchain.monitoring.embedded_accounts import Accounts
from coldchain.monitoring.embedded_handler import MESSAGES_PER_S, Terms
from coldchain.monitoring.embedded_sessions import CommittingBroker, OwnTopics
from coldchain.monitoring.incoming import Incoming
from coldchain.monitoring.status import OFFLINE, ONLINE
from coldchain.monitoring.worker import QueueFull

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

LARGEST_BACKLOG = 20_000
"""Messages of all clients that may wait for their COMMIT; who brings one more is disconnected and sends it again."""

_ROOM_S = 0.02
_START_S = 15.0
_STOP_S = 10.0


class EmbeddedBroker:
    """A broker on a thread of its own.

    Args:
        arrivals: Routes and decodes.
        submit: Hands a message to the ingest worker; the future is done after COMMIT.
        host: Where to listen; anything but this machine needs users.
        port: Where to listen; 0 lets the system choose (see `port`).
        users: Names and passwords of gateways; without them and without devices' accounts, everybody is let in.
        accounts_file: The devices' accounts (`embedded_accounts`).
        messages_per_s: What one client may send on and on.
        port_option: How the port is changed, for the message that it is taken.
        certificate: The files of its certificate and key, for TLS; ``None`` for plain MQTT.
    """

    def __init__(
        self,
        arrivals: Arrivals,
        submit: Callable[[Incoming], "Future[None]"],
        host: str = "127.0.0.1",
        port: int = 1883,
        users: Mapping[str, str] | None = None,
        port_option: str = "--mqtt-port",
        certificate: tuple[Path, Path] | None = None,
        accounts_file: Path | None = None,
        messages_per_s: float = MESSAGES_PER_S,
    ) -> None:
        if not users and accounts_file is None and not _is_loopback(host):
            raise UsageError(
                f"the embedded broker may listen on {host} only with a user and a password for the sensors"
            )
        self._arrivals = arrivals
        self._submit = submit
        self._host = host
        self._asked_port = port
        self.accounts = Accounts(users, accounts_file)
        self._messages_per_s = messages_per_s
        self._port_option = port_option
        self._certificate = certificate
        self._loop: asyncio.AbstractEventLoop | None = None
        self._broker: CommittingBroker | None = None
        self._thread: threading.Thread | None = None
        self._waiting = 0
        self._full = False
        self._room = asyncio.Lock()
        self.port = port
        self.refused = 0

    @property
    def alive(self) -> bool:
        """Whether the broker's thread runs."""
        return self._thread is not None and self._thread.is_alive() and self._broker is not None

    @property
    def waiting(self) -> int:
        """Messages that wait for their COMMIT now."""
        return self._waiting

    @property
    def visits(self) -> tuple[str | None, ...]:
        """The accounts of those who are connected and let in now."""
        visits = self._broker.door.visits.copy().values() if self._broker is not None else ()
        return tuple(each.account for each in visits if each.known)

    @property
    def unknown(self) -> int:
        """How many connections have not said who they are."""
        return self._broker.door.unknown.total() if self._broker is not None else 0

    @property
    def turned_away(self) -> int:
        """How many connections were turned away since the start, because there were too many."""
        return self._broker.door.refused if self._broker is not None else 0

    def start(self) -> None:
        """Listen; returns when clients can connect.

        Raises:
            PortTaken: Another program listens there.
            BrokerUnavailable: It cannot listen for another reason.
        """
        logging.getLogger("amqtt").setLevel(logging.CRITICAL)  # it calls a port scanner's visit an error
        logging.getLogger("transitions").setLevel(logging.WARNING)
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(_note)
        self._loop = loop
        self._thread = threading.Thread(target=self._run, args=(loop,), name="coldchain-broker", daemon=True)
        self._thread.start()
        try:
            self._call(self._open(), _START_S)
        except ColdchainError:
            self._end_thread()
            raise
        self.publish(STATUS_TOPIC, ONLINE)

    def stop(self) -> None:
        """Disconnect everybody and stop listening; what is not committed by now is not acknowledged."""
        if self._broker is None:
            return
        with contextlib.suppress(BrokerUnavailable):
            self.publish(STATUS_TOPIC, OFFLINE)
        try:
            self._call(self._close(), _STOP_S)
        except BrokerUnavailable:
            _log.warning("the embedded broker did not say goodbye to its clients in time; they are cut off")
        finally:
            self._broker = None
            self._end_thread()

    def publish(self, topic: str, payload: bytes, *, retain: bool = True) -> None:
        """Send a message of our own to whoever has subscribed, and keep it for those who will.

        Raises:
            BrokerUnavailable: The broker does not run.
        """
        if self._broker is None:
            raise BrokerUnavailable("the embedded broker is not running")
        self._call(self._send(self._broker, topic, payload, retain=retain), _STOP_S)

    @staticmethod
    async def _send(broker: CommittingBroker, topic: str, payload: bytes, *, retain: bool) -> None:
        if retain:
            await broker.retain_message(None, topic, payload, 1)
        await broker.internal_message_broadcast(topic, payload)

    async def _open(self) -> None:
        bracketed = f"[{self._host}]" if ":" in self._host else self._host
        listener = self._listener(f"{bracketed}:{self._asked_port}")
        plugins: dict[str, dict[str, Any]] = {f"{OwnTopics.__module__}.{OwnTopics.__qualname__}": {}}
        terms = Terms(self._commit, self.accounts, self._messages_per_s)
        broker = CommittingBroker(BrokerConfig(listeners={"default": listener}, plugins=plugins), terms)
        try:
            await broker.start()
        except (AMQTTError, BrokerError) as error:
            raise self._not_listening(error) from error
        self._broker, self.port = broker, broker.ports[0]

    def _listener(self, bind: str) -> ListenerConfig:
        if self._certificate is None:
            return ListenerConfig(bind=bind)  # how many come in is the door's to say
        certificate, key = self._certificate
        return ListenerConfig(bind=bind, ssl=True, certfile=certificate, keyfile=key)

    def _not_listening(self, error: Exception) -> ColdchainError:
        cause = error.__cause__
        place = f"{self._host} port {self._asked_port}"
        if isinstance(cause, OSError) and cause.errno == errno.EADDRINUSE:
            return PortTaken(
                f"another program already listens on {place} (MQTT); stop it, or choose another port with"
                f" {self._port_option}"
            )
        if isinstance(cause, ssl.SSLError):
            files = " with the key ".join(map(str, self._certificate or ()))
            return BrokerUnavailable(f"the embedded broker cannot use the certificate {files}: {cause.reason or cause}")
        reason = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause or error)
        return BrokerUnavailable(f"the embedded broker cannot listen on {place}: {reason}")

    async def _close(self) -> None:
        if self._broker is not None:
            await self._broker.shutdown()
        leftover = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in leftover:
            task.cancel()
        await asyncio.gather(*leftover, return_exceptions=True)

    async def _commit(self, topic: str, payload: bytes, qos: int, again: bool) -> bool:
        """Whether a message may be acknowledged: at once where it is no reading, else after its COMMIT."""
        if "+" in topic or "#" in topic or not self._arrivals.expects(topic):
            return True  # other traffic of the site: brokered, not recorded
        incoming = self._arrivals.arrive(topic, payload, redelivered=again)
        if incoming is None:
            return True
        if self._waiting >= LARGEST_BACKLOG:
            self.refused += 1
            if not self._full:
                _log.warning("%d messages wait for the database; who brings more is disconnected", self._waiting)
            self._full = True
            return False
        self._waiting += 1
        try:
            done = await self._submitted(incoming)
            return True if qos == 0 else await _outcome(done)
        except ColdchainError:
            return False  # the service is stopping
        finally:
            self._waiting -= 1
            self._full = self._full and self._waiting > LARGEST_BACKLOG // 2

    async def _submitted(self, incoming: Incoming) -> "Future[None]":
        """Hand over in order of arrival; where the worker is full, the clients wait."""
        async with self._room:
            while True:
                try:
                    return self._submit(incoming)
                except QueueFull:
                    await asyncio.sleep(_ROOM_S)

    def _call(self, coroutine: Coroutine[Any, Any, _T], wait_s: float) -> _T:
        loop = self._loop
        if loop is None or loop.is_closed():
            coroutine.close()
            raise BrokerUnavailable("the embedded broker is not running")
        future = asyncio.run_coroutine_threadsafe(coroutine, loop)
        try:
            return future.result(wait_s)
        except FutureTimeout as error:
            future.cancel()
            raise BrokerUnavailable("the embedded broker does not answer") from error

    @staticmethod
    def _run(loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_forever()
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    def _end_thread(self) -> None:
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(_STOP_S)


async def _outcome(done: "Future[None]") -> bool:
    """Wait for the worker's answer without ever cancelling its work."""
    loop = asyncio.get_running_loop()
    answered = loop.create_future()

    def settle(value: bool) -> None:
        if not answered.done():
            answered.set_result(value)

    def tell(future: "Future[None]") -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, future.exception() is None)

    done.add_done_callback(tell)
    result: bool = await answered
    return result


def _note(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What a client's connection dies of: it concerns that client only."""
    _log.debug("embedded broker: %s", context.get("message"), exc_info=context.get("exception"))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
