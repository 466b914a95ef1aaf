"""A product as JSON, for machines: ``coldchain.rules/1``."""

from datetime import timedelta

from coldchain.domain.product import (
    COLDEST,
    HOTTEST,
    Allowance,
    AnyDuration,
    Condition,
    Each,
    Limit,
    NoAllowance,
    Product,
    Range,
    ReturnsFor,
    Stage,
    Total,
)
from coldchain.domain.temperature import celsius
from coldchain.rulebook.words import limit_in_words, unverified

SCHEMA = "coldchain.rules/1"
Json = dict[str, object]


def product_document(product: Product) -> Json:
    """Everything a product file says; temperatures in °C, durations in seconds."""
    label = product.label
    return {
        "schema": SCHEMA,
        "id": product.id,
        "name": product.name,
        "version": product.version,
        "sha256": product.sha256,
        "label": {
            "document": label.document,
            "section": label.section,
            "jurisdiction": label.jurisdiction,
            "dated": label.dated.isoformat() if label.dated else None,
            "checked_by": label.checked_by,
        },
        "unverified": list(unverified(product)),
        "max_gap_s": _seconds(product.max_gap),
        "stages": [_stage(stage) for stage in product.stages.values()],
        "deadlines": [
            {"id": d.id, "from": d.begins, "to": d.ends, "within_s": _seconds(d.within)} for d in product.deadlines
        ],
        "attest": [{"at": a.at, "what": a.what} for a in product.attest],
        "examples": [
            {"name": e.name, "stage": e.stage, "every_s": _seconds(e.every), "temps_c": e.temps_c, "expect": e.expect}
            for e in product.examples
        ],
        "notes": list(product.notes),
    }


def _stage(stage: Stage) -> Json:
    return {
        "name": stage.name,
        "store_c": _range(stage.store),
        "freezing": "forbidden" if stage.freezing_forbidden else None,
        "protect_from": list(stage.protect_from),
        "limits": [_limit(limit) for limit in stage.limits],
        "begins": stage.begins,
        "ends": stage.ends,
        "within_s": _seconds(stage.within),
        "any_of": [_condition(condition) for condition in stage.conditions],
        "handling": _condition(stage.handling) if stage.handling else None,
        "returns": {"for_s": _seconds(stage.returns.duration)}
        if isinstance(stage.returns, ReturnsFor)
        else stage.returns,
        "expires": {"after_s": _seconds(stage.expires.after), "from": stage.expires.since} if stage.expires else None,
        "source": stage.source,
    }


def _limit(limit: Limit) -> Json:
    threshold = limit.threshold_milli_c
    return {
        "id": limit.id,
        **({limit.predicate.value: celsius(threshold)} if threshold is not None else {}),
        "predicate": limit.predicate.value,
        "bad_c": [
            [None if low == COLDEST else celsius(low), None if high == HOTTEST else celsius(high)]
            for low, high in limit.bad
        ],
        "allow": _allowance(limit.allowance),
        "times": limit.times,
        "site_policy": limit.site_policy,
        "in_words": limit_in_words(limit),
    }


def _allowance(allowance: Allowance) -> object:
    match allowance:
        case NoAllowance():
            return "none"
        case Each(duration):
            return {"each_s": _seconds(duration)}
        case Total(duration, within):
            return {"total_s": _seconds(duration), "within_s": _seconds(within)}
        case AnyDuration():
            return None


def _condition(condition: Condition) -> Json:
    wanted = condition.equilibrate
    return {
        "name": condition.name,
        "store_c": _range(condition.store),
        "up_to_s": _seconds(condition.up_to),
        "equilibrate": {"in": wanted.condition, "for_s": _seconds(wanted.duration)} if wanted else None,
        "source": condition.source,
    }


def _range(found: Range | None) -> list[float] | None:
    return [celsius(found.low_milli_c), celsius(found.high_milli_c)] if found else None


def _seconds(duration: timedelta | None) -> float | int | None:
    if duration is None:
        return None
    seconds = duration.total_seconds()
    return int(seconds) if seconds == int(seconds) else seconds
