"""What a sensor's transmitter does: native MQTT messages at QoS 1, and the readings of an outage later, as arrays."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from coldchain.errors import BrokerUnavailable
from simulators.device import Sample

TOPIC = "coldchain/readings/"
LARGEST_ARRAY = 288
"""Readings in one message of buffered ones: a day at every 5 minutes, about 25 kB."""


def message(samples: Sequence[Sample], first_seq: int) -> bytes:
    """One native message: an object for one reading, an array for several buffered ones."""
    body = [
        {"measured_at": _instant(sample.stamp_ms), "temperature_c": sample.milli_c / 1000, "seq": first_seq + place}
        for place, sample in enumerate(samples)
    ]
    return json.dumps(body[0] if len(body) == 1 else body, separators=(",", ":")).encode()


def _instant(at_ms: int) -> str:
    at = datetime.fromtimestamp(at_ms // 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}Z"


@dataclass(frozen=True)
class Timeline:
    """How simulated time becomes real time: the same up to a turn, then so many times as fast.

    Readings before the turn carry the times at which they would have been made. After it the refrigerator lives
    ``speed`` times as fast as a real one, and its readings carry the real time at which they are made.
    """

    turn_ms: int
    speed: float = 1.0

    def real_ms(self, simulated_ms: int) -> int:
        """The real instant of a simulated one."""
        if simulated_ms <= self.turn_ms:
            return simulated_ms
        return self.turn_ms + int((simulated_ms - self.turn_ms) / self.speed)

    def real(self, sample: Sample) -> Sample:
        """A reading on the real clock; a wrong device clock stays wrong by as much."""
        at_ms = self.real_ms(sample.at_ms)
        return Sample(at_ms, at_ms + sample.stamp_ms - sample.at_ms, sample.milli_c, self.real_ms(sample.sent_ms))


class Transmitter:
    """A device's memory of what it has not sent yet, and its running number."""

    def __init__(self) -> None:
        self.seq = 0
        self._waiting: list[Sample] = []

    def take(self, sample: Sample) -> None:
        """Keep a reading until it can be sent."""
        self._waiting.append(sample)

    @property
    def waiting(self) -> int:
        """How many readings wait."""
        return len(self._waiting)

    @property
    def next_ms(self) -> int | None:
        """When the first of them can be sent; ``None`` if none waits."""
        return min((sample.sent_ms for sample in self._waiting), default=None)

    def release(self, now_ms: int) -> Iterator[bytes]:
        """The messages that can be sent at an instant, oldest reading first."""
        ready = [sample for sample in self._waiting if sample.sent_ms <= now_ms]
        self._waiting = [sample for sample in self._waiting if sample.sent_ms > now_ms]
        for first in range(0, len(ready), LARGEST_ARRAY):
            part = ready[first : first + LARGEST_ARRAY]
            yield message(part, self.seq)
            self.seq += len(part)


def broadcast(
    samples: Iterable[Sample],
    send: Callable[[bytes], None],
    clock_ms: Callable[[], int],
    wait: Callable[[float], bool],
) -> int:
    """Send readings as their device would: past ones at once as arrays, later ones when their time has come.

    Args:
        samples: On the real clock, in order.
        send: Takes one message.
        clock_ms: The time now, UTC ms.
        wait: Waits so many seconds; True if we shall stop.

    Returns:
        How many readings were sent.
    """
    transmitter = Transmitter()
    for sample in samples:
        while sample.at_ms > clock_ms():
            _send_all(transmitter.release(clock_ms()), send)
            if wait((sample.at_ms - clock_ms()) / 1000.0):
                return transmitter.seq
        transmitter.take(sample)
        if transmitter.waiting >= LARGEST_ARRAY:
            _send_all(transmitter.release(clock_ms()), send)
    while (next_ms := transmitter.next_ms) is not None:
        if next_ms > clock_ms() and wait((next_ms - clock_ms()) / 1000.0):
            break
        _send_all(transmitter.release(clock_ms()), send)
    return transmitter.seq


def _send_all(payloads: Iterable[bytes], send: Callable[[bytes], None]) -> None:
    for payload in payloads:
        send(payload)


class Publisher:
    """One sensor's connection to a broker.

    Args:
        host, port: The broker.
        sensor: The sensor's name: the last part of its topic and the client's name.
        user, password: The account at the broker, if it wants one.
    """

    def __init__(self, host: str, port: int, sensor: str, user: str | None = None, password: str | None = None) -> None:
        self.sensor = sensor
        self.address = f"{host}:{port}"
        self._host, self._port = host, port
        self._answered = threading.Event()
        self._refusal = ""
        self._unanswered: list[mqtt.MQTTMessageInfo] = []
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"simulated-{sensor}", protocol=mqtt.MQTTv311)
        self._client.on_connect = self._on_connect
        if user is not None:
            self._client.username_pw_set(user, password)

    def connect(self, timeout_s: float = 60.0) -> None:
        """Connect and stay connected.

        Raises:
            BrokerUnavailable: Nothing answers there, or it refuses us.
        """
        try:
            self._client.connect(self._host, self._port, keepalive=30)
        except (OSError, ValueError) as error:
            raise BrokerUnavailable(
                f"no MQTT broker answers at {self.address} ({error}): start one, or name another with --publish"
            ) from error
        self._client.loop_start()
        if not self._answered.wait(timeout_s) or self._refusal:
            self.close()
            why = self._refusal or f"it did not answer within {timeout_s:g} s"
            raise BrokerUnavailable(f"the MQTT broker at {self.address} does not let us in: {why}")

    def send(self, payload: bytes) -> None:
        """Hand a message over; it is kept and repeated until the broker has confirmed it."""
        self._unanswered = [info for info in self._unanswered if not info.is_published()]
        info = self._client.publish(TOPIC + self.sensor, payload, qos=1)
        if info.rc not in {MQTTErrorCode.MQTT_ERR_SUCCESS, MQTTErrorCode.MQTT_ERR_NO_CONN}:
            raise BrokerUnavailable(f"cannot publish at {self.address}: {mqtt.error_string(info.rc)}")
        self._unanswered.append(info)

    @property
    def unanswered(self) -> int:
        """How many messages the broker has not confirmed yet."""
        return sum(not info.is_published() for info in self._unanswered)

    def flush(self, timeout_s: float) -> bool:
        """Wait until everything is confirmed; whether it was within this time."""
        until = time.monotonic() + timeout_s
        for info in self._unanswered:
            info.wait_for_publish(max(0.0, until - time.monotonic()))
        return self.unanswered == 0

    def close(self) -> None:
        """Say goodbye and end the connection's thread."""
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(
        self, _client: object, _data: object, _flags: object, code: ReasonCode, _properties: object
    ) -> None:
        self._refusal = str(code) if code.is_failure else ""
        self._answered.set()
