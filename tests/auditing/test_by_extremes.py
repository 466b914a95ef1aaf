"""A device that keeps daily extremes only: judged by what they prove, never more; and files altered after export."""

import json
import re
from pathlib import Path

import pytest

from coldchain.auditing.asked import instant_of
from coldchain.auditing.audited import Audited, Period, Refused
from coldchain.auditing.contract import as_json
from coldchain.auditing.file import audit_file
from coldchain.cli.main import main
from coldchain.domain.product import Product
from coldchain.loggers import Declared
from coldchain.reporting.content import report, section
from coldchain.reporting.html import report_html
from coldchain.reporting.pdf import report_pdf
from tests.loggers.test_berlinger import GENUINE
from tests.loggers.writing import a_day, fridge_tag
from tests.reporting.test_pdf import text_of

BERLIN = Declared(tz="Europe/Berlin")
NEWEST = a_day(1, "2026-03-16", high="+7.9", hot="0").replace(", TS A: 13:35, C A: 0", "")
GOOD_DAYS = NEWEST + a_day(2, "2026-03-15", high="+8.0", hot="0").replace(", TS A: 13:35, C A: 0", "")
BAD_DAYS = NEWEST + a_day(2, "2026-03-15", high="+9.1", hot="37")


def file_of(days: str = BAD_DAYS, data: list[tuple[str, str]] | None = None) -> bytes:
    text = fridge_tag(days, data or (), model="Q-tag Fridge-tag 2")
    return text.replace("Report Creation: 2026-03-15 10:14", "Report Creation: 2026-03-16 10:14").encode()


def judged(content: bytes, box: Product, stage: str = "strict", period: Period = Period()) -> Audited:
    (result,) = audit_file("fridge.txt", content, box, box.stages[stage], BERLIN, period)
    assert isinstance(result, Audited)
    return result


def verdicts(result: Audited) -> dict[str, str]:
    return {limit.limit.id: str(limit.verdict) for limit in result.judgement.limits}


def test_a_bad_maximum_violates_and_good_ones_prove_nothing(box: Product) -> None:
    assert verdicts(judged(file_of(BAD_DAYS), box)) == {"below-2": "undetermined", "above-8": "violated"}
    good = judged(file_of(GOOD_DAYS), box)
    assert good.verdict == "undetermined"
    assert len({limit.bounds.at_most_ms for limit in good.judgement.limits}) == 1
    assert good.judgement.limits[0].bounds.at_most_ms > 24 * 3_600_000, "nobody says how often was measured"


def test_a_bad_maximum_within_a_budget_is_open_beside_the_device_s_own_minutes(box: Product) -> None:
    result = judged(file_of(BAD_DAYS), box, "patient")
    assert result.verdict == "undetermined"
    (warm,) = (limit for limit in result.judgement.limits if limit.limit.id == "warm")
    assert (warm.bounds.at_least_ms, warm.bounds.estimate_ms) == (0, 37 * 60_000)
    assert [(alarm.minutes, alarm.limit_milli_c) for alarm in result.device_alarms] == [(37, 8000)]


def test_the_first_day_begins_with_the_activation_and_the_last_ends_with_the_read_out(box: Product) -> None:
    days = a_day(1, "2026-03-15") + a_day(2, "2026-03-14").replace("00:42", "21:02").replace("09:52", "22:52")
    first, last = judged(fridge_tag(days).encode(), box).extremes
    shown = as_json(judged(fridge_tag(days).encode(), box))["extremes"]
    assert [one["start"] for one in shown] == ["2026-03-14T20:00:00.000Z", "2026-03-14T23:00:00.000Z"]
    assert [one["end"] for one in shown] == ["2026-03-14T23:00:00.000Z", "2026-03-15T09:14:00.000Z"]
    assert (first.silent_ms, last.silent_ms) == (180_000, 180_000)


@pytest.mark.parametrize(
    ("start", "end", "gaps"),
    [
        (None, None, []),
        ("2026-03-14T20:00:00.000Z", None, []),
        ("2026-03-14T12:00:00.000Z", None, ["2026-03-14T13:00:00.000Z"]),
        (None, "2026-03-17T12:00:00.000Z", ["2026-03-16T10:14:00.000Z"]),
    ],
)
def test_silence_at_either_end_of_the_declared_period_is_a_gap(
    start: str | None, end: str | None, gaps: list[str], box: Product
) -> None:
    """The days run from the device's activation, 14 March 21:00 in Berlin, to its read-out on 16 March at 10:14."""
    days = GOOD_DAYS + a_day(3, "2026-03-14", high="+7.0", hot="0").replace("00:42", "21:42").replace("09:52", "22:52")
    start_ms, end_ms = (None if text is None else instant_of(text, "--from", None) for text in (start, end))
    result = judged(file_of(days), box, period=Period(start_ms, end_ms))
    assert [gap["start"] for gap in as_json(result)["gaps"]] == gaps
    assert result.verdict == "undetermined"


def test_without_a_zone_it_is_asked(box: Product) -> None:
    (refused,) = audit_file("fridge.txt", file_of(), box, box.stages["strict"])
    assert isinstance(refused, Refused)
    assert (refused.code, refused.options) == ("ambiguous-time-zone", ("--tz ZONE",))


