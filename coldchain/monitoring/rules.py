"""By what a unit is judged: the limits of its product's stage, the yardstick, the edges; as frozen when assigned."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from coldchain.domain.bounds import Edges, Yardstick
from coldchain.domain.duration import milliseconds
from coldchain.domain.product import AnyDuration, Each, Limit, NoAllowance, Product, Total
from coldchain.domain.yardstick import yardstick_of
from coldchain.records.units import Unit
from coldchain.rulebook.book import parse_product
from coldchain.rulebook.words import limit_in_words


@dataclass(frozen=True)
class Rules:
    """What judges a unit."""

    product: Product
    stage: str
    limits: tuple[Limit, ...]
    yardstick: Yardstick
    edges: Edges
    calibration: str | None
    calibrated_on: str | None = None
    calibration_due: str | None = None

    def frozen(self, limit: Limit) -> dict[str, Any]:
        """What an excursion of this limit keeps of it, as plain JSON values."""
        return {
            "limit": {
                "id": limit.id,
                "words": words(limit),
                "predicate": limit.predicate.value,
                "bad_milli_c": [list(interval) for interval in limit.bad],
                "allowance": _allowance(limit),
                "times": limit.times,
                "site_policy": limit.site_policy,
            },
            "product": {
                "id": self.product.id,
                "name": self.product.name,
                "version": self.product.version,
                "sha256": self.product.sha256,
            },
            "stage": self.stage,
            "max_gap_ms": self.yardstick.max_gap_ms,
            "max_gap_from": self.yardstick.max_gap_from,
            "uncertainty_milli_c": self.yardstick.uncertainty_milli_c,
            "calibration": self.calibration,
            "calibrated_on": self.calibrated_on,
            "calibration_due": self.calibration_due,
        }


def rules_of(unit: Unit, now_ms: int) -> Rules:
    """What judges a unit now; its end is an edge once it has come."""
    product = _product(unit.product_file, unit.product_id)
    ended = unit.to_ms is not None and unit.to_ms <= now_ms
    return Rules(
        product=product,
        stage=unit.stage,
        limits=product.stages[unit.stage].limits,
        yardstick=yardstick_of(product, unit.max_gap_ms, unit.uncertainty_milli_c),
        edges=Edges(unit.from_ms, unit.to_ms if ended else None),
        calibration=unit.calibration,
        calibrated_on=unit.calibrated_on,
        calibration_due=unit.calibration_due,
    )


def words(limit: Limit) -> str:
    """A limit as one sentence: ``Never above 8 °C.``"""
    return limit_in_words(limit).removesuffix(f" [{limit.id}]")


@lru_cache(maxsize=256)
def _product(text: str, product_id: str) -> Product:
    return parse_product(text, f"{product_id} as assigned")


def _allowance(limit: Limit) -> dict[str, Any]:
    match limit.allowance:
        case NoAllowance():
            return {"kind": "none"}
        case Each(duration):
            return {"kind": "each", "duration_ms": milliseconds(duration)}
        case Total(duration, within):
            found: dict[str, Any] = {"kind": "total", "duration_ms": milliseconds(duration)}
            return found | ({} if within is None else {"within_ms": milliseconds(within)})
        case AnyDuration():
            return {"kind": "any"}
