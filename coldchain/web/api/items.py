"""`/api/v1/items`: what is in stock for programs; adding and moving, by people and by programs that may write."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from coldchain.domain.ways import Moment
from coldchain.errors import NotPermitted
from coldchain.records import items
from coldchain.reviewing import stock
from coldchain.reviewing.stock import Actor, NewItem
from coldchain.reviewing.whole_way import Judged, judge_all, judged
from coldchain.web.api.caller import Caller, Known
from coldchain.web.api.shapes import DurationS, optional_iso, seconds
from coldchain.web.api.v1 import instant_of
from coldchain.web.situations import allowed_ms
from coldchain.web.times import iso
from coldchain.web.visit import services_of

router = APIRouter(prefix="/api/v1/items", tags=["coldchain"])

VerdictWord = Literal["compliant", "kept", "violated", "undetermined"]


class When(BaseModel):
    """An instant, and where the item was."""

    at: str
    location: str


class LimitNow(BaseModel):
    """One limit over the whole way; ``ran_out`` and ``possibly_ran_out`` say when its allowance was used up."""

    id: str
    verdict: VerdictWord
    allowed_s: float | None
    used_s: DurationS
    probes: list[str] = Field(description="whose traces decide, of the places that had several")
    ran_out: When | None
    possibly_ran_out: When | None


class ReturnsNow(BaseModel):
    """How often it went back into the refrigerator; ``at_most`` null: nobody can say."""

    verdict: VerdictWord
    at_least: int
    at_most: int | None


class StayNow(BaseModel):
    """A stay; ``location`` null: in transport, ``to`` null: it still is there."""

    location: str | None
    stage: str
    from_: str = Field(serialization_alias="from")
    to: str | None


class ItemNow(BaseModel):
    """An item as it is judged now."""

    id: int
    kind: str
    name: str
    quantity: int
    product: str
    version: int
    sha256: str
    state: str = Field(description="in stock, used, discarded or left")
    verdict: VerdictWord
    stays: list[StayNow]
    limits: list[LimitNow]
    returns: list[ReturnsNow]
    expires_at: str | None = Field(description="shortened, where its label shortens it")
    possibly_expires_at: str | None
    printed_expiry: str | None
    href: str


class ToAdd(BaseModel):
    """An item that has arrived; ``at`` null: now."""

    product: str
    name: str
    location: str
    stage: str = ""
    kind: Literal["lot", "pack"] = "lot"
    quantity: int = 1
    at: str | None = None
    expires_at: str | None = None
    comment: str = ""
    once: str | None = Field(None, max_length=64, description="your own number of this request: sent twice, added once")


class ToMove(BaseModel):
    """Where it goes: null is on its way. ``stage``: another stage of its product from then on."""

    location: str | None
    stage: str = ""
    at: str | None = None
    comment: str = ""


@router.get("")
def all_items(
    request: Request,
    _: Known,
    state: Annotated[str, Query(pattern="^(stock|gone|all)$")] = "stock",
    location: str | None = None,
    product: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> list[ItemNow]:
    """Items, the one recorded last first."""
    services = services_of(request)
    ended = {"stock": False, "gone": True}.get(state)
    with services.store.reading() as tx:
        found = [
            one
            for one in items.histories(tx, ended=ended)
            if location in (None, one.last.location_name) and product in (None, one.item.product_id)
        ]
        return [item_now(one, services.public_url) for one in judge_all(tx, found[:limit], services.clock_ms())]


@router.get("/{item_id}")
def one_item(request: Request, _: Known, item_id: int) -> ItemNow:
    """One item and its whole way."""
    services = services_of(request)
    with services.store.reading() as tx:
        return item_now(judged(tx, item_id, services.clock_ms()), services.public_url)


@router.post("", status_code=201)
def add_item(request: Request, caller: Known, said: ToAdd) -> ItemNow:
    """Add an item; its product's file as it is today is frozen with it."""
    services = services_of(request)
    now_ms = services.clock_ms()
    wanted = NewItem(
        product_id=said.product, name=said.name, location=said.location, stage=said.stage, kind=said.kind,
        quantity=said.quantity, at_ms=now_ms if said.at is None else instant_of(request, said.at),
        expires_ms=None if said.expires_at is None else instant_of(request, said.expires_at), once=said.once,
        comment=said.comment,
    )  # fmt: skip
    made = stock.add(services.store, services.rulebook, actor_of(caller), wanted, now_ms)
    services.changes.publish()
    return one_item(request, caller, made)


@router.post("/{item_id}/moves")
def move_item(request: Request, caller: Known, item_id: int, said: ToMove) -> ItemNow:
    """Move an item, or put it into another stage where it is; where it is already, nothing changes."""
    services = services_of(request)
    now_ms = services.clock_ms()
    at_ms = now_ms if said.at is None else instant_of(request, said.at)
    stock.move(
        services.store, actor_of(caller), item_id, said.location, at_ms, now_ms, stage=said.stage, comment=said.comment
    )
    services.changes.publish()
    return one_item(request, caller, item_id)


def actor_of(caller: Caller) -> Actor:
    """Who acts: a person with their role, or a program that may write.

    Raises:
        NotPermitted: The program may only read.
    """
    if caller.person is not None:
        return Actor(caller.person.full_name, caller.person.role, caller.person.id)
    if not caller.may_write:
        raise NotPermitted("this token may only read")
    return Actor(caller.name, "program")


def item_now(found: Judged, public_url: str) -> ItemNow:
    """An item as programs read it."""
    item, judgement = found.history.item, found.judgement
    end, expiry = found.history.end, judgement.expiry
    return ItemNow(
        id=item.id, kind=item.kind, name=item.name, quantity=item.quantity, product=item.product_id,
        version=item.version, sha256=item.sha256, state="in stock" if end is None else end.kind.value,
        verdict=judgement.verdict.value,
        stays=[
            StayNow(location=stay.location_name, stage=stay.stage, from_=iso(stay.from_ms), to=optional_iso(stay.to_ms))
            for stay in found.history.stays
        ],
        limits=[
            LimitNow(
                id=one.limit.id, verdict=one.verdict.value,
                allowed_s=None if (allowed := allowed_ms(one.limit)) is None else seconds(allowed),
                used_s=DurationS(
                    at_least=seconds(one.bounds.at_least_ms), estimate=seconds(one.bounds.estimate_ms),
                    at_most=seconds(one.bounds.at_most_ms),
                ),
                probes=list(one.probes), ran_out=_when(one.spent.certain), possibly_ran_out=_when(one.spent.possible),
            )
            for one in judgement.limits
        ],
        returns=[
            ReturnsNow(verdict=one.verdict.value, at_least=one.at_least, at_most=one.at_most)
            for one in judgement.returns
        ],
        expires_at=optional_iso(expiry.expires_ms) if expiry else None,
        possibly_expires_at=optional_iso(expiry.possibly_ms) if expiry else None,
        printed_expiry=optional_iso(item.expires_ms),
        href=f"{public_url}/items/{item.id}",
    )  # fmt: skip


def _when(moment: Moment | None) -> When | None:
    return None if moment is None else When(at=iso(moment.at_ms), location=moment.location)
