"""What to say of an excursion: one sentence, the next step and who has it, and its history (pure functions)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

from coldchain.domain.alarm import AlertKind
from coldchain.domain.bounds import Bounds
from coldchain.domain.duration import milliseconds
from coldchain.domain.product import AnyDuration, Each, Limit, NoAllowance, Total
from coldchain.records.views.excursions import Excursion, Revision
from coldchain.records.views.told import Alert
from coldchain.reporting.words import limit_words, triple
from coldchain.web.deciding import Decided
from coldchain.web.values import edges_of, tidy


def sentence(found: Excursion, limit: Limit, bounds: Bounds) -> str:
    """``Above 8 °C for at least 25 min, at most 35 min (estimate 30 min). Peak 9.4 °C. Not yet over.``"""
    what = limit_words(limit)
    extreme = f"{tidy(found.now.extreme_milli_c, edges_of([limit]))} °C"
    worst = {"above": "Peak", "at_or_above": "Peak", "below": "Lowest", "at_or_below": "Lowest"}
    peak = f"{worst.get(limit.predicate.value, 'Worst value')} {extreme}."
    over = "" if found.now.end_ms is not None else " Not yet over."
    over = f" Goes on as {found.continued_by}." if found.continued_by else over
    return f"{what[0].upper()}{what[1:]} for {triple(bounds)}. {peak}{over}"


def allowed_ms(limit: Limit) -> int | None:
    """How long the label allows, ``None`` where it allows nothing or counts only episodes."""
    match limit.allowance:
        case Each(duration) | Total(duration, _):
            return milliseconds(duration)
        case NoAllowance() | AnyDuration():
            return None
        case _:
            assert_never(limit.allowance)


def standing_words(found: Excursion) -> str:
    """``open``, ``over``, ``withdrawn``, ``part of 2026-0141`` or ``goes on as 2026-0143``."""
    if found.now.withdrawn:
        return "withdrawn"
    if found.merged_into is not None:
        return f"part of {found.merged_into}"
    if found.continued_by is not None:
        return f"goes on as {found.continued_by}"
    return "open" if found.open else "over"


def next_step(found: Excursion, decided: Sequence[Decided] = ()) -> tuple[str, str]:
    """What is to be done now, and who has it.

    Args:
        found: The excursion.
        decided: What was signed because of it, the newest first.
    """
    if found.now.withdrawn:
        return "Nothing: later readings showed that this was no excursion.", "nobody"
    if found.merged_into is not None:
        return f"Go on with excursion {found.merged_into}, which this turned out to be part of.", "nobody"
    if found.continued_by is not None:
        return f"Go on with excursion {found.continued_by}: the rules or the calibration changed meanwhile.", "nobody"
    if not found.said:
        if found.open:
            return "Go and look, then acknowledge and say what you found.", "nobody yet"
        return "Find out what happened, then acknowledge and say so.", "nobody yet"
    last = found.said[-1].full_name
    if decided and decided[0].reopened:
        words = f"Decide anew on what was stored there: {decided[0].reopened}. Use nothing of it meanwhile."
        return words, "pharmacist"
    if decided and not found.open:
        return f"What was decided on {found.number} stands below.", "nobody"
    if found.open:
        return "Bring it back into range, or move what is stored there. Use nothing of it meanwhile.", last
    return "Use nothing that was stored there until a pharmacist has decided on it.", "pharmacist"


@dataclass(frozen=True)
class Happening:
    """One line of an excursion's history.

    Attributes:
        said: What a person said, word for word.
        number: The revision it speaks of.
    """

    at_ms: int
    words: str
    said: str = ""
    number: int | None = None


def history(found: Excursion, revisions: Sequence[Revision], alerts: Sequence[Alert]) -> list[Happening]:
    """Everything that happened to an excursion, in order."""
    happened = [*_known(revisions), *_told(alerts)]
    happened += [
        Happening(each.at_ms, f"acknowledged by {each.full_name}, {each.role}", each.comment, each.revision)
        for each in found.said
    ]
    return sorted(happened, key=lambda each: each.at_ms)


def _known(revisions: Sequence[Revision]) -> Iterable[Happening]:
    """The revisions that say something new; how a running one grows is in the table of revisions."""
    before: Revision | None = None
    for each in revisions:
        if before is None:
            yield Happening(each.known_ms, f"became known as {each.certainty}", number=each.revision)
        elif each.withdrawn:
            yield Happening(each.known_ms, "withdrawn: later readings showed that it was none", number=each.revision)
        elif each.certainty != before.certainty:
            yield Happening(each.known_ms, f"now {each.certainty}, {each.because}", number=each.revision)
        elif each.end_ms is not None and before.end_ms is None:
            yield Happening(
                each.known_ms, _OVER.get(each.because, "over: within this limit again"), number=each.revision
            )
        elif each.because.startswith("late"):
            yield Happening(each.known_ms, f"changed by {each.because}", number=each.revision)
        before = each


_OVER = {"no longer measured": "over: the sensor was taken away, nothing is measured any more"}


def _told(alerts: Sequence[Alert]) -> Iterable[Happening]:
    for alert in alerts:
        words = f"alert raised: {kind_words(alert.kind)}{', late' if alert.late else ''}"
        told = [f"{way.target} ({way.channel})" for way in alert.deliveries if way.delivered_ms is not None]
        missed = [f"{way.target} ({way.channel})" for way in alert.deliveries if way.state == "failed"]
        if told:
            words += f"; delivered to {', '.join(told)}"
        if missed:
            words += f"; not delivered to {', '.join(missed)}"
        yield Happening(alert.raised_ms, words)


def kind_words(kind: str) -> str:
    """What an alert says, in words."""
    return {
        AlertKind.CERTAIN: "certainly out of range",
        AlertKind.POSSIBLE: "possibly out of range",
        AlertKind.NO_DATA: "no data",
        AlertKind.ENDED: "over",
        AlertKind.WARNING: "a deadline comes near",
        AlertKind.DEADLINE: "a deadline has passed",
        AlertKind.REOPENED: "to be decided anew",
    }.get(AlertKind(kind), kind) if kind in set(AlertKind) else kind  # fmt: skip
