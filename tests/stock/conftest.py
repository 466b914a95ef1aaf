"""An empty pharmacy for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stock.pharmacy import NINE_HOURS, Pharmacy, rulebook_of
from tests.web.hospital import new_hospital


@pytest.fixture
def pharmacy(tmp_path: Path) -> Iterator[Pharmacy]:
    """A hospital with its people, and a product with a budget of nine hours above 8 °C."""
    hospital = new_hospital(tmp_path)
    yield Pharmacy(hospital, rulebook_of(tmp_path / "rules", NINE_HOURS))
    if hospital.worker.state().alive:
        hospital.worker.close()
    hospital.store.close()
