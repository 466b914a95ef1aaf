"""One message with very many sensors in it is gone through once, not once for each of them."""

from collections.abc import Iterator

from coldchain.monitoring.incoming import Incoming
from coldchain.monitoring.sorting_out import sort_out
from coldchain.payloads import Decoded
from coldchain.records.places import Sensor
from tests.monitoring.ward import START


class Counted(tuple[Decoded, ...]):
    """Readings that count how many of them were looked at."""

    looked_at = 0

    def __iter__(self) -> Iterator[Decoded]:
        for one in super().__iter__():
            Counted.looked_at += 1
            yield one


def looks(sensors: int) -> int:
    """How many readings are looked at where one message brings one of each of so many sensors."""
    named = {(f"s{number}", ""): _sensor(number) for number in range(sensors)}
    readings = Counted(Decoded(name, "", None, 4000, None, "4.0") for name, _ in named)
    message = Incoming("mqtt", "t", "t", b"[]", START, readings)
    Counted.looked_at = 0
    found = sort_out([message], named, {("mqtt", "t"): 1}, {})
    assert len(found.copies) == sensors
    return Counted.looked_at


def _sensor(number: int) -> Sensor:
    undeclared = dict.fromkeys(("commissioned_ms", "retired_ms", "low_milli_c", "high_milli_c", "max_gap_ms"))
    return Sensor(
        number, f"s{number}", "", START, power_up=False, uncertainty_milli_c=0, calibration=None, **undeclared
    )  # fmt: skip


def test_the_work_grows_with_the_readings_and_not_with_their_square() -> None:
    assert looks(400) <= 11 * looks(40)
