"""The quarantine: everything that came in and could not be used, and why."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from coldchain.records.views import quarantine
from coldchain.web.visit import SignedIn

router = APIRouter(include_in_schema=False)

PAGE = 100


@router.get("/quarantine")
def show(visit: SignedIn, reason: str = "", before: int | None = None) -> HTMLResponse:
    """The newest things in quarantine, of one reason or any."""
    with visit.services.store.reading() as tx:
        found = quarantine.quarantined(tx, reason or None, before, PAGE + 1)
        return visit.render(
            tx, "quarantine.html", found=found[:PAGE], more=found[PAGE - 1].id if len(found) > PAGE else None,
            reasons=quarantine.reasons(tx), reason=reason, before=before,
        )  # fmt: skip
