"""One import: what was understood of a file, its questions, its verdict as it would be filed, and what was filed."""

from collections.abc import Callable, Sequence
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query
from fastapi.responses import RedirectResponse, Response

from coldchain.auditing.audited import Refused, Result
from coldchain.domain.instant import instant_ms
from coldchain.errors import FileRefused, NotFound, NotPermitted, UnknownProduct, UsageError
from coldchain.importing import filing, receiving
from coldchain.importing.allowed import Deed, refusal
from coldchain.importing.filing import ToFile, rules_of
from coldchain.importing.reading import answers_of
from coldchain.records import adoptions, imports, items
from coldchain.records.imports import Import
from coldchain.records.store import Transaction
from coldchain.reviewing import stock
from coldchain.reviewing.stock import Act, FieldProblem
from coldchain.rulebook.book import parse_product
from coldchain.web.bringing import STATES, Typed, in_turn, layouts_at_hand, period_from
from coldchain.web.import_showing import (
    declared_words,
    question,
    report_file,
    report_of,
    row_of,
    said_here,
    shown,
    signature_words,
    understood,
)
from coldchain.web.pages.imports import actor_of
from coldchain.web.stocktaking import short_name
from coldchain.web.visit import SignedIn, Visit

router = APIRouter(include_in_schema=False)

ASKED = ("product", "stage", "item", "from", "to", "max_gap", "uncertainty")
"""What a verdict is asked for by."""

_Text = Annotated[str, Form(max_length=20_000)]
_Asked = Annotated[str, Query(max_length=200)]


@router.get("/imports/{import_id}")
def show(
    visit: SignedIn, import_id: int, product: _Asked = "", stage: _Asked = "", item: _Asked = "",
    from_: Annotated[str, Query(alias="from", max_length=40)] = "", to: _Asked = "", max_gap: _Asked = "",
    uncertainty: _Asked = "", again: _Asked = "",
) -> Response:  # fmt: skip
    """One import; with a product, its verdict as it would be filed."""
    asked = {
        "product": product.strip(), "stage": stage, "item": item, "from": from_.strip(), "to": to.strip(),
        "max_gap": max_gap.strip(), "uncertainty": uncertainty.strip(),
    }  # fmt: skip
    return page(visit, import_id, 200, asked, Typed(), again=bool(again))


@router.post("/imports/{import_id}/answers")
def answered(
    visit: SignedIn, import_id: int, tz: _Text = "", tz_other: _Text = "", unit: _Text = "", date_order: _Text = "",
    decimal: _Text = "", column: _Text = "", column_other: _Text = "", layout: _Text = "", asked: _Text = "",
) -> Response:  # fmt: skip
    """Answers to what the file does not say: the kept file is read again with them."""
    said = {
        "tz": tz_other or tz, "unit": unit, "date_order": date_order, "decimal": decimal,
        "column": column_other or column, "layout": layout,
    }  # fmt: skip
    typed = Typed("answers", values=tuple({**said, "tz_other": tz_other, "column_other": column_other}.items()))

    def act() -> None:
        if asked and not said.get(asked):
            raise FieldProblem(asked, "Choose one of the answers, or write another one where there is a field for it")
        receiving.answer(
            visit.services.store, actor_of(visit), import_id, answers=answers_of(said.items()),
            now_ms=visit.clock.now_ms, layouts=layouts_at_hand(visit.services),
        )  # fmt: skip

    return _done(visit, import_id, typed, {}, act)


@router.post("/imports/{import_id}/signature")
def signature_accepted(visit: SignedIn, import_id: int, reason: _Text = "") -> Response:
    """A pharmacist takes a file whose signature does not fit, and says why."""
    typed = Typed("signature", values=(("reason", reason),))

    def act() -> None:
        receiving.accept_signature(visit.services.store, actor_of(visit), import_id, reason, visit.clock.now_ms)

    return _done(visit, import_id, typed, {}, act)


