"""Series of temperatures, as product files and tests write them."""

from datetime import timedelta

import pytest

from coldchain.rulebook.series import parse_series, slots


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5", [5000]),
        ("5 9x3 5", [5000, 9000, 9000, 9000, 5000]),
        ("5 _ 5", [5000, None, 5000]),
        ("5 _x2 5", [5000, None, None, 5000]),
        ("-5x2 −0.5 +8.001", [-5000, -5000, -500, 8001]),
        ("4.0625", [4063]),
    ],
)
def test_a_series_reads_as(text: str, expected: list[int | None]) -> None:
    assert slots(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the series is empty"),
        ("5 nine", "'nine' is neither a value, such as 5, nor a repeated one, such as 9x8, nor _"),
        ("5x0", "'5x0' repeats a reading no times"),
        ("5x99999 5 5", "the series is longer than 100000 readings"),
        ("5.", "'5.' is neither a value, such as 5, nor a repeated one, such as 9x8, nor _"),
    ],
)
def test_a_text_that_is_no_series_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message.replace(".", r"\.")):
        slots(text)


def test_missing_readings_keep_their_time() -> None:
    trace = parse_series("5 _x2 9", timedelta(minutes=5), start_ms=1_000)
    assert trace.at_ms.tolist() == [1_000, 901_000]
    assert trace.milli_c.tolist() == [5000, 9000]
