"""The results of an audit in a notebook."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from coldchain.auditing.audited import Audited, Refused, Result
from coldchain.auditing.contract import as_json
from coldchain.domain.verdict import Verdict, item_verdict
from coldchain.notebook.plot import FONT, Plot

MANY, MOST_ROWS = 10, 200
"""More results than these are shown as a table instead of reports, and so many lines of it."""


@dataclass(frozen=True, repr=False)
class Audits(Sequence[Result]):
    """The results of an audit in the order of the files; a sequence of `Audited` and `Refused`."""

    results: tuple[Result, ...]

    def __repr__(self) -> str:
        """A line a channel: its verdict; a file that could not be judged with its reason."""
        return "\n".join(_line(one) for one in self.results) or "no files"

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
        return Plot(tuple((one.name, draw(one.chart, FONT)) for one in sections if one.chart is not None))

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


def _line(one: Result) -> str:
    if not isinstance(one, Audited):
        return f"{one.file.name}: not judged: {one.message}"
    channel = f" · {one.channel}" if one.channel else ""  # a device that keeps no readings is judged as a whole
    return f"{one.file.name}{channel}: {one.verdict.value}"
