"""When to try again: quickly at first, at least every quarter of an hour for a day, every hour for a week.

WHO's data-delivery standard DS01 asks for an alarm within 15 minutes and at least six retries within 24 hours.
"""

_S, _MIN, _H = 1_000, 60_000, 3_600_000

FIRST_MS = (15 * _S, 30 * _S, 1 * _MIN, 2 * _MIN, 5 * _MIN, 10 * _MIN)
STEADY_MS = 15 * _MIN
STEADY_FOR_MS = 24 * _H
SLOW_MS = 1 * _H
SLOW_FOR_MS = 7 * 24 * _H

_STEADY_ATTEMPTS = (STEADY_FOR_MS - sum(FIRST_MS)) // STEADY_MS
_SLOW_ATTEMPTS = (SLOW_FOR_MS - STEADY_FOR_MS) // SLOW_MS


def delay_ms(attempts: int) -> int | None:
    """How long to wait after so many attempts that failed.

    Args:
        attempts: How often it was tried, the last time included; at least 1.

    Returns:
        Milliseconds until the next attempt; ``None`` when a week of trying is over.
    """
    if attempts <= len(FIRST_MS):
        return FIRST_MS[attempts - 1]
    after = attempts - len(FIRST_MS)
    if after <= _STEADY_ATTEMPTS:
        return STEADY_MS
    return SLOW_MS if after <= _STEADY_ATTEMPTS + _SLOW_ATTEMPTS else None
