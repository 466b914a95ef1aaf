"""One prepared medicine: its clocks, what happens next, the verdict with all it rests on, and every entry."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from coldchain.domain.instant import instant_ms
from coldchain.domain.product import Attested, Event, Product, Total
from coldchain.domain.verdict import what_would_settle
from coldchain.errors import NotPermitted, UsageError
from coldchain.records import alerts as alert_rows
from coldchain.records import preparations
from coldchain.records.prepared import Prepared
from coldchain.records.store import Transaction
from coldchain.records.views import locations
from coldchain.reporting.words import limit_words, triple
from coldchain.reviewing import preparing
from coldchain.rulebook.words import label_in_words, unverified
from coldchain.web.drawing import duration_bar
from coldchain.web.looking import look
from coldchain.web.pages.preparations import situated
from coldchain.web.preparation_export import export
from coldchain.web.preparing import DO, Situation, event_title, history, next_step
from coldchain.web.situations import kind_words
from coldchain.web.versions import version_of_preparation
from coldchain.web.visit import SignedIn, Visit

router = APIRouter(include_in_schema=False)

_CSS = {"violated": "out", "undetermined": "possibly", "kept": "in", "running": "in"}


@dataclass(frozen=True)
class Typed:
    """What somebody typed and why it could not be taken; ``form`` says where."""

    form: str = ""
    entry: int = 0
    at: str = ""
    reason: str = ""
    chosen: str = ""
    error: str = ""


@router.get("/preparations/{number}")
def show(visit: SignedIn, number: str) -> Response:
    """One preparation."""
    return _page(visit, number, 200, Typed())


@router.get("/preparations/{number}/export")
def download(visit: SignedIn, number: str) -> Response:
    """The events, the readings and the rules in one archive that `coldchain preparation check` judges."""
    with visit.services.store.reading() as tx:
        whole = situated(tx, preparations.one(tx, number), visit.clock.now_ms).whole
    headers = {"content-disposition": f'attachment; filename="{number}.zip"'}
    return Response(export(whole, visit.clock.now_ms), media_type="application/zip", headers=headers)


@router.get("/preparations/{number}/{form}")
def after_an_error(_: SignedIn, number: str) -> Response:
    """Where a refused form stood is the preparation's own page, for whoever loads it again."""
    return RedirectResponse(f"/preparations/{quote(number, safe='')}", 303)


_At = Annotated[str, Form(max_length=40)]
_Reason = Annotated[str, Form(max_length=10_000)]
_Once = Annotated[str, Form(max_length=36)]
_Word = Annotated[str, Form(max_length=100)]


@router.post("/preparations/{number}/events")
def event_happened(
    visit: SignedIn, number: str, event: _Word, at: _At = "", reason: _Reason = "", once: _Once = ""
) -> Response:
    """An event happened: now, or at an earlier time with the reason why it is said only now."""
    typed = Typed("events" if not at else "late", at=at, reason=reason, chosen=event)

    def act(at_ms: int | None) -> None:
        if event not in set(Event):
            raise UsageError(f"{event!r} is no event of a preparation")
        preparing.record(
            visit.services.store, number, Event(event), visit.person, visit.clock.now_ms, at_ms=at_ms, reason=reason,
            once=once or None,
        )  # fmt: skip

    return _done(visit, number, typed, act)


@router.post("/preparations/{number}/moves")
def moved(
    visit: SignedIn, number: str, location: _Word, at: _At = "", reason: _Reason = "", once: _Once = ""
) -> Response:
    """The item was taken to another location."""
    typed = Typed("moves" if not at else "late-move", at=at, reason=reason, chosen=location)

    def act(at_ms: int | None) -> None:
        preparing.move(
            visit.services.store, number, location, visit.person, visit.clock.now_ms, at_ms=at_ms, reason=reason,
            once=once or None,
        )  # fmt: skip

    return _done(visit, number, typed, act)


@router.post("/preparations/{number}/attestations")
def attested(
    visit: SignedIn, number: str, what: _Word, at: _At = "", reason: _Reason = "", once: _Once = ""
) -> Response:
    """Somebody attests what no sensor sees."""
    typed = Typed("attestations" if not at else "late-attestation", at=at, reason=reason, chosen=what)

    def act(at_ms: int | None) -> None:
        if what not in {each.value for each in Attested}:
            raise UsageError(f"{what!r} is none of the five things that can be attested")
        preparing.attest(
            visit.services.store, number, Attested(what), visit.person, visit.clock.now_ms, at_ms=at_ms, reason=reason,
            once=once or None,
        )  # fmt: skip

    return _done(visit, number, typed, act)


@router.post("/preparations/{number}/corrections")
def corrected(
    visit: SignedIn,
    number: str,
    entry: Annotated[int, Form()],
    kind: Annotated[str, Form(pattern="^(event|attestation)$")] = "event",
    at: _At = "",
    reason: _Reason = "",
    struck: Annotated[bool, Form()] = False,
) -> Response:
    """An entry was wrong: a new one stands for it, and both stay."""
    typed = Typed(f"correct-{kind}", entry, at, reason, "struck" if struck else "")

    def act(at_ms: int | None) -> None:
        preparing.correct(
            visit.services.store, number, entry, visit.person, visit.clock.now_ms, reason=reason, at_ms=at_ms,
            struck=struck, attestation=kind == "attestation",
        )  # fmt: skip

    return _done(visit, number, typed, act)


