"""Judging an imported file by a product, filing the verdict, and acknowledging what was filed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from coldchain.auditing.audited import Audited, Period, Refused, Result
from coldchain.auditing.contract import Object, as_json
from coldchain.auditing.file import audit_file
from coldchain.domain.product import Product, Stage
from coldchain.domain.verdict import Verdict
from coldchain.errors import FileRefused, NotFound, NotPermitted, UsageError
from coldchain.importing.allowed import Deed, permitted, refusal
from coldchain.importing.reading import again as read_again
from coldchain.importing.reading import declared_of
from coldchain.importing.receiving import accept_signature, receive, who
from coldchain.loggers import Declared
from coldchain.records import imports, items
from coldchain.records.accounts import Account
from coldchain.records.imports import Filing, Import, NewFiling
from coldchain.records.store import Store, Transaction
from coldchain.reviewing.acknowledging import comment_of as needed_comment
from coldchain.reviewing.shipping import TRANSPORT, Leg, leg_in
from coldchain.reviewing.stock import Act, Actor, FieldProblem, comment_of
from coldchain.reviewing.stock import permitted as stock_permitted
from coldchain.rulebook.book import parse_product

_WORST_FIRST = (Verdict.VIOLATED, Verdict.UNDETERMINED, Verdict.COMPLIANT)
_LONGEST_NAME = 100


@dataclass(frozen=True)
class Rules:
    """A product file and one of its stages: what judges."""

    product: Product
    text: str
    stage: Stage


@dataclass(frozen=True)
class ToFile:
    """What is to be filed.

    Attributes:
        rules: What judges; where an item is named, its own frozen product file does.
        period: What is declared of the time that counts, the gaps and the logger.
        shipment, lot: As people call them.
        item_id: The item whose transport the file is the trace of.
    """

    rules: Rules
    period: Period = field(default_factory=Period)
    shipment: str = ""
    lot: str = ""
    item_id: int | None = None
    comment: str = ""


@dataclass(frozen=True)
class Filed:
    """What filing came to; ``again``: the very same had been filed before, and nothing was changed."""

    found: Import
    filing: Filing
    again: bool


def rules_of(product: Product, text: str, stage_name: str) -> Rules:
    """A product and one of its stages; without a name its first one.

    Raises:
        FieldProblem: The product has no such stage, or it says nothing of temperatures.
    """
    stage = product.stages.get(stage_name) if stage_name else product.first_stage
    if stage is None:
        raise FieldProblem("stage", f"{product.id} has no stage {stage_name!r}: it has {', '.join(product.stages)}")
    if not stage.limits:
        raise FieldProblem("stage", f"the stage {stage.name!r} of {product.id} names no temperature to judge by")
    return Rules(product, text, stage)


def rules_of_item(tx: Transaction, item_id: int) -> Rules:
    """How an item's own product file, as it was frozen at its arrival, will judge the file of its transport.

    Raises:
        NotFound: There is no such item.
        FieldProblem: Its product says nothing of temperatures there.
    """
    history = items.history(tx, item_id)
    product = parse_product(history.item.product_file, history.item.product_id)
    stage = TRANSPORT if TRANSPORT in product.stages else history.stays[0].stage
    return rules_of(product, history.item.product_file, stage)


def judge(found: Import, content: bytes, rules: Rules, period: Period) -> tuple[Result, ...]:
    """The file's channels by some rules, as it was read last; a refusal where it could not be read."""
    if found.last.outcome != imports.READ:
        raise FileRefused(found.last.code, found.last.message, tuple(found.last.options))
    return _judged(found.file.name, content, found, rules, period)


def judged_again(found: Import, content: bytes, filing: Filing) -> tuple[Result, ...]:
    """What was filed, judged anew: the very bytes, the frozen product file, the answers of then."""
    product = parse_product(filing.product_file, filing.product_id)
    period = Period(filing.from_ms, filing.to_ms, filing.max_gap_ms, filing.uncertainty_milli_c)
    then = replace(found, attempts=tuple(one for one in found.attempts if one.id <= filing.attempt_id))
    return _judged(found.file.name, content, then, Rules(product, "", product.stages[filing.stage]), period)


