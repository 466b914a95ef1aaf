"""A known answer: what is computed, what it must be, and who says so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One thing the program must get right.

    Attributes:
        id: Stable, such as ``mkt-3``; what a validation file refers to.
        about: The requirement, in words.
        source: Who says what the answer is: a paragraph of docs/explanation/what-the-numbers-mean.md or a publication.
        expected: The answer, as text.
        compute: What the installed program makes of it, as text.
    """

    id: str
    about: str
    source: str
    expected: str
    compute: Callable[[], str]


@dataclass(frozen=True)
class Outcome:
    """A case that was run; ``found`` is the error's words where the program failed."""

    case: Case
    found: str

    @property
    def passed(self) -> bool:
        """Whether the program gave the known answer."""
        return self.found == self.case.expected


def run_cases(cases: Sequence[Case]) -> tuple[Outcome, ...]:
    """Run every case; one that raises has failed, with the error as its answer."""
    return tuple(Outcome(case, _found(case)) for case in cases)


def _found(case: Case) -> str:
    try:
        return case.compute()
    except Exception as error:  # noqa: BLE001 a known-answer run reports whatever goes wrong, and goes on
        return f"{type(error).__name__}: {error}"
