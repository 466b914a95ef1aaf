"""Changes that no test can notice, because they change nothing that can be seen: each with its reason."""

EQUIVALENT: dict[str, str] = {
    "alarm._when_a_window_overflows: last_ms + progress.yardstick.max_gap_ms + allowed_ms + 1"
    " -> last_ms + progress.yardstick.max_gap_ms + allowed_ms - 1": (
        "the end of what is bisected need only lie behind the instant that is looked for"
    ),
    "preparation._stays: begin_ms < leave_ms -> begin_ms <= leave_ms": "a stay of no length is cut into no pieces",
    "preparation._one_budget: len(items) > 1 -> len(items) >= 1": (
        "a limit of one stage would be judged a second time, alike"
    ),
    "item._since: stay.end_ms > at_ms -> stay.end_ms >= at_ms": "a stay of no length adds nothing",
    "limits._merged: low <= merged[-1][1] + 1 -> low < merged[-1][1] + 1": (
        "between ranges that touch there is nothing, merged or not"
    ),
    "limits._merged: merged[-1][1] + 1 -> merged[-1][1] - 1": (
        "between ranges that touch or just overlap there is nothing, merged or not"
    ),
    "progress.finish: end_ms <= progress.last[0] -> end_ms < progress.last[0]": (
        "an edge at the instant of the last reading adds an interval of no length"
    ),
    "progress.advance_table: (rows.tests.perhaps & rows.counts).any -> (rows.tests.perhaps & rows.counts).all": (
        "where more than one reading is there, a doubtful one widens at most, which is asked too"
    ),
    "progress._episodes: sure.first < stop -> sure.first <= stop": "a stretch cannot begin at a reading that is good",
    "quality.faulty: low < sensor.low_milli_c -> low <= sensor.low_milli_c": (
        "the check only saves looking at each value"
    ),
    "quality.faulty: high > sensor.high_milli_c -> high >= sensor.high_milli_c": (
        "the check only saves looking at each value"
    ),
    "temperature.milli_c: number.adjusted() < -30 -> number.adjusted() <= -30": (
        "so small a number is nought, asked before or after"
    ),
    "temperature.milli_c_array: np.abs(size - np.floor(size) - 0.5) < 1e-06 + size * 1e-12"
    " -> np.abs(size - np.floor(size) - 0.5) <= 1e-06 + size * 1e-12": (
        "how near to a tie is done on the text is chosen with much room to spare"
    ),
    "temperature.milli_c_array: 1e-06 + size * 1e-12 -> 1e-06 - size * 1e-12": (
        "how near to a tie is done on the text is chosen with much room to spare"
    ),
    "temperature.milli_c_array: size * 1e-12 -> size + 1e-12": "every value is then done on its text: slower, alike",
    "temperature.milli_c_array: scaled < 0 -> scaled <= 0": "minus nought is nought",
    "temperature._half_away: number >= 0 -> number > 0": "minus nought is nought",
    "verdict.gaps: at_ms[-1] < high -> at_ms[-1] <= high": "an edge at the last reading makes an interval of no length",
    "verdict.gaps: np.diff(at_ms) > yardstick.max_gap_ms -> np.diff(at_ms) >= yardstick.max_gap_ms": (
        "a gap of no length is none"
    ),
    "verdict.gaps: at_ms[0] > low -> at_ms[0] >= low": "an edge at the first reading makes an interval of no length",
    "ways.stays_at: start_ms < at_ms < end_ms -> start_ms <= at_ms < end_ms": "its beginning is among the cuts already",
    "ways.stays_at: start_ms < at_ms < end_ms -> start_ms < at_ms <= end_ms": "its end is among the cuts already",
    "window.Window._up_to: side='right' -> side='left'": "a column is continuous: at an instant both say the same",
    "verdict._calm: warmest + margin < low or coldest - margin > high"
    " -> warmest + margin < low and coldest - margin > high": "the long way comes to the same as the short one",
    "duration.format_duration: total >= size -> total > size": "60 s is found to read as 1 min a few lines below",
    "statistics._weighted: high - low >= _WIDEST -> high - low > _WIDEST": "two ways to the same sums, one quicker",
    "statistics._weighted: high - low -> high + low": "two ways to the same sums, one quicker",
    "reading.median_step_ms: below <= (count - 1) // 2 -> below < (count - 1) // 2": (
        "where counting decides nothing all steps are sorted"
    ),
    "reading.median_step_ms: below += int(np.count_nonzero(steps < usual))"
    " -> below -= int(np.count_nonzero(steps < usual))": "where counting decides nothing all steps are sorted",
    "reading.median_step_ms: same += int(np.count_nonzero(steps == usual))"
    " -> same -= int(np.count_nonzero(steps == usual))": "where counting decides nothing all steps are sorted",
    "reading.median_step_ms: below + same -> below - same": "where counting decides nothing all steps are sorted",
    "reading.median_step_ms: count // 2 -> count * 2": "where counting decides nothing all steps are sorted",
    "extremes._piece: one.low_milli_c is None or one.high_milli_c is None"
    " -> one.low_milli_c is None and one.high_milli_c is None": "an interval has both extremes or none",
    "extremes._piece: end - start -> end + start": (
        "an interval without a measurement may have been bad throughout; how long it was silent adds nothing"
    ),
}


def as_table() -> str:
    """The list as the page of statements shows it."""
    rows = []
    for key, reason in EQUIVALENT.items():
        where, _, change = key.partition(": ")
        was, _, becomes = change.partition(" -> ")
        was, becomes = (said.replace("|", "\\|") for said in (was, becomes))
        rows.append(f"| `{where}` | `{was}` | `{becomes}` | {reason} |")
    return "\n".join(["| in | was | becomes | nobody can notice, because |", "|---|---|---|---|", *rows])
