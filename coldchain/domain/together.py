"""Several judging probes at one place: per limit the largest figure of each column, the worst verdict, named (§3)."""

from collections.abc import Mapping
from dataclasses import dataclass

from coldchain.domain.bounds import Bounds, largest
from coldchain.domain.limits import Limit
from coldchain.domain.verdict import Judgement, LimitJudgement, Verdict, item_verdict


@dataclass(frozen=True)
class LimitTogether:
    """One limit over all probes.

    Attributes:
        verdict: The worst of any probe.
        bounds: The largest figure of each column, of whichever probe.
        probe: The probe that has the worst verdict, and of those the largest ``at_most``.
    """

    limit: Limit
    verdict: Verdict
    bounds: Bounds
    probe: str


@dataclass(frozen=True)
class Together:
    """A place over all its probes; ``probe`` names the one with the worst verdict."""

    verdict: Verdict
    limits: tuple[LimitTogether, ...]
    probe: str


_WORST_FIRST = (Verdict.VIOLATED, Verdict.UNDETERMINED, Verdict.KEPT, Verdict.COMPLIANT)


def together(judged: Mapping[str, Judgement]) -> Together:
    """Probes of one place, each judged by itself against the same limits.

    Args:
        judged: Each probe's judgement, by the probe's name. Averages of probes are never judged.

    Raises:
        ValueError: There is no probe.
    """
    if not judged:
        raise ValueError("nothing was measured by no probe")
    first = next(iter(judged.values()))
    limits = tuple(
        _limit({probe: one.limits[index] for probe, one in judged.items()}) for index in range(len(first.limits))
    )
    worst = min(judged, key=lambda probe: (_WORST_FIRST.index(judged[probe].verdict), -_longest(judged[probe])))
    return Together(item_verdict(one.verdict for one in limits), limits, worst)


def _longest(judged: Judgement) -> int:
    return max((one.bounds.at_most_ms for one in judged.limits), default=0)


def _limit(judged: Mapping[str, LimitJudgement]) -> LimitTogether:
    every = [one.bounds for one in judged.values()]
    worst = min(judged, key=lambda probe: (_WORST_FIRST.index(judged[probe].verdict), -judged[probe].bounds.at_most_ms))
    return LimitTogether(judged[worst].limit, judged[worst].verdict, largest(every), worst)
