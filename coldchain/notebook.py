"""What `coldchain.read`, `coldchain.audit` and `coldchain.product` give: shown as HTML, and as pandas tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from coldchain.auditing.asked import judged_by, period_of
from coldchain.auditing.audited import Audited, Period, Refused, Result
from coldchain.auditing.contract import as_json
from coldchain.auditing.many import audit_many
from coldchain.domain.product import Product
from coldchain.domain.verdict import Verdict, item_verdict
from coldchain.errors import UsageError
from coldchain.loggers import Declared, LoggerFile
from coldchain.loggers import read as read_content
from coldchain.loggers.contract import settled_channels
from coldchain.loggers.files import find_files

period = period_of

_FONT = "system-ui, sans-serif"

MANY, MOST_ROWS = 10, 200
"""More results than these are shown as a table instead of reports, and so many lines of it."""


@dataclass(frozen=True)
class Plot:
    """Charts, one below the other, on white in a light notebook and in a dark one."""

    charts: tuple[tuple[str, str], ...]
    """Each one's caption and its SVG."""

    def _repr_html_(self) -> str:
        shown = "".join(
            f"<figure style='margin:0 0 16px'><figcaption style='font:600 14px system-ui,sans-serif'>{escape(said)}"
            f"</figcaption>{svg}</figure>"
            for said, svg in self.charts
        )
        paper = "background:#fff;color:#16202b;color-scheme:light;padding:12px;max-width:760px"
        return f"<div style='{paper}'>{shown or 'There is no reading to draw.'}</div>"

    def save(self, path: str | Path) -> None:
        """Write the charts as one HTML file, or the only one as SVG where the file is called so.

        Raises:
            UsageError: An SVG was asked of several charts.
        """
        place = Path(path)
        if place.suffix.lower() != ".svg":
            place.write_text(f"<!doctype html><meta charset=utf-8>{self._repr_html_()}", encoding="utf-8")
        elif len(self.charts) == 1:
            place.write_text(self.charts[0][1], encoding="utf-8")
        else:
            raise UsageError(f"an SVG holds one chart and there are {len(self.charts)}; name an .html file")


@dataclass(frozen=True, repr=False)
class Files(Sequence[LoggerFile]):
    """Logger files as an importer understood them; a sequence of `LoggerFile`."""

    files: tuple[LoggerFile, ...]

    def __repr__(self) -> str:
        """A line a file: its name, format and how many readings each channel holds."""
        lines = [
            f"{file.name} ({file.format}): "
            + (", ".join(f"{one.name} {len(one.at_ms)} readings" for one in file.channels) or "no readings")
            for file in self.files
        ]
        return "\n".join(lines) or "no files"

    def __getitem__(self, index: Any) -> Any:
        return self.files[index]

    def __len__(self) -> int:
        return len(self.files)

    def to_pandas(self) -> Any:
        """A DataFrame with a row a reading: ``file, channel, measured_at`` (UTC), ``temperature_c``."""
        import numpy as np
        import pandas as pd

        channels = [(file.name, channel) for file in self.files for channel in file.channels]
        tables = [
            pd.DataFrame(
                {
                    "file": name,
                    "channel": channel.name,
                    "measured_at": pd.DatetimeIndex(channel.at_ms.astype("datetime64[ms]"), tz="UTC"),
                    "temperature_c": channel.milli_c / 1000,
                }
            )
            for name, channel in channels
        ]
        if not tables:
            nothing = np.array([], dtype="datetime64[ms]")
            return pd.DataFrame({"file": [], "channel": [], "measured_at": nothing, "temperature_c": []})
        return pd.concat(tables, ignore_index=True)

    def plot(self) -> Plot:
        """A chart of each channel: what was read, nothing judged; an hour without a reading is not bridged."""
        from coldchain.reporting.chart import draw
        from coldchain.reporting.picture import chart_of_readings

        shown = [
            (f"{file.name} · {one.channel.name}", chart_of_readings(one.settled.trace, file.evidence, file.name))
            for file in self.files
            for one in settled_channels(file)
        ]
        return Plot(tuple((name, draw(chart, _FONT)) for name, chart in shown if chart is not None))

    def _repr_html_(self) -> str:
        rows = "".join(_file_row(file) for file in self.files)
        heads = ("File", "Format", "Channel", "Readings", "In quarantine", "Evidence")
        head = "".join(f"<th>{name}</th>" for name in heads)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


