"""What an alert of an item holds: ``coldchain.alert/1``, with what is known of the item in place of a sensor."""

import uuid
from typing import Any

from coldchain.domain.alarm import AlertKind
from coldchain.domain.duration import at_least, format_duration, milliseconds
from coldchain.domain.instant import iso, minute
from coldchain.domain.product import Limit, NoAllowance, Product, Returns, ReturnsFor, Total
from coldchain.monitoring.adopted import with_adoption
from coldchain.monitoring.alert_words import SCHEMA
from coldchain.monitoring.budgets import EXPIRY, ItemReason
from coldchain.monitoring.rules import words
from coldchain.records import Transaction
from coldchain.records.histories import History
from coldchain.records.places import Location
from coldchain.rulebook.words import returns_in_words

_NAMES = uuid.UUID("0a4f6a8e-3c55-4a55-9f5c-9d1f1b6c2f70")


def id_of(item_id: int, about: str, since_ms: int, told: int) -> str:
    """An alert's stable id: which item, about what, since when, and how often that was told before."""
    return str(uuid.uuid5(_NAMES, f"item {item_id}/{about}/{since_ms}/{told}"))


def frame(kind: AlertKind, history: History, about: str, here: Location, since_ms: int, now_ms: int) -> dict[str, Any]:
    """What every alert of an item holds."""
    item = history.item
    return {
        "schema": SCHEMA,
        "kind": kind.value,
        "late": False,
        "cause": None,
        "raised_at": iso(now_ms),
        "since": iso(since_ms),
        "end": None,
        "location": {"name": here.name, "title": here.title},
        "sensor": None,
        "product": {"id": item.product_id, "name": item.product_id, "version": item.version, "sha256": item.sha256},
        "stage": history.last.stage,
        "limit": None,
        "excursion": None,
        "certainty": None,
        "withdrawn": False,
        "duration_s": None,
        "extreme_c": None,
        "last_reading": None,
        "told_by": None,
        "item": {
            "id": item.id, "kind": item.kind, "name": item.name, "quantity": history.quantity, "about": about,
            "where": "", "deadline": None, "budget": False, "why": "",
        },
        "link": f"/items/{item.id}",
    }  # fmt: skip


def body(
    tx: Transaction, history: History, product: Product, reason: ItemReason, here: Location, now_ms: int
) -> dict[str, Any]:
    """The alert of a reason."""
    certain = reason.kind in (AlertKind.CERTAIN, AlertKind.POSSIBLE)
    found = frame(reason.kind, history, reason.about, here, reason.since_ms, now_ms) | {
        "product": {"id": product.id, "name": product.name, "version": product.version, "sha256": product.sha256},
        "limit": {"id": reason.about.rpartition("/")[0] or reason.about, "words": rule_words(product, history, reason)},
        "certainty": reason.kind.value if certain else None,
    }
    found["item"] |= {
        "where": reason.location,
        "deadline": None if reason.deadline_ms is None else iso(reason.deadline_ms),
        "budget": _allows(reason),
        "why": reason.said,
    }
    if reason.bounds is not None:
        triple = (reason.bounds.at_least_ms, reason.bounds.estimate_ms, reason.bounds.at_most_ms)
        found["duration_s"] = dict(
            zip(("at_least", "estimate", "at_most"), (each / 1000 for each in triple), strict=True)
        )
    message = f"{name_of(history, product)}: {sentence(reason)} {found['limit']['words']}"
    return found | with_adoption(tx, product.id, product.version, product.sha256, message)


def name_of(history: History, product: Product) -> str:
    """``Humira lot A12, 11 of them (item 12)``."""
    item, count = history.item, history.quantity
    many = f", {count} of them" if count > 1 else ""
    return f"{product.name.partition(' (')[0]} {item.kind} {item.name}{many} (item {item.id})"


def rule_words(product: Product, history: History, reason: ItemReason) -> str:
    """What it is about, as one sentence."""
    match reason.rule:
        case Limit():
            return words(reason.rule)
        case Returns() | ReturnsFor():
            return returns_in_words(reason.rule)
        case _ if reason.said:
            return f"What was decided on it at {minute(reason.since_ms)}."
        case _:
            expires = product.stages[history.last.stage].expires
            if reason.about.startswith(EXPIRY) and expires is not None:
                after = format_duration(milliseconds(expires.after))
                return f"It expires {after} after: {expires.since.value.replace('_', ' ')}."
            return "Its expiry as printed."


def sentence(reason: ItemReason) -> str:
    """What is so, and since when."""
    since, where = minute(reason.since_ms), f", {reason.location}" if reason.location else ""
    allows = _allows(reason)
    match reason.kind:
        case AlertKind.WARNING if reason.deadline_ms is not None:
            return f"it expires at {minute(reason.deadline_ms)}."
        case AlertKind.WARNING:
            left = _left(reason)
            return f"its budget is nearly used up{left}."
        case AlertKind.REOPENED:
            return f"it is to be decided anew; {reason.said}."
        case AlertKind.DEADLINE:
            return f"it expired at {since}."
        case AlertKind.NO_DATA:
            return f"nobody can show that its storage is kept: no data since {since}{where}."
        case AlertKind.CERTAIN if isinstance(reason.rule, Returns | ReturnsFor):
            return f"it went back into the refrigerator against its rule, at {since}{where}."
        case AlertKind.CERTAIN:
            return f"its budget was used up at {since}{where}." if allows else f"out of range since {since}{where}."
        case _ if reason.deadline_ms is not None:
            return f"it may have expired at {since}."
        case _ if isinstance(reason.rule, Returns | ReturnsFor):
            return f"it may have gone back into the refrigerator against its rule, after {since}{where}."
        case _:
            return (
                f"its budget may have been used up at {since}{where}."
                if allows
                else f"possibly out of range since {since}{where}."
            )


def _allows(reason: ItemReason) -> bool:
    """Whether it is about a limit that allows some time."""
    return isinstance(reason.rule, Limit) and not isinstance(reason.rule.allowance, NoAllowance)


def _left(reason: ItemReason) -> str:
    if not isinstance(reason.rule, Limit) or not isinstance(reason.rule.allowance, Total) or reason.bounds is None:
        return ""
    allowed_ms = milliseconds(reason.rule.allowance.duration)
    left = at_least(allowed_ms - reason.bounds.at_most_ms)
    return f": at least {left} of {format_duration(allowed_ms)} are left"
