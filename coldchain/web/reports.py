"""Reports from the record: a location over a span, an item over its whole way, with what was signed of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from coldchain.auditing import recorded
from coldchain.auditing.audited import Audited
from coldchain.auditing.contract import as_json
from coldchain.domain.instant import iso
from coldchain.domain.verdict import Verdict, item_verdict
from coldchain.errors import NotFound, UsageError
from coldchain.records import dispositions, items, places
from coldchain.records.dispositions import Disposition
from coldchain.records.places import Location
from coldchain.records.store import Transaction
from coldchain.records.views import over
from coldchain.records.views.excursions import Excursion, Wanted, excursions
from coldchain.reporting import rests
from coldchain.reporting.content import section
from coldchain.reporting.report import LimitLine, Part, Report, Section
from coldchain.reporting.rests import Fact
from coldchain.reporting.words import about, allowance_words, clock_of, limit_words, plural, printable, triple
from coldchain.reviewing.deciding import WORDS
from coldchain.reviewing.whole_way import judge_all
from coldchain.version import __version__
from coldchain.web.stocktaking import expiry_words, happened_words, open_questions, sentences, shown_item
from coldchain.web.times import Clock

PROGRAM = f"coldchain {__version__}"

MOST_EXCURSIONS = 2000


@dataclass(frozen=True)
class Reported:
    """A report, and the same as data.

    Attributes:
        report: For pages, paper and terminals.
        results: Objects of ``coldchain.audit/1``, one for each probe and product (or stay).
        more: What else ``coldchain.report/1`` holds: the subject, excursions of the record, signed decisions.
    """

    report: Report
    results: tuple[dict[str, Any], ...]
    more: dict[str, Any]
    verdict: Verdict


def of_location(
    tx: Transaction, name: str, from_ms: int, to_ms: int, zone: str, command: str, *, picture: bool = True
) -> Reported:
    """A location over a span.

    Args:
        tx: A reading transaction.
        name: The location's name.
        from_ms, to_ms: UTC ms.
        zone: The site's zone.
        command: What makes the same report again.
        picture: With charts.

    Raises:
        NotFound: There is no such location.
        UsageError: No product was assigned to it in that time.
    """
    place = places.location_named(tx, name)
    if place is None:
        raise NotFound(f"there is no location called {name!r}")
    found = recorded.at_location(tx, place, from_ms, to_ms, zone)
    wanted = Wanted(location_name=name, from_ms=from_ms, to_ms=to_ms, limit=MOST_EXCURSIONS)
    listed = [one for one in excursions(tx, wanted) if one.counts]
    signed = [one for each in listed for one in dispositions.of_excursion(tx, each.id)]
    lead = _location_lead(tx, place, found, from_ms, to_ms, zone)
    sections = tuple(section(one, picture=picture) for one in found)
    parts = (*_parts(tx, listed, signed, zone), _probes(tx, place, from_ms, to_ms, zone))
    about_it = {"location": place.name, "title": place.title, "from": iso(from_ms), "to": iso(to_ms)}
    made = Report(sections, (), command, PROGRAM, lead, tuple(part for part in parts if part.lines), place.title)
    more = {"subject": about_it, **_data(tx, listed, signed)}
    return Reported(made, tuple(as_json(one) for one in found), more, Verdict(lead.verdict))


def of_item(tx: Transaction, item_id: int, now_ms: int, zone: str, command: str, *, picture: bool = True) -> Reported:
    """An item over its whole way, up to now or its end.

    Raises:
        NotFound: There is no such item.
        UsageError: It arrived later.
    """
    from zoneinfo import ZoneInfo

    from coldchain.web.api.items import item_now

    history = items.history(tx, item_id)
    known = tuple(one for one in history.events if one.at_ms <= now_ms)
    if not known:
        raise UsageError(f"item {item_id} arrived later than that: there is nothing to report")
    (way,) = judge_all(tx, [replace(history, events=known)], now_ms)
    found = recorded.at_stays(way.stays, way.product, zone)
    signed = dispositions.of_item(tx, item_id)
    shown = shown_item(way, Clock(now_ms, ZoneInfo(zone)))
    listed = _on_its_way(tx, way.history.stays, way.now_ms)
    lead = _item_lead(shown, zone, now_ms)
    sections = tuple(section(one, picture=picture) for one in found)
    parts = tuple(part for part in _parts(tx, listed, signed, zone) if part.lines)
    made = Report(sections, (), command, PROGRAM, lead, parts, lead.name)
    more = {"subject": item_now(way, "").model_dump(mode="json"), **_data(tx, listed, signed)}
    return Reported(made, tuple(as_json(one) for one in found), more, Verdict(lead.verdict))


def content_of(made: Reported, ending: str) -> bytes:
    """The report in the form of a file's ending; ``.text`` is for a terminal."""
    match ending:
        case ".pdf":
            from coldchain.reporting.pdf import report_pdf

            return report_pdf(made.report)
        case ".html":
            from coldchain.reporting.html import report_html

            return report_html(made.report).encode("utf-8", "replace")
        case ".csv":
            from coldchain.auditing.table import header, rows_of

            return (header() + "".join(map(rows_of, made.results))).encode()
        case ".json":
            from coldchain.reporting.plain import report_json

            whole = made.report
            return report_json(made.results, command=whole.command, program=whole.program, **made.more)
    from coldchain.reporting.text import report_text

    return report_text(made.report).encode()


