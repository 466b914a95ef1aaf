"""What a good product file becomes: limits, implied and finer, conditions, deadlines (semantics §2, §6)."""

from datetime import timedelta

import pytest

from coldchain.domain.product import (
    AnyDuration,
    Attested,
    Each,
    Event,
    Limit,
    NoAllowance,
    Product,
    Range,
    Returns,
    ReturnsFor,
    Total,
)
from coldchain.rulebook.book import parse_product
from coldchain.rulebook.words import unverified

HEAD = """\
schema: coldchain.product/1
id: sample
name: Sample
version: 1
label: {document: A leaflet, jurisdiction: EU}
stages:
  one:
"""


def product(*stage_lines: str, after: str = "") -> Product:
    return parse_product(HEAD + "".join(f"    {line}\n" for line in stage_lines) + after, "sample.yaml")


def limits(*stage_lines: str) -> tuple[Limit, ...]:
    return product(*stage_lines).stages["one"].limits


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def test_a_range_is_two_limits_without_allowance() -> None:
    below, above = limits("store: 2..8 °C")
    assert (below.id, below.threshold_milli_c, below.allowance) == ("below-2", 2000, NoAllowance())
    assert (above.id, above.threshold_milli_c, above.allowance) == ("above-8", 8000, NoAllowance())


def test_freezing_forbidden_is_a_limit_of_its_own() -> None:
    assert [limit.id for limit in limits("store: 2..8 °C", "freezing: forbidden")] == [
        "below-2", "above-8", "at-or-below-0",
    ]  # fmt: skip


def test_a_finer_limit_takes_the_place_of_the_implied_one() -> None:
    found = limits(
        "store: 2..8 °C",
        "freezing: forbidden",
        "limits: [{id: warm, above: 25 °C}, {id: out-of-refrigeration, above: 8 °C, allow: {total: 24 h}}]",
    )
    assert [limit.id for limit in found] == ["below-2", "out-of-refrigeration", "at-or-below-0", "warm"]
    assert found[1].allowance == Total(hours(24))


def test_a_second_finer_limit_at_the_same_temperature_stands_beside_the_first() -> None:
    found = limits(
        "store: 2..8 °C",
        "limits: [{id: stretch, above: 8 °C, allow: {each: 1 h}}, {id: sum, above: 8 °C, allow: {total: 4 h}}]",
    )
    assert [limit.id for limit in found] == ["below-2", "stretch", "sum"]


def test_another_predicate_at_the_same_temperature_replaces_nothing() -> None:
    found = limits("store: 2..8 °C", "limits: [{at_or_above: 8 °C, allow: {each: 1 h}}]")
    assert [limit.id for limit in found] == ["below-2", "above-8", "at-or-above-8"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("above: 8 °C", NoAllowance()),
        ("above: 8 °C, allow: none", NoAllowance()),
        ("above: 8 °C, allow: {each: 30 min}", Each(timedelta(minutes=30))),
        ("above: 8 °C, allow: {total: PT8H}", Total(hours(8))),
        ("above: 8 °C, allow: {total: 1 d 4 h, within: 7 d}", Total(hours(28), timedelta(days=7))),
        ("above: 8 °C, times: 2", AnyDuration()),
        ("above: 8 °C, times: 2, allow: {each: 1 h}", Each(hours(1))),
    ],
)
def test_an_allowance_reads_as(written: str, expected: object) -> None:
    (found,) = limits(f"limits: [{{{written}}}]")
    assert found.allowance == expected
    assert found.times == (2 if "times" in written else None)


@pytest.mark.parametrize(
    ("written", "milli_c"),
    [
        ("8 °C", 8000),
        ("8.0°C", 8000),
        ("8 C", 8000),
        ("46.4 °F", 8000),
        ("35.6 °F", 2000),
        ("281.15 K", 8000),
        ("-0.5 °C", -500),
        ("−0.5 °C", -500),
        ("4.0625 °C", 4063),
    ],
)
def test_a_temperature_is_converted_exactly(written: str, milli_c: int) -> None:
    (found,) = limits(f"limits: [{{above: {written}}}]")
    assert found.threshold_milli_c == milli_c


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2..8 °C", Range(2000, 8000)),
        ("2 °C .. 8 °C", Range(2000, 8000)),
        ("35.6..46.4 °F", Range(2000, 8000)),
        ("36..46 °F", Range(2222, 7778)),
        ("-25..-15 °C", Range(-25000, -15000)),
    ],
)
def test_a_range_reads_as(written: str, expected: Range) -> None:
    assert product(f"store: {written}").stages["one"].store == expected


