"""The board of prepared medicines, and starting one in three taps: product, location, start."""

import uuid
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from coldchain.domain.duration import format_duration, milliseconds
from coldchain.domain.natural import natural
from coldchain.domain.product import Event, Product
from coldchain.errors import NotFound, NotPermitted, UnknownProduct, UsageError
from coldchain.records import adoptions, preparations
from coldchain.records.preparations import Preparation
from coldchain.records.prepared import prepared
from coldchain.records.store import Transaction
from coldchain.records.views import locations
from coldchain.reviewing import preparing
from coldchain.rulebook.words import unverified
from coldchain.web.looking import Place, frozen_product, look
from coldchain.web.preparing import BY, DO, Situation, short_name, situation
from coldchain.web.times import DAY_MS
from coldchain.web.visit import SignedIn, Visit

router = APIRouter(include_in_schema=False)


@router.get("/preparations")
def board(visit: SignedIn) -> Response:
    """Every running preparation with its clocks, the least time left first; below, what ended in the last day."""
    now_ms = visit.clock.now_ms
    with visit.services.store.reading() as tx:
        running = sorted((situated(tx, each, now_ms) for each in preparations.running(tx)), key=lambda one: one.urgency)
        ended = [situated(tx, each, now_ms) for each in preparations.over_since(tx, now_ms - DAY_MS)]
        return visit.render(
            tx, "preparations.html", running=running, ended=ended, why_not=preparing.refusal(visit.person.role)
        )


def situated(tx: Transaction, found: Preparation, now_ms: int) -> Situation:
    """A preparation as it stands now."""
    product = frozen_product(found.product_file, found.product_id)
    return situation(prepared(tx, found, product, now_ms), now_ms)


# -- three taps ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """A product that can be prepared.

    Attributes:
        limits: Its deadlines in few words.
        adopted: A pharmacist of the site adopted this very version.
    """

    product: Product
    name: str
    limits: str
    adopted: bool


@dataclass(frozen=True)
class Typed:
    """What somebody typed, and why it could not be taken."""

    item: str = ""
    error: str = ""


@router.get("/preparations/new")
def new(visit: SignedIn, product: str = "", location: str = "") -> Response:
    """The next of the three taps: which product, where, start."""
    return _step(visit, product, location, 200, Typed(), str(uuid.uuid4()))


@router.post("/preparations")
def start(
    visit: SignedIn,
    product: Annotated[str, Form(max_length=200)],
    location: Annotated[str, Form(max_length=100)],
    event: Annotated[str, Form(max_length=40)] = "",
    item: Annotated[str, Form(max_length=1_000)] = "",
    once: Annotated[str, Form(max_length=36)] = "",
) -> Response:
    """Begin a preparation, now."""
    services, book = visit.services, visit.services.rulebook
    found = _product(visit, product)
    chosen = event or next(iter(preparing.begins_with(found)), Event.RECEIVED).value
    try:
        if chosen not in set(Event):
            raise UsageError(f"{chosen!r} is no event of a preparation")
        number = preparing.start(
            services.store, found, book.text(product), Event(chosen), location, item, visit.person, visit.clock.now_ms,
            once=once or None,
        )  # fmt: skip
    except NotPermitted as error:
        return _step(visit, product, location, 403, Typed(item, str(error)), once)
    except UsageError as error:
        return _step(visit, product, location, 422, Typed(item, str(error)), once)
    services.changes.publish()
    return RedirectResponse(f"/preparations/{number}", 303)


def _step(visit: Visit, product: str, location: str, status: int, typed: Typed, once: str) -> Response:
    with visit.services.store.reading() as tx:
        why_not = preparing.refusal(visit.person.role)
        if not product:
            offers, used = _offers(visit, tx)
            return visit.render(tx, "preparation_new.html", status, step=1, offers=offers, used=used, why_not=why_not)
        found = _product(visit, product)
        if not preparing.preparable(found):
            raise UsageError(f"{found.name} is neither reconstituted nor diluted: there is nothing to prepare")
        offer = _offer(found, set(adoptions.all_adopted(tx)))
        here = _places(visit, tx, product)
        if not location:
            return visit.render(
                tx, "preparation_new.html", status, step=2, offer=offer, places=here, why_not=why_not
            )  # fmt: skip
        place = look(locations.standing(tx, location), visit.clock.now_ms)
        begins = preparing.begins_with(found)
        return visit.render(
            tx, "preparation_new.html", status, step=3, offer=offer, place=place, begins=begins,
            clocks={each: _clocks(found, each, visit.clock.now_ms) for each in begins}, doubts=unverified(found),
            typed=typed, once=once, words=DO, why_not=why_not,
        )  # fmt: skip


def _product(visit: Visit, product_id: str) -> Product:
    try:
        return visit.services.rulebook.product(product_id)
    except UnknownProduct as error:
        raise NotFound(f"there is no product {product_id!r} in the rulebook") from error


def _offers(visit: Visit, tx: Transaction) -> tuple[list[Offer], list[Offer]]:
    """Every product that can be prepared, and of them those prepared here lately."""
    adopted = set(adoptions.all_adopted(tx))
    products = visit.services.rulebook.products
    offers = [_offer(each, adopted) for each in products.values() if preparing.preparable(each)]
    offers.sort(key=lambda each: (not each.adopted, natural(each.name, each.product.id)))
    lately = list(dict.fromkeys(each.product_id for each in preparations.recent(tx)))
    by_id = {each.product.id: each for each in offers}
    used = [by_id[product_id] for product_id in lately if product_id in by_id][:6]
    return offers, used


def _offer(product: Product, adopted: set[str]) -> Offer:
    spans = [f"{DO[each.ends].lower()} within {format_duration(each.within)}" for each in product.deadlines]
    return Offer(product, short_name(product), ", ".join(spans), product.sha256 in adopted)


def _places(visit: Visit, tx: Transaction, product: str) -> list[Place]:
    """Every location, those where this product was prepared lately first."""
    lately = []
    for each in preparations.recent(tx):
        if each.product_id == product:
            lately += [entry.location for entry in preparations.events(tx, each.id)[:1]]
    order = {name: place for place, name in enumerate(dict.fromkeys(lately))}
    found = [look(each, visit.clock.now_ms) for each in locations.standings(tx)]
    return sorted(found, key=lambda place: order.get(place.standing.location.name, len(order)))


def _clocks(product: Product, event: Event, now_ms: int) -> list[tuple[str, int]]:
    """What has to happen by when once it begins now."""
    found = [(BY[each.ends], now_ms + milliseconds(each.within)) for each in product.deadlines if each.begins is event]
    return sorted(found, key=lambda each: each[1])
