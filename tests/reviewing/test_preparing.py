"""What people may do with a preparation, and what they are told where they may not."""

from collections.abc import Callable

import pytest

from coldchain.domain.product import Attested, Event
from coldchain.errors import ColdchainError, NotFound, NotPermitted, UsageError
from coldchain.reviewing import next_steps, preparing
from coldchain.reviewing.preparing import ReasonNeeded, TimeImpossible
from tests.empty import empty_store
from tests.preparations import BOOK, MINUTE, Pharmacy, at


@pytest.fixture
def pharmacy() -> Pharmacy:
    store = empty_store()
    return Pharmacy(store).furnish().usual_day()


@pytest.mark.parametrize(
    ("product", "steps"),
    [
        ("besponsa", ["reconstituted", "diluted", "infusion_started", "infusion_ended", "discarded"]),
        ("lemtrada", ["diluted", "infusion_started", "infusion_ended", "discarded"]),
        ("natalizumab", ["diluted", "infusion_started", "infusion_ended", "discarded"]),
    ],
)
def test_the_sequence_of_a_product(product: str, steps: list[str]) -> None:
    assert [event.value for event in preparing.sequence(BOOK.product(product))] == steps


def test_what_is_not_prepared() -> None:
    assert preparing.preparable(BOOK.product("besponsa"))
    assert not preparing.preparable(BOOK.product("refrigerated-2-8"))
    assert not preparing.preparable(BOOK.product("humira-eu"))


@pytest.mark.parametrize(
    ("happened", "first", "rest"),
    [
        ([Event.RECONSTITUTED], Event.DILUTED, 4),
        ([Event.RECONSTITUTED, Event.DILUTED], Event.INFUSION_STARTED, 3),
        ([Event.RECONSTITUTED, Event.INFUSION_STARTED], Event.INFUSION_ENDED, 2),
    ],
)
def test_what_comes_next(happened: list[Event], first: Event, rest: int) -> None:
    ahead = preparing.comes_next(BOOK.product("besponsa"), happened)
    assert (ahead[0], len(ahead)) == (first, rest)


@pytest.mark.parametrize("last", [Event.INFUSION_ENDED, Event.DISCARDED])
def test_nothing_comes_after_the_end(last: Event) -> None:
    assert preparing.comes_next(BOOK.product("besponsa"), [Event.RECONSTITUTED, last]) == ()


@pytest.mark.parametrize(
    ("role", "may"), [("nurse", True), ("pharmacist", True), ("auditor", False), ("administrator", False)]
)
def test_who_may_act(pharmacy: Pharmacy, role: str, may: bool) -> None:
    number = pharmacy.start()
    person, store, now = pharmacy.people[role], pharmacy.store, at("08:10")
    entry = pharmacy.whole(number).events[0].id
    acts: list[Callable[[], object]] = [
        lambda: preparing.start(
            store, BOOK.product("besponsa"), BOOK.text("besponsa"), Event.DILUTED, "bench", "", person, now
        ),
        lambda: preparing.correct(store, number, entry, person, now, reason="why", at_ms=at("08:01")),
        lambda: preparing.move(store, number, "fridge", person, now),
        lambda: preparing.attest(store, number, Attested.CLEAR, person, now),
        lambda: preparing.record(store, number, Event.DILUTED, person, now),
    ]
    for act in acts:
        if may:
            act()
        else:
            with pytest.raises(NotPermitted, match=f"the role {role} looks"):
                act()
    assert len(pharmacy.whole(number).events) == (4 if may else 1)


def test_who_was_disabled_may_not() -> None:
    assert preparing.refusal("nurse", disabled=True) == "this account is disabled"


def record(event: Event, clock: str, said_at: str, reason: str = "") -> Callable[[Pharmacy, str], None]:
    return lambda pharmacy, number: preparing.record(
        pharmacy.store, number, event, pharmacy.people["nurse"], at(said_at), at_ms=at(clock), reason=reason
    )


def move(location: str, clock: str, said_at: str, reason: str = "") -> Callable[[Pharmacy, str], None]:
    return lambda pharmacy, number: preparing.move(
        pharmacy.store, number, location, pharmacy.people["nurse"], at(said_at), at_ms=at(clock), reason=reason
    )


def correct(entry: int, **what: object) -> Callable[[Pharmacy, str], None]:
    def act(pharmacy: Pharmacy, number: str) -> None:
        found = pharmacy.whole(number).events[entry]
        nurse = pharmacy.people["nurse"]
        preparing.correct(pharmacy.store, number, found.id, nurse, at("10:00"), **{"reason": "why", **what})  # type: ignore[arg-type]

    return act