def test_several_conditions_are_one_limit_outside_all_and_one_for_each_bounded_one() -> None:
    found = limits("any_of: [{name: room, store: 15..25 °C}, {name: cold, store: 2..8 °C, up_to: 6 h}]")
    assert [(limit.id, limit.allowance) for limit in found] == [
        ("out-of-condition", NoAllowance()),
        ("in-cold", Total(hours(6))),
    ]


def test_handling_is_the_sites_policy_and_serves_after_the_label() -> None:
    found = limits("store: 2..20 °C", "handling: {store: 15..30 °C, up_to: 30 min}")
    assert [(limit.id, limit.site_policy) for limit in found] == [("out-of-condition", False), ("in-handling", True)]
    assert found[1].bad == ((20_001, 30_000),)


def test_equilibration_names_another_condition() -> None:
    stage = product(
        "any_of: [{name: room, store: 20..25 °C}, {name: cold, store: 2..8 °C, equilibrate: {in: room, for: 1 h}}]"
    ).stages["one"]
    assert stage.conditions[1].equilibrate is not None
    assert (stage.conditions[1].equilibrate.condition, stage.conditions[1].equilibrate.duration) == ("room", hours(1))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("never", Returns.NEVER),
        ("once", Returns.ONCE),
        ("any", Returns.ANY),
        ("{for: 7 d}", ReturnsFor(timedelta(days=7))),
    ],
)
def test_a_return_rule_reads_as(written: str, expected: object) -> None:
    assert product("store: 2..8 °C", f"returns: {written}").stages["one"].returns == expected


def test_a_shortened_expiry_is_counted_from_its_event() -> None:
    expires = product("store: 2..8 °C", "expires: {after: 28 d, from: removed_from_refrigerator}").stages["one"].expires
    assert expires is not None
    assert (expires.after, expires.since) == (timedelta(days=28), Event.REMOVED)


def test_a_stages_own_time_is_among_the_deadlines() -> None:
    found = product(
        "store: 2..8 °C",
        "begins: diluted",
        "ends: infusion_ended",
        "within: 8 h",
        after="deadlines: [{from: reconstituted, to: diluted, within: 4 h}]\n",
    )
    assert [(deadline.id, deadline.within) for deadline in found.deadlines] == [
        ("diluted→infusion_ended", hours(8)),
        ("reconstituted→diluted", hours(4)),
    ]


@pytest.mark.parametrize("what", [word.value for word in Attested])
def test_each_of_the_five_attestations_can_be_required(what: str) -> None:
    found = product("store: 2..8 °C", after=f'attest: [{{at: diluted, what: "{what}"}}]\n')
    assert [(a.at, a.what.value) for a in found.attest] == [(Event.DILUTED, what)]


def test_the_first_stage_of_the_file_is_the_default() -> None:
    found = product("store: 2..8 °C", after="  another:\n    store: 15..25 °C\n")
    assert found.first_stage.name == "one"


def test_stages_may_share_one_budget() -> None:
    shared = "limits: [{id: out, above: 8 °C, allow: {total: 24 h}}]"
    found = product(shared, after=f"  two:\n    {shared}\n")
    assert found.stages["one"].limits == found.stages["two"].limits


def test_what_is_not_stated_is_none() -> None:
    found = product("store: 2..8 °C")
    assert (found.max_gap, found.label.section, found.label.dated, found.label.checked_by) == (None,) * 4


def test_what_is_unverified_can_be_asked_for_one_stage() -> None:
    found = product(
        "store: 2..8 °C",
        after="  two:\n    source: elsewhere\n    store: 2..8 °C\n    handling: {store: 15..30 °C, up_to: 30 min}\n",
    )
    both = ("no pharmacist has compared this file with the label", "the date of the label is unknown")
    assert unverified(found, "one") == both
    assert unverified(found, "two") == unverified(found)
    assert unverified(found) == (
        *both,
        "stage two is not from that document: elsewhere",
        "handling in stage two is the site's own policy, not the label's",
    )
