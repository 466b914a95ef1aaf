"""Batches spread over several processes of this machine."""

import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TypeVar

from coldchain.auditing.many import Batch
from coldchain.errors import ColdchainError

_T = TypeVar("_T")

AHEAD = 4
"""So many batches for each process are under way before the first answer is taken."""

MOST_RESTARTS = 3
"""So often in a row a process may end without an answer to the same batch."""


def in_processes(
    work: Callable[[Batch], tuple[_T, ...]], batches: Iterable[Batch], *, jobs: int
) -> Iterator[tuple[_T, ...]]:
    """Spread over ``jobs`` processes; one that ends without an answer is replaced and asked again.

    Raises:
        ColdchainError: Processes keep ending over the same files: they need more memory than there is.
    """
    waiting: deque[tuple[Batch, Future[tuple[_T, ...]]]] = deque()
    coming = iter(batches)
    pool = _pool(jobs)
    restarts = 0
    try:
        while True:
            for batch in coming:
                waiting.append((batch, _submitted(pool, work, batch)))
                if len(waiting) >= AHEAD * jobs:
                    break
            if not waiting:
                return
            try:
                answered = waiting[0][1].result()
            except BrokenProcessPool as error:
                restarts += 1
                if restarts > MOST_RESTARTS:
                    raise _ended(waiting[0][0]) from error
                pool.shutdown(cancel_futures=True)
                pool = _pool(jobs)
                waiting = deque((batch, pool.submit(work, batch)) for batch, _ in waiting)
                continue
            restarts = 0
            waiting.popleft()
            yield answered
    finally:
        pool.shutdown(cancel_futures=True)


def _submitted(
    pool: ProcessPoolExecutor, work: Callable[[Batch], tuple[_T, ...]], batch: Batch
) -> "Future[tuple[_T, ...]]":
    try:
        return pool.submit(work, batch)
    except BrokenProcessPool as error:  # said when its turn comes, like any other
        broken: Future[tuple[_T, ...]] = Future()
        broken.set_exception(error)
        return broken


def _pool(jobs: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_quiet)


def _quiet() -> None:
    """Ctrl-C is for the process that was started: it ends the others itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _ended(batch: Batch) -> ColdchainError:
    return ColdchainError(
        f"the processes that judge keep ending at {batch[0].name!r} or one of the {len(batch)} files from there "
        "on, mostly for lack of memory: try fewer --jobs, or leave that file out"
    )
