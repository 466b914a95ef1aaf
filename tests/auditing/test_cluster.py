"""``coldchain audit --cluster`` over a real Dask cluster of processes."""

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from coldchain.auditing import cluster
from coldchain.auditing.bulk import Bulk, audited, full_line
from coldchain.auditing.cluster import on_cluster
from coldchain.auditing.folder import OutputFolder
from coldchain.auditing.many import Spread, in_turn
from coldchain.auditing.question import Question
from coldchain.cli.main import main
from coldchain.errors import ClusterUnavailable
from coldchain.loggers.files import find_files
from coldchain.rulebook.book import parse_product
from tests.auditing.logger_files import RULES, hobo

distributed = pytest.importorskip("distributed")

PRODUCT = parse_product(RULES, "box.yaml")
QUESTION = Question(PRODUCT, PRODUCT.first_stage)
FILES = 160


@pytest.fixture(scope="module")
def workers() -> Iterator[Any]:
    """A scheduler in this process and two workers in processes of their own, which come back when they end."""
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address="127.0.0.1:0",
        silence_logs=50,
        host="127.0.0.1",
    ) as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rules: Path) -> Path:
    (tmp_path / "logs").mkdir()
    for number in range(FILES):
        warm = " 9x3" if number % 7 == 0 else ""
        (tmp_path / "logs" / f"{number:03}.csv").write_bytes(hobo(f"5x{20 + number}{warm} 5x9"))
    (tmp_path / "logs" / "not-one.csv").write_bytes(b"%PDF-1.7")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lines(spread: Spread, folder: OutputFolder | None = None) -> list[str]:
    found = audited(find_files(["logs"], load=False), Bulk(QUESTION, spread, folder))
    return [
        full_line(judged, related)
        for outcome, each in found
        for judged, related in zip(outcome.judged, each, strict=True)
    ]


def test_a_worker_that_is_killed_changes_nothing_byte_for_byte(place: Path, workers: Any) -> None:
    spread = on_cluster(workers.scheduler_address)
    killed: list[int] = []

    def with_a_loss(work: Callable[[Any], Any], batches: Iterable[Any]) -> Iterator[Any]:
        for number, answered in enumerate(spread(work, batches)):
            if number == 2:
                killed.append(next(iter(workers.workers.values())).process.process.pid)
                os.kill(killed[0], signal.SIGKILL)
            yield answered

    alone = lines(in_turn, OutputFolder(place / "alone", QUESTION))
    assert lines(with_a_loss, OutputFolder(place / "far", QUESTION)) == alone
    assert killed
    assert len(alone) == FILES + 1
    written = [
        {path.name: path.read_bytes() for path in (place / folder / "files").iterdir()} for folder in ("alone", "far")
    ]
    assert written[0] == written[1]


def test_the_command_prints_what_it_prints_without(
    place: Path, workers: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [
        "audit",
        "logs/00*.csv",
        "logs/not-one.csv",
        "nowhere.csv",
        "--product",
        "box",
        "--rules",
        "rules",
        "--format",
        "json",
    ]
    assert main(words) == 2
    here = capsys.readouterr()
    assert main([*words, "--cluster", workers.scheduler_address]) == 2
    assert capsys.readouterr() == here


def test_a_worker_of_another_version_is_refused(workers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "__version__", "0.0.9")
    with pytest.raises(
        ClusterUnavailable, match=r"the worker tcp://.* runs coldchain 0\.1\.0, this is 0\.0\.9: install"
    ):
        on_cluster(workers.scheduler_address)


def test_a_cluster_without_workers_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with distributed.LocalCluster(
        n_workers=0, processes=True, dashboard_address="127.0.0.1:0", host="127.0.0.1"
    ) as empty:
        address = empty.scheduler_address
        with pytest.raises(ClusterUnavailable, match=f"'{address}' has no worker; start some with `dask worker"):
            on_cluster(address)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense", "carrier-pigeon://loft"])
def test_an_address_where_nobody_answers_is_one_sentence(
    address: str, place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "CONNECT_S", 0.5)
    assert main(["audit", "logs", "--product", "box", "--rules", "rules", "--cluster", address]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"coldchain: --cluster: no Dask scheduler answers at '{address}'")
    assert said.count("\n") == 1


def test_without_the_extra_it_says_what_to_install(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main(["audit", "logs", "--product", "box", "--rules", "rules", "--cluster", "tcp://127.0.0.1:9"]) == 2
    said = "coldchain: --cluster needs Dask, which is not installed: pip install 'coldchain[cluster]'\n"
    assert capsys.readouterr().err == said


def test_jobs_are_for_this_machine(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["audit", "logs", "--product", "box", "--rules", "rules", "--cluster", "tcp://127.0.0.1:9", "--jobs", "2"]
    assert main(words) == 2
    assert "--jobs is for this machine and --cluster for others" in capsys.readouterr().err
