"""Learned layouts: which there are, and teaching one by pointing at a file that was imported."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from coldchain.errors import FileRefused, LayoutError, NotFound, UsageError
from coldchain.importing import receiving
from coldchain.importing.allowed import Deed, permitted, refusal
from coldchain.layouts.checking import Checked, check, first_lines, known_already
from coldchain.layouts.pointing import Pointed, Seen, layout_of, seen
from coldchain.loggers import Declared
from coldchain.loggers.contract import readings_of, settled_channels
from coldchain.loggers.learned import DELIMITER_NAMES, LearnedLayout, tidy
from coldchain.loggers.questions import question_of
from coldchain.loggers.split import cells_of
from coldchain.records import imports, layouts
from coldchain.records.imports import Import
from coldchain.reviewing.stock import comment_of
from coldchain.web.bringing import in_turn, layouts_at_hand, text_of
from coldchain.web.pages.imported import attached
from coldchain.web.pages.imports import actor_of
from coldchain.web.visit import SignedIn, Visit

router = APIRouter(include_in_schema=False)

SHOWN_LINES = 30
SAMPLES = 3
MEANINGS = {
    "": "nothing",
    "time": "date and time",
    "date": "date",
    "clock": "time of day",
    "temperature": "temperature, in the unit the file says",
    "C": "temperature, °C",
    "F": "temperature, °F",
    "K": "temperature, K",
    "serial": "which sensor",
    "event": "notes, no readings",
}
FIELDS = (
    "delimiter", "heading", "below_heading", "tz", "date_order", "decimal", "serial_after", "name", "title",
)  # fmt: skip
"""What is said besides the columns."""

_NUMBER = Annotated[str, Query(max_length=6)]


@dataclass(frozen=True)
class PointedAt:
    """A column as it is pointed at: its number, heading, first cells and chosen meaning."""

    number: int
    heading: str
    cells: tuple[str, ...]
    meaning: str


@router.get("/layouts")
def list_layouts(visit: SignedIn) -> Response:
    """The layouts at hand: kept here, and in the settings' folder; and what is wrong with that folder."""
    problems: list[str] = []
    try:
        folder: Sequence[LearnedLayout] = visit.services.layouts()
    except LayoutError as error:
        folder, problems = (), [str(problem) for problem in error.problems]
    with visit.services.store.reading() as tx:
        return visit.render(
            tx, "layouts.html", kept=layouts.standing(tx), folder=folder, problems=problems,
            may_teach=refusal(visit.person.role, Deed.TEACH) is None,
        )  # fmt: skip


@router.get("/layouts/{name}.yaml")
def download(visit: SignedIn, name: str) -> Response:
    """A layout as the file that `coldchain read --layout` takes."""
    found = next((one for one in layouts_at_hand(visit.services) if one.name == name), None)
    if found is None:
        raise NotFound(f"there is no layout {name!r}")
    headers = {"content-disposition": attached(f"{name}.yaml")}
    return Response(found.text, media_type="application/yaml", headers=headers)


@router.post("/layouts/{name}/withdrawals")
def withdraw(visit: SignedIn, name: str, comment: Annotated[str, Form(max_length=20_000)] = "") -> Response:
    """Take a kept layout back: it is used for no further file; what was read by it stays."""
    permitted(actor_of(visit), Deed.TEACH)
    said = comment_of(comment)
    with visit.services.store.transaction() as tx:
        one = next((each for each in layouts.standing(tx) if each.name == name), None)
        if one is None:
            raise NotFound(f"no layout {name!r} is kept here")
        layouts.append(tx, layouts.WITHDRAWN, name, one.sha256, one.text, visit.clock.now_ms, visit.person.id, said)
    visit.services.changes.publish()
    return RedirectResponse("/layouts", 303)


@router.get("/imports/{import_id}/layout")
def point(
    visit: SignedIn, import_id: int, delimiter: _NUMBER = "", heading: _NUMBER = "", below: _NUMBER = ""
) -> Response:
    """Point at a file's columns: first its delimiter and heading, then what each column is."""
    return _page(visit, import_id, 200, {"delimiter": delimiter, "heading": heading, "below_heading": below})


