"""One location: what holds there now, its readings as a chart and as a table, by which rules it is judged."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from coldchain.domain.together import Together
from coldchain.records import device_findings, items
from coldchain.records.store import Transaction
from coldchain.records.views import locations, quarantine, series
from coldchain.records.views.excursions import Excursion, Wanted, excursions, product_texts
from coldchain.reporting.words import limit_words
from coldchain.reviewing.whole_way import judge_all
from coldchain.rulebook.words import label_in_words, stage_in_words, unverified
from coldchain.web.figures import Figure, drawn, figure
from coldchain.web.looking import Place, Rules, frozen_limit, look, max_gap_of
from coldchain.web.spans import RANGES, Shown, span_of
from coldchain.web.stocktaking import Shown as ShownItem
from coldchain.web.stocktaking import shown_item
from coldchain.web.times import Clock
from coldchain.web.values import decimals_of
from coldchain.web.versions import Version, judged_here, measured_at, version_at
from coldchain.web.visit import SignedIn, Visit

router = APIRouter(include_in_schema=False)

ROWS = 300
"""How many readings the table under a chart shows; all of them are in the CSV."""


@dataclass(frozen=True)
class Panel:
    """A chart with what stands below it."""

    figure: Figure
    drawn: Markup
    rows: list[tuple[series.Row, bool]]
    decimals: int


@dataclass(frozen=True)
class Binding:
    """A product's rules in words, each with its limit's id, and where the numbers come from.

    Attributes:
        version: Whether it is adopted, and what today's version would say.
        here: The time shown over all probes; ``None`` where nothing hung there.
        probes: How many of them.
    """

    rules: Rules
    sentences: list[tuple[str, str]]
    label: str
    doubts: tuple[str, ...]
    version: Version
    here: Together | None
    probes: int


@router.get("/locations/{name}")
def location(
    visit: SignedIn,
    name: str,
    range: str = "",  # noqa: A002 - the word in the address
    from_: Annotated[str, Query(alias="from", max_length=40)] = "",
    to: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """One location over a span of time."""
    span = span_of(visit.clock, range, from_, to)
    with visit.services.store.reading() as tx:
        place = look(locations.standing(tx, name), visit.clock.now_ms)
        until = None if span.chosen else span.to_ms  # up to now, and what a clock a little ahead says
        found = excursions(tx, Wanted(location_name=name, from_ms=span.from_ms, to_ms=until))
        panels = panels_of(tx, place, found, span, visit.clock)
        texts = product_texts(tx, (each.assignment_id for each in found))
        words = {each.id: limit_words(frozen_limit(each, texts[each.assignment_id])[1]) for each in found}
        return visit.render(
            tx, "location.html", place=place, shown=place.shown, span=span, ranges=RANGES, panels=panels, found=found,
            words=words,
            bindings=[_binding(tx, visit, rules, span) for rules in place.rules], most_rows=ROWS,
            inside=inside(tx, place, visit.clock), instead=_instead(tx, place),
            matters=device_findings.standing(tx, [each.probe.sensor_id for each in place.looked]),
        )  # fmt: skip


def _instead(tx: Transaction, place: Place) -> dict[str, int]:
    """What came from the leading sensor after its last reading and could not be used, where it gives no data."""
    if place.leading is None or place.shown.silent_ms is None:
        return {}
    newest_ms = place.leading.newest_ms if place.leading.newest_ms is not None else place.leading.probe.since_ms
    return quarantine.reasons_since(tx, place.leading.probe.sensor_id, newest_ms)


def inside(tx: Transaction, place: Place, clock: Clock) -> list[ShownItem]:
    """The items that are there now, worst first."""
    location_id = place.standing.location.id
    ever = items.ever_at(tx, location_id)
    here = [one for one in ever if one.end is None and one.last.location_id == location_id]
    return sorted((shown_item(one, clock) for one in judge_all(tx, here, clock.now_ms)), key=lambda one: one.urgency)


def panels_of(tx: Transaction, place: Place, found: list[Excursion], span: Shown, clock: Clock) -> list[Panel]:
    """One chart for each sensor that hung there in that time, the leading one first."""
    panels = []
    gaps = {each.probe.sensor_id: each.max_gap_ms for each in place.looked}
    otherwise = max_gap_of(None, (rules.product for rules in place.rules))
    for stay in _joined(series.stays(tx, place.standing.location.id, span.from_ms, span.to_ms)):
        shown = figure(
            tx, stay, place.limits, found, from_ms=span.from_ms, to_ms=span.to_ms, now_ms=clock.now_ms,
            max_gap_ms=gaps.get(stay.sensor_id, otherwise),
        )  # fmt: skip
        panels.append(panel(tx, shown, clock))
    leading = place.leading.probe.sensor_id if place.leading else None
    return sorted(panels, key=lambda each: each.figure.sensor_id != leading)


def panel(tx: Transaction, shown: Figure, clock: Clock) -> Panel:
    """A figure with its drawing and its newest rows."""
    bad = dict(zip(shown.trace.at_ms.tolist(), shown.bad.tolist(), strict=True))
    first = int(shown.trace.at_ms[0]) if len(shown.trace) else shown.from_ms
    rows = series.rows(tx, shown.sensor_id, first, shown.to_ms, ROWS)
    marked = [(row, bad.get(row.measured_ms, False)) for row in rows]
    return Panel(shown, drawn(shown, clock), marked, decimals_of(row.milli_c for row in rows))


def _joined(stays: list[series.Stay]) -> list[series.Stay]:
    """A sensor's stays without a break between them as one: a recalibration ends a stay but moves nothing."""
    joined: list[series.Stay] = []
    for stay in stays:
        last = joined[-1] if joined else None
        if last is not None and last.sensor_id == stay.sensor_id and last.to_ms == stay.from_ms:
            joined[-1] = series.Stay(last.sensor_id, last.name, last.channel, last.from_ms, stay.to_ms)
        else:
            joined.append(stay)
    return joined


def _binding(tx: Transaction, visit: Visit, rules: Rules, span: Shown) -> Binding:
    stage = rules.product.stages[rules.assigned.stage]
    measured = measured_at(tx, rules, span, visit.clock.now_ms)
    return Binding(
        rules=rules,
        sentences=[with_id(each) for each in stage_in_words(stage)],
        label=label_in_words(rules.product),
        doubts=unverified(rules.product, stage.name),
        version=version_at(tx, visit.services.today, rules, measured),
        here=judged_here(rules, measured),
        probes=len(measured),
    )


def with_id(sentence: str) -> tuple[str, str]:
    """A sentence of the rules, and the limit's id that may stand in brackets at its end."""
    words, bracket, rest = sentence.rpartition(" [")
    return (words, rest.removesuffix("]")) if bracket and rest.endswith("]") else (sentence, "")
