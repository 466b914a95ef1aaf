"""`/api/v1/items`: what is in stock for programs; adding and moving, by people and by programs that may write."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from coldchain.errors import NotPermitted
from coldchain.records import items
from coldchain.records.items import Kind
from coldchain.reviewing import stock
from coldchain.reviewing.splitting import split
from coldchain.reviewing.stock import Actor, NewItem
from coldchain.reviewing.whole_way import judge_all, judged
from coldchain.web.api.caller import Caller, Known
from coldchain.web.api.item_shapes import ItemNow, ToAdd, ToEnd, ToMove, ToSplit, ToTakeOut, item_now
from coldchain.web.api.v1 import instant_of
from coldchain.web.deciding import on_items
from coldchain.web.visit import services_of

__all__ = ["actor_of", "item_now", "router"]

router = APIRouter(prefix="/api/v1/items", tags=["coldchain"])


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
        shown = judge_all(tx, found[:limit], services.clock_ms())
        decided = on_items(tx, shown)
        return [item_now(one, services.public_url, decided.get(one.history.item.id)) for one in shown]


@router.get("/{item_id}")
def one_item(request: Request, _: Known, item_id: int) -> ItemNow:
    """One item and its whole way."""
    services = services_of(request)
    with services.store.reading() as tx:
        found = judged(tx, item_id, services.clock_ms())
        return item_now(found, services.public_url, on_items(tx, [found]).get(item_id))


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
    stock.move(
        services.store, actor_of(caller), item_id, said.location, _at(request, said.at, now_ms), now_ms,
        stage=said.stage, comment=said.comment,
    )  # fmt: skip
    services.changes.publish()
    return one_item(request, caller, item_id)


@router.post("/{item_id}/splits", status_code=201)
def split_item(request: Request, caller: Known, item_id: int, said: ToSplit) -> ItemNow:
    """Take a part off an item; the answer is the part, an item of its own with the same way up to now."""
    services = services_of(request)
    now_ms = services.clock_ms()
    part = split(
        services.store, actor_of(caller), item_id, said.quantity, said.location, _at(request, said.at, now_ms), now_ms,
        name=said.name, comment=said.comment, once=said.once,
    )  # fmt: skip
    services.changes.publish()
    return one_item(request, caller, part)


@router.post("/{item_id}/removals")
def take_out_item(request: Request, caller: Known, item_id: int, said: ToTakeOut) -> ItemNow:
    """Record that an item left the refrigerator."""
    services = services_of(request)
    now_ms = services.clock_ms()
    stock.take_out(services.store, actor_of(caller), item_id, _at(request, said.at, now_ms), now_ms, said.comment)
    services.changes.publish()
    return one_item(request, caller, item_id)


@router.post("/{item_id}/end")
def end_item(request: Request, caller: Known, item_id: int, said: ToEnd) -> ItemNow:
    """Record that an item was used, discarded or sent away; nothing happens to it any more."""
    services = services_of(request)
    now_ms = services.clock_ms()
    at_ms = _at(request, said.at, now_ms)
    stock.end(services.store, actor_of(caller), item_id, Kind(said.how), at_ms, now_ms, said.comment)
    services.changes.publish()
    return one_item(request, caller, item_id)


def _at(request: Request, text: str | None, now_ms: int) -> int:
    return now_ms if text is None else instant_of(request, text)


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
