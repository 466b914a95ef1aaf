"""Sensors: where each hangs, those that send but hang nowhere, and giving one its place."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from coldchain.domain.instant import instant_ms
from coldchain.errors import ColdchainError, NotPermitted, UsageError
from coldchain.records import device_findings, places
from coldchain.records.views.sensors import SensorNow, homeless, sensor_now
from coldchain.reviewing import device_seeing, hanging
from coldchain.reviewing.declaring import fields_of, known_of
from coldchain.reviewing.hanging import GENERAL_PROFILE, Place
from coldchain.web.declaring import Typed
from coldchain.web.device_showing import KINDS, by_complaint, device_facts, placed
from coldchain.web.visit import SignedIn, Visit

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=2000)]

_SHOWN = 12


@router.get("/sensors")
def show(visit: SignedIn) -> HTMLResponse:
    """All sensors, those without a location first."""
    with visit.services.store.reading() as tx:
        return visit.render(
            tx, "sensors.html", homeless=homeless(tx), placed=placed(tx),
            found=by_complaint(device_findings.standing(tx)),
        )  # fmt: skip


@router.get("/sensors/{number}")
def one(visit: SignedIn, number: int) -> Response:
    """One sensor: what it sent, where it hung, and giving it a place."""
    return page(visit, number, 200, Typed())


@router.get("/sensors/{number}/{act}")
def after_an_error(_: SignedIn, number: int, act: str) -> Response:  # noqa: ARG001 - part of the address
    """Where a refused form stood is the sensor's own page, for whoever loads it again."""
    return RedirectResponse(f"/sensors/{number}", 303)


@router.post("/sensors/{number}/hang")
def hang(
    visit: SignedIn, number: int, existing: Text = "", title: Text = "", area: Text = "", product: Text = "",
    stage: Text = "", since: Text = "now", at: Text = "", low: Text = "", high: Text = "", uncertainty: Text = "",
    calibration: Text = "", calibrated_on: Text = "", calibration_due: Text = "", power_up: Text = "",
    probe: Text = "", time_constant: Text = "", model: Text = "", serial: Text = "", firmware: Text = "",
) -> Response:  # fmt: skip
    """Give a sensor its place."""
    values = {
        "existing": existing, "title": title, "area": area, "product": product, "stage": stage, "since": since,
        "at": at, "low": low, "high": high, "uncertainty": uncertainty, "calibration": calibration,
        "calibrated_on": calibrated_on, "calibration_due": calibration_due, "power_up": power_up,
        "probe": probe, "time_constant": time_constant, "model": model, "serial": serial,
        "firmware": firmware,
    }  # fmt: skip
    services = visit.services
    try:
        place = _place(visit, number, values)
        book = services.rulebook
        hanging.hang(services.store, book, visit.person, number, place, known_of(values), visit.clock.now_ms)
    except NotPermitted:
        raise
    except ColdchainError as error:
        return page(visit, number, 422, Typed(values, str(error), "hang"))
    services.changes.publish()
    return RedirectResponse(f"/locations/{place.name}", 303)


@router.post("/sensors/{number}/take-down")
def take_down(visit: SignedIn, number: int, reason: Text = "") -> Response:
    """End its stay where it hangs."""
    try:
        hanging.take_down(visit.services.store, visit.person, number, reason, visit.clock.now_ms)
    except UsageError as error:
        return page(visit, number, 422, Typed({"reason": reason}, str(error), "take-down"))
    visit.services.changes.publish()
    return RedirectResponse(f"/sensors/{number}", 303)


@router.post("/sensors/{number}/declare")
def declare(
    visit: SignedIn, number: int, low: Text = "", high: Text = "", uncertainty: Text = "", calibration: Text = "",
    calibrated_on: Text = "", calibration_due: Text = "", power_up: Text = "", probe: Text = "",
    time_constant: Text = "", model: Text = "", serial: Text = "", firmware: Text = "",
) -> Response:  # fmt: skip
    """Say what is known of a sensor."""
    values = {
        "low": low, "high": high, "uncertainty": uncertainty, "calibration": calibration,
        "calibrated_on": calibrated_on, "calibration_due": calibration_due, "power_up": power_up,
        "probe": probe, "time_constant": time_constant, "model": model, "serial": serial,
        "firmware": firmware,
    }  # fmt: skip
    try:
        hanging.declare(visit.services.store, visit.person, number, known_of(values), visit.clock.now_ms)
    except UsageError as error:
        return page(visit, number, 422, Typed(values, str(error), "declare"))
    visit.services.changes.publish()
    return RedirectResponse(f"/sensors/{number}", 303)


