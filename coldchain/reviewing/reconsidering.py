"""What another version of a product would say of readings that are judged already; pure, by the one judge.

Nothing is judged anew by it: what was judged by a frozen version stays as it is. It answers the question that a changed
label raises: would it matter here?
"""

from collections.abc import Sequence
from dataclasses import dataclass

from coldchain.domain.bounds import Edges
from coldchain.domain.product import Product, Stage, Total
from coldchain.domain.reading import Trace
from coldchain.domain.together import Together, together
from coldchain.domain.verdict import Certainty, Judgement, Verdict, item_verdict, judge
from coldchain.domain.yardstick import yardstick_of


@dataclass(frozen=True)
class Measured:
    """What one probe measured at a place.

    Attributes:
        probe: What people call it.
        trace: Its readings, with the neighbours of the time that counts.
        edges: The time that counts.
        max_gap_ms: As declared of the sensor; ``None`` where nothing is.
        uncertainty_milli_c: From its calibration.
    """

    probe: str
    trace: Trace
    edges: Edges
    max_gap_ms: int | None = None
    uncertainty_milli_c: int = 0


def judged_by(product: Product, stage: str, probes: Sequence[Measured]) -> Together | None:
    """A place over all its probes under one version; ``None`` where that has no such stage, or nothing hung there."""
    if stage not in product.stages or not probes:
        return None
    return together({one.probe: _judged(product, product.stages[stage], one) for one in probes})


def stretch_under(product: Product, stage: str, measured: Measured, start_ms: int, end_ms: int) -> Verdict | None:
    """The verdict on a part of what was measured, such as an excursion: what touches it, budgets carried so far.

    Args:
        product: The version that is asked.
        stage: Which of its stages.
        measured: The probe, from the beginning of what counts to the end of the stretch.
        start_ms, end_ms: The stretch, UTC ms.

    Returns:
        Violated if an excursion that touches the stretch is certain; undetermined if one is possible or an interval
        in it leaves the verdict open; else compliant. ``None`` where the version has no such stage.
    """
    if stage not in product.stages:
        return None
    return item_verdict([_of_stretch(_judged(product, product.stages[stage], measured), start_ms, end_ms)])


def needs_the_whole_way(stage: Stage) -> bool:
    """Whether what happened long before can decide on an excursion: a budget, or a number of episodes."""
    return any(isinstance(limit.allowance, Total) or limit.times is not None for limit in stage.limits)


def _judged(product: Product, stage: Stage, measured: Measured) -> Judgement:
    yardstick = yardstick_of(product, measured.max_gap_ms, measured.uncertainty_milli_c)
    return judge(measured.trace, stage.limits, yardstick, measured.edges)


def _of_stretch(judged: Judgement, start_ms: int, end_ms: int) -> Verdict:
    found = Verdict.KEPT
    for limit in judged.limits:
        touching = [
            one.certainty
            for one in limit.excursions
            if one.episode.start_ms < end_ms and (one.episode.end_ms is None or one.episode.end_ms > start_ms)
        ]
        if Certainty.CERTAIN in touching:
            return Verdict.VIOLATED
        if touching or any(one.start_ms < end_ms and one.end_ms > start_ms for one in limit.unsettled):
            found = Verdict.UNDETERMINED
    return found
