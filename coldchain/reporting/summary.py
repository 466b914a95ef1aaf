"""An audit of many files on a line each: worst first, with what to do next; the rows of the CSV, the page and the text.

Rows are made from the objects of ``coldchain.audit/1``, so that a result kept by an earlier run says the same.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from coldchain.domain.temperature import format_c
from coldchain.reporting.related import related_in_words
from coldchain.reporting.words import at_least, at_most, plural, printable
from coldchain.spreadsheets import harmless

Object = dict[str, Any]

NOT_JUDGED = "not judged"

ORDER = ("violated", NOT_JUDGED, "undetermined", "compliant")
"""Worst first; a file that nobody could judge may hide anything, so it stands before the undetermined."""

SHAPES = {"violated": "◆", NOT_JUDGED: "✘", "undetermined": "◇", "compliant": "●"}

_CONSTRAINTS = ("above", "below", "at_or_above", "at_or_below")


@dataclass(frozen=True)
class Row:
    """One channel of a file, or a file that was not judged; the columns of the summary in their order.

    Attributes:
        verdict: ``violated``, ``not judged``, ``undetermined`` or ``compliant``.
        why: One sentence.
        do: The next step; empty where there is none.
        at_least_s, at_most_s: The longest time out of any limit, seconds.
        related: Copies and overlapping exports, in words; empty where there are none.
        kept_as: The file of the output folder with the whole result, beside the summary.
    """

    verdict: str
    file: str
    channel: str = ""
    why: str = ""
    do: str = ""
    related: str = ""
    serial: str = ""
    product: str = ""
    stage: str = ""
    first: str = ""
    last: str = ""
    readings: int | None = None
    quarantined: int | None = None
    coverage: float | None = None
    min_c: float | None = None
    max_c: float | None = None
    mean_c: float | None = None
    mkt_c: float | None = None
    excursions: int | None = None
    gaps: int | None = None
    at_least_s: float | None = None
    at_most_s: float | None = None
    error_code: str = ""
    sha256: str = ""
    kept_as: str = ""


COLUMNS = tuple(field.name for field in fields(Row))


@dataclass(frozen=True)
class Asked:
    """One question that stands between files and their verdict: what was asked, of how many, and what answers it."""

    code: str
    files: int
    example: str
    says: str
    answer: str


@dataclass(frozen=True)
class Summary:
    """All rows, worst first, and what stands above them."""

    rows: tuple[Row, ...]
    asked: tuple[Asked, ...]
    program: str
    command: str

    @property
    def counts(self) -> dict[str, int]:
        """How many of each verdict, worst first."""
        found = Counter(row.verdict for row in self.rows)
        return {verdict: found[verdict] for verdict in ORDER}

    @property
    def contradictions(self) -> tuple[Row, ...]:
        """The rows whose readings another export of the same logger contradicts."""
        return tuple(row for row in self.rows if "contradicts" in row.related)


def summary(rows: Sequence[Row], *, program: str, command: str) -> Summary:
    """The summary of an audit, from its rows in the order of the files."""
    ordered = sorted(rows, key=lambda row: (ORDER.index(row.verdict), -(row.at_least_s or 0), -(row.at_most_s or 0)))
    return Summary(tuple(ordered), _asked(ordered), program, command)


def row(written: Object, related: Object) -> Row:
    """The row of one object of ``coldchain.audit/1``.

    Args:
        written: The object.
        related: Its keys ``same_content_as`` and ``overlaps``.
    """
    file = written["file"]
    name, said = printable(file["name"]), related_in_words(related)
    kept_as = f"files/{file['sha256']}.json" if file["sha256"] else ""
    if "error" in written:
        error = written["error"]
        return Row(
            NOT_JUDGED, name, why=printable(error["message"]), do=_answer(error), related=said,
            error_code=error["code"], sha256=file["sha256"] or "", kept_as=kept_as,
        )  # fmt: skip
    readings, statistics = written["readings"], written["statistics"] or _of_intervals(written.get("extremes") or ())
    worst = max(written["limits"], key=lambda limit: (limit["bad_s"]["at_least"], limit["bad_s"]["at_most"]))["bad_s"]
    first, last = (readings[key] or statistics.get(key, "") for key in ("first", "last"))
    return Row(
        verdict=written["verdict"], file=name, channel=printable(written["channel"]), why=_why(written),
        do=_next_step(written), related=said, serial=printable(written["device"]["serial"] or ""),
        product=written["product"]["id"], stage=written["stage"], first=first, last=last,
        readings=readings["accepted"], quarantined=readings["quarantined"],
        coverage=statistics.get("coverage"), min_c=statistics.get("min_c"), max_c=statistics.get("max_c"),
        mean_c=statistics.get("mean_c"), mkt_c=statistics.get("mkt_c"),
        excursions=len(written["excursions"]), gaps=len(written["gaps"]),
        at_least_s=worst["at_least"], at_most_s=worst["at_most"], sha256=file["sha256"], kept_as=kept_as,
    )  # fmt: skip


def summary_csv(made: Summary) -> str:
    """The table for spreadsheets: one head, one line a row."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in made.rows:
        values = [getattr(each, column) for column in COLUMNS]
        writer.writerow(["" if value is None else harmless(value) for value in values])
    return text.getvalue()


