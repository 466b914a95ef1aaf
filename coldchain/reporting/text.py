"""A report on a terminal: verdict first, then the excursions, then what the verdict rests on."""

import textwrap
from collections.abc import Iterable, Sequence

from coldchain.domain.verdict import Verdict
from coldchain.reporting.report import INTERVALS, EpisodeLine, LimitLine, NotJudged, Refusal, Report, Section, cut
from coldchain.reporting.rests import Fact
from coldchain.reporting.words import together

WIDTH = 100

SHOWN = 30
"""So many excursions, gaps or rows are listed on a terminal; the JSON output holds them all."""

SHAPES: dict[Verdict | NotJudged, str] = {
    Verdict.VIOLATED: "◆", Verdict.UNDETERMINED: "◇", Verdict.COMPLIANT: "●", Verdict.KEPT: "●", NotJudged.READ: "○",
}  # fmt: skip
"""Every verdict has a word, a shape and a colour, always the same; and so has what was only read."""

_COLOURS: dict[Verdict | NotJudged, str] = {
    Verdict.VIOLATED: "31", Verdict.UNDETERMINED: "33", Verdict.COMPLIANT: "32", Verdict.KEPT: "32",
    NotJudged.READ: "39",
}  # fmt: skip


def section_text(section: Section, *, colour: bool = False) -> str:
    """One judged channel."""
    heading = _coloured(f"{SHAPES[section.verdict]} {section.verdict.upper()}", section.verdict, colour)
    blocks = [
        [f"{heading}  {section.name}"],
        _wrapped(f"{section.headline[0].upper()}{section.headline[1:]}.", "  "),
        _wrapped(section.whose, "  "),
        _wrapped(section.span, "  "),
        _wrapped(section.rests_on, "  "),
        *(_wrapped(f"! {note}", "  ", "    ") for note in section.notes),
    ]
    blocks.append(_block("Excursions", _episodes(section.excursions)))
    blocks.append(_block(settle_title(section), _bullets(section.open_questions)))
    blocks.append(_block("Limits", (line for one in section.limits for line in _limit(one))))
    blocks.append(_block("Within what is allowed", _episodes(section.tolerated)))
    rests = [*section.measured, *gap_facts(section, SHOWN), *section.evidence]
    rests += [*section.yardstick, *section.product, *section.source]
    blocks.append(_block(rests_title(section), _facts(rests)))
    blocks.append(_block("Statistics", _facts(section.statistics)))
    blocks.append(_block("What the device itself found", _bullets(section.device_says)))
    blocks.append(_block(INTERVALS, _bullets(section.intervals)))
    blocks.append(_block("In quarantine", _bullets(section.quarantine)))
    return "\n".join(line for block in blocks for line in block) + "\n"


def report_text(report: Report) -> str:
    """A whole report: what leads it and what was decided, then each channel."""
    blocks = [section_text(report.lead)] if report.lead else []
    told = [line for part in report.parts for line in _block(part.title, _bullets(part.lines))]
    blocks += ["\n".join(told[1:]) + "\n"] if told else []
    blocks += [section_text(one) for one in report.worst_first]
    blocks += [refusal_text(one) for one in report.refusals]
    return "\n".join(blocks)


def refusal_text(refusal: Refusal, *, colour: bool = False) -> str:
    """A file that could not be judged."""
    word = "\x1b[1m✘ NOT JUDGED\x1b[0m" if colour else "✘ NOT JUDGED"
    lines = [f"{word}  {refusal.name}", *_wrapped(f"{refusal.message} ({refusal.code})", "  ")]
    if refusal.options:
        lines += _wrapped(f"Try {' or '.join(refusal.options)}", "  ")
    return "\n".join(lines) + "\n"


def settle_title(section: Section) -> str:
    """What heads the open questions: they decide the verdict, or only limits that it does not hang on."""
    return "What would settle it" if section.verdict is Verdict.UNDETERMINED else "What would settle the other limits"


def rests_title(section: Section) -> str:
    """What heads the evidence."""
    return "What was understood, and why" if section.verdict is NotJudged.READ else "What the verdict rests on"


def gap_facts(section: Section, most: int) -> list[Fact]:
    """Every gap on a line of its own."""
    gaps, rest = cut(section.gaps, most)
    return [Fact("Gap", gap) for gap in gaps] + ([Fact("Gaps", rest)] if rest else [])


def _episodes(episodes: Sequence[EpisodeLine]) -> list[str]:
    shown, rest = cut(episodes, SHOWN)
    return [line for one in shown for line in _episode(one)] + ([rest] if rest else [])


def _episode(episode: EpisodeLine) -> list[str]:
    shape = {True: "◆ ", False: "◇ ", None: ""}[episode.certain]
    certainty = {True: ", certain", False: ", possible", None: ""}[episode.certain]
    return [
        f"{shape}{episode.limit}: {episode.durations}",
        f"  {episode.start} to {episode.end}{f'; {episode.worst}' if episode.worst else ''}{certainty}",
    ]


def _limit(limit: LimitLine) -> list[str]:
    policy = " (the site's own policy)" if limit.site_policy else ""
    said = f"{SHAPES[limit.verdict]} {limit.limit}, {limit.allowance}{policy}: {limit.verdict}; {limit.durations}"
    return _wrapped(said, "", "  ")


def _facts(facts: Sequence[Fact]) -> Iterable[str]:
    wide = max((len(fact.name) for fact in facts), default=0)
    for fact in facts:
        mark = "! " if fact.warns else ""
        first, *rest = _wrapped(mark + fact.said, "", "", WIDTH - wide - 6) or [""]
        yield f"{fact.name:<{wide}}  {first}"
        yield from (f"{'':<{wide}}  {line}" for line in rest)


def _bullets(lines: Sequence[str]) -> Iterable[str]:
    shown, rest = cut(lines, SHOWN)
    for line in shown:
        yield from _wrapped(f"– {line}", "", "  ")
    if rest:
        yield rest


def _block(title: str, lines: Iterable[str]) -> list[str]:
    written = [f"    {line}" for line in lines]
    return ["", f"  {title}", *written] if written else []


def _wrapped(said: str, indent: str, later: str | None = None, width: int = WIDTH - 4) -> list[str]:
    lines = textwrap.wrap(
        together(said), width, initial_indent=indent, subsequent_indent=indent if later is None else later,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return [line.replace("\u00a0", " ") for line in lines]


def _coloured(said: str, verdict: Verdict | NotJudged, colour: bool) -> str:
    return f"\x1b[1;{_COLOURS[verdict]}m{said}\x1b[0m" if colour else said
