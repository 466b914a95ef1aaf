"""What pages and the interface share about imports: what was sent, what is declared, how a state is called."""

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from coldchain.auditing.audited import Period
from coldchain.domain.duration import milliseconds, parse_duration
from coldchain.domain.temperature import milli_c
from coldchain.errors import LayoutError
from coldchain.importing.reading import answers_of
from coldchain.importing.unpacking import MOST_FILES
from coldchain.layouts import layout_of_text
from coldchain.loggers import Declared
from coldchain.records import layouts as kept_layouts
from coldchain.records.imports import Import
from coldchain.reviewing.stock import FieldProblem
from coldchain.web.services import Services

if TYPE_CHECKING:
    from coldchain.loggers.learned import LearnedLayout

MOST_FIELDS = 40
LONGEST_FIELD = 20_000
_AT_ONCE = threading.BoundedSemaphore(2)
"""So many files are read and judged at a time: each may need some hundred megabytes."""

STATES = {
    "asked": ("possibly", "Asks", "needs an answer before it can be read"),
    "read": ("suspended", "Not filed", "understood, and no verdict filed yet"),
    "refused": ("nodata", "Refused", "cannot be read"),
    "compliant": ("in", "Compliant", "every limit was kept"),
    "undetermined": ("possibly", "Undetermined", "what was measured does not settle it"),
    "violated": ("out", "Violated", "a limit was exceeded for longer than is allowed"),
}
"""The states of imports: the shape and colour, the word, and what it means."""

URGENCY = ("violated", "undetermined", "asked", "refused", "read", "compliant")
"""What needs somebody most comes first."""


def state_of(found: Import) -> str:
    """A key of `STATES`: the worst filed verdict, or how far the import is."""
    if found.state != "judged":
        return found.state
    verdicts = {one.verdict for one in found.filings if one.attempt_id == found.last.id} or {found.filings[-1].verdict}
    return min(verdicts, key=URGENCY.index)


@asynccontextmanager
async def form_of(request: Request) -> AsyncIterator[FormData]:
    """What was sent, its files on the disk where they are large; closed, and so deleted, afterwards.

    Raises:
        HTTPException: 400: it is no form; 413: it is larger than it may be.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise HTTPException(400, "send the files as a form (multipart/form-data)")
    async with request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD) as form:
        yield form


def files_of(form: FormData, name: str) -> list[UploadFile]:
    """The files of a field that were really chosen: a browser sends an empty one where none was."""
    found = [each for each in form.getlist(name) if isinstance(each, UploadFile)]
    return [each for each in found if each.filename or each.size]


def text_of(form: FormData, name: str) -> str:
    """A field's text; empty where it is not there."""
    value = form.get(name)
    return value.strip().replace("\x00", "") if isinstance(value, str) else ""


def answers_in(form: FormData) -> dict[str, str]:
    """What a form declares about files."""
    return answers_of((name, value) for name, value in form.multi_items() if isinstance(value, str))


def declared_here(services: Services, answers: dict[str, str]) -> Declared:
    """What is declared, with the site's zone and all layouts behind it."""
    return Declared(**answers, site_tz=services.zone.key, layouts=layouts_at_hand(services))


def layouts_at_hand(services: Services) -> "tuple[LearnedLayout, ...]":
    """The layouts of the settings' folder and those kept in the record; of one name, the record's stands."""
    with services.store.reading() as tx:
        kept = [layout_of_text(one.text, one.name) for one in kept_layouts.standing(tx)]
    found: dict[str, LearnedLayout] = {}
    with suppress(LayoutError):  # the layouts' page says what is wrong with the folder; known families come in anyway
        found = {one.name: one for one in services.layouts()}
    found |= {one.name: one for one in kept}
    return tuple(found[name] for name in sorted(found))


@contextmanager
def in_turn() -> Iterator[None]:
    """Wait until not too many files are being read already."""
    with _AT_ONCE:
        yield


@dataclass(frozen=True)
class Typed:
    """What somebody typed into a form of this page, and why it could not be taken.

    Attributes:
        form: Which form; empty where nobody typed.
        field: Where the error stands; empty at the form's head.
    """

    form: str = ""
    field: str = ""
    error: str = ""
    values: tuple[tuple[str, str], ...] = ()

    def of(self, form: str, name: str, otherwise: str = "") -> str:
        """What stands in a form's field."""
        return dict(self.values).get(name, otherwise) if self.form == form else otherwise

    def wrong(self, form: str, *names: str) -> str:
        """The error of a form's field; without a field, the one at the form's head."""
        mine = self.field in names if names else not self.field
        return self.error if self.form == form and mine else ""


def period_from(start_ms: int | None, end_ms: int | None, max_gap: str, uncertainty: str) -> Period:
    """The declared period, gap and uncertainty from what fields say.

    Raises:
        FieldProblem: One of them is not written as it should be.
    """
    if start_ms is not None and end_ms is not None and end_ms <= start_ms:
        raise FieldProblem("to", "The end must lie after the beginning")
    max_gap_ms = None
    if max_gap:
        try:
            max_gap_ms = milliseconds(parse_duration(max_gap))
        except ValueError as error:
            raise FieldProblem("max_gap", f"{error}") from error
        if max_gap_ms <= 0:
            raise FieldProblem("max_gap", "It must be longer than nothing, such as 30 min")
    milli = 0
    if uncertainty:
        try:
            milli = milli_c(uncertainty.replace(",", "."))
        except ValueError as error:
            raise FieldProblem("uncertainty", "Write it in °C, such as 0.5") from error
    if not 0 <= milli <= 50_000:
        raise FieldProblem("uncertainty", "The uncertainty lies between 0 and 50 °C")
    return Period(start_ms, end_ms, max_gap_ms, milli)