def _on_its_way(tx: Transaction, stays: Sequence[Any], now_ms: int) -> list[Excursion]:
    """The excursions of the places where an item was, while it was there."""
    found: dict[str, Excursion] = {}
    for stay in stays:
        if stay.location_name is not None:
            until = now_ms if stay.to_ms is None else stay.to_ms
            wanted = Wanted(location_name=stay.location_name, from_ms=stay.from_ms, to_ms=until, limit=MOST_EXCURSIONS)
            found |= {one.number: one for one in excursions(tx, wanted) if one.counts}
    return list(found.values())


def _location_lead(
    tx: Transaction, place: Location, found: Sequence[Audited], from_ms: int, to_ms: int, zone: str
) -> Section:
    clock = clock_of(zone)
    silent = recorded.unwatched(tx, place, from_ms, to_ms)
    open_spans = [f"No sensor hung here from {clock(start)} to {clock(end)}." for start, end in silent]
    unruled = recorded.unassigned(tx, place, from_ms, to_ms)
    open_spans += [f"No product was assigned here from {clock(start)} to {clock(end)}." for start, end in unruled]
    verdict = item_verdict([*(one.verdict for one in found), *([Verdict.UNDETERMINED] if open_spans else [])])
    bad = sum(1 for one in found if one.verdict is Verdict.VIOLATED)
    headline = {
        Verdict.VIOLATED: f"{bad} of {plural(len(found), 'judgement')} found a limit violated",
        Verdict.UNDETERMINED: "for part of this time nobody can say that every limit was kept",
    }.get(verdict, "every limit was kept by every probe")
    products = ", ".join(dict.fromkeys(f"{one.product.name} ({one.stage.name})" for one in found))
    return _bare(
        name=place.title, product_name=products or "no product", verdict=verdict, headline=headline,
        span=f"{clock(from_ms)} to {clock(to_ms)} ({clock.name}): {about(to_ms - from_ms)}",
        rests_on=f"Rests on {plural(len(found), 'judgement')} of the service's record, each on its own below.",
        zone_name=clock.name, open_questions=tuple(open_spans), until_ms=to_ms,
    )  # fmt: skip


def _item_lead(shown: Any, zone: str, now_ms: int) -> Section:
    clock, page = clock_of(zone), Clock(now_ms, clock_of(zone).zone)  # type: ignore[arg-type]
    item, way = shown.history.item, shown.judged
    said = sentences(shown, page)
    expiry = expiry_words(shown, page)
    events = [
        Fact(
            clock(one.at_ms),
            printable(f"{happened_words(one)} ({one.by_name}){f': {one.comment}' if one.comment else ''}"),
        )
        for one in shown.history.events
    ]
    limits = tuple(
        LimitLine(
            limit_words(one.limit), allowance_words(one.limit), one.limit.site_policy, one.verdict, triple(one.bounds)
        )
        for one in way.judgement.limits
    )
    first, last = shown.history.events[0].at_ms, way.now_ms
    return _bare(
        name=printable(f"{item.kind} {item.name}, {shown.history.quantity} of them"), product_name=way.product.name,
        stage=shown.history.last.stage, verdict=way.judgement.verdict, headline=said[0].rstrip("."),
        span=f"{clock(first)} to {clock(last)} ({clock.name}): {about(last - first)}",
        rests_on="Rests on its whole way in the service's record; each stay stands for itself below.",
        zone_name=clock.name, limits=limits, open_questions=tuple(open_questions(shown, page)),
        measured=tuple(events), until_ms=last,
        notes=(*said[1:], *((f"Shortened expiry: {expiry}",) if expiry else ())),
        product=tuple(rests.product(way.product, way.product.stages[shown.history.last.stage])),
    )  # fmt: skip


