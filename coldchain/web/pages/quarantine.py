"""The quarantine: everything that came in and could not be used, and why."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from coldchain.domain.quality import Fault
from coldchain.records.views import quarantine
from coldchain.web.visit import SignedIn

router = APIRouter(include_in_schema=False)

PAGE = 100

EXPLAINED = {
    Fault.MISSING: "the message holds no value",
    Fault.NOT_A_NUMBER: "the value is no number",
    Fault.SENTINEL: "the value with which this kind of sensor says that it could not measure",
    Fault.POWER_UP: "what this kind of sensor says before its first measurement",
    Fault.OUT_OF_RANGE: "beyond what the sensor can measure",
    Fault.CLOCK: "the sensor's clock is wrong: measured too early or in the future",
    Fault.CONFLICT: "another value for the same instant came first",
    Fault.DAMAGED: "the message cannot be read",
    Fault.UNKNOWN_SENSOR: "too many sensors that nobody knows; comes in when there is room for them",
}
"""What each reason means, for people."""


@router.get("/quarantine")
def show(visit: SignedIn, reason: str = "", before: Annotated[int | None, Query(lt=2**63)] = None) -> HTMLResponse:
    """The newest things in quarantine, of one reason or any."""
    with visit.services.store.reading() as tx:
        found = quarantine.quarantined(tx, reason or None, before, PAGE + 1)
        return visit.render(
            tx, "quarantine.html", found=found[:PAGE], more=found[PAGE - 1].id if len(found) > PAGE else None,
            reasons=quarantine.reasons(tx), reason=reason, before=before,
            explained={str(key.value): words for key, words in EXPLAINED.items()},
        )  # fmt: skip
