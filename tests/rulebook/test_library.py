"""The product library: every shipped file, and the key numbers of its text, each with what lies a little beyond it."""

import re
from datetime import timedelta

import pytest

from coldchain.domain.bounds import Yardstick
from coldchain.domain.duration import milliseconds
from coldchain.domain.product import Event, Product, Returns, ReturnsFor
from coldchain.domain.reading import Trace
from coldchain.domain.temperature import milli_c
from coldchain.domain.verdict import Verdict, judge
from coldchain.rulebook.book import load_product, load_rulebook, product_files, shipped_folder
from coldchain.rulebook.words import product_in_words
from tests.rulebook.library import BEGIN, END, PAGE, library_tables
from tests.rulebook.library_statements import LASTS, NEVER, Bound, Lasting, days, hours

PRODUCTS = load_rulebook().products
LIBRARY = [found for found in PRODUCTS if not found.startswith(("lemtrada", "natalizumab", "besponsa"))]
STEP_MS = 1_800_000
GOOD = "5"

Reading = tuple[int, str]


def readings(celsius: str, lasting: timedelta, from_ms: int = 0, extra_ms: int = 0) -> list[Reading]:
    """One temperature, read every half hour and once more at its very end."""
    end_ms = from_ms + milliseconds(lasting) + extra_ms
    return [(at_ms, celsius) for at_ms in [*range(from_ms, end_ms, STEP_MS), end_ms]]


def verdict(product_id: str, stage: str, given: list[Reading]) -> Verdict:
    product = PRODUCTS[product_id]
    assert product.max_gap is not None
    trace = Trace.of([at_ms for at_ms, _ in given], [milli_c(celsius) for _, celsius in given])
    return judge(trace, product.stages[stage].limits, Yardstick(max_gap_ms=milliseconds(product.max_gap))).verdict


def ids(rows: list[Lasting] | list[Bound]) -> list[str]:
    return [f"{row[0]} {row[1]}: {row[2]}" for row in rows]


@pytest.mark.parametrize(("product_id", "stage", "says", "celsius", "lasting"), LASTS, ids=ids(LASTS))
class TestWhatLasts:
    def test_exactly_so_long_is_kept(
        self, product_id: str, stage: str, says: str, celsius: str, lasting: timedelta
    ) -> None:
        assert verdict(product_id, stage, readings(celsius, lasting)) == "compliant", says

    def test_a_millisecond_longer_is_violated(
        self, product_id: str, stage: str, says: str, celsius: str, lasting: timedelta
    ) -> None:
        assert verdict(product_id, stage, readings(celsius, lasting, extra_ms=1)) == "violated", says


OUT = [row for row in LASTS if row[1] == "unopened" and row[0] != "varicella"]


@pytest.mark.parametrize(("product_id", "stage", "says", "celsius", "lasting"), OUT, ids=ids(OUT))
def test_perhaps_a_millisecond_longer_is_undetermined(
    product_id: str, stage: str, says: str, celsius: str, lasting: timedelta
) -> None:
    assert verdict(product_id, stage, [(0, GOOD), *readings(celsius, lasting, from_ms=1)]) == "undetermined", says


@pytest.mark.parametrize(("product_id", "stage", "says", "good", "bad"), NEVER, ids=ids(NEVER))
def test_a_ceiling_or_a_floor_holds_from_the_first_reading(
    product_id: str, stage: str, says: str, good: str, bad: str
) -> None:
    assert verdict(product_id, stage, readings(good, hours(1))) == "compliant", says
    assert verdict(product_id, stage, [(0, good), (STEP_MS, bad), (2 * STEP_MS, good)]) == "violated", says


def twice(celsius: str, each: timedelta) -> list[Reading]:
    """Out of the refrigerator, back, and out again."""
    first = readings(celsius, each)
    back = readings(GOOD, hours(5), from_ms=first[-1][0] + STEP_MS)
    return [*first, *back, *readings(celsius, each, from_ms=back[-1][0] + STEP_MS)]


@pytest.mark.parametrize(
    "product_id",
    ["zarzio-eu", "nivestim-eu", "tevagrastim-eu", "kesimpta-eu", "cosentyx-eu", "simponi-eu", "benepali-eu",
     "riximyo-eu", "advate-eu", "remicade-eu", "rocuronium-uk", "fluenz-eu"],
)  # fmt: skip
def test_a_single_period_is_not_two(product_id: str) -> None:
    assert verdict(product_id, "unopened", twice("20", hours(1))) == "violated"


@pytest.mark.parametrize(
    ("product_id", "celsius", "lasting"),
    [("hemlibra-eu", "20", days(7)), ("xolair-eu", "20", hours(48)), ("humira-eu", "20", days(14)),
     ("gardasil-9-us", "20", hours(72)), ("gardasil-9-us", "1", hours(72)), ("menveo-uk", "20", hours(120)),
     ("comirnaty-syringe-us", "20", hours(12))],
)  # fmt: skip
def test_a_total_is_used_up_piece_by_piece(product_id: str, celsius: str, lasting: timedelta) -> None:
    assert verdict(product_id, "unopened", twice(celsius, lasting * 0.45)) == "compliant"
    assert verdict(product_id, "unopened", twice(celsius, lasting * 0.55)) == "violated"


def test_octreotide_may_go_out_again_for_as_long() -> None:
    assert verdict("octreotide-hospira-uk", "unopened", twice("20", hours(70))) == "compliant"