@router.post("/sensors/{number}/findings/{finding}/acknowledge")
def acknowledge(visit: SignedIn, number: int, finding: int, comment: Text = "") -> Response:
    """Say that one has seen what is the matter with it, and what is done."""
    try:
        device_seeing.acknowledge(visit.services.store, visit.person, finding, comment, visit.clock.now_ms)
    except UsageError as error:
        return page(visit, number, 422, Typed({"comment": comment}, str(error), f"finding-{finding}"))
    visit.services.changes.publish()
    return RedirectResponse(f"/sensors/{number}", 303)


@router.get("/sensors/{number}/findings/{finding}/acknowledge")
def after_acknowledging(_: SignedIn, number: int, finding: int) -> Response:  # noqa: ARG001 - part of the address
    """Where a refused form stood is the sensor's own page."""
    return RedirectResponse(f"/sensors/{number}", 303)


def page(visit: Visit, number: int, status: int, typed: Typed) -> HTMLResponse:
    """A sensor's page, with what somebody typed into one of its forms."""
    with visit.services.store.reading() as tx:
        now = sensor_now(tx, number)
        made_here = [each for each in places.locations(tx) if each.listed]
        findings = device_findings.of_sensor(tx, number)
        standing = [each for each in findings if each.cleared_ms is None]
        may_declare = places.may_be_declared(tx, number)
        forms = {"hang", "take-down", "declare" if may_declare else "", *(f"finding-{each.id}" for each in standing)}
        return visit.render(
            tx, "sensor.html", status, now=now, newest=now.newest[:_SHOWN], typed=typed, locations=made_here,
            sources=sorted({each.source for each in now.newest}), general=GENERAL_PROFILE,
            product_ids=sorted(visit.services.rulebook.products), why_not=hanging.refusal(visit.person),
            doubts=_doubts(now), device=device_facts(tx, now, visit.clock), declared=fields_of(now.sensor),
            may_declare=may_declare, kinds=KINDS, astray=typed.error if typed.form not in forms else "",
            why_not_seen=device_seeing.refusal(visit.person),
            standing=standing,
            over=[each for each in findings if each.cleared_ms is not None][:_SHOWN],
        )  # fmt: skip


_DOUBTS = {
    "units=assumed": "its messages do not say their unit; °C was taken",
    "codec=by-structure": "its bytes were read by the only format that explains them; nobody declared it",
    "time=received": "its messages carry no usable time; the time of receipt was taken",
    "battery=low": "it says that its battery is low",
}


def _doubts(now: SensorNow) -> list[str]:
    """What a person should know before they believe this sensor."""
    flags = {flag for each in now.newest for flag in each.flags}
    return [sentence for flag, sentence in _DOUBTS.items() if flag in flags]


def _place(visit: Visit, number: int, values: dict[str, str]) -> Place:
    existing, title = values["existing"].strip(), values["title"].strip()
    if not existing and not title:
        raise UsageError("say where it hangs: choose a location, or give a new one its title")
    return Place(
        name=existing or hanging.name_of(title),
        title="" if existing else title,
        area=values["area"].strip(),
        product=values["product"].strip() or GENERAL_PROFILE,
        stage=values["stage"].strip() or None,
        from_ms=_since(visit, number, values),
    )


def _since(visit: Visit, number: int, values: dict[str, str]) -> int:
    match values["since"]:
        case "first":
            with visit.services.store.reading() as tx:
                first_ms = sensor_now(tx, number).first_ms
            return visit.clock.now_ms if first_ms is None else first_ms
        case "at":
            try:
                return instant_ms(values["at"], visit.clock.zone)
            except (ValueError, OverflowError) as error:
                raise UsageError("say from when on, as a date and a time") from error
        case _:
            return visit.clock.now_ms
