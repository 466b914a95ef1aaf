"""Batches over several processes: the order holds, and a process that ends costs nothing but time."""

import os
import signal
from functools import partial
from pathlib import Path

import pytest

from coldchain.auditing.many import BATCH_BYTES, BATCH_FILES, Batch, batches
from coldchain.auditing.processes import in_processes
from coldchain.errors import ColdchainError
from coldchain.loggers.files import FoundFile


def files(count: int, size: int = 10) -> list[FoundFile]:
    return [FoundFile(f"{number}.csv", size=size, where=(f"{number}.csv",), unread=True) for number in range(count)]


def names(batch: Batch) -> tuple[str, ...]:
    return tuple(file.name for file in batch)


def ends_once(batch: Batch, *, mark: str) -> tuple[str, ...]:
    """Ends its own process the first time it comes to file 40."""
    if any(file.name == "40.csv" for file in batch) and not Path(mark).exists():
        Path(mark).write_text("ended", encoding="utf-8")
        os.kill(os.getpid(), signal.SIGKILL)
    return names(batch)


def always_ends(batch: Batch) -> tuple[str, ...]:
    os._exit(1)


def test_small_files_travel_in_company_and_large_ones_alone() -> None:
    assert [len(batch) for batch in batches(files(BATCH_FILES * 2 + 3))] == [BATCH_FILES, BATCH_FILES, 3]
    assert [len(batch) for batch in batches(files(3, size=BATCH_BYTES))] == [1, 1, 1]
    assert list(batches([])) == []


def test_a_process_that_is_killed_is_replaced_and_the_order_holds(tmp_path: Path) -> None:
    answered = in_processes(partial(ends_once, mark=str(tmp_path / "mark")), batches(files(100)), jobs=2)
    assert [name for batch in answered for name in batch] == [f"{number}.csv" for number in range(100)]
    assert (tmp_path / "mark").exists()


def test_files_that_always_end_their_process_are_named() -> None:
    with pytest.raises(ColdchainError, match=r"keep ending at '0\.csv' or one of the 5 files from there on"):
        list(in_processes(always_ends, batches(files(5)), jobs=2))
