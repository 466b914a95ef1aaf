"""The net over live monitoring: whatever happens in whatever order, the record comes to the same. See `machine`."""

from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.monitoring.machine import AnyOrder
from tests.postgres import Cluster

BOUNDED = settings(
    max_examples=15,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_whatever_happens_the_record_comes_to_the_same() -> None:
    run_state_machine_as_test(AnyOrder, settings=BOUNDED)


@pytest.mark.postgres
def test_on_postgres_too(postgres: Cluster, migrated: str) -> None:
    with ExitStack() as databases:

        class OnPostgres(AnyOrder):
            def make(self, _name: str) -> str:
                return postgres.url(databases.enter_context(postgres.database(like=migrated)))

        few = settings(BOUNDED, max_examples=3, phases=[Phase.generate])
        run_state_machine_as_test(OnPostgres, settings=few)
