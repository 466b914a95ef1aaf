"""The database fails in the middle of a transaction: the batch waits for it, and nobody is told of anything else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text

from coldchain.errors import StoreUnavailable
from coldchain.records import Store
from coldchain.records.verifying import verify
from tests.empty import empty_store
from tests.monitoring import dying
from tests.monitoring.ward import Ward, spans

PAGE_COUNTS = (0, 1, 2, 4, 6, 9)
"""How many pages a disk has left: it is full before the judging, in it, and after it."""


@contextmanager
def before(engine: type[Engine], do: Callable[[Connection, int], None]) -> Iterator[None]:
    """Do something before each statement to any database; it is given the statement's number."""
    numbers = count(1)

    def meanwhile(connection: Connection, *_: Any) -> None:
        do(connection, next(numbers))

    event.listen(engine, "before_cursor_execute", meanwhile)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", meanwhile)


def tell(ward: Ward) -> int:
    """The whole story, each batch again until it is taken; returns how often one was not."""
    refused = 0
    for batch in dying.BATCHES:
        for attempt in count():
            assert attempt < 3
            try:
                ward.hear(*batch)
                break
            except StoreUnavailable:
                refused += 1
    return refused


def came_to(ward: Ward) -> tuple[object, ...]:
    with ward.store.reading() as tx:
        assert verify(tx).findings == ()
    known = [(one.number, one.limit_id, one.current) for one in ward.excursions()]
    return ward.stored(), ward.counts(), known, ward.told()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, ...]:
    """What the story comes to when nothing happens."""
    store = empty_store(tmp_path_factory.mktemp("whole") / "a.db")
    ward = Ward(store, dying.PRODUCT).furnish()
    assert tell(ward) == 0
    whole = came_to(ward)
    store.close()
    return whole


@pytest.mark.postgres
@pytest.mark.parametrize("statement", [3, 9, 17, 24, 40, 61, 75, 90, 105, 118])
def test_a_connection_that_breaks_before_any_statement_costs_a_second_attempt_and_nothing_else(
    statement: int, migrated_url: str, undisturbed: tuple[object, ...]
) -> None:
    store = Store(migrated_url)
    ward = Ward(store, dying.PRODUCT).furnish()
    elsewhere = create_engine(make_url(migrated_url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")

    def break_it(connection: Connection, number: int) -> None:
        if number == statement:
            process = connection.connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]
            with elsewhere.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:process, 60000)"), {"process": process})

    with before(Engine, break_it):
        assert tell(ward) == 1
    assert came_to(ward) == undisturbed
    elsewhere.dispose()
    store.close()


@pytest.mark.parametrize("pages", PAGE_COUNTS)
def test_a_full_disk_takes_nothing_and_tells_nobody_of_a_judge_that_failed(
    pages: int, tmp_path: Path, undisturbed: tuple[object, ...]
) -> None:
    store = empty_store(tmp_path / "a.db")
    ward = Ward(store, dying.PRODUCT).furnish()

    def limit_to(most: int) -> None:
        with store.reading() as tx:  # the connection is the only one of its pool, so it is the one that will write
            used = int(tx.exec_driver_sql("PRAGMA page_count").scalar_one())
            tx.exec_driver_sql(f"PRAGMA max_page_count = {used + most}")

    limit_to(pages)
    for batch in dying.BATCHES:
        with suppress(StoreUnavailable):
            ward.hear(*batch)
    assert "no-data" not in {kind for kind, _ in ward.told()}
    with store.reading() as tx:
        assert verify(tx).findings == ()
    limit_to(1_000_000)
    tell(ward)
    assert came_to(ward)[0] == undisturbed[0]
    assert spans(ward.excursions()) == [(5, 12, "certain"), (10, 12, "possible"), (25, 30, "certain")]
    assert "no-data" not in {kind for kind, _ in ward.told()}
    store.close()
