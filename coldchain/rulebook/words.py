"""A product in words: each limit a sentence, and what nobody has verified."""

from collections.abc import Iterator

from coldchain.domain.duration import in_full
from coldchain.domain.product import (
    COLDEST,
    HOTTEST,
    AnyDuration,
    Condition,
    Deadline,
    Each,
    Expires,
    Limit,
    NoAllowance,
    Predicate,
    Product,
    Range,
    Returns,
    ReturnsFor,
    Stage,
    Total,
)
from coldchain.domain.temperature import format_c

SITE_POLICY = "the site's own policy, not the label's"


def product_in_words(product: Product) -> str:
    """What a product file says, for people: label first, then what is unverified, then stage by stage."""
    lines = [f"{product.name}", f"{product.id}, version {product.version}, sha256 {product.sha256[:12]}", ""]
    lines += [f"Label: {label_in_words(product)}"]
    lines += [f"Unverified: {sentence}" for sentence in unverified(product)]
    gap = in_full(product.max_gap) if product.max_gap else "60 min unless the sensor says less"
    lines += ["", f"A reading is believed for at most {gap} until the next."]
    for index, stage in enumerate(product.stages.values()):
        lines += ["", f"{stage.name}{' (judged where no stage is named)' if index == 0 else ''}"]
        lines += [f"  - {sentence}" for sentence in stage_in_words(stage)]
    lines += _listed("Deadlines", (deadline_in_words(deadline) for deadline in product.deadlines))
    lines += _listed("To be attested", (f"{a.what}, at or after: {event_words(a.at)}" for a in product.attest))
    lines += _listed("Notes", product.notes)
    lines += _listed("Examples", (f"{e.name} ({e.stage}): {e.expect}" for e in product.examples))
    return "\n".join(lines)


def _listed(title: str, sentences: Iterator[str] | tuple[str, ...]) -> list[str]:
    found = [f"  - {sentence}" for sentence in sentences]
    return ["", title, *found] if found else []


def label_in_words(product: Product) -> str:
    """Where the numbers come from: document, section, jurisdiction, date."""
    label = product.label
    section = f"; {label.section}" if label.section else ""
    dated = f"dated {label.dated.isoformat()}" if label.dated else "date unknown"
    return f"{label.document}{section}; jurisdiction: {label.jurisdiction}; {dated}"


def unverified(product: Product, stage_name: str | None = None) -> tuple[str, ...]:
    """What a reader must know before relying on this product file, one sentence each.

    Args:
        product: The product.
        stage_name: Only what concerns this stage; ``None`` for all of them.
    """
    label = product.label
    found = []
    if label.checked_by is None:
        found.append("no pharmacist has compared this file with the label")
    if label.dated is None:
        found.append("the date of the label is unknown")
    for stage in product.stages.values():
        if stage_name not in (None, stage.name):
            continue
        if stage.source:
            found.append(f"stage {stage.name} is not from that document: {stage.source}")
        conditions = (*stage.conditions, *((stage.handling,) if stage.handling else ()))
        found.extend(
            f"{condition.name} in stage {stage.name} is not from that document: {condition.source}"
            for condition in conditions
            if condition.source
        )
        if stage.handling:
            found.append(f"handling in stage {stage.name} is {SITE_POLICY}")
    return tuple(found)


def not_adopted(product_id: str, version: int) -> str:
    """What is said wherever something is judged by a version that no pharmacist of the site has adopted."""
    return f"no pharmacist of this site has adopted version {version} of {product_id}"


def stage_in_words(stage: Stage) -> Iterator[str]:
    """What one stage asks for, a sentence at a time."""
    if stage.begins or stage.ends:
        span = [f"begins: {event_words(stage.begins)}"] if stage.begins else []
        span += [f"ends: {event_words(stage.ends)}"] if stage.ends else []
        span += [f"at most {in_full(stage.within)}"] if stage.within else []
        yield "; ".join(span).capitalize() + "."
    yield from (limit_in_words(limit) for limit in stage.limits)
    yield from (equilibration_in_words(c) for c in stage.conditions if c.equilibrate)
    if stage.freezing_forbidden:
        frozen = [one for one in stage.limits if (one.predicate, one.threshold_milli_c) == (Predicate.AT_OR_BELOW, 0)]
        strictly = all(one.allowance == NoAllowance() for one in frozen)
        yield "Freezing is forbidden." if strictly else "Freezing is forbidden, but for what is allowed above."
    if stage.protect_from:
        yield f"Protect from {' and '.join(stage.protect_from)}."
    if stage.returns:
        yield returns_in_words(stage.returns)
    if stage.expires:
        yield expires_in_words(stage.expires)