@router.post("/imports/{import_id}/layout")
async def teach(visit: SignedIn, request: Request, import_id: int) -> Response:
    """Hold what was pointed at against the whole file, and keep it where that is wished."""
    permitted(actor_of(visit), Deed.TEACH)
    form = await request.form()
    return await run_in_threadpool(_taught, visit, import_id, form)


def _taught(visit: Visit, import_id: int, form: FormData) -> Response:
    said = {name: text_of(form, name) for name in form}
    with visit.services.store.reading() as tx:
        found, content = imports.one(tx, import_id), imports.content(tx, import_id)
    try:
        layout = layout_of(_pointed(said), first_lines(content, 200))
        with in_turn():
            checked = check(layout, found.file.name, content, Declared(site_tz=visit.services.zone.key))
    except LayoutError as error:
        return _page(visit, import_id, 422, said, error="; ".join(problem.message for problem in error.problems))
    except (UsageError, FileRefused) as error:
        return _page(visit, import_id, 422, said, error=str(error))
    if checked.file is None:
        return _page(visit, import_id, 422, said, checked=checked)
    if said.get("act") != "keep" or not (checked.sound or said.get("unexplained")):
        return _page(visit, import_id, 200, said, checked=checked, layout=layout)
    _keep(visit, found, layout)
    return RedirectResponse(f"/imports/{import_id}", 303)


def _keep(visit: Visit, found: Import, layout: LearnedLayout) -> None:
    """Keep a layout, and read the file by it."""
    with visit.services.store.transaction() as tx:
        standing = next((one for one in layouts.standing(tx) if one.name == layout.name), None)
        if standing is None or standing.sha256 != layout.sha256:
            layouts.append(
                tx, layouts.KEPT, layout.name, layout.sha256, layout.text, visit.clock.now_ms, visit.person.id
            )
    answers = {name: value for name, value in found.last.declared.items() if name not in ("site_tz", "layout")}
    with in_turn():
        receiving.answer(
            visit.services.store, actor_of(visit), found.file.id, answers=answers, now_ms=visit.clock.now_ms,
            layouts=layouts_at_hand(visit.services),
        )  # fmt: skip
    visit.services.changes.publish()


def _pointed(said: dict[str, str]) -> Pointed:
    """What the form points at.

    Raises:
        UsageError: Something is not pointed at, or twice.
    """
    chosen = {
        int(name[1:]): value
        for name, value in said.items()
        if name[:1] == "c" and name[1:].isdecimal() and len(name) < 6 and value
    }

    def columns(*meanings: str) -> list[int]:
        return sorted(number for number, meaning in chosen.items() if meaning in meanings)

    whole, dates, clocks, serials = columns("time"), columns("date"), columns("clock"), columns("serial")
    if len(whole) + len(dates) != 1 or len(clocks) != len(dates) or len(serials) > 1:
        raise UsageError("point at one column of dates with times, or at one of dates and one of times of day")
    temperatures = columns("temperature", "C", "F", "K")
    units = {number: None if chosen[number] == "temperature" else chosen[number] for number in temperatures}
    if not said.get("name"):
        raise UsageError("give the layout a name: a–z, 0–9 and -")
    return Pointed(
        name=said["name"].lower(),
        title=said.get("title", ""),
        delimiter=DELIMITER_NAMES.get(said.get("delimiter", ""), ""),
        heading_line=_number(said, "heading"),
        below_heading=_number(said, "below_heading"),
        times=(*whole, *dates, *clocks),
        temperatures=tuple((number, units[number]) for number in temperatures),
        serial_column=serials[0] if serials else None,
        serial_after=said.get("serial_after", ""),
        events=tuple(columns("event")),
        zone=said.get("tz") or None,
        date_order=said.get("date_order") or None,
        decimal=said.get("decimal") or None,
    )


def _number(said: dict[str, str], name: str) -> int:
    text = said.get(name, "") or "0"
    if not text.isdecimal() or len(text) > 5:
        raise UsageError(f"{name.replace('_', ' ')}: write a line's number")
    return int(text)


