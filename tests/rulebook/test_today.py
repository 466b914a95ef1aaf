"""The product files as they are on the disk now."""

from pathlib import Path

import pytest

from coldchain.errors import RulebookError, UnknownProduct
from coldchain.rulebook.book import Rulebook, load_rulebook
from coldchain.rulebook.today import Today
from tests.rulebook.test_changes import TEXT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "test.yaml").write_text(TEXT, encoding="utf-8")
    return tmp_path


def test_a_file_that_changes_is_read_again(folder: Path) -> None:
    today = Today(Rulebook((folder,)))
    first = today.file("test")
    assert (first.product.version, first.text) == (1, TEXT)
    assert today.file("test") is not first
    assert today.file("test").product is first.product  # read once as long as nothing changed
    (folder / "test.yaml").write_text(TEXT.replace("version: 1", "version: 12"), encoding="utf-8")
    assert today.file("test").product.version == 12


def test_what_was_read_before_is_no_matter(folder: Path) -> None:
    book = Rulebook((folder,))
    assert book.product("test").version == 1
    (folder / "test.yaml").write_text(TEXT.replace("version: 1", "version: 2"), encoding="utf-8")
    assert book.product("test").version == 1
    assert Today(book).file("test").product.version == 2


def test_files_come_and_go(folder: Path) -> None:
    today = Today(Rulebook((folder,)))
    assert [one.product.id for one in today.files()[0]] == ["test"]
    (folder / "more.yaml").write_text(TEXT.replace("id: test", "id: more"), encoding="utf-8")
    assert [one.product.id for one in today.files()[0]] == ["more", "test"]
    (folder / "test.yaml").unlink()
    with pytest.raises(UnknownProduct):
        today.file("test")
    assert today.of("test") is None


def test_one_broken_file_hides_no_other(folder: Path) -> None:
    (folder / "broken.yaml").write_text("id: broken\nstages: nonsense\n", encoding="utf-8")
    found, problems = Today(Rulebook((folder,))).files()
    assert [one.product.id for one in found] == ["test"]
    assert all("broken.yaml" in str(one) for one in problems)
    assert problems


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match="cannot be read"):
        Today(Rulebook((tmp_path / "nowhere",))).file("test")


def test_the_shipped_library_is_there() -> None:
    found, problems = Today(load_rulebook()).files()
    assert not problems
    assert len(found) > 40
