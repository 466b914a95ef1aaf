"""Batches spread over a Dask cluster: the same function as in this process, with the files' bytes sent along.

This is the one module that knows Dask. A worker that is lost changes nothing: its batches are done again by another
one, and answers are taken in the order of the files.
"""

import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, TypeVar

from coldchain.auditing.many import Batch, Spread
from coldchain.errors import ClusterUnavailable
from coldchain.loggers.files import reopened
from coldchain.version import __version__

_T = TypeVar("_T")

AHEAD = 3
"""So many batches for each thread of the cluster are under way before the first answer is taken."""

CONNECT_S, LOST_S = 10.0, 60.0
"""How long an address may take to answer, and how long a cluster may be without any worker."""


def on_cluster(address: str) -> Spread:
    """Connect to the scheduler at an address such as ``tcp://host:8786`` and make sure that its workers can judge.

    Raises:
        ClusterUnavailable: Dask is not installed here, nobody answers, there is no worker, or one runs another version.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterUnavailable(
            "--cluster needs Dask, which is not installed: pip install 'coldchain[cluster]'"
        ) from error
    try:
        client = Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:  # its TimeoutError is an OSError
        raise ClusterUnavailable(
            f"--cluster: no Dask scheduler answers at {address!r}; start one with `dask scheduler` and name its address"
        ) from error
    try:
        _check_workers(client, address)
    except BaseException:
        client.close()
        raise
    return partial(_spread, client=client, address=address)


def _spread(
    work: Callable[[Batch], tuple[_T, ...]], batches: Iterable[Batch], *, client: Any, address: str
) -> Iterator[tuple[_T, ...]]:
    waiting: deque[Any] = deque()
    ahead = AHEAD * max(sum(client.nthreads().values()), 1)
    try:
        for batch in batches:
            loaded = tuple(reopened(file) for file in batch)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a large file is a large message: that is known
                waiting.append(client.submit(_checked, work, loaded, __version__, pure=False))
            if len(waiting) >= ahead:
                yield _taken(waiting.popleft(), client, address)
        while waiting:
            yield _taken(waiting.popleft(), client, address)
    finally:
        for future in waiting:
            future.cancel()
        client.close()


def _checked(work: Callable[[Batch], tuple[_T, ...]], batch: Batch, program: str) -> tuple[_T, ...]:
    """Runs on a worker; one that joined late may be of another version."""
    if program != __version__:
        raise ClusterUnavailable(f"a worker runs coldchain {__version__}, this is {program}: install the same")
    return work(batch)


def _taken(future: Any, client: Any, address: str) -> Any:
    """An answer, waited for as long as there is somebody to give it."""
    from distributed import CancelledError, KilledWorker
    from distributed import TimeoutError as NotYet

    while True:
        try:
            return future.result(timeout=LOST_S)
        except NotYet as error:
            if not _workers(client):
                raise ClusterUnavailable(
                    f"the cluster at {address!r} has no worker left; with --output the run is taken up where it stopped"
                ) from error
        except KilledWorker as error:
            raise ClusterUnavailable(
                f"the workers of {address!r} keep ending over the same files, mostly for lack of memory: give them "
                "more, or judge those files here"
            ) from error
        except (CancelledError, OSError) as error:
            raise ClusterUnavailable(
                f"the scheduler at {address!r} is gone; with --output the run is taken up where it stopped"
            ) from error


def _check_workers(client: Any, address: str) -> None:
    if not _workers(client):
        raise ClusterUnavailable(f"--cluster: {address!r} has no worker; start some with `dask worker {address}`")
    try:
        versions: dict[str, str] = client.run(_program)
    except Exception as error:  # whatever the worker lacks, it comes back as that
        raise ClusterUnavailable(
            f"--cluster: a worker of {address!r} cannot run coldchain ({type(error).__name__}: {error}); install "
            f"coldchain {__version__} there"
        ) from error
    for worker, version in versions.items():
        if version != __version__:
            raise ClusterUnavailable(
                f"--cluster: the worker {worker} runs coldchain {version}, this is {__version__}: install the same"
            )


def _workers(client: Any) -> int:
    return len(client.scheduler_info(n_workers=-1)["workers"])


def _program() -> str:
    return __version__
