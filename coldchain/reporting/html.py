"""A report as one HTML file: no script, nothing loaded from anywhere, made to be read and to be printed."""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from html import escape
from importlib import resources

from coldchain.reporting import bar, chart
from coldchain.reporting.report import INTERVALS, SHOWN, EpisodeLine, LimitLine, Refusal, Report, Section, cut
from coldchain.reporting.rests import Fact
from coldchain.reporting.text import SHAPES, gap_facts, rests_title, settle_title
from coldchain.reporting.words import about, at_least, at_most, together

FONT = "system-ui, sans-serif"


def report_html(report: Report) -> str:
    """The whole document; the same report always gives the same text."""
    style = resources.files("coldchain.reporting").joinpath("report.css").read_text(encoding="utf-8")
    many = len(report.sections) + len(report.refusals) > 1
    body = [
        f"<header><p class=kind>Temperature report</p><p>{_said(report.program)}</p></header>",
        f"<p class=warns role=alert>{_said(report.warning)}</p>" if report.warning else "",
        section_html(report.lead) if report.lead else "",
        _summary(report) if many else "",
        *(f"<section>{_list(part.title, part.lines)}</section>" for part in report.parts),
        *(section_html(section) for section in report.worst_first),
        *(_refusal(refusal, report.refused_word) for refusal in report.refusals),
        _closing(report.command),
    ]
    return _document(_title(report), style, "".join(body), "signature-invalid" if report.warning else "")


def fragment_html(section: Section) -> str:
    """One judged channel with its own style, for a page or a notebook that shows others too."""
    style = resources.files("coldchain.reporting").joinpath("report.css").read_text(encoding="utf-8")
    return f'<div class="coldchain-report"><style>{style}</style>{section_html(section)}</div>'


def section_html(section: Section) -> str:
    """One judged channel."""
    parts = [
        f'<p class="verdict {section.verdict}"><span aria-hidden=true>{SHAPES[section.verdict]}</span> '
        f"{_said(section.verdict.capitalize())}</p>",
        f"<h2>{_said(section.name)}</h2>",
        f"<p class=headline>{_said(section.headline[0].upper() + section.headline[1:])}.</p>",
        f"<p>{'<br>'.join(_said(line) for line in (section.whose, section.span, section.rests_on) if line)}</p>",
        *(f"<p class=warns>{_said(note)}</p>" for note in section.notes),
    ]
    if section.chart is not None:
        parts.append(f"<figure>{chart.draw(section.chart, FONT)}</figure>")
    parts.append(_episodes("Excursions", section.excursions))
    parts.append(_list(settle_title(section), section.open_questions))
    parts.append(_limits(section.limits) if section.limits else "")
    parts.append(_episodes("Within what is allowed", section.tolerated))
    ground = [*section.measured, *gap_facts(section, SHOWN), *section.evidence, *section.yardstick]
    parts.append(f"<h3>{rests_title(section)}</h3>{_facts(ground)}" if ground else "")
    parts.append(_facts([*section.product, *section.source]))
    if section.statistics:
        parts.append(f"<h3>Statistics</h3>{_facts(section.statistics)}")
    parts.append(_list("What the device itself found", section.device_says))
    parts.append(_list(INTERVALS, section.intervals))
    parts.append(_list("In quarantine", section.quarantine))
    return f"<article>{''.join(parts)}</article>"


def _said(words: str) -> str:
    return escape(together(words))


def _document(title: str, style: str, body: str, kind: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head>"
        f'<body class="{" ".join(("coldchain-report", kind)).strip()}">{body}</body></html>\n'
    )


def _title(report: Report) -> str:
    names = report.names
    return f"Temperature report: {names[0]}" + (f" and {len(names) - 1} more" if len(names) > 1 else "")


def _summary(report: Report) -> str:
    rows = [_summary_row(one, report.refused_word) for one in report.in_order]
    heads = ("Verdict", "What", "Why") if report.judged else ("", "What", "What it says")
    return f"<section><h2>Summary</h2>{_table(heads, rows)}</section>"


def _summary_row(one: Section | Refusal, refused: str) -> tuple[str, str, str]:
    if isinstance(one, Refusal):
        return f"<b>✘ {refused}</b>", _said(one.name), _said(one.message)
    verdict = f'<span class="verdict {one.verdict}">{SHAPES[one.verdict]} {one.verdict}</span>'
    return verdict, _said(one.name), _said(one.headline)


def _episodes(title: str, episodes: Sequence[EpisodeLine]) -> str:
    if not episodes:
        return ""
    shown, rest = cut(episodes, SHOWN)
    longest = max(episode.bounds.at_most_ms for episode in episodes)
    heads = ("Limit", "From, to", "At least", "Estimate", "At most", "", "Worst")
    rows = [
        (
            f"{_certainty(episode.certain)}{_said(episode.limit)}",
            f"{_said(episode.start)}<br>{_said(episode.end)}",
            _said(at_least(episode.bounds.at_least_ms)),
            _said(about(episode.bounds.estimate_ms)),
            _said(at_most(episode.bounds.at_most_ms)),
            bar.draw(episode.bounds, longest, font=FONT),
            _said(episode.worst),
        )
        for episode in shown
    ]
    more = f"<p>{_said(rest)}</p>" if rest else ""
    return f"<h3>{title}</h3>{_table(heads, rows, 'episodes')}{more}"


def _certainty(certain: bool | None) -> str:
    if certain is None:
        return ""
    word, shape = ("certain", "◆") if certain else ("possible", "◇")
    return f'<span class="{word}">{shape} {word}</span><br>'


def _limits(limits: Sequence[LimitLine]) -> str:
    rows = [
        (
            _said(limit.limit) + (" <small>(the site’s own policy)</small>" if limit.site_policy else ""),
            _said(limit.allowance),
            f'<span class="verdict {limit.verdict}">{SHAPES[limit.verdict]} {limit.verdict}</span>',
            _said(limit.durations),
        )
        for limit in limits
    ]
    return f"<h3>Limits</h3>{_table(('Limit', 'Allowed', 'Verdict', 'Time out of it'), rows)}"


def _table(heads: Iterable[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    head = "".join(f"<th scope=col>{name}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class=wide><table class="{kind}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _list(title: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    shown, rest = cut(lines, SHOWN)
    items = "".join(f"<li>{_said(line)}</li>" for line in (*shown, *([rest] if rest else [])))
    return f"<h3>{title}</h3><ul>{items}</ul>"


def _facts(facts: Sequence[Fact]) -> str:
    rows = "".join(
        f"<dt>{_said(fact.name)}</dt><dd{' class=warns' if fact.warns else ''}>{_said(fact.said)}</dd>"
        for fact in facts
    )
    return f"<dl>{rows}</dl>"


def _refusal(refusal: Refusal, word: str) -> str:
    tried = f"<p>Try {_said(' or '.join(refusal.options))}</p>" if refusal.options else ""
    return (
        f"<article><p class=verdict>✘ {word.capitalize()}</p><h2>{_said(refusal.name)}</h2>"
        f"<p class=headline>{_said(refusal.message)}</p>{tried}"
        f"{_facts([Fact('Error', refusal.code), Fact('SHA-256', refusal.sha256 or 'not known')])}</article>"
    )


def _closing(command: str) -> str:
    lines = "".join(f"<div><span></span>{name}</div>" for name in ("Name and function", "Date", "Signature"))
    return (
        f"<section class=closing><h3>To find the same again</h3><pre>{escape(command)}</pre>"
        f"<h3>Reviewed by</h3><div class=sign>{lines}</div></section>"
    )
