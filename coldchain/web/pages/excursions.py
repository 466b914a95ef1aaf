"""The list of excursions: open ones first, by state, place, certainty and time."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from coldchain.records import places
from coldchain.records.views.excursions import Wanted, excursions, product_texts
from coldchain.reporting.words import limit_words
from coldchain.web.looking import frozen_limit
from coldchain.web.running import bounds_now
from coldchain.web.spans import span_of
from coldchain.web.values import decimals_of
from coldchain.web.visit import SignedIn

router = APIRouter(include_in_schema=False)

STATES = {"": "all", "open": "open", "unacknowledged": "to acknowledge", "over": "over", "withdrawn": "withdrawn"}
CERTAINTIES = {"": "any", "certain": "certain", "possible": "possible"}
MOST = 200


@router.get("/excursions")
def show(
    visit: SignedIn,
    state: str = "",
    location: str = "",
    certainty: str = "",
    from_: Annotated[str, Query(alias="from", max_length=40)] = "",
    to: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """The excursions that are wanted."""
    span = span_of(visit.clock, "", from_, to) if from_ or to else None
    bounded = span is not None and not span.problem
    wanted = Wanted(
        state=state if state in STATES and state else None,
        location_name=location or None,
        certainty=certainty if certainty in CERTAINTIES and certainty else None,
        from_ms=span.from_ms if span and bounded else None,
        to_ms=span.to_ms if span and bounded else None,
        limit=MOST + 1,
    )
    with visit.services.store.reading() as tx:
        found = excursions(tx, wanted)
        texts = product_texts(tx, (each.assignment_id for each in found))
        limits = {each.id: frozen_limit(each, texts[each.assignment_id])[1] for each in found}
        bounds = {each.id: bounds_now(tx, each, limits[each.id], visit.clock.now_ms) for each in found}
        return visit.render(
            tx, "excursions.html", found=found[:MOST], more=len(found) > MOST, bounds=bounds,
            words={number: limit_words(limit) for number, limit in limits.items()},
            decimals=decimals_of(each.now.extreme_milli_c for each in found), states=STATES,
            certainties=CERTAINTIES, locations=places.locations(tx), state_chosen=state, location_chosen=location,
            certainty_chosen=certainty, from_text=from_, to_text=to, problem=span.problem if span else "",
        )  # fmt: skip
