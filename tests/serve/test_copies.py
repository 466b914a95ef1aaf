"""`coldchain user`, `backup` and `restore`, as a person runs them."""

import hashlib
import io
import os
import shutil
import sqlite3
import sys
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from coldchain.cli.main import main
from coldchain.records import Store, accounts, ledger
from coldchain.web.passwords import is_password
from tests.empty import empty_store
from tests.notifying.rows import T0

SETTINGS = "mqtt: {mode: 'off'}\nhttp: {port: 0}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "coldchain.yaml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("COLDCHAIN_")]:
        monkeypatch.delenv(name)
    return tmp_path


def said(*words: str, code: int = 0, stdin: str = "") -> str:
    """What a command says, on standard output if it went well, else its sentence."""
    out, complaints, typed = io.StringIO(), io.StringIO(), sys.stdin
    sys.stdin = io.StringIO(stdin)
    try:
        with redirect_stdout(out), redirect_stderr(complaints):
            assert main(words) == code, complaints.getvalue()
    finally:
        sys.stdin = typed
    return out.getvalue() if code == 0 else complaints.getvalue().removeprefix("coldchain: ")


def record(folder: Path) -> Path:
    return folder / "coldchain-data" / "coldchain.db"


def store_with(folder: Path, entries: int) -> None:
    """A record with some ledger entries, left open as a running service leaves it."""
    file = record(folder)
    file.parent.mkdir(exist_ok=True)
    store = Store(f"sqlite:///{file}") if file.exists() else empty_store(file)
    with store.transaction() as tx:
        for number in range(entries):
            ledger.append(tx, T0, "test", str(number), {})
    store.close()


def test_an_account_from_its_first_password_to_its_last(folder: Path) -> None:
    add = ("user", "add", "anna", "--role", "pharmacist", "--full-name", "Anna Adams")
    assert "no accounts yet" in said("user", "list")
    assert said(*add, stdin="correct horse\n") == "anna may sign in now\n"
    assert said(*add, stdin="correct horse\n", code=2) == "there is an account called 'anna' already\n"
    assert said("user", "list").split() == ["anna", "pharmacist", "may", "sign", "in", "Anna", "Adams"]
    said("user", "password", "anna", stdin="battery staple\r\n")
    said("user", "role", "anna", "auditor")
    assert said("user", "list").split()[:2] == ["anna", "auditor"]
    said("user", "disable", "anna")
    assert "disabled" in said("user", "list")
    said("user", "enable", "anna")
    with Store(f"sqlite:///{record(folder)}").reading() as tx:
        account = accounts.account(tx, "anna")
    assert account is not None
    assert account.password_hash.startswith("$argon2id$")
    assert is_password(account.password_hash, "battery staple")
    assert (account.full_name, account.role) == ("Anna Adams", "auditor")
    assert said("verify").startswith("The record is whole: 5 ledger entries")


