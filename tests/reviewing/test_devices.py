"""What is said of a sensor's clock, by the record of a hospital."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from coldchain.domain.devices import Complaint
from coldchain.monitoring.ingest import ingest
from coldchain.reviewing.devices import findings
from tests.web.hospital import CHANNELS, MINUTE, Hospital, new_hospital


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    """A hospital with one refrigerator that has sent nothing."""
    made = new_hospital(tmp_path).refrigerator("calm")
    yield made
    made.store.close()


def clocks(hospital: Hospital) -> list[str]:
    with hospital.store.reading() as tx:
        return [one.sentence for one in findings(tx, hospital.now_ms) if one.complaint is Complaint.SKEW]


def sends(hospital: Hospital, *, behind: int, together: bool) -> None:
    """Fifteen readings of fifteen minutes; stored ones all come with the last."""
    begins = hospital.now_ms - 15 * MINUTE
    for minute in range(15):
        received = begins + (15 if together else minute) * MINUTE
        measured = begins + (minute - behind) * MINUTE
        message = hospital.message("calm-probe", measured, 5000 + minute)
        ingest(hospital.store, [replace(message, received_ms=received)], received, CHANNELS)


def test_a_clock_that_is_behind_is_said(hospital: Hospital) -> None:
    sends(hospital, behind=30, together=False)
    (sentence,) = clocks(hospital)
    assert sentence.startswith("has a clock 30 min behind ours")


def test_stored_readings_that_come_together_are_no_clock(hospital: Hospital) -> None:
    sends(hospital, behind=0, together=True)
    assert clocks(hospital) == []
