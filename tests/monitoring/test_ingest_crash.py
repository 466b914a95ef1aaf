"""Killed in the middle of a transaction: nothing half-written stays, nothing acknowledged is lost, nothing is twice."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from coldchain.monitoring.ingest import ingest
from coldchain.records import Store, alerts, excursions, places, quarantine, readings
from coldchain.records.verifying import verify
from tests.empty import empty_store
from tests.monitoring import dying
from tests.monitoring.ward import MINUTE, START, Ward

STATEMENTS = [3, 9, 17, 24, 40, 61, 90, 118]
"""Before which statements the program dies: in every batch, and in every part of one."""


def state(url: str) -> dict[str, object]:
    """Everything that the story leaves in the record."""
    store = Store(url)
    with store.reading() as tx:
        assert verify(tx).findings == ()
        trace = readings.trace(tx, places.sensors(tx)[0].id)
        found: dict[str, object] = {
            "readings": (trace.at_ms.tolist(), trace.milli_c.tolist()),
            "counts": readings.counts(tx),
            "held": quarantine.count(tx),
            "excursions": [(one.number, one.limit_id, one.current) for one in excursions.excursions(tx)],
            "alerts": [(one.kind, one.id, len(alerts.deliveries(tx, one.id))) for one in alerts.alerts(tx)],
        }
    store.close()
    return found


def killed(url: str, statement: int) -> list[str]:
    """What the program said before it died."""
    command = [sys.executable, "-m", "tests.monitoring.dying", url, str(statement)]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True, timeout=180)
    assert done.returncode == -9, done.stderr
    return done.stdout.split()


def come_back(url: str, whole: list[dict[str, object]], statement: int) -> None:
    """Die, look, go on from the first batch that was not acknowledged, and look again."""
    said = killed(url, statement)
    done = len([word for word in said if word != "rung"])
    left = state(url)
    assert left in whole[done : done + 2]  # what was acknowledged and no more, unless it died before saying so
    dying.tell(url, whole.index(left))
    assert state(url) == whole[-1]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    """The record after no batch, after each of them, and after the clock has rung, when nobody is killed."""
    file = tmp_path_factory.mktemp("whole") / "a.db"
    dying.furnish(empty_store(file))
    url = f"sqlite:///{file}"
    found = [state(url)]
    batches = list(dying.BATCHES)
    for number in range(len(batches)):
        store = Store(url)
        Ward(store, dying.PRODUCT).hear(*batches[number])
        store.close()
        found.append(state(url))
    dying.tell(url, len(batches))
    return [*found, state(url)]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_killed_at_any_statement_and_started_again(
    tmp_path: Path, whole: list[dict[str, object]], statement: int
) -> None:
    dying.furnish(empty_store(tmp_path / "a.db"))
    come_back(f"sqlite:///{tmp_path / 'a.db'}", whole, statement)


@pytest.mark.postgres
@pytest.mark.parametrize("statement", [20, 70])
def test_on_postgres_too(migrated_url: str, whole: list[dict[str, object]], statement: int) -> None:
    dying.furnish(Store(migrated_url))
    come_back(migrated_url, whole, statement)


def test_an_error_in_the_middle_leaves_nothing_half_written(tmp_path: Path, whole: list[dict[str, object]]) -> None:
    dying.furnish(empty_store(tmp_path / "a.db"))
    url = f"sqlite:///{tmp_path / 'a.db'}"
    store = Store(url)
    nobody: Any = None  # whom to tell is asked last, when everything else is written
    with pytest.raises(TypeError):
        ingest(store, dying.BATCHES[0], START + 10 * MINUTE, nobody)
    store.close()
    assert state(url) == whole[0]
