"""A summary of an audit as one HTML page: nothing loaded from anywhere, sorted worst first, sortable by keyboard."""

import base64
import hashlib
from html import escape
from importlib import resources
from urllib.parse import quote

from coldchain.domain.temperature import format_c
from coldchain.reporting.summary import SHAPES, Row, Summary
from coldchain.reporting.words import at_least, at_most, plural, together

_HEADS = (
    ("Verdict", ""), ("File", ""), ("Why", ""), ("What to do", ""), ("Copies and overlaps", ""), ("At least", "number"),
    ("At most", "number"), ("Lowest °C", "number"), ("Highest °C", "number"), ("First (UTC)", ""), ("Last (UTC)", ""),
    ("Readings", "number"), ("Logger", ""),
)  # fmt: skip
"""What stands above each column, and which columns are numbers."""


def summary_html(made: Summary) -> str:
    """The whole document; the same summary always gives the same text."""
    style, script = _resource("summary.css"), _resource("summary.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'; "
        "form-action 'none'"
    )
    files = len({(row.file, row.sha256) for row in made.rows})
    body = "".join(
        (
            f"<header><p class=kind>Summary of an audit</p><p>{_said(made.program)}</p></header>",
            f"<h1>{plural(files, 'file')}</h1>",
            _counts(made),
            _asked(made),
            _contradictions(made),
            _table(made),
            f"<h2>To find the same again</h2><pre>{escape(made.command)}</pre>",
        )
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Summary of an audit of {plural(files, 'file')}</title><style>{style}</style></head>"
        f"<body>{body}<script>{script}</script></body></html>\n"
    )


def _counts(made: Summary) -> str:
    items = "".join(
        f'<li class="verdict {verdict.replace(" ", "-")}"><span aria-hidden=true>{SHAPES[verdict]}</span> '
        f"{count} {verdict}</li>"
        for verdict, count in made.counts.items()
    )
    return f"<ul class=counts>{items}</ul>"


def _asked(made: Summary) -> str:
    if not made.asked:
        return ""
    items = "".join(
        f"<li><b>{plural(each.files, 'file')}</b>: {_said(each.says)}. {_said(each.answer)} "
        f"<small>({_said(each.code)}; such as {_said(each.example)})</small></li>"
        for each in made.asked
    )
    return f"<section><h2>What to do for those not judged</h2><ul>{items}</ul></section>"


def _contradictions(made: Summary) -> str:
    if not made.contradictions:
        return ""
    items = "".join(f"<li>{_said(row.file)}: {_said(row.related)}</li>" for row in made.contradictions)
    return (
        "<section><h2>Exports that contradict each other</h2><p>Each file was judged for itself. Read the logger out "
        f"again, and keep all files.</p><ul>{items}</ul></section>"
    )


def _table(made: Summary) -> str:
    heads = "".join(f'<th scope=col class="{kind}"><button type="button">{head}</button></th>' for head, kind in _HEADS)
    rows = "".join(_row(place, row) for place, row in enumerate(made.rows))
    return (
        "<h2>All files, worst first</h2><label hidden>Show only rows with <input id=find type=search></label>"
        "<p id=sorted role=status></p>"
        '<div class=wide tabindex=0 role=region aria-label="All files">'
        f"<table class=sortable><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(place: int, row: Row) -> str:
    verdict = (
        f'<td data-sort="{place}"><span class="verdict {row.verdict.replace(" ", "-")}">'
        f"<span aria-hidden=true>{SHAPES[row.verdict]}</span> {row.verdict}</span></td>"
    )
    name = _said(row.file)
    linked = f'<a href="{escape(quote(row.kept_as))}">{name}</a>' if row.kept_as else name
    channel = f"<br><small>{_said(row.channel)}</small>" if row.channel else ""
    return "".join(
        (
            f"<tr>{verdict}<td class=name>{linked}{channel}</td>",
            *(f"<td class=words>{_said(words)}</td>" for words in (row.why, row.do, row.related)),
            _number(row.at_least_s, "" if row.at_least_s is None else at_least(round(row.at_least_s * 1000))),
            _number(row.at_most_s, "" if row.at_most_s is None else at_most(round(row.at_most_s * 1000))),
            _number(row.min_c, _celsius(row.min_c)),
            _number(row.max_c, _celsius(row.max_c)),
            _time(row.first),
            _time(row.last),
            _number(row.readings, "" if row.readings is None else str(row.readings)),
            f"<td>{_said(row.serial)}</td></tr>",
        )
    )


def _celsius(value: float | None) -> str:
    return "" if value is None else format_c(round(value * 1000)).removesuffix(" °C")


def _number(value: float | None, said: str) -> str:
    return f'<td class=number data-sort="{"" if value is None else value}">{_said(said)}</td>'


def _time(instant: str) -> str:
    said = f"{instant[:10]} {instant[11:16]}" if instant else ""
    return f'<td class=time data-sort="{escape(instant)}">{said}</td>'


def _said(words: str) -> str:
    return escape(together(words))


def _resource(name: str) -> str:
    return resources.files("coldchain.reporting").joinpath(name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"
