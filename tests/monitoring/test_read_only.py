"""A PostgreSQL that can only be read, as after a failover: nothing is acknowledged until it can be written again.

``make chaos`` does the same with a real standby and its promotion, under a running service.
"""

import pytest
from sqlalchemy import create_engine, make_url, text

from coldchain.errors import StoreUnavailable
from coldchain.monitoring.ingest import ingest
from coldchain.monitoring.worker import IngestWorker
from coldchain.records import Store
from tests.monitoring.rows import until
from tests.monitoring.ward import CHANNELS, START, Ward, message

pytestmark = pytest.mark.postgres


def readable_only(url: str, *, on: bool) -> None:
    """What new transactions may do, of everybody and at once."""
    name = make_url(url).database
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("SET default_transaction_read_only = off"))
        connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = {'on' if on else 'off'}"))
        connection.execute(
            text("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                 " WHERE datname = current_database() AND pid <> pg_backend_pid()")
        )  # fmt: skip
    engine.dispose()


def test_messages_wait_until_it_can_be_written_again(postgres_url: str) -> None:
    store = Store(postgres_url)
    store.migrate()
    Ward(store).furnish()
    worker = IngestWorker(lambda batch: ingest(store, batch, START, CHANNELS))
    worker.start()
    readable_only(postgres_url, on=True)
    done = worker.submit(message(0, 9))
    until(lambda: worker.state().retries > 1)
    assert not done.done()
    assert "can only be read now" in (worker.state().complaint or "")
    readable_only(postgres_url, on=False)
    done.result(120)
    assert Ward(store).stored() == [(0, 9)]
    assert [one.kind for one in Ward(store).all_alerts()] == ["certain"]
    worker.close()
    store.close()


def test_a_service_does_not_start_on_it_and_says_why(postgres_url: str) -> None:
    readable_only(postgres_url, on=True)
    store = Store(postgres_url)
    with pytest.raises(StoreUnavailable, match="can only be read now") as refused:
        store.migrate()
    assert "\n" not in str(refused.value)
    store.close()
    readable_only(postgres_url, on=False)