def test_the_two_buckets_of_gardasil_are_filled_each_by_itself() -> None:
    warm = readings("20", hours(70))
    cold = readings("1", hours(70), from_ms=warm[-1][0] + STEP_MS)
    assert verdict("gardasil-9-us", "unopened", warm + cold) == "compliant"


def test_freezing_does_zarzio_no_harm() -> None:
    assert verdict("zarzio-eu", "unopened", [(0, "5"), *readings("-18", days(2), from_ms=STEP_MS)]) == "compliant"


def test_neulasta_may_freeze_once_for_less_than_24_hours() -> None:
    almost = hours(24) - timedelta(milliseconds=1)
    assert verdict("neulasta-eu", "unopened", readings("-5", almost)) == "compliant"
    assert verdict("neulasta-eu", "unopened", readings("-5", hours(24))) == "violated"
    assert verdict("neulasta-eu", "unopened", twice("-5", hours(1))) == "violated"


@pytest.mark.parametrize(
    ("product_id", "expected"),
    [
        ("zarzio-eu", Returns.NEVER),
        ("benepali-eu", Returns.NEVER),
        ("advate-eu", Returns.NEVER),
        ("rocuronium-uk", Returns.NEVER),
        ("tevagrastim-eu", Returns.ONCE),
        ("hemlibra-eu", Returns.ANY),
        ("octreotide-hospira-uk", Returns.ANY),
        ("kesimpta-eu", ReturnsFor(days(7))),
        ("humira-eu", None),
    ],
)
def test_whether_it_may_go_back(product_id: str, expected: object) -> None:
    assert PRODUCTS[product_id].stages["unopened"].returns == expected


@pytest.mark.parametrize(("product_id", "number"), [("humira-eu", 14), ("hyrimoz-eu", 21), ("yuflyma-eu", 31)])
def test_the_days_of_an_adalimumab_run_on_after_its_return(product_id: str, number: int) -> None:
    expires = PRODUCTS[product_id].stages["unopened"].expires
    assert expires is not None
    assert (expires.after, expires.since) == (days(number), Event.REMOVED)


@pytest.mark.parametrize(
    ("product_id", "deadline", "within"),
    [
        ("keytruda-eu", "diluted→infusion_ended", hours(96)),
        ("ultomiris-eu", "diluted→infusion_ended", hours(24)),
        ("avastin-us", "diluted→infusion_ended", hours(8)),
        ("mylotarg-eu", "reconstituted→diluted", hours(16)),
        ("remicade-eu", "reconstituted→infusion_started", hours(3)),
        ("abrysvo-eu", "reconstituted→infusion_ended", hours(4)),
        ("menveo-uk", "reconstituted→infusion_ended", hours(8)),
        ("mmr-ii", "reconstituted→infusion_ended", hours(8)),
        ("varicella", "reconstituted→infusion_ended", hours(0.5)),
    ],
)
def test_a_prepared_medicine_has_its_deadline(product_id: str, deadline: str, within: timedelta) -> None:
    assert {found.id: found.within for found in PRODUCTS[product_id].deadlines}[deadline] == within


def test_a_number_that_is_lost_in_the_source_is_not_judged_but_named() -> None:
    mylotarg = PRODUCTS["mylotarg-eu"]
    assert [found.id for found in mylotarg.deadlines] == ["reconstituted→diluted"]
    assert any("lost in the text" in note for note in mylotarg.notes)


def test_no_two_files_are_of_the_same_product_and_presentation() -> None:
    found = [load_product(path) for path in product_files(shipped_folder())]
    assert len({product.id for product in found}) == len({product.name for product in found}) == len(found)


def test_there_are_forty_and_more_beside_the_first_three() -> None:
    assert len(LIBRARY) >= 45


@pytest.mark.parametrize("product", [PRODUCTS[product_id] for product_id in LIBRARY], ids=LIBRARY)
class TestEveryFile:
    def test_it_says_where_its_numbers_come_from(self, product: Product) -> None:
        assert product.label.document
        assert product.label.jurisdiction
        assert (product.label.dated, product.label.checked_by) == (None, None)

    def test_its_id_ends_in_its_jurisdiction(self, product: Product) -> None:
        ending = {"EU": "eu", "US": "us", "UK": "uk", "Brazil": "br", "Australia": "au"}.get(product.label.jurisdiction)
        found = re.search(r"-(eu|us|uk|br|au)$", product.id)
        assert (found[1] if found else None) == ending

    def test_each_of_its_stages_has_examples_on_both_sides(self, product: Product) -> None:
        for stage in product.stages:
            expected = {example.expect for example in product.examples if example.stage == stage}
            assert expected >= {"compliant", "violated"}, stage

    def test_room_temperature_without_degrees_names_its_source(self, product: Product) -> None:
        rooms = [c for stage in product.stages.values() for c in stage.conditions if c.store.low_milli_c == 20_000]
        assert all(room.source and "USP <659>" in room.source for room in rooms)


def test_the_page_is_made_from_the_files() -> None:
    written = PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]
    assert written.strip() == library_tables().strip(), "run `python -m tests.rulebook.library`"


def test_an_allowance_is_said_to_the_millisecond_and_what_it_takes_from_a_ban() -> None:
    words = product_in_words(load_rulebook().product("neulasta-eu"))
    assert "At or below 0 °C: no stretch longer than 23 h 59 min 59.999 s, at most 1 time." in words
    assert "Freezing is forbidden, but for what is allowed above." in words
    assert "Freezing is forbidden." in product_in_words(load_rulebook().product("humira-eu"))
