"""Files that state the lowest and highest value of each day or hour: judged by them, or beside their readings."""

from collections.abc import Sequence
from dataclasses import replace

from coldchain.auditing.audited import Audited, AuditedFile
from coldchain.domain.bounds import Bounds, Edges, Yardstick
from coldchain.domain.judging_extremes import judge_extremes
from coldchain.domain.product import Product, Stage
from coldchain.domain.reading import EMPTY_TRACE
from coldchain.domain.verdict import Judgement, LimitJudgement, Verdict, item_verdict
from coldchain.loggers import LoggerFile

_NEVER_KEPT = (
    "judged by the lowest and the highest value of each interval: they can show that a limit was violated, never that "
    "it was kept"
)


def audit_extremes(
    file: LoggerFile,
    which: AuditedFile,
    product: Product,
    stage: Stage,
    measure: Yardstick,
    edges: Edges,
    notes: Sequence[str],
) -> Audited:
    """A file without a single reading, judged by its extremes alone."""
    return Audited(
        file=which,
        device=file.device,
        channel="",
        product=product,
        stage=stage,
        evidence=file.evidence,
        accepted=0,
        duplicates=0,
        quarantined=(),
        conflicting=(),
        trace=EMPTY_TRACE,
        yardstick=measure,
        edges=edges,
        end_from=None if edges.end_ms is None else "option",
        statistics=None,
        judgement=judge_extremes(file.extremes, stage.limits, measure, edges),
        notes=(*notes, _NEVER_KEPT, *file.notes),
        device_alarms=file.device_alarms,
        extremes=file.extremes,
    )


def beside_readings(
    judgement: Judgement, file: LoggerFile, stage: Stage, measure: Yardstick, edges: Edges
) -> tuple[Judgement, tuple[str, ...]]:
    """A judgement by readings, worsened by what the same device's extremes show besides; and a sentence on that.

    A device measures more often than it logs: a maximum that no logged reading shows was measured all the same.
    """
    if not file.extremes or len(file.channels) != 1:
        return judgement, ()
    shown = judge_extremes(file.extremes, stage.limits, measure, edges)
    pairs = list(zip(judgement.limits, shown.limits, strict=True))
    worse = [mine.limit.id for mine, other in pairs if _adds(mine, other)]
    if not worse:
        return judgement, ()
    limits = tuple(_worsened(mine, other) if _adds(mine, other) else mine for mine, other in pairs)
    note = (
        f"the device's own daily extremes violate {', '.join(worse)}, which its logged readings do not show: it "
        "measures more often than it logs"
    )
    return Judgement(item_verdict(limit.verdict for limit in limits), limits, judgement.gaps), (note,)


def _adds(mine: LimitJudgement, other: LimitJudgement) -> bool:
    return other.verdict is Verdict.VIOLATED and mine.verdict is not Verdict.VIOLATED


def _worsened(mine: LimitJudgement, other: LimitJudgement) -> LimitJudgement:
    pairs = zip(_columns(mine.bounds), _columns(other.bounds), strict=True)
    excursions = sorted((*mine.excursions, *other.excursions), key=lambda one: one.episode.start_ms)
    return replace(
        mine, verdict=Verdict.VIOLATED, bounds=Bounds(*map(max, pairs)), excursions=tuple(excursions), unsettled=()
    )


def _columns(bounds: Bounds) -> tuple[int, int, int]:
    return bounds.at_least_ms, bounds.estimate_ms, bounds.at_most_ms
