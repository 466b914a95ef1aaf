"""Many refrigerators declared at once are judged like those declared one by one, and outlive a start of the service."""

from pathlib import Path

import pytest

from coldchain.bootstrap.places import sync
from coldchain.cli.main import main
from coldchain.cli.place import rows_of
from coldchain.errors import UsageError
from coldchain.monitoring.due import run_due
from coldchain.monitoring.ingest import ingest
from coldchain.monitoring.silence import UNPROVABLE
from coldchain.records import Store, alerts, excursions, listing, places, units
from coldchain.records.verifying import verify
from coldchain.rulebook.book import load_rulebook, parse_product
from tests.monitoring.ward import CHANNELS, MINUTE, START, message, product_text

ROWS = [listing.Listed(f"fridge-{k}", f"Refrigerator {k}", "Ward", f"s{k}") for k in range(3)]


def listed(store: Store) -> Store:
    text = product_text()
    product = parse_product(text, "test.yaml")
    with store.transaction() as tx:
        listing.put(tx, ROWS, product, text, product.first_stage.name, START, unprovable=UNPROVABLE)
    return store


def test_they_are_judged_from_their_first_reading_on(store: Store) -> None:
    listed(store)
    ingest(store, [message(1, 5, sensor="s1"), message(1, 9, sensor="s2")], START + MINUTE, CHANNELS)
    ingest(store, [message(2, 9, sensor="s1"), message(2, 5, sensor="s2")], START + 2 * MINUTE, CHANNELS)
    with store.reading() as tx:
        found = [(one.current.known.start_ms - START) // MINUTE for one in excursions.excursions(tx)]
        assert sorted(found) == [1, 2]
        assert verify(tx).findings == ()


def test_one_that_is_never_heard_is_noticed(store: Store) -> None:
    listed(store)
    ingest(store, [message(30, 5, sensor="s1")], START + 30 * MINUTE, CHANNELS)
    run_due(store, START + 61 * MINUTE, CHANNELS)
    with store.reading() as tx:
        told = [(alert.kind, alert.body["sensor"]["name"]) for alert in alerts.alerts(tx)]
    assert sorted(told) == [("no-data", "s0"), ("no-data", "s2")]


def test_the_settings_do_not_end_what_came_from_a_list(store: Store) -> None:
    listed(store)
    with store.transaction() as tx:
        sync(tx, (), load_rulebook(), START + MINUTE)
        location = places.location_named(tx, "fridge-1")
        assert location is not None
        assert [unit.to_ms for unit in units.at_location(tx, location.id)] == [None]


def test_the_command_declares_a_file_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "coldchain.yaml").write_text("database:\n  url: sqlite:///record.db\n")
    (tmp_path / "places.csv").write_text("location,sensor,title\na,s1,First\nb,s2,\n", encoding="utf-8")
    words = ["place", "import", str(tmp_path / "places.csv"), "--product", "refrigerated-2-8",
             "--config", str(tmp_path / "coldchain.yaml")]  # fmt: skip
    assert main(words) == 0
    assert "2 places are judged by refrigerated-2-8" in capsys.readouterr().out
    assert main(words) == 2
    assert "the record knows a already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("name,sensor\na,s\n", "needs a first line with the columns location and sensor"),
        ("location,sensor\na,\n", "line 2: a location"),
        ("location,sensor\na,s1\na,s2\n", "line 3: a or s2 stands in the file twice"),
        ("location,sensor\na,s1\nb,s1\n", "line 3: b or s1 stands in the file twice"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, text: str, wrong: str) -> None:
    (tmp_path / "places.csv").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=wrong):
        list(rows_of(tmp_path / "places.csv"))


def test_a_list_declares_what_is_known_of_the_sensors(tmp_path: Path) -> None:
    (tmp_path / "coldchain.yaml").write_text("database:\n  url: sqlite:///record.db\n")
    lines = (
        "location,sensor,probe,time_constant,low,high,uncertainty,calibration,calibration_due,serial",
        'a,s1,glycol,10 min,-40,60,"0,2",K-17,2027-03-01,A81',
        "b,s2,,,,,,,,",
    )
    (tmp_path / "places.csv").write_text("\n".join(lines), encoding="utf-8")
    command = ["place", "import", str(tmp_path / "places.csv"), "--product", "refrigerated-2-8"]
    assert main([*command, "--config", str(tmp_path / "coldchain.yaml")]) == 0
    store = Store(f"sqlite:///{tmp_path}/record.db")
    with store.reading() as tx:
        first, second = places.sensors(tx)
        (unit,) = units.of_sensors(tx, [first.id])
        assert verify(tx).findings == ()
    store.close()
    assert (first.probe_kind, first.time_constant_ms, first.serial) == ("glycol", 600_000, "A81")
    assert (first.low_milli_c, first.high_milli_c, first.calibration_due) == (-40_000, 60_000, "2027-03-01")
    assert (unit.uncertainty_milli_c, unit.calibration) == (200, "K-17")
    assert (second.probe_kind, second.uncertainty_milli_c, second.power_up) == (None, 0, False)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("location,sensor,uncertainity\na,s,1\n", "has a column 'uncertainity'"),
        ("location,sensor,time_constant\na,s,10\n", "line 2: its time constant is a duration with its unit"),
        ("location,sensor,low,high\na,s,5,4\n", "line 2: the lower end of its range lies below"),
    ],
)
def test_what_a_list_declares_wrongly_is_named_with_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "places.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=sentence):
        list(rows_of(file))