@pytest.mark.parametrize(
    ("case", "act", "error", "said"),
    [
        ("an event twice", record(Event.RECONSTITUTED, "09:30", "09:30"), TimeImpossible, "there twice"),
        ("in the future", record(Event.INFUSION_STARTED, "09:31", "09:30"), TimeImpossible, "'now' lies before"),
        ("late without a reason", record(Event.INFUSION_STARTED, "09:10", "09:30"), ReasonNeeded, "Say why"),
        (
            "before it began",
            record(Event.DISCARDED, "07:00", "09:30", "x"),
            TimeImpossible,
            "can only come after|follows",
        ),
        ("moved where it is", move("fridge", "09:30", "09:30"), TimeImpossible, "at Refrigerator 2 already"),
        ("moved before it began", move("cupboard", "07:00", "09:30", "x"), TimeImpossible, "before the prep"),
        ("moved nowhere", move("moon", "09:30", "09:30"), NotFound, "no location called 'moon'"),
        ("corrected without a reason", correct(0, at_ms=at("08:01"), reason=" "), ReasonNeeded, "Say why"),
        ("corrected into the future", correct(0, at_ms=at("10:01")), TimeImpossible, "future"),
        ("corrected out of sequence", correct(2, at_ms=at("07:00")), TimeImpossible, "only come after it"),
        ("too long a reason", correct(0, reason="x" * 1_001), ReasonNeeded, "At most 1000 characters"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    pharmacy: Pharmacy, case: str, act: Callable[[Pharmacy, str], None], error: type[ColdchainError], said: str
) -> None:
    number = pharmacy.start("08:00")
    pharmacy.moves(number, "fridge", "08:20").happens(number, Event.DILUTED, "09:00")
    before = pharmacy.whole(number).events
    with pytest.raises(error, match=said):
        act(pharmacy, number)
    assert pharmacy.whole(number).events == before, case


def test_a_preparation_keeps_one_event_that_happened(pharmacy: Pharmacy) -> None:
    number = pharmacy.start()
    with pytest.raises(TimeImpossible, match="there is no event"):
        correct(0, struck=True)(pharmacy, number)
    assert len(pharmacy.whole(number).events) == 1


def test_an_entry_is_corrected_once_then_its_correction(pharmacy: Pharmacy) -> None:
    number = pharmacy.start()
    correct(0, at_ms=at("08:05"))(pharmacy, number)
    with pytest.raises(UsageError, match="corrected that entry before"):
        correct(0, at_ms=at("08:06"))(pharmacy, number)
    correct(1, at_ms=at("08:06"))(pharmacy, number)
    assert pharmacy.whole(number).course[0].at_ms == at("08:06")


def test_what_was_forgotten_can_be_said_late_with_the_reason(pharmacy: Pharmacy) -> None:
    number = pharmacy.start()
    pharmacy.happens(number, Event.INFUSION_STARTED, "09:30")
    record(Event.DILUTED, "09:00", "09:40", "hands were full")(pharmacy, number)
    diluted = pharmacy.whole(number).events[-1]
    assert (diluted.at_ms, diluted.recorded_ms, diluted.reason) == (at("09:00"), at("09:40"), "hands were full")
    assert [one.what for one in pharmacy.whole(number).course] == ["reconstituted", "diluted", "infusion_started"]


def test_a_second_tap_does_nothing(pharmacy: Pharmacy) -> None:
    nurse, store = pharmacy.people["nurse"], pharmacy.store
    arguments = (BOOK.product("besponsa"), BOOK.text("besponsa"), Event.RECONSTITUTED, "bench", "", nurse, at("08:00"))
    numbers = [preparing.start(store, *arguments, once="form-1") for _ in range(2)]
    assert numbers == ["P-2026-0001", "P-2026-0001"]
    for _ in range(2):
        preparing.move(store, numbers[0], "fridge", nurse, at("08:20"), once="form-2")
        preparing.attest(store, numbers[0], Attested.CLEAR, nurse, at("08:21"), once="form-3")
        preparing.record(store, numbers[0], Event.DILUTED, nurse, at("08:22"), once="form-4")
    whole = pharmacy.whole(numbers[0])
    assert (len(whole.events), len(whole.attestations)) == (3, 1)


def test_an_attestation_that_was_wrong_can_be_taken_back(pharmacy: Pharmacy) -> None:
    number = pharmacy.start()
    pharmacy.attests(number, "08:05")
    wrong = pharmacy.whole(number).attestations[0]
    nurse = pharmacy.people["nurse"]
    preparing.correct(
        pharmacy.store, number, wrong.id, nurse, at("08:06"), struck=True, attestation=True, reason="other vial"
    )
    assert len(pharmacy.whole(number).statements) == 2


def test_the_whole_day_is_compliant_and_a_correction_is_judged(pharmacy: Pharmacy) -> None:
    number = pharmacy.good_day()
    assert pharmacy.verdict(number) == "compliant"
    end = pharmacy.whole(number).events[-1]
    for clock, verdict in (("16:00", "compliant"), ("16:00:00.001", "violated")):
        newest = next(one for one in reversed(pharmacy.whole(number).events) if one.what == end.what and one.newest)
        preparing.correct(
            pharmacy.store, number, newest.id, pharmacy.people["pharmacist"], at("17:00"), at_ms=at(clock), reason="log"
        )
        pharmacy.now_ms = at("17:00")
        assert pharmacy.verdict(number) == verdict, clock


def test_items_are_one_line() -> None:
    assert next_steps.item_of("  LOT1\n vial\t3 \x00") == "LOT1 vial 3"
    with pytest.raises(UsageError, match="at most 100 characters"):
        next_steps.item_of("x" * 101)


def test_what_is_said_at_once_needs_no_reason(pharmacy: Pharmacy) -> None:
    number = pharmacy.start()
    nurse = pharmacy.people["nurse"]
    preparing.record(pharmacy.store, number, Event.DILUTED, nurse, at("09:00"), at_ms=at("09:00") - 2 * MINUTE)
    assert pharmacy.whole(number).course[-1].at_ms == at("08:58")