@router.post("/imports/{import_id}/filings")
def filed(
    visit: SignedIn, import_id: int, product: _Text = "", stage: _Text = "", item: _Text = "",
    from_: Annotated[str, Form(alias="from", max_length=40)] = "", to: _Text = "", max_gap: _Text = "",
    uncertainty: _Text = "", shipment: _Text = "", lot: _Text = "", comment: _Text = "",
) -> Response:  # fmt: skip
    """File the verdict that was previewed."""
    asked = {
        "product": product, "stage": stage, "item": item, "from": from_, "to": to, "max_gap": max_gap,
        "uncertainty": uncertainty,
    }  # fmt: skip
    typed = Typed("file", values=(("shipment", shipment), ("lot", lot), ("comment", comment)))

    def act() -> None:
        with visit.services.store.reading() as tx:
            wanted = wanted_of(visit, tx, asked)
        if wanted is None:
            raise FieldProblem("product", "Choose a product, or the item whose transport this was")
        wanted = ToFile(wanted.rules, wanted.period, shipment, lot, wanted.item_id, comment)
        filing.file_it(visit.services.store, actor_of(visit), import_id, wanted, visit.clock.now_ms)

    return _done(visit, import_id, typed, asked, act)


@router.post("/imports/{import_id}/filings/{filing_id}/acknowledgements")
def acknowledged(visit: SignedIn, import_id: int, filing_id: int, comment: _Text = "") -> Response:
    """Somebody has seen a filed verdict and says what follows."""
    typed = Typed(f"acknowledge-{filing_id}", "comment", values=(("comment", comment),))

    def act() -> None:
        store, now_ms = visit.services.store, visit.clock.now_ms
        filing.acknowledge(store, import_id, filing_id, visit.person, comment, now_ms)

    return _done(visit, import_id, typed, {}, act)


@router.get("/imports/{import_id}/file")
def download(visit: SignedIn, import_id: int) -> Response:
    """The very bytes."""
    with visit.services.store.reading() as tx:
        name, content = imports.one(tx, import_id).file.name, imports.content(tx, import_id)
    return Response(content, media_type="application/octet-stream", headers={"content-disposition": attached(name)})


@router.get("/imports/{import_id}/filings/{filing_id}/report.{kind}")
def report(visit: SignedIn, import_id: int, filing_id: int, kind: str) -> Response:
    """The report of a filed verdict as PDF or as one HTML file, to be kept elsewhere."""
    with visit.services.store.reading() as tx:
        found, content = imports.one(tx, import_id), imports.content(tx, import_id)
    one = next((each for each in found.filings if each.id == filing_id), None)
    if one is None or kind not in ("pdf", "html"):
        raise NotFound("there is no such report: it is a PDF or an HTML file of a filed verdict")
    with in_turn():
        made, media_type = report_file(report_of(found, content, one), kind)
    name = f"import-{import_id}-verdict-{filing_id}.{kind}"
    return Response(made, media_type=media_type, headers={"content-disposition": attached(name)})


@router.get("/imports/{import_id}/{form}")
def after_an_error(_: SignedIn, import_id: int, form: str) -> Response:
    """Where a refused form stood is the import's own page, for whoever loads it again."""
    if form not in ("answers", "signature", "filings"):
        raise NotFound("there is no such page")
    return RedirectResponse(f"/imports/{import_id}", 303)


