"""Deciding and signing: what becomes of a medicine, because of an excursion or of an item's whole way."""

from collections.abc import Callable
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from coldchain.domain.disposition import Decision
from coldchain.errors import NotPermitted
from coldchain.records.views.excursions import excursion_numbered
from coldchain.reviewing import deciding
from coldchain.reviewing.deciding import DecisionProblem
from coldchain.web.deciding import Typed
from coldchain.web.pages import excursion, items
from coldchain.web.signing import refused_signature
from coldchain.web.visit import SignedIn, Visit

router = APIRouter(include_in_schema=False)

_LONGEST = 20_000


async def _fields(request: Request) -> dict[str, str]:
    """The form's fields: one more for each item that was stored there."""
    form = await request.form(max_fields=1_000)
    return {name: value[:_LONGEST] for name, value in form.items() if isinstance(value, str)}


Fields = Annotated[dict[str, str], Depends(_fields)]


@router.get("/excursions/{number}/disposition")
def after_an_error(_: SignedIn, number: str) -> Response:
    """Where a refused form stood is the excursion's own page, for whoever loads it again."""
    return RedirectResponse(f"/excursions/{quote(number, safe='')}#decide", 303)


@router.post("/excursions/{number}/disposition")
def decide_on_excursion(visit: SignedIn, number: str, fields: Fields) -> Response:
    """Sign what becomes of what was stored where an excursion was."""
    chosen = {name: value for name, value in fields.items() if name.startswith("decision-")}
    typed = Typed(chosen, fields.get("reason", ""))
    with visit.services.store.reading() as tx:
        found = excursion_numbered(tx, number)

    def sign() -> None:
        decisions = {_thing(name): _decision(value) for name, value in chosen.items() if value}
        deciding.decide_on_excursion(
            visit.services.store, found.id, visit.person, decisions, typed.reason, _number(fields, "revision") or 0,
            visit.clock.now_ms, seen=_number(fields, "seen"),
        )  # fmt: skip

    refused = _signed(visit, typed, fields.get("password", ""), sign)
    if refused is not None:
        return excursion.page(visit, number, refused[0], excursion.Typed(), refused[1])
    return RedirectResponse(f"/excursions/{quote(number, safe='')}#decide", 303)


@router.get("/items/{item_id}/disposition")
def after_an_error_with_an_item(_: SignedIn, item_id: int) -> Response:
    """Where a refused form stood is the item's own page."""
    return RedirectResponse(f"/items/{item_id}", 303)


@router.post("/items/{item_id}/disposition")
def decide_on_item(visit: SignedIn, item_id: int, fields: Fields) -> Response:
    """Sign what becomes of an item, because of its whole way."""
    typed = Typed({"decision": fields.get("decision", "")}, fields.get("reason", ""))

    def sign() -> None:
        decision = _decision(typed.chosen["decision"])
        deciding.decide_on_item(
            visit.services.store, item_id, visit.person, decision, typed.reason, visit.clock.now_ms,
            seen=_number(fields, "seen"),
        )  # fmt: skip

    refused = _signed(visit, typed, fields.get("password", ""), sign)
    if refused is not None:
        return items.page(visit, item_id, refused[0], items.Typed(), refused[1])
    return RedirectResponse(f"/items/{item_id}", 303)


def _signed(visit: Visit, typed: Typed, password: str, sign: Callable[[], None]) -> tuple[int, Typed] | None:
    """Sign it; or the status and what stands at the field where that is not possible."""
    why_not = deciding.refusal(visit.person.role)
    if why_not is not None:
        return 403, Typed(typed.chosen, typed.reason, why_not)
    try:
        deciding.reason_of(typed.reason)
        refused = refused_signature(visit, password)
        if refused is not None:
            return 422, Typed(typed.chosen, typed.reason, refused, "password")
        sign()
    except DecisionProblem as error:
        return 422, Typed(typed.chosen, typed.reason, str(error), error.field)
    except NotPermitted as error:
        return 403, Typed(typed.chosen, typed.reason, str(error))
    visit.services.changes.publish()
    return None


def _thing(name: str) -> int | None:
    """Which item a field is about; ``None``: whatever else was stored there."""
    number = name.removeprefix("decision-")
    if number == "rest":
        return None
    if not number.isdecimal():
        raise DecisionProblem("decision", "Choose what becomes of each item")
    return int(number)


def _decision(value: str) -> Decision:
    if value not in set(Decision):
        raise DecisionProblem("decision", "Choose what becomes of it: release, quarantine or reject")
    return Decision(value)


def _number(fields: dict[str, str], name: str) -> int | None:
    """What a hidden field says of what the person had before their eyes; ``None`` where that is no number."""
    said = fields.get(name, "")
    return int(said) if said.isdecimal() and len(said) < 10 else None
