"""Names in the order in which people look for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.natural import natural


@pytest.mark.parametrize(
    ("case", "ordered"),
    [
        ("numbers by their value", ["Ward 1", "Ward 2", "Ward 10", "Ward 100"]),
        ("in several places", ["B2 room 3", "B2 room 12", "B10 room 1"]),
        ("zeros in front count for nothing", ["log-2", "log-03", "log-10"]),
        ("a name before its longer ones", ["Ward", "Ward 1", "Ward 1 left", "Ward A"]),
        ("whatever the case", ["alpha 2", "Beta 1", "gamma"]),
        ("accents stand with their letters", ["Arzt", "Ärzte", "Echo", "Élan", "Zoo"]),
        ("numbers longer than any machine's", ["7" * 4999, "1" * 5000, "2" * 5000]),
        ("a number before a letter", ["", "2 left", "a"]),
    ],
)
def test_names_in_order(case: str, ordered: list[str]) -> None:
    backwards = ordered[::-1]
    assert sorted(backwards, key=natural) == ordered, case


def test_several_names_in_turn_and_one_that_is_missing() -> None:
    pairs = [("a", None), ("a", "ch 2"), ("a", "ch 10"), ("b", "ch 1")]
    backwards = pairs[::-1]
    assert sorted(backwards, key=lambda pair: natural(*pair)) == pairs


@given(st.lists(st.text(st.sampled_from("aAäß09 ٣²½-"), max_size=6) | st.text(max_size=6), max_size=8))
def test_any_names_have_one_order_whatever_they_came_in(names: list[str]) -> None:
    ordered = sorted(set(names), key=natural)
    backwards = ordered[::-1]
    assert sorted(backwards, key=natural) == ordered
    assert len({natural(name) for name in ordered}) == len(ordered)


@given(st.text(st.sampled_from("abz -"), max_size=5), st.integers(0, 10**30), st.integers(0, 10**30))
def test_of_two_names_that_differ_by_a_number_the_smaller_comes_first(name: str, one: int, other: int) -> None:
    assert (natural(f"{name}{one}") < natural(f"{name}{other}")) == (one < other)
