"""Items as they are judged now, by the products that were frozen at their arrivals."""

from collections.abc import Sequence
from functools import lru_cache

from coldchain.domain.product import Product
from coldchain.records import items, whole_ways
from coldchain.records.items import History
from coldchain.records.store import Transaction
from coldchain.records.whole_ways import Judged, used_until, was_at
from coldchain.rulebook.book import parse_product

__all__ = ["Judged", "frozen", "judge_all", "judged", "used_until", "was_at"]


def judged(tx: Transaction, item_id: int, now_ms: int) -> Judged:
    """One item; raises `NotFound`."""
    return judge_all(tx, [items.history(tx, item_id)], now_ms)[0]


def judge_all(tx: Transaction, histories: Sequence[History], now_ms: int) -> list[Judged]:
    """Items by everything that the record holds of their stays; each place's readings are read once."""
    return whole_ways.judge_all(tx, [(one, frozen(one.item)) for one in histories], now_ms)


def frozen(item: items.Item) -> Product:
    """The product as it was frozen when the item arrived."""
    return _product(item.product_file, item.product_id)


@lru_cache(maxsize=256)
def _product(text: str, product_id: str) -> Product:
    return parse_product(text, f"{product_id} as it was when the item arrived")
