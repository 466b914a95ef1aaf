"""``coldchain.preparation/1``: what is found of a prepared medicine: its clocks and its exposure."""

from typing import Any

from coldchain.auditing.contract import bounds_json, seconds, unsettled_json
from coldchain.auditing.preparation_records import SCHEMA, Recorded
from coldchain.domain.clocks import Clock
from coldchain.domain.duration import milliseconds
from coldchain.domain.preparation import Equilibrated, PreparationJudgement, StageJudgement
from coldchain.domain.product import Total
from coldchain.domain.verdict import Excursion
from coldchain.loggers.contract import instant

Object = dict[str, Any]


def preparation_json(recorded: Recorded, judged: PreparationJudgement, product_sha256: str) -> Object:
    """The answer, with its keys in the order of the contract."""
    return {
        "schema": SCHEMA,
        "verdict": judged.verdict.value,
        "final": judged.final,
        "product": {"id": recorded.product, "sha256": product_sha256},
        "item": recorded.item,
        "clocks": [_clock(clock) for clock in judged.clocks],
        "conditions": [
            *(_condition(item) for item in judged.conditions),
            *(_equilibration(item) for item in judged.equilibrations),
        ],
        "excursions": [_excursion(item, e) for item in judged.conditions for e in item.judged.excursions],
        "missing": [*judged.missing, *(f"no trace of location {name!r}" for name in unmeasured(judged))],
        "unsettled": [unsettled_json(u) for item in judged.conditions for u in item.judged.unsettled],
    }


def unmeasured(judged: PreparationJudgement) -> list[str]:
    """Locations the item was at and nobody measured."""
    stays = [stay for item in judged.conditions for stay in item.stays]
    return list(dict.fromkeys(stay.location for stay in stays if not any(len(probe.trace) for probe in stay.probes)))


def _clock(clock: Clock) -> Object:
    return {
        "id": clock.deadline.id,
        "limit_s": seconds(milliseconds(clock.deadline.within)),
        "elapsed_s": None if clock.elapsed_ms is None else seconds(clock.elapsed_ms),
        "deadline": instant(clock.deadline_ms),
        "state": clock.state.value,
    }


def _condition(item: StageJudgement) -> Object:
    limit = item.judged.limit
    allowed = milliseconds(limit.allowance.duration) if isinstance(limit.allowance, Total) else None
    return {
        "stage": item.stage,
        "id": limit.id,
        "verdict": item.judged.verdict.value,
        "time_s": bounds_json(item.judged.bounds),
        "up_to_s": None if allowed is None else seconds(allowed),
        "site_policy": limit.site_policy,
    }


def _equilibration(item: Equilibrated) -> Object:
    return {
        "stage": item.stage,
        "id": f"equilibration-after-{item.condition}",
        "verdict": item.state.value,
        "time_s": bounds_json(item.room),
        "at_least_s": seconds(item.needed_ms),
        "site_policy": False,
    }


def _excursion(item: StageJudgement, excursion: Excursion) -> Object:
    episode = excursion.episode
    where = next(stay.location for stay in reversed(item.stays) if stay.start_ms <= episode.start_ms)
    return {
        "stage": item.stage,
        "limit": excursion.limit_id,
        "location": where,
        "certainty": excursion.certainty.value,
        "start": instant(episode.start_ms),
        "end": instant(episode.end_ms),
        "duration_s": bounds_json(episode.bounds),
        "extreme_c": episode.extreme_milli_c / 1000,
    }
