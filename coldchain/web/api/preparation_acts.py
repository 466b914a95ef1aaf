"""`POST /api/v1/preparations`: start, say what happened, move, attest, correct, with the same checks as the pages.

Only for a person who is signed in: every entry carries a name that answers for it.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from coldchain.domain.product import Attested, Event
from coldchain.errors import NotFound, UnknownProduct
from coldchain.records.accounts import Account
from coldchain.reviewing import preparing
from coldchain.web.api.caller import Caller, Known, person_only
from coldchain.web.api.preparations import one_preparation
from coldchain.web.api.v1 import instant_of
from coldchain.web.visit import services_of

router = APIRouter(prefix="/api/v1/preparations", tags=["preparations"])

Once = Annotated[
    str | None, Field(max_length=36, description="your own number of this request: sent twice, entered once")
]
When = Annotated[str | None, Field(description="UTC ms, or ISO 8601; null: now. An earlier moment needs a reason")]
Reason = Annotated[str, Field(max_length=10_000)]


class ToStart(BaseModel):
    """A preparation that begins now, with its first event."""

    product: str
    location: str
    event: Event | None = Field(None, description="null: the usual first one of this product")
    item: str = Field("", description="lot, vial or bag")
    once: Once = None


class ToRecord(BaseModel):
    """An event that happened."""

    event: Event
    at: When = None
    reason: Reason = ""
    once: Once = None


class ToTake(BaseModel):
    """The item was taken to another location."""

    location: str
    at: When = None
    reason: Reason = ""
    once: Once = None


class ToAttest(BaseModel):
    """One of the five things that no sensor sees."""

    what: Attested
    at: When = None
    reason: Reason = ""
    once: Once = None


class ToCorrect(BaseModel):
    """A new entry for one that is wrong; both stay."""

    entry: int
    kind: Literal["event", "attestation"] = "event"
    reason: Reason = Field(description="required")
    at: When = Field(None, description="when it really happened; null leaves the time")
    location: str | None = Field(None, description="where it really was from then on; null leaves the place")
    struck: bool = Field(False, description="it did not happen")


@router.post("", status_code=201)
def start(request: Request, caller: Known, said: ToStart) -> JSONResponse:
    """Begin a preparation, now; its product's file as it is today is frozen with it."""
    services, person = services_of(request), _person(caller)
    try:
        product = services.rulebook.product(said.product)
    except UnknownProduct as error:
        raise NotFound(str(error)) from error
    first = said.event or next(iter(preparing.begins_with(product)), Event.RECEIVED)
    number = preparing.start(
        services.store, product, services.rulebook.text(said.product), first, said.location, said.item, person,
        services.clock_ms(), once=said.once,
    )  # fmt: skip
    return _changed(request, caller, number, 201)


@router.post("/{number}/events")
def record(request: Request, caller: Known, number: str, said: ToRecord) -> JSONResponse:
    """An event happened: now, or at an earlier moment with the reason why it is said only now."""
    services = services_of(request)
    preparing.record(
        services.store, number, said.event, _person(caller), services.clock_ms(), at_ms=_at(request, said.at),
        reason=said.reason, once=said.once,
    )  # fmt: skip
    return _changed(request, caller, number)


@router.post("/{number}/moves")
def move(request: Request, caller: Known, number: str, said: ToTake) -> JSONResponse:
    """The item was taken to another location."""
    services = services_of(request)
    preparing.move(
        services.store, number, said.location, _person(caller), services.clock_ms(), at_ms=_at(request, said.at),
        reason=said.reason, once=said.once,
    )  # fmt: skip
    return _changed(request, caller, number)


@router.post("/{number}/attestations")
def attest(request: Request, caller: Known, number: str, said: ToAttest) -> JSONResponse:
    """Somebody attests what no sensor sees."""
    services = services_of(request)
    preparing.attest(
        services.store, number, said.what, _person(caller), services.clock_ms(), at_ms=_at(request, said.at),
        reason=said.reason, once=said.once,
    )  # fmt: skip
    return _changed(request, caller, number)


@router.post("/{number}/corrections")
def correct(request: Request, caller: Known, number: str, said: ToCorrect) -> JSONResponse:
    """An entry was wrong: a new one stands for it, and both stay."""
    services = services_of(request)
    preparing.correct(
        services.store, number, said.entry, _person(caller), services.clock_ms(), reason=said.reason,
        at_ms=_at(request, said.at), location=said.location, struck=said.struck,
        attestation=said.kind == "attestation",
    )  # fmt: skip
    return _changed(request, caller, number)


def _person(caller: Caller) -> Account:
    return person_only(caller, "act on a preparation")


def _at(request: Request, text: str | None) -> int | None:
    return None if text is None else instant_of(request, text)


def _changed(request: Request, caller: Caller, number: str, status: int = 200) -> JSONResponse:
    services_of(request).changes.publish()
    answer = one_preparation(request, caller, number)
    answer.status_code = status
    return answer
