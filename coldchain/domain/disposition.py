"""What a pharmacist decides of a medicine, and whether what is known now is still what the decision rested on."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from coldchain.domain.item import ItemJudgement

Known = Mapping[str, Any]
"""What was known of an item when somebody signed: its verdict, and each limit's three durations in milliseconds."""


class Decision(StrEnum):
    """What becomes of a medicine."""

    RELEASE = "release"
    """It may be used."""
    QUARANTINE = "quarantine"
    """It is kept apart and used by nobody until it is decided on."""
    REJECT = "reject"
    """It must not be used."""


def known_of(judgement: ItemJudgement) -> dict[str, Any]:
    """What is known of an item, as plain JSON values."""
    return {
        "verdict": judgement.verdict.value,
        "limits": {
            one.limit.id: [one.bounds.at_least_ms, one.bounds.estimate_ms, one.bounds.at_most_ms]
            for one in judgement.limits
        },
        "returns": [[one.verdict.value, one.at_least, one.at_most] for one in judgement.returns],
    }


_RANK = {"violated": 2, "undetermined": 1}


def worse_since(known: Known, verdict: str) -> bool:
    """Whether a verdict is worse than the one that was known."""
    return _RANK.get(verdict, 0) > _RANK.get(str(known.get("verdict")), 0)
