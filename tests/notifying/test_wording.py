"""What an alert says."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from coldchain.notifying.wording import subject, text
from tests.notifying.rows import BODY

BERLIN = ZoneInfo("Europe/Berlin")
ENDED = {"kind": "ended", "end": "2026-11-21T01:49:00.000Z"}


@pytest.mark.parametrize(
    ("case", "changes", "said"),
    [
        ("certain", {}, "Ward 3 refrigerator: out of range since 2026-11-21 02:14 CET"),
        ("possible", {"kind": "possible"}, "Ward 3 refrigerator: possibly out of range since 2026-11-21 02:14 CET"),
        ("silent", {"kind": "no-data"}, "Ward 3 refrigerator: no data since 2026-11-21 02:14 CET"),
        ("over", ENDED, "Ward 3 refrigerator: back in range since 2026-11-21 02:49 CET"),
        ("another limit", {**ENDED, "still": [{"limit": "above 8 °C", "sensor": "fridge-3", "certain": True}]},
         "Ward 3 refrigerator: still out of range (above 8 °C);"
         " excursion 2026-0142 is over since 2026-11-21 02:49 CET"),
        ("perhaps another sensor", {**ENDED, "still": [{"limit": "above 8 °C", "sensor": "p2", "certain": False}]},
         "Ward 3 refrigerator: possibly still out of range (above 8 °C at p2);"
         " excursion 2026-0142 is over since 2026-11-21 02:49 CET"),
        ("data again", {**ENDED, "excursion": None}, "Ward 3 refrigerator: data again since 2026-11-21 02:49 CET"),
        ("known late", {"late": True, "end": "2026-11-21T01:49:00.000Z"},
         "Ward 3 refrigerator: out of range since 2026-11-21 02:14 CET until 2026-11-21 02:49 CET, known late"),
        ("withdrawn", {**ENDED, "withdrawn": True},
         "Ward 3 refrigerator: excursion 2026-0142 is withdrawn: later readings show that the limit was kept"),
        ("no title", {"location": {"name": "ward-3", "title": ""}}, "ward-3: out of range since 2026-11-21 02:14 CET"),
        ("a title with line ends", {"location": {"name": "w", "title": "Ward\r\nBcc: all\x00"}},
         "Ward Bcc: all: out of range since 2026-11-21 02:14 CET"),
    ],
)  # fmt: skip
def test_the_subject_says_what_where_and_since_when(case: str, changes: dict[str, Any], said: str) -> None:
    assert subject({**BODY, **changes}, BERLIN) == said, case


def test_the_text_says_how_long_by_which_limit_and_what_to_do() -> None:
    said = text({**BODY, "link": "https://cold.example.org/excursions/2026-0142"}, BERLIN)
    for part in (
        "How long:  at least 25 min, at most 35 min (estimate 30 min); not yet over",
        "Limit:     above 8 °C: not at all",
        "Worst:     9.4 °C",
        "Rules:     Lemtrada, unopened, version 2",
        "Acknowledge the excursion on its page.\nhttps://cold.example.org/excursions/2026-0142\n",
        "Alert a-1. If it comes twice, it has the same number.",
    ):
        assert part in said, said
    assert "!" not in said


def test_no_more_is_claimed_than_was_measured_and_nothing_possible_is_left_out() -> None:
    said = text({**BODY, "duration_s": {"at_least": 3898.5, "estimate": 4000, "at_most": 7201.001}}, BERLIN)
    assert "at least 1 h 4 min, at most 2 h 1 min (estimate 1 h 7 min)" in said


@pytest.mark.parametrize(("adopted", "said"), [(False, True), (True, False)])
def test_a_product_file_that_nobody_adopted_is_told_so(adopted: bool, said: bool) -> None:
    words = "Adopted:   no pharmacist of this site has adopted this version"
    assert (words in text({**BODY, "adopted": adopted}, BERLIN)) is said


def test_a_silence_says_what_was_read_last() -> None:
    last = {"measured_at": "2026-11-21T01:03:00.000Z", "temperature_c": 5.1}
    said = text({**BODY, "kind": "no-data", "duration_s": None, "extreme_c": None, "last_reading": last}, BERLIN)
    assert "Last:      5.1 °C at 2026-11-21 02:03 CET" in said
    assert "How long" not in said


@pytest.mark.parametrize("kind", ["certain", "possible", "no-data", "ended"])
@pytest.mark.parametrize("excursion", ["2026-0142", None])
def test_every_kind_of_alert_has_its_words_and_a_next_step(kind: str, excursion: str | None) -> None:
    said = text({**BODY, "kind": kind, "excursion": excursion}, BERLIN)
    assert len(said.split("\n\n")) == 4
