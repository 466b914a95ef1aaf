"""``coldchain.audit/1``, key for key."""

import csv
import io
import json
from typing import Any

import pytest

from coldchain.auditing.audited import Period
from coldchain.auditing.contract import as_json, json_line
from coldchain.auditing.file import audit_file
from coldchain.auditing.table import COLUMNS, header, rows
from coldchain.domain.product import Product
from coldchain.loggers import Declared
from coldchain.loggers.contract import csv_rows, settled_channels
from coldchain.loggers.registry import read
from tests.auditing.logger_files import hobo, hobo_rows

# The keys that the contract promises, in its order; more may stand beside them.
PROMISED: dict[str, list[str]] = {
    "": ["schema", "file", "device", "channel", "product", "stage", "evidence", "readings", "yardstick", "statistics",
         "limits", "gaps", "excursions", "verdict", "unsettled"],
    "file": ["name", "sha256", "format", "signature"],
    "device": ["serial", "model", "stopped"],
    "product": ["id", "version", "sha256"],
    "evidence": ["time_zone", "unit", "date_order", "decimal"],
    "readings": ["accepted", "quarantined", "duplicates", "conflicts", "first", "last", "median_interval_s"],
    "yardstick": ["max_gap_s", "max_gap_from", "uncertainty_c", "checked_by"],
    "statistics": ["min_c", "max_c", "mean_c", "mkt_c", "mkt_withheld", "mkt_unguarded_c", "coverage"],
}  # fmt: skip


def line(content: bytes, product: Product, stage: str = "strict", period: Period = Period()) -> dict[str, Any]:
    """The one line of a file, read back."""
    (result,) = audit_file("x.csv", content, product, product.stages[stage], Declared(), period)
    read: dict[str, Any] = json.loads(json_line(result))
    return read


def test_every_promised_key_is_there_in_its_order(box: Product) -> None:
    read = line(hobo("5 9x3 _x9 5"), box)
    for part, keys in PROMISED.items():
        found = read if not part else read[part]
        assert [key for key in found if key in keys] == keys, part


def test_the_whole_object_of_a_small_file(box: Product) -> None:
    read = line(hobo("5 9x3 5 _x6 5"), box)
    assert read["file"]["name"] == "x.csv"
    assert read["device"] == {"serial": "21234567", "model": None, "stopped": None}
    assert read["channel"] == "Temp"
    assert read["product"] == {"id": "box", "version": 3, "sha256": box.sha256}
    assert read["stage"] == "strict"
    assert read["evidence"]["time_zone"] == {"value": "+01:00", "from": "header"}
    assert read["readings"] == {
        "accepted": 6, "quarantined": 0, "duplicates": 0, "conflicts": 0,
        "first": "2026-03-14T07:00:00.000Z", "last": "2026-03-14T09:45:00.000Z", "median_interval_s": 900,
    }  # fmt: skip
    assert read["yardstick"] == {
        "max_gap_s": 3600, "max_gap_from": "default", "uncertainty_c": 0, "checked_by": "A. Pharmacist",
    }  # fmt: skip
    assert read["gaps"] == [{"start": "2026-03-14T09:00:00.000Z", "end": "2026-03-14T09:45:00.000Z"}]
    assert read["excursions"] == [
        {
            "limit": "above-8", "certainty": "certain",
            "start": "2026-03-14T07:15:00.000Z", "end": "2026-03-14T08:00:00.000Z",
            "duration_s": {"at_least": 1800, "estimate": 2700, "at_most": 3600}, "extreme_c": 9.0,
        }
    ]  # fmt: skip
    below, above = read["limits"]
    assert (below["id"], below["below"], below["allow"], below["verdict"]) == ("below-2", 2.0, "none", "undetermined")
    assert (above["id"], above["above"], above["allow"], above["verdict"]) == ("above-8", 8.0, "none", "violated")
    assert above["bad_s"] == {"at_least": 1800, "estimate": 2700, "at_most": 9900}
    assert read["verdict"] == "violated"
    assert read["unsettled"] == []


