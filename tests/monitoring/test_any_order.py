"""The net over live monitoring: whatever happens in whatever order, the record comes to the same. See `machine`."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from coldchain.records import Store
from tests.monitoring.machine import AnyOrder

BOUNDED = settings(
    max_examples=15,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_whatever_happens_the_record_comes_to_the_same() -> None:
    run_state_machine_as_test(AnyOrder, settings=BOUNDED)


@pytest.mark.postgres
def test_on_postgres_too(postgres_url: str) -> None:
    class OnPostgres(AnyOrder):
        def make(self, _name: str) -> str:
            store = Store(postgres_url)
            with store.transaction() as tx:
                tx.exec_driver_sql("DROP SCHEMA public CASCADE")
                tx.exec_driver_sql("CREATE SCHEMA public")
            store.migrate()
            store.close()
            return postgres_url

    few = settings(BOUNDED, max_examples=3, phases=[Phase.generate])
    run_state_machine_as_test(OnPostgres, settings=few)
