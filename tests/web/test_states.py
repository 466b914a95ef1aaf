"""Which word a tile shows."""

import pytest

from coldchain.web.states import Badness, LimitNow, Shown, State, state_of, worst

MIN = 60_000
NOW = 1_000 * MIN
GOOD, PERHAPS, SURE = Badness.GOOD, Badness.PERHAPS, Badness.SURE


def limit(badness: Badness, words: str = "above 8 °C", since: int = 0, until: int | None = None) -> LimitNow:
    """A limit ``since`` minutes bad, with an allowance that lasts until so many minutes from now."""
    return LimitNow(
        words, badness, NOW - since * MIN if badness else None, since * MIN, until is not None,
        None if until is None or until < 0 else NOW + until * MIN,
    )  # fmt: skip


HIGH, LOW, HOT, ICE = "above 8 °C", "below 2 °C", "above 25 °C", "at or below 0 °C"


@pytest.mark.parametrize(
    ("case", "age_min", "limits", "word", "leading", "allowed_min", "passed", "silent_min"),
    [
        ("a good reading just now", 1, [limit(GOOD)], State.IN, "", None, False, None),
        ("exactly as old as a good reading is believed", 30, [limit(GOOD)], State.IN, "", None, False, None),
        ("a minute older", 31, [limit(GOOD)], State.NO_DATA, "", None, False, 31),
        ("bad, and nothing is allowed", 1, [limit(SURE, since=25)], State.OUT, HIGH, None, False, None),
        ("bad within its allowance", 1, [limit(SURE, until=29)], State.OUT, HIGH, 29, False, None),
        ("bad beyond its allowance", 1, [limit(SURE, until=-1)], State.OUT, HIGH, None, True, None),
        ("bad only if the probe is off", 1, [limit(PERHAPS)], State.POSSIBLY, HIGH, None, False, None),
        ("a bad reading is believed in silence", 90, [limit(SURE)], State.OUT, HIGH, None, False, 90),
        ("a doubtful one too", 90, [limit(PERHAPS)], State.POSSIBLY, HIGH, None, False, 90),
        ("the strict leads", 1, [limit(SURE, HIGH, until=60), limit(SURE, HOT)], State.OUT, HOT, None, False, None),
        (
            "the nearer leads",
            1,
            [limit(SURE, HIGH, until=60), limit(SURE, HOT, until=5)],
            State.OUT,
            HOT,
            5,
            False,
            None,
        ),
        ("sure leads perhaps", 1, [limit(PERHAPS, LOW), limit(SURE, ICE)], State.OUT, ICE, None, False, None),
    ],
)
def test_the_word(
    case: str, age_min: int, limits: list[LimitNow], word: State, leading: str, allowed_min: int | None,
    passed: bool, silent_min: int | None,
) -> None:  # fmt: skip
    shown = state_of(NOW, NOW - age_min * MIN, 30 * MIN, limits)
    assert (shown.state, shown.limit, shown.allowance_passed) == (word, leading, passed), case
    assert shown.allowed_until_ms == (None if allowed_min is None else NOW + allowed_min * MIN), case
    assert shown.silent_ms == (None if silent_min is None else silent_min * MIN), case


def test_before_the_first_reading_there_is_no_data() -> None:
    assert state_of(NOW, None, 30 * MIN, []) == Shown(State.NO_DATA, note="no reading yet")


def test_what_is_suspended_says_why_and_nothing_else() -> None:
    shown = state_of(NOW, NOW, 30 * MIN, [limit(SURE)], suspended="out of service")
    assert shown == Shown(State.SUSPENDED, note="out of service")


def test_worst_first() -> None:
    within = state_of(NOW, NOW, 30 * MIN, [limit(SURE, until=9)])
    order = [
        state_of(NOW, NOW, 30 * MIN, [limit(SURE, since=50)]),
        state_of(NOW, NOW, 30 * MIN, [limit(SURE, since=5)]),
        within,
        state_of(NOW, NOW, 30 * MIN, [limit(PERHAPS)]),
        state_of(NOW, NOW - 60 * MIN, 30 * MIN, []),
        state_of(NOW, NOW, 30 * MIN, []),
        state_of(NOW, NOW, 30 * MIN, [], suspended="defrost"),
    ]
    mixed = [order[index] for index in (6, 2, 0, 5, 1, 4, 3)]
    assert sorted(mixed, key=lambda shown: shown.urgency) == order
    assert worst(order[2:]) is within


def test_the_five_words_have_five_names() -> None:
    assert [state.css for state in State] == ["out", "possibly", "nodata", "in", "suspended"]
