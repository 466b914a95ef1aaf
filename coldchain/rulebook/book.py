"""Product files in folders: one file quickly, or all of them with every problem."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from coldchain.domain.product import Product
from coldchain.errors import Problem, RulebookError, UnknownProduct
from coldchain.rulebook.fields import PRODUCT
from coldchain.rulebook.kinds import nearest
from coldchain.rulebook.nodes import LARGEST_FILE_BYTES, Place, Problems, read_nodes, shown
from coldchain.rulebook.product_record import ReadProduct

SUFFIXES = (".yaml", ".yml")


def shipped_folder() -> Path:
    """Where the product files that come with this program are: in the wheel, else in the repository."""
    packed = Path(__file__).parent / "products"
    return packed if packed.is_dir() else Path(__file__).parents[2] / "rules"


def parse_product(text: str, file: str) -> Product:
    """The product that a file's text describes.

    Args:
        text: The whole file.
        file: What problems call it.

    Raises:
        RulebookError: Every problem of the text.
    """
    return read_product(text, file).product


def load_product(path: Path) -> Product:
    """The product of one file.

    Raises:
        RulebookError: Every problem of the file, or why it cannot be read.
    """
    return parse_product(read_text(path), str(path))


def read_product(text: str, file: str) -> ReadProduct:
    """`parse_product`, with the places of its examples."""
    problems = Problems(file)
    root = read_nodes(text.removeprefix("\ufeff"), problems)
    found = PRODUCT.read(root, "the file", problems) if root is not None else None
    if problems.found or found is None:
        raise RulebookError(problems.found)
    hashed = hashlib.sha256(text.encode()).hexdigest()
    return replace(found, product=replace(found.product, sha256=hashed))


def read_text(path: Path) -> str:
    """A product file's text, byte for byte.

    Raises:
        RulebookError: The file cannot be read, is too large, or is no UTF-8 text.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise RulebookError([Problem(str(path), 1, 1, f"cannot be read: {error.strerror or error}")]) from error
    return decoded(content, str(path))


def decoded(content: bytes, file: str) -> str:
    """A product file's bytes as text.

    Raises:
        RulebookError: They are too many, or no UTF-8 text.
    """
    if len(content) > LARGEST_FILE_BYTES:
        raise RulebookError([Problem(file, 1, 1, f"the file is larger than {LARGEST_FILE_BYTES // 1024} KiB")])
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(errors="replace")
        place = Place(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
        problem = Problem(file, place.line, place.column, "not UTF-8 text: save the file as UTF-8")
        raise RulebookError([problem]) from error


@dataclass(frozen=True)
class Rulebook:
    """The product files of some folders; a later folder's product stands for an earlier one's of the same id.

    Nothing is read before it is asked for, and one product costs one file.
    """

    folders: tuple[Path, ...]

    @cached_property
    def _paths(self) -> dict[str, Path]:
        """The file of each product, by a glance at the texts only."""
        found: dict[str, Path] = {}
        problems: list[Problem] = []
        for folder in self.folders:
            here: dict[str, Path] = {}
            for path in product_files(folder):
                product_id, place = _glance(path)
                first = here.setdefault(product_id, path)
                if first is not path:
                    message = f"the id {shown(product_id)} is also that of {first.name}"
                    problems.append(Problem(str(path), place.line, place.column, message))
            found |= here
        if problems:
            raise RulebookError(problems)
        return found

    @cached_property
    def _read(self) -> dict[str, tuple[Product, str]]:
        return {}

    @cached_property
    def products(self) -> Mapping[str, Product]:
        """All products by id, in the order of their ids.

        Raises:
            RulebookError: Every problem of every file.
        """
        problems: list[Problem] = []
        found: dict[str, Product] = {}
        for product_id in sorted(self._paths):
            try:
                found[product_id] = self._load(product_id, self._paths[product_id])[0]
            except RulebookError as error:
                problems.extend(error.problems)
        if problems:
            raise RulebookError(problems)
        return found

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all products, sorted, by a glance at the files."""
        return tuple(sorted(self._paths))

    def product(self, product_id: str) -> Product:
        """The product of an id.

        Raises:
            UnknownProduct: No file has this id; the message names the nearest ids.
            RulebookError: The product's file has problems, or two files of one folder have this id.
        """
        return self._of(product_id)[0]

    def text(self, product_id: str) -> str:
        """The text of the file a product was read from; `parse_product` of it gives the same product and hash."""
        return self._of(product_id)[1]

    def path(self, product_id: str) -> Path:
        """The file a product is read from."""
        self._of(product_id)
        return self._find(product_id)

    def _of(self, product_id: str) -> tuple[Product, str]:
        return self._read.get(product_id) or self._load(product_id, self._find(product_id))

    def _find(self, product_id: str) -> Path:
        """The file of an id: in the shipped folder a file is named after its id, so no other one is opened."""
        shipped = self.folders[0] / f"{product_id}.yaml"
        if self.folders == (shipped_folder(),) and re.fullmatch(r"[a-z0-9._-]+", product_id) and shipped.is_file():
            return shipped
        if product_id not in self._paths:
            known = sorted(self._paths)
            message = f"there is no product {product_id!r}{nearest(product_id, known)}"
            raise UnknownProduct(f"{message}; `coldchain rules list` shows them all")
        return self._paths[product_id]

    def _load(self, product_id: str, path: Path) -> tuple[Product, str]:
        text = read_text(path)
        product = parse_product(text, str(path))
        if product.id != product_id:
            problem = Problem(str(path), 1, 1, f"the file is named after {product_id!r}, but its id is {product.id!r}")
            raise RulebookError([problem])
        self._read[product_id] = product, text
        return product, text


def load_rulebook(*folders: Path) -> Rulebook:
    """The shipped product files, with those of own folders on top.

    Raises:
        RulebookError: One of the folders does not exist.
    """
    missing = [Problem(str(folder), 1, 1, "there is no such folder") for folder in folders if not folder.is_dir()]
    if missing:
        raise RulebookError(missing)
    return Rulebook((shipped_folder(), *folders))


def product_files(folder: Path) -> Iterator[Path]:
    """The product files of a folder, by name."""
    yield from sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES and path.is_file())


_ID = re.compile(r"^id[ \t]*:[ \t]*(?:'([^'\n]*)'|\"([^\"\n]*)\"|([^#\n]*?))[ \t]*(?:#.*)?\r?$", re.MULTILINE)


def _glance(path: Path) -> tuple[str, Place]:
    """A file's id and its line, without reading all of it; what has no such line goes by its file's name."""
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST_FILE_BYTES).decode(errors="replace")
    except OSError:
        return path.stem, Place(1, 1)  # reported when it is read
    found = _ID.search(text)
    if not found:
        return path.stem, Place(1, 1)
    group = next(index for index, part in enumerate(found.groups(), start=1) if part is not None)
    column = found.start(group) - found.start() + 1
    return found[group].strip(), Place(text.count("\n", 0, found.start()) + 1, column)
