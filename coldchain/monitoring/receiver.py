"""Receiving at a rate of tens of thousands of messages a second: one socket, read and answered in large pieces.

The promises are those of `subscriber`: a message is acknowledged after its COMMIT, on the connection that brought it,
and the session outlives a restart of either side. What differs is the cost: paho handles each message by itself, this
one parses what the socket held at once, and writes a batch's acknowledgements at once.
"""

from collections.abc import Callable, Sequence
from functools import partial

from coldchain.monitoring.arriving import Arrivals
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
        found, generation = self._arrivals.arrive_all(published), self._generation
        if len(found.plain):
            answers = _Answers(self, found.plain_ids, generation)
            self._hand_on(partial(self._worker.hand_over_all, found.plain, answers))
        for packet_id, incoming in found.others:
            answer = _Answers(self, [packet_id], generation)
            if incoming is None:
                answer.set_result(None)
            else:
                self._hand_on(partial(self._worker.hand_over, incoming, answer))

    def _hand_on(self, hand_over: Callable[[], None]) -> None:
        while not self._stopping.is_set():
            try:
                hand_over()
            except QueueFull:  # the broker keeps what we do not read
                self._stopping.wait(_ROOM_S)
            except WorkerClosed:
                return
            else:
                return


class _Answers:
    """What the worker does instead of completing a future."""

    __slots__ = ("_generation", "_packet_ids", "_receiver", "_settled")

    def __init__(self, receiver: Receiver, packet_ids: Sequence[int], generation: int) -> None:
        self._receiver, self._packet_ids, self._generation, self._settled = receiver, packet_ids, generation, False

    def of(self, number: int) -> "_Answers":
        """The answer to one of several messages."""
        return _Answers(self._receiver, [self._packet_ids[number]], self._generation)

    def set_result(self, _: None) -> None:
        """They are committed."""
        self._settled = True
        self._receiver.settle_all(self._packet_ids, self._generation)

    def set_exception(self, _: BaseException) -> None:
        """They are not: the broker will send them again."""
        self._settled = True

    def done(self) -> bool:
        """Whether either was said."""
        return self._settled