def attached(name: str) -> str:
    """The header under which a browser saves a file by its own name, whatever letters that has."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


# -- what is asked of the verdict -----------------------------------------------------------------------------------


def wanted_of(visit: Visit, tx: Transaction, asked: dict[str, str]) -> ToFile | None:
    """What a form asks to be judged by; ``None`` where neither product nor item is chosen.

    Raises:
        FieldProblem: The field it stands at cannot be used.
    """
    if not asked.get("product") and not asked.get("item"):
        return None
    period = period_from(
        _instant(visit, asked.get("from", ""), "from"), _instant(visit, asked.get("to", ""), "to"),
        asked.get("max_gap", ""), asked.get("uncertainty", ""),
    )  # fmt: skip
    if asked.get("item"):
        if not asked["item"].isdecimal() or len(asked["item"]) > 15:
            raise FieldProblem("item", "Choose an item of the list")
        item_id = int(asked["item"])
        return ToFile(filing.rules_of_item(tx, item_id), period, item_id=item_id)
    try:
        product = visit.services.rulebook.product(asked["product"])
        text = visit.services.rulebook.text(asked["product"])
    except UnknownProduct as error:
        raise FieldProblem("product", str(error)) from error
    stage = asked.get("stage", "")
    return ToFile(rules_of(product, text, stage if stage in product.stages else ""), period)


def _instant(visit: Visit, text: str, name: str) -> int | None:
    if not text:
        return None
    try:
        return instant_ms(text, visit.clock.zone)
    except (ValueError, OverflowError) as error:
        raise FieldProblem(name, "Write a date and time such as 2026-11-21 08:00") from error


# -- the page -------------------------------------------------------------------------------------------------------


def _done(visit: Visit, import_id: int, typed: Typed, asked: dict[str, str], act: Callable[[], None]) -> Response:
    """Do it and show the import; what was typed survives an error, which stands at its field."""
    try:
        with in_turn():
            act()
    except FieldProblem as error:
        return page(visit, import_id, 422, asked, Typed(typed.form, error.field, str(error), typed.values))
    except FileRefused as error:
        return page(visit, import_id, 422, asked, Typed(typed.form, "", str(error), typed.values))
    except NotPermitted as error:
        return page(visit, import_id, 403, asked, Typed(typed.form, typed.field, str(error), typed.values))
    except UsageError as error:
        return page(visit, import_id, 422, asked, Typed(typed.form, typed.field, str(error), typed.values))
    visit.services.changes.publish()
    return RedirectResponse(f"/imports/{import_id}", 303)


def page(
    visit: Visit, import_id: int, status: int, asked: dict[str, str], typed: Typed, *, again: bool = False
) -> Response:
    """One import's page."""
    asked = {name: asked.get(name, "") for name in ASKED}
    with visit.services.store.reading() as tx:
        found = imports.one(tx, import_id)
        wanted, problem = None, typed
        try:
            wanted = wanted_of(visit, tx, asked)
        except FieldProblem as error:
            status, problem = 422, Typed("judge", error.field, str(error)) if not typed.form else typed
        content = imports.content(tx, import_id)
    with in_turn():  # outside of any transaction: it may take a while
        results = _judged(found, content, wanted)
        frozen = [(one, shown(filing.judged_again(found, content, one))) for one in reversed(found.filings)]
    with visit.services.store.reading() as tx:
        role = visit.person.role
        return visit.render(
            tx, "import.html", status, found=found, row=row_of(found, visit.clock), again=again, typed=problem,
            asked=asked, wanted=wanted, preview=shown(results), refused=_refused(results), frozen=frozen,
            verdict=filing.verdict_of(results), understood=understood(found.last), question=question(found.last),
            signature=signature_words(found.last), declared=declared_words, said_here=said_here, states=STATES,
            may={deed.name.lower(): refusal(role, deed) is None for deed in Deed},
            why_not=filing.why_not_acknowledged, may_link=stock.refusal(role, Act.IMPORT) is None,
            items=_items(tx, role), product_ids=visit.services.rulebook.ids, titles=_titles(tx, found),
            adopted=adoptions.adopted(tx, wanted.rules.product.sha256) if wanted else None,
        )  # fmt: skip


def _judged(found: Import, content: bytes, wanted: ToFile | None) -> Sequence[Result]:
    if wanted is None or found.last.outcome != imports.READ:
        return ()
    return filing.judge(found, content, wanted.rules, wanted.period)


def _refused(results: Sequence[Result]) -> Refused | None:
    return next((one for one in results if isinstance(one, Refused)), None)


def _items(tx: Transaction, role: str) -> list[tuple[int, str]]:
    """The items in stock that this role may link a file to."""
    if stock.refusal(role, Act.IMPORT) is not None:
        return []
    found = items.histories(tx, ended=False, most=300)
    return [
        (one.item.id, f"{one.item.product_id} · {one.item.kind} {one.item.name}, {one.last.title}") for one in found
    ]


def _titles(tx: Transaction, found: Import) -> dict[int, str]:
    """What the items are called that this file is the trace of."""
    titles = {}
    for one in found.filings:
        if one.item_id is not None:
            history = items.history(tx, one.item_id)
            product = parse_product(history.item.product_file, history.item.product_id)
            titles[one.item_id] = f"{short_name(product.name)} {history.item.kind} {history.item.name}"
    return titles
