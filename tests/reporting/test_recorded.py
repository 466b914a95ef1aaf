"""``coldchain report``: locations and items from the service's record, with what was acknowledged and signed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from coldchain.cli.main import main
from coldchain.domain.disposition import Decision
from coldchain.domain.verdict import Verdict
from coldchain.errors import NotFound, UsageError
from coldchain.records import accounts, places
from coldchain.records.views.excursions import Wanted, excursions
from coldchain.reporting.html import report_html
from coldchain.reporting.pdf import report_pdf
from coldchain.reporting.text import report_text
from coldchain.reviewing.acknowledging import acknowledge
from coldchain.reviewing.deciding import decide_on_item
from coldchain.web import reports
from coldchain.web.reports import Reported
from tests.stock.pharmacy import HOUR, NINE_HOURS, Pharmacy, logger_csv, rulebook_of
from tests.web.hospital import MINUTE, RANGE_2_8, Hospital, new_hospital


@pytest.fixture
def pharmacy(tmp_path: Path) -> Iterator[Pharmacy]:
    hospital = new_hospital(tmp_path)
    yield Pharmacy(hospital, rulebook_of(tmp_path / "rules", NINE_HOURS))
    hospital.store.close()


def of_location(hospital: Hospital, hours: float, *, until_ms: int | None = None) -> Reported:
    end_ms = until_ms or hospital.now_ms
    with hospital.store.reading() as tx:
        return reports.of_location(tx, "fridge", end_ms - round(hours * HOUR), end_ms, "Europe/Berlin", "coldchain …")


def test_a_location_is_judged_as_a_file_is(pharmacy: Pharmacy) -> None:
    pharmacy.hospital.refrigerator("fridge", "Ward 3 refrigerator", product=RANGE_2_8).hears("fridge", "5x60 9x6 5x30")
    made = of_location(pharmacy.hospital, 6)
    assert made.verdict is Verdict.VIOLATED
    (found,) = made.results
    (bad,) = [one for one in found["limits"] if one["id"] == "above-8"]
    assert bad["bad_s"] == {"at_least": 25 * 60, "estimate": 30 * 60, "at_most": 35 * 60}
    said = report_text(made.report)
    assert said.startswith("◆ VIOLATED  Ward 3 refrigerator\n  1 of 1 judgement found a limit violated.\n")
    assert "fridge-probe: here from 2026-11-14 13:00 to now; uncertainty 0 °C; no calibration recorded" in said


def test_only_what_lies_in_the_span_counts(pharmacy: Pharmacy) -> None:
    pharmacy.hospital.refrigerator("fridge", product=RANGE_2_8).hears("fridge", "5x60 9x6 5x30")
    made = of_location(pharmacy.hospital, 2)
    assert made.verdict is Verdict.COMPLIANT
    assert made.results[0]["excursions"] == []


@pytest.mark.parametrize(
    ("case", "series", "ago", "hours"),
    [
        ("silence at its beginning", "5x37", "0 min", 6.0),
        ("silence at its end", "5x37", "2 h", 4.0),
        ("silence all the time", "5x13", "3 d", 6.0),
    ],
)
def test_silence_is_not_compliance(case: str, series: str, ago: str, hours: float, pharmacy: Pharmacy) -> None:
    pharmacy.hospital.refrigerator("fridge", product=RANGE_2_8).hears("fridge", series, ago=ago)
    assert of_location(pharmacy.hospital, hours).verdict is Verdict.UNDETERMINED, case


def test_a_time_without_a_sensor_or_a_product_is_said_and_open(pharmacy: Pharmacy) -> None:
    hospital = pharmacy.hospital
    hospital.refrigerator("fridge", product=RANGE_2_8, days_ago=1).hears("fridge", "5x288")
    made = of_location(hospital, 48)
    assert made.verdict is Verdict.UNDETERMINED
    assert made.report.lead is not None
    assert made.report.lead.open_questions == (
        "No sensor hung here from 2026-11-19 13:00 to 2026-11-20 13:00.",
        "No product was assigned here from 2026-11-19 13:00 to 2026-11-20 13:00.",
    )


def test_two_probes_are_two_judgements(pharmacy: Pharmacy) -> None:
    hospital = pharmacy.hospital
    hospital.refrigerator("fridge", product=RANGE_2_8).hears("fridge", "5x96")
    with hospital.store.transaction() as tx:
        place = places.location_named(tx, "fridge")
        assert place is not None
        second = places.put_sensor(tx, "second-probe", now_ms=hospital.now_ms - 9 * HOUR)
        places.place(tx, second, place.id, hospital.now_ms - 8 * HOUR, hospital.now_ms - 8 * HOUR)
    made = of_location(hospital, 4)
    verdicts = {one["file"]["name"]: one["verdict"] for one in made.results}
    assert verdicts == {"fridge · fridge-probe": "compliant", "fridge · second-probe": "undetermined"}


def test_what_was_acknowledged_and_signed_stands_in_it(pharmacy: Pharmacy) -> None:
    hospital = pharmacy.hospital
    hospital.refrigerator("fridge", "Ward 3", product=RANGE_2_8).hears("fridge", "5x60 9x6 5x30")
    lot = pharmacy.lot("fridge", ago="7 h")
    with hospital.store.reading() as tx:
        (found,) = excursions(tx, Wanted(location_name="fridge"))
        signer = accounts.account(tx, "pharmacist")
    assert signer is not None
    acknowledge(hospital.store, found.id, signer, "door left open; 疫苗 moved", hospital.now_ms)
    decide_on_item(hospital.store, lot, signer, Decision.RELEASE, "within its budget", hospital.now_ms)
    place, item = of_location(hospital, 8), of_item(hospital, lot)
    for made in (place, item):
        said = report_text(made.report)
        assert f"{found.number} acknowledged 2026-11-21 13:00 by Pharmacist Example (pharmacist): door left" in said
        assert made.more["ledger"]["entry"] > 0
        assert made.more["ledger"]["hash"] in said
    assert item.more["dispositions"] == [
        {
            "at": "2026-11-21T12:00:00.000Z", "decision": "release", "item": lot, "excursion": None, "revision": None,
            "by": "Pharmacist Example", "role": "pharmacist", "reason": "within its budget",
        }
    ]  # fmt: skip
    page = report_html(item.report)
    assert "Signed by Pharmacist Example (pharmacist): within its budget" in page
    assert report_pdf(item.report) == report_pdf(of_item(hospital, lot).report)


def of_item(hospital: Hospital, item_id: int) -> Reported:
    with hospital.store.reading() as tx:
        return reports.of_item(tx, item_id, hospital.now_ms, "Europe/Berlin", "coldchain …")


def test_an_items_budget_is_that_of_its_whole_way(pharmacy: Pharmacy) -> None:
    hospital = pharmacy.hospital
    hospital.refrigerator("receipt", "Goods receipt", product=None).hears("receipt", "15x97", ago="3 h")
    hospital.refrigerator("ward", "Ward 3 refrigerator", product=None).hears("ward", "10x25 5x12")
    lot = pharmacy.lot("receipt", ago="8 h")
    pharmacy.came_with(lot, logger_csv("5x12 12x37", pharmacy.at("12 h")))
    pharmacy.moves(lot, "ward", ago="3 h")
    made = of_item(hospital, lot)
    assert made.verdict is Verdict.VIOLATED
    assert made.more["subject"]["verdict"] == "violated"
    lead = made.report.lead
    assert lead is not None
    assert [(line.limit, line.verdict) for line in lead.limits] == [("above 8 °C", Verdict.VIOLATED)]
    assert [section.verdict for section in made.report.sections] == ["compliant"] * 3  # each stay for itself is inside
    assert "moved to Ward 3 refrigerator" in " ".join(fact.said for fact in lead.measured)


def test_what_is_not_there_is_one_sentence(pharmacy: Pharmacy) -> None:
    pharmacy.hospital.refrigerator("bare", product=None)
    with pharmacy.hospital.store.reading() as tx:
        with pytest.raises(NotFound, match="no location called 'nowhere'"):
            reports.of_location(tx, "nowhere", 0, 1000, "UTC", "")
        with pytest.raises(UsageError, match="no product was assigned to 'bare' in this time"):
            reports.of_location(tx, "bare", pharmacy.at("1 h"), pharmacy.now_ms, "UTC", "")
        with pytest.raises(NotFound):
            reports.of_item(tx, 77, pharmacy.now_ms, "UTC", "")
    lot = pharmacy.lot("bare", ago="1 h")
    with pharmacy.hospital.store.reading() as tx, pytest.raises(UsageError, match="arrived later than that"):
        reports.of_item(tx, lot, pharmacy.at("2 h"), "UTC", "")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record that nobody changes."""
    folder = tmp_path_factory.mktemp("site")
    hospital = new_hospital(folder)
    hospital.now_ms = 1_700_568_000_000  # 21 November 2023 12:00 UTC: the command goes by the real clock
    hospital.refrigerator("fridge", "Ward 3", product=RANGE_2_8).hears("fridge", "5x60 9x6 5x30")
    hospital.store.close()
    return folder / "coldchain.db"


