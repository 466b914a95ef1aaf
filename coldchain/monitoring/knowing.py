"""What is known of an excursion, and whether it has changed so that it is a new revision; pure."""

from dataclasses import replace

from coldchain.domain.verdict import Excursion
from coldchain.records.excursions import Known

NO_LONGER_MEASURED = "no longer measured"
"""Why an excursion is over of which nobody knows whether it is: the sensor was taken away."""


def known_of(excursion: Excursion, end_ms: int | None) -> Known:
    """What the judge found, as the record keeps it; its end is `ending.ending_of`'s."""
    episode = excursion.episode
    return Known(
        start_ms=episode.start_ms,
        end_ms=end_ms,
        at_least_ms=episode.bounds.at_least_ms,
        estimate_ms=episode.bounds.estimate_ms,
        at_most_ms=episode.bounds.at_most_ms,
        extreme_milli_c=episode.extreme_milli_c,
        readings=episode.readings,
        certainty=excursion.certainty.value,
    )


def materially_different(before: Known, now: Known) -> bool:
    """Whether anything but the clock has changed what is known.

    While an excursion is open, ``estimate`` and ``at_most`` grow together by the clock; ``at_least`` and what lies
    between the other two change only by readings.
    """
    if now.end_ms is not None or before.end_ms is not None:
        return now != before
    return _apart_from_the_clock(now) != _apart_from_the_clock(before)


def _apart_from_the_clock(known: Known) -> Known:
    return replace(known, at_most_ms=known.at_most_ms - known.estimate_ms, estimate_ms=0)


def withdrawn(before: Known) -> Known:
    """Later data showed that it was none."""
    return replace(before, withdrawn=True)


def why(touched_ms: int | None, judged_through_ms: int | None) -> str:
    """What made us look: the clock, new readings, late ones, or a new beginning or end of the stay."""
    if touched_ms is None:
        return "judged anew" if judged_through_ms is None else "the clock"
    late = judged_through_ms is not None and touched_ms <= judged_through_ms
    return "late readings" if late else "new readings"
