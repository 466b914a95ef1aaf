"""From MQTT into Kafka: what the MQTT broker gives us is acknowledged to it when Kafka has taken it, and not before.

So every message is at one of the two, or at both: after a kill of this program, or of either broker, the MQTT broker
sends again what was not acknowledged. What is in Kafka twice is one reading in the record.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from coldchain.errors import ColdchainError
from coldchain.monitoring.arriving import is_our_own
from coldchain.monitoring.kafka_writer import KafkaTarget, KafkaWriter, NoRoom, ToKafka
from coldchain.monitoring.mqtt_reader import MqttReader
from coldchain.monitoring.mqtt_wire import Published
from coldchain.monitoring.session import BrokerAddress
from coldchain.payloads import Router
from coldchain.payloads.keying import key_of

_log = logging.getLogger(__name__)

_LOOK_S = 0.2
_ROOM_S = 0.02
_LAST_ANSWERS_S = 10.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.5, 30.0


@dataclass(frozen=True)
class BridgeState:
    """How the bridge does.

    Attributes:
        complaint: What does not work now; ``None`` while all is well.
        received: Messages that the MQTT broker gave us since the start.
        taken: Messages that Kafka has taken; those of ours that a broker was told are in `received` alone.
        acknowledged: Messages that the MQTT broker was told are safe.
        cut: Messages that were too large for Kafka, of which only the beginning is there.
    """

    complaint: str | None
    received: int
    taken: int
    acknowledged: int
    cut: int


class KafkaBridge:
    """One session at an MQTT broker, and a producer, in threads of their own.

    Args:
        address: The MQTT broker; its ``client_id`` must be used by nobody else.
        router: Its filters are subscribed to; its decoders say what a message belongs to.
        target: The Kafka topic.
    """

    def __init__(self, address: BrokerAddress, router: Router, target: KafkaTarget) -> None:
        self._address = address
        self._router = router
        self._target = target
        self._stopping = threading.Event()
        self._reader: _Reader | None = None
        self._writer: KafkaWriter | None = None
        self._before = BridgeState(None, 0, 0, 0, 0)
        self._complaint: str | None = f"not connected to Kafka at {target.brokers} yet"
        self._thread = threading.Thread(target=self._run, name="coldchain-bridge", daemon=True)

    def start(self) -> None:
        """Begin; brokers that are not there yet are waited for."""
        self._thread.start()

    def stop(self, wait_s: float = 2 * _LAST_ANSWERS_S) -> None:
        """Take no more; what Kafka takes of the rest within some seconds is acknowledged."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(wait_s)

    @property
    def alive(self) -> bool:
        """Whether its thread runs."""
        return self._thread.is_alive()

    def state(self) -> BridgeState:
        """How it does, now."""
        reader, writer, before = self._reader, self._writer, self._before
        if reader is None or writer is None:
            return BridgeState(self._complaint, before.received, before.taken, before.acknowledged, before.cut)
        waiting = None if reader.connected else f"not connected to MQTT at {self._address.host} yet"
        return BridgeState(
            writer.complaint or reader.complaint or waiting,
            before.received + reader.received,
            before.taken + writer.taken,
            before.acknowledged + reader.acknowledged,
            before.cut + writer.cut,
        )

    def _run(self) -> None:
        wait_s, singly = _FIRST_WAIT_S, False
        while not self._stopping.is_set():
            began_s = time.monotonic()
            try:
                writer = KafkaWriter(self._target, singly=singly)
                try:
                    writer.must_be_there()
                    self._forward(writer)
                finally:
                    writer.close()
                singly = singly or writer.too_large
                self._complaint = writer.failure
            except ColdchainError as error:
                self._complaint = str(error)
            except Exception as error:  # noqa: BLE001 - the way in must not end
                self._complaint = f"forwarding to Kafka failed: {error!r}"
                _log.exception("forwarding to Kafka failed; it goes on with what is not acknowledged")
            if time.monotonic() - began_s > _LONGEST_WAIT_S:
                wait_s = _FIRST_WAIT_S
            self._stopping.wait(wait_s)
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)

    def _forward(self, writer: KafkaWriter) -> None:
        """Forward until told to stop, or until the writer fails: then the MQTT broker has to send the rest again."""
        reader = _Reader(self._address, self._router, writer)
        self._reader, self._writer = reader, writer
        reader.start()
        try:
            while writer.failure is None and not self._stopping.is_set():
                writer.look(_LOOK_S)
            reader.full.set()
            if writer.failure is None:
                writer.close(_LAST_ANSWERS_S)
        finally:
            reader.stop()
            self._before = self.state()
            self._reader = self._writer = None


class _Reader(MqttReader):
    """Hands messages to a writer, and acknowledges what that has put into Kafka."""

    def __init__(self, address: BrokerAddress, router: Router, writer: KafkaWriter) -> None:
        super().__init__(address, router.filters)
        self._router = router
        self._writer = writer
        self.full = threading.Event()

    def _messages(self, published: Sequence[Published]) -> None:
        generation = self._generation
        for packet_id, topic, payload, repeated, retained in published:
            settled = partial(self.settle, packet_id, generation)
            if is_our_own(topic):
                settled()
                continue
            key = key_of(self._router.route_for(topic), topic, payload)
            self._write(ToKafka(key, topic, payload, retained, repeated), settled)

    def _write(self, message: ToKafka, settled: Callable[[], None]) -> None:
        while not (self._stopping.is_set() or self.full.is_set()):
            try:
                self._writer.write(message, settled)
            except NoRoom:  # the MQTT broker keeps what we do not read
                self._stopping.wait(_ROOM_S)
            else:
                return
