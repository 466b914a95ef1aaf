"""Keeping what somebody brings, and reading it again with every answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from coldchain.errors import UsageError
from coldchain.importing.allowed import Deed, permitted
from coldchain.importing.reading import SAID, Reading, declared_of, read_as
from coldchain.loggers import Declared
from coldchain.loggers.files import FoundFile
from coldchain.loggers.learned import LearnedLayout
from coldchain.records import import_batches, imports
from coldchain.records.import_batches import Brought
from coldchain.records.imports import Import, Who
from coldchain.records.store import Store
from coldchain.reviewing.stock import Actor, comment_of


@dataclass(frozen=True)
class Received:
    """What bringing a file came to; ``again``: the same bytes had been brought before."""

    found: Import
    again: bool


def receive(store: Store, actor: Actor, name: str, content: bytes, declared: Declared, now_ms: int) -> Received:
    """Keep a file and read it; the same bytes are the same import.

    Bytes that are known are read again only if something else is declared than the last time.

    Raises:
        NotPermitted: The role may not.
        UsageError: There is no file, or what was declared is no zone, unit, date order or decimal mark.
    """
    permitted(actor, Deed.BRING)
    if not content:
        raise UsageError("the file is empty: choose the logger's file")
    by = who(actor)
    reading = read_as(name, content, declared)  # outside the transaction: it may take a while
    with store.transaction() as tx:
        file, again = imports.receive(tx, name, content, now_ms, by)
        if not again:
            imports.append_attempt(tx, file.id, reading.attempt, now_ms, by)
        found = imports.one(tx, file.id)
    if again and _says_more(found, declared):
        return Received(
            answer(store, actor, file.id, answers=_said(declared), now_ms=now_ms, layouts=declared.layouts), again
        )
    return Received(found, again)


def bring(
    store: Store, actor: Actor, files: Iterable[FoundFile], declared: Declared, once: str | None, now_ms: int
) -> int:
    """Keep several files as one batch; returns its id. What cannot be kept at all is in the batch with the reason."""
    permitted(actor, Deed.BRING)
    brought = []
    for file in files:
        problem = str(file.refused) if file.refused else "" if file.content else "it is empty"
        if problem:
            brought.append(Brought(file.name, None, again=False, problem=problem))
        else:
            received = receive(store, actor, file.name, file.content, declared, now_ms)
            brought.append(Brought(file.name, received.found.file.id, received.again))
    with store.transaction() as tx:
        return import_batches.put(tx, brought, once, now_ms, who(actor))


def answer(
    store: Store, actor: Actor, import_id: int, *, answers: Mapping[str, str], now_ms: int,
    layouts: tuple[LearnedLayout, ...] | None = None,
) -> Import:  # fmt: skip
    """Read a kept file again with answers; they stand for everything that people declared before.

    Args:
        store: The record.
        actor: Who answers.
        import_id: Which file.
        answers: What is declared now, by the names of `reading.SAID`; the site's zone stays what it was.
        now_ms: Now.
        layouts: The learned layouts that are at hand; those of the last reading if ``None``.

    Raises:
        NotFound: There is no such import.
        NotPermitted: The role may not.
        UsageError: An answer is no zone, unit, date order or decimal mark.
    """
    permitted(actor, Deed.BRING)
    with store.reading() as tx:
        found, content = imports.one(tx, import_id), imports.content(tx, import_id)
    before = declared_of(found.last)
    declared = Declared(**dict(answers), site_tz=before.site_tz, layouts=before.layouts if layouts is None else layouts)
    return _read_anew(
        store, actor, found, read_as(found.file.name, content, declared, found.last.accepted_because), now_ms
    )


def accept_signature(store: Store, actor: Actor, import_id: int, reason: str, now_ms: int) -> Import:
    """A pharmacist accepts a file whose signature does not fit its content, and says why; it stays said everywhere.

    Raises:
        NotPermitted: Somebody else tries.
        UsageError: There is no reason, or nothing to accept.
    """
    permitted(actor, Deed.ACCEPT)
    said = comment_of(reason)
    if not said:
        raise UsageError("say why it is accepted: where the file comes from, and what was compared")
    with store.reading() as tx:
        found, content = imports.one(tx, import_id), imports.content(tx, import_id)
    if found.last.code != "bad-signature":
        raise UsageError("nothing is to be accepted here: this file was not refused for its signature")
    return _read_anew(store, actor, found, read_as(found.file.name, content, declared_of(found.last), said), now_ms)


def who(actor: Actor) -> Who:
    """An actor as the record keeps them."""
    return Who(actor.name, actor.account_id)


def _read_anew(store: Store, actor: Actor, found: Import, reading: Reading, now_ms: int) -> Import:
    """Append how the file was read now, unless nothing is different from the last time."""
    last = found.last
    same = (
        dict(last.declared) == dict(reading.attempt.declared)
        and list(last.layouts) == list(reading.attempt.layouts)
        and last.accepted_because == reading.attempt.accepted_because
        and last.outcome == reading.attempt.outcome
        and last.program == reading.attempt.program
    )
    with store.transaction() as tx:
        if not same:
            imports.append_attempt(tx, found.file.id, reading.attempt, now_ms, who(actor))
        return imports.one(tx, found.file.id)


def _says_more(found: Import, declared: Declared) -> bool:
    """Whether reading known bytes again can come to something else than the last time."""
    before = declared_of(found.last)
    if _said(declared):
        return _said(declared) != _said(before)
    return found.last.outcome != imports.READ and declared.layouts != before.layouts


def _said(declared: Declared) -> dict[str, str]:
    """What a person declared, without what the site and its layouts do."""
    names = [name for name in SAID if name != "site_tz"]
    return {name: value for name in names if (value := getattr(declared, name))}
