"""From what was written to `coldchain.domain.product`: the parts of a stage, and what must hold between its keys.

Every function here is the builder of one record: it is called even where something is wrong, adds what it finds, and
returns ``None`` unless its record is sound.
"""

from coldchain.domain.product import (
    Allowance,
    AnyDuration,
    Attestation,
    Attested,
    Condition,
    Deadline,
    Each,
    Equilibration,
    Event,
    Example,
    Expires,
    Label,
    Limit,
    NoAllowance,
    Predicate,
    Range,
    ReturnsFor,
    Stage,
    Total,
    conditions_limits,
    limit,
)
from coldchain.rulebook.records import Given, Placed
from coldchain.rulebook.series import slots

PREDICATES = ("above", "below", "at_or_above", "at_or_below")
HANDLING = "handling"


def allowance(given: Given) -> Allowance | None:
    """``{each: D}`` or ``{total: D, within: W}``."""
    each, total, within = given.get("each"), given.get("total"), given.get("within")
    if ("each" in given) == ("total" in given):
        given.refuse("each", "allow: write either 'each' (every stretch by itself) or 'total' (all of them together)")
    if "within" in given and "total" not in given:
        given.refuse("within", "allow: 'within' belongs to 'total'")
    if total and within and within <= total:
        given.refuse("within", "allow: 'within' must be longer than 'total', or the limit can never be broken")
    if not given.sound:
        return None
    return Each(each) if each else Total(total, within)


def finer_limit(given: Given) -> Limit | None:
    """One entry of ``limits``."""
    written = [key for key in PREDICATES if key in given]
    if len(written) != 1:
        place = written[1] if written else "id"
        given.refuse(place, f"limit: write exactly one of {', '.join(PREDICATES)}")
    allow: Allowance = given.get("allow") or (AnyDuration() if "times" in given else NoAllowance())
    if "times" in given and isinstance(allow, NoAllowance):
        given.refuse("times", "limit: 'times' can never matter beside 'allow: none'; leave one of them out")
    if not given.sound:
        return None
    key = written[0]
    return limit(Predicate(key), given.get(key), allow, id=given.get("id"), times=given.get("times"))


def equilibration(given: Given) -> Equilibration | None:
    """``{in: room, for: 1 h}``."""
    return Equilibration(given.get("in"), given.get("for")) if given.sound else None


def condition(given: Given) -> Condition | None:
    """One entry of ``any_of``."""
    if given.get("name") == HANDLING:
        given.refuse("name", f"condition: {HANDLING!r} is the site's own condition; give this one another name")
    if not given.sound:
        return None
    return Condition(
        given.get("name"), given.get("store"), given.get("up_to"), given.get("equilibrate"), given.get("source")
    )


def handling(given: Given) -> Condition | None:
    """The site's own condition."""
    if not given.sound:
        return None
    return Condition(HANDLING, given.get("store"), given.get("up_to"), None, given.get("source"))


def returns_for(given: Given) -> ReturnsFor | None:
    """``{for: 7 d}``."""
    return ReturnsFor(given.get("for")) if given.sound else None


def expires(given: Given) -> Expires | None:
    """``{after: 28 d, from: removed_from_refrigerator}``."""
    return Expires(given.get("after"), Event(given.get("from"))) if given.sound else None


def deadline(given: Given) -> Deadline | None:
    """One entry of ``deadlines``."""
    if given.get("from") and given.get("to"):
        _check_order(given, "from", "to")
    if not given.sound:
        return None
    return Deadline(Event(given.get("from")), Event(given.get("to")), given.get("within"))


def attestation(given: Given) -> Attestation | None:
    """One entry of ``attest``."""
    return Attestation(Event(given.get("at")), Attested(given.get("what"))) if given.sound else None


def label(given: Given) -> Label | None:
    """Where the numbers come from."""
    if not given.sound:
        return None
    return Label(
        given.get("document"), given.get("section"), given.get("jurisdiction"), given.get("dated"),
        given.get("checked_by"),
    )  # fmt: skip


def example(given: Given) -> Example | None:
    """One worked case."""
    if text := given.get("temps_c"):
        try:
            slots(text)
        except ValueError as error:
            given.refuse("temps_c", f"temps_c: {error}")
    if not given.sound:
        return None
    return Example(given.get("name"), given.get("stage"), given.get("every"), given.get("temps_c"), given.get("expect"))


