"""Sensors: where each hangs, and those that send but hang nowhere."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from coldchain.records.views import locations
from coldchain.web.visit import SignedIn

router = APIRouter(include_in_schema=False)


@router.get("/sensors")
def show(visit: SignedIn) -> HTMLResponse:
    """All sensors, those without a location first."""
    with visit.services.store.reading() as tx:
        placed = [(each, probe) for each in locations.standings(tx) for probe in each.probes]
        return visit.render(tx, "sensors.html", homeless=locations.homeless(tx), placed=placed)
