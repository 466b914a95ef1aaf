"""By which version of a product something is judged, who adopted it, and what today's version would say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from coldchain.domain.bounds import Edges
from coldchain.domain.product import Product
from coldchain.domain.together import Together
from coldchain.domain.verdict import Verdict
from coldchain.errors import ColdchainError, UnknownProduct
from coldchain.records import adoptions, readings, units, whole_ways
from coldchain.records.adoptions import Adoption
from coldchain.records.places import sensor_title
from coldchain.records.prepared import Prepared, prepared
from coldchain.records.store import Transaction
from coldchain.records.units import Unit
from coldchain.records.views import series
from coldchain.records.views.excursions import Excursion
from coldchain.records.whole_ways import Judged
from coldchain.reviewing.reconsidering import Measured, judged_by, needs_the_whole_way, stretch_under
from coldchain.rulebook.changes import Change, changes, same_rules
from coldchain.rulebook.today import Today
from coldchain.rulebook.words import not_adopted
from coldchain.web.looking import Rules
from coldchain.web.spans import Shown

Judging = Callable[[Product], Verdict | None]
"""The verdict on something under a version of its product; ``None`` where that has no such stage."""


@dataclass(frozen=True)
class Otherwise:
    """What today's version of a product says, where it is another one.

    Attributes:
        name: ``version 4``, or ``another version 3`` where only the content differs.
        adopted: Whether a pharmacist of the site has adopted it.
        sentence: What it would say, to be read after "today's is version 4".
        changes: What is different, in words.
    """

    name: str
    adopted: bool
    sentence: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Version:
    """By which version something is judged.

    Attributes:
        adoption: Who adopted it; ``None`` where nobody did.
        unadopted: The sentence that then is said; empty where it is adopted.
        otherwise: Today's version, where it is another one with other rules.
        today_is: Why there is none to compare with: the file is gone or can't be read; empty where there is.
    """

    product: Product
    adoption: Adoption | None
    unadopted: str
    otherwise: Otherwise | None
    today_is: str


def version_of(tx: Transaction, today: Today, product: Product, judging: Judging) -> Version:
    """Everything a page says of the version that something is judged by.

    Args:
        tx: The transaction.
        today: The product files as they are now.
        product: The version that was frozen.
        judging: The verdict under a version.
    """
    adoption = adoptions.adopted(tx, product.sha256)
    unadopted = "" if adoption is not None else not_adopted(product.id, product.version)
    try:
        other = today.file(product.id).product
    except UnknownProduct:
        return Version(product, adoption, unadopted, None, "there is no product file of this id any more")
    except ColdchainError as error:
        return Version(product, adoption, unadopted, None, f"today's product file can't be read: {error}")
    if other.sha256 == product.sha256 or same_rules(other, product):
        return Version(product, adoption, unadopted, None, "")
    otherwise = Otherwise(
        name=f"version {other.version}" if other.version != product.version else f"another version {other.version}",
        adopted=adoptions.adopted(tx, other.sha256) is not None,
        sentence=sentence_of(judging(product), judging(other)),
        changes=changes(product, other),
    )
    return Version(product, adoption, unadopted, otherwise, "")


def sentence_of(was: Verdict | None, would_be: Verdict | None) -> str:
    """What another version would say, compared with what this one says."""
    if was is None:
        return "there is nothing to judge"
    if would_be is None:
        return "which has no such stage: nothing can be judged by it"
    if was is would_be:
        return f"under which the verdict would be the same: {would_be.value}"
    return f"under which the verdict would be {would_be.value} instead of {was.value}"


def measured_at(tx: Transaction, rules: Rules, span: Shown, now_ms: int) -> list[Measured]:
    """What every probe measured at a location in the time shown, as far as it was judged by these rules."""
    found = []
    for unit in units.at_location(tx, rules.assigned.location_id):
        start_ms = max(span.from_ms, unit.from_ms)
        end_ms = min(span.to_ms, now_ms, now_ms if unit.to_ms is None else unit.to_ms)
        if unit.assignment_id == rules.assigned.id and start_ms < end_ms:
            found.append(_measured(tx, unit, start_ms, end_ms))
    return found


def judged_here(rules: Rules, measured: Sequence[Measured]) -> Together | None:
    """The location over all its probes in the time shown, by the rules that judge it; ``None``: nothing hung there."""
    return judged_by(rules.product, rules.assigned.stage, measured)


def version_at(tx: Transaction, today: Today, rules: Rules, measured: Sequence[Measured]) -> Version:
    """The version that a location is judged by, and what today's would say of the time shown."""

    def judging(product: Product) -> Verdict | None:
        found = judged_by(product, rules.assigned.stage, measured)
        return None if found is None else found.verdict

    return version_of(tx, today, rules.product, judging)


def version_for(tx: Transaction, today: Today, found: Excursion, product: Product, now_ms: int) -> Version:
    """The version that an excursion was judged by, and what today's would say of it."""
    end_ms = found.now.end_ms if found.now.end_ms is not None else now_ms

    def judging(asked: Product) -> Verdict | None:
        if asked.stages.get(found.stage) is None or not found.counts:
            return None
        unit = units.one(tx, found.assignment_id, found.placement_id)
        until_ms = min(end_ms, end_ms if unit.to_ms is None else unit.to_ms)
        if until_ms <= unit.from_ms:
            return None
        whole = needs_the_whole_way(asked.stages[found.stage])
        start_ms = unit.from_ms if whole else _good_before(tx, asked, found, unit)
        measured = _measured(tx, unit, start_ms, until_ms)
        return stretch_under(asked, found.stage, measured, found.now.start_ms, until_ms)

    return version_of(tx, today, product, judging)


def version_of_item(tx: Transaction, today: Today, found: Judged, now_ms: int) -> Version:
    """The version that an item is judged by, and what today's would say of its whole way."""
    stages = {stay.stage for stay in found.history.stays}

    def judging(asked: Product) -> Verdict | None:
        if not stages <= asked.stages.keys():
            return None
        return whole_ways.judge_all(tx, [(found.history, asked)], now_ms)[0].judgement.verdict

    return version_of(tx, today, found.product, judging)


def version_of_preparation(tx: Transaction, today: Today, whole: Prepared, now_ms: int) -> Version:
    """The version that a preparation is judged by, and what today's would say of it."""

    def judging(asked: Product) -> Verdict | None:
        return prepared(tx, whole.preparation, asked, now_ms).judged(now_ms).verdict

    return version_of(tx, today, whole.product, judging)


def _good_before(tx: Transaction, product: Product, found: Excursion, unit: Unit) -> int:
    """From where every limit sees the whole of an episode that the excursion is part of."""
    limits = product.stages[found.stage].limits
    first = [readings.last_good_before(tx, unit.sensor_id, found.now.start_ms, limit.bad) for limit in limits]
    return max(unit.from_ms, min((-1 if at_ms is None else at_ms for at_ms in first), default=-1))


def _measured(tx: Transaction, unit: Unit, start_ms: int, end_ms: int) -> Measured:
    trace = series.trace(tx, unit.sensor_id, start_ms, end_ms, neighbours=True)
    name = sensor_title(unit.sensor_name, unit.channel)
    if unit.to_ms is not None:
        name = f"{name}, earlier stay {unit.placement_id}"
    return Measured(name, trace, Edges(start_ms, end_ms), unit.max_gap_ms, unit.uncertainty_milli_c)
