"""One message on its way in, and what became of a batch of them."""

from dataclasses import dataclass
from functools import cached_property

from coldchain.errors import PayloadRefused
from coldchain.payloads import Decoded, Report

Published = tuple[int, str, bytes, bool, bool]
"""An MQTT message: packet identifier (0 at QoS 0), topic, payload, whether it may have been sent before, whether it was
retained."""

FRESH_MS = 15 * 60_000
"""A message whose newest reading was measured longer ago than this when it was received is old (see `lanes`)."""


@dataclass(frozen=True)
class Incoming:
    """A message as it reached us.

    Attributes:
        source_kind: ``mqtt`` or ``http``.
        source_name: The topic, or the gateway's name.
        topic: As published; empty where there is none.
        payload: As published; kept with what goes to quarantine.
        received_ms: When it reached us, UTC ms.
        decoded: Its readings.
        refused: Why the whole message cannot be used; it goes to quarantine.
        announced: The subject and name under which the record keeps the payload: it says of a device what later
            messages leave out.
        retained: Whether the broker had kept it: then it is not news.
        redelivered: Whether it was sent before (MQTT's DUP flag): then it may be no news.
        reports: What it says of devices beside readings: batteries, radio, firmware.
    """

    source_kind: str
    source_name: str
    topic: str
    payload: bytes
    received_ms: int
    decoded: tuple[Decoded, ...] = ()
    refused: PayloadRefused | None = None
    announced: tuple[str, str] | None = None
    retained: bool = False
    redelivered: bool = False
    reports: tuple[Report, ...] = ()

    @cached_property  # asked for each of its readings, of which there may be tens of thousands
    def untimed(self) -> bool:
        """Whether it holds readings and nothing that tells them from the same ones sent again."""
        return bool(self.decoded) and all(one.measured_ms is None and one.seq is None for one in self.decoded)

    @property
    def old(self) -> bool:
        """Whether all that it brings was measured long before it was received."""
        since_ms = self.received_ms - FRESH_MS
        measured = [one.measured_ms for one in self.decoded]
        return bool(measured) and all(at_ms is not None and at_ms < since_ms for at_ms in measured)

    @property
    def partly_old(self) -> bool:
        """Whether anything that it brings was."""
        since_ms = self.received_ms - FRESH_MS
        return any(one.measured_ms is not None and one.measured_ms < since_ms for one in self.decoded)


@dataclass(frozen=True)
class Ingested:
    """What a committed batch held; the first four add up to the readings and refused messages in it."""

    accepted: int = 0
    duplicates: int = 0
    conflicts: int = 0
    quarantined: int = 0
    touched_locations: frozenset[int] = frozenset()
    alerts: tuple[str, ...] = ()
