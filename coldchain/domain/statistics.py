"""Mean, mean kinetic temperature and coverage, weighted by time (semantics §5)."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.reading import PIECE, MilliC, Trace

DELTA_H_KJ_PER_MOL = 83.144
"""Activation energy of the pharmacopoeia's mean kinetic temperature, USP <1079.2>."""

GAS_CONSTANT_J_PER_MOL_K = 8.3144
"""R as the pharmacopoeia uses it, so that ΔH/R is exactly 10 000 K."""

ZERO_C_IN_K = 273.15
_WIDEST = 1_000_000
"""m°C between the coldest and the warmest reading up to which sums are kept for each temperature."""

LEAST_COVERAGE = 0.95
"""MKT is withheld where less of the time than this was measured (semantics §5)."""


@dataclass(frozen=True)
class Statistics:
    """A trace in numbers. ``mkt_c`` is withheld where it would mislead; ``mkt_withheld`` says why.

    Attributes:
        coverage: The part of the time from first to last reading that was measured; ``None`` for a single reading.
        first_ms, last_ms: The window that all of it is about.
        delta_h_kj: ΔH used for MKT, kJ/mol.
    """

    min_milli_c: int
    max_milli_c: int
    mean_c: float
    mkt_c: float | None
    mkt_withheld: str | None
    mkt_unguarded_c: float
    coverage: float | None
    first_ms: int
    last_ms: int
    delta_h_kj: float


def statistics(
    trace: Trace,
    max_gap_ms: int,
    delta_h_kj: float = DELTA_H_KJ_PER_MOL,
    gas_constant: float = GAS_CONSTANT_J_PER_MOL_K,
) -> Statistics:
    """The statistics of a trace with at least one reading.

    Each reading weighs the time to the next one, at most ``max_gap_ms``; the last weighs the interval before it.
    All sums are over integer weights by temperature, so they depend on nothing but the set of readings.

    Raises:
        ValueError: The trace is empty.
    """
    if not len(trace):
        raise ValueError("an empty trace has no statistics")
    temperatures, weight, measured_ms = _weighted(trace, max_gap_ms)
    mean_c = _mean_milli_c(temperatures, weight) / 1000
    mkt_c = mean_kinetic_temperature_c(temperatures, weight, delta_h_kj, gas_constant)
    first_ms, last_ms = int(trace.at_ms[0]), int(trace.at_ms[-1])
    coverage = measured_ms / (last_ms - first_ms) if last_ms > first_ms else None
    low = int(trace.milli_c.min())
    withheld = _withheld(low, coverage)
    return Statistics(
        min_milli_c=low,
        max_milli_c=int(trace.milli_c.max()),
        mean_c=mean_c,
        mkt_c=None if withheld else mkt_c,
        mkt_withheld=withheld,
        mkt_unguarded_c=mkt_c,
        coverage=coverage,
        first_ms=first_ms,
        last_ms=last_ms,
        delta_h_kj=delta_h_kj,
    )


def mean_kinetic_temperature_c(
    milli_c: MilliC,
    weights: NDArray[np.int64],
    delta_h_kj: float = DELTA_H_KJ_PER_MOL,
    gas_constant: float = GAS_CONSTANT_J_PER_MOL_K,
) -> float:
    """The mean kinetic temperature in °C; never less than the weighted mean.

    Args:
        milli_c: Temperatures, shape (n,).
        weights: How much each counts, shape (n,).
    """
    slope_k = delta_h_kj * 1000 / gas_constant
    kelvin = milli_c / 1000 + ZERO_C_IN_K
    # Relative to the warmest, so that neither deep cold nor a large ΔH runs out of a float's range.
    warmest = float(kelvin.max())
    rates = np.exp(slope_k / warmest - slope_k / kelvin)
    share = math.fsum((weights * rates).tolist()) / math.fsum(weights.tolist())
    mkt_c = slope_k / (slope_k / warmest - math.log(share)) - ZERO_C_IN_K
    return max(mkt_c, _mean_milli_c(milli_c, weights) / 1000)  # equal for a constant trace, but for rounding


def _mean_milli_c(milli_c: MilliC, weights: NDArray[np.int64]) -> float:
    return int((milli_c * weights).sum()) / int(weights.sum())


def _weighted(trace: Trace, max_gap_ms: int) -> tuple[MilliC, NDArray[np.int64], int]:
    """Distinct temperatures, the weight of each, and how much of the time was measured, ms.

    The weights are integers below 2⁵³, so the float sums in between are exact whatever the order.
    """
    if len(trace) == 1:
        return trace.milli_c, np.ones(1, dtype=np.int64), 0
    low, high = int(trace.milli_c.min()), int(trace.milli_c.max())
    if high - low >= _WIDEST:
        weights = np.minimum(np.diff(trace.at_ms), max_gap_ms)
        temperatures, where = np.unique(trace.milli_c, return_inverse=True)
        weight = np.bincount(where, weights=np.append(weights, weights[-1])).astype(np.int64)
        return temperatures, weight, int(weights.sum())
    sums, measured_ms = np.zeros(high - low + 1), 0
    for first in range(0, len(trace) - 1, PIECE):
        weights = np.minimum(np.diff(trace.at_ms[first : first + PIECE + 1]), max_gap_ms)
        mine = trace.milli_c[first : first + weights.size] - low
        sums += np.bincount(mine, weights=weights, minlength=sums.size)
        measured_ms += int(weights.sum())
    sums[int(trace.milli_c[-1]) - low] += weights[-1]
    present = np.flatnonzero(sums)
    return present + low, sums[present].astype(np.int64), measured_ms


def _withheld(low_milli_c: int, coverage: float | None) -> str | None:
    if low_milli_c <= 0:
        return "a reading at or below 0 °C: mean kinetic temperature does not see freezing"
    if coverage is None:
        return "a single reading has no mean kinetic temperature"
    if coverage < LEAST_COVERAGE:
        # Rounded down, so that a coverage just short of the bound never reads as if it met it.
        return f"only {math.floor(coverage * 1000) / 10} % of the time was measured, less than {LEAST_COVERAGE:.0%}"
    return None