@dataclass(frozen=True, repr=False)
class Audits(Sequence[Result]):
    """The results of an audit in the order of the files; a sequence of `Audited` and `Refused`."""

    results: tuple[Result, ...]

    def __repr__(self) -> str:
        """A line a channel: its verdict; a file that could not be judged with its reason."""
        lines = [
            f"{one.file.name} · {one.channel}: {one.verdict.value}"
            if isinstance(one, Audited)
            else f"{one.file.name}: not judged: {one.message}"
            for one in self.results
        ]
        return "\n".join(lines) or "no files"

    def __getitem__(self, index: Any) -> Any:
        return self.results[index]

    def __len__(self) -> int:
        return len(self.results)

    @property
    def judged(self) -> tuple[Audited, ...]:
        """The channels that could be judged."""
        return tuple(result for result in self.results if isinstance(result, Audited))

    @property
    def refused(self) -> tuple[Refused, ...]:
        """The files that could not."""
        return tuple(result for result in self.results if isinstance(result, Refused))

    @property
    def verdict(self) -> Verdict:
        """The worst of all; undetermined where a file could not be judged and no other was violated."""
        verdicts = [audited.verdict for audited in self.judged]
        return item_verdict([*verdicts, Verdict.UNDETERMINED] if self.refused or not verdicts else verdicts)

    def to_json(self) -> list[dict[str, Any]]:
        """The objects that ``coldchain audit --format json`` prints."""
        return [as_json(result) for result in self.results]

    def to_pandas(self) -> Any:
        """A DataFrame with a row a limit, as ``coldchain audit --format csv`` prints it."""
        import io

        import pandas as pd

        from coldchain.auditing.table import header, rows

        return pd.read_csv(io.StringIO(header() + "".join(rows(result) for result in self.results)))

    def plot(self) -> Plot:
        """A chart of each judged channel with its limits, excursions and gaps."""
        from coldchain.reporting.chart import draw
        from coldchain.reporting.content import section

        sections = [section(audited) for audited in self.judged]
        return Plot(tuple((one.name, draw(one.chart, _FONT)) for one in sections if one.chart is not None))

    def _repr_html_(self) -> str:
        from coldchain.reporting.content import section
        from coldchain.reporting.html import fragment_html

        if len(self.results) > MANY:
            return self._table()
        shown = [fragment_html(section(audited)) for audited in self.judged]
        refused = [
            f"<p>✘ <b>{escape(one.file.name)}</b> was not judged: {escape(one.message)}</p>" for one in self.refused
        ]
        return "".join((*refused, *shown))

    def _table(self) -> str:
        """Many results on a line each, worst first."""
        from coldchain.auditing.related import Related
        from coldchain.reporting.summary import SHAPES, counted, row, summary

        unrelated = Related().as_json()
        made = summary([row(as_json(result), unrelated) for result in self.results], program="", command="")
        rows = "".join(
            f"<tr><td>{SHAPES[one.verdict]} {one.verdict}</td><td>{escape(one.file)} {escape(one.channel)}</td>"
            f"<td>{escape(one.why)}</td><td>{escape(one.do)}</td></tr>"
            for one in made.rows[:MOST_ROWS]
        )
        left = len(made.rows) - MOST_ROWS
        more = f"<p>and {left} more: <code>.to_pandas()</code> holds them all</p>" if left > 0 else ""
        heads = "".join(f"<th>{name}</th>" for name in ("Verdict", "File", "Why", "What to do"))
        table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        return f"<p>{counted(made)}</p>{table}{more}"


@dataclass(frozen=True)
class ShownProduct:
    """A product, shown in words."""

    product: Product

    def __str__(self) -> str:
        from coldchain.rulebook.words import product_in_words

        return product_in_words(self.product)

    def to_pandas(self) -> Any:
        """A DataFrame with a row a limit of a stage."""
        import pandas as pd

        from coldchain.reporting.words import allowance_words, limit_words

        return pd.DataFrame(
            [
                {"stage": stage.name, "id": one.id, "limit": limit_words(one), "allowed": allowance_words(one)}
                for stage in self.product.stages.values()
                for one in stage.limits
            ],
            columns=["stage", "id", "limit", "allowed"],
        )

    def _repr_html_(self) -> str:
        return f"<pre style='white-space:pre-wrap'>{escape(str(self))}</pre>"


def read_files(paths: list[str], declared: Declared) -> Files:
    """Every file behind the paths, read.

    Raises:
        FileRefused: The first one that cannot be.
        UsageError: There is no file behind the paths.
    """
    read: list[LoggerFile] = []
    for found in find_files(paths):
        if found.refused is not None:
            raise found.refused
        read.append(read_content(found.name, found.content, declared))
    if not read:
        raise UsageError(f"there is no file in {', '.join(paths)}")
    return Files(tuple(read))


def audit_files(
    paths: list[str], product_id: str, stage: str | None, folders: list[Path], declared: Declared, counted: Period,
    jobs: int,
) -> Audits:  # fmt: skip
    """Every file behind the paths, judged.

    Raises:
        UnknownProduct: No product has this id.
        UsageError: There is no such stage, or no file behind the paths.
    """
    product, judged_stage = judged_by(product_id, stage, folders)
    results = _flat(audit_many(find_files(paths), product, judged_stage, declared, counted, jobs))
    if not results:
        raise UsageError(f"there is no file in {', '.join(paths)}")
    return Audits(results)


def show_product(product_id: str, folders: list[Path]) -> ShownProduct:
    """The product of an id.

    Raises:
        UnknownProduct: No product has it.
    """
    from coldchain.rulebook.book import load_rulebook

    return ShownProduct(load_rulebook(*folders).product(product_id))


def _flat(results: Iterator[tuple[Result, ...]]) -> tuple[Result, ...]:
    return tuple(result for of_file in results for result in of_file)


def _file_row(file: LoggerFile) -> str:
    found = [
        f"{name.replace('_', ' ')}: {one.value} ({one.source})" for name, one in file.evidence.items() if one.value
    ]
    evidence = "<br>".join(escape(said) for said in found)
    return "".join(
        f"<tr><td>{escape(file.name)}</td><td>{escape(file.format)}</td><td>{escape(channel.name)}</td>"
        f"<td>{len(channel.at_ms)}</td><td>{len(channel.quarantined)}</td><td>{evidence}</td></tr>"
        for channel in file.channels
    )
