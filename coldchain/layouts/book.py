"""Reading layout files: from a text, a file, or a folder; every problem with its line."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from coldchain.errors import LayoutError, Problem
from coldchain.layouts.fields import LAYOUT
from coldchain.loggers.learned import LearnedLayout
from coldchain.rulebook.nodes import LARGEST_FILE_BYTES, Problems, read_nodes

SUFFIXES = (".yaml", ".yml")


def layout_of_text(text: str, file: str = "the layout") -> LearnedLayout:
    """The layout that a file's text describes.

    Args:
        text: The whole file.
        file: What problems call it.

    Raises:
        LayoutError: Every problem of the text.
    """
    problems = Problems(file)
    root = read_nodes(text.removeprefix("\ufeff"), problems)
    found = LAYOUT.read(root, "the file", problems) if root is not None else None
    if problems.found or found is None:
        raise LayoutError(problems.found)
    return replace(found, text=text, sha256=hashlib.sha256(text.encode()).hexdigest())


def load_layout(path: Path) -> LearnedLayout:
    """The layout of one file.

    Raises:
        LayoutError: Every problem of the file, or why it cannot be read.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE_BYTES + 1)
        text = content.decode("utf-8")
    except OSError as error:
        raise LayoutError([Problem(str(path), 1, 1, f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise LayoutError([Problem(str(path), line, 1, "not readable as UTF-8 text")]) from error
    return layout_of_text(text, str(path))


def find_layouts(paths: Sequence[Path]) -> tuple[LearnedLayout, ...]:
    """The layouts of files and of folders, by name.

    Raises:
        LayoutError: The problems of all of them; two layouts of one name that say different things.
    """
    problems: list[Problem] = []
    found: dict[str, tuple[LearnedLayout, Path]] = {}
    for path in (each for given in paths for each in _files(given, problems)):
        try:
            layout = load_layout(path)
        except LayoutError as error:
            problems.extend(error.problems)
            continue
        known = found.setdefault(layout.name, (layout, path))
        if known[0].sha256 != layout.sha256:
            message = f"the name {layout.name!r} is also that of {known[1]}, which says something else"
            problems.append(Problem(str(path), 1, 1, message))
    if problems:
        raise LayoutError(problems)
    return tuple(found[name][0] for name in sorted(found))


def _files(path: Path, problems: list[Problem]) -> list[Path]:
    try:
        if not path.is_dir():
            return [path]
        return sorted(one for one in path.iterdir() if one.suffix in SUFFIXES and not one.name.startswith("."))
    except OSError as error:
        problems.append(Problem(str(path), 1, 1, f"cannot be read: {error.strerror}"))
        return []
