"""Items: what is in stock, worst first; one item's whole way; adding, moving, using, discarding."""

import secrets
from dataclasses import dataclass
from dataclasses import field as kept_in
from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import RedirectResponse, Response

from coldchain.domain.instant import instant_ms
from coldchain.domain.natural import natural
from coldchain.errors import NotPermitted
from coldchain.records import alerts as alert_rows
from coldchain.records import dispositions, items, places
from coldchain.records.store import Transaction
from coldchain.records.views.excursions import Excursion, Wanted, excursions
from coldchain.reviewing import stock
from coldchain.reviewing.deciding import refusal as why_not_decide
from coldchain.reviewing.stock import Act, Actor, FieldProblem, NewItem
from coldchain.reviewing.whole_way import frozen, judge_all, judged
from coldchain.rulebook.words import label_in_words, unverified
from coldchain.web.deciding import CHOICES, NOTHING_TYPED, Decided, on_item, on_items
from coldchain.web.deciding import Typed as Deciding
from coldchain.web.stocktaking import (
    expired,
    expiry_words,
    happened_words,
    next_step,
    open_questions,
    returned_sentence,
    sentences,
    short_name,
    shown_item,
    told_words,
)
from coldchain.web.times import DAY_MS
from coldchain.web.versions import version_of_item
from coldchain.web.visit import SignedIn, Visit
from coldchain.web.way_drawing import stay_rows, way_strip

router = APIRouter(include_in_schema=False)

MOST = 300
STATES = {"": "in stock", "gone": "used, discarded, sent away"}
Text = Annotated[str, Form(max_length=20_000)]


@dataclass(frozen=True)
class Typed:
    """What somebody typed into a form, which one, and why it could not be taken.

    Attributes:
        form: ``add``, ``move``, ``out``, ``end`` or ``file``; empty where nobody typed.
        field: Where the error stands.
    """

    form: str = ""
    field: str = ""
    error: str = ""
    options: tuple[str, ...] = ()
    values: dict[str, str] = kept_in(default_factory=dict)

    def of(self, form: str, name: str, otherwise: str = "") -> str:
        """What stands in a form's field."""
        return self.values.get(name, otherwise) if self.form == form else otherwise

    def wrong(self, form: str, *names: str) -> str:
        """The error of a form's field."""
        return self.error if self.form == form and (not names or self.field in names) else ""


