"""``coldchain.audit/1``: what programs rely on, as plain JSON objects; keys are added, never changed.

Instants are UTC with milliseconds and ``Z``, durations seconds, temperatures °C.
"""

import json
from itertools import pairwise
from typing import Any, assert_never

from coldchain.auditing.audited import Audited, AuditedFile, Refused, Result
from coldchain.domain.bounds import Bounds
from coldchain.domain.duration import milliseconds
from coldchain.domain.product import (
    COLDEST,
    HOTTEST,
    Allowance,
    AnyDuration,
    Each,
    Limit,
    NoAllowance,
    Predicate,
    Product,
    Total,
)
from coldchain.domain.progress import Episode, Unsettled
from coldchain.domain.reading import median_step_ms
from coldchain.domain.statistics import Statistics
from coldchain.domain.verdict import Excursion, LimitJudgement, Verdict, what_would_settle
from coldchain.loggers.contract import alarm_json, extremes_json, instant, plain
from coldchain.loggers.logger_file import Device, Evidence, Quarantined

SCHEMA = "coldchain.audit/1"

Object = dict[str, Any]


def as_json(result: Result) -> Object:
    """One line of ``coldchain audit --format json``, as an object with its keys in the order of the contract."""
    if isinstance(result, Refused):
        error = {"code": result.code, "message": result.message, "options": list(result.options)}
        return {"schema": SCHEMA, "file": _file(result.file), "error": error}
    return {
        "schema": SCHEMA,
        "file": _file(result.file),
        "device": _device(result.device),
        "channel": result.channel,
        "product": _product(result.product),
        "stage": result.stage.name,
        "evidence": {name: _evidence(found) for name, found in result.evidence.items()},
        "readings": _readings(result),
        "period": _period(result),
        "yardstick": _yardstick(result),
        "statistics": _statistics(result.statistics),
        "limits": [_limit(judged) for judged in result.judgement.limits],
        "gaps": [{"start": instant(gap.start_ms), "end": instant(gap.end_ms)} for gap in result.judgement.gaps],
        "excursions": [_excursion(excursion) for excursion in excursions_of(result)],
        "verdict": str(result.verdict),
        "unsettled": _unsettled(result),
        "quarantine": [_quarantined(row) for row in (*result.quarantined, *result.conflicting)],
        "notes": list(result.notes),
        "device_alarms": [alarm_json(alarm) for alarm in result.device_alarms],
        "basis": result.basis,
        "extremes": [extremes_json(one) for one in result.extremes],
    }


def json_line(result: Result) -> str:
    """`as_json` on one line."""
    return to_line(as_json(result))


def to_line(written: Object) -> str:
    """An object of this contract on one line."""
    return json.dumps(written, ensure_ascii=False, allow_nan=False)


def excursions_of(audited: Audited) -> list[Excursion]:
    """The excursions of all limits in the order of their start."""
    found = [excursion for limit in audited.judgement.limits for excursion in limit.excursions]
    return sorted(found, key=lambda excursion: (excursion.episode.start_ms, excursion.limit_id))


def seconds(duration_ms: float) -> int | float:
    """Milliseconds as seconds, whole where they are."""
    return plain(duration_ms / 1000)


def _file(file: AuditedFile) -> Object:
    return {"name": file.name, "sha256": file.sha256, "format": file.format, "signature": file.signature}


def _device(device: Device) -> Object:
    return {"serial": device.serial, "model": device.model, "stopped": instant(device.stopped_ms)}


def _product(product: Product) -> Object:
    return {"id": product.id, "version": product.version, "sha256": product.sha256}


def _evidence(found: Evidence) -> Object:
    return {"value": found.value, "from": found.source} | ({"note": found.note} if found.note else {})


def _period(audited: Audited) -> Object:
    edges = audited.edges
    return {"from": instant(edges.start_ms), "to": instant(edges.end_ms), "to_from": audited.end_from}


def _yardstick(audited: Audited) -> Object:
    return {
        "max_gap_s": seconds(audited.yardstick.max_gap_ms),
        "max_gap_from": audited.yardstick.max_gap_from,
        "uncertainty_c": plain(audited.yardstick.uncertainty_milli_c / 1000),
        "checked_by": audited.product.label.checked_by,
    }


def _readings(audited: Audited) -> Object:
    at_ms = audited.trace.at_ms
    return {
        "accepted": audited.accepted,
        "quarantined": len(audited.quarantined),
        "duplicates": audited.duplicates,
        "conflicts": len(audited.conflicting),
        "first": instant(int(at_ms[0])) if at_ms.size else None,
        "last": instant(int(at_ms[-1])) if at_ms.size else None,
        "median_interval_s": None if (step := median_step_ms(at_ms)) is None else seconds(step),
    }