def _judged(name: str, content: bytes, found: Import, rules: Rules, period: Period) -> tuple[Result, ...]:
    accepted = replace(period, accept_bad_signature=bool(found.last.accepted_because))
    return audit_file(name, content, rules.product, rules.stage, declared_of(found.last), accepted)


def verdict_of(results: Sequence[Result]) -> Verdict | None:
    """The worst of a file's channels; ``None`` where it was refused."""
    verdicts = {result.verdict for result in results if isinstance(result, Audited)}
    return next((verdict for verdict in _WORST_FIRST if verdict in verdicts), None)


def judgement_json(results: Sequence[Result]) -> list[Object]:
    """``coldchain.audit/1`` of every channel, without the rows in quarantine: the file itself holds those."""
    return [as_json(result) | {"quarantine": []} for result in results if isinstance(result, Audited)]


def file_it(store: Store, actor: Actor, import_id: int, wanted: ToFile, now_ms: int) -> Filed:
    """Judge an import and keep the verdict; where an item is named, the file becomes the trace of its transport.

    The very same filing again changes nothing.

    Raises:
        NotFound: There is no such import or item.
        NotPermitted: The role may not file, or not change that item's way.
        FileRefused: The file cannot be read, or not judged.
        FieldProblem: Something that was typed cannot be used.
    """
    permitted(actor, Deed.BRING)
    wanted = _tidy(wanted)
    with store.reading() as tx:
        found, content = imports.one(tx, import_id), imports.content(tx, import_id)
        if wanted.item_id is not None:
            wanted = replace(wanted, rules=rules_of_item(tx, wanted.item_id))
    if wanted.item_id is not None:
        return _leg_and_filing(store, actor, found, content, wanted, now_ms)[1]
    results = judge(found, content, wanted.rules, wanted.period)
    with store.transaction() as tx:
        return _append(tx, actor, imports.one(tx, import_id), wanted, results, None, now_ms)


def import_for_item(
    store: Store, actor: Actor, item_id: int, name: str, content: bytes, declared: Declared, now_ms: int, *,
    from_ms: int | None = None, uncertainty_milli_c: int = 0, accepted_because: str = "",
) -> Leg:  # fmt: skip
    """Bring a file and file it as the trace of an item's transport, in one go.

    Args:
        store, actor, item_id: The record, who brings it, and whose transport it is.
        name, content, declared: The file, and what is said where it proves nothing.
        now_ms: Now.
        from_ms: When the transport began; its first reading, where nothing is said.
        uncertainty_milli_c: Of the logger.
        accepted_because: Why an invalid signature is accepted; empty where it is not.

    Raises:
        FileRefused, NotFound, NotPermitted, FieldProblem: As `file_it` and `reviewing.shipping.import_leg`.
    """
    with store.reading() as tx:
        stock_permitted(actor, Act.IMPORT, items.history(tx, item_id))
        rules = rules_of_item(tx, item_id)
    found = receive(store, actor, name, content, declared, now_ms).found
    if found.last.code == "bad-signature" and accepted_because:
        found = accept_signature(store, actor, found.file.id, accepted_because, now_ms)
    if found.last.outcome != imports.READ:
        raise FileRefused(found.last.code, found.last.message, tuple(found.last.options))
    wanted = ToFile(rules, Period(from_ms, None, None, uncertainty_milli_c), item_id=item_id)
    return _leg_and_filing(store, actor, found, content, wanted, now_ms)[0]


def _leg_and_filing(
    store: Store, actor: Actor, found: Import, content: bytes, wanted: ToFile, now_ms: int
) -> tuple[Leg, Filed]:
    """The file as a leg of the item's way and its filed verdict, both or neither."""
    item_id = wanted.item_id
    if item_id is None:
        raise UsageError("no item is named")
    reading = read_again(found.file.name, content, found.last)
    if reading.file is None or reading.attempt.outcome != imports.READ:
        raise FileRefused(found.last.code, found.last.message, tuple(found.last.options))
    period, rules = wanted.period, wanted.rules
    results = judge(found, content, rules, period)  # before the transaction, which everything else waits for
    with store.transaction() as tx:
        leg = leg_in(
            tx, actor, item_id, reading.file, content, now_ms, from_ms=period.start_ms,
            uncertainty_milli_c=period.uncertainty_milli_c,
        )  # fmt: skip
        stage = _stage_of(tx, item_id, leg.shipment_id)
        if stage != rules.stage.name:  # the transport was recorded in another stage than the usual one
            rules = rules_of(rules.product, rules.text, stage)
            results = judge(found, content, rules, period)
        by_stage = replace(wanted, rules=rules)
        return leg, _append(tx, actor, imports.one(tx, found.file.id), by_stage, results, leg.shipment_id, now_ms)


