"""Findings from the service's record, in the same form as those from files, so that one report serves both."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from coldchain.auditing.audited import Audited, AuditedFile
from coldchain.auditing.file import within
from coldchain.domain.bounds import Edges, Yardstick
from coldchain.domain.product import Product, Stage
from coldchain.domain.reading import Trace
from coldchain.domain.statistics import statistics
from coldchain.domain.verdict import Verdict, judge
from coldchain.domain.ways import ItemStay
from coldchain.domain.yardstick import yardstick_of
from coldchain.errors import UsageError
from coldchain.loggers.logger_file import DECLARED, Device, Evidence
from coldchain.records.places import Location
from coldchain.records.store import Transaction
from coldchain.records.views import over, series
from coldchain.rulebook.book import parse_product

RECORD = "record"
"""The format of findings that come from no file."""


@dataclass(frozen=True)
class Watched:
    """What one sensor measured in a time, and by whose rules it is judged.

    Attributes:
        name: What the findings are called: the place and the sensor.
        start_ms, end_ms: The time that counts, UTC ms.
    """

    name: str
    product: Product
    stage: Stage
    trace: Trace
    yardstick: Yardstick
    start_ms: int
    end_ms: int
    repeated: int = 0
    notes: tuple[str, ...] = ()


def at_location(tx: Transaction, place: Location, from_ms: int, to_ms: int, zone: str) -> list[Audited]:
    """Every sensor that hung at a location in a span, judged by every product that was assigned to it then.

    Args:
        tx: The transaction.
        place: The location.
        from_ms, to_ms: The span, UTC ms.
        zone: The site's zone, in which times are shown.

    Raises:
        UsageError: No product was assigned to it in that time.
    """
    found = [_audited(one, zone) for one in _watched(tx, place, from_ms, to_ms)]
    if not found and not over.rules(tx, place.id, from_ms, to_ms):
        raise UsageError(f"no product was assigned to {place.name!r} in this time, so there is nothing to judge by")
    return found


def at_stays(stays: tuple[ItemStay, ...], product: Product, zone: str) -> list[Audited]:
    """Every probe of every stay of an item, each stay for itself; budgets over the whole way are the item's own."""
    return [
        _audited(
            Watched(
                f"{stay.location} · {probe.name}" if probe.name else stay.location, product,
                product.stages[stay.stage], probe.trace, probe.yardstick, stay.start_ms, stay.end_ms,
            ),
            zone,
        )
        for stay in stays
        if product.stages[stay.stage].limits
        for probe in stay.probes
    ]  # fmt: skip


def unwatched(tx: Transaction, place: Location, from_ms: int, to_ms: int) -> list[tuple[int, int]]:
    """The parts of a span in which no sensor hung at a location, UTC ms."""
    return _missing([(one.from_ms, one.to_ms) for one in over.hung(tx, place.id, from_ms, to_ms)], from_ms, to_ms)


def unassigned(tx: Transaction, place: Location, from_ms: int, to_ms: int) -> list[tuple[int, int]]:
    """The parts of a span in which a location was judged by no product, UTC ms."""
    return _missing([(one.from_ms, one.to_ms) for one in over.rules(tx, place.id, from_ms, to_ms)], from_ms, to_ms)


def _missing(spans: list[tuple[int, int | None]], from_ms: int, to_ms: int) -> list[tuple[int, int]]:
    missing = []
    reached = from_ms
    for start_ms, end_ms in sorted(spans, key=lambda span: span[0]):
        if start_ms > reached:
            missing.append((reached, start_ms))
        reached = max(reached, to_ms if end_ms is None else end_ms)
    return [*missing, (reached, to_ms)] if reached < to_ms else missing


def _watched(tx: Transaction, place: Location, from_ms: int, to_ms: int) -> Iterator[Watched]:
    for rule in over.rules(tx, place.id, from_ms, to_ms):
        product = parse_product(rule.product_file, f"{rule.product_id} as it was assigned")
        for one in over.hung(tx, place.id, from_ms, to_ms):
            start = max(from_ms, rule.from_ms, one.from_ms)
            end = min(at_ms for at_ms in (to_ms, rule.to_ms, one.to_ms) if at_ms is not None)
            if start >= end:
                continue
            left_out = over.left_out(tx, one.sensor_id, start, end)
            yield Watched(
                f"{place.title} · {one.title}",
                product,
                product.stages[rule.stage],
                series.trace(tx, one.sensor_id, start, end, neighbours=True),
                yardstick_of(product, one.max_gap_ms, one.uncertainty_milli_c),
                start,
                end,
                over.repeated(tx, one.sensor_id, start, end),
                tuple(f"{count} × {reason} in quarantine in this time" for reason, count in left_out.items()),
            )


def _audited(found: Watched, zone: str) -> Audited:
    edges = Edges(found.start_ms, found.end_ms)
    inside = within(found.trace, edges)
    judgement = judge(found.trace, found.stage.limits, found.yardstick, edges)
    if not len(inside) and judgement.verdict is Verdict.COMPLIANT:
        judgement = replace(judgement, verdict=Verdict.UNDETERMINED)  # nothing was measured: nothing was shown
    return Audited(
        file=AuditedFile(found.name, None, RECORD, "none"),
        device=Device(),
        channel="",
        product=found.product,
        stage=found.stage,
        evidence={"time_zone": Evidence(zone, DECLARED, "the site's; instants are kept in UTC")},
        accepted=len(inside),
        duplicates=found.repeated,
        quarantined=(),
        conflicting=(),
        trace=inside,
        yardstick=found.yardstick,
        edges=edges,
        end_from="option",
        statistics=statistics(inside, found.yardstick.max_gap_ms) if len(inside) else None,
        judgement=judgement,
        notes=found.notes,
    )
