"""A campaign of mutated logger files."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests import fuzzing
from tests.loggers.fuzzing.corpus import corpus
from tests.loggers.fuzzing.execution import Case, execute


def campaign(seconds: float, seed: int, samples: Path | None) -> int:
    """Run cases for so long; 1 where something was found."""
    return fuzzing.campaign(seconds, seed, partial(_cases, seed, samples))


def _cases(seed: int, samples: Path | None) -> Callable[[int], Counter[str]]:
    files = corpus(samples)
    return lambda number: Counter([execute(Case.of(seed, number, files))])
