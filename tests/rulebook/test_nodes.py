"""The loader on arbitrary text: a product or its problems, never anything else."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from coldchain.domain.product import Product
from coldchain.errors import RulebookError
from coldchain.rulebook.book import parse_product
from coldchain.rulebook.nodes import Entries, Problems, Scalar, read_nodes
from tests.rulebook.broken_files import GOOD

LINES = GOOD.splitlines(keepends=True)


def outcome(text: str) -> Product | list[str]:
    try:
        return parse_product(text, "x.yaml")
    except RulebookError as error:
        problems = error.problems
    assert problems
    assert all(problem.line >= 1 and problem.column >= 1 for problem in problems)
    return [str(problem) for problem in problems]


@settings(max_examples=300, deadline=None)
@given(st.text())
@example("\ufeff")
@example("a: \ud800")
@example("'\\ud800'")
@example("{[]: 1, ? {a: b} : c}")
@example("? *a")
@example("%TAG ! tag:x,2000:\n---\n!x a: 1")
@example("schema: [coldchain.product/1]\nstages: {1: [], [a]: b, c: {limits: {}, any_of: 3, expires: []}}")
def test_any_text_is_a_product_or_its_problems(text: str) -> None:
    outcome(text)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_mixture_of_the_lines_of_a_good_file_is_a_product_or_its_problems(data: st.DataObject) -> None:
    lines = data.draw(st.lists(st.sampled_from(LINES), max_size=40))
    outcome("".join(lines))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(GOOD)), st.integers(0, 12), st.text(alphabet=" \n:-{}[],'\"&*!?|>#%@0°Cx_é", max_size=6))
def test_a_good_file_with_a_few_characters_changed_is_a_product_or_its_problems(at: int, cut: int, put: str) -> None:
    outcome(GOOD[:at] + put + GOOD[at + cut :])


def test_many_problems_are_all_named() -> None:
    text = "".join(f"key{number}: x\n" for number in range(4000))
    found = outcome(text)
    assert isinstance(found, list)
    assert sum("unknown key" in problem for problem in found) == 4000


def test_every_scalar_stays_its_text() -> None:
    problems = Problems("x.yaml")
    root = read_nodes("a: no\nb: 12:30:00\nc: 1_000\nd: 0x10\ne: 2024-01-01\nf: 1e3\n", problems)
    assert isinstance(root, Entries)
    texts = [value.text for _, value in root.entries.values() if isinstance(value, Scalar)]
    assert texts == ["no", "12:30:00", "1_000", "0x10", "2024-01-01", "1e3"]
    assert problems.found == []


def test_only_an_unquoted_null_is_nothing() -> None:
    root = read_nodes('a: null\nb: ~\nc:\nd: "null"\ne: ""\n', Problems("x.yaml"))
    assert isinstance(root, Entries)
    nothing = [key for key, (_, value) in root.entries.items() if isinstance(value, Scalar) and value.is_null]
    assert nothing == ["a", "b", "c"]
