"""Mutated messages of every decoder through the real ingest step, in short; ``make fuzz SECONDS=1200`` goes on."""

import logging
from collections.abc import Iterator

import pytest

from coldchain.payloads import DECODERS
from tests.payloads.fuzzing.corpus import corpus
from tests.payloads.fuzzing.life import Life


@pytest.fixture
def silence() -> Iterator[None]:
    """A case tells by what it raises; the log of the same would be pages."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("number", [0])
@pytest.mark.usefixtures("silence")
def test_whatever_arrives_is_stored_or_held_with_a_sentence_and_the_record_proves_itself(number: int) -> None:
    counts = Life(1, number, corpus()).live(batches=6)
    assert {"readings", "quarantined", "refused", "nothing to read"} <= counts.keys()


def test_every_decoder_has_a_valid_message_to_mutate() -> None:
    assert {one.decoder for one in corpus()} == {*DECODERS, "posted"}
