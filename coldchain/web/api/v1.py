"""`/api/v1`: locations, readings and excursions for programs, and readings from gateways that speak no MQTT."""

import csv
import io
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from coldchain.domain.instant import instant_ms, iso
from coldchain.domain.temperature import celsius
from coldchain.errors import NotFound, NotPermitted, PayloadRefused, UsageError
from coldchain.monitoring.incoming import Incoming
from coldchain.payloads import Decoded
from coldchain.payloads.native import decode_posted
from coldchain.payloads.reports import posted
from coldchain.records import adoptions
from coldchain.records.store import Transaction
from coldchain.records.views import locations, series
from coldchain.records.views.excursions import (
    Wanted,
    excursion_numbered,
    excursions,
    product_texts,
)
from coldchain.reviewing.acknowledging import acknowledge
from coldchain.spreadsheets import harmless
from coldchain.web.api.caller import Known, caller_of, person_only
from coldchain.web.api.shapes import (
    ExcursionNow,
    LocationNow,
    Reading,
    Readings,
    Taken,
    ToAcknowledge,
    excursion_now,
    location_now,
)
from coldchain.web.api.taking import take_in
from coldchain.web.figures import figure, points
from coldchain.web.looking import look, max_gap_of
from coldchain.web.spans import LONGEST_MS
from coldchain.web.times import DAY_MS
from coldchain.web.visit import clock_of, services_of

router = APIRouter(prefix="/api/v1", tags=["coldchain"])

PAGE = 5_000
"""Readings in one JSON answer; a CSV holds all."""

Instant = Annotated[str | None, Query(description="UTC ms, or ISO 8601; without an offset in the site's zone")]


@router.get("/locations")
def all_locations(request: Request, _: Known) -> list[LocationNow]:
    """Every location as it stands."""
    services = services_of(request)
    now_ms = services.clock_ms()
    with services.store.reading() as tx:
        adopted, url = adoptions.all_adopted(tx).keys(), services.public_url
        return [location_now(look(each, now_ms), adopted, url) for each in locations.standings(tx)]


@router.get("/locations/{name}")
def one_location(request: Request, _: Known, name: str) -> LocationNow:
    """One location as it stands."""
    services = services_of(request)
    with services.store.reading() as tx:
        place = look(locations.standing(tx, name), services.clock_ms())
        return location_now(place, adoptions.all_adopted(tx).keys(), services.public_url)


@router.get("/locations/{name}/readings", response_model=Readings)
def readings(
    request: Request,
    _: Known,
    name: str,
    from_: Annotated[
        str | None, Query(alias="from", description="UTC ms or ISO 8601; default: a day before `to`")
    ] = None,
    to: Instant = None,
    sensor: Annotated[int | None, Query(description="one sensor channel, by its number")] = None,
    format: Annotated[str, Query(pattern="^(json|csv)$")] = "json",  # noqa: A002 - the word in the address
) -> Response | Readings:
    """Readings of a span, oldest first: JSON in pages, or all of them as CSV."""
    services = services_of(request)
    from_ms, to_ms = _span(request, from_, to)
    with services.store.reading() as tx:
        place = locations.standing(tx, name).location
        stays = [each for each in series.stays(tx, place.id, from_ms, to_ms) if sensor in (None, each.sensor_id)]
        if format == "csv":
            lines = "".join(_csv(_measured(tx, stays, from_ms, to_ms)))
            headers = {"content-disposition": f'attachment; filename="{_file_name(name)}.csv"'}
            return Response(lines, media_type="text/csv; charset=utf-8", headers=headers)
        found = sorted(_measured(tx, stays, from_ms, to_ms, PAGE + 1), key=lambda row: (row[1], row[0].sensor_id))
    more = iso(found[PAGE][1]) if len(found) > PAGE else None
    if more is not None:  # the page ends between two instants, so that none is cut apart
        found = [row for row in found[:PAGE] if row[1] < found[PAGE][1]]
    shown = [
        Reading(sensor=stay.name, channel=stay.channel, measured_at=iso(at_ms), temperature_c=celsius(milli_c))
        for stay, at_ms, milli_c in found
    ]
    return Readings(readings=shown, next_from=more)


@router.get("/locations/{name}/chart", include_in_schema=False)
def chart(
    request: Request,
    _: Known,
    name: str,
    sensor: int,
    from_: Annotated[str | None, Query(alias="from")] = None,
    to: Annotated[str | None, Query()] = None,
) -> JSONResponse:
    """The points of a page's chart: at most four thousand, with every extreme."""
    services, clock = services_of(request), clock_of(request)
    from_ms, to_ms = _span(request, from_, to)
    with services.store.reading() as tx:
        place = look(locations.standing(tx, name), clock.now_ms)
        stays = [
            each for each in series.stays(tx, place.standing.location.id, from_ms, to_ms) if each.sensor_id == sensor
        ]
        if not stays:
            raise NotFound("that sensor did not hang there in that time")
        whole = series.Stay(sensor, stays[0].name, stays[0].channel, stays[0].from_ms, stays[-1].to_ms)
        gaps = {each.probe.sensor_id: each.max_gap_ms for each in place.looked}
        max_gap_ms = gaps.get(sensor, max_gap_of(None, (rules.product for rules in place.rules)))
        near = excursions(tx, Wanted(location_name=name, from_ms=from_ms, to_ms=to_ms))
        shown = figure(
            tx, whole, place.limits, near, from_ms=from_ms, to_ms=to_ms, now_ms=clock.now_ms, max_gap_ms=max_gap_ms
        )
    return JSONResponse(points(shown, clock))


