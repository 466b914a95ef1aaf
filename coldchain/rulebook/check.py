"""Checking product files: every problem of every file at once, and every example that does not hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from coldchain.errors import Problem, RulebookError
from coldchain.rulebook.book import decoded, product_files, read_product
from coldchain.rulebook.examples import failing_examples
from coldchain.rulebook.product_record import ReadProduct


@dataclass(frozen=True)
class Checked:
    """What checking some product files found.

    Attributes:
        files: How many files were read.
        examples: How many examples were run.
        problems: Every finding, in the order of files and lines.
        unreadable: A sentence for each path that could not be read at all.
    """

    files: int
    examples: int
    problems: tuple[Problem, ...]
    unreadable: tuple[str, ...]


def check(paths: Iterable[Path]) -> Checked:
    """Check files, and all product files of folders."""
    files, unreadable = _files(paths)
    problems: list[Problem] = []
    read: list[tuple[Path, ReadProduct]] = []
    for path in files:
        try:
            content = path.read_bytes()
        except OSError as error:
            unreadable.append(f"{path} cannot be read: {error.strerror or error}")
            continue
        try:
            found = read_product(decoded(content, str(path)), str(path))
        except RulebookError as error:
            problems.extend(error.problems)
        else:
            read.append((path, found))
            problems.extend(failing_examples(found, str(path)))
    problems.extend(_shared_ids(read))
    examples = sum(len(found.product.examples) for _, found in read)
    return Checked(len(files), examples, tuple(sorted(problems)), tuple(unreadable))


def _files(paths: Iterable[Path]) -> tuple[list[Path], list[str]]:
    """The files that are meant, each once, and a sentence for each path that names none."""
    files: dict[Path, None] = {}
    unreadable: list[str] = []
    for path in paths:
        try:
            here = list(product_files(path)) if path.is_dir() else [path]
        except OSError as error:
            unreadable.append(f"{path} cannot be read: {error.strerror or error}")
            continue
        if not here:
            unreadable.append(f"there is no product file (*.yaml) in {path}")
        if here == [path] and not path.exists():
            unreadable.append(f"there is no file or folder {path}")
            continue
        files.update(dict.fromkeys(here))
    return list(files), unreadable


def _shared_ids(read: Sequence[tuple[Path, ReadProduct]]) -> list[Problem]:
    """Two files of one folder must not describe the same product."""
    first: dict[tuple[Path, str], Path] = {}
    problems = []
    for path, found in read:
        earlier = first.setdefault((path.parent, found.product.id), path)
        if earlier is not path:
            place = found.id_place
            message = f"the id {found.product.id!r} is also that of {earlier.name}"
            problems.append(Problem(str(path), place.line, place.column, message))
    return problems