def _stage_of(tx: Transaction, item_id: int, shipment_id: int) -> str:
    """In which stage of its product the item was on that transport."""
    history = items.history(tx, item_id)
    return next((one.stage for one in history.events if one.shipment_id == shipment_id), history.last.stage)


def _append(
    tx: Transaction, actor: Actor, found: Import, wanted: ToFile, results: Sequence[Result], shipment_id: int | None,
    now_ms: int,
) -> Filed:  # fmt: skip
    refused = next((result for result in results if isinstance(result, Refused)), None)
    if refused is not None:
        raise FileRefused(refused.code, refused.message, refused.options)
    verdict = verdict_of(results)
    if verdict is None:
        raise FileRefused("no-readings", "there is nothing to judge in it")
    rules, period = wanted.rules, wanted.period
    new = NewFiling(
        import_id=found.file.id, attempt_id=found.last.id, product_id=rules.product.id, version=rules.product.version,
        sha256=rules.product.sha256, product_file=rules.text, stage=rules.stage.name, from_ms=period.start_ms,
        to_ms=period.end_ms, max_gap_ms=period.max_gap_ms, uncertainty_milli_c=period.uncertainty_milli_c,
        verdict=verdict.value, judgement=judgement_json(results), shipment=wanted.shipment, lot=wanted.lot,
        item_id=wanted.item_id, shipment_id=shipment_id, comment=wanted.comment,
    )  # fmt: skip
    before = next((one for one in found.filings if _same(one, new)), None)
    if before is not None:
        return Filed(found, before, again=True)
    made = imports.append_filing(tx, new, now_ms, who(actor))
    now = imports.one(tx, found.file.id)
    return Filed(now, next(one for one in now.filings if one.id == made), again=False)


def _same(one: Filing, new: NewFiling) -> bool:
    """Whether filing this would say nothing new: the same rules, answers, period and links."""
    names = (
        "attempt_id", "sha256", "stage", "from_ms", "to_ms", "max_gap_ms", "uncertainty_milli_c", "verdict", "shipment",
        "lot", "item_id",
    )  # fmt: skip
    return all(getattr(one, name) == getattr(new, name) for name in names)


def _tidy(wanted: ToFile) -> ToFile:
    return replace(
        wanted,
        shipment=_line("shipment", wanted.shipment),
        lot=_line("lot", wanted.lot),
        comment=comment_of(wanted.comment),
    )


def _line(name: str, text: str) -> str:
    kept = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if len(kept) > _LONGEST_NAME:
        raise FieldProblem(name, f"At most {_LONGEST_NAME} characters, please; this is {len(kept)}")
    return kept


def why_not_acknowledged(role: str, filing: Filing) -> str | None:
    """Why this role cannot acknowledge a filed verdict, or ``None``."""
    why_not = refusal(role, Deed.ACKNOWLEDGE)
    if why_not is not None:
        return why_not
    if filing.verdict == Verdict.COMPLIANT.value:
        return "every limit was kept: there is nothing to acknowledge"
    return None


def acknowledge(store: Store, import_id: int, filing_id: int, account: Account, comment: str, now_ms: int) -> int:
    """Record that somebody has seen a filed verdict and what they say about it; again adds another comment.

    Raises:
        NotFound: There is no such filing.
        NotPermitted: The role may not, or there is nothing to acknowledge.
        CommentNeeded: The comment is missing or too long.
    """
    kept = needed_comment(comment)
    with store.transaction() as tx:
        found = imports.one(tx, import_id)
        filing = next((one for one in found.filings if one.id == filing_id), None)
        if filing is None:
            raise NotFound(f"import {import_id} has no filed verdict {filing_id}")
        why_not = why_not_acknowledged(account.role, filing)
        if why_not is not None:
            raise NotPermitted(why_not)
        return imports.acknowledge(tx, filing, account.id, kept, now_ms)
