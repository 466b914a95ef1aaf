"""`coldchain archive`, and what `verify`, `backup` and `restore` say of sealed days, as a person runs them."""

from pathlib import Path

import pytest

from coldchain.bootstrap.archiving import Archiving
from coldchain.records import Store, readings
from coldchain.records.archive import shelf
from coldchain.records.readings import Row
from coldchain.settings.shapes import Archive
from tests.empty import empty_store
from tests.serve.test_copies import folder, said

__all__ = ["folder"]

DAY = shelf.DAY_MS


@pytest.fixture
def record(folder: Path) -> Path:
    """A record with three days of readings of long ago."""
    file = folder / "coldchain-data" / "coldchain.db"
    file.parent.mkdir()
    store = empty_store(file)
    with store.transaction() as tx:
        readings.put(tx, [Row(1, at_ms, 5_000, at_ms, 1, 0) for at_ms in range(0, 3 * DAY, 600_000)])
    store.close()
    return file


def test_days_are_moved_and_everything_is_named(record: Path, folder: Path) -> None:
    moved = said("archive", "--before", "1970-01-03").splitlines()
    assert moved[0].startswith("1970-01-01  144 readings  ")
    assert moved[-1] == "2 days moved into the archive"
    assert said("archive", "--before", "1970-01-03") == "0 days moved into the archive\n"
    assert "The archive is whole: 2 sealed days as the ledger says." in said("verify")
    assert said("backup", str(folder / "copy.db"))
    next(record.with_name("coldchain.db.archive").glob("1970/1970-01-02.*.day")).unlink()
    assert said("restore", str(folder / "copy.db"), "--force")
    store = Store(f"sqlite:///{record}")
    with store.reading() as tx:
        assert [sentence.split("is not there")[0][-28:-22] for sentence in shelf.damaged(tx)] == ["-01-02"]
        assert len(readings.trace(tx, 1, until_ms=DAY - 1)) == 144
    store.close()


def test_a_missing_file_is_what_verify_says(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said("archive", "--before", "1970-01-02")
    (file,) = record.with_name("coldchain.db.archive").glob("1970/*.day")
    file.unlink()
    from coldchain.cli.main import main

    assert main(["verify"]) == 1
    assert f"The archive file {file} is not there: put it back" in capsys.readouterr().out


def test_up_to_which_day_has_to_be_said(record: Path) -> None:
    assert "say up to which day" in said("archive", code=2)


def test_the_settings_say_it_for_the_command_and_for_the_service(record: Path, folder: Path) -> None:
    with (folder / "coldchain.yaml").open("a") as stream:
        stream.write("archive: {after: 400 d}\n")
    assert said("archive").endswith("3 days moved into the archive\n")


def test_the_service_moves_what_is_old_enough(record: Path) -> None:
    store = Store(f"sqlite:///{record}")
    mover = Archiving(store, Archive(7 * DAY), lambda: 9 * DAY, lambda: False)
    mover.turn()
    with store.reading() as tx:
        assert [one.name for one in shelf.days(tx, *shelf.ALWAYS)] == ["1970-01-01", "1970-01-02"]
    store.close()


def test_readings_are_kept_for_ever_unless_the_settings_say_otherwise(record: Path, folder: Path) -> None:
    assert "kept for ever" in said("retention", code=2)
    with (folder / "coldchain.yaml").open("a") as stream:
        stream.write("archive: {keep: 300 d}\n")
    assert "at least 731 d" in said("retention", code=2)


def test_what_is_older_than_the_policy_is_named_first_and_removed_when_somebody_says_so(
    record: Path, folder: Path
) -> None:
    with (folder / "coldchain.yaml").open("a") as stream:
        stream.write("archive: {keep: 3653 d}\n")
    before = said("retention")
    assert before.startswith("0 readings of 0 days before 20")
    assert "432 readings of that time are not in the archive and stay" in before
    said("archive", "--before", "1970-01-03")
    planned = said("retention").splitlines()
    assert planned[:2] == [f"1970-01-0{day}  144 readings of 1 sensor go" for day in (1, 2)]
    assert "288 readings of 2 days" in planned[2]
    assert "would be removed; nothing was changed" in planned[2]
    assert "say who removes them" in said("retention", "--remove", code=2)
    removed = said("retention", "--remove", "--by", "A. Miller").splitlines()
    assert removed[:2] == planned[:2]
    assert removed[2].endswith("removed; backups may still hold them")
    assert "0 readings of 0 days" in said("retention")
    told = said("verify")
    assert "288 readings of 2 days, 1970-01-01 to 1970-01-02, were removed on 20" in told
    assert "by A. Miller: they were to be kept for 3653 days. The ledger has their hashes." in told
    assert "The archive is whole: 2 sealed days as the ledger says." in told
