"""The broker cannot be reached for a while, in short; ``make chaos`` lets a day of thirty sensors wait there."""

from pathlib import Path

import pytest

from tests.brokers import require_mosquitto
from tests.chaos.away import day_away


@pytest.mark.broker
def test_what_waited_at_the_broker_is_stored_and_judged_as_in_one_go(tmp_path: Path) -> None:
    require_mosquitto()
    came = day_away(tmp_path, sensors=2, minutes=90)
    assert came.findings == []
    assert came.readings == 180