def limit_in_words(limit: Limit) -> str:
    """A limit as one sentence: ``Above 8 °C: no more than 24 h in all.``"""
    policy = f" ({SITE_POLICY})" if limit.site_policy else ""
    what = _bad_in_words(limit) + policy
    times = f"at most {limit.times} {'time' if limit.times == 1 else 'times'}" if limit.times else ""
    match limit.allowance:
        case NoAllowance():
            return _never(limit, policy)
        case Each(duration):
            allowed = f"no stretch longer than {in_full(duration)}"
        case Total(duration, None):
            allowed = f"no more than {in_full(duration)} in all"
        case Total(duration, within):
            allowed = f"no more than {in_full(duration)} in any {in_full(within or duration)}"
        case AnyDuration():
            return f"{what}: {times}. [{limit.id}]"
    return f"{what}: {allowed}{f', {times}' if times else ''}. [{limit.id}]"


def bad_in_words(limit: Limit) -> str:
    """What a limit calls bad, within a sentence: ``above 8 °C``."""
    bad = _bad_in_words(limit)
    return f"{bad[0].lower()}{bad[1:]}"


def _never(limit: Limit, policy: str) -> str:
    if limit.predicate is Predicate.OUTSIDE:
        return f"Always at {' or '.join(_good_ranges(limit))}{policy}. [{limit.id}]"
    return f"Never {bad_in_words(limit)}{policy}. [{limit.id}]"


def _bad_in_words(limit: Limit) -> str:
    match limit.predicate:
        case Predicate.OUTSIDE:
            return f"Outside {' and '.join(_good_ranges(limit))}"
        case Predicate.INSIDE:
            ranges = (str(Range(low, high)) for low, high in limit.bad)
            return f"{limit.id.removeprefix('in-').capitalize()}, at {' or '.join(ranges)}"
        case _:
            words = limit.predicate.replace("_", " ").capitalize()
            return f"{words} {format_c(limit.threshold_milli_c or 0, 0)}"


def _good_ranges(limit: Limit) -> list[str]:
    """The ranges between the bad intervals."""
    ends = [high for _, high in limit.bad if high != HOTTEST]
    starts = [low for low, _ in limit.bad if low != COLDEST]
    return [str(Range(end + 1, start - 1)) for end, start in zip(ends, starts, strict=True)]


def equilibration_in_words(condition: Condition) -> str:
    """What must follow a condition before use."""
    wanted = condition.equilibrate
    if wanted is None:
        return ""
    return (
        f"After {condition.name}: {in_full(wanted.duration)} at {wanted.condition} directly before the infusion starts."
    )


def deadline_in_words(deadline: Deadline) -> str:
    """Two events and how far apart they may lie."""
    first, second = event_words(deadline.begins), event_words(deadline.ends)
    return f"From {first} to {second}: at most {in_full(deadline.within)}."


def returns_in_words(returns: Returns | ReturnsFor) -> str:
    """Whether an item may go back into the refrigerator."""
    match returns:
        case ReturnsFor(duration):
            return f"May go back into the refrigerator for {in_full(duration)}."
        case Returns.NEVER:
            return "Must not go back into the refrigerator."
        case Returns.ONCE:
            return "May go back into the refrigerator once."
        case Returns.ANY:
            return "May go back into the refrigerator."


def expires_in_words(expires: Expires) -> str:
    """A shortened expiry."""
    return f"Expires {in_full(expires.after)} after: {event_words(expires.since)}."


def event_words(event: str) -> str:
    """An event as people say it: ``infusion ended``."""
    return event.replace("_", " ")
