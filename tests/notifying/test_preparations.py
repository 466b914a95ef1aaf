"""What an alert of a preparation says, and where it is published."""

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from coldchain.notifying.mqtt import AlertTopic
from coldchain.notifying.wording import subject, text
from tests.notifying.rows import BODY

BERLIN = ZoneInfo("Europe/Berlin")
CLOCK = {"id": "reconstituted→diluted", "words": "From reconstituted to diluted at most 4 h."}
ABOUT = {"number": "P-2026-0007", "item": "vial 3", "about": "x", "deadline": "2026-11-21T12:00:00.000Z"}
OF_A_PREPARATION: dict[str, Any] = {
    **BODY, "kind": "warning", "sensor": None, "excursion": None, "stage": "", "duration_s": None, "extreme_c": None,
    "preparation": ABOUT, "limit": CLOCK, "link": "https://cold.example.org/preparations/P-2026-0007",
    "product": {"id": "besponsa", "name": "Besponsa (inotuzumab)", "version": 1, "sha256": ""},
}  # fmt: skip
STORAGE = {**ABOUT, "deadline": None}


@pytest.mark.parametrize(
    ("case", "changes", "said"),
    [
        ("warning", {}, "P-2026-0007 Besponsa, vial 3: diluted is due by 2026-11-21 13:00 CET"),
        ("deadline", {"kind": "deadline"},
         "P-2026-0007 Besponsa, vial 3: diluted is due by 2026-11-21 13:00 CET, which has passed"),
        ("known late", {"kind": "deadline", "late": True},
         "P-2026-0007 Besponsa, vial 3: diluted is due by 2026-11-21 13:00 CET, which has passed, known late"),
        ("violated", {"kind": "certain", "preparation": STORAGE},
         "P-2026-0007 Besponsa, vial 3: its storage is violated, since 2026-11-21 02:14 CET"),
        ("possible", {"kind": "possible", "preparation": STORAGE},
         "P-2026-0007 Besponsa, vial 3: its storage can no longer be shown to be kept, since 2026-11-21 02:14 CET"),
        ("silent", {"kind": "no-data", "preparation": STORAGE},
         "P-2026-0007 Besponsa, vial 3: no data, its storage cannot be shown to be kept, since 2026-11-21 02:14 CET"),
        ("no item", {"preparation": {**ABOUT, "item": ""}},
         "P-2026-0007 Besponsa: diluted is due by 2026-11-21 13:00 CET"),
        ("an item with line ends", {"preparation": {**ABOUT, "item": "a\r\nBcc: all"}},
         "P-2026-0007 Besponsa, a Bcc: all: diluted is due by 2026-11-21 13:00 CET"),
    ],
)  # fmt: skip
def test_the_subject_says_which_one_and_by_when(case: str, changes: dict[str, Any], said: str) -> None:
    assert subject({**OF_A_PREPARATION, **changes}, BERLIN) == said, case


@pytest.mark.parametrize("kind", ["warning", "deadline", "certain", "possible", "no-data", "ended"])
@pytest.mark.parametrize("about", [ABOUT, STORAGE])
def test_every_kind_has_its_next_step(kind: str, about: dict[str, Any]) -> None:
    said = text({**OF_A_PREPARATION, "kind": kind, "preparation": about}, BERLIN)
    assert len(said.split("\n\n")) == 4
    assert "https://cold.example.org/preparations/P-2026-0007\n" in said
    assert "!" not in said


def test_it_does_not_hide_the_alert_of_its_location() -> None:
    sent: list[tuple[str, bytes]] = []
    AlertTopic(lambda topic, content: sent.append((topic, content))).send("a-1", OF_A_PREPARATION)
    assert sent[0][0] == "coldchain/alerts/preparations/P-2026-0007"
    assert json.loads(sent[0][1])["id"] == "a-1"
