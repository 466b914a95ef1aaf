"""``--from`` and ``--to``: what was not measured at either end of a journey is no compliance."""

import pytest

from coldchain.auditing.audited import Audited, Period
from coldchain.auditing.file import audit_file
from coldchain.domain.verdict import Verdict
from coldchain.loggers import Declared
from coldchain.rulebook.book import parse_product
from tests.auditing.logger_files import RULES, hobo, q_tag, start_ms

PRODUCT = parse_product(RULES, "box.yaml")
MINUTE = 60_000
HOUR = 60 * MINUTE


def judged(content: bytes, *, begins_h: float | None = None, ends_h: float | None = None) -> Audited:
    """A file over a journey that begins and ends so many hours after the file's first reading."""
    start, end = (None if hours is None else start_ms() + round(hours * HOUR) for hours in (begins_h, ends_h))
    declared = Declared(tz="+01:00") if content.startswith(b"Device:") else Declared()
    (found,) = audit_file("box", content, PRODUCT, PRODUCT.first_stage, declared, Period(start, end))
    assert isinstance(found, Audited)
    return found


@pytest.mark.parametrize(
    ("case", "begins_h", "ends_h", "verdict"),
    [
        ("the whole journey was measured", 0, 2, Verdict.COMPLIANT),
        ("a silence of max_gap at the beginning is believed", -1, 2, Verdict.COMPLIANT),
        ("a late activation: the logger began two hours after the journey", -2, 2, Verdict.UNDETERMINED),
        ("a millisecond more than max_gap is a gap", -1 - 1 / HOUR, 2, Verdict.UNDETERMINED),
        ("a memory that was full before the journey's end", 0, 8, Verdict.UNDETERMINED),
        ("silence at both ends", -5, 9, Verdict.UNDETERMINED),
        ("a memory that rolled over and kept only the end", -48, 2, Verdict.UNDETERMINED),
        ("a journey before the first reading", -9, -5, Verdict.UNDETERMINED),
        ("a journey after the last reading", 5, 9, Verdict.UNDETERMINED),
        ("a journey between two readings, too short for a gap", 0.05, 0.1, Verdict.UNDETERMINED),
    ],
)
def test_a_good_file_over_a_longer_journey(case: str, begins_h: float, ends_h: float, verdict: Verdict) -> None:
    assert judged(hobo("5x9"), begins_h=begins_h, ends_h=ends_h).verdict is verdict, case


def test_both_silences_are_gaps_with_what_would_settle_them() -> None:
    found = judged(hobo("5x9"), begins_h=-3, ends_h=5)
    first, last = found.judgement.gaps
    assert (first.start_ms - start_ms(), first.end_ms - start_ms()) == (-2 * HOUR, 0)
    assert (last.start_ms - start_ms(), last.end_ms - start_ms()) == (3 * HOUR, 5 * HOUR)
    spans = {(one.start_ms, one.end_ms) for limit in found.judgement.limits for one in limit.unsettled}
    assert spans == {(start_ms() - 3 * HOUR, start_ms()), (start_ms() + 2 * HOUR, start_ms() + 5 * HOUR)}


def test_a_bad_last_reading_is_counted_on_to_the_end_as_possible() -> None:
    found = judged(hobo("5x8 9"), ends_h=4)
    (above,) = [one for one in found.judgement.limits if one.limit.id == "above-8"]
    assert found.verdict is Verdict.VIOLATED
    assert (above.bounds.at_least_ms, above.bounds.estimate_ms, above.bounds.at_most_ms) == (
        0, 2 * HOUR, 2 * HOUR + 15 * MINUTE,
    )  # fmt: skip


def test_a_stop_that_the_file_states_is_an_end_too() -> None:
    assert judged(q_tag("5x7")).verdict is Verdict.COMPLIANT
    assert judged(q_tag("5x7", stop_after_min=60)).verdict is Verdict.COMPLIANT
    stopped_later = judged(q_tag("5x7", stop_after_min=600))
    assert stopped_later.verdict is Verdict.UNDETERMINED
    assert stopped_later.end_from == "file"


def test_badness_before_the_journey_is_not_the_journeys() -> None:
    assert judged(hobo("9x4 5x12"), begins_h=1.5).verdict is Verdict.COMPLIANT
    assert judged(hobo("9x4 5x12")).verdict is Verdict.VIOLATED
