"""The product files as they are on the disk now, for a service that runs for months."""

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from coldchain.domain.product import Product
from coldchain.errors import ColdchainError, Problem, RulebookError
from coldchain.rulebook.book import Rulebook, product_files

Signature = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class File:
    """A product as its file says it today; the text is what is hashed."""

    product: Product
    text: str


@dataclass
class Today:
    """The product files of some folders, read again when any of them has changed.

    A `Rulebook` says what it has read once; this one asks the disk each time, at the price of looking at the folders.
    """

    rulebook: Rulebook
    _seen: Signature | None = None
    _turn: Lock = field(default_factory=Lock)

    def file(self, product_id: str) -> File:
        """The product of an id, as its file says it now.

        Raises:
            UnknownProduct: No file has this id.
            RulebookError: Its file has problems, or a folder is gone.
        """
        book = self._current()
        return File(book.product(product_id), book.text(product_id))

    def of(self, product_id: str) -> File | None:
        """The same; ``None`` where there is no such file, or none that can be read."""
        try:
            return self.file(product_id)
        except ColdchainError:
            return None

    def files(self) -> tuple[list[File], tuple[Problem, ...]]:
        """Every product that can be read, by id, and the problems of the files that cannot."""
        book = self._current()
        found: list[File] = []
        problems: list[Problem] = []
        for product_id in book.ids:
            try:
                found.append(File(book.product(product_id), book.text(product_id)))
            except RulebookError as error:
                problems.extend(error.problems)
        return found, tuple(problems)

    def _current(self) -> Rulebook:
        with self._turn:
            now = _signature(self.rulebook.folders)
            if self._seen != now:
                self.rulebook = Rulebook(self.rulebook.folders)
            self._seen = now
            return self.rulebook


def _signature(folders: tuple[Path, ...]) -> Signature:
    found = []
    for folder in folders:
        try:
            for path in product_files(folder):
                about = path.stat()
                found.append((str(path), about.st_mtime_ns, about.st_size))
        except OSError as error:
            raise RulebookError([Problem(str(folder), 1, 1, f"cannot be read: {error.strerror}")]) from error
    return tuple(found)
