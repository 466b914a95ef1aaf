"""What is asked of every file of an audit, and what one file answers; both travel to other processes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coldchain.auditing.audited import Audited, AuditedFile, Period, Refused, Result
from coldchain.auditing.contract import as_json, to_line
from coldchain.auditing.file import audit_file
from coldchain.domain.product import Product, Stage
from coldchain.loggers import Declared
from coldchain.loggers.files import FoundFile, reopened
from coldchain.version import __version__

MOST_CARRIED = 200_000
"""A channel with more readings leaves them where it was judged; who needs them reads the file again."""


@dataclass(frozen=True)
class Question:
    """Which rules judge, and what the person declares; the same for every file.

    Attributes:
        program: The version that answers; another one refuses, so that no result is a mixture.
    """

    product: Product
    stage: Stage
    declared: Declared = Declared()
    period: Period = Period()
    program: str = __version__


@dataclass(frozen=True)
class Readings:
    """A channel's readings, one an instant, in order: UTC ms and m°C, both of shape (n,)."""

    at_ms: NDArray[np.int64]
    milli_c: NDArray[np.int64]


@dataclass(frozen=True)
class Judged:
    """One channel of a file, or its refusal, in the form in which it is kept and compared.

    Attributes:
        line: Its object of ``coldchain.audit/1`` as JSON.
        verdict: ``None`` where the file was refused.
        logger: Its format and serial; ``None`` where the file names no serial. Makers number their loggers each for
            themselves, so that a serial alone names none.
        unit: ``C``, ``F``, ``K`` or ``None``: what its values were written in.
        first_ms, last_ms: The span of its readings, UTC ms; ``None`` without any.
        readings: For comparing with other exports of the same logger; ``None`` where they were not carried.
        form: What the caller wanted besides (`Form`).
    """

    line: str
    verdict: str | None
    channel: str = ""
    logger: str | None = None
    unit: str | None = None
    first_ms: int | None = None
    last_ms: int | None = None
    readings: Readings | None = None
    form: Any = None


@dataclass(frozen=True)
class Outcome:
    """What became of one file.

    Attributes:
        where: How to find the file again (`FoundFile.where`).
        sha256: Of its bytes; ``None`` where they could not be read.
        judged: One for each channel, or one refusal.
        taken_up: It was judged by an earlier run and not again.
    """

    name: str
    where: tuple[str, ...]
    sha256: str | None
    judged: tuple[Judged, ...]
    taken_up: bool = False


DEFECT = "defect"
"""The error code of a file on which this program itself failed."""

Form = Callable[[Result], Any]
"""What else each result becomes where it is judged, such as a section of a report; a function of a module."""


def answer(found: FoundFile, question: Question, form: Form | None = None) -> Outcome:
    """One file judged; the same bytes and question always give the same lines.

    The same function runs in this process, in several, and on a cluster. Where the program itself fails on a file, that
    is said of this file (``defect``), and thousands of others are still judged.
    """
    try:
        results = results_of(found, question)
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is told, with the file's name
        results = (Refused(AuditedFile(found.name, None), DEFECT, _defect(error), ()),)
    judged = tuple(judged_of(result, form) for result in results)
    return Outcome(found.name, found.where, results[0].file.sha256, judged)


def _defect(error: Exception) -> str:
    return (
        f"this program failed on the file ({type(error).__name__}: {error}); that is a defect of the program and says "
        "nothing about the temperatures: please report it together with the file"
    )


def results_of(found: FoundFile, question: Question) -> tuple[Result, ...]:
    """One file judged, as the values themselves."""
    file = reopened(found)
    if file.refused is not None:
        return (Refused(AuditedFile(file.name, None), file.refused.code, str(file.refused), file.refused.options),)
    return audit_file(file.name, file.content, question.product, question.stage, question.declared, question.period)


def logger_of(file_format: str | None, serial: str | None) -> str | None:
    """By what the exports of one logger are known; ``None`` where the file does not say."""
    return f"{file_format} {serial}" if serial else None


def judged_of(result: Result, form: Form | None = None) -> Judged:
    """A result in the form in which it is kept and compared."""
    line = to_line(as_json(result))
    other = None if form is None else form(result)
    if not isinstance(result, Audited):
        return Judged(line, None, form=other)
    at_ms = result.trace.at_ms
    unit = result.evidence.get("unit")
    return Judged(
        line,
        str(result.verdict),
        result.channel,
        logger_of(result.file.format, result.device.serial),
        unit.value if unit else None,
        int(at_ms[0]) if at_ms.size else None,
        int(at_ms[-1]) if at_ms.size else None,
        Readings(at_ms, result.trace.milli_c) if at_ms.size <= MOST_CARRIED else None,
        other,
    )