def test_an_hour_that_happens_twice_leaves_the_moment_open_but_not_the_day(box: Product) -> None:
    days = a_day(1, "2026-10-25", high="+9.1").replace("09:52", "02:30")
    text = fridge_tag(days).replace("Creation: 2026-03-15", "Creation: 2026-10-26")
    (one,) = judged(text.encode(), box).extremes
    assert one.high_ms is None
    assert one.end_ms - one.start_ms == 25 * 3_600_000
    assert judged(fridge_tag(days).encode(), box).verdict == "violated"


def test_a_memory_that_has_rolled_over_is_said(box: Product) -> None:
    old = file_of().replace(b"TS Actv: 2026-03-14", b"TS Actv: 2025-11-02")
    assert any("activated on 2025-11-02" in note and "2026-03-15" in note for note in judged(old, box).notes)


def test_the_same_day_twice_is_one_interval_and_said(box: Product) -> None:
    days = a_day(1, "2026-03-15", high="+5.0") + a_day(2, "2026-03-15", high="+9.5")
    result = judged(file_of(days), box)
    assert [(one.low_milli_c, one.high_milli_c) for one in result.extremes] == [(4000, 9500)]
    assert any("set back" in note for note in result.notes)


def test_a_minimum_above_its_maximum_was_edited(box: Product) -> None:
    (refused,) = audit_file("x", file_of(a_day(1, "2026-03-15", low="+9.2")), box, box.stages["strict"], BERLIN)
    assert isinstance(refused, Refused)
    assert refused.code == "damaged"


def test_what_the_log_does_not_show_but_the_daily_maximum_does(box: Product) -> None:
    """A 2 L logs every five minutes and measures every minute."""
    log = [(f"2026-03-15 {hour:02d}:{minute:02d}", "5.0") for hour in range(24) for minute in range(0, 60, 5)]
    result = judged(file_of(a_day(1, "2026-03-15", high="+8.1"), log), box)
    assert (result.basis, verdicts(result)) == ("readings", {"below-2": "kept", "above-8": "violated"})
    assert any("measures more often than it logs" in note for note in result.notes)
    kept = judged(file_of(a_day(1, "2026-03-15", high="+8.0"), log), box)
    assert kept.verdict == "compliant"
    assert not any("measures more often" in note for note in kept.notes)


def test_the_line_names_its_basis_and_keeps_every_key_of_the_contract(box: Product) -> None:
    by_days, by_readings = (
        as_json(judged(file_of(), box)),
        as_json(judged(file_of(data=[("2026-03-15 08:00", "5")]), box)),
    )
    assert by_days.keys() == by_readings.keys()
    assert (by_days["basis"], by_readings["basis"]) == ("extremes", "readings")
    assert (by_days["statistics"], by_days["readings"]["accepted"]) == (None, 0)
    assert json.dumps(by_days, allow_nan=False)


def test_a_report_says_what_was_judged(box: Product) -> None:
    said = section(judged(file_of(), box))
    assert said.headline == "above 8 °C at 1 lowest or highest value"
    assert said.span.startswith("no readings; the lowest and highest value of 2 intervals, 2026-03-15 00:00")
    assert said.intervals[0] == (
        "2026-03-15 00:00 to 2026-03-16 00:00: lowest 4.0 °C at 00:42, highest 9.1 °C at 09:52, no probe for 3 min"
    )
    assert section(judged(file_of(GOOD_DAYS), box)).headline.startswith("cannot be shown")
    page = report_html(report([judged(file_of(), box)], [], command="x", program="y"))
    assert "as the device states them" in page


def test_the_command_exits_by_what_is_proven(tmp_path: Path, rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    codes = []
    for name, content in (("bad", file_of(BAD_DAYS)), ("good", file_of(GOOD_DAYS))):
        path = tmp_path / f"{name}.txt"
        path.write_bytes(content)
        codes.append(main(["audit", str(path), "--product", "box", "--rules", str(rules), "--tz", "+01:00"]))
    assert codes == [1, 3]
    assert "never that it was kept" in " ".join(capsys.readouterr().out.split())


# --- an altered file, judged all the same -----------------------------------------------------------------------------


def test_an_altered_file_is_refused_unless_accepted(box: Product) -> None:
    (refused,) = audit_file("fridge.txt", GENUINE, box, box.stages["strict"], BERLIN)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.options) == ("bad-signature", ("--accept-bad-signature",))


def test_every_page_of_its_report_says_so(box: Product, tmp_path: Path) -> None:
    altered = judged(GENUINE, box, period=Period(accept_bad_signature=True))
    made = report([*[judged(file_of(), box)] * 3, altered], [], command="x", program="y")
    pages = text_of(report_pdf(made), tmp_path).split("\f")[:-1]
    assert len(pages) > 4
    assert all("SIGNATURE INVALID" in page for page in pages)
    page = report_html(made)
    assert re.search(r'<body class="coldchain-report signature-invalid">', page)
    assert '@page altered{@top-left{content:"SIGNATURE INVALID' in page
    genuine = report([judged(file_of(), box)], [], command="x", program="y")
    assert "SIGNATURE INVALID" not in text_of(report_pdf(genuine), tmp_path)
    assert 'class="coldchain-report"' in report_html(genuine)
