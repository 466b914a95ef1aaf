"""What a report says, as a value; text, HTML and PDF are three settings of it.

`content` makes it from what was judged. Every part is a sentence, in the order in which it is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from coldchain.domain.bounds import Bounds
from coldchain.domain.verdict import Verdict
from coldchain.reporting.rests import Fact
from coldchain.reporting.words import plural

if TYPE_CHECKING:
    from coldchain.reporting.chart import Chart

_T = TypeVar("_T")

SHOWN = 400
"""So many excursions, gaps or rows are listed in a report; the JSON output holds them all."""


class NotJudged(StrEnum):
    """What stands in a verdict's place where a file was only read."""

    READ = "read"


INTERVALS = "Lowest and highest values, as the device states them"


@dataclass(frozen=True)
class EpisodeLine:
    """One episode of a limit.

    Attributes:
        certain: For excursions; ``None`` for a tolerated episode.
        start, end: Its first bad reading and the first good one after it.
        worst: ``highest 9.4 °C``; empty where that says nothing.
    """

    limit: str
    certain: bool | None
    start: str
    end: str
    bounds: Bounds
    durations: str
    worst: str


@dataclass(frozen=True)
class LimitLine:
    """One limit and what became of it."""

    limit: str
    allowance: str
    site_policy: bool
    verdict: Verdict
    durations: str


@dataclass(frozen=True)
class Section:
    """One temperature channel of one file.

    Attributes:
        name: The file, and the channel where it has several.
        verdict: `NotJudged.READ` where the file was only read.
        headline: One sentence after the verdict's word.
        rests_on: The verdict's ground in one sentence.
        open_questions: What would settle an undetermined verdict, one sentence each.
        until_ms: The last instant it speaks of, UTC ms; ``None`` without any reading.
        intervals: What was measured in each interval of which only the extremes are known, oldest first.
        warning: What must stand on every page of a report: that the file is not as its logger wrote it.
    """

    name: str
    product_name: str
    stage: str
    verdict: Verdict | NotJudged
    headline: str
    span: str
    rests_on: str
    zone_name: str
    chart: "Chart | None"
    excursions: tuple[EpisodeLine, ...]
    tolerated: tuple[EpisodeLine, ...]
    limits: tuple[LimitLine, ...]
    gaps: tuple[str, ...]
    open_questions: tuple[str, ...]
    statistics: tuple[Fact, ...]
    measured: tuple[Fact, ...]
    evidence: tuple[Fact, ...]
    yardstick: tuple[Fact, ...]
    product: tuple[Fact, ...]
    source: tuple[Fact, ...]
    quarantine: tuple[str, ...]
    device_says: tuple[str, ...]
    notes: tuple[str, ...]
    until_ms: int | None
    intervals: tuple[str, ...] = ()
    warning: str = ""

    @property
    def whose(self) -> str:
        """Whose rules judged: the product, and the stage where one is meant."""
        return f"{self.product_name}, stage {self.stage}" if self.stage else self.product_name


@dataclass(frozen=True)
class Refusal:
    """A file that was not judged."""

    name: str
    sha256: str | None
    code: str
    message: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """What else a report from the record holds, such as signed decisions: a title, and a sentence each."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """A whole report.

    Attributes:
        lead: What all the others are about, such as an item over its whole way; it stands first.
        parts: What else there is to say, after the channels.
        subject: What the report is about, where its sections do not say it.
        judged: Whether there are verdicts in it; a report of what was read has none.
        command: What to run to get the same findings again, as the person gave it.
        program: Name and version of this program.
    """

    sections: tuple[Section, ...]
    refusals: tuple[Refusal, ...]
    command: str
    program: str
    lead: Section | None = None
    parts: tuple[Part, ...] = ()
    subject: str = ""
    judged: bool = True

    @property
    def worst_first(self) -> tuple[Section, ...]:
        """Violated, then undetermined, then compliant; within each in the order of the files."""
        return worst_first(self.sections)

    @property
    def in_order(self) -> tuple["Section | Refusal", ...]:
        """Violated, then not judged, then undetermined, then compliant: a file nobody judged may hide anything."""
        ranked = self.worst_first
        first = tuple(section for section in ranked if section.verdict is Verdict.VIOLATED)
        return (*first, *self.refusals, *ranked[len(first) :])

    @property
    def refused_word(self) -> str:
        """What is said of a file that was refused."""
        return "not judged" if self.judged else "not read"

    @property
    def names(self) -> list[str]:
        """What the report is about, without folders, for its title."""
        if self.subject:
            return [self.subject]
        named = [section.name for section in self.sections] + [refusal.name for refusal in self.refusals]
        return [name.rsplit("/", 1)[-1] for name in named]

    @property
    def warning(self) -> str:
        """What stands on every page, because a file with an invalid signature was judged; empty where none was."""
        return next((section.warning for section in self.sections if section.warning), "")

    @property
    def until_ms(self) -> int:
        """The last instant the report speaks of, UTC ms: its date, so that the same input gives the same bytes."""
        return max((section.until_ms for section in self.sections if section.until_ms is not None), default=0)


def worst_first(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Violated, then undetermined, then compliant; within each in the order given."""
    order = (Verdict.VIOLATED, Verdict.UNDETERMINED, Verdict.COMPLIANT, NotJudged.READ)
    return tuple(sorted(sections, key=lambda section: order.index(section.verdict)))


def cut(lines: Sequence[_T], most: int) -> tuple[Sequence[_T], str]:
    """The first so many of a list, and a sentence on the rest; empty where that is all."""
    if len(lines) <= most:
        return lines, ""
    return lines[:most], f"and {plural(len(lines) - most, 'more', 'more')}, all in `coldchain audit --format json`"
