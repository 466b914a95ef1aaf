"""What people do with an item: move, split, take out, use, discard, import the file of its transport."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, UploadFile
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from coldchain.domain.temperature import milli_c
from coldchain.errors import FileRefused, NotPermitted
from coldchain.importing.filing import import_for_item
from coldchain.loggers import Declared
from coldchain.records import items
from coldchain.records.items import Kind
from coldchain.reviewing import stock
from coldchain.reviewing.splitting import split
from coldchain.reviewing.stock import Actor, FieldProblem
from coldchain.web.bringing import layouts_at_hand
from coldchain.web.pages.items import Text, Typed, actor_of, instant_of, page
from coldchain.web.visit import SignedIn, Visit

router = APIRouter(include_in_schema=False)


@router.post("/items/{item_id}/move")
def move(
    visit: SignedIn, item_id: int, location: Text = "", stage: Text = "", at: Text = "", comment: Text = ""
) -> Response:
    """It goes to a location; an empty one means on its way."""
    typed = Typed("move", values={"location": location, "stage": stage, "at": at, "comment": comment})
    where = None if location == "-" else location

    def act(actor: Actor) -> None:
        stock.move(
            visit.services.store, actor, item_id, where, instant_of(visit, at), visit.clock.now_ms, stage=stage,
            comment=comment,
        )  # fmt: skip

    return _done(visit, item_id, typed, act)


@router.post("/items/{item_id}/stage")
def change_stage(visit: SignedIn, item_id: int, stage: Text = "", at: Text = "", comment: Text = "") -> Response:
    """It is in another stage of its product now, where it is."""
    with visit.services.store.reading() as tx:
        here = items.history(tx, item_id).last.location_name
    return move(visit, item_id, here or "-", stage, at, comment)


@router.post("/items/{item_id}/out")
def take_out(visit: SignedIn, item_id: int, at: Text = "", comment: Text = "") -> Response:
    """It was taken out of the refrigerator."""
    typed = Typed("out", values={"at": at, "comment": comment})
    store, now_ms = visit.services.store, visit.clock.now_ms

    def act(actor: Actor) -> None:
        stock.take_out(store, actor, item_id, instant_of(visit, at), now_ms, comment)

    return _done(visit, item_id, typed, act)


@router.post("/item-files")
async def import_file(
    visit: SignedIn, item_id: Annotated[int, Form()], file: UploadFile, tz: Text = "", unit: Text = "",
    date_order: Text = "", decimal: Text = "", began: Text = "", uncertainty: Text = "",
) -> Response:  # fmt: skip
    """A logger file becomes the trace of the item's transport; what the file does not prove is asked."""
    answers = {"tz": tz, "unit": unit, "date_order": date_order, "decimal": decimal}
    said = {name: word or None for name, word in answers.items()}
    typed = Typed("file", values=answers | {"began": began, "uncertainty": uncertainty})
    content = await file.read()
    declared = Declared(
        said["tz"], said["unit"], said["date_order"], said["decimal"], site_tz=visit.services.zone.key,
        layouts=await run_in_threadpool(layouts_at_hand, visit.services),
    )  # fmt: skip

    def act(actor: Actor) -> None:
        if not content:
            raise FieldProblem("file", "Choose the logger's file")
        import_for_item(
            visit.services.store, actor, item_id, (file.filename or "a file")[:200], content, declared,
            visit.clock.now_ms, from_ms=instant_of(visit, began, "began") if began else None,
            uncertainty_milli_c=_milli_c(uncertainty),
        )  # fmt: skip

    return await run_in_threadpool(_done, visit, item_id, typed, act)


def _milli_c(text: str) -> int:
    if not text.strip():
        return 0
    try:
        return milli_c(text.strip().replace(",", "."))
    except ValueError as error:
        raise FieldProblem("uncertainty", "Write it in °C, such as 0.5") from error


@router.post("/items/{item_id}/end")
def end(visit: SignedIn, item_id: int, how: Text = "", at: Text = "", comment: Text = "") -> Response:
    """It was used, discarded or sent away."""
    typed = Typed("end", values={"how": how, "at": at, "comment": comment})
    store, now_ms = visit.services.store, visit.clock.now_ms

    def act(actor: Actor) -> None:
        if how not in set(items.ENDS):
            raise FieldProblem("how", "Say what became of it")
        stock.end(store, actor, item_id, Kind(how), instant_of(visit, at), now_ms, comment)

    return _done(visit, item_id, typed, act)


@router.post("/items/{item_id}/split")
def split_off(
    visit: SignedIn, item_id: int, quantity: Text = "", location: Text = "", name: Text = "", at: Text = "",
    comment: Text = "", once: Text = "",
) -> Response:  # fmt: skip
    """A part is taken off, an item of its own; it may go elsewhere at the same moment."""
    typed = Typed(
        "split", values={"quantity": quantity, "location": location, "name": name, "at": at, "comment": comment}
    )
    store, now_ms = visit.services.store, visit.clock.now_ms
    many = int(quantity) if quantity.strip().isdecimal() and len(quantity.strip()) < 8 else 0

    def act(actor: Actor) -> None:
        split(
            store, actor, item_id, many, location or None, instant_of(visit, at), now_ms, name=name, comment=comment,
            once=once[:64] or None,
        )  # fmt: skip

    return _done(visit, item_id, typed, act)


def _done(visit: Visit, item_id: int, typed: Typed, act: Callable[[Actor], object]) -> Response:
    """Do it, and show the item; what was typed survives an error, which stands at its field."""
    try:
        act(actor_of(visit))
    except FieldProblem as error:
        return page(visit, item_id, 422, replace(typed, field=error.field, error=str(error)))
    except FileRefused as error:
        return page(visit, item_id, 422, replace(typed, field="file", error=str(error), options=error.options))
    except NotPermitted as error:
        return page(visit, item_id, 403, replace(typed, error=str(error)))
    visit.services.changes.publish()
    return RedirectResponse(f"/items/{item_id}", 303)