@pytest.mark.parametrize(
    ("case", "words", "stdin", "sentence"),
    [
        ("a short password", ("add", "anna", "--role", "nurse"), "short\n", "a password needs 10 to 1024 characters"),
        ("no password", ("add", "anna", "--role", "nurse"), "", "a password needs 10 to 1024 characters"),
        ("nobody", ("disable", "anna"), "", "there is no account called 'anna'"),
        (
            "a name with a space",
            ("add", "an na", "--role", "nurse"),
            "correct horse\n",
            "an account's name is 1 to 100",
        ),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    folder: Path, case: str, words: tuple[str, ...], stdin: str, sentence: str
) -> None:
    assert said("user", *words, stdin=stdin, code=2).startswith(sentence), case


def test_a_copy_is_one_file_with_its_checksum_and_can_be_put_back(folder: Path) -> None:
    store_with(folder, 7)
    copy = folder / "copy.db"
    digest = hashlib.sha256
    printed = said("backup", "copy.db")
    assert printed == f"{digest(copy.read_bytes()).hexdigest()}  copy.db\n"
    assert (folder / "copy.db.sha256").read_text() == printed
    assert sorted(path.name for path in folder.iterdir()) == [
        "coldchain-data", "coldchain.yaml", "copy.db", "copy.db.sha256"
    ]  # fmt: skip
    shutil.rmtree(folder / "coldchain-data")
    assert "its 7 ledger entries are whole" in said("restore", "copy.db")
    assert "7 ledger entries" in said("verify")
    assert copy.exists()


def test_the_copy_of_a_record_in_use_holds_what_is_committed(folder: Path) -> None:
    store_with(folder, 1)
    store = Store(f"sqlite:///{record(folder)}")
    with store.transaction() as tx:
        ledger.append(tx, T0, "test", "committed", {})
    with store.transaction() as tx:  # open while the copy is made
        ledger.append(tx, T0, "test", "not yet", {})
        said("backup", "copy.db")
    store.close()
    with closing(sqlite3.connect(folder / "copy.db")) as connection:
        assert connection.execute("SELECT count(*) FROM ledger").fetchone() == (2,)


def test_nothing_is_overwritten_unasked(folder: Path) -> None:
    store_with(folder, 3)
    said("backup", "copy.db")
    before = (folder / "copy.db").read_bytes()
    store_with(folder, 1)
    assert "is there already: choose another name, or say --force" in said("backup", "copy.db", code=2)
    assert (folder / "copy.db").read_bytes() == before
    said("backup", "copy.db", "--force")
    assert "say --force to set it aside" in said("restore", "copy.db", code=2)
    said("restore", "copy.db", "--force")
    (aside,) = (path for path in record(folder).parent.iterdir() if ".before-" in path.name)
    with closing(sqlite3.connect(aside)) as connection:
        assert connection.execute("SELECT count(*) FROM ledger").fetchone() == (4,)


def test_a_log_of_the_old_record_does_not_get_into_the_new_one(folder: Path) -> None:
    store_with(folder, 2)
    said("backup", "copy.db")
    torn = sqlite3.connect(record(folder))  # stays open, as after a kill: its log is not folded in
    try:
        torn.execute("PRAGMA journal_mode=WAL")
        torn.execute("CREATE TABLE poison (x)")
        torn.commit()
        log = (record(folder).parent / "coldchain.db-wal").read_bytes()
    finally:
        torn.close()
    (record(folder).parent / "coldchain.db-wal").write_bytes(log)
    said("restore", "copy.db", "--force")
    with closing(sqlite3.connect(record(folder))) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    assert "poison" not in tables
    assert "2 ledger entries" in said("verify")


def spoil_bytes(copy: Path) -> None:
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 0xFF
    copy.write_bytes(content)


def spoil_pages(copy: Path) -> None:
    content = bytearray(copy.read_bytes())
    content[4096 : 4096 * 3] = b"\xff" * (4096 * 2)
    copy.write_bytes(content)
    copy.with_name(copy.name + ".sha256").unlink()


def spoil_ledger(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("UPDATE ledger SET body = '{\"changed\":1}' WHERE seq = 2")
        connection.commit()
    copy.with_name(copy.name + ".sha256").unlink()


def cut_off(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[:10_000])
    copy.with_name(copy.name + ".sha256").unlink()


def another_file(copy: Path) -> None:
    copy.write_text("not a database at all, but long enough to be looked at\n" * 100)
    copy.with_name(copy.name + ".sha256").unlink()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (spoil_bytes, "its SHA-256 is not the one in copy.db.sha256"),
        (spoil_pages, "copy.db"),
        (spoil_ledger, "the copy is not put back, its record has been changed: ledger entry 2"),
        (cut_off, "copy.db"),
        (another_file, "copy.db cannot be copied: file is not a database"),
        (Path.unlink, "there is no copy at copy.db"),
    ],
)
def test_a_spoilt_copy_is_refused_and_the_record_left_alone(folder: Path, spoil: object, sentence: str) -> None:
    store_with(folder, 5)
    said("backup", "copy.db")
    assert callable(spoil)
    spoil(folder / "copy.db")
    before = record(folder).read_bytes()
    assert sentence in said("restore", "copy.db", "--force", code=2)
    assert record(folder).read_bytes() == before
    left = {path.name for path in record(folder).parent.iterdir()}
    assert left == {"coldchain.db", "coldchain.db.lock", "coldchain.db.copied"}


def test_without_a_record_there_is_nothing_to_copy(folder: Path) -> None:
    assert said("backup", "copy.db", code=2).startswith("there is no record at ")


def test_postgresql_has_tools_of_its_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLDCHAIN_DATABASE_URL", "postgresql://coldchain@db/coldchain")
    monkeypatch.setenv("COLDCHAIN_DATABASE_PASSWORD", "s3cret")
    assert said("backup", "x.dump", code=2) == (
        "this record is in PostgreSQL, which copies itself: "
        "pg_dump --format=custom --file=x.dump 'postgresql://coldchain@db/coldchain'\n"
    )
    assert said("restore", "x.dump", code=2) == (
        "this record is in PostgreSQL, which restores itself: "
        "pg_restore --clean --if-exists --dbname='postgresql://coldchain@db/coldchain' x.dump\n"
    )
