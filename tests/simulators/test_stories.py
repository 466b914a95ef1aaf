"""The demo's eight stories tell what their lines say, whatever the moment and the seed."""

import itertools

import pytest

from coldchain.domain.product import NoAllowance
from coldchain.rulebook.book import load_rulebook
from coldchain.rulebook.check import check
from simulators.device import DISCONNECTED_MILLI_C, Device, Sample
from simulators.publish import Timeline
from simulators.stories import EVERY_MS, HISTORY_MS, RULES, SPEED, STORIES, Story

NOW_MS = 1_795_314_566_805
BY_NAME = {story.location: story for story in STORIES}
SEEDS = (1, 2, 3)


def life(story: Story, seed: int = 1, later_s: int = 0) -> tuple[list[Sample], list[Sample]]:
    """The readings up to now, and those of so many real seconds more, on the real clock."""
    timeline = Timeline(NOW_MS, SPEED)
    device = Device(story.setting(NOW_MS), seed, NOW_MS - HISTORY_MS - EVERY_MS)
    end_ms = NOW_MS + int(later_s * 1000 * SPEED)
    samples = [timeline.real(sample) for sample in device.samples(EVERY_MS, end_ms)]
    return [s for s in samples if s.at_ms <= NOW_MS], [s for s in samples if s.at_ms > NOW_MS]


def out_of_range(samples: list[Sample]) -> list[Sample]:
    return [s for s in samples if -40_000 < s.milli_c < 2_000 or 8_000 < s.milli_c < 85_000]


def test_eight_refrigerators_with_names_of_their_own() -> None:
    assert len(STORIES) == 8
    assert len({story.location for story in STORIES}) == len({story.title for story in STORIES}) == 8


def test_the_three_products_and_the_demos_own_are_there() -> None:
    assert {story.product for story in STORIES} == {"lemtrada", "besponsa", "natalizumab", "demo-two-hours"}
    rulebook = load_rulebook(RULES)
    for story in STORIES:
        assert story.stage in rulebook.product(story.product).stages


def test_the_demos_own_rule_has_no_problems_and_does_what_its_examples_say() -> None:
    assert check([RULES]).problems == ()


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.location)
def test_history_is_seven_days(story: Story) -> None:
    history, _ = life(story)
    assert history[0].at_ms == NOW_MS - HISTORY_MS
    assert history[-1].at_ms == NOW_MS


@pytest.mark.parametrize("seed", SEEDS)
def test_the_first_one_stays_in_range(seed: int) -> None:
    history, later = life(BY_NAME["ward-1"], seed, later_s=120)
    assert out_of_range(history + later) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_the_door_brings_it_out_of_range_within_forty_seconds_and_back_within_ninety(seed: int) -> None:
    history, later = life(BY_NAME["ward-2"], seed, later_s=300)
    assert history[-1].milli_c < 8_000
    bad = out_of_range(later)
    assert NOW_MS < bad[0].at_ms <= NOW_MS + 40_000
    assert bad[-1].at_ms <= NOW_MS + 90_000


@pytest.mark.parametrize("seed", SEEDS)
def test_the_failed_compressor_is_out_of_range_until_it_is_repaired(seed: int) -> None:
    history, later = life(BY_NAME["pharmacy-1"], seed, later_s=420)
    assert all(s.milli_c > 8_000 for s in history[-6:])
    assert all(s.milli_c > 8_000 for s in later if s.at_ms < NOW_MS + 290_000)
    assert later[-1].milli_c < 8_000


@pytest.mark.parametrize("seed", SEEDS)
def test_the_cold_setting_is_too_cold_by_less_than_its_probe_is_sure_of(seed: int) -> None:
    story = BY_NAME["ward-3"]
    history, later = life(story, seed, later_s=600)
    assert min(s.milli_c for s in history) < 0
    latest = history[-12:] + later
    assert all(2_000 - story.uncertainty_milli_c <= s.milli_c < 2_000 for s in latest)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_power_cut_leaves_a_gap_and_wrong_clocks(seed: int) -> None:
    history, later = life(BY_NAME["ward-4"], seed, later_s=60)
    silences = [b.at_ms - a.at_ms for a, b in itertools.pairwise(history)]
    assert max(silences) == 5 * 3_600_000 + EVERY_MS
    assert any(s.stamp_ms < 1_000_000_000_000 for s in history)
    assert any(s.stamp_ms == s.at_ms + 7_200_000 for s in later)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_loose_probe_says_nothing_for_fifty_minutes_and_comes_back_after_four(seed: int) -> None:
    history, later = life(BY_NAME["day-clinic"], seed, later_s=300)
    silent = [s for s in history if s.at_ms >= NOW_MS - 50 * 60_000]
    assert {s.milli_c for s in silent} == {DISCONNECTED_MILLI_C}
    assert later[-1].milli_c < 8_000
    assert {s.milli_c for s in later if s.at_ms < NOW_MS + 240_000} == {DISCONNECTED_MILLI_C}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_network_comes_back_with_an_excursion_that_nobody_knew(seed: int) -> None:
    history, later = life(BY_NAME["ward-5"], seed, later_s=120)
    held = [s for s in history + later if s.sent_ms > s.at_ms]
    assert {s.sent_ms for s in held} == {NOW_MS + 75_000}
    assert held[0].at_ms == NOW_MS - 75 * 60_000
    assert out_of_range(history + later) == out_of_range(held) != []


@pytest.mark.parametrize("seed", SEEDS)
def test_the_eighth_is_warm_within_what_its_rule_allows(seed: int) -> None:
    story = BY_NAME["pharmacy-2"]
    history, later = life(story, seed, later_s=600)
    latest = history[-2:] + later
    assert all(8_000 < s.milli_c < 15_000 for s in latest)
    stage = load_rulebook(RULES).product(story.product).stages[story.stage]
    allowed = next(limit for limit in stage.limits if limit.id == "warm-for-a-while")
    assert not isinstance(allowed.allowance, NoAllowance)
