"""Loggers started late, stopped early, or rolled over never look compliant for what they missed."""

import pytest

from coldchain.auditing.audited import Audited, Period
from coldchain.auditing.contract import as_json
from coldchain.auditing.file import audit_file
from coldchain.domain.product import Product
from coldchain.loggers import Declared
from tests.auditing.logger_files import hobo, start_ms
from tests.loggers.writing import clock, ibutton, times

MINUTE = 60_000
GOOD = hobo("5x9", 15)
"""Nine readings from `start_ms` on, two hours."""


@pytest.mark.parametrize(
    ("case", "start_min", "end_min", "verdict", "gaps"),
    [
        ("nothing declared", None, None, "compliant", 0),
        ("the period of the readings", 0, 120, "compliant", 0),
        ("started an hour late: as long as a good reading is believed", -60, 120, "compliant", 0),
        ("started later than that", -61, 120, "undetermined", 1),
        ("stopped an hour early", 0, 180, "compliant", 0),
        ("stopped earlier than that", 0, 181, "undetermined", 1),
        ("both", -300, 500, "undetermined", 2),
        ("a period before the first reading", -300, -200, "undetermined", 1),
    ],
)
def test_silence_at_either_end(
    case: str, start_min: int | None, end_min: int | None, verdict: str, gaps: int, box: Product
) -> None:
    period = Period(*(None if at is None else start_ms() + at * MINUTE for at in (start_min, end_min)))  # type: ignore[arg-type]
    (result,) = audit_file("x.csv", GOOD, box, box.stages["strict"], Declared(), period)
    assert isinstance(result, Audited)
    assert (result.verdict, len(result.judgement.gaps)) == (verdict, gaps), case
    assert bool(as_json(result)["unsettled"]) is (verdict == "undetermined")


def test_a_memory_that_has_rolled_over_is_said_and_its_beginning_is_a_gap(box: Product) -> None:
    text = ibutton(["5.0"] * 6, at=times(6, 60, clock(2026, 3, 14, 21))).replace(
        "Roll Over Enabled?  false\r\nRoll Over Occurred?  Roll over has NOT occurred",
        "Roll Over Enabled?  true\r\nRoll Over Occurred?  Roll over occurred.  160 data points were overwritten",
    ).replace("Sat Mar 14 21:00:00", "Sun Mar 01 21:00:00")  # fmt: skip
    period = Period(start_ms=start_ms() - 14 * 86_400_000)
    (result,) = audit_file("x.csv", text.encode("cp1252"), box, box.stages["strict"], Declared(tz="UTC"), period)
    assert isinstance(result, Audited)
    assert result.verdict == "undetermined"
    assert any("roll" in note for note in result.notes)
