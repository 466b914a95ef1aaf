"""Which ``max_gap`` and which uncertainty judge (semantics §3)."""

from datetime import timedelta

import pytest

from coldchain.domain.bounds import Yardstick
from coldchain.domain.product import Label, Product
from coldchain.domain.yardstick import yardstick_of
from tests.domain.strategies import MINUTE


def product(max_gap: int | None) -> Product:
    label = Label("A label for tests", None, "EU", None, None)
    return Product("test", "Testumab", 1, "0" * 64, label, {}, None if max_gap is None else timedelta(minutes=max_gap))


@pytest.mark.parametrize(
    ("case", "of_product", "of_sensor", "asked", "expected", "who"),
    [
        ("nothing says anything: 60 minutes", None, None, None, 60, "default"),
        ("the product's", 30, None, None, 30, "product"),
        ("the sensor's", None, 15, None, 15, "sensor"),
        ("the smaller of both, the sensor's", 30, 15, None, 15, "sensor"),
        ("the smaller of both, the product's", 15, 30, None, 15, "product"),
        ("larger than an hour, where it is said", 90, 120, None, 90, "product"),
        ("what was asked for, though larger", 30, 15, 240, 240, "option"),
        ("what was asked for, though smaller", 30, 15, 5, 5, "option"),
    ],
)
def test_max_gap_is_the_option_else_the_smaller_of_product_and_sensor_else_an_hour(
    case: str, of_product: int | None, of_sensor: int | None, asked: int | None, expected: int, who: str
) -> None:
    said = [None if minutes is None else minutes * MINUTE for minutes in (of_sensor, asked)]
    found = yardstick_of(product(of_product), said[0], max_gap_ms=said[1])
    assert found == Yardstick(expected * MINUTE, 0, who), case


@pytest.mark.parametrize(
    ("case", "calibrated", "asked", "expected"),
    [
        ("nothing known", None, None, 0),
        ("from the calibration record", 300, None, 300),
        ("what was asked for, though a calibration says otherwise", 300, 500, 500),
        ("none was asked for", 300, 0, 0),
    ],
)
def test_uncertainty_is_the_option_else_the_calibrations_else_none(
    case: str, calibrated: int | None, asked: int | None, expected: int
) -> None:
    found = yardstick_of(product(None), None, calibrated, uncertainty_milli_c=asked)
    assert found.uncertainty_milli_c == expected, case
