"""Five rounds of the campaign (``make chaos`` runs 200): whatever breaks, the record does not show it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.brokers import require_mosquitto
from tests.chaos.databases import Cluster
from tests.chaos.disk import Disk, small_disk
from tests.chaos.plan import FAULTS, plan_of
from tests.chaos.rounds import run_round
from tests.chaos.table import table
from tests.postgres import find_programs

pytestmark = [pytest.mark.broker, pytest.mark.postgres]

SEEDS = (17, 19, 20, 88, 126)
"""Every way in, both databases, and 13 of the 18 faults, in rounds that are quick."""


@pytest.fixture(scope="module")
def disk() -> Iterator[Disk]:
    with small_disk() as made:
        yield made


@pytest.fixture(scope="module")
def cluster(disk: Disk) -> Iterator[Cluster]:
    require_mosquitto()
    if find_programs() is None:
        missing = "PostgreSQL is not installed (apt-get install postgresql)"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    made = Cluster(disk)
    made.start()
    yield made
    made.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_breaks_what_was_acknowledged_is_stored_once_judged_and_told(
    seed: int, disk: Disk, cluster: Cluster, tmp_path: Path
) -> None:
    outcome = run_round(plan_of(seed), disk, cluster, tmp_path)
    assert outcome.findings == []
    assert len(outcome.struck) == 3
    assert outcome.readings > 0


def test_six_seeds_meet_every_database_and_way_in_and_two_hundred_every_fault() -> None:
    assert len({(plan.database, plan.way) for plan in map(plan_of, range(6))}) == 6
    assert {name for seed in range(1, 201) for name, _ in plan_of(seed).faults} == set(FAULTS)
    assert plan_of(17) == plan_of(17)


def test_the_table_tells_what_was_found() -> None:
    one = {
        "plan": {"seed": 3, "database": "SQLite", "way": "HTTP"}, "struck": [("disk full", "commit")],
        "findings": ["2 readings are acknowledged and not stored"], "readings": 1000, "repeats": 0, "lost": 2,
        "small_disk": True, "lives": 2,
        "promises_checked": 1, "excursions": 4, "alerts": 8, "told_twice": 0,
    }  # fmt: skip
    page = table([one])
    assert "| rounds in which every promise was kept | 0 |" in page
    assert "| disk full | 1 | 1 | commit 1 |" in page
    assert "- seed 3: 2 readings are acknowledged and not stored" in page