def _bare(**said: Any) -> Section:
    """A section that says only this."""
    empty = (
        "excursions", "tolerated", "limits", "gaps", "open_questions", "statistics", "measured", "evidence",
        "yardstick", "product", "source", "quarantine", "device_says", "notes",
    )  # fmt: skip
    nothing: dict[str, Any] = {"chart": None, "stage": "", **dict.fromkeys(empty, ())}
    return Section(**(nothing | said))


def _parts(
    tx: Transaction, listed: Sequence[Excursion], signed: Sequence[Disposition], zone: str
) -> tuple[Part, Part, Part]:
    clock = clock_of(zone)
    seq, digest = over.head(tx)
    return (
        Part("Excursions in the record", tuple(line for one in listed for line in _excursion(one, clock))),
        Part("Signed decisions", tuple(_signed(one, clock) for one in signed) or ("None.",)),
        Part("The record", (f"Up to ledger entry {seq}, whose hash is {digest}." if seq else "The ledger is empty.",)),
    )


def _excursion(one: Excursion, clock: Any) -> list[str]:
    end = "not over" if one.now.end_ms is None else f"to {clock(one.now.end_ms)}"
    late = ", known late" if one.late else ""
    lines = [
        f"{one.number} at {one.location_title}, {one.limit_id} ({one.product_id} version {one.version}): from "
        f"{clock(one.now.start_ms)} {end}; {triple(one.now.bounds)}; {one.now.certainty}{late}; "
        f"revision {one.now.revision}"
    ]
    lines += [
        f"{one.number} acknowledged {clock(said.at_ms)} by {said.full_name} ({said.role}): {said.comment}"
        for said in one.said
    ]
    return [printable(line) for line in lines]


def _signed(one: Disposition, clock: Any) -> str:
    what = "whatever else was stored there" if one.item_id is None else f"item {one.item_id}"
    because = "" if one.number is None else f", because of {one.number} (revision {one.revision})"
    who = f"{one.full_name} ({one.role})"
    return printable(f"{clock(one.at_ms)}: {what} {WORDS[one.decision]}{because}. Signed by {who}: {one.reason}")


def _probes(tx: Transaction, place: Location, from_ms: int, to_ms: int, zone: str) -> Part:
    clock = clock_of(zone)
    lines = []
    for one in over.hung(tx, place.id, from_ms, to_ms):
        until = "now" if one.to_ms is None else clock(one.to_ms)
        calibrated = f"calibration {one.calibration}" if one.calibration else "no calibration recorded"
        dates = "".join(
            f", {word} {date}" for word, date in (("of", one.calibrated_on), ("due", one.calibration_due)) if date
        )
        lines.append(
            printable(
                f"{one.title}: here from {clock(one.from_ms)} to {until}; uncertainty "
                f"{one.uncertainty_milli_c / 1000:g} °C; {calibrated}{dates}"
            )
        )
    return Part("Probes", tuple(lines))


def _data(tx: Transaction, listed: Sequence[Excursion], signed: Sequence[Disposition]) -> dict[str, Any]:
    seq, digest = over.head(tx)
    return {
        "ledger": {"entry": seq, "hash": digest or None},
        "excursions": [
            {
                "number": one.number, "location": one.location_name, "limit": one.limit_id, "product": one.product_id,
                "version": one.version, "certainty": one.now.certainty, "start": iso(one.now.start_ms),
                "end": None if one.now.end_ms is None else iso(one.now.end_ms),
                "duration_s": {
                    "at_least": one.now.at_least_ms / 1000, "estimate": one.now.estimate_ms / 1000,
                    "at_most": one.now.at_most_ms / 1000,
                },
                "acknowledged": [
                    {"at": iso(said.at_ms), "by": said.full_name, "role": said.role, "comment": said.comment}
                    for said in one.said
                ],
            }
            for one in listed
        ],
        "dispositions": [
            {
                "at": iso(one.at_ms), "decision": one.decision.value, "item": one.item_id, "excursion": one.number,
                "revision": one.revision, "by": one.full_name, "role": one.role, "reason": one.reason,
            }
            for one in signed
        ],
    }  # fmt: skip
