"""As much of MQTT (5.0 and 3.1.1) as it takes to receive, as bytes: pure, no sockets."""

from dataclasses import dataclass

from coldchain.errors import BrokerUnavailable
from coldchain.monitoring.incoming import Published as Published
from coldchain.monitoring.session import BrokerAddress

PING = b"\xc0\x00"
BYE = b"\xe0\x00"
CONNACK, PUBLISH, SUBACK, PINGRESP, DISCONNECT = 2, 3, 9, 13, 14
_ANOTHER_MQTT = (1, 0x84)
"""Why a broker of 3.1.1, and one of 5, refuses who speaks another MQTT."""


def connect(address: BrokerAddress) -> bytes:
    """The packet that takes up our session; it asks for nothing to be thrown away."""
    five = address.protocol == "5"
    flags = 0
    tail = _text(address.client_id)
    if address.user is not None:
        flags |= 0x80
        tail += _text(address.user)
        if address.password is not None:
            flags |= 0x40
            tail += _text(address.password)
    head = _text("MQTT") + bytes([5 if five else 4, flags]) + address.keepalive_s.to_bytes(2, "big")
    if five:
        most = min(address.receive_maximum, 65_535)
        properties = b"\x11" + address.session_expiry_s.to_bytes(4, "big") + b"\x21" + most.to_bytes(2, "big")
        head += _length(len(properties)) + properties
    return _packet(0x10, head + tail)


def subscribe(address: BrokerAddress, filters: tuple[str, ...], packet_id: int = 1) -> bytes:
    """Ask for every filter at QoS 1; with MQTT 5, retained messages only where the subscription is new."""
    five = address.protocol == "5"
    options = b"\x15" if five else b"\x01"  # retain handling 1, no local, QoS 1
    body = packet_id.to_bytes(2, "big") + (b"\x00" if five else b"")
    return _packet(0x82, body + b"".join(_text(each) + options for each in filters))


def acknowledgements(packet_ids: list[int]) -> bytes:
    """That all of these are stored."""
    return b"".join([b"\x40\x02" + packet_id.to_bytes(2, "big") for packet_id in packet_ids])


@dataclass
class Parsed:
    """What some bytes held.

    Attributes:
        published: Messages, in order.
        others: Kinds and bodies of other packets.
        taken: How many bytes are done with.
    """

    published: list[Published]
    others: list[tuple[int, bytes]]
    taken: int


def parse(data: bytes, *, five: bool) -> Parsed:
    """Every whole packet at the beginning of some bytes; raises `BrokerUnavailable` where they are not MQTT."""
    found = Parsed([], [], 0)
    at, end = 0, len(data)
    while at + 2 <= end:
        size, body = data[at + 1], at + 2
        if size & 0x80:
            size &= 0x7F
            for shift in (7, 14, 21):
                if body >= end:
                    return found
                byte = data[body]
                body += 1
                size |= (byte & 0x7F) << shift
                if not byte & 0x80:
                    break
            else:
                raise BrokerUnavailable("the MQTT broker sends what is not MQTT")
        if body + size > end:
            break
        first = data[at]
        if first >> 4 == PUBLISH:
            found.published.append(_published(data, first, body, body + size, five=five))
        else:
            found.others.append((first >> 4, data[body : body + size]))
        at = found.taken = body + size
    return found


def _published(data: bytes, first: int, at: int, end: int, *, five: bool) -> Published:
    stop = at + 2 + (data[at] << 8 | data[at + 1])
    topic = data[at + 2 : stop].decode("utf-8", "replace")
    packet_id = 0
    if first & 0x06:
        packet_id = data[stop] << 8 | data[stop + 1]
        stop += 2
    if five:
        size = data[stop]
        stop += 1
        shift = 7
        while size >> shift & 1 and shift <= 21:  # properties longer than 127 bytes: rare, and of no use to us
            size = size & ~(1 << shift) | data[stop] << shift
            stop += 1
            shift += 7
        stop += size
    return packet_id, topic, data[stop:end], bool(first & 0x08), bool(first & 0x01)


def refusal(body: bytes, address: BrokerAddress) -> str | None:
    """Why a CONNACK lets us not in; ``None`` where it does."""
    code = body[1] if len(body) > 1 else 255
    if code in _ANOTHER_MQTT:
        return f"the MQTT broker does not speak MQTT {address.protocol}: try {address.other_protocol}"
    return None if code == 0 else f"the MQTT broker refuses us (reason {code}): check user, password and client_id"


def not_granted(body: bytes, *, five: bool) -> list[int]:
    """Which of the filters that were asked for, counted from 0, a SUBACK refuses."""
    reasons = body[3 + body[2] :] if five and len(body) > 2 else body[2:]
    return [number for number, reason in enumerate(reasons) if reason >= 0x80]


def _text(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(2, "big") + data


def _length(size: int) -> bytes:
    found = bytearray()
    while True:
        size, byte = divmod(size, 128)
        found.append(byte | (0x80 if size else 0))
        if not size:
            return bytes(found)


def _packet(first: int, body: bytes) -> bytes:
    return bytes([first]) + _length(len(body)) + body
