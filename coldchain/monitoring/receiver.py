"""Receiving at a rate of tens of thousands of messages a second: one socket, read and answered in large pieces.

The promises are those of `subscriber`: a message is acknowledged after its COMMIT, on the connection that brought it,
and the session outlives a restart of either side. What differs is the cost: paho handles each message by itself, this
one parses what the socket held at once, and writes a batch's acknowledgements at once.
"""

from collections.abc import Sequence

from coldchain.monitoring.arriving import Arrivals
from coldchain.monitoring.incoming import Incoming
from coldchain.monitoring.mqtt_reader import MqttReader
from coldchain.monitoring.mqtt_wire import Published
from coldchain.monitoring.session import BrokerAddress
from coldchain.monitoring.worker import IngestWorker, QueueFull, WorkerClosed

_ROOM_S = 0.02


class Receiver(MqttReader):
    """One session at a broker, read by a thread of its own.

    Args:
        address: Where, and as whom.
        arrivals: Routes and decodes; its filters are what we subscribe to.
        worker: Who commits the messages.
    """

    def __init__(self, address: BrokerAddress, arrivals: Arrivals, worker: IngestWorker) -> None:
        super().__init__(address, arrivals.router.filters)
        self._arrivals = arrivals
        self._worker = worker

    def _messages(self, published: Sequence[Published]) -> None:
        arrive, generation = self._arrivals.arrive, self._generation
        for packet_id, topic, payload, redelivered, retained in published:
            incoming = arrive(topic, payload, retained=retained, redelivered=redelivered)
            answer = _Answer(self, packet_id, generation)
            if incoming is None:
                answer.set_result(None)
            else:
                self._hand_on(incoming, answer)

    def _hand_on(self, incoming: Incoming, answer: "_Answer") -> None:
        while not self._stopping.is_set():
            try:
                self._worker.hand_over(incoming, answer)
            except QueueFull:  # the broker keeps what we do not read
                self._stopping.wait(_ROOM_S)
            except WorkerClosed:
                return
            else:
                return


class _Answer:
    """What the worker does instead of completing a future."""

    __slots__ = ("_generation", "_packet_id", "_receiver", "_settled")

    def __init__(self, receiver: Receiver, packet_id: int, generation: int) -> None:
        self._receiver, self._packet_id, self._generation, self._settled = receiver, packet_id, generation, False

    def set_result(self, _: None) -> None:
        """It is committed."""
        self._settled = True
        self._receiver.settle(self._packet_id, self._generation)

    def set_exception(self, _: BaseException) -> None:
        """It is not: the broker will send it again."""
        self._settled = True

    def done(self) -> bool:
        """Whether either was said."""
        return self._settled