def _done(visit: Visit, number: str, typed: Typed, act: Callable[[int | None], None]) -> Response:
    """Do it and go back to the page; what was typed survives an error, which stands at its form."""
    try:
        act(_instant(typed.at, visit) if typed.at else None)
    except NotPermitted as error:
        return _page(visit, number, 403, _with(typed, error))
    except UsageError as error:
        return _page(visit, number, 422, _with(typed, error))
    visit.services.changes.publish()
    return RedirectResponse(f"/preparations/{quote(number, safe='')}", 303)


def _with(typed: Typed, error: Exception) -> Typed:
    said = str(error)
    return Typed(typed.form, typed.entry, typed.at, typed.reason, typed.chosen, said[:1].upper() + said[1:])


def _instant(text: str, visit: Visit) -> int:
    try:
        return instant_ms(text, visit.clock.zone)
    except (ValueError, OverflowError) as error:
        raise UsageError("write a date and time such as 2026-11-21 08:00:00") from error


# -- the page -----------------------------------------------------------------------------------------------------


def _page(visit: Visit, number: str, status: int, typed: Typed) -> Response:
    now_ms = visit.clock.now_ms
    with visit.services.store.reading() as tx:
        found = preparations.one(tx, number)
        one = situated(tx, found, now_ms)
        whole, product = one.whole, one.whole.product
        happened = [Event(entry.what) for entry in whole.course if entry.what in set(Event)]
        return visit.render(
            tx, "preparation.html", status, one=one, whole=whole, found=found, judged=one.judged, product=product,
            ahead=preparing.comes_next(product, happened), not_yet=_not_yet(product, happened), words=DO,
            event_title=event_title, typed=typed, why_not=preparing.refusal(visit.person.role),
            places=_places(visit, tx, one), once=str(uuid.uuid4()), storage=_storage(one), lines=history(whole),
            told=alert_rows.of_preparation(tx, found.id), known=preparations.known_then(tx, number),
            version=version_of_preparation(tx, visit.services.today, whole, now_ms),
            label=label_in_words(product), doubts=unverified(product),
            probes=_probes(whole), css=_CSS, settle=_settle(visit, one), kind_words=kind_words,
            input_time=_input_time(visit), next=next_step(one),
        )  # fmt: skip


def _not_yet(product: Product, happened: list[Event]) -> list[Event]:
    """What can still be said to have happened earlier."""
    return [event for event in preparing.sequence(product) if event not in happened]


def _places(visit: Visit, tx: Transaction, one: Situation) -> list[Any]:
    """Where it can be taken: where it has been first."""
    been = [entry.location for entry in one.whole.course if entry.location is not None]
    here = None if one.place is None else one.place.location
    found = [look(each, visit.clock.now_ms) for each in locations.standings(tx)]
    others = [place for place in found if place.standing.location.name != here]
    return sorted(others, key=lambda place: place.standing.location.name not in been)


def _storage(one: Situation) -> list[dict[str, Any]]:
    """A row for each condition: its verdict, the three durations, what is allowed."""
    rows = []
    for item in one.judged.conditions:
        limit, bounds = item.judged.limit, item.judged.bounds
        allowed = limit.allowance.duration if isinstance(limit.allowance, Total) else None
        allowed_ms = None if allowed is None else int(allowed.total_seconds() * 1000)
        verdict = item.judged.verdict.value
        rows.append(
            {
                "stage": item.stage, "words": limit_words(limit), "limit": limit, "verdict": verdict, "bounds": bounds,
                "allowed_ms": allowed_ms, "policy": limit.site_policy,
                "bar": duration_bar(bounds, allowed_ms, _CSS[verdict], triple(bounds)),
                "stays": [stay for stay in item.stays if stay.end_ms > stay.start_ms],
                "excursions": item.judged.excursions,
            }
        )  # fmt: skip
    return rows


def _settle(visit: Visit, one: Situation) -> list[str]:
    """What would settle an open question, each once, in one sentence."""

    def clock(at_ms: int) -> str:
        return visit.clock.dated(at_ms, seconds=True)

    asked = [each for item in one.judged.conditions for each in item.judged.unsettled]
    return list(dict.fromkeys(what_would_settle(each, clock) for each in asked))


def _probes(whole: Prepared) -> list[tuple[str, str, Any]]:
    titles = {entry.location: entry.location_title for entry in whole.course}
    return [
        (titles.get(name) or name, probe.name, probe.yardstick)
        for name, found in whole.probes.items()
        for probe in found
    ]


def _input_time(visit: Visit) -> Callable[[int], str]:
    """An instant as a ``datetime-local`` field with seconds holds it."""
    return lambda at_ms: f"{visit.clock.local(at_ms):%Y-%m-%dT%H:%M:%S}"
