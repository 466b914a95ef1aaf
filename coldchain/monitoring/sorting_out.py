"""What each message of a batch comes to: readings to store, things to put aside, repeats to count.

Decided on the message and what is declared of its sensor alone; what stands where two values meet is `standing`.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from coldchain.domain.quality import ANY_RANGE, Fault, SensorRange, clock_fault, fault_of
from coldchain.errors import PayloadRefused
from coldchain.monitoring.incoming import FRESH_MS, Incoming
from coldchain.monitoring.standing import Copy
from coldchain.payloads import Decoded
from coldchain.records.places import Sensor
from coldchain.records.quarantine import PAYLOAD_LIMIT, Held, identity_of
from coldchain.records.readings import Instant, Latest, flag_bits
from coldchain.records.sources import SourceKey

_WHOLE_MS = range(-(2**53), 2**53)
"""Numbers that every database and every JSON reader takes."""


@dataclass
class SortedOut:
    """A batch, sorted out.

    Attributes:
        copies: Values by instant, in the order received.
        held: What cannot be used.
        held_of: How many readings of each sensor were put aside.
        repeats_of: How many readings of each sensor were dropped as a repeat of its last message.
        last_payload: SHA-256 of each sensor's last message that had neither time nor sequence number.
        battery: The newest battery level of each sensor, with its instant.
        fresh_of: How many readings of each sensor were measured just before they came, or do not say when.
    """

    copies: dict[Instant, list[Copy]] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)
    held_of: dict[int, int] = field(default_factory=dict)
    repeats_of: dict[int, int] = field(default_factory=dict)
    last_payload: dict[int, bytes] = field(default_factory=dict)
    battery: dict[int, tuple[int, int]] = field(default_factory=dict)
    fresh_of: dict[int, int] = field(default_factory=dict)


def sort_out(
    batch: Sequence[Incoming],
    sensors: Mapping[tuple[str, str], Sensor],
    source_ids: Mapping[SourceKey, int],
    latest: Mapping[int, Latest],
) -> SortedOut:
    """Sort out a batch.

    Args:
        batch: Messages in the order received.
        sensors: All sensors named in it, by name and channel.
        source_ids: All sources of it.
        latest: What was known of those sensors before.
    """
    found = SortedOut()
    for sensor_id, known in latest.items():
        if known.payload_sha256 is not None:
            found.last_payload[sensor_id] = known.payload_sha256
    for message in batch:
        source_id = source_ids[message.source_kind, message.source_name]
        if message.refused is not None:
            found.held.append(_refused(message, message.refused, source_id))
        repeated: dict[int, bool] = {}
        sha256 = hashlib.sha256(message.payload).digest() if message.untimed else None
        for decoded in message.decoded:
            sensor = sensors[decoded.sensor, decoded.channel]
            if decoded.measured_ms is None or decoded.measured_ms >= message.received_ms - FRESH_MS:
                _count(found.fresh_of, sensor.id)
            if sensor.id not in repeated:
                repeated[sensor.id] = sha256 is not None and _says_again(found, message, sensor.id, sha256)
            if repeated[sensor.id]:
                _count(found.repeats_of, sensor.id)
            else:
                _take(found, message, decoded, sensor, source_id)
    return found


def _says_again(found: SortedOut, message: Incoming, sensor_id: int, sha256: bytes) -> bool:
    """Whether a message that may be a repeat has the bytes of the sensor's last one; nothing else tells them apart."""
    same = found.last_payload.get(sensor_id) == sha256
    found.last_payload[sensor_id] = sha256
    return same and (message.retained or message.redelivered)


def _take(found: SortedOut, message: Incoming, decoded: Decoded, sensor: Sensor, source_id: int) -> None:
    measured_ms = message.received_ms if decoded.measured_ms is None else decoded.measured_ms
    fault = fault_in(decoded, measured_ms, message.received_ms, sensor)
    if fault is not None or decoded.milli_c is None:
        found.held.append(_faulty(message, decoded, measured_ms, fault or Fault.MISSING, sensor, source_id))
        _count(found.held_of, sensor.id)
        return
    flags = (*decoded.flags, "retained") if message.retained else decoded.flags
    copy = Copy(
        decoded.milli_c, message.received_ms, (message.source_kind, message.source_name), source_id, decoded.position,
        flag_bits(flags),
    )  # fmt: skip
    found.copies.setdefault((sensor.id, measured_ms), []).append(copy)
    if decoded.battery_pct is not None and measured_ms >= found.battery.get(sensor.id, (measured_ms, 0))[0]:
        found.battery[sensor.id] = (measured_ms, decoded.battery_pct)


def fault_in(decoded: Decoded, measured_ms: int, received_ms: int, sensor: Sensor) -> Fault | None:
    """Why a reading is no temperature of this sensor, or ``None`` (semantics §1)."""
    if decoded.fault is not None:
        return decoded.fault
    if decoded.milli_c is None:
        return Fault.MISSING
    declared = SensorRange(
        ANY_RANGE.low_milli_c if sensor.low_milli_c is None else sensor.low_milli_c,
        ANY_RANGE.high_milli_c if sensor.high_milli_c is None else sensor.high_milli_c,
    )
    wrong = fault_of(decoded.milli_c, declared, power_up=sensor.power_up)
    if wrong is None and measured_ms not in _WHOLE_MS:
        return Fault.CLOCK
    return wrong or clock_fault(measured_ms, received_ms, sensor.commissioned_ms)


def _faulty(
    message: Incoming, decoded: Decoded, measured_ms: int, fault: Fault, sensor: Sensor, source_id: int
) -> Held:
    alone = len(message.decoded) == 1
    payload = message.payload if alone else decoded.text.encode("utf-8", "replace")
    milli_c = decoded.milli_c if decoded.milli_c is not None and decoded.milli_c in _WHOLE_MS else None
    return Held(
        received_ms=message.received_ms, source_id=source_id, sensor_id=sensor.id, position=decoded.position,
        measured_ms=measured_ms if measured_ms in _WHOLE_MS else None, milli_c=milli_c, reason=fault.value,
        detail=printable(decoded.text), payload=payload[:PAYLOAD_LIMIT],
        identity=identity_of(
            "fault", message.source_kind, message.source_name, sensor.name, sensor.channel, str(measured_ms),
            str(decoded.milli_c), decoded.text, fault.value,
        ),
    )  # fmt: skip


def _refused(message: Incoming, refusal: PayloadRefused, source_id: int) -> Held:
    payload_sha256 = hashlib.sha256(message.payload).hexdigest()
    return Held(
        received_ms=message.received_ms, source_id=source_id, sensor_id=None, position=0, measured_ms=None,
        milli_c=None, reason=printable(refusal.reason)[:60], detail=printable(str(refusal)),
        payload=message.payload[:PAYLOAD_LIMIT],
        identity=identity_of("refused", message.source_kind, message.source_name, payload_sha256),
    )  # fmt: skip


def printable(text: str) -> str:
    """A text that every database takes."""
    return text.replace("\x00", "�").encode("utf-8", "replace").decode("utf-8")


def _count(counts: dict[int, int], sensor_id: int) -> None:
    counts[sensor_id] = counts.get(sensor_id, 0) + 1


def readable(batch: Sequence[Incoming]) -> list[Incoming]:
    """The batch with names that every database takes, cut to what the record holds."""
    return [
        replace(
            message,
            source_kind=printable(message.source_kind)[:20],
            source_name=printable(message.source_name),
            decoded=tuple(
                replace(one, sensor=printable(one.sensor)[:200], channel=printable(one.channel)[:100])
                for one in message.decoded
            ),
        )
        for message in batch
    ]
