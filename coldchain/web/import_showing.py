"""An import as its page shows it: what was understood and from what, the question, the verdict, the reports."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from coldchain.auditing.audited import Audited, Result
from coldchain.domain.verdict import Verdict
from coldchain.importing.filing import judged_again
from coldchain.loggers.contract import instant
from coldchain.loggers.questions import Question, question_of
from coldchain.records.imports import Attempt, Filing, Import
from coldchain.reporting import chart
from coldchain.reporting.content import report, section
from coldchain.reporting.html import report_html
from coldchain.reporting.pdf import report_pdf
from coldchain.reporting.report import Report, Section
from coldchain.version import __version__
from coldchain.web.bringing import STATES, state_of
from coldchain.web.times import Clock

VERDICT_CSS = {Verdict.COMPLIANT: "in", Verdict.VIOLATED: "out", Verdict.UNDETERMINED: "possibly"}
_FROM = {
    "header": "the file's head says so",
    "column": "the values themselves prove it",
    "declared": "declared",
    "assumed": "assumed",
}
_EVIDENCE = {"time_zone": "Time zone", "unit": "Unit", "date_order": "Date order", "decimal": "Decimal mark"}
_VALUES = {"C": "°C", "F": "°F", "DMY": "day, month, year", "MDY": "month, day, year", "YMD": "year, month, day"}
_SIGNATURES = {
    "none": "the file carries none",
    "unchecked": "carried, but its key cannot be read",
    "valid": "valid: unaltered since the logger wrote it",
    "invalid": "INVALID: the content was changed after the logger wrote it",
}
_SAID = {
    "tz": "zone", "unit": "unit", "date_order": "date order", "decimal": "decimal mark", "column": "column",
    "layout": "layout", "site_tz": "zone of this site",
}  # fmt: skip
_FOR_COMMANDS = re.compile(
    r"[,;]?(?: so| or)? (?:say which(?: column is which)?|say where the clock was set|declare it"
    r"|name (?:one|the one|one of them)) with --.*$",
    re.DOTALL,
)
"""The end of a refusal's sentence that tells the command line's user which option answers."""

_OPTIONS = {"tz": "--tz", "unit": "--unit", "date_order": "--date-order", "decimal": "--decimal", "column": "--column"}


@dataclass(frozen=True)
class Understood:
    """One thing that was understood, from what, and whether it rests on somebody's word or on custom."""

    name: str
    value: str
    source: str
    note: str
    proven: bool


@dataclass(frozen=True)
class ChannelShown:
    """A judged channel: in words, with the shape of its verdict and its chart."""

    section: Section
    css: str
    word: str
    drawn: Markup | None


@dataclass(frozen=True)
class Row:
    """An import in a list."""

    found: Import
    state: str
    css: str
    word: str
    meaning: str
    says: str
    waits: bool


def row_of(found: Import, clock: Clock) -> Row:
    """An import in one line: its state, and what it says or asks."""
    state = state_of(found)
    css, word, meaning = STATES[state]
    return Row(found, state, css, word, meaning, _says(found, clock), bool(found.open_filings))


def _says(found: Import, clock: Clock) -> str:
    if found.last.outcome != "read":
        return said_here(found.last.message)
    readings = found.last.found["readings"]
    if not found.last.found["channels"]:
        return f"{found.last.found['days'] or 'several'} summaries of the device's own, no readings"
    if not readings["accepted"]:
        return "no reading could be used"
    count = f"{readings['accepted']} reading{'' if readings['accepted'] == 1 else 's'}"
    return f"{count}, {_moment(readings['first'], clock)} to {_moment(readings['last'], clock)}"


def _moment(text: str, clock: Clock) -> str:
    from coldchain.domain.instant import instant_ms

    return clock.short(instant_ms(text, clock.zone))


def said_here(message: str) -> str:
    """A refusal's sentence without what only a command line can do; a page has the answers below it."""
    return _FOR_COMMANDS.sub("", message)


def understood(attempt: Attempt) -> list[Understood]:
    """Zone, unit, date order and decimal mark, with what each rests on."""
    found: Mapping[str, Any] = attempt.found.get("evidence", {})
    return [
        Understood(
            name, _VALUES.get(known["value"], known["value"]), _FROM.get(known["from"], known["from"]),
            known.get("note", ""), known["from"] in ("header", "column"),
        )
        for key, name in _EVIDENCE.items()
        if (known := found.get(key)) is not None and known["value"] is not None
    ]  # fmt: skip


def signature_words(attempt: Attempt) -> str:
    """What the file's own signature says; empty where nothing was understood of the file."""
    return _SIGNATURES.get(attempt.found.get("signature", ""), "")


def declared_words(attempt: Attempt) -> str:
    """What people declared when it was read so: ``date order DMY, zone of this site Europe/Berlin``."""
    said = [f"{_SAID[name]} {value}" for name, value in attempt.declared.items() if name in _SAID]
    return ", ".join(said) or "nothing"


def question(attempt: Attempt) -> Question | None:
    """What has to be answered before the file can be read."""
    return question_of(attempt.code, attempt.options, attempt.message) if attempt.outcome == "asked" else None


def shown(results: Sequence[Result]) -> list[ChannelShown]:
    """The judged channels, the worst first."""
    found = []
    for result in results:
        if isinstance(result, Audited):
            words = section(result)
            drawn = None if words.chart is None else Markup(chart.draw(words.chart))  # noqa: S704 reporting.svg escapes
            found.append(ChannelShown(words, VERDICT_CSS[result.verdict], str(result.verdict).capitalize(), drawn))
    order = (Verdict.VIOLATED, Verdict.UNDETERMINED, Verdict.COMPLIANT)
    return sorted(found, key=lambda one: order.index(one.section.verdict))


def report_of(found: Import, content: bytes, filing: Filing) -> Report:
    """The report of a filed verdict: the very bytes judged again by the frozen product file."""
    results = [one for one in judged_again(found, content, filing) if isinstance(one, Audited)]
    return report(results, [], command=command_of(found, filing), program=f"coldchain {__version__}")


def report_file(made: Report, kind: str) -> tuple[bytes, str]:
    """A report as the bytes of ``pdf`` or ``html``, and its media type."""
    if kind == "pdf":
        return report_pdf(made), "application/pdf"
    return report_html(made).encode(), "text/html; charset=utf-8"


def command_of(found: Import, filing: Filing) -> str:
    """The command that gives the same verdict from the downloaded file."""
    attempt = next(one for one in found.attempts if one.id == filing.attempt_id)
    words = ["coldchain", "audit", found.file.name, "--product", filing.product_id, "--stage", filing.stage]
    said = dict(attempt.declared)
    if (
        attempt.found["evidence"].get("time_zone", {}).get("from") == "declared"
    ):  # elsewhere the site's zone said nothing
        said.setdefault("tz", said.get("site_tz", ""))
    for name, option in _OPTIONS.items():
        if said.get(name):
            words += [option, said[name]]
    if attempt.found.get("format", "").startswith("layout:"):
        words += ["--layout", f"{attempt.found['format'].partition(':')[2]}.yaml"]
    for option, at_ms in (("--from", filing.from_ms), ("--to", filing.to_ms)):
        if at_ms is not None:
            words += [option, str(instant(at_ms))]
    if filing.max_gap_ms is not None:
        words += ["--max-gap", f"{filing.max_gap_ms / 1000:g} s"]
    if filing.uncertainty_milli_c:
        words += ["--uncertainty", f"{filing.uncertainty_milli_c / 1000:g}"]
    if attempt.accepted_because:
        words.append("--accept-bad-signature")
    return shlex.join(words)
