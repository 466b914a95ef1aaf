"""How far an audit of many files has come: on standard error, only on a terminal, only after two seconds."""

import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coldchain.auditing.question import Outcome
    from coldchain.auditing.related import Related

    Answers = tuple[Outcome, tuple[Related, ...]]

_SILENT_S, _EVERY_S = 2.0, 0.2
_WIDE = 24


def shown(answers: "Iterable[Answers]", paths: Sequence[str]) -> "Iterator[Answers]":
    """The same answers, with a bar that fills while they come."""
    if not sys.stderr.isatty():
        yield from answers
        return
    from coldchain.loggers.files import how_many

    began = written = time.monotonic()
    verdicts: Counter[str] = Counter()
    count = total = taken_up = 0
    for count, answer in enumerate(answers, 1):
        verdicts.update(judged.verdict or "not judged" for judged in answer[0].judged)
        taken_up += answer[0].taken_up
        now = time.monotonic()
        if now - began > _SILENT_S and now - written > _EVERY_S:
            written = now
            total = max(total or how_many(paths), count)
            _write(bar(count, total, now - began, verdicts, taken_up))
        yield answer
    if written > began:
        _write("")


def bar(count: int, total: int, seconds: float, verdicts: "Counter[str]", taken_up: int = 0) -> str:
    """``[██████      ] 412 of 9 999 files · 310/s · 31 s left · 3 violated, 2 not judged``.

    Args:
        count, total: Files done, and about how many there are.
        seconds: Since it began.
        verdicts: How many channels of each verdict so far.
        taken_up: So many of the files were kept by an earlier run.
    """
    full = _WIDE * count // max(total, 1)
    rate = max(count - taken_up, 0) / seconds if seconds > 0 else 0.0
    parts = [f"[{'█' * full}{' ' * (_WIDE - full)}] {count:,} of {total:,} files".replace(",", " ")]
    if taken_up:
        parts.append(f"{taken_up:,} kept from before".replace(",", " "))
    if rate > 0:
        parts.append(f"{rate:.0f}/s" if rate >= 1 else f"{1 / rate:.0f} s each")
        parts.append(f"{(total - count) / rate:.0f} s left")
    worst = [f"{verdicts[name]} {name}" for name in ("violated", "not judged", "undetermined") if verdicts[name]]
    return " · ".join([*parts, *([", ".join(worst)] if worst else [])])


def _write(line: str) -> None:
    print(f"\r\x1b[2K{line}", end="", file=sys.stderr, flush=True)
