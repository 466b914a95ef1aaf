"""Messages on their way in by the thousand: the usual ones kept as columns, and made into objects only where needed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import overload

from coldchain.monitoring.incoming import Incoming
from coldchain.payloads import native_plain

_A_MESSAGE, _A_READING = 300, 400
"""About so many bytes the objects of a message and of a reading take, besides what was published."""


def bytes_of(messages: "Sequence[Incoming]") -> int:
    """About how much memory some messages take while they wait."""
    if isinstance(messages, Plain):
        return sum(map(len, messages.payloads)) + (_A_MESSAGE + _A_READING) * len(messages)
    return sum(len(one.payload) + _A_MESSAGE + _A_READING * len(one.decoded) for one in messages)


@dataclass(slots=True)
class Plain(Sequence[Incoming]):
    """Plain native messages by MQTT (`native_plain`), each neither retained nor sent before; a list an attribute.

    As a sequence they are messages like any other, decoded again where one is asked for.
    """

    topics: list[str] = field(default_factory=list)
    payloads: list[bytes] = field(default_factory=list)
    sensors: list[str] = field(default_factory=list)
    at_ms: list[int] = field(default_factory=list)
    milli_c: list[int] = field(default_factory=list)
    battery: list[int] = field(default_factory=list)
    received_ms: list[int] = field(default_factory=list)

    def extend(self, more: "Plain") -> None:
        """Take over messages, behind those that are here."""
        self.topics += more.topics
        self.payloads += more.payloads
        self.sensors += more.sensors
        self.at_ms += more.at_ms
        self.milli_c += more.milli_c
        self.battery += more.battery
        self.received_ms += more.received_ms

    def __len__(self) -> int:
        return len(self.topics)

    @overload
    def __getitem__(self, at: int) -> Incoming: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Incoming]: ...
    def __getitem__(self, at: int | slice) -> Incoming | Sequence[Incoming]:
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(len(self)))]
        topic, payload = self.topics[at], self.payloads[at]
        one = native_plain.plain(topic, payload)
        return Incoming("mqtt", topic, topic, payload, self.received_ms[at], () if one is None else (one,))


class Batch(Sequence[Incoming]):
    """What is committed at once: plain messages, and behind them all others.

    Where messages say when they were measured, the record does not depend on their order; others keep theirs.
    """

    def __init__(self, plain: Plain, others: Sequence[Incoming]) -> None:
        self.plain, self.others = plain, others

    @classmethod
    def of(cls, messages: Sequence[Incoming]) -> "Batch":
        """Messages as a batch."""
        return messages if isinstance(messages, Batch) else cls.joined([messages])

    @classmethod
    def joined(cls, some: Iterable[Sequence[Incoming]]) -> "Batch":
        """Several lots in one batch."""
        plain, others = Plain(), list[Incoming]()
        for messages in some:
            if isinstance(messages, Plain):
                plain.extend(messages)
            else:
                others += messages
        return cls(plain, others)

    def __len__(self) -> int:
        return len(self.plain) + len(self.others)

    @overload
    def __getitem__(self, at: int) -> Incoming: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Incoming]: ...
    def __getitem__(self, at: int | slice) -> Incoming | Sequence[Incoming]:
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(len(self)))]
        number = at if at >= 0 else at + len(self)
        return self.plain[number] if number < len(self.plain) else self.others[number - len(self.plain)]

    def __iter__(self) -> Iterator[Incoming]:
        yield from self.plain
        yield from self.others
