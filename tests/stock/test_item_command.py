"""``coldchain item``: on the service's own database, as people run it."""

from pathlib import Path

import pytest

from coldchain.cli.main import main
from coldchain.domain.duration import parse_duration
from coldchain.monitoring.incoming import Incoming
from coldchain.monitoring.ingest import ingest
from coldchain.payloads import Decoded
from coldchain.records import Store, places
from coldchain.rulebook.series import parse_series
from tests.empty import empty_store
from tests.stock.pharmacy import NINE_HOURS, logger_csv

HOUR = 3_600_000


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site with two locations, a product file of its own, and nothing else."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "nine-hours.yaml").write_text(NINE_HOURS, encoding="utf-8")
    database = tmp_path / "coldchain.db"
    for name, value in {"DATABASE_URL": f"sqlite:///{database}", "RULES": str(tmp_path / "rules"), "TZ": "UTC"}.items():
        monkeypatch.setenv(f"COLDCHAIN_{name}", value)
    monkeypatch.chdir(tmp_path)
    store = empty_store(database)
    with store.transaction() as tx:
        places.put_location(tx, "fridge", "Fridge")
        places.put_location(tx, "ward", "Ward 3")
    store.close()
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """What a command prints, errors included."""
    code = main(["item", *words])
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def test_a_lot_from_its_arrival_to_its_verdict(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arrived = ["--location", "fridge", "--at", "2026-03-01T08:00"]
    assert said(capsys, "add", "nine-hours", "A12", *arrived) == (0, "item 1: lot A12 of nine-hours, at fridge\n")
    begins_ms = 1_772_323_200_000  # 1 March 2026 00:00 UTC
    (site / "leg.csv").write_bytes(logger_csv("12x97", begins_ms))
    code, out = said(capsys, "import", "1", "leg.csv")
    assert (code, out.split(";")[1]) == (0, " is the trace of its transport now\n")
    assert said(capsys, "import", "1", "leg.csv")[1].endswith("was the trace of its transport already\n")
    assert said(capsys, "move", "1", "ward", "--at", "2026-03-01T08:30") == (0, "item 1 is at ward now\n")
    assert said(capsys, "end", "1", "used", "--at", "2026-03-01T08:45")[0] == 0
    code, out = said(capsys, "show", "1")
    assert code == 0, out
    assert "Compliant: Ninemab (for tests), lot A12, 1 of them" in out
    assert "at least 8 h, at most 8 h 45 min (estimate 8 h) of 9 h" in out
    assert "moved to Ward 3" in out
    assert "no pharmacist has compared this file with the label" in out
    assert said(capsys, "list") == (0, "no items\n")
    assert said(capsys, "list", "--all")[1].startswith("1     Compliant     Ninemab lot A12, used")


def measures(site: Path, sensor: str, location: str, series: str, begins_ms: int) -> None:
    """A sensor hangs at a location and sends a series, a reading every five minutes."""
    store = Store(f"sqlite:///{site / 'coldchain.db'}")
    with store.transaction() as tx:
        where = places.location_named(tx, location)
        assert where is not None
        places.place(tx, places.put_sensor(tx, sensor, now_ms=begins_ms), where.id, begins_ms, begins_ms)
    trace = parse_series(series, parse_duration("5 min"))
    for at_ms, milli_c in zip((trace.at_ms + begins_ms).tolist(), trace.milli_c.tolist(), strict=True):
        decoded = (Decoded(sensor, "", at_ms, milli_c, None, f"{milli_c / 1000}"),)
        ingest(store, [Incoming("mqtt", "t", "t", f"{at_ms} {milli_c}".encode(), at_ms, decoded)], at_ms, ())
    store.close()


def test_a_budget_that_three_places_used_up_says_when_and_where(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """3 h at 12 °C in transport, 5 h at 15 °C at receipt and 2 h at 10 °C on the ward, of 9 h."""
    begins_ms = 1_772_323_200_000  # 1 March 2026 00:00 UTC
    (site / "leg.csv").write_bytes(logger_csv("12x37 5x12", begins_ms))
    measures(site, "receipt-probe", "fridge", "15x61 5x13", begins_ms + 4 * HOUR)
    measures(site, "ward-probe", "ward", "10x25 5x13", begins_ms + 10 * HOUR)
    said(capsys, "add", "nine-hours", "A12", "--location", "fridge", "--at", "2026-03-01T04:00")
    said(capsys, "import", "1", "leg.csv")
    said(capsys, "move", "1", "ward", "--at", "2026-03-01T10:00")
    said(capsys, "end", "1", "used", "--at", "2026-03-01T13:00")
    code, out = said(capsys, "show", "1")
    assert code == 1, out
    assert "Violated: Ninemab (for tests), lot A12" in out
    assert "at least 10 h" in out
    assert "of 9 h" in out
    assert "11:00" in out
    assert "Ward 3" in out.partition("of 9 h")[2].partition("\n")[0]


def test_an_item_that_nobody_measured_is_undetermined(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "add", "nine-hours", "A12", "--location", "fridge", "--at", "2026-03-01T08:00")
    code, out = said(capsys, "show", "1")
    assert code == 3
    assert "Open: Nobody measured in Fridge from" in out
    assert site.is_dir()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add", "nine-hour", "A", "--location", "fridge"), "there is no product 'nine-hour'"),
        (("add", "nine-hours", "A", "--location", "attic"), "There is no location 'attic'"),
        (("add", "nine-hours", "A", "--location", "fridge", "--at", "soon"), "'soon' is no instant"),
        (("show", "7"), "there is no item number 7"),
        (("import", "7", "nothing.csv"), "nothing.csv cannot be read"),
        (("move", "7", "ward"), "there is no item number 7"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    site: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], sentence: str
) -> None:
    code, out = said(capsys, *words)
    assert code == 2
    assert out.startswith("coldchain: ")
    assert sentence in out
    assert out.count("\n") == 1
    assert site.is_dir()


def test_a_part_is_split_off_and_shown(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arrived = ["--location", "fridge", "--at", "2026-03-01T08:00", "--quantity", "40"]
    said(capsys, "add", "nine-hours", "A12", *arrived)
    code, out = said(capsys, "split", "1", "10", "--location", "ward", "--at", "2026-03-01T09:00")
    assert (code, out) == (0, "item 2: 10 split off from item 1, at ward\n")
    assert "lot A12, 30 of them" in said(capsys, "show", "1")[1]
    out = said(capsys, "show", "2")[1]
    assert "lot A12, 10 of them" in out
    assert "moved to Ward 3" in out
    code, out = said(capsys, "split", "1", "30")
    assert code == 2
    assert "There are 30: write how many are taken off, 1 to 29" in out
    assert site.is_dir()