def test_an_undetermined_verdict_names_the_intervals_and_what_would_settle_them(box: Product) -> None:
    read = line(hobo("5 _x8 5"), box)
    assert read["verdict"] == "undetermined"
    assert [(one["limit"], one["start"], one["end"]) for one in read["unsettled"]] == [
        ("below-2", "2026-03-14T07:00:00.000Z", "2026-03-14T09:15:00.000Z"),
        ("above-8", "2026-03-14T07:00:00.000Z", "2026-03-14T09:15:00.000Z"),
    ]
    assert all("07:00:00 UTC to 2026-03-14 09:15:00 UTC" in one["settle"] for one in read["unsettled"])


def test_a_file_without_a_usable_reading_says_what_to_do(box: Product) -> None:
    read = line(hobo_rows((0, "-127"), (15, "-127"), (30, "-127")), box)
    assert read["verdict"] == "undetermined"
    assert read["statistics"] is None
    assert read["unsettled"][0]["settle"].startswith("Read the logger out again")
    assert [row["reason"] for row in read["quarantine"]] == ["sentinel"] * 3


def test_allowances_are_written_in_seconds_and_tolerated_episodes_are_listed(box: Product) -> None:
    read = line(hobo("5x3 9x3 5x3 1x2 5x3", 5), box, "patient")
    by_id = {limit["id"]: limit for limit in read["limits"]}
    assert by_id["warm"]["allow"] == {"total_s": 3600}
    assert by_id["cold"]["allow"] == {"each_s": 1800}
    assert [len(limit["tolerated"]) for limit in (by_id["warm"], by_id["cold"])] == [1, 1]
    assert read["verdict"] == "compliant"
    assert read["excursions"] == []


def test_a_refusal_is_one_object_with_its_code_and_options(box: Product) -> None:
    (result,) = audit_file("x.csv", hobo("5x9", zone=""), box, box.stages["strict"])
    written = as_json(result)
    assert list(written) == ["schema", "file", "error"]
    assert written["error"]["code"] == "ambiguous-time-zone"
    assert any(option.startswith("--tz") for option in written["error"]["options"])


def test_durations_are_whole_seconds_where_they_are(box: Product) -> None:
    read = line(hobo("5 9x3 5", 0.5), box)
    assert read["excursions"][0]["duration_s"] == {"at_least": 60, "estimate": 90, "at_most": 120}
    assert read["yardstick"]["max_gap_s"] == 3600


def test_the_table_has_a_row_a_limit_and_reads_back(box: Product) -> None:
    content = hobo("5 9x3 5")
    results = [
        *audit_file('a "quoted", name.csv', content, box, box.stages["strict"]),
        *audit_file("bad.csv", b"%PDF-1.7", box, box.stages["strict"]),
    ]
    read = list(csv.DictReader(io.StringIO(header() + "".join(rows(result) for result in results))))
    assert tuple(read[0]) == COLUMNS
    assert [(row["file"], row["limit"], row["verdict"], row["at_most_s"], row["error_code"]) for row in read] == [
        ('a "quoted", name.csv', "below-2", "violated", "0", ""),
        ('a "quoted", name.csv', "above-8", "violated", "3600", ""),
        ("bad.csv", "", "", "", "unknown-format"),
    ]


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "@x", "-x"])
def test_names_from_files_are_no_formulas_in_a_spreadsheet(box: Product, name: str) -> None:
    content = f"time,{name} °C\n2026-03-01T00:00:00Z,-5\n2026-03-01T00:05:00Z,-5\n".encode()
    (result,) = audit_file("=cmd|x.csv", content, box, box.stages["strict"])
    first = next(csv.DictReader(io.StringIO(header() + rows(result))))
    assert (first["file"], first["channel"], first["min_c"]) == ("'=cmd|x.csv", f"'{name}", "-5.0")
    assert next(csv_rows(settled_channels(read("x.csv", content))))[1:] == (f"'{name}", "-5.000")
