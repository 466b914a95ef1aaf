"""Many files: taken in batches, judged one after the other or by several processes, answered in the order of the files.

The way in which batches are spread is an argument: `in_turn`, `processes.in_processes`, `cluster.on_cluster`.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Protocol, TypeVar

from coldchain.auditing.audited import Period, Result
from coldchain.auditing.question import Form, Outcome, Question, answer, results_of
from coldchain.domain.product import Product, Stage
from coldchain.loggers import Declared
from coldchain.loggers.files import FoundFile

_T = TypeVar("_T")

Batch = tuple[FoundFile, ...]

BATCH_FILES, BATCH_BYTES = 16, 2_000_000
"""A batch is sent to another process at once: small files in company, a large one alone."""


class Spread(Protocol):
    """Runs the same function over every batch and gives its answers in the order of the batches."""

    def __call__(self, work: Callable[[Batch], tuple[_T, ...]], batches: Iterable[Batch]) -> Iterator[tuple[_T, ...]]:
        """Answers are taken only a little ahead of what was asked, so that a large folder needs little memory."""


def in_turn(work: Callable[[Batch], tuple[_T, ...]], batches: Iterable[Batch]) -> Iterator[tuple[_T, ...]]:
    """In this process, one file after the other."""
    for batch in batches:
        for file in batch:
            yield work((file,))


def spread_over(jobs: int) -> Spread:
    """In this process for one job, else in so many processes."""
    if jobs <= 1:
        return in_turn
    from coldchain.auditing.processes import in_processes

    return partial(in_processes, jobs=jobs)


def outcomes(
    files: Iterable[FoundFile], question: Question, spread: Spread, form: Form | None = None
) -> Iterator[Outcome]:
    """Every file's outcome, in the order of the files."""
    work = partial(_answered, question=question, form=form)
    for batch in spread(work, batches(files)):
        yield from batch


def audit_many(
    files: Iterable[FoundFile],
    product: Product,
    stage: Stage,
    declared: Declared = Declared(),
    period: Period = Period(),
    jobs: int = 1,
) -> Iterator[tuple[Result, ...]]:
    """Judge files one after the other, or ``jobs`` at a time, and yield each one's results in the order of the files.

    Files are taken from the iterable only a little ahead of the results, so that a large folder needs little memory.
    """
    work = partial(_results, question=Question(product, stage, declared, period))
    for batch in spread_over(jobs)(work, batches(files)):
        yield from batch


def batches(files: Iterable[FoundFile]) -> Iterator[Batch]:
    """Files in the company in which they travel: never more than `BATCH_FILES`, nor much more than `BATCH_BYTES`."""
    batch: list[FoundFile] = []
    size = 0
    for file in files:
        batch.append(file)
        size += max(file.size, len(file.content))
        if len(batch) >= BATCH_FILES or size >= BATCH_BYTES:
            yield tuple(batch)
            batch, size = [], 0
    if batch:
        yield tuple(batch)


def _answered(batch: Batch, question: Question, form: Form | None) -> tuple[Outcome, ...]:
    return tuple(answer(file, question, form) for file in batch)


def _results(batch: Batch, question: Question) -> tuple[tuple[Result, ...], ...]:
    return tuple(results_of(file, question) for file in batch)
