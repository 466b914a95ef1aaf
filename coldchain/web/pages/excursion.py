"""One excursion: how long, how far, by which rules, what everybody did; and acknowledging it."""

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from coldchain.domain.probe_kinds import lag_in_words
from coldchain.domain.product import Product
from coldchain.errors import NotPermitted
from coldchain.records import items, places
from coldchain.records.dispositions import newest_id
from coldchain.records.store import Transaction
from coldchain.records.views import series
from coldchain.records.views.excursions import (
    Excursion,
    Wanted,
    excursion_numbered,
    excursions,
    product_texts,
    revisions,
)
from coldchain.records.views.told import alerts
from coldchain.reporting.words import allowance_words, limit_words, triple
from coldchain.reviewing.acknowledging import CommentNeeded, acknowledge, refusal
from coldchain.reviewing.deciding import nothing_to_decide
from coldchain.reviewing.deciding import refusal as why_not_decide
from coldchain.reviewing.whole_way import judge_all, was_at
from coldchain.rulebook.words import label_in_words, unverified
from coldchain.web.deciding import CHOICES, NOTHING_TYPED, on_excursion, on_items
from coldchain.web.deciding import Typed as Deciding
from coldchain.web.drawing import duration_bar
from coldchain.web.figures import figure
from coldchain.web.looking import frozen_limit, max_gap_of
from coldchain.web.pages.location import ROWS, Panel, panel
from coldchain.web.running import bounds_now
from coldchain.web.situations import allowed_ms, history, kind_words, next_step, sentence, standing_words
from coldchain.web.stocktaking import next_step as next_for_item
from coldchain.web.stocktaking import shown_item
from coldchain.web.times import HOUR_MS
from coldchain.web.values import decimals_of
from coldchain.web.versions import version_for
from coldchain.web.visit import SignedIn, Visit
from coldchain.web.way_drawing import StoredHere, stored_here

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Typed:
    """What somebody typed and why it could not be taken."""

    comment: str = ""
    error: str = ""


@router.get("/excursions/{number}")
def show(visit: SignedIn, number: str) -> Response:
    """One excursion."""
    return page(visit, number, 200, Typed())


@router.get("/excursions/{number}/acknowledge")
def after_an_error(_: SignedIn, number: str) -> Response:
    """Where a refused form stood is the excursion's own page, for whoever loads it again."""
    return RedirectResponse(f"/excursions/{quote(number, safe='')}", 303)


@router.post("/excursions/{number}/acknowledge")
def acknowledge_it(
    visit: SignedIn,
    number: str,
    comment: Annotated[str, Form(max_length=20_000)] = "",
    revision: Annotated[int | None, Form()] = None,
) -> Response:
    """Acknowledge with a comment; what was typed survives an error, which stands at its field."""
    services = visit.services
    with services.store.reading() as tx:
        found = excursion_numbered(tx, number)
    try:
        acknowledge(services.store, found.id, visit.person, comment, visit.clock.now_ms, revision=revision)
    except CommentNeeded as error:
        return page(visit, number, 422, Typed(comment, str(error)))
    except NotPermitted as error:
        return page(visit, number, 403, Typed(comment, str(error)))
    services.changes.publish()
    return RedirectResponse(f"/excursions/{quote(number, safe='')}#history", 303)