@pytest.fixture
def site(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLDCHAIN_DATABASE_URL", f"sqlite:///{kept}")
    monkeypatch.setenv("COLDCHAIN_TZ", "Europe/Berlin")
    monkeypatch.chdir(tmp_path)
    return tmp_path


SPAN = ("--from", "2023-11-21T06:00", "--to", "2023-11-21T13:00")


@pytest.mark.parametrize("name", ["r.pdf", "r.html", "r.csv", "r.json"])
def test_the_command_writes_each_form_twice_alike(
    name: str, site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = []
    for _ in range(2):
        assert main(["report", "location", "fridge", *SPAN, "--report", name]) == 1
        contents.append((site / name).read_bytes())
    assert contents[0] == contents[1]
    assert capsys.readouterr().out.startswith("◆ VIOLATED  Ward 3\n")


def test_the_object_names_its_subject_and_the_command(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "location", "fridge", *SPAN, "--format", "json"]) == 1
    made = json.loads(capsys.readouterr().out)
    assert made["schema"] == "coldchain.report/1"
    assert made["subject"]["from"] == "2023-11-21T05:00:00.000Z"
    assert made["command"].startswith("coldchain report location fridge --from 2023-11-21T05:00:00.000Z --to ")
    assert made["excursions"][0]["duration_s"]["at_least"] == 25 * MINUTE / 1000
    assert [one["schema"] for one in made["results"]] == ["coldchain.audit/1"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["location", "nowhere", *SPAN], "there is no location called 'nowhere'"),
        (["location", "fridge", "--from", "yesterday"], "--from: 'yesterday' is no instant"),
        (["location", "fridge", "--from", "2023-11-21T06:00", "--to", "2999-01-01T00:00"], "--to lies in the future"),
        (
            ["location", "fridge", "--from", "2023-11-21T06:00", "--to", "2023-11-21T05:00"],
            "--to must lie after --from",
        ),
        (["location", "fridge", *SPAN, "--report", "r.docx"], "--report writes FILE.pdf, .html, .csv or .json"),
        (["item", "7"], "there is no item number 7"),
    ],
)
def test_wrong_usage_is_one_sentence(
    words: list[str], said: str, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", *words]) == 2
    assert said in capsys.readouterr().err
