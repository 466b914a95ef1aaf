"""Who may acknowledge what, and what is kept of it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from coldchain.errors import NotFound, NotPermitted
from coldchain.records import accounts, acknowledgements
from coldchain.records.accounts import Account
from coldchain.reviewing.acknowledging import LONGEST_COMMENT, CommentNeeded, acknowledge, comment_of, refusal
from tests.web.hospital import Hospital, new_hospital


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    """A hospital with one running excursion."""
    made = new_hospital(tmp_path)
    made.refrigerator("warm").hears("warm", "5x3 9x3")
    yield made
    made.store.close()


def person(hospital: Hospital, name: str) -> Account:
    with hospital.store.reading() as tx:
        found = accounts.account(tx, name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("role", "withdrawn", "merged_into", "disabled", "words"),
    [
        ("nurse", False, None, False, None),
        ("pharmacist", False, None, False, None),
        ("administrator", False, None, False, None),
        ("auditor", False, None, False, "the role auditor looks, and does not acknowledge"),
        ("nurse", True, None, False, "later readings showed that this was no excursion"),
        ("nurse", False, "2026-0001", False, "part of excursion 2026-0001 now"),
        ("nurse", False, None, True, "this account is disabled"),
        ("stranger", False, None, False, "the role stranger looks"),
    ],
)
def test_who_may(role: str, withdrawn: bool, merged_into: str | None, disabled: bool, words: str | None) -> None:
    why_not = refusal(role, withdrawn=withdrawn, merged_into=merged_into, disabled=disabled)
    assert why_not is None if words is None else words in (why_not or "")


@given(st.text(max_size=3_000))
def test_a_comment_is_kept_as_it_can_be_seen(typed: str) -> None:
    try:
        kept = comment_of(typed)
    except CommentNeeded:
        return
    assert kept == kept.strip()
    assert 0 < len(kept) <= LONGEST_COMMENT
    assert all(c == "\n" or c.isprintable() for c in kept)
    assert comment_of(kept) == kept


def test_it_is_appended_with_its_ledger_entry(hospital: Hospital) -> None:
    found, nurse = hospital.excursions()[0], person(hospital, "nurse")
    first = acknowledge(hospital.store, found.id, nurse, "Door was open", hospital.now_ms, revision=1)
    second = acknowledge(hospital.store, found.id, nurse, "Closed it", hospital.now_ms + 5)
    with hospital.store.reading() as tx:
        said = acknowledgements.of_excursion(tx, found.id)
        entries = tx.execute(text("SELECT body FROM ledger WHERE kind = 'acknowledged' ORDER BY seq")).scalars().all()
    assert [each.id for each in said] == [first, second]
    assert [each.revision for each in said] == [1, found.current.revision]
    assert [json.loads(body)["comment"] for body in entries] == ["Door was open", "Closed it"]


def test_a_revision_that_never_was_is_the_newest(hospital: Hospital) -> None:
    found = hospital.excursions()[0]
    acknowledge(hospital.store, found.id, person(hospital, "nurse"), "seen", hospital.now_ms, revision=99)
    with hospital.store.reading() as tx:
        assert acknowledgements.of_excursion(tx, found.id)[0].revision == found.current.revision


def test_what_is_refused_leaves_no_trace(hospital: Hospital) -> None:
    found = hospital.excursions()[0]
    with pytest.raises(NotPermitted, match="auditor"):
        acknowledge(hospital.store, found.id, person(hospital, "auditor"), "seen", hospital.now_ms)
    with pytest.raises(CommentNeeded):
        acknowledge(hospital.store, found.id, person(hospital, "nurse"), " \u200b ", hospital.now_ms)
    with pytest.raises(NotFound):
        acknowledge(hospital.store, 999, person(hospital, "nurse"), "seen", hospital.now_ms)
    with hospital.store.reading() as tx:
        assert acknowledgements.of_excursion(tx, found.id) == []
