"""Several services started for one record: one works, the others stand by and take over when its lock goes."""

import threading
import time
from collections.abc import Callable

from coldchain.bootstrap.app import App
from coldchain.bootstrap.sole import ServiceRuns, one_service
from coldchain.errors import PortTaken, StoreUnavailable, StoreUnusable
from coldchain.records import Store

LOOK_EVERY_S = 0.5
_STARTING_S = 5.0
"""How long another service may have its port and not yet its lock."""


def start_in_turn(
    made: Callable[[], App], store: Store, stop: threading.Event, standing_by: Callable[[str], None]
) -> App | None:
    """Start a service as soon as no other one works on its record.

    Args:
        made: Makes a service that was never started.
        store: The record, to ask whether another service works on it.
        stop: Gives up waiting.
        standing_by: Told why, when the waiting begins.

    Returns:
        The service, started; ``None`` where it was told to stop first.

    Raises:
        ColdchainError: It cannot be started for another reason.
    """
    why: str | None = None
    port_taken_s: float | None = None
    while not stop.is_set():
        try:
            with one_service(store):
                pass
            app = made()
            app.start()
            return app
        except (ServiceRuns, StoreUnavailable) as error:
            if isinstance(error, StoreUnusable):
                raise
            port_taken_s = None
            now = f"another one works on {store.address}" if isinstance(error, ServiceRuns) else str(error)
            if why != now:
                standing_by(now)
            why = now
        except PortTaken:  # by the one that has just been quicker, perhaps
            port_taken_s = port_taken_s or time.monotonic()
            if time.monotonic() - port_taken_s > _STARTING_S:
                raise
        stop.wait(LOOK_EVERY_S)
    return None
