"""Files that came together: their questions answered once, their verdicts side by side, filed in one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import RedirectResponse, Response

from coldchain.domain.verdict import Verdict
from coldchain.errors import ColdchainError, FileRefused, NotPermitted, UsageError
from coldchain.importing import filing, receiving
from coldchain.importing.allowed import Deed, refusal
from coldchain.importing.filing import ToFile
from coldchain.importing.reading import answers_of
from coldchain.loggers.questions import Choice, Question
from coldchain.records import import_batches, imports
from coldchain.records.import_batches import Batch
from coldchain.records.imports import Import
from coldchain.reviewing.stock import FieldProblem
from coldchain.web.bringing import STATES, URGENCY, Typed, in_turn, layouts_at_hand
from coldchain.web.import_showing import VERDICT_CSS, Row, question, row_of, said_here, shown
from coldchain.web.pages.imported import wanted_of
from coldchain.web.pages.imports import actor_of
from coldchain.web.visit import SignedIn, Visit

router = APIRouter(include_in_schema=False)

_Text = Annotated[str, Form(max_length=20_000)]
_Asked = Annotated[str, Query(max_length=200)]
_ANSWERED_TOGETHER = ("tz", "unit", "date_order", "decimal", "layout", "column")


@dataclass(frozen=True)
class Line:
    """One file of a batch as its page lists it.

    Attributes:
        row: The import; ``None`` where the file could not be kept, and ``problem`` says why.
        verdict: What the chosen product makes of it, before anything is filed; ``css`` is its shape and colour.
        headline: The verdict in a sentence, or why there is none.
    """

    name: str
    again: bool
    problem: str
    row: Row | None
    verdict: Verdict | None
    css: str
    headline: str
    filed: bool


@dataclass(frozen=True)
class Shared:
    """A question that some files of a batch have in common, with one of their messages."""

    question: Question
    message: str
    names: tuple[str, ...]


@router.get("/imports/batches/{batch_id}")
def show(visit: SignedIn, batch_id: int, product: _Asked = "", stage: _Asked = "") -> Response:
    """Every file of a batch, what needs somebody first."""
    return _page(visit, batch_id, 200, {"product": product.strip(), "stage": stage}, Typed())


@router.post("/imports/batches/{batch_id}/answers")
def answered(
    visit: SignedIn, batch_id: int, asked: _Text = "", tz: _Text = "", tz_other: _Text = "", unit: _Text = "",
    date_order: _Text = "", decimal: _Text = "", column: _Text = "", column_other: _Text = "", layout: _Text = "",
) -> Response:  # fmt: skip
    """One answer for every file of the batch that asks this; each keeps what was declared of it before."""
    said = {
        "tz": tz_other or tz, "unit": unit, "date_order": date_order, "decimal": decimal,
        "column": column_other or column, "layout": layout,
    }  # fmt: skip
    value = said.get(asked, "").strip()
    try:
        if not value:
            raise FieldProblem(asked, "Choose one of the answers, or write another one where there is a field for it")
        with visit.services.store.reading() as tx:
            asking = [one for one in import_batches.batch(tx, batch_id).imports if _asks(one, asked)]
        with in_turn():
            for one in asking:
                answers = answers_of({**one.last.declared, asked: value}.items())
                receiving.answer(
                    visit.services.store, actor_of(visit), one.file.id, answers=answers, now_ms=visit.clock.now_ms,
                    layouts=layouts_at_hand(visit.services),
                )  # fmt: skip
    except (UsageError, NotPermitted) as error:
        status = 403 if isinstance(error, NotPermitted) else 422
        return _page(visit, batch_id, status, {}, Typed("answers", asked, str(error), tuple(said.items())))
    visit.services.changes.publish()
    return RedirectResponse(f"/imports/batches/{batch_id}", 303)


@router.post("/imports/batches/{batch_id}/filings")
def filed(
    visit: SignedIn, batch_id: int, product: _Text = "", stage: _Text = "", shipment: _Text = "", lot: _Text = "",
    comment: _Text = "",
) -> Response:  # fmt: skip
    """File every verdict that was shown; files that ask or were refused are left as they are."""
    asked = {"product": product, "stage": stage}
    typed = Typed("file", values=(("shipment", shipment), ("lot", lot), ("comment", comment)))
    try:
        with visit.services.store.reading() as tx:
            wanted, batch = wanted_of(visit, tx, asked), import_batches.batch(tx, batch_id)
        if wanted is None:
            raise FieldProblem("product", "Choose a product")
        to_file = ToFile(wanted.rules, wanted.period, shipment, lot, None, comment)
        with in_turn():
            for one in batch.imports:
                if one.last.outcome == imports.READ:
                    _file(visit, one, to_file)
    except (UsageError, NotPermitted) as error:
        status = 403 if isinstance(error, NotPermitted) else 422
        name = error.field if isinstance(error, FieldProblem) else ""
        return _page(visit, batch_id, status, asked, Typed("file", name, str(error), typed.values))
    visit.services.changes.publish()
    return RedirectResponse(f"/imports/batches/{batch_id}", 303)


def _file(visit: Visit, one: Import, wanted: ToFile) -> None:
    """File one of many; one that cannot be judged stays unfiled, and its line says so."""
    try:
        filing.file_it(visit.services.store, actor_of(visit), one.file.id, wanted, visit.clock.now_ms)
    except FileRefused:
        return


def _asks(one: Import, asked: str) -> bool:
    found = question(one.last)
    return asked in _ANSWERED_TOGETHER and found is not None and found.field == asked


def _page(visit: Visit, batch_id: int, status: int, asked: dict[str, str], typed: Typed) -> Response:
    with visit.services.store.reading() as tx:
        batch = import_batches.batch(tx, batch_id)
        asked, wanted = {"product": "", "stage": ""} | asked, None
        try:
            wanted = wanted_of(visit, tx, asked)
        except FieldProblem as error:
            status, typed = 422, typed if typed.form else Typed("judge", error.field, str(error))
    with in_turn():  # outside of any transaction: it may take a while
        lines = _lines(visit, batch, wanted)
    judged = [line for line in lines if line.verdict is not None]
    with visit.services.store.reading() as tx:
        return visit.render(
            tx, "import_batch.html", status, batch=batch, lines=lines, asked=asked, wanted=wanted, typed=typed,
            questions=_questions(batch), states=STATES, judged=judged,
            unfiled=sum(1 for line in judged if not line.filed), product_ids=visit.services.rulebook.ids,
            counts=_counts(judged), may_bring=refusal(visit.person.role, Deed.BRING) is None,
        )  # fmt: skip


def _lines(visit: Visit, batch: Batch, wanted: ToFile | None) -> list[Line]:
    by_id = {one.file.id: one for one in batch.imports}
    found = []
    for file in batch.files:
        one = None if file.import_id is None else by_id[file.import_id]
        if one is None:
            found.append(Line(file.name, file.again, file.problem, None, None, "nodata", file.problem, filed=False))
        else:
            found.append(_line(visit, file.name, one, wanted, again=file.again))
    order = {Verdict.VIOLATED: 0, Verdict.UNDETERMINED: 1}
    return sorted(
        found,
        key=lambda line: (
            order.get(line.verdict, 9) if line.verdict else -1 if line.row is None else 8,
            URGENCY.index(line.row.state) if line.row else 0,
        ),
    )


def _line(visit: Visit, name: str, one: Import, wanted: ToFile | None, *, again: bool) -> Line:
    row = row_of(one, visit.clock)
    verdict, headline = None, row.says
    if wanted is not None and one.last.outcome == imports.READ:
        try:
            with visit.services.store.reading() as tx:
                content = imports.content(tx, one.file.id)
            results = filing.judge(one, content, wanted.rules, wanted.period)
            verdict = filing.verdict_of(results)
            channels = shown(results)
            headline = channels[0].section.headline if channels else getattr(results[0], "message", "")
        except ColdchainError as error:
            headline = str(error)
    css = VERDICT_CSS.get(verdict, row.css) if verdict else row.css
    filed = wanted is not None and any(
        kept.sha256 == wanted.rules.product.sha256 and kept.stage == wanted.rules.stage.name for kept in one.filings
    )
    return Line(name, again, "", row, verdict, css, headline, filed)


def _questions(batch: Batch) -> list[Shared]:
    """The different questions that files of a batch ask, those of most files first."""
    found: dict[str, list[tuple[Question, Import]]] = {}
    for one in batch.imports:
        asked = question(one.last)
        if asked is not None:
            found.setdefault(asked.field, []).append((asked, one))
    shared = [_together(pairs) for pairs in found.values()]
    return sorted(shared, key=lambda one: -len(one.names))


def _together(pairs: Sequence[tuple[Question, Import]]) -> Shared:
    """One question for several files: every answer that one of them offers, without the days of a single one."""
    first = pairs[0][0]
    several = len(pairs) > 1
    choices: dict[str, Choice] = {}
    for asked, _ in pairs:
        for choice in asked.choices:
            plain = choice.words.partition(" (")[2].rstrip(")") if several and "(" in choice.words else choice.words
            choices.setdefault(choice.value, Choice(choice.value, plain))
    names = tuple(one.file.name for _, one in pairs)
    merged = Question(first.field, first.asks, tuple(choices.values()), first.free)
    return Shared(merged, said_here(pairs[0][1].last.message), names)


def _counts(judged: Sequence[Line]) -> list[tuple[str, str, int]]:
    """How many of each verdict: shape, word, number."""
    words = ((Verdict.VIOLATED, "out"), (Verdict.UNDETERMINED, "possibly"), (Verdict.COMPLIANT, "in"))
    counted = [(css, verdict.value, sum(1 for line in judged if line.verdict is verdict)) for verdict, css in words]
    return [each for each in counted if each[2]]


@router.get("/imports/batches/{batch_id}/{form}")
def after_an_error(_: SignedIn, batch_id: int) -> Response:
    """Where a refused form stood is the batch's own page, for whoever loads it again."""
    return RedirectResponse(f"/imports/batches/{batch_id}", 303)
