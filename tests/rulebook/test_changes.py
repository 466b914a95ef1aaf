"""Two versions of a product file compared, in words."""

import pytest

from coldchain.domain.product import Product
from coldchain.rulebook.book import load_rulebook, parse_product
from coldchain.rulebook.changes import changes, same_rules

TEXT = """\
schema: coldchain.product/1
id: test
name: Testumab
version: 1
label: {document: A label, section: "1", jurisdiction: EU, dated: 2026-01-01, checked_by: null}
max_gap: 30 min
stages:
  unopened:
    store: 2..8 °C
    freezing: forbidden
    limits:
      - {id: warm, above: 25 °C}
    returns: once
  opened:
    store: 2..25 °C
deadlines:
  - {from: reconstituted, to: infusion_ended, within: 8 h}
attest: [{at: diluted, what: "clear, no particles"}]
examples:
  - {name: kept, stage: unopened, every: 5 min, temps_c: "5x3", expect: compliant}
"""


def product(text: str) -> Product:
    return parse_product(text, "test.yaml")


CASES = [
    (
        "another range",
        "2..8 °C",
        "2..9 °C",
        [("unopened", "Never above 8 °C.", ""), ("unopened", "", "Never above 9 °C.")],
    ),
    (
        "an allowance",
        "above: 25 °C}",
        "above: 25 °C, allow: {total: 24 h}}",
        [("unopened", "Never above 25 °C.", "Above 25 °C: no more than 1 d in all.")],
    ),
    (
        "freezing allowed",
        "    freezing: forbidden\n",
        "",
        [("unopened", "Never at or below 0 °C.", ""), ("unopened", "Freezing is forbidden.", "")],
    ),
    (
        "returns",
        "returns: once",
        "returns: never",
        [
            ("unopened", "May go back into the refrigerator once.", ""),
            ("unopened", "", "Must not go back into the refrigerator."),
        ],
    ),
    ("a stage is gone", "  opened:\n    store: 2..25 °C\n", "", [("opened", "the stage:", "")]),
    ("a stage is new", "deadlines:", "  thawed: {store: 2..8 °C}\ndeadlines:", [("thawed", "", "new stage:")]),
    (
        "max_gap",
        "max_gap: 30 min",
        "max_gap: 15 min",
        [("readings", "a good reading is believed for 30 min", "a good reading is believed for 15 min")],
    ),
    (
        "a deadline",
        "within: 8 h",
        "within: 6 h",
        [
            ("deadlines", "From reconstituted to infusion ended: at most 8 h.", ""),
            ("deadlines", "", "From reconstituted to infusion ended: at most 6 h."),
        ],
    ),
    (
        "an attestation",
        "clear, no particles",
        "not shaken",
        [("to be attested", "clear, no particles", ""), ("to be attested", "", "not shaken")],
    ),
    ("the label's date", "2026-01-01", "2026-05-01", [("label", "2026-01-01", "2026-05-01")]),
    (
        "who compared it",
        "checked_by: null",
        "checked_by: A. Example",
        [("compared with the label by", "nobody", "A. Example")],
    ),
    ("its name", "Testumab", "Testumab 2", [("name", "Testumab", "Testumab 2")]),
]


@pytest.mark.parametrize(("case", "before", "after", "expected"), CASES)
def test_what_differs_is_said_in_words(
    case: str, before: str, after: str, expected: list[tuple[str, str, str]]
) -> None:
    assert before in TEXT, case
    found = changes(product(TEXT), product(TEXT.replace(before, after)))
    assert [one.where for one in found] == [where for where, _, _ in expected], case
    for one, (_, was, now) in zip(found, expected, strict=True):
        assert was in one.before, case
        assert now in one.after, case
        assert bool(one.before) == bool(was), case
        assert bool(one.after) == bool(now), case


def test_only_what_can_change_a_verdict_decides() -> None:
    newer = TEXT.replace("2026-01-01", "2026-05-01").replace("max_gap: 30 min", "max_gap: 15 min")
    assert [(one.where, one.decides) for one in changes(product(TEXT), product(newer))] == [
        ("readings", True),
        ("label", False),
    ]


def test_other_words_for_the_same_rules_are_the_same() -> None:
    other = "# a comment\n" + TEXT.replace("{id: warm, above: 25 °C}", "{above: 25 °C, id: warm}")
    assert same_rules(product(TEXT), product(other))
    assert changes(product(TEXT), product(other)) == ()
    assert not same_rules(product(TEXT), product(TEXT.replace("version: 1", "version: 2")))


def test_nothing_differs_between_a_product_and_itself() -> None:
    for one in load_rulebook().products.values():
        assert changes(one, one) == (), one.id
