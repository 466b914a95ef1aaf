"""`/api/v1/imports`: a logger's file in, what was understood or is asked out; a verdict, filed where that is wished."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import IO, Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from coldchain.domain.instant import iso
from coldchain.errors import FileRefused, UnknownProduct, UsageError
from coldchain.importing import filing, receiving
from coldchain.importing.allowed import Deed, permitted
from coldchain.importing.filing import Rules, ToFile, rules_of
from coldchain.importing.reading import answers_of
from coldchain.importing.unpacking import LARGEST_FILE, files_in, last_part
from coldchain.records import imports
from coldchain.records.imports import Filing, Import
from coldchain.web.api.caller import Known, caller_of
from coldchain.web.api.items import actor_of
from coldchain.web.api.v1 import instant_of
from coldchain.web.bringing import (
    declared_here,
    files_of,
    form_of,
    in_turn,
    layouts_at_hand,
    period_from,
    state_of,
    text_of,
)
from coldchain.web.import_showing import question
from coldchain.web.pages.imported import attached
from coldchain.web.services import Services
from coldchain.web.visit import services_of

router = APIRouter(prefix="/api/v1/imports", tags=["coldchain"])

_DECLARED = ("tz", "unit", "date_order", "decimal", "column", "layout")
_WISHED = ("product", "stage", "from", "to", "max_gap", "uncertainty", "shipment", "lot", "item", "comment")


class Answers(BaseModel):
    """What a file does not say; whatever was declared before is replaced."""

    tz: str = ""
    unit: str = ""
    date_order: str = ""
    decimal: str = ""
    column: str = ""
    layout: str = ""


class Wish(BaseModel):
    """By what a file is to be judged, and what the verdict is filed under; ``item``: whose transport it was."""

    product: str = ""
    stage: str = ""
    from_: str = Field("", alias="from")
    to: str = ""
    max_gap: str = ""
    uncertainty: str = ""
    shipment: str = ""
    lot: str = ""
    item: int | None = None
    comment: str = ""


_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}}
                    | {name: {"type": "string"} for name in (*_DECLARED, *_WISHED)},
                }
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    },
    "parameters": [
        {"name": name, "in": "query", "required": False, "schema": {"type": "string"}}
        for name in ("name", *_DECLARED, *_WISHED)
    ],
}


@router.get("")
def all_imports(
    request: Request, _: Known, state: Annotated[str, Query(pattern="^(|asked|refused|read|judged)$")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[dict[str, Any]]:  # fmt: skip
    """Imports, the one brought last first."""
    services = services_of(request)
    with services.store.reading() as tx:
        found = [one for one in imports.newest(tx, 500) if state in ("", one.state)]
    return [import_json(one, services.public_url) for one in found[:limit]]


@router.get("/{import_id}")
def one_import(request: Request, _: Known, import_id: int) -> dict[str, Any]:
    """One import: what was understood, what is asked, what was filed."""
    services = services_of(request)
    with services.store.reading() as tx:
        return import_json(imports.one(tx, import_id), services.public_url)


@router.get("/{import_id}/file", response_class=Response)
def content(request: Request, _: Known, import_id: int) -> Response:
    """The very bytes."""
    with services_of(request).store.reading() as tx:
        name, kept = imports.one(tx, import_id).file.name, imports.content(tx, import_id)
    return Response(kept, media_type="application/octet-stream", headers={"content-disposition": attached(name)})


@router.post("", openapi_extra=_BODY, status_code=201)
async def bring(request: Request) -> Response:
    """Bring one file, as a form or as the bare body, with what is declared of it.

    201: it is new; 200: the same bytes had been brought before, and this is that import. With ``product`` or ``item``
    the file is judged and the verdict filed, as soon as nothing is asked any more.
    """
    caller = await run_in_threadpool(caller_of, request)
    actor = actor_of(caller)
    permitted(actor, Deed.BRING)  # before anything is read
    services = services_of(request)
    async with _sent(request) as (name, file, said):

        def keep() -> tuple[dict[str, Any], bool]:
            found = list(files_in(name, file))
            if len(found) != 1:
                raise UsageError("send one file at a time: this is a zip with several")
            if found[0].refused is not None:
                raise UsageError(str(found[0].refused))
            with in_turn():
                declared = declared_here(services, answers_of(said.items()))
                now_ms = services.clock_ms()
                received = receiving.receive(services.store, actor, found[0].name, found[0].content, declared, now_ms)
                done = received.found
                if (said.get("product") or said.get("item")) and done.last.outcome == imports.READ:
                    wish = Wish.model_validate(_numbered(said))
                    done = _file(request, services, actor, done.file.id, wish).found
            return import_json(done, services.public_url) | {"again": received.again}, received.again

        answer, again = await run_in_threadpool(keep)
    services.changes.publish()
    return JSONResponse(answer, 200 if again else 201)


@router.post("/{import_id}/answers")
def answer(request: Request, caller: Known, import_id: int, said: Answers) -> dict[str, Any]:
    """Answer what the file does not say: the kept file is read again."""
    services = services_of(request)
    with in_turn():
        found = receiving.answer(
            services.store, actor_of(caller), import_id, answers=answers_of(said.model_dump().items()),
            now_ms=services.clock_ms(), layouts=layouts_at_hand(services),
        )  # fmt: skip
    services.changes.publish()
    return import_json(found, services.public_url)


@router.post("/{import_id}/filings")
def file_verdict(request: Request, caller: Known, import_id: int, wish: Wish) -> dict[str, Any]:
    """Judge and file; the very same again changes nothing (``again``)."""
    services = services_of(request)
    with in_turn():
        filed = _file(request, services, actor_of(caller), import_id, wish)
    services.changes.publish()
    return _filing(filed.filing) | {"again": filed.again}


def _file(request: Request, services: Services, actor: Any, import_id: int, wish: Wish) -> filing.Filed:
    period = period_from(
        instant_of(request, wish.from_) if wish.from_ else None, instant_of(request, wish.to) if wish.to else None,
        wish.max_gap, wish.uncertainty,
    )  # fmt: skip
    if not wish.product and wish.item is None:
        raise UsageError("product: name the product whose rules judge, or the item whose transport it was")
    rules = _rules(services, wish)
    wanted = ToFile(rules, period, wish.shipment, wish.lot, wish.item, wish.comment)
    try:
        return filing.file_it(services.store, actor, import_id, wanted, services.clock_ms())
    except FileRefused as error:
        raise UsageError(str(error)) from error


def _rules(services: Services, wish: Wish) -> Rules:
    if wish.item is not None:
        with services.store.reading() as tx:
            return filing.rules_of_item(tx, wish.item)
    try:
        book = services.rulebook
        return rules_of(book.product(wish.product), book.text(wish.product), wish.stage)
    except UnknownProduct as error:
        raise UsageError(str(error)) from error


def _numbered(said: dict[str, str]) -> dict[str, Any]:
    """Fields as `Wish` takes them: the item is a number."""
    given: dict[str, Any] = {name: said[name] for name in _WISHED if said.get(name)}
    if "item" in given and not (given["item"].isdecimal() and len(given["item"]) <= 15):
        raise UsageError(f"item: {given['item']!r} is no item's number")
    return given


@asynccontextmanager
async def _sent(request: Request) -> AsyncIterator[tuple[str, IO[bytes], dict[str, str]]]:
    """The file that was sent, with its name and every field; large ones wait on the disk.

    Raises:
        HTTPException: 400: there is no file, or there are several; 413: it is too large.
    """
    query = {name: value.replace("\x00", "") for name, value in request.query_params.items()}
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with form_of(request) as form:
            files = files_of(form, "file")
            if len(files) != 1:
                raise HTTPException(400, "send one file, in the field 'file'")
            said = {name: text_of(form, name) for name in (*_DECLARED, *_WISHED) if text_of(form, name)}
            yield files[0].filename or query.get("name") or "a file", files[0].file, query | said
        return
    with tempfile.SpooledTemporaryFile(max_size=1024 * 1024) as file:
        async for chunk in request.stream():
            file.write(chunk)
            if file.tell() > LARGEST_FILE:
                raise HTTPException(413, f"the file is larger than {LARGEST_FILE >> 20} MB")
        file.seek(0)
        yield last_part(query.get("name") or "a file"), file, query


def import_json(found: Import, public_url: str) -> dict[str, Any]:
    """An import as programs read it."""
    last, file = found.last, found.file
    asked = question(last)
    return {
        "id": file.id,
        "state": found.state,
        "verdict": state_of(found) if found.state == "judged" else None,
        "file": {"name": file.name, "sha256": file.sha256, "size": file.size},
        "brought": {"at": iso(file.recorded_ms), "by": file.by_name},
        "declared": dict(last.declared),
        "understood": dict(last.found) or None,
        "question": None if asked is None else {
            "field": asked.field, "asks": asked.asks, "answers": [one.value for one in asked.choices],
            "free": asked.free,
        },
        "error": None if last.outcome == imports.READ else {
            "code": last.code, "message": last.message, "options": list(last.options),
        },
        "signature_accepted": {"by": last.by_name, "because": last.accepted_because}
        if last.accepted_because else None,
        "filings": [_filing(one) for one in found.filings],
        "to_acknowledge": [one.id for one in found.open_filings],
        "href": f"{public_url}/imports/{file.id}",
    }  # fmt: skip


def _filing(one: Filing) -> dict[str, Any]:
    return {
        "id": one.id,
        "verdict": one.verdict,
        "product": {"id": one.product_id, "version": one.version, "sha256": one.sha256},
        "stage": one.stage,
        "shipment": one.shipment,
        "lot": one.lot,
        "item": one.item_id,
        "comment": one.comment,
        "filed": {"at": iso(one.recorded_ms), "by": one.by_name},
        "judgement": list(one.judgement),
    }
