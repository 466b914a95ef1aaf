"""What may be done with items, decided apart from doing it."""

import pytest

from coldchain.errors import UsageError
from coldchain.records.items import Happened, History, Item, Kind
from coldchain.reviewing.shipping import leg_of
from coldchain.reviewing.stock import MAY, Act, FieldProblem, act_of, comment_of, refusal, wrong_instant

LOT = Item(1, "lot", "A12", 4, "test", 1, "0" * 64, "", None, 100, "Pharmacist Example")


def history(*events: tuple[Kind, int, int | None]) -> History:
    """An item to which these things happened: what, when, at which location."""
    found = []
    for number, (kind, at_ms, where) in enumerate(events, 1):
        title = None if where is None else f"place {where}"
        found.append(Happened(number, 1, kind, at_ms, where, title, title, None, "unopened", 0, "", at_ms, "somebody"))
    return History(LOT, tuple(found))


HERE = history((Kind.ARRIVED, 100, 1))
GONE = history((Kind.ARRIVED, 100, 1), (Kind.DISCARDED, 200, None))
SENT = history((Kind.ARRIVED, 100, 1), (Kind.SHIPPED, 200, None), (Kind.MOVED, 300, 2))


@pytest.mark.parametrize("act", list(Act))
def test_an_auditor_looks_and_a_pharmacist_may_do_everything(act: Act) -> None:
    assert refusal("auditor", act) == f"the role auditor may not {act.value}"
    assert refusal("pharmacist", act) is None
    assert refusal("administrator", act) is None
    assert set(MAY) == set(Act)


@pytest.mark.parametrize(
    ("role", "acts"),
    [("nurse", {Act.MOVE, Act.SPLIT, Act.TAKE_OUT, Act.USE}),
     ("program", {Act.ADD, Act.MOVE, Act.SPLIT, Act.TAKE_OUT, Act.USE}),
     ("somebody", set())],
)  # fmt: skip
def test_a_ward_moves_and_uses_a_program_also_adds(role: str, acts: set[Act]) -> None:
    assert {act for act in Act if refusal(role, act) is None} == acts


@pytest.mark.parametrize("act", list(Act))
def test_nothing_happens_to_an_item_that_is_gone(act: Act) -> None:
    assert refusal("pharmacist", act, GONE) == "the item was discarded already: nothing happens to it any more"


@pytest.mark.parametrize(
    ("case", "found", "at_ms", "problem"),
    [
        ("now", HERE, 1_000, None),
        ("a clock a minute ahead", HERE, 61_000, None),
        ("later", HERE, 61_001, "That lies in the future"),
        ("at its arrival", HERE, 100, None),
        ("before its arrival", HERE, 99, "The item's newest entry is later than that"),
        ("before its newest move", SENT, 299, "The item's newest entry is later than that"),
    ],
)
def test_when_something_can_have_happened(case: str, found: History, at_ms: int, problem: str | None) -> None:
    said = wrong_instant(found, at_ms, 1_000)
    assert (said or "").startswith(problem or ""), case
    assert (said is None) is (problem is None), case


@pytest.mark.parametrize(
    ("case", "found", "begin_ms", "end_ms", "leg"),
    [
        ("before its arrival", HERE, 50, 90, (Kind.SHIPPED, 50)),
        ("unloaded a while after its arrival", HERE, 50, 150, (Kind.SHIPPED, 50)),
        ("a recorded transport without a file", SENT, 190, 310, (Kind.FILED, 200)),
        ("begun while it was on its way", SENT, 250, 260, (Kind.FILED, 200)),
    ],
)
def test_which_part_of_the_way_a_file_belongs_to(
    case: str, found: History, begin_ms: int, end_ms: int, leg: tuple[Kind, int]
) -> None:
    assert leg_of(found, begin_ms, begin_ms, end_ms) == leg, case


@pytest.mark.parametrize(("found", "begin_ms"), [(HERE, 100), (HERE, 120), (SENT, 350)])
def test_a_file_of_no_transport_is_refused(found: History, begin_ms: int) -> None:
    with pytest.raises(FieldProblem, match="begin after the item had arrived"):
        leg_of(found, begin_ms, begin_ms, begin_ms + 50)


def test_words_are_kept_as_they_can_be_seen() -> None:
    assert comment_of("  seen\x00 it\r\nagain ") == "seen it\nagain"
    with pytest.raises(FieldProblem, match="At most 2000"):
        comment_of("x" * 2_001)


def test_only_an_end_ends_an_item() -> None:
    assert {act_of(kind) for kind in (Kind.USED, Kind.DISCARDED, Kind.LEFT)} == {Act.USE, Act.DISCARD, Act.MOVE}
    with pytest.raises(UsageError, match="does not end an item"):
        act_of(Kind.MOVED)
