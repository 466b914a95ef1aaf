"""Real exports, judged, against calculations that share nothing with the program but the semantics.

Each file is read here once more by a few lines of its own and its bad time summed by the interval table of §3 in plain
Python; what a Q-tag counted itself, minute by minute, must lie inside what we say.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coldchain.auditing.audited import Audited, Period, Refused
from coldchain.auditing.file import audit_file
from coldchain.domain.product import Product
from coldchain.domain.statistics import statistics
from coldchain.domain.verdict import Excursion
from coldchain.loggers import Declared
from coldchain.rulebook.book import parse_product
from tests.auditing.by_hand import MINUTE, Row, by_hand

pytestmark = pytest.mark.samples


def product(low: float, high: float, allow: str = "none") -> Product:
    limits = (
        ""
        if allow == "none"
        else f"\n    limits:\n      - {{id: warm, above: {high} °C, allow: {allow}}}"
        f"\n      - {{id: cold, below: {low} °C, allow: {allow}}}"
    )
    text = f"""\
schema: coldchain.product/1
id: sample
name: A range for a sample
version: 1
label: {{document: "none", section: null, jurisdiction: nowhere, dated: null, checked_by: null}}
stages:
  only:
    store: {low}..{high} °C{limits}
examples:
  - {{name: inside, stage: only, every: 10 min, temps_c: "{(low + high) / 2:g}x3", expect: compliant}}
"""
    return parse_product(text, "sample.yaml")


def utc_ms(local: str, form: str, offset_h: int) -> int:
    naive = datetime.strptime(local, form)  # noqa: DTZ007  the offset follows
    return int(naive.replace(tzinfo=UTC).timestamp() * 1000) - offset_h * 60 * MINUTE


def hoboware(text: str) -> Iterator[Row]:
    """``1,21.04.08 23:00:00,18.771,…`` at GMT+02:00; event rows have no temperature."""
    for found in re.finditer(r"^\d+,(\d\d\.\d\d\.\d\d \d\d:\d\d:\d\d),(-?[\d.]+),", text, re.MULTILINE):
        yield utc_ms(found[1], "%y.%m.%d %H:%M:%S", 2), float(found[2])


def logtag(text: str) -> Iterator[Row]:
    """``1,2020-07-16,18.00.08,17,9,63,1,``: a decimal comma among commas."""
    for found in re.finditer(r"^\d+,(\d{4}-\d\d-\d\d,\d\d\.\d\d\.\d\d),(-?\d+),(\d),", text, re.MULTILINE):
        yield (
            utc_ms(found[1], "%Y-%m-%d,%H.%M.%S", 2),
            float(f"{found[2]}.{found[3]}"),
        )


def ibutton(text: str) -> Iterator[Row]:
    """``11/10/12 12:11:00 PM,C,22.5``, day first; hourly all along, so its clock was never changed."""
    for found in re.finditer(r"^(\d+/\d+/\d+ \d+:\d+:\d+ [AP]M),C,(-?[\d.]+)", text, re.MULTILINE):
        yield utc_ms(found[1], "%d/%m/%y %I:%M:%S %p", -6), float(found[2])


def q_tag(text: str) -> Iterator[Row]:
    """``⇥2022-11-08 04:49⇥4.4⇥``."""
    for found in re.finditer(r"^\t(\d{4}-\d\d-\d\d \d\d:\d\d)\t(-?[\d.]+)\t", text, re.MULTILINE):
        yield utc_ms(found[1], "%Y-%m-%d %H:%M", 0), float(found[2])


@dataclass(frozen=True)
class Sample:
    file: str
    rows: Callable[[str], Iterator[Row]]
    tz: str | None
    low: float
    high: float
    max_gap_min: int
    stop_ms: int | None = None


STOPPED = utc_ms("2022-11-09 01:28", "%Y-%m-%d %H:%M", 0)
Q_TAG = Sample(
    "berlinger__msupply-foundation__temperature-sensor__RCPJ00010_02_202211090128.txt", q_tag, "UTC", 2, 8, 30, STOPPED
)
SAMPLES = [
    Sample("hoboware__ibot-geoecology__myClim__20024354_comma.csv", hoboware, None, 2, 8, 30),
    Sample("hoboware__ibot-geoecology__myClim__20024354_comma.csv", hoboware, None, 7, 18.5, 10),
    Sample("logtag__poniitty__varrio_microclimate__haxo001.csv", logtag, "+02:00", 2, 8, 150),
    Sample("logtag__poniitty__varrio_microclimate__haxo001.csv", logtag, "+02:00", -20, 20, 60),
    Sample("ibutton__aammd__ibuttonr__10a.csv", ibutton, "-06:00", 17, 24, 90),
    Q_TAG,
]  # fmt: skip


def audit(sample: Sample, samples: Path, judged_by: Product | None = None) -> Audited:
    content = (samples / "csv" / sample.file).read_bytes()
    judged_by = judged_by or product(sample.low, sample.high)
    period = Period(max_gap_ms=sample.max_gap_min * MINUTE)
    (result,) = audit_file(sample.file, content, judged_by, judged_by.first_stage, Declared(tz=sample.tz), period)
    assert isinstance(result, Audited), result
    return result


@pytest.mark.parametrize(
    "sample", SAMPLES, ids=lambda sample: f"{sample.file.partition('__')[0]} {sample.low}–{sample.high}"
)
def test_a_real_file_gets_the_bad_time_that_a_hand_calculation_finds(sample: Sample, samples: Path) -> None:
    text = (samples / "csv" / sample.file).read_bytes().decode("utf-8-sig", errors="replace")
    rows = list(sample.rows(text))
    result = audit(sample, samples)
    assert result.accepted == len(rows)
    expected = {
        "below": by_hand(rows, lambda c: c < sample.low, sample.max_gap_min * MINUTE, sample.stop_ms),
        "above": by_hand(rows, lambda c: c > sample.high, sample.max_gap_min * MINUTE, sample.stop_ms),
    }
    for judged in result.judgement.limits:
        bounds = judged.bounds
        found = (bounds.at_least_ms, bounds.estimate_ms, bounds.at_most_ms)
        assert found == expected[judged.limit.predicate.value], judged.limit.id
    any_bad = any(not sample.low <= value <= sample.high for _, value in rows)
    silent = any(most for _, _, most in expected.values())
    assert result.verdict == ("violated" if any_bad else "undetermined" if silent else "compliant")


@pytest.mark.parametrize("allowed_min", [300, 409, 410, 600, 749, 750])
def test_an_allowance_decides_by_the_same_hand_calculation(allowed_min: int, samples: Path) -> None:
    """Below 2 °C the Q-tag's log says at least 410 and at most 750 minutes."""
    result = audit(Q_TAG, samples, product(2, 8, f"{{total: {allowed_min} min}}"))
    cold = next(judged for judged in result.judgement.limits if judged.limit.id == "cold")
    expected = "violated" if allowed_min < 410 else "undetermined" if allowed_min < 750 else "kept"
    assert cold.verdict == expected


