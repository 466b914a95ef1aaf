"""The page that says what holds each statement names only what is there."""

import re
from pathlib import Path

from tests.domain.mutants.changes import changes_of
from tests.domain.mutants.equivalent import EQUIVALENT, as_table

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reference" / "semantics.md").read_text(encoding="utf-8")


def test_every_test_that_the_page_names_is_there() -> None:
    named = re.findall(r"`([a-z_/0-9]+\.py)::(test_[a-z_0-9]+)`", PAGE)
    assert len(named) > 80
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not (ROOT / "tests" / file).is_file()
        or f"def {name}(" not in (ROOT / "tests" / file).read_text(encoding="utf-8")
    ]
    assert missing == []


def test_every_file_that_the_page_names_is_there() -> None:
    named = re.findall(r"`((?:domain|rulebook|monitoring|auditing|loggers|payloads|records)/[a-z_]+\.py)`", PAGE)
    assert len(named) > 40
    assert [file for file in named if not (ROOT / "coldchain" / file).is_file()] == []


def test_every_change_that_is_called_equivalent_is_there_and_on_the_page() -> None:
    modules = {key.partition(".")[0] for key in EQUIVALENT}
    known = {change.key for module in modules for change in changes_of(module)}
    assert set(EQUIVALENT) - known == set()
    assert as_table() in PAGE
