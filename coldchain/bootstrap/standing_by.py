"""Several services, and one record or several: each record has one that works, the others stand by.

The record's own lock says whether somebody works on it (`sole`). It goes with its holder, however that ends, so there
is no lease to renew and no clock to trust; and a holder who lost it writes nothing more (ADR 0100, 0151).
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from coldchain.bootstrap.app import App
from coldchain.bootstrap.sole import ServiceRuns, nobody_works
from coldchain.errors import ColdchainError, PortTaken, StoreUnavailable, StoreUnusable
from coldchain.records import Store

LOOK_EVERY_S = 0.5
_STARTING_S = 5.0
"""How long another service may have its port and not yet its lock."""


@dataclass(frozen=True)
class Turn:
    """A record that a service could work on.

    Attributes:
        name: The shard's name; empty where there is one record only.
        made: Makes a service for it that was never started.
        store: The record, to ask whether another service works on it.
    """

    name: str
    made: Callable[[], App]
    store: Store


@dataclass(frozen=True)
class Started:
    """A service that works, and on what."""

    turn: Turn
    app: App


def start_in_turn(
    turns: Sequence[Turn], stop: threading.Event, standing_by: Callable[[str], None]
) -> Started | None:  # fmt: skip
    """Start a service for the first record on which no other one works, as soon as there is one.

    Args:
        turns: The records, in the order in which they are tried.
        stop: Gives up waiting.
        standing_by: Told why, when the waiting begins and when the reason is another one.

    Returns:
        The service, started; ``None`` where it was told to stop first.

    Raises:
        ColdchainError: It cannot be started for another reason than that others work.
    """
    said: str | None = None
    port_taken_s: float | None = None
    while not stop.is_set():
        refusals: list[ColdchainError] = []
        for turn in turns:
            started = _start(turn, refusals)
            if started is not None:
                return started
        if all(isinstance(refusal, StoreUnusable) for refusal in refusals):
            raise refusals[0]
        if all(isinstance(refusal, PortTaken) for refusal in refusals):
            port_taken_s = port_taken_s or time.monotonic()
            if time.monotonic() - port_taken_s > _STARTING_S:  # by a program that takes no lock
                raise refusals[0]
        else:
            port_taken_s = None
            why = _why(turns, refusals)
            if why != said:
                standing_by(why)
            said = why
        stop.wait(LOOK_EVERY_S)
    return None


def _start(turn: Turn, refusals: list[ColdchainError]) -> Started | None:
    try:
        if not nobody_works(turn.store):
            raise ServiceRuns(f"another coldchain service already works on {turn.store.address}")
        app = turn.made()
        app.start()
    except (ServiceRuns, StoreUnavailable, PortTaken) as refusal:
        refusals.append(refusal)
        return None
    return Started(turn, app)


def _why(turns: Sequence[Turn], refusals: Sequence[ColdchainError]) -> str:
    """One sentence for all records: how many are worked on, and what is wrong with the others."""
    if len(turns) == 1:
        alone = isinstance(refusals[0], ServiceRuns)
        return f"another one works on {turns[0].store.address}" if alone else str(refusals[0])
    both = list(zip(turns, refusals, strict=True))
    taken = sum(1 for _, refusal in both if isinstance(refusal, ServiceRuns))
    others = [f"{turn.name}: {refusal}" for turn, refusal in both if not isinstance(refusal, ServiceRuns)]
    return "; ".join([f"others work on {taken} of {len(turns)} shards", *others])