def test_what_the_q_tag_counted_itself_lies_inside_what_we_say(samples: Path) -> None:
    result = audit(Q_TAG, samples)
    below, above = result.judgement.limits
    (hot,) = above.excursions
    assert minutes(hot) == (200, 209, 219)  # the device: 219 with its stop at 01:28
    assert below.bounds.at_least_ms <= 598 * MINUTE <= below.bounds.at_most_ms  # the device: 598 in all below 2 °C
    for begins, ends, counted in (("12:16", "14:41", 145), ("14:52", "15:24", 32), ("15:39", "16:10", 31)):
        least, _, most = minutes(episode_around(begins, ends, below.excursions, result))
        assert least <= counted <= most, (begins, counted, least, most)


def episode_around(begins: str, ends: str, excursions: tuple[Excursion, ...], result: Audited) -> Excursion:
    """The one episode between whose last good reading before and first good one after the device's own lies."""
    start, end = (utc_ms(f"2022-11-08 {time}", "%Y-%m-%d %H:%M", 0) for time in (begins, ends))
    at_ms = result.trace.at_ms.tolist()
    found = [
        one
        for one in excursions
        if at_ms[at_ms.index(one.episode.start_ms) - 1] <= start and end <= (one.episode.end_ms or STOPPED)
    ]
    assert len(found) == 1
    return found[0]


def minutes(excursion: Excursion) -> tuple[int, int, int]:
    bounds = excursion.episode.bounds
    return bounds.at_least_ms // MINUTE, bounds.estimate_ms // MINUTE, bounds.at_most_ms // MINUTE


def test_the_q_tags_own_alarms_stand_beside_the_verdict(samples: Path) -> None:
    assert [alarm.minutes for alarm in audit(Q_TAG, samples).device_alarms] == [219, 219, 598, 145, 32, 31]


def test_mkt_with_the_devices_constants_is_the_devices_to_a_tenth(samples: Path) -> None:
    result = audit(Q_TAG, samples)
    found = statistics(result.trace, result.yardstick.max_gap_ms, 83.0, 8.314472)
    assert found.mkt_c == pytest.approx(10.5, abs=0.1)
    assert found.mean_c == pytest.approx(5.4, abs=0.1)


def test_one_changed_digit_breaks_the_signature_and_the_verdict_is_refused(samples: Path) -> None:
    content = (samples / "csv" / Q_TAG.file).read_bytes()
    changed = content.replace(b"\t2022-11-09 00:19\t24.3\t", b"\t2022-11-09 00:19\t7.3\t")
    assert changed != content
    judged_by = product(2, 8)
    for bytes_, signature in ((content, "valid"), (changed, "invalid")):
        period = Period(accept_bad_signature=True)
        (result,) = audit_file("q.txt", bytes_, judged_by, judged_by.first_stage, Declared(tz="UTC"), period)
        assert isinstance(result, Audited)
        assert result.file.signature == signature
        assert any("SIGNATURE IS INVALID" in note for note in result.notes) == (signature == "invalid")
    (refused,) = audit_file("q.txt", changed, judged_by, judged_by.first_stage, Declared(tz="UTC"))
    assert isinstance(refused, Refused)
    assert (refused.code, refused.options) == ("bad-signature", ("--accept-bad-signature",))


def test_every_real_file_is_judged_or_refused_with_a_sentence(samples: Path) -> None:
    judged_by = product(2, 8)
    for path in sorted((samples / "csv").iterdir()):
        if path.suffix in (".csv", ".txt"):
            for result in audit_file(path.name, path.read_bytes(), judged_by, judged_by.first_stage):
                if isinstance(result, Refused):
                    assert result.message
                    assert "\n" not in result.message
