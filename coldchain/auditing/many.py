"""Whole folders of logger files: one process or several, the same results in the same order."""

from collections import deque
from collections.abc import Iterable, Iterator
from functools import partial

from coldchain.auditing.audited import Period, Result
from coldchain.auditing.file import audit_file
from coldchain.domain.product import Product, Stage
from coldchain.loggers import Declared

NamedContent = tuple[str, bytes]


def audit_many(
    files: Iterable[NamedContent],
    product: Product,
    stage: Stage,
    declared: Declared = Declared(),
    period: Period = Period(),
    jobs: int = 1,
) -> Iterator[tuple[Result, ...]]:
    """Judge files one after the other, or ``jobs`` at a time, and yield each one's results in the order of the files.

    Files are taken from the iterable only a little ahead of the results, so that a large folder needs little memory.
    """
    one = partial(_audit, product=product, stage=stage, declared=declared, period=period)
    if jobs <= 1:
        yield from map(one, files)
        return
    from concurrent.futures import Future, ProcessPoolExecutor

    waiting: deque[Future[tuple[Result, ...]]] = deque()
    with ProcessPoolExecutor(jobs) as pool:
        for file in files:
            waiting.append(pool.submit(one, file))
            if len(waiting) >= 4 * jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _audit(
    file: NamedContent, product: Product, stage: Stage, declared: Declared, period: Period
) -> tuple[Result, ...]:
    return audit_file(*file, product, stage, declared, period)
