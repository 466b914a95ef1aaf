"""What a message that came over HTTP goes through: to the ingest worker, and an answer only after its COMMIT."""

import asyncio
from collections.abc import Sequence

from coldchain.errors import StoreUnavailable, UsageError
from coldchain.monitoring.incoming import Incoming
from coldchain.payloads import Decoded
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
    if incoming.decoded or incoming.refused is not None or incoming.announced is not None:
        future = services.submit(incoming)
        try:
            await asyncio.wait_for(asyncio.wrap_future(future), COMMIT_WITHIN_S)
        except TimeoutError as error:
            raise StoreUnavailable("the readings are not stored yet; send them again") from error
    if incoming.refused is not None:
        raise UsageError(f"{incoming.refused}; the message is in quarantine")
    faults = _faults(incoming.decoded)
    return Taken(readings=len(incoming.decoded) - len(faults), quarantined=faults)


def _faults(decoded: Sequence[Decoded]) -> list[NotATemperature]:
    return [
        NotATemperature(position=each.position, sensor=each.sensor, reason=str(each.fault.value))
        for each in decoded
        if each.fault is not None
    ]
