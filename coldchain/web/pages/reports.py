"""Reports from the record, to file or to send on: the same as ``coldchain report`` makes."""

import shlex
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from coldchain.domain.instant import iso
from coldchain.errors import UsageError
from coldchain.web import reports
from coldchain.web.reports import Reported
from coldchain.web.spans import span_of
from coldchain.web.visit import SignedIn

router = APIRouter(include_in_schema=False)


class Form(StrEnum):
    """In what form a report is handed out."""

    PDF = "pdf"
    HTML = "html"
    CSV = "csv"
    JSON = "json"


_MEDIA = {
    Form.PDF: "application/pdf", Form.HTML: "text/html; charset=utf-8", Form.CSV: "text/csv; charset=utf-8",
    Form.JSON: "application/json",
}  # fmt: skip


@router.get("/locations/{name}/report")
def of_location(
    visit: SignedIn,
    name: str,
    from_: Annotated[str, Query(alias="from", max_length=40)] = "",
    to: Annotated[str, Query(max_length=40)] = "",
    form: Form = Form.PDF,
) -> Response:
    """A location over the time that its page shows."""
    span = span_of(visit.clock, "", from_, to)
    if span.problem:
        raise UsageError(span.problem)
    end_ms = min(span.to_ms, visit.clock.now_ms)  # what is still to come was not measured
    if end_ms <= span.from_ms:
        raise UsageError("a report speaks of what was measured: it must begin before now")
    words = ["coldchain", "report", "location", name, "--from", iso(span.from_ms), "--to", iso(end_ms)]
    with visit.services.store.reading() as tx:
        made = reports.of_location(
            tx, name, span.from_ms, end_ms, visit.clock.zone.key, shlex.join(words), picture=_pictured(form)
        )
    return _handed_out(made, form, f"{name}-{iso(span.from_ms)[:10]}-{iso(end_ms)[:10]}")


@router.get("/items/{item_id}/report")
def of_item(visit: SignedIn, item_id: int, form: Form = Form.PDF) -> Response:
    """An item over its whole way, up to now."""
    now_ms = visit.clock.now_ms
    command = shlex.join(["coldchain", "report", "item", str(item_id), "--to", iso(now_ms)])
    with visit.services.store.reading() as tx:
        made = reports.of_item(tx, item_id, now_ms, visit.clock.zone.key, command, picture=_pictured(form))
    return _handed_out(made, form, f"item-{item_id}-{iso(now_ms)[:10]}")


def _pictured(form: Form) -> bool:
    return form in (Form.PDF, Form.HTML)


def _handed_out(made: Reported, form: Form, name: str) -> Response:
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_.") else "-" for sign in name)
    headers = {"content-disposition": f'attachment; filename="{plain}.{form}"'}
    return Response(reports.content_of(made, f".{form}"), media_type=_MEDIA[form], headers=headers)