def summary_json(made: Summary) -> Object:
    """``coldchain.audit-summary/1``."""
    return {
        "schema": "coldchain.audit-summary/1",
        "program": made.program,
        "command": made.command,
        "counts": made.counts,
        "asked": [{field.name: getattr(each, field.name) for field in fields(Asked)} for each in made.asked],
        "rows": [{column: getattr(each, column) for column in COLUMNS} for each in made.rows],
    }


def counted(made: Summary) -> str:
    """``2 violated, 1 not judged, 0 undetermined, 37 compliant``."""
    return ", ".join(f"{count} {verdict}" for verdict, count in made.counts.items())


def limit_said(limit: Object) -> str:
    """``above 8 °C`` from a limit of the contract."""
    for key in _CONSTRAINTS:
        if key in limit:
            return f"{key.replace('_', ' ')} {format_c(round(limit[key] * 1000), 0)}"
    ranges = " and ".join(_range(*pair) for pair in limit.get("outside") or limit.get("inside") or [])
    return f"{'outside' if 'outside' in limit else 'in'} {ranges}"


def _range(low: float | None, high: float | None) -> str:
    if low is None:
        return f"up to {format_c(round((high or 0) * 1000), 0)}"
    if high is None:
        return f"from {format_c(round(low * 1000), 0)} up"
    return f"{format_c(round(low * 1000), 0).removesuffix(' °C')}–{format_c(round(high * 1000), 0)}"


def _why(written: Object) -> str:
    judged = [limit for limit in written["limits"] if limit["verdict"] == written["verdict"]]
    match written["verdict"]:
        case "violated":
            return "; ".join(_violated(limit, written) for limit in judged)
        case "undetermined" if judged:
            most = max(round(limit["bad_s"]["at_most"] * 1000) for limit in judged)
            limits = " or ".join(limit_said(limit) for limit in judged)
            return f"cannot be shown that it was never {limits} beyond what is allowed (at most {at_most(most)})"
        case "undetermined":
            return "there is no reading to judge"
        case _:
            within = sum(len(limit["tolerated"]) for limit in written["limits"])
            inside = f"; {plural(within, 'episode')} inside what is allowed" if within else ""
            return f"every limit was kept{inside}"


def _of_intervals(intervals: Sequence[Object]) -> Object:
    """What the intervals show of which a device kept the lowest and highest value only."""
    if not intervals:
        return {}
    lowest = [one["min_c"] for one in intervals if one["min_c"] is not None]
    highest = [one["max_c"] for one in intervals if one["max_c"] is not None]
    return {
        "first": min(one["start"] for one in intervals), "last": max(one["end"] for one in intervals),
        "min_c": min(lowest, default=None), "max_c": max(highest, default=None),
    }  # fmt: skip


def _violated(limit: Object, written: Object) -> str:
    said, sure = limit_said(limit), round(limit["bad_s"]["at_least"] * 1000)
    if sure:
        return f"{said} for at least {at_least(sure)}"
    if not written["readings"]["accepted"]:
        return f"{said} by the lowest or highest value of an interval"
    count = sum(1 for one in written["excursions"] if one["limit"] == limit["id"])
    return f"{said} in {plural(count, 'episode')} of a single reading" if count else said


def _next_step(written: Object) -> str:
    if written["verdict"] == "violated":
        return "Keep it apart until a pharmacist has decided."
    steps = list(dict.fromkeys(question["settle"].rstrip(".") for question in written["unsettled"]))
    if not steps:
        return ""
    return f"{steps[0]}." + (f" And {plural(len(steps) - 1, 'more interval')}." if len(steps) > 1 else "")


_STEPS = {
    "unknown-format": "Export it again from the logger's own software, as CSV or text.",
    "no-temperature": "Export the temperature channel.",
    "no-readings": "Export the logger's readings; a summary of days is not enough.",
    "damaged": "Export or copy it again.",
    "unreadable": "Check the path and who may read it.",
    "too-large": "Export a shorter span.",
    "contradiction": "Leave the option out for this file, or export it again.",
    "defect": "Report it together with the file.",
    "bad-signature": "Ask for the unaltered export.",
}


def _answer(error: Object) -> str:
    options = [printable(option) for option in error["options"]]
    step = _STEPS.get(error["code"], "")
    return f"{step} {'Or answer' if step else 'Answer'} with {' or '.join(options)}.".strip() if options else step


def _asked(rows: Sequence[Row]) -> tuple[Asked, ...]:
    """The files that were not judged by what they ask, the commonest question first."""
    found: dict[tuple[str, str], list[Row]] = {}
    for each in rows:
        if each.verdict == NOT_JUDGED:
            found.setdefault((each.error_code, each.do), []).append(each)
    asked = [
        Asked(code, len(group), group[0].file, re.sub(r"^line \d+: ", "", group[0].why), do)
        for (code, do), group in found.items()
    ]
    return tuple(sorted(asked, key=lambda each: (-each.files, each.code)))
