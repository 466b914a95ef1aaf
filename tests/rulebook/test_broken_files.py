"""Every problem of a product file has its line and column, and all are named at once."""

from pathlib import Path

import pytest

from coldchain.errors import RulebookError
from coldchain.rulebook.book import load_product, parse_product
from tests.rulebook.broken_files import GOOD, ONE_CHANGE, WHOLE_FILES


def problems_of(text: str) -> list[str]:
    with pytest.raises(RulebookError) as raised:
        parse_product(text, "sample.yaml")
    return [str(problem) for problem in raised.value.problems]


def test_the_file_that_the_broken_ones_are_made_of_is_good() -> None:
    assert parse_product(GOOD, "sample.yaml").id == "sample"


@pytest.mark.parametrize("case", ONE_CHANGE)
def test_one_broken_thing_is_named_with_its_place(case: str) -> None:
    before, after, expected = ONE_CHANGE[case]
    assert before in GOOD
    assert problems_of(GOOD.replace(before, after, 1)) == [f"sample.yaml:{problem}" for problem in expected]


@pytest.mark.parametrize("case", WHOLE_FILES)
def test_a_whole_broken_file_is_named_with_its_places(case: str) -> None:
    text, expected = WHOLE_FILES[case]
    assert problems_of(text) == [f"sample.yaml:{problem}" for problem in expected]


def test_a_file_that_is_no_utf8_says_where(tmp_path: Path) -> None:
    path = tmp_path / "sample.yaml"
    path.write_bytes(GOOD.encode("cp1252"))
    with pytest.raises(RulebookError) as raised:
        load_product(path)
    assert str(raised.value) == f"{path}:9:17: not UTF-8 text: save the file as UTF-8"


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match=r"nothing\.yaml:1:1: cannot be read: No such file or directory"):
        load_product(tmp_path / "nothing.yaml")