def page(visit: Visit, number: str, status: int, typed: Typed, deciding: Deciding = NOTHING_TYPED) -> Response:
    """The page of an excursion, with what somebody typed into one of its forms."""
    with visit.services.store.reading() as tx:
        found = excursion_numbered(tx, number)
        product, limit = frozen_limit(found, product_texts(tx, [found.assignment_id])[found.assignment_id])
        known, told = revisions(tx, found.id), alerts(tx, found.id)
        stored, decided = _stored(tx, visit, found), on_excursion(tx, found.id)
        bounds = bounds_now(tx, found, limit, visit.clock.now_ms)
        return visit.render(
            tx, "excursion.html", status, found=found, limit=limit, limit_words=limit_words(limit),
            allowance=allowance_words(limit), sentence=sentence(found, limit, bounds), bounds=bounds,
            bar=duration_bar(bounds, allowed_ms(limit), _css(found), triple(bounds)), allowed=allowed_ms(limit),
            standing=standing_words(found), css=_css(found), next=next_step(found, decided),
            revisions=known,
            history=history(found, known, told), alerts=told, kind_words=kind_words, product=product,
            label=label_in_words(product), doubts=unverified(product, found.stage), typed=typed,
            decimals=decimals_of(each.extreme_milli_c for each in known), most_rows=ROWS,
            stored=stored, next_for_item=next_for_item, deciding=deciding, choices=CHOICES,
            seen=newest_id(tx),
            decided=decided, decided_items=on_items(tx, [one.shown.judged for one in stored]),
            why_not_decide=why_not_decide(visit.person.role) or nothing_to_decide(
                withdrawn=found.now.withdrawn, merged_into=found.merged_into, continued_by=found.continued_by
            ),
            panel=_panel(tx, visit, found, product), lag=_lag(tx, found), yardstick=_yardstick(found, product),
            version=version_for(tx, visit.services.today, found, product, visit.clock.now_ms),
            why_not=refusal(visit.person.role, withdrawn=found.now.withdrawn, merged_into=found.merged_into),
        )  # fmt: skip


def _stored(tx: Transaction, visit: Visit, found: Excursion) -> list[StoredHere]:
    """The items that were there while it lasted, and what it took of each one's budget; worst first."""
    end_ms = found.now.end_ms if found.now.end_ms is not None else visit.clock.now_ms
    here = was_at(items.ever_at(tx, found.location_id), found.location_id, found.now.start_ms, end_ms)
    shown = sorted(
        (shown_item(one, visit.clock) for one in judge_all(tx, here, visit.clock.now_ms)), key=lambda one: one.urgency
    )
    return [stored_here(one, found.now.start_ms, end_ms) for one in shown]


def _lag(tx: Transaction, found: Excursion) -> str:
    probe = places.sensor_numbered(tx, found.sensor_id)
    return lag_in_words(probe.probe_kind, probe.time_constant_ms)


def _css(found: Excursion) -> str:
    if not found.counts:
        return "nodata"
    return "out" if found.now.certainty == "certain" else "possibly"


def _panel(tx: Transaction, visit: Visit, found: Excursion, product: Product) -> Panel:
    """The readings around it: half its length on either side, at least half an hour."""
    end_ms = found.now.end_ms if found.now.end_ms is not None else visit.clock.now_ms
    room = max(HOUR_MS // 2, (end_ms - found.now.start_ms) // 2)
    from_ms, to_ms = found.now.start_ms - room, min(end_ms + room, visit.clock.now_ms)
    wanted = Wanted(location_name=found.location_name, from_ms=from_ms, to_ms=to_ms)
    near = [each for each in excursions(tx, wanted) if each.id != found.id]
    shown = figure(
        tx, series.stay(tx, found.placement_id), product.stages[found.stage].limits, [*near, found],
        from_ms=from_ms, to_ms=to_ms, now_ms=visit.clock.now_ms, max_gap_ms=_max_gap_ms(found, product),
    )  # fmt: skip
    return panel(tx, shown, visit.clock)


def _max_gap_ms(found: Excursion, product: Product) -> int:
    said = found.yardstick.get("max_gap_ms")
    return said if isinstance(said, int) else max_gap_of(None, [product])


def _yardstick(found: Excursion, product: Product) -> dict[str, Any]:
    """What was frozen besides the limit, for the page."""
    return {
        "max_gap_ms": _max_gap_ms(found, product),
        "uncertainty_milli_c": found.yardstick.get("uncertainty_milli_c", 0),
        "calibration": found.yardstick.get("calibration"),
        "calibrated_on": found.yardstick.get("calibrated_on"),
        "calibration_due": found.yardstick.get("calibration_due"),
    }
