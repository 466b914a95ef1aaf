"""Whether a signed decision still rests on what is known: later data reopens it, and it says why; pure."""

from dataclasses import replace
from typing import Any

from coldchain.domain.disposition import known_of, worse_since
from coldchain.domain.item import ItemJudgement, judge_item
from coldchain.records.dispositions import Disposition
from coldchain.records.excursions import Excursion
from coldchain.records.whole_ways import Judged, recorded_events


def excursion_reopened(signed: Disposition, found: Excursion) -> str | None:
    """Why a decision on an excursion is to be made anew, or ``None`` where it stands.

    Args:
        signed: The decision.
        found: The excursion as known now.
    """
    if found.merged_into is not None:
        return "it turned out to be part of an older excursion"
    if found.current.known.withdrawn:
        return "later readings showed that it was no excursion"
    if signed.revision is not None and signed.revision < found.current.revision:
        return f"what is known of it has changed ({found.current.because}, revision {found.current.revision})"
    return None


def item_reopened(signed: Disposition, found: Judged) -> str | None:
    """Why a decision on an item is to be made anew, or ``None`` where it stands."""
    if "until_ms" in signed.known:
        then = judged_until(found, int(signed.known["until_ms"]))
        if then is None or known_of(then) | {"until_ms": signed.known["until_ms"]} != dict(signed.known):
            return "what is known of the time before the decision has changed"
    verdict = found.judgement.verdict.value
    if worse_since(signed.known, verdict):
        return f"its verdict has become {verdict} since"
    return None


def known_now(found: Judged) -> dict[str, Any]:
    """What a decision on an item rests on: everything up to the last reading, for what follows is not known yet."""
    last = found.stays[-1]
    until_ms = min((int(one.trace.at_ms[-1]) for one in last.probes if len(one.trace)), default=last.end_ms)
    until_ms = min(until_ms, last.end_ms)
    then = judged_until(found, until_ms)
    return {"verdict": found.judgement.verdict.value} if then is None else known_of(then) | {"until_ms": until_ms}


def judged_until(found: Judged, at_ms: int) -> ItemJudgement | None:
    """An item as of an instant, by the readings known today; ``None`` before its arrival."""
    before = [replace(stay, end_ms=min(stay.end_ms, at_ms)) for stay in found.stays if stay.start_ms < at_ms]
    if not before:
        return None
    said = {event: when for event, when in recorded_events(found.history).items() if when <= at_ms}
    return judge_item(found.product, before, said)