def _statistics(found: Statistics | None) -> Object | None:
    if found is None:
        return None
    return {
        "min_c": found.min_milli_c / 1000,
        "max_c": found.max_milli_c / 1000,
        "mean_c": round(found.mean_c, 4),
        "mkt_c": None if found.mkt_c is None else round(found.mkt_c, 4),
        "mkt_withheld": found.mkt_withheld,
        "mkt_unguarded_c": round(found.mkt_unguarded_c, 4),
        "coverage": None if found.coverage is None else rounded_down(found.coverage),
        "delta_h_kj_per_mol": found.delta_h_kj,
        "first": instant(found.first_ms),
        "last": instant(found.last_ms),
    }


def rounded_down(share: float) -> float:
    """A share with six decimals that never reads as more than it is, so that 1.0 means all of it."""
    return int(share * 1_000_000 + 1e-6) / 1_000_000


def _limit(judged: LimitJudgement) -> Object:
    limit = judged.limit
    written: Object = {"id": limit.id, **_predicate(limit), "allow": _allowance(limit.allowance)}
    if limit.times is not None:
        written["times"] = limit.times
    if limit.site_policy:
        written["site_policy"] = True
    written["verdict"] = str(judged.verdict)
    written["bad_s"] = bounds_json(judged.bounds)
    written["tolerated"] = [_episode(episode) for episode in judged.tolerated]
    written["unsettled"] = [unsettled_json(question) for question in judged.unsettled]
    return written


def _predicate(limit: Limit) -> Object:
    threshold = limit.threshold_milli_c
    if threshold is not None:
        return {limit.predicate.value: threshold / 1000}
    match limit.predicate:
        case Predicate.OUTSIDE:
            return {"outside": [_range(low, high) for low, high in between(limit.bad)]}
        case _:
            return {"inside": [_range(low, high) for low, high in limit.bad]}


def between(bad: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """The good ranges between bad intervals, m°C, both ends included."""
    ranges = [(low[1] + 1, high[0] - 1) for low, high in pairwise(bad)]
    return tuple(pair for pair in ranges if pair[0] <= pair[1])


def _range(low: int, high: int) -> list[float | None]:
    return [None if low <= COLDEST else low / 1000, None if high >= HOTTEST else high / 1000]


def _allowance(allowance: Allowance) -> str | Object:
    match allowance:
        case NoAllowance():
            return "none"
        case Each(duration):
            return {"each_s": seconds(milliseconds(duration))}
        case Total(duration, None):
            return {"total_s": seconds(milliseconds(duration))}
        case Total(duration, within) if within is not None:
            return {"total_s": seconds(milliseconds(duration)), "within_s": seconds(milliseconds(within))}
        case AnyDuration():
            return "any"
        case Total():  # pragma: no cover  both cases of `within` stand above
            raise AssertionError(allowance)
        case _:
            assert_never(allowance)


def bounds_json(bounds: Bounds) -> Object:
    """The three durations, in seconds."""
    return {
        "at_least": seconds(bounds.at_least_ms),
        "estimate": seconds(bounds.estimate_ms),
        "at_most": seconds(bounds.at_most_ms),
    }


def _episode(episode: Episode) -> Object:
    return {
        "start": instant(episode.start_ms),
        "end": instant(episode.end_ms),
        "duration_s": bounds_json(episode.bounds),
        "extreme_c": episode.extreme_milli_c / 1000,
    }


def _excursion(excursion: Excursion) -> Object:
    return {
        "limit": excursion.limit_id,
        "certainty": str(excursion.certainty),
        **_episode(excursion.episode),
    }


def _unsettled(audited: Audited) -> list[Object]:
    """The intervals that make the item undetermined: empty for any other verdict; each limit names its own besides."""
    if audited.verdict is not Verdict.UNDETERMINED:
        return []
    found = [unsettled_json(question) for judged in audited.judgement.limits for question in judged.unsettled]
    if not found:
        edges = audited.edges
        found.append(
            {
                "limit": None, "start": instant(edges.start_ms), "end": instant(edges.end_ms),
                "cause": "no reading", "settle": "Read the logger out again: there is no usable reading to judge.",
            }
        )  # fmt: skip
    return found


def unsettled_json(question: Unsettled) -> Object:
    """An interval that leaves a limit open, and what would settle it."""
    return {
        "limit": question.limit_id,
        "start": instant(question.start_ms),
        "end": instant(question.end_ms),
        "cause": question.cause,
        "settle": what_would_settle(question),
    }


def _quarantined(row: Quarantined) -> Object:
    return {"line": row.line, "column": row.column, "text": row.text, "reason": row.reason}
