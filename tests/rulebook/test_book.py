"""Product files in folders: one quickly, all with every problem, own ones on top of the shipped ones."""

import hashlib
import shutil
from pathlib import Path

import pytest

from coldchain.errors import RulebookError, UnknownProduct
from coldchain.rulebook.book import load_product, load_rulebook, parse_product, product_files, shipped_folder
from tests.rulebook.broken_files import GOOD


def put(folder: Path, name: str, text: str = GOOD) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_every_shipped_file_is_named_after_its_id() -> None:
    paths = list(product_files(shipped_folder()))
    assert [load_product(path).id for path in paths] == [path.stem for path in paths]


def test_every_shipped_product_says_what_it_is_and_has_examples_of_both_verdicts() -> None:
    for product in load_rulebook().products.values():
        assert {"compliant", "violated"} <= {example.expect for example in product.examples}, product.id


def test_the_hash_is_that_of_the_files_bytes(tmp_path: Path) -> None:
    path = put(tmp_path, "sample.yaml")
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_product(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_kept_text_gives_the_same_product_again(tmp_path: Path) -> None:
    put(tmp_path, "sample.yaml", "\ufeff" + GOOD)
    book = load_rulebook(tmp_path)
    assert parse_product(book.text("sample"), "kept") == book.product("sample")


def test_one_product_is_read_without_the_others(tmp_path: Path) -> None:
    put(tmp_path, "sample.yaml")
    put(tmp_path, "broken.yaml", "id: broken\n")
    book = load_rulebook(tmp_path)
    assert book.product("sample").id == "sample"
    with pytest.raises(RulebookError, match="the key 'stages' is missing"):
        _ = book.products


def test_all_problems_of_all_files_are_named_at_once(tmp_path: Path) -> None:
    put(tmp_path, "one.yaml", GOOD.replace("id: sample", "id: one").replace("max_gap: 30 min", "max_gap: 30"))
    put(tmp_path, "two.yaml", GOOD.replace("id: sample", "id: two").replace("version: 1", "version: 0"))
    with pytest.raises(RulebookError) as raised:
        _ = load_rulebook(tmp_path).products
    assert [Path(problem.file).name for problem in raised.value.problems] == ["one.yaml", "two.yaml"]


def test_two_files_with_one_id_are_refused_with_their_line(tmp_path: Path) -> None:
    first, second = put(tmp_path, "a.yaml"), put(tmp_path, "b.yml")
    with pytest.raises(RulebookError) as raised:
        load_rulebook(tmp_path).product("sample")
    assert str(raised.value) == f"{second}:2:5: the id 'sample' is also that of {first.name}"


def test_an_own_product_stands_for_the_shipped_one_of_its_id(tmp_path: Path) -> None:
    put(tmp_path, "ours.yaml", GOOD.replace("id: sample", "id: lemtrada  # ours"))
    book = load_rulebook(tmp_path)
    assert book.product("lemtrada").name == "Sample 10 mg vial"
    assert book.path("lemtrada") == tmp_path / "ours.yaml"
    assert "besponsa" in book.products


def test_a_later_folder_stands_for_an_earlier_one(tmp_path: Path) -> None:
    put(tmp_path / "one", "sample.yaml")
    put(tmp_path / "two", "sample.yaml", GOOD.replace("version: 1", "version: 2"))
    assert load_rulebook(tmp_path / "one", tmp_path / "two").product("sample").version == 2


@pytest.mark.parametrize("line", ["id: 'sample'", 'id: "sample" # quoted', "id:   sample\t"])
def test_an_id_may_be_quoted(tmp_path: Path, line: str) -> None:
    put(tmp_path, "other-name.yaml", GOOD.replace("id: sample", line))
    assert load_rulebook(tmp_path).product("sample").id == "sample"


def test_an_unknown_product_names_the_nearest() -> None:
    with pytest.raises(UnknownProduct, match="there is no product 'lemtrda'; did you mean 'lemtrada'"):
        load_rulebook().product("lemtrda")


@pytest.mark.parametrize("product_id", ["", "../lemtrada", "/etc/passwd", "lemtrada.yaml", "LEMTRADA", "README"])
def test_an_id_is_never_a_path(product_id: str) -> None:
    with pytest.raises(UnknownProduct):
        load_rulebook().product(product_id)


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match="there is no such folder"):
        load_rulebook(tmp_path / "nothing")


def test_a_file_that_cannot_be_opened_is_a_problem_only_when_it_is_asked_for(tmp_path: Path) -> None:
    put(tmp_path, "sample.yaml")
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere.yaml")
    (tmp_path / "folder.yaml").mkdir()
    assert set(load_rulebook(tmp_path).products) >= {"sample"}


def test_an_installed_copy_of_the_folder_reads_the_same(tmp_path: Path) -> None:
    copy = tmp_path / "products"
    shutil.copytree(shipped_folder(), copy)
    assert load_rulebook(copy).products == load_rulebook().products
