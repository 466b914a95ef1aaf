"""A report as PDF/A-2b, set by typst: fonts embedded, nothing fetched, the same report always the same bytes.

This is the one module that knows typst.
"""

import json
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import typst

from coldchain.errors import ColdchainError
from coldchain.reporting import bar, chart
from coldchain.reporting.glyphs import Glyphs
from coldchain.reporting.report import SHOWN, EpisodeLine, Part, Refusal, Report, Section, cut
from coldchain.reporting.text import SHAPES, gap_facts, rests_title, settle_title
from coldchain.reporting.words import about, at_least, at_most, together

FONT = "Libertinus Serif"


def report_pdf(report: Report) -> bytes:
    """The whole document. Its date is the last instant it speaks of, not the moment it is made.

    Raises:
        ColdchainError: The typesetter refuses the document.
    """
    glyphs = Glyphs()
    data = _report(report, glyphs)
    data["missing"] = glyphs.listed()
    template = resources.files("coldchain.reporting").joinpath("report.typ").read_bytes()
    return typeset(template, "report", data, report.until_ms)


def typeset(template: bytes, name: str, data: dict[str, Any], at_ms: int) -> bytes:
    """A document as PDF/A-2b: fonts embedded, nothing fetched, the same data always the same bytes.

    Args:
        template: Its layout, for typst.
        name: Under which the layout finds its data, as JSON text.
        data: Plain JSON values.
        at_ms: The document's date, UTC ms.

    Raises:
        ColdchainError: The typesetter refuses the document.
    """
    try:
        made: bytes = typst.compile(
            template,
            format="pdf",
            pdf_standards=["a-2b"],
            ignore_system_fonts=True,
            sys_inputs={name: json.dumps(data)},
            timestamp=datetime.fromtimestamp(at_ms // 1000, UTC),
        )
    except typst.TypstError as error:
        raise ColdchainError(f"the PDF could not be set ({error}); an HTML report says the same") from error
    return made


def _report(report: Report, glyphs: Glyphs) -> dict[str, Any]:
    names = report.names
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return {
        "title": _said(glyphs, f"Temperature report: {names[0]}{more}"),
        "program": _said(glyphs, report.program),
        "command": glyphs.fit_command(report.command),
        "summary_heads": ["Verdict", "What", "Why"] if report.judged else ["", "What", "What it says"],
        "many": len(report.sections) + len(report.refusals) > 1,
        "warning": _said(glyphs, report.warning),
        "refused_word": report.refused_word,
        "summary": [_summary(one, glyphs, report.refused_word) for one in report.in_order],
        "lead": None if report.lead is None else _section(report.lead, glyphs),
        "parts": [_part(part, glyphs) for part in report.parts],
        "sections": [_section(section, glyphs) for section in report.worst_first],
        "refusals": _plain(report.refusals, glyphs),
    }


def _summary(one: Section | Refusal, glyphs: Glyphs, refused: str) -> dict[str, str]:
    if isinstance(one, Refusal):
        return {"verdict": refused, "name": _said(glyphs, one.name), "why": _said(glyphs, one.message)}
    return {"verdict": str(one.verdict), "name": _said(glyphs, one.name), "why": _said(glyphs, one.headline)}


def _section(section: Section, glyphs: Glyphs) -> dict[str, Any]:
    data: dict[str, Any] = {
        each.name: _plain(getattr(section, each.name), glyphs)
        for each in fields(section)
        if each.name not in ("chart", "excursions", "tolerated", "gaps", "open_questions", "quarantine", "intervals")
    }
    for name in ("open_questions", "quarantine", "intervals"):
        shown, rest = cut(getattr(section, name), SHOWN)
        data[name] = [_said(glyphs, line) for line in (*shown, *([rest] if rest else []))]
    data["gaps"] = _plain(tuple(gap_facts(section, SHOWN)), glyphs)
    data["whose"] = _said(glyphs, section.whose)
    data["lines"] = [_said(glyphs, line) for line in (section.whose, section.span, section.rests_on) if line]
    data["rests_title"] = rests_title(section)
    data["source_title"] = "Product and source" if section.product else "Source"
    data["settle_title"] = settle_title(section)
    data["shape"] = SHAPES[section.verdict]
    data["headline"] = data["headline"][0].upper() + data["headline"][1:] + "."
    data["chart"] = None if section.chart is None else chart.draw(section.chart, FONT)
    data["chart_says"] = "" if section.chart is None else _said(glyphs, section.chart.title)
    data["excursions"] = _episodes(section.excursions, glyphs)
    data["tolerated"] = _episodes(section.tolerated, glyphs)
    data["excursions_left"] = _said(glyphs, cut(section.excursions, SHOWN)[1])
    data["tolerated_left"] = _said(glyphs, cut(section.tolerated, SHOWN)[1])
    return data


def _part(part: Part, glyphs: Glyphs) -> dict[str, Any]:
    shown, rest = cut(part.lines, SHOWN)
    lines = [_said(glyphs, line) for line in (*shown, *([rest] if rest else []))]
    return {"title": _said(glyphs, part.title), "lines": lines}


def _episodes(episodes: Sequence[EpisodeLine], glyphs: Glyphs) -> list[dict[str, Any]]:
    longest = max((episode.bounds.at_most_ms for episode in episodes), default=1)
    return [
        {
            "limit": _said(glyphs, episode.limit),
            "certain": episode.certain,
            "start": _said(glyphs, episode.start),
            "end": _said(glyphs, episode.end),
            "at_least": _said(glyphs, at_least(episode.bounds.at_least_ms)),
            "estimate": _said(glyphs, about(episode.bounds.estimate_ms)),
            "at_most": _said(glyphs, at_most(episode.bounds.at_most_ms)),
            "bar": bar.draw(episode.bounds, longest, font=FONT),
            "says": _said(glyphs, episode.durations),
            "worst": _said(glyphs, episode.worst),
        }
        for episode in episodes[:SHOWN]
    ]


def _said(glyphs: Glyphs, words: str) -> str:
    return glyphs.fit(together(words))


def _plain(value: Any, glyphs: Glyphs) -> Any:
    """Dataclasses, tuples and texts as JSON, every text in letters that the font has."""
    if isinstance(value, str):
        return _said(glyphs, value)
    if isinstance(value, tuple):
        return [_plain(each, glyphs) for each in value]
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name), glyphs) for each in fields(value)}
    return value
