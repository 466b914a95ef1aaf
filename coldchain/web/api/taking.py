"""What a message that came over HTTP goes through: to the ingest worker, and an answer only after its COMMIT."""

import asyncio

from fastapi.concurrency import run_in_threadpool

from coldchain.domain.quality import Fault
from coldchain.errors import StoreUnavailable, UsageError
from coldchain.monitoring.incoming import Incoming
from coldchain.monitoring.sorting_out import fault_in
from coldchain.payloads import Decoded
from coldchain.records import places
from coldchain.records.places import Sensor
from coldchain.web.api.shapes import NotATemperature, Taken
from coldchain.web.services import Services

COMMIT_WITHIN_S = 30.0
"""How long a gateway waits for its COMMIT before it is told to try again."""


async def take_in(services: Services, incoming: Incoming) -> Taken:
    """Hand a message to the ingest worker and say what became of it, once that is committed.

    Raises:
        UsageError: The whole message could not be used; it is in quarantine.
        StoreUnavailable: It is not committed in time; the same message may be sent again.
    """
    if incoming.decoded or incoming.refused is not None or incoming.announced is not None or incoming.reports:
        future = services.submit(incoming)
        try:
            await asyncio.wait_for(asyncio.wrap_future(future), COMMIT_WITHIN_S)
        except TimeoutError as error:
            raise StoreUnavailable("the readings are not stored yet; send them again") from error
    if incoming.refused is not None:
        raise UsageError(f"{incoming.refused}; the message is in quarantine")
    faults = await run_in_threadpool(_faults, services, incoming)
    return Taken(readings=len(incoming.decoded) - len(faults), quarantined=faults)


def _faults(services: Services, incoming: Incoming) -> list[NotATemperature]:
    """What was put aside: by the message itself, or by what is declared of its sensor and by the clock."""
    if not incoming.decoded:
        return []
    with services.store.reading() as tx:
        known = places.sensors_named(tx, {(one.sensor, one.channel) for one in incoming.decoded})
    return [
        NotATemperature(position=one.position, sensor=one.sensor, reason=str(fault.value))
        for one in incoming.decoded
        if (fault := _fault(one, incoming.received_ms, known.get((one.sensor, one.channel)))) is not None
    ]


def _fault(one: Decoded, received_ms: int, sensor: Sensor | None) -> Fault | None:
    if sensor is None:
        return one.fault or Fault.UNKNOWN_SENSOR
    return fault_in(one, received_ms if one.measured_ms is None else one.measured_ms, received_ms, sensor)
