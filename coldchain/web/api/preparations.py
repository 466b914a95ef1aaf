"""`/api/v1/preparations`: prepared medicines for programs, in the shape of `coldchain preparation check`."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from coldchain.domain.instant import iso
from coldchain.records import adoptions, preparations
from coldchain.records.preparations import Entry
from coldchain.records.store import Transaction
from coldchain.web.api.caller import Known
from coldchain.web.pages.preparations import situated
from coldchain.web.preparation_export import export, judged_json
from coldchain.web.preparing import Situation
from coldchain.web.times import DAY_MS
from coldchain.web.visit import services_of

router = APIRouter(prefix="/api/v1/preparations", tags=["preparations"])


@router.get("")
def all_preparations(
    request: Request, _: Known, state: Annotated[str, Query(pattern="^(running|over)$")] = "running"
) -> JSONResponse:
    """Running preparations, the least time left first; or those that ended in the last 30 days."""
    services = services_of(request)
    now_ms = services.clock_ms()
    with services.store.reading() as tx:
        rows = preparations.running(tx) if state == "running" else preparations.over_since(tx, now_ms - 30 * DAY_MS)
        found = [situated(tx, each, now_ms) for each in rows]
        if state == "running":
            found.sort(key=lambda one: one.urgency)
        return JSONResponse([_answer(request, tx, one, now_ms) for one in found])


@router.get("/{number}")
def one_preparation(request: Request, _: Known, number: str) -> JSONResponse:
    """One preparation, judged now: every clock, condition, excursion, what is missing; and every entry."""
    services = services_of(request)
    now_ms = services.clock_ms()
    with services.store.reading() as tx:
        one = situated(tx, preparations.one(tx, number), now_ms)
        return JSONResponse(_answer(request, tx, one, now_ms))


@router.get("/{number}/export")
def archive(request: Request, _: Known, number: str) -> Response:
    """Events, readings and rules in one archive that `coldchain preparation check` judges to the same verdict."""
    services = services_of(request)
    now_ms = services.clock_ms()
    with services.store.reading() as tx:
        whole = situated(tx, preparations.one(tx, number), now_ms).whole
    headers = {"content-disposition": f'attachment; filename="{whole.preparation.number}.zip"'}
    return Response(export(whole, now_ms), media_type="application/zip", headers=headers)


def _answer(request: Request, tx: Transaction, one: Situation, now_ms: int) -> dict[str, Any]:
    whole, product = one.whole, one.whole.product
    adopted = adoptions.adopted(tx, product.sha256)
    judged = judged_json(whole, now_ms)
    judged["product"] |= {
        "version": product.version,
        "checked_by": product.label.checked_by,
        "adopted_at": None if adopted is None else iso(adopted.at_ms),
    }
    return judged | {
        "number": whole.preparation.number,
        "now": iso(now_ms),
        "location": None if one.place is None else one.place.location,
        "events": [_entry(entry, "event") for entry in whole.events],
        "attestations": [_entry(entry, "what") for entry in whole.attestations],
        "known_then": [each.body | {"at": iso(each.at_ms)} for each in preparations.known_then(tx, one.number)],
        "href": f"{services_of(request).public_url}/preparations/{whole.preparation.number}",
    }


def _entry(entry: Entry, name: str) -> dict[str, Any]:
    where = {"location": entry.location} if name == "event" else {}
    return {
        "id": entry.id,
        name: entry.what,
        "at": iso(entry.at_ms),
        **where,
        "recorded_at": iso(entry.recorded_ms),
        "by": entry.full_name,
        "corrects": entry.corrects,
        "struck": entry.struck,
        "reason": entry.reason,
        "stands": entry.stands,
    }
