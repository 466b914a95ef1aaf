"""Sensors: where each hangs, those that send but hang nowhere, and giving one its place."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from coldchain.domain.temperature import milli_c
from coldchain.errors import ColdchainError, NotPermitted, UsageError
from coldchain.records import places
from coldchain.records.views import locations
from coldchain.records.views.sensors import SensorNow, sensor_now
from coldchain.reviewing import devices, hanging
from coldchain.reviewing.hanging import GENERAL_PROFILE, Known, Place
from coldchain.web.times import instant_ms
from coldchain.web.visit import SignedIn, Visit

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=2000)]

_SHOWN = 12


@dataclass(frozen=True)
class Typed:
    """What somebody typed, and why it could not be taken."""

    values: dict[str, str] = field(default_factory=dict)
    error: str = ""

    def of(self, name: str, otherwise: str = "") -> str:
        """What stands in a field."""
        return self.values.get(name, otherwise)


@router.get("/sensors")
def show(visit: SignedIn) -> HTMLResponse:
    """All sensors, those without a location first."""
    with visit.services.store.reading() as tx:
        placed = [(each, probe) for each in locations.standings(tx) for probe in each.probes]
        said = devices.findings(tx, visit.clock.now_ms)
        return visit.render(tx, "sensors.html", homeless=locations.homeless(tx), placed=placed, said=said)


@router.get("/sensors/{number}")
def one(visit: SignedIn, number: int) -> Response:
    """One sensor: what it sent, where it hung, and giving it a place."""
    return _page(visit, number, 200, Typed())


@router.get("/sensors/{number}/{act}")
def after_an_error(_: SignedIn, number: int, act: str) -> Response:  # noqa: ARG001 - part of the address
    """Where a refused form stood is the sensor's own page, for whoever loads it again."""
    return RedirectResponse(f"/sensors/{number}", 303)


@router.post("/sensors/{number}/hang")
def hang(
    visit: SignedIn, number: int, existing: Text = "", title: Text = "", area: Text = "", product: Text = "",
    stage: Text = "", since: Text = "now", at: Text = "", low: Text = "", high: Text = "", uncertainty: Text = "",
    calibration: Text = "", calibrated_on: Text = "", calibration_due: Text = "", power_up: Text = "",
) -> Response:  # fmt: skip
    """Give a sensor its place."""
    values = {
        "existing": existing, "title": title, "area": area, "product": product, "stage": stage, "since": since,
        "at": at, "low": low, "high": high, "uncertainty": uncertainty, "calibration": calibration,
        "calibrated_on": calibrated_on, "calibration_due": calibration_due, "power_up": power_up,
    }  # fmt: skip
    services = visit.services
    try:
        place = _place(visit, number, values)
        book = services.rulebook
        hanging.hang(services.store, book, visit.person, number, place, _known(values), visit.clock.now_ms)
    except NotPermitted:
        raise
    except ColdchainError as error:
        return _page(visit, number, 422, Typed(values, str(error)))
    services.changes.publish()
    return RedirectResponse(f"/locations/{place.name}", 303)


@router.post("/sensors/{number}/take-down")
def take_down(visit: SignedIn, number: int, reason: Text = "") -> Response:
    """End its stay where it hangs."""
    try:
        hanging.take_down(visit.services.store, visit.person, number, reason, visit.clock.now_ms)
    except UsageError as error:
        return _page(visit, number, 422, Typed({"reason": reason}, str(error)))
    visit.services.changes.publish()
    return RedirectResponse(f"/sensors/{number}", 303)


def _page(visit: Visit, number: int, status: int, typed: Typed) -> HTMLResponse:
    with visit.services.store.reading() as tx:
        now = sensor_now(tx, number)
        made_here = [each for each in places.locations(tx) if each.listed]
        return visit.render(
            tx, "sensor.html", status, now=now, newest=now.newest[:_SHOWN], typed=typed, locations=made_here,
            sources=sorted({each.source for each in now.newest}), general=GENERAL_PROFILE,
            product_ids=sorted(visit.services.rulebook.products), why_not=hanging.refusal(visit.person),
            doubts=_doubts(now),
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


def _known(values: dict[str, str]) -> Known:
    return Known(
        low_milli_c=_degrees(values["low"], "the lower end of its range"),
        high_milli_c=_degrees(values["high"], "the upper end of its range"),
        uncertainty_milli_c=abs(_degrees(values["uncertainty"], "its uncertainty") or 0),
        calibration=values["calibration"].strip() or None,
        calibrated_on=values["calibrated_on"].strip() or None,
        calibration_due=values["calibration_due"].strip() or None,
        power_up=values["power_up"] == "yes",
    )


def _degrees(text: str, what: str) -> int | None:
    if not text.strip():
        return None
    try:
        return milli_c(text.strip().replace(",", ".").replace("−", "-"))
    except ValueError as error:
        raise UsageError(f"{what} is a number of degrees Celsius, such as 0.5") from error
