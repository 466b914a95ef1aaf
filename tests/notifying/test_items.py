"""What an alert of an item says, and where it is published."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from coldchain.notifying.mqtt import AlertTopic
from coldchain.notifying.wording import subject, text
from tests.notifying.rows import BODY

BERLIN = ZoneInfo("Europe/Berlin")
ABOUT = {
    "id": 3, "kind": "lot", "name": "A12", "quantity": 11, "about": "out/certain", "where": "Ward 3",
    "deadline": None, "budget": True,
}  # fmt: skip
OF_AN_ITEM: dict[str, Any] = {
    **BODY, "kind": "certain", "sensor": None, "excursion": None, "stage": "unopened", "extreme_c": None,
    "item": ABOUT, "limit": {"id": "out", "words": "Above 8 °C: no more than 9 h in all."},
    "link": "https://cold.example.org/items/3",
    "product": {"id": "humira-eu", "name": "Humira (adalimumab)", "version": 1, "sha256": ""},
}  # fmt: skip
EXPIRY = {**ABOUT, "about": "expiry/x", "budget": False, "where": "", "deadline": "2026-11-21T12:00:00.000Z"}


@pytest.mark.parametrize(
    ("case", "changes", "said"),
    [
        ("used up", {}, "its budget used up since 2026-11-21 02:14 CET, Ward 3"),
        ("known late", {"late": True}, "its budget used up since 2026-11-21 02:14 CET, Ward 3, known late"),
        ("may be", {"kind": "possible"}, "possibly its budget used up since 2026-11-21 02:14 CET, Ward 3"),
        ("nearly", {"kind": "warning"}, "its budget is nearly used up"),
        ("no allowance", {"item": {**ABOUT, "budget": False}}, "out of range since 2026-11-21 02:14 CET, Ward 3"),
        ("silent", {"kind": "no-data"},
         "no data, its storage cannot be shown to be kept, since 2026-11-21 02:14 CET, Ward 3"),
        ("returned", {"item": {**ABOUT, "about": "returns/certain", "budget": False}},
         "returned to the refrigerator against its rule, 2026-11-21 02:14 CET, Ward 3"),
        ("expires", {"kind": "warning", "item": EXPIRY}, "expires at 2026-11-21 13:00 CET"),
        ("expired", {"kind": "deadline", "item": EXPIRY}, "expired at 2026-11-21 13:00 CET"),
        ("perhaps expired", {"kind": "possible", "item": EXPIRY}, "may have expired at 2026-11-21 13:00 CET"),
        ("unjudged", {"kind": "no-data", "cause": "unjudged"}, "it cannot be judged since 2026-11-21 02:14 CET"),
    ],
)  # fmt: skip
def test_the_subject_says_which_one_and_what_of_it(case: str, changes: dict[str, Any], said: str) -> None:
    assert subject({**OF_AN_ITEM, **changes}, BERLIN) == f"Humira lot A12 (item 3): {said}", case


def test_line_ends_in_a_name_stay_in_it() -> None:
    said = subject({**OF_AN_ITEM, "item": {**ABOUT, "name": "a\r\nBcc: all"}}, BERLIN)
    assert said.startswith("Humira lot a Bcc: all (item 3): ")


@pytest.mark.parametrize("kind", ["warning", "deadline", "certain", "possible", "no-data", "ended"])
@pytest.mark.parametrize("about", [ABOUT, EXPIRY])
def test_every_kind_has_its_next_step(kind: str, about: dict[str, Any]) -> None:
    if kind in ("certain", "no-data", "ended") and about is EXPIRY:
        about = ABOUT  # an expiry is warned of, passed, or possibly passed
    said = text({**OF_AN_ITEM, "kind": kind, "item": about, "adopted": False}, BERLIN)
    assert len(said.split("\n\n")) == 4
    assert "https://cold.example.org/items/3\n" in said
    assert "no pharmacist of this site has adopted this version" in said
    assert "!" not in said


def test_it_does_not_hide_the_alert_of_its_location() -> None:
    sent: list[tuple[str, bytes]] = []
    AlertTopic(lambda topic, content: sent.append((topic, content))).send("a-1", OF_AN_ITEM)
    assert sent[0][0] == "coldchain/alerts/items/3"