@router.get("/excursions")
def all_excursions(
    request: Request,
    _: Known,
    state: Annotated[str | None, Query(pattern="^(open|over|unacknowledged|withdrawn)$")] = None,
    location: str | None = None,
    certainty: Annotated[str | None, Query(pattern="^(certain|possible)$")] = None,
    from_: Annotated[str | None, Query(alias="from")] = None,
    to: Instant = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[ExcursionNow]:
    """Excursions, open ones first."""
    services = services_of(request)
    from_ms = None if from_ is None else instant_of(request, from_)
    to_ms = None if to is None else instant_of(request, to)
    with services.store.reading() as tx:
        found = excursions(tx, Wanted(state, location, certainty, from_ms, to_ms, limit))
        texts = product_texts(tx, (each.assignment_id for each in found))
        now_ms, url = services.clock_ms(), services.public_url
        return [excursion_now(tx, each, texts[each.assignment_id], now_ms, url) for each in found]


@router.get("/excursions/{number}")
def one_excursion(request: Request, _: Known, number: str) -> ExcursionNow:
    """One excursion in its newest revision."""
    services = services_of(request)
    with services.store.reading() as tx:
        found = excursion_numbered(tx, number)
        text = product_texts(tx, [found.assignment_id])[found.assignment_id]
        return excursion_now(tx, found, text, services.clock_ms(), services.public_url)


@router.post("/excursions/{number}/acknowledge")
def acknowledge_it(request: Request, caller: Known, number: str, said: ToAcknowledge) -> ExcursionNow:
    """Acknowledge an excursion, with a comment; only for a person who is signed in."""
    services, person = services_of(request), person_only(caller)
    with services.store.reading() as tx:
        found = excursion_numbered(tx, number)
    acknowledge(services.store, found.id, person, said.comment, services.clock_ms(), revision=said.revision)
    services.changes.publish()
    return one_excursion(request, caller, number)


_SENT = {
    "type": "object",
    "required": ["sensor", "temperature_c"],
    "properties": {
        "sensor": {"type": "string"},
        "measured_at": {"type": "string", "format": "date-time", "description": "needed in an array"},
        "temperature_c": {"type": ["number", "null"]},
        "channel": {"type": "string"},
        "humidity_pct": {"type": "number"},
        "battery_pct": {"type": "number"},
        "battery_mv": {"type": "number"},
        "battery_low": {"type": "boolean"},
        "rssi_dbm": {"type": "number"},
        "snr_db": {"type": "number"},
        "link_quality": {"type": "number", "description": "0 to 255, in the units of its system"},
        "firmware": {"type": "string"},
        "seq": {"type": "integer"},
    },
    "example": {"sensor": "ward-3-probe", "measured_at": "2026-11-21T10:00:00Z", "temperature_c": 4.53},
}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "one reading, or an array of them: as over MQTT, each with its sensor",
        "content": {"application/json": {"schema": {"oneOf": [_SENT, {"type": "array", "items": _SENT}]}}},
    }
}


@router.post("/readings", openapi_extra=_BODY)
async def send_readings(request: Request) -> Taken:
    """Take readings from a gateway. The answer comes after they are committed; sending the same again does no harm."""
    caller = await run_in_threadpool(_sender, request)
    services = services_of(request)
    took = services.feeds.admit(caller)
    body = await request.body()
    received_ms = services.clock_ms()
    refused, decoded = await run_in_threadpool(_decoded, body)
    took(len(decoded))
    said = await run_in_threadpool(posted, body)
    message = Incoming("http", caller, "", body, received_ms, tuple(decoded), refused, reports=said)
    return await take_in(services, message)


def _sender(request: Request) -> str:
    caller = caller_of(request)
    if not caller.may_write:
        raise NotPermitted("this token or role may not send readings")
    return caller.name


def _decoded(body: bytes) -> tuple[PayloadRefused | None, list[Decoded]]:
    try:
        return None, decode_posted(body)
    except PayloadRefused as refusal:
        return refusal, []


_Measured = tuple[series.Stay, int, int]


def _measured(
    tx: Transaction, stays: list[series.Stay], from_ms: int, to_ms: int, most: int | None = None
) -> Iterator[_Measured]:
    for stay in stays:
        first, last = max(from_ms, stay.from_ms), min(to_ms, stay.to_ms if stay.to_ms is not None else to_ms)
        trace = series.trace(tx, stay.sensor_id, first, last)
        for at_ms, milli_c in zip(trace.at_ms[:most].tolist(), trace.milli_c[:most].tolist(), strict=True):
            yield stay, at_ms, milli_c


def _csv(found: Iterator[_Measured]) -> Iterator[str]:
    """Lines of CSV; names that a spreadsheet would run as a formula are made harmless."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(("measured_at", "sensor", "channel", "temperature_c"))
    for stay, at_ms, milli_c in found:
        writer.writerow((iso(at_ms), harmless(stay.name), harmless(stay.channel), f"{milli_c / 1000:.3f}"))
        if buffer.tell() > 65_536:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _file_name(name: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in name)


def _span(request: Request, from_: str | None, to: str | None) -> tuple[int, int]:
    to_ms = services_of(request).clock_ms() if to is None else instant_of(request, to)
    from_ms = to_ms - DAY_MS if from_ is None else instant_of(request, from_)
    if not from_ms < to_ms <= from_ms + LONGEST_MS:
        raise UsageError("'to' must lie after 'from', by at most 400 days")
    return from_ms, to_ms


def instant_of(request: Request, text: str) -> int:
    """The instant that a text states: UTC ms, or ISO 8601; raises `UsageError`."""
    if text.lstrip("-").isdigit() and len(text) < 16:
        return int(text)
    try:
        return instant_ms(text.replace(" ", "+"), services_of(request).zone)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{text!r} is no instant: write UTC ms or 2026-11-21T10:00:00Z") from error
