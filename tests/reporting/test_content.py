"""What a report says."""

import pytest

from coldchain.domain.verdict import Verdict
from coldchain.reporting.report import worst_first
from coldchain.reporting.text import section_text
from tests.reporting.reports import report_of, section_of


@pytest.mark.parametrize(
    ("series", "stage", "headline"),
    [
        ("5x9", "strict", "every limit was kept"),
        ("5 9x3 5", "strict", "above 8 °C for at least 30 min"),
        ("5 9 5", "strict", "above 8 °C at 1 reading"),
        ("5 1 5 9 5", "strict", "below 2 °C at 1 reading; above 8 °C at 1 reading"),
        ("5 9x2 5", "patient", "every limit was kept; 1 episode inside what is allowed"),
    ],
)
def test_the_verdict_in_one_sentence(series: str, stage: str, headline: str) -> None:
    assert section_of(series, stage).headline == headline


def test_an_undetermined_verdict_says_what_would_settle_it() -> None:
    section = section_of("5 _x8 5")
    assert section.verdict is Verdict.UNDETERMINED
    assert section.open_questions == (
        "below 2 °C, above 8 °C: import this logger's memory from 2026-03-14 08:00 to 2026-03-14 10:15.",
    )
    assert section.gaps == ("2026-03-14 09:00 to 2026-03-14 10:15: 1 h 15 min without a reading",)


def test_who_checked_the_product_is_said_and_so_is_that_nobody_did() -> None:
    facts = {fact.name: fact for fact in section_of("5x9").product}
    assert facts["Checked by"].said == "A. Pharmacist"
    assert not facts["Checked by"].warns


def test_an_open_excursion_says_that_it_is_not_over() -> None:
    (excursion,) = section_of("5 9x3").excursions
    assert (excursion.start, excursion.end) == ("2026-03-14 08:15", "the end, not over")


def test_tolerated_episodes_are_listed_apart_from_excursions() -> None:
    section = section_of("5 9x2 5", "patient")
    assert section.excursions == ()
    assert [(one.limit, one.certain) for one in section.tolerated] == [("above 8 °C", None)]
    assert "Within what is allowed" in section_text(section)


def test_the_worst_stand_first_in_the_order_of_the_files() -> None:
    sections = [section_of(series) for series in ("5x9", "5 _x8 5", "5 9 5", "5 9x2 5", "5x8")]
    assert [section.headline for section in worst_first(sections)][:2] == [
        "above 8 °C at 1 reading",
        "above 8 °C for at least 15 min",
    ]


def test_long_lists_are_cut_and_say_where_the_rest_is() -> None:
    text = section_text(section_of("5 9 " * 60))
    assert text.count("◆ above 8 °C: at least") == 30
    assert "and 30 more, all in `coldchain audit --format json`" in text


def test_the_date_of_a_report_is_the_last_instant_it_speaks_of() -> None:
    assert report_of("5x9").until_ms == 1_773_471_600_000 + 8 * 900_000


def test_lines_of_text_fit_a_terminal() -> None:
    for series in ("5x9", "5 _x8 5", "5 9 1 " * 30):
        assert max(len(line) for line in section_text(section_of(series)).splitlines()) <= 100