@router.get("/items")
def list_items(
    visit: SignedIn,
    location: Annotated[str, Query(max_length=100)] = "",
    product: Annotated[str, Query(max_length=200)] = "",
    state: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Every item in stock, worst first; by location and by product."""
    with visit.services.store.reading() as tx:
        found = items.histories(tx, ended=state == "gone", most=MOST)
        products = sorted(
            {(one.item.product_id, short_name(frozen(one.item).name)) for one in found}, key=lambda one: natural(one[1])
        )
        here = [
            one
            for one in found
            if location in ("", one.last.location_name) and product in ("", one.item.product_id)
        ]  # fmt: skip
        shown = sorted(
            (shown_item(one, visit.clock) for one in judge_all(tx, here, visit.clock.now_ms)),
            key=lambda one: one.urgency,
        )
        return visit.render(
            tx, "items.html", shown=shown, decided=on_items(tx, [one.judged for one in shown]),
            locations=places.locations(tx), products=products, states=STATES,
            happened=happened_words,
            location_chosen=location, product_chosen=product, state_chosen=state, more=len(found) == MOST,
            may_add=stock.refusal(visit.person.role, Act.ADD) is None, expiry_words=expiry_words, expired=expired,
        )  # fmt: skip


@router.get("/items/new")
def new_item(
    visit: SignedIn, location: Annotated[str, Query(max_length=100)] = "",
    product: Annotated[str, Query(max_length=200)] = "",
) -> Response:  # fmt: skip
    """The form for an item that has arrived."""
    return _form(visit, 200, Typed("add", values={"location": location, "product": product}))


@router.post("/items")
def add_item(
    visit: SignedIn, product: Text = "", name: Text = "", location: Text = "", stage: Text = "", quantity: Text = "1",
    kind: Text = "lot", at: Text = "", expires: Text = "", comment: Text = "", once: Text = "",
) -> Response:  # fmt: skip
    """Add an item; what was typed survives an error, which stands at its field."""
    typed = {
        "product": product, "name": name, "location": location, "stage": stage, "quantity": quantity, "kind": kind,
        "at": at, "expires": expires, "comment": comment, "once": once,
    }  # fmt: skip
    try:
        wanted = NewItem(
            product_id=product, name=name, location=location, stage=stage, kind=kind,
            quantity=int(quantity) if quantity.strip().isdecimal() else 0, at_ms=instant_of(visit, at),
            expires_ms=instant_of(visit, expires, "expires") + DAY_MS - 1 if expires else None, once=once[:64] or None,
            comment=comment,
        )  # fmt: skip
        made = stock.add(visit.services.store, visit.services.rulebook, actor_of(visit), wanted, visit.clock.now_ms)
    except FieldProblem as error:
        return _form(visit, 422, Typed("add", error.field, str(error), values=typed))
    except NotPermitted as error:
        return _form(visit, 403, Typed("add", "", str(error), values=typed))
    visit.services.changes.publish()
    return RedirectResponse(f"/items/{made}", 303)


@router.get("/items/{item_id}")
def show(visit: SignedIn, item_id: int) -> Response:
    """One item and its whole way."""
    return page(visit, item_id, 200, Typed())


def actor_of(visit: Visit) -> Actor:
    """Who acts."""
    return Actor(visit.person.full_name, visit.person.role, visit.person.id)


def instant_of(visit: Visit, text: str, field_name: str = "at") -> int:
    """What a field says; now, where it says nothing."""
    if not text.strip():
        return visit.clock.now_ms
    try:
        return instant_ms(text.strip(), visit.clock.zone)
    except (ValueError, OverflowError) as error:
        raise FieldProblem(field_name, "Write a date and time such as 2026-11-21 08:00") from error


def _form(visit: Visit, status: int, typed: Typed) -> Response:
    rulebook = visit.services.rulebook
    with visit.services.store.reading() as tx:
        return visit.render(
            tx, "item_new.html", status, typed=typed, locations=places.locations(tx), product_ids=rulebook.ids,
            why_not=stock.refusal(visit.person.role, Act.ADD), once=typed.of("add", "once") or secrets.token_hex(16),
        )  # fmt: skip


def page(visit: Visit, item_id: int, status: int, typed: Typed, deciding: Deciding = NOTHING_TYPED) -> Response:
    """The page of an item, with what somebody typed into one of its forms."""
    clock, role = visit.clock, visit.person.role
    with visit.services.store.reading() as tx:
        shown = shown_item(judged(tx, item_id, clock.now_ms), clock)
        history, product = shown.history, shown.judged.product
        signed = dispositions.of_item(tx, item_id)
        decided = on_item(signed, shown.judged)
        return visit.render(
            tx, "item.html", status, shown=shown, item=history.item, history=history, product=product,
            short=shown.short_product, sentences=sentences(shown, clock), next=next_step(shown, decided),
            rows=stay_rows(shown), strip=way_strip(shown, clock), questions=open_questions(shown, clock),
            returns=[returned_sentence(one, clock) for one in shown.judged.judgement.returns],
            expiry=expiry_words(shown, clock), expired=expired(shown, clock.now_ms), happened=happened_words,
            near=_near(tx, shown.history, shown.judged.now_ms), label=label_in_words(product),
            doubts=unverified(product, history.last.stage), parts=items.parts_of(tx, item_id),
            version=version_of_item(tx, visit.services.today, shown.judged, clock.now_ms), told_words=told_words,
            told=alert_rows.of_item(tx, item_id), deciding=deciding, choices=CHOICES, decided=decided,
            seen=dispositions.newest_id(tx),
            decisions=[Decided(one, decided.reopened if decided and one is signed[-1] else "") for one in signed][::-1],
            why_not_decide=why_not_decide(role), once=secrets.token_hex(16),
            locations=places.locations(tx), typed=typed, stage_names=list(product.stages),
            may={act.name.lower(): stock.refusal(role, act, history) is None for act in Act},
            why_not=stock.refusal(role, Act.MOVE, history),
        )  # fmt: skip


def _near(tx: Transaction, history: items.History, now_ms: int) -> list[Excursion]:
    """The excursions recorded for the places it was at, while it was there."""
    found: dict[int, Excursion] = {}
    for stay in history.stays:
        if stay.location_name is not None:
            wanted = Wanted(location_name=stay.location_name, from_ms=stay.from_ms, to_ms=stay.to_ms or now_ms)
            found |= {one.id: one for one in excursions(tx, wanted)}
    return sorted(found.values(), key=lambda one: one.now.start_ms)
