"""The benchmarks run; how fast is for `make bench` to say, not for a test."""

import re

import pytest

from tests.benchmarks.__main__ import main
from tests.benchmarks.measure import Measured
from tests.brokers import require_mosquitto


@pytest.mark.broker
def test_every_benchmark_runs_and_prints_a_ratio(capsys: pytest.CaptureFixture[str]) -> None:
    require_mosquitto()
    assert main(["--short"]) == 0
    first, *lines = capsys.readouterr().out.splitlines()
    assert "load" in first
    assert len(lines) == 21
    ratio = r"\d (ms|readings/s|rows/s|files/s) +\d+\.\d\d × "
    assert all(re.search(ratio, line) or re.search(r"\d+\.\d B$", line) for line in lines), lines


def test_a_note_stands_behind_the_ratio() -> None:
    assert str(Measured("x", 0.4, 1, "", "y", 0.1, "peak 3 MB")).endswith("; peak 3 MB")


def test_a_ratio_is_how_many_times_as_long() -> None:
    assert Measured("x", 0.4, 1, "", "y", 0.1).ratio == pytest.approx(4)
    assert "400 ms" in str(Measured("x", 0.4, 1, "", "y", 0.1))
    assert "1,000 rows/s" in str(Measured("x", 0.5, 500, "rows", "y", 0.1))
