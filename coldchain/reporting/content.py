"""From what was judged to what a report says, in the same words wherever it is set.

The verdict comes first, then what was out of range with its three durations, then everything the verdict rests on.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coldchain.domain.bounds import Bounds
from coldchain.domain.product import Predicate
from coldchain.domain.progress import Episode
from coldchain.domain.temperature import format_c
from coldchain.domain.verdict import Certainty, Excursion, LimitJudgement, Verdict, what_would_settle
from coldchain.loggers.logger_file import Quarantined
from coldchain.reporting import rests
from coldchain.reporting.findings import Findings, RefusalLike, WasRead
from coldchain.reporting.report import EpisodeLine, LimitLine, Refusal, Report, Section
from coldchain.reporting.words import (
    Clock,
    about,
    allowance_words,
    at_least,
    clock_of,
    limit_words,
    plural,
    printable,
    triple,
)

if TYPE_CHECKING:
    from coldchain.reporting.chart import Chart


def report(findings: Sequence[Findings], refusals: Sequence[RefusalLike], *, command: str, program: str) -> Report:
    """The report of what was judged and what could not be."""
    return Report(
        sections=tuple(section(found) for found in findings),
        refusals=tuple(refusal(refused) for refused in refusals),
        command=command,
        program=program,
    )


def refusal(refused: RefusalLike) -> Refusal:
    """A file that was not judged, in words."""
    name, message = printable(refused.file.name), printable(refused.message)
    return Refusal(name, refused.file.sha256, refused.code, message, tuple(refused.options))


def section(found: Findings, *, picture: bool = True) -> Section:
    """One judged channel in words; ``picture`` leaves the chart out where nobody will see it."""
    zone = found.evidence.get("time_zone")
    clock = clock_of(zone.value if zone else None)
    name = printable(f"{found.file.name} · {found.channel}" if found.channel else found.file.name)
    judged = found.judgement.limits
    headline = headline_of(found)
    chart = _chart(found, clock, f"{name}: {found.judgement.verdict}, {headline}") if picture else None
    return Section(
        name=name,
        product_name=found.product.name,
        stage=found.stage.name,
        verdict=found.judgement.verdict,
        headline=headline,
        span=span_of(found, clock),
        rests_on=rests.in_short(found),
        zone_name=clock.name,
        chart=chart,
        excursions=tuple(_excursions(judged, clock)),
        tolerated=tuple(_tolerated(judged, clock)),
        limits=tuple(_limit_line(limit) for limit in judged),
        gaps=tuple(
            f"{clock(gap.start_ms)} to {clock(gap.end_ms)}: {about(gap.end_ms - gap.start_ms)} without a reading"
            for gap in found.judgement.gaps
        ),
        open_questions=tuple(_open_questions(found, clock)),
        statistics=tuple(rests.statistics(found.statistics, clock)),
        measured=tuple(rests.measured(found, clock)),
        evidence=tuple(rests.evidence(found)),
        yardstick=tuple(rests.yardstick(found)),
        product=tuple(rests.product(found.product, found.stage)),
        source=tuple(rests.source(found)),
        quarantine=tuple(quarantine_lines([*found.quarantined, *found.conflicting])),
        device_says=tuple(rests.device_says(found, clock)),
        notes=tuple(printable(note) for note in found.notes),
        until_ms=_until(found),
        intervals=tuple(rests.intervals(found, clock)),
        warning=_INVALID if found.file.signature == "invalid" else "",
    )


_INVALID = "SIGNATURE INVALID: a file in this report was changed after its logger wrote it, and was judged all the same"


def _chart(found: Findings, clock: Clock, title: str) -> "Chart | None":
    from coldchain.reporting.picture import chart_of  # a terminal needs none, and waits for every import

    return chart_of(found, clock, title)


def headline_of(found: Findings) -> str:
    """The verdict in one sentence, without its word."""
    judged = found.judgement.limits
    match found.judgement.verdict:
        case Verdict.VIOLATED:
            return "; ".join(_violation(limit, found.basis) for limit in judged if limit.verdict is Verdict.VIOLATED)
        case Verdict.UNDETERMINED:
            doubtful = [limit_words(one.limit) for one in judged if one.verdict is Verdict.UNDETERMINED]
            if not doubtful or not (found.accepted or found.extremes):
                return "there is no reading to judge"
            return f"cannot be shown that it was never {' or '.join(doubtful)} beyond what is allowed"
        case _:
            within = sum(len(limit.tolerated) for limit in judged)
            if not within:
                return "every limit was kept"
            return f"every limit was kept; {plural(within, 'episode')} inside what is allowed"


def _violation(judged: LimitJudgement, basis: str) -> str:
    words = limit_words(judged.limit)
    if judged.bounds.at_least_ms:
        return f"{words} for at least {at_least(judged.bounds.at_least_ms)}"
    count = sum(excursion.episode.readings for excursion in judged.excursions)
    counted = plural(count, "reading") if basis == "readings" else plural(count, "lowest or highest value")
    return f"{words} at {counted}" if count else words


def span_of(found: WasRead, clock: Clock) -> str:
    """How many readings there are, and from when to when."""
    at_ms = found.trace.at_ms
    if not at_ms.size and found.extremes:
        first, last = clock(found.extremes[0].start_ms), clock(found.extremes[-1].end_ms)
        many = plural(len(found.extremes), "interval")
        return f"no readings; the lowest and highest value of {many}, {first} to {last} ({clock.name})"
    if not at_ms.size:
        return "no readings"
    first, last = clock(int(at_ms[0])), clock(int(at_ms[-1]))
    return f"{plural(found.accepted, 'reading')}, {first} to {last} ({clock.name})"


def _excursions(judged: Sequence[LimitJudgement], clock: Clock) -> list[EpisodeLine]:
    found: list[tuple[LimitJudgement, Excursion]] = [(limit, one) for limit in judged for one in limit.excursions]
    found.sort(key=lambda pair: (pair[1].episode.start_ms, pair[1].limit_id))
    return [_episode(limit, one.episode, clock, one.certainty is Certainty.CERTAIN) for limit, one in found]


def _tolerated(judged: Sequence[LimitJudgement], clock: Clock) -> list[EpisodeLine]:
    found = [(limit, episode) for limit in judged for episode in limit.tolerated]
    found.sort(key=lambda pair: (pair[1].start_ms, pair[0].limit.id))
    return [_episode(limit, episode, clock, None) for limit, episode in found]


_WORST = {
    Predicate.ABOVE: "highest", Predicate.AT_OR_ABOVE: "highest",
    Predicate.BELOW: "lowest", Predicate.AT_OR_BELOW: "lowest", Predicate.OUTSIDE: "furthest",
}  # fmt: skip


def _episode(judged: LimitJudgement, episode: Episode, clock: Clock, certain: bool | None) -> EpisodeLine:
    worst = _WORST.get(judged.limit.predicate, "")
    return EpisodeLine(
        limit=limit_words(judged.limit),
        certain=certain,
        start=clock(episode.start_ms),
        end="the end, not over" if episode.end_ms is None else clock(episode.end_ms),
        bounds=episode.bounds,
        durations=triple(episode.bounds),
        worst=f"{worst} {format_c(episode.extreme_milli_c)}" if worst else "",
    )


def _limit_line(judged: LimitJudgement) -> LimitLine:
    nothing = judged.bounds == Bounds() and judged.verdict is Verdict.KEPT
    return LimitLine(
        limit=limit_words(judged.limit),
        allowance=allowance_words(judged.limit),
        site_policy=judged.limit.site_policy,
        verdict=judged.verdict,
        durations="never" if nothing else triple(judged.bounds),
    )


def _open_questions(found: Findings, clock: Clock) -> list[str]:
    said: dict[str, list[str]] = {}
    for judged in found.judgement.limits:
        for unsettled in judged.unsettled:
            said.setdefault(what_would_settle(unsettled, clock), []).append(limit_words(judged.limit))
    lines = [f"{', '.join(limits)}: {sentence[0].lower()}{sentence[1:]}" for sentence, limits in said.items()]
    if not lines and found.judgement.verdict is Verdict.UNDETERMINED:
        return ["Read the logger out again: there is no usable reading to judge."]
    return lines


def quarantine_lines(rows: Sequence[Quarantined]) -> list[str]:
    """The rows that held no usable temperature, one sentence each."""
    return [
        f"line {row.line}: {row.reason}{f' ({printable(row.text.strip())})' if row.text.strip() else ''}"
        for row in rows
    ]


def _until(found: Findings) -> int | None:
    ends = [found.edges.end_ms] if found.edges.end_ms is not None else []
    if len(found.trace):
        ends.append(int(found.trace.at_ms[-1]))
    if found.extremes:
        ends.append(found.extremes[-1].end_ms)
    return max(ends, default=None)