def stage(given: Given) -> Stage | None:
    """One stage; its name is the key it stands at, put in by the product."""
    conditions = _conditions(given)
    _check_span(given)
    if "store" in given and "any_of" in given:
        given.refuse("any_of", "stage: write either 'store' (one range) or 'any_of' (several conditions)")
    if not any(key in given for key in ("store", "any_of", "limits")):
        given.refuse("", "stage: nothing is said of temperature; write 'store', 'any_of' or 'limits'")
    if HANDLING in given and not ("store" in given or "any_of" in given):
        given.refuse(HANDLING, "stage: 'handling' belongs to 'store' or 'any_of'")
    store, own = given.get("store"), given.get(HANDLING)
    limits = _limits(given, _implied(store, conditions, own, frozen="freezing" in given))
    if not given.sound:
        return None
    return Stage(
        name="",
        limits=limits,
        store=store,
        freezing_forbidden="freezing" in given,
        protect_from=tuple(item.value for item in given.get("protect_from") or ()),
        begins=_event(given, "begins"),
        ends=_event(given, "ends"),
        within=given.get("within"),
        conditions=conditions,
        handling=own,
        returns=given.get("returns"),
        expires=given.get("expires"),
        source=given.get("source"),
    )


def _event(given: Given, key: str) -> Event | None:
    return Event(given.get(key)) if given.get(key) else None


def _check_span(given: Given) -> None:
    if given.get("begins") and given.get("ends"):
        _check_order(given, "begins", "ends")
    missing = [key for key in ("begins", "ends") if key not in given]
    if "within" in given and missing:
        given.refuse("within", f"stage: 'within' needs the events it lies between: {' and '.join(missing)} missing")


def _check_order(given: Given, first: str, second: str) -> None:
    """``removed_from_refrigerator`` may come at any time; the others in the order of their list."""
    order = [event.value for event in Event if event is not Event.REMOVED]
    begins, ends = given.get(first), given.get(second)
    if begins == ends:
        given.refuse(second, f"{second}: the same event as '{first}'")
    elif begins in order and ends in order and order.index(begins) > order.index(ends):
        given.refuse(second, f"{second}: {ends!r} never follows {begins!r}")


def _conditions(given: Given) -> tuple[Condition, ...]:
    """The conditions of ``any_of``, each with a name and temperatures of its own."""
    seen: dict[str, Placed[Condition]] = {}
    for item in given.get("any_of") or ():
        name = item.value.name
        if name in seen:
            line = seen[name].place.line
            given.problems.add(item.place, f"any_of: two conditions are named {name!r}: first on line {line}")
            continue
        if any(_covers(earlier.value.store, item.value.store) for earlier in seen.values()):
            given.problems.add(item.place, f"any_of: an earlier condition takes every temperature of {name!r}")
        seen[name] = item
    for item in seen.values():
        wanted = item.value.equilibrate
        if wanted and (wanted.condition not in seen or wanted.condition == item.value.name):
            others = ", ".join(name for name in seen if name != item.value.name) or "none"
            given.problems.add(
                item.place, f"equilibrate: {wanted.condition!r} is no other condition of this stage (others: {others})"
            )
    return tuple(item.value for item in seen.values())


def _covers(outer: Range, inner: Range) -> bool:
    return outer.low_milli_c <= inner.low_milli_c and inner.high_milli_c <= outer.high_milli_c


def _implied(
    store: Range | None, conditions: tuple[Condition, ...], own: Condition | None, *, frozen: bool
) -> tuple[Limit, ...]:
    """The limits that ``store``, ``any_of``, ``handling`` and ``freezing`` stand for."""
    limits: tuple[Limit, ...] = ()
    if conditions:
        limits = conditions_limits(conditions, own)
    elif store and own:
        limits = conditions_limits((Condition("stored", store),), own)
    elif store:
        limits = (limit(Predicate.BELOW, store.low_milli_c), limit(Predicate.ABOVE, store.high_milli_c))
    return (*limits, limit(Predicate.AT_OR_BELOW, 0)) if frozen else limits


def _limits(given: Given, implied: tuple[Limit, ...]) -> tuple[Limit, ...]:
    """Implied and finer limits; a finer one of the same predicate and temperature takes the implied one's place."""
    result = list(implied)
    free = set(range(len(implied)))
    places: dict[int, Placed[Limit]] = {}
    for item in given.get("limits") or ():
        at = next((i for i in sorted(free) if _same_question(result[i], item.value)), len(result))
        free.discard(at)
        result[at : at + 1] = [item.value]
        places[at] = item
    first: dict[str, int] = {}
    for index, found in enumerate(result):
        if found.id not in first:
            first[found.id] = index
            continue
        place = (places.get(index) or places[first[found.id]]).place
        earlier = places.get(first[found.id])
        where = f"first on line {earlier.place.line}" if earlier and index in places else "an implied one has it"
        given.problems.add(place, f"limits: two limits of this stage have the id {found.id!r} ({where})")
    return tuple(result)


def _same_question(one: Limit, other: Limit) -> bool:
    return one.predicate is other.predicate and one.bad == other.bad


def shared_budget(one: Limit, other: Limit) -> bool:
    """Whether two stages' limits of one id can share a budget: as long as both totals are the same.

    The time in a condition (``up_to``) is never shared: it is counted in each stage for itself.
    """
    if one.predicate is Predicate.INSIDE or other.predicate is Predicate.INSIDE:
        return True
    if isinstance(one.allowance, Total) and isinstance(other.allowance, Total):
        return one.allowance == other.allowance
    return True
