"""Whole folders of logger files: one process or several, the same results in the same order."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from coldchain.auditing.audited import AuditedFile, Period, Refused, Result
from coldchain.auditing.file import audit_file
from coldchain.domain.product import Product, Stage
from coldchain.errors import FileRefused
from coldchain.loggers import Declared
from coldchain.loggers.files import FoundFile

if TYPE_CHECKING:
    from concurrent.futures import Future

Results = tuple[Result, ...]


def audit_many(
    files: Iterable[FoundFile],
    product: Product,
    stage: Stage,
    declared: Declared = Declared(),
    period: Period = Period(),
    jobs: int = 1,
) -> Iterator[Results]:
    """Judge files one after the other, or ``jobs`` at a time, and yield each one's results in the order of the files.

    Files are taken from the iterable only a little ahead of the results, so that a large folder needs little memory.
    """
    if jobs > 1:
        yield from _in_processes(files, product, stage, declared, period, jobs)
        return
    for file in files:
        if file.refused is not None:
            yield _unopened(file.name, file.refused)
        else:
            yield audit_file(file.name, file.content, product, stage, declared, period)


def _in_processes(
    files: Iterable[FoundFile], product: Product, stage: Stage, declared: Declared, period: Period, jobs: int
) -> Iterator[Results]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    waiting: deque[Results | Future[Results]] = deque()
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for file in files:
            if file.refused is not None:
                waiting.append(_unopened(file.name, file.refused))
            else:
                waiting.append(pool.submit(audit_file, file.name, file.content, product, stage, declared, period))
            if len(waiting) >= 4 * jobs:
                yield _taken(waiting)
        while waiting:
            yield _taken(waiting)


def _taken(waiting: "deque[Results | Future[Results]]") -> Results:
    first = waiting.popleft()
    return first if isinstance(first, tuple) else first.result()


def _unopened(name: str, error: FileRefused) -> Results:
    return (Refused(AuditedFile(name, None), error.code, str(error), error.options),)
