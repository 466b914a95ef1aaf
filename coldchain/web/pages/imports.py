"""Imports: files brought by anybody who may, what was understood of each, its questions, its verdict, its filing."""

import secrets
from itertools import chain
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from coldchain.importing import receiving
from coldchain.importing.allowed import Deed, permitted, refusal
from coldchain.importing.unpacking import LARGEST_FILE, LARGEST_REQUEST, MOST_FILES, files_in
from coldchain.records import import_batches, imports
from coldchain.records.imports import Import
from coldchain.reviewing.stock import Actor
from coldchain.web.bringing import (
    STATES,
    URGENCY,
    answers_in,
    declared_here,
    files_of,
    form_of,
    in_turn,
    text_of,
)
from coldchain.web.import_showing import (
    Row,
    row_of,
)
from coldchain.web.visit import SignedIn, Visit

router = APIRouter(include_in_schema=False)

MOST = 500
"""So many imports are looked through for a list."""

_Text = Annotated[str, Form(max_length=20_000)]
_Asked = Annotated[str, Query(max_length=200)]


def actor_of(visit: Visit) -> Actor:
    """Whoever is signed in, as the record names them."""
    return Actor(visit.person.full_name, visit.person.role, visit.person.id)


@router.get("/imports")
def list_imports(visit: SignedIn, state: _Asked = "", q: _Asked = "") -> Response:
    """Every import, what needs somebody first; by state and by any word of it."""
    return _list(visit, 200, state, q, "")


@router.post("/imports")
async def bring(visit: SignedIn, request: Request) -> Response:
    """Take what was dropped or chosen: one file goes to its page, several to that of the batch."""
    permitted(actor_of(visit), Deed.BRING)  # before anything is read
    async with form_of(request) as form:
        sent = files_of(form, "file")
        answers, once = answers_in(form), text_of(form, "once")[:64]
        onward = {name: text_of(form, name)[:200] for name in ("product", "item") if text_of(form, name)}
        if not sent:
            return await run_in_threadpool(_list, visit, 422, "", "", "Choose one or more of the loggers' files")

        def keep() -> int:
            found = chain.from_iterable(files_in(each.filename or "a file", each.file) for each in sent)
            with in_turn():
                declared = declared_here(visit.services, answers)
                return receiving.bring(
                    visit.services.store, actor_of(visit), found, declared, once or None, visit.clock.now_ms
                )

        batch_id = await run_in_threadpool(keep)
    visit.services.changes.publish()
    return RedirectResponse(await run_in_threadpool(_onward, visit, batch_id, onward), 303)


def _onward(visit: Visit, batch_id: int, asked: dict[str, str]) -> str:
    with visit.services.store.reading() as tx:
        batch = import_batches.batch(tx, batch_id)
    if len(batch.files) == 1 and batch.files[0].import_id is not None:
        more = asked | ({"again": "1"} if batch.files[0].again else {})
        return f"/imports/{batch.files[0].import_id}" + (f"?{urlencode(more)}" if more else "")
    return f"/imports/batches/{batch_id}" + (f"?{urlencode(asked)}" if asked else "")


def _list(visit: Visit, status: int, state: str, q: str, problem: str) -> Response:
    with visit.services.store.reading() as tx:
        found = imports.newest(tx, MOST, whole=False)
        rows = [row for one in found if _has(one, q) and (row := row_of(one, visit.clock)) and _is(row, state)]
        rows.sort(key=lambda row: (not row.waits, URGENCY.index(row.state)) if not q else (0, 0))
        return visit.render(
            tx, "imports.html", status, rows=rows, states=STATES, state_chosen=state, q=q, problem=problem,
            more=len(found) == MOST, why_not=refusal(visit.person.role, Deed.BRING), once=secrets.token_hex(16),
            largest=LARGEST_FILE >> 20, together=LARGEST_REQUEST >> 20, most=MOST_FILES,
            product_ids=visit.services.rulebook.ids,
        )  # fmt: skip


def _is(row: Row, state: str) -> bool:
    return state in ("", row.state) or (state == "open" and row.waits)


def _has(found: Import, q: str) -> bool:
    """Whether every word of a search stands in a name, a hash, a serial number, a shipment, a lot or a product."""
    device = found.last.found.get("device", {})
    about = [found.file.name, found.file.sha256, found.file.by_name, str(device.get("serial") or "")]
    about += [part for one in found.filings for part in (one.shipment, one.lot, one.product_id)]
    text = " ".join(about).lower()
    return all(word in text for word in q.lower().split())
