"""The store: it opens, migrates and commits the same on every database, and says in one sentence what is wrong."""

import sqlite3
import statistics
import threading
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, event, text

from coldchain.errors import StoreUnavailable, StoreUnusable
from coldchain.records import Store, due_work, places
from coldchain.records.store import savepoint
from coldchain.records.tables import metadata


def test_the_migrations_make_exactly_the_tables_of_the_program(store: Store) -> None:
    def compared(one: Any, name: str | None, kind: str, *_: object) -> bool:
        of = name if kind == "table" else one.table.name
        return not (store.is_sqlite and of == "reading")  # there readings lie in slots: see test_slots

    with store.reading() as tx:
        context = MigrationContext.configure(tx, opts={"include_object": compared})
        assert compare_metadata(context, metadata) == []


def test_migrating_again_changes_nothing(store: Store) -> None:
    with store.transaction() as tx:
        places.put_location(tx, "ward-3", "Ward 3")
    store.migrate()
    store.check()
    with store.reading() as tx:
        assert [one.name for one in places.locations(tx)] == ["ward-3"]


def test_an_error_in_the_block_undoes_all_of_it(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        _put_and_fail(store)
    with store.reading() as tx:
        assert places.locations(tx) == []


def _put_and_fail(store: Store) -> None:
    with store.transaction() as tx:
        places.put_location(tx, "ward-3", "Ward 3")
        raise ZeroDivisionError


def test_what_one_look_shows_belongs_to_one_moment(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'a.db'}")
    store.migrate()
    with store.reading() as tx:
        assert places.locations(tx) == []
        with store.transaction() as other:
            places.put_location(other, "ward-3", "Ward 3")
        assert places.locations(tx) == []
    store.close()


@pytest.mark.postgres
def test_what_one_look_shows_belongs_to_one_moment_on_postgres_too(postgres_url: str) -> None:
    store = Store(postgres_url)
    store.migrate()
    with store.reading() as tx:
        assert places.locations(tx) == []
        with store.transaction() as other:
            places.put_location(other, "ward-3", "Ward 3")
        assert places.locations(tx) == []
    store.close()


def test_many_writers_at_once_lose_nothing(store: Store) -> None:
    def count_up() -> None:
        for _ in range(10):
            with store.transaction() as tx:
                before = due_work.when(tx, "counter", "1") or 0
                due_work.put(tx, "counter", "1", before + 1)

    writers = [threading.Thread(target=count_up) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=180)
    with store.reading() as tx:
        assert due_work.when(tx, "counter", "1") == 40


def test_sqlite_keeps_what_it_says_it_has(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'a.db'}")
    store.migrate()
    with store.reading() as tx:
        said = {name: tx.exec_driver_sql(f"PRAGMA {name}").scalar() for name in _PRAGMAS}
    store.close()
    assert said == _PRAGMAS


_PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 5000, "foreign_keys": 1}


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "a database address looks like"),
        ("mysql://host/name", "a database address looks like"),
        ("sqlite:////no/such/folder/a.db", "is the folder there"),
    ],
)
def test_an_address_that_cannot_be_used_is_one_sentence(url: str, says: str) -> None:
    with pytest.raises(StoreUnusable, match=says) as caught:
        Store(url).migrate()
    assert not caught.value.retry
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    other = tmp_path / "letter.txt"
    other.write_text("Dear Sir or Madam, " * 100)
    with pytest.raises(StoreUnusable, match="not a database"):
        Store(f"sqlite:///{other}").migrate()
    assert other.read_text() == "Dear Sir or Madam, " * 100


def test_a_database_of_somebody_else_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("create table sensor (colour text)")
    connection.commit()
    connection.close()
    store = Store(f"sqlite:///{path}")
    with pytest.raises(StoreUnusable, match="not this program's"):
        store.migrate()
    store.close()


def test_a_database_of_a_newer_program_is_refused(store: Store) -> None:
    with store.transaction() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for act in (store.migrate, store.check):
        with pytest.raises(StoreUnusable, match="newer"):
            act()


def test_checking_neither_makes_nor_changes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    store = Store(f"sqlite:///{path}")
    with pytest.raises(StoreUnusable, match="there is no database"):
        store.check()
    assert not path.exists()
    sqlite3.connect(path).close()
    with pytest.raises(StoreUnusable, match="has no tables"):
        store.check()
    store.close()


def test_a_server_that_is_not_there_may_come_back() -> None:
    store = Store("postgresql://ann:secret@127.0.0.1:1/coldchain")
    with pytest.raises(StoreUnavailable) as caught:
        store.migrate()
    store.close()
    assert caught.value.retry
    assert "secret" not in str(caught.value)


@pytest.mark.postgres
def test_a_database_that_is_not_there_is_one_sentence(postgres_url: str) -> None:
    store = Store(postgres_url.replace("/test_", "/never_"))
    with pytest.raises(StoreUnusable, match="is not there"):
        store.migrate()
    store.close()


@pytest.mark.postgres
@pytest.mark.parametrize("moment", ["SAVEPOINT", "SELECT 1", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT"])
def test_a_server_that_goes_away_in_a_part_of_a_transaction_may_come_back(moment: str, postgres_url: str) -> None:
    store, elsewhere = Store(postgres_url), Store(postgres_url)

    def break_it(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(moment):
            process = connection.connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]
            with elsewhere.transaction() as other:
                other.execute(text("SELECT pg_terminate_backend(:process, 60000)"), {"process": process})

    def a_part() -> None:
        with store.reading() as tx:
            event.listen(tx, "before_cursor_execute", break_it)
            with savepoint(tx):
                tx.execute(text("SELECT 1"))
                if moment.startswith("ROLLBACK"):
                    raise ZeroDivisionError

    with pytest.raises(StoreUnavailable, match="does not answer"):
        a_part()
    store.close()
    elsewhere.close()


def test_a_database_that_somebody_else_keeps_is_worth_another_try(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    with store.reading() as tx:
        tx.exec_driver_sql("PRAGMA busy_timeout=10")  # of the one connection in the pool
    keeper = sqlite3.connect(path, isolation_level=None)
    keeper.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked") as caught, store.transaction():
        pass
    keeper.execute("ROLLBACK")
    keeper.close()
    assert caught.value.retry
    with store.transaction() as tx:
        places.put_location(tx, "ward-3", "Ward 3")
    store.close()


def test_a_writer_has_its_turn_though_another_writes_again_and_again(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'a.db'}")
    store.migrate()
    done, busy = threading.Event(), threading.Event()
    written: list[int] = []

    def again_and_again() -> None:
        while not done.is_set():
            with store.transaction() as tx:
                due_work.put(tx, "busy", "1", 1)
                busy.set()
            written.append(1)

    other = threading.Thread(target=again_and_again)
    other.start()
    assert busy.wait(120)
    in_between = []
    for _ in range(20):
        before = len(written)
        with store.transaction() as tx:
            due_work.put(tx, "patient", "1", 1)
        in_between.append(len(written) - before)
    done.set()
    other.join(120)
    store.close()
    # now and then this thread is held up between the look and the queue, and the other one writes on
    assert statistics.median(in_between) <= 3, "at most whoever was before it"
