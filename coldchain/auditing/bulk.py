"""An audit of many files: judged once each, taken up from an output folder, compared with each other as they come."""

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from coldchain.auditing.contract import to_line
from coldchain.auditing.folder import OutputFolder
from coldchain.auditing.many import Spread, in_turn, outcomes
from coldchain.auditing.question import Form, Judged, Outcome, Question
from coldchain.auditing.related import Related, Relations
from coldchain.loggers.files import FoundFile, reopened


@dataclass(frozen=True)
class Bulk:
    """How an audit of many files is done.

    Attributes:
        spread: In this process, in several, or on a cluster.
        folder: Where results are kept by content, and taken up from.
        form: What each result becomes besides its line, such as a section of a report; results are then judged anew,
            since a kept one has no readings.
    """

    question: Question
    spread: Spread = in_turn
    folder: OutputFolder | None = None
    form: Form | None = None


def audited(files: Iterable[FoundFile], bulk: Bulk) -> Iterator[tuple[Outcome, tuple[Related, ...]]]:
    """Every file's outcome in the order of the files, with what relates each channel to the files before it."""
    relations = Relations(bulk.question.declared)
    for outcome in _outcomes(files, bulk):
        yield outcome, relations.of(outcome)


def full_line(judged: Judged, related: Related) -> str:
    """One line of ``coldchain audit --format json``: a file's own object, and how it relates to the files before it.

    A refusal has the additional keys only where it is a copy.
    """
    if judged.verdict is None and related.same_content_as is None:
        return judged.line
    return f"{judged.line[:-1]}, {to_line(related.as_json())[1:]}"


def _outcomes(files: Iterable[FoundFile], bulk: Bulk) -> Iterator[Outcome]:
    folder = bulk.folder
    if folder is None:
        yield from outcomes(files, bulk.question, bulk.spread, bulk.form)
        return
    line: deque[_Waiting] = deque()
    to_judge = _to_judge(files, folder, line, take_up=bulk.form is None)
    for outcome in outcomes(to_judge, bulk.question, bulk.spread, bulk.form):
        yield from _taken_up(line, folder, bulk)
        line.popleft()
        folder.keep(outcome)
        yield outcome
    yield from _taken_up(line, folder, bulk)


@dataclass(frozen=True)
class _Waiting:
    """A file's place in the order: its content is being judged, or was (``kept``) and only needs to be fetched."""

    found: FoundFile
    kept: str | None


def _to_judge(
    files: Iterable[FoundFile], folder: OutputFolder, line: deque[_Waiting], *, take_up: bool
) -> Iterator[FoundFile]:
    """The files that nobody has judged yet; every file gets its place in the line."""
    coming: set[str] = set()
    for found in files:
        file = reopened(found)
        light = replace(file, content=b"")
        sha256 = None if file.refused is not None else hashlib.sha256(file.content).hexdigest()
        known = sha256 is not None and (sha256 in coming or folder.kept(file.name, file.where, sha256) is not None)
        if take_up and known:
            line.append(_Waiting(light, sha256))
            continue
        if sha256 is not None:
            coming.add(sha256)
        line.append(_Waiting(light, None))
        yield file


def _taken_up(line: deque[_Waiting], folder: OutputFolder, bulk: Bulk) -> Iterator[Outcome]:
    """What stands ready at the head of the line."""
    while line and line[0].kept is not None:
        waiting = line.popleft()
        kept = folder.kept(waiting.found.name, waiting.found.where, waiting.kept or "")
        if kept is None:  # somebody took it away meanwhile
            (kept,) = outcomes([waiting.found], bulk.question, in_turn)
            folder.keep(kept)
        yield kept
