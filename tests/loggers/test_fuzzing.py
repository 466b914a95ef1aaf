"""Mutated files of every format, in short; ``make fuzz SECONDS=1200`` runs the same for as long as one likes."""

import pytest

from tests.loggers.fuzzing.corpus import corpus
from tests.loggers.fuzzing.execution import Case, execute

CASES = 400


@pytest.mark.parametrize("part", range(4))
def test_no_mutated_file_is_more_than_read_or_refused(part: int) -> None:
    outcomes = {execute(Case.of(1, number, corpus())) for number in range(part * CASES // 4, (part + 1) * CASES // 4)}
    assert "read" in outcomes
    assert len(outcomes) > 4
