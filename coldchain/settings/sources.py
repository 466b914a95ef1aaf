"""Where settings come from: one file and the environment, and what was found wrong with them."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from coldchain.errors import Problem
from coldchain.rulebook.nodes import Place

PREFIX = "COLDCHAIN_"
OUTSIDE = frozenset({"COLDCHAIN_CONFIG", "COLDCHAIN_SIMULATE_PASSWORD"})
"""Variables that name no setting: the file itself, and what another command takes."""


def nearest(word: str, known: Sequence[str]) -> str:
    """``; did you mean X?`` or, where nothing is near, what there is."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else f"; there is {', '.join(sorted(known))}"


@dataclass(frozen=True)
class Found:
    """A value as it was written, and where: a place in the file or a variable."""

    text: str
    file: str
    line: int = 1
    column: int = 1
    variable: bool = False


@dataclass
class Sources:
    """The file, the environment, and what was found wrong with them.

    Attributes:
        variables: Those that were asked for.
        left: Those that are not looked at, with all that begin with one of them and ``_``.
    """

    file: str
    base: Path
    environment: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)
    variables: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)

    def refuse(self, place: Place, message: str) -> None:
        """Remember a problem at a place of the file."""
        self.problems.append(Problem(self.file, place.line, place.column, message))

    def refuse_found(self, found: Found, message: str) -> None:
        """Remember a problem with a value."""
        self.problems.append(Problem(found.file, found.line, found.column, message))

    def unknown_variables(self) -> None:
        """Refuse ``COLDCHAIN_`` variables that name no setting: a misspelt one would silently do nothing."""
        for name in sorted(self.environment):
            if name.startswith(PREFIX) and name not in self.variables | OUTSIDE and not self._is_left(name):
                near = difflib.get_close_matches(name, sorted(self.variables), n=1, cutoff=0.6)
                hint = f"; did you mean {near[0]}?" if near else ""
                self.problems.append(Problem(name, 1, 1, f"this variable names no setting{hint}"))

    def _is_left(self, name: str) -> bool:
        return any(name == each or name.startswith(f"{each}_") for each in self.left)
