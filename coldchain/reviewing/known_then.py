"""What is known of a preparation at a moment, for the ledger; pure."""

from typing import Any

from coldchain.domain.bounds import Bounds
from coldchain.records.prepared import Prepared


def as_known(whole: Prepared, now_ms: int) -> dict[str, Any]:
    """What is known of a preparation now, for the ledger: durations in milliseconds."""
    judged, product = whole.judged(now_ms), whole.product
    return {
        "verdict": judged.verdict.value,
        "final": judged.final,
        "product": {"id": product.id, "version": product.version, "sha256": product.sha256},
        "clocks": [
            {"id": clock.deadline.id, "state": clock.state.value, "elapsed_ms": clock.elapsed_ms,
             "deadline_ms": clock.deadline_ms}
            for clock in judged.clocks
        ],
        "conditions": [
            {"stage": item.stage, "id": item.judged.limit.id, "verdict": item.judged.verdict.value}
            | _milliseconds(item.judged.bounds)
            for item in judged.conditions
        ],
        "equilibrations": [
            {"stage": wait.stage, "after": wait.condition, "verdict": wait.state.value, "needed_ms": wait.needed_ms}
            | _milliseconds(wait.room)
            for wait in judged.equilibrations
        ],
        "missing": list(judged.missing),
    }  # fmt: skip


def _milliseconds(bounds: Bounds) -> dict[str, int]:
    return {"at_least_ms": bounds.at_least_ms, "estimate_ms": bounds.estimate_ms, "at_most_ms": bounds.at_most_ms}
