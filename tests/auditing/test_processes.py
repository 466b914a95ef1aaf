"""Batches over several processes: the order holds, and a process that ends costs nothing but time."""

import json
import os
import signal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from coldchain.auditing import question
from coldchain.auditing.file import audit_file
from coldchain.auditing.many import BATCH_BYTES, BATCH_FILES, Batch, batches, in_turn, outcomes
from coldchain.auditing.processes import in_processes
from coldchain.auditing.question import Question
from coldchain.errors import ColdchainError
from coldchain.loggers.files import FoundFile
from coldchain.rulebook.book import parse_product
from tests.auditing.logger_files import RULES, hobo


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
        list(in_processes(always_ends, batches(files(5)), jobs=1))


@pytest.mark.parametrize("error", [BufferError("not contiguous"), MemoryError(), RecursionError("too deep")])
def test_a_file_on_which_the_program_itself_fails_does_not_cost_the_others(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = audit_file

    def fails_on_one(name: str, *rest: Any) -> Any:
        if name == "2.csv":
            raise error
        return whole(name, *rest)

    monkeypatch.setattr(question, "audit_file", fails_on_one)
    product = parse_product(RULES, "box.yaml")
    found = [FoundFile(f"{number}.csv", hobo("5x9")) for number in range(4)]
    answered = list(outcomes(found, Question(product, product.first_stage), in_turn))
    assert [one.judged[0].verdict for one in answered] == ["compliant", "compliant", None, "compliant"]
    said = json.loads(answered[2].judged[0].line)["error"]
    assert said["code"] == "defect"
    assert type(error).__name__ in said["message"]
    assert answered[2].sha256 is None  # so that no output folder keeps it
