"""A campaign of mutated messages."""

import logging
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests import fuzzing
from tests.payloads.fuzzing.corpus import corpus
from tests.payloads.fuzzing.life import Life

CPU_S = 240
"""Of processor time, for the whole life of one record: some 1200 messages."""


def campaign(seconds: float, seed: int, samples: Path | None) -> int:
    """Let records live for so long; 1 where something was found."""
    return fuzzing.campaign(seconds, seed, partial(_lives, seed, samples), cpu_s=CPU_S)


def _lives(seed: int, samples: Path | None) -> Callable[[int], Counter[str]]:
    logging.disable(logging.CRITICAL)  # a decoder's own mistake is a finding, not a page of log
    valid = corpus(samples)
    return lambda number: Life(seed, number, valid, timed=True).live() + Counter(["lives"])
