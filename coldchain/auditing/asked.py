"""What a person asks of an audit, from the words of a command line or a notebook."""

from pathlib import Path
from typing import TYPE_CHECKING

from coldchain.auditing.audited import Period
from coldchain.domain.duration import milliseconds, parse_duration
from coldchain.domain.product import Product, Stage
from coldchain.domain.temperature import milli_c
from coldchain.errors import UsageError
from coldchain.loggers.zones import parse_zone
from coldchain.rulebook.book import load_rulebook

if TYPE_CHECKING:
    from datetime import datetime

_EXAMPLE = "write it such as 2026-03-01T08:00+01:00"


def judged_by(product_id: str, stage_name: str | None, folders: list[Path]) -> tuple[Product, Stage]:
    """The product and the stage that were asked for; without a name the product's first stage.

    Raises:
        UnknownProduct: No product has this id; the message names the nearest ones.
        UsageError: The product has no such stage, or the stage says nothing of temperatures.
    """
    product = load_rulebook(*folders).product(product_id)
    stage = product.first_stage if stage_name is None else product.stages.get(stage_name)
    if stage is None:
        known = ", ".join(product.stages)
        raise UsageError(f"{product.id} has no stage {stage_name!r}; it has: {known}")
    if not stage.limits:
        raise UsageError(f"stage {stage.name!r} of {product.id} names no temperature, so there is nothing to judge")
    return product, stage


def period_of(
    start: str | None, end: str | None, tz: str | None, max_gap: str | None, uncertainty: str | None,
    *, accept_bad_signature: bool,
) -> Period:  # fmt: skip
    """The declared period, ``max_gap`` and uncertainty.

    Args:
        start, end: ISO 8601 times; without an offset they are read in ``tz``.
        max_gap: A duration such as ``30 min``.
        uncertainty: Degrees Celsius.

    Raises:
        UsageError: One of them is not written as it should be.
    """
    start_ms, end_ms = instant_of(start, "--from", tz), instant_of(end, "--to", tz)
    if start_ms is not None and end_ms is not None and end_ms <= start_ms:
        raise UsageError("--to must lie after --from")
    try:
        max_gap_ms = None if max_gap is None else milliseconds(parse_duration(max_gap))
    except ValueError as error:
        raise UsageError(f"--max-gap: {error}") from error
    try:
        uncertainty_milli_c = milli_c((uncertainty or "0").strip())
    except ValueError as error:
        raise UsageError(f"--uncertainty: {error}; write degrees Celsius, such as 0.5") from error
    if max_gap_ms == 0:
        raise UsageError("--max-gap must be longer than nothing")
    if not 0 <= uncertainty_milli_c <= 100_000:
        raise UsageError(f"--uncertainty must lie between 0 and 100 °C (got {uncertainty})")
    return Period(start_ms, end_ms, max_gap_ms, uncertainty_milli_c, accept_bad_signature)


def instant_of(text: str | None, option: str, tz: str | None) -> int | None:
    """An ISO 8601 time as UTC ms; a time without an offset needs ``--tz``.

    Raises:
        UsageError: It is no time, it has no time of day, or nobody says in which zone.
    """
    if text is None:
        return None
    moment = _moment(text, option)
    if moment.tzinfo is None:
        if tz is None:
            raise UsageError(f"{option}: {text!r} has no time zone; {_EXAMPLE}, or declare one with --tz")
        moment = moment.replace(tzinfo=parse_zone(tz).rules)
        if moment.replace(fold=1).utcoffset() != moment.utcoffset():
            raise UsageError(f"{option}: {text!r} stands twice or never on the clocks of {tz}; {_EXAMPLE}")
    return round(moment.timestamp() * 1000)


def _moment(text: str, option: str) -> "datetime":
    from datetime import datetime

    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option}: {text!r} is no time; {_EXAMPLE}") from error
    if len(text.strip()) <= len("2026-03-01"):
        raise UsageError(f"{option}: {text!r} has no time of day; {_EXAMPLE}")
    return moment