def _page(
    visit: Visit, import_id: int, status: int, said: dict[str, str], *, error: str = "",
    checked: Checked | None = None, layout: LearnedLayout | None = None,
) -> Response:  # fmt: skip
    with visit.services.store.reading() as tx:
        found, content = imports.one(tx, import_id), imports.content(tx, import_id)
        why_not = refusal(visit.person.role, Deed.TEACH)
        lines: Sequence[str] = ()
        family = None
        try:
            lines, family = first_lines(content, 200), known_already(content)
        except FileRefused as refused:
            error = str(refused)
        shown = seen(lines)
        chosen = _with_what_it_shows(said, shown)
        refused_now = checked.refused if checked else None
        question = None if refused_now is None else question_of(refused_now.code, refused_now.options, str(refused_now))
        return visit.render(
            tx, "layout_point.html", status, found=found, lines=lines[:SHOWN_LINES], family=family, why_not=why_not,
            said=chosen, shown=shown, columns=_columns(chosen, shown, lines), delimiters=tuple(DELIMITER_NAMES),
            meanings=MEANINGS, error=error, checked=checked, layout=layout, question=question,
            refused=refused_now, counts=_counts(checked), site_zone_name=visit.services.zone.key,
            suggested=_suggested(found),
        )  # fmt: skip


def _with_what_it_shows(said: dict[str, str], shown: Seen) -> dict[str, str]:
    """What was said, and where nothing was, what the file shows for certain."""
    names = {mark: name for name, mark in DELIMITER_NAMES.items()}
    chosen = dict.fromkeys(FIELDS, "") | said
    if not chosen.get("delimiter") and shown.delimiter:
        chosen["delimiter"] = names[shown.delimiter]
        if not chosen.get("heading") and shown.heading_line is not None:
            chosen["heading"] = str(shown.heading_line)
    return chosen


def _columns(said: dict[str, str], shown: Seen, lines: Sequence[str]) -> list[PointedAt]:
    """The columns to point at, as soon as it is known what parts them and where the heading is."""
    mark = DELIMITER_NAMES.get(said.get("delimiter", ""))
    heading = said.get("heading", "")
    if mark is None or not heading.isdecimal() or int(heading) > len(lines):
        return []
    at = int(heading)
    below = int(said["below_heading"]) if said.get("below_heading", "").isdecimal() else 0
    cells = [tidy(cell) for cell in cells_of(lines[at - 1], mark)] if at else []
    rows = [[cell.strip() for cell in cells_of(line, mark)] for line in lines[at + below :] if line.strip()]
    width = len(cells) or max((len(row) for row in rows[:SHOWN_LINES]), default=0)
    known = at == shown.heading_line and mark == shown.delimiter
    return [
        PointedAt(
            number,
            cells[number - 1] if cells else "",
            tuple(row[number - 1] for row in rows[:SAMPLES] if number <= len(row)),
            said.get(f"c{number}", _shows(number, shown) if known and "c1" not in said else ""),
        )
        for number in range(1, min(width, 200) + 1)
    ]


def _shows(number: int, shown: Seen) -> str:
    """What the file itself shows a column to be; empty where it does not."""
    if number in shown.times:
        return "time" if len(shown.times) == 1 else ("date", "clock")[shown.times.index(number)]
    return "temperature" if any(number == column and unit for column, unit in shown.temperatures) else ""


def _counts(checked: Checked | None) -> list[tuple[str, str, dict[str, object]]]:
    if checked is None or checked.file is None:
        return []
    return [(one.channel.name, str(one.channel.unit), readings_of((one,))) for one in settled_channels(checked.file)]


def _suggested(found: Import) -> str:
    """A name to begin with, from the file's own; nobody has to keep it."""
    stem = found.file.name.rsplit(".", 1)[0].lower()
    letters = "".join(c if c.isascii() and c.isalnum() else "-" for c in stem)
    return "-".join(part for part in letters.split("-") if part)[:30] or "layout"
