"""Every statement of the three first labels: each is a limit, a clock, a condition, an attestation or a note."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from coldchain.domain.bounds import Yardstick
from coldchain.domain.product import Condition, Product, Range, Stage
from coldchain.domain.verdict import Verdict, judge
from coldchain.rulebook.book import load_rulebook
from coldchain.rulebook.series import parse_series

PRODUCTS: Mapping[str, Product] = load_rulebook().products
LEMTRADA, NATALIZUMAB, BESPONSA = (PRODUCTS[name] for name in ("lemtrada", "natalizumab", "besponsa"))

COLD = Range(2000, 8000)
HOUR = timedelta(hours=1)


def verdict(stage: Stage, series: str, every: timedelta = timedelta(minutes=10)) -> Verdict:
    return judge(parse_series(series, every), stage.limits, Yardstick(max_gap_ms=1_800_000)).verdict


def deadlines(product: Product) -> dict[str, timedelta]:
    return {deadline.id: deadline.within for deadline in product.deadlines}


def attested(product: Product) -> list[str]:
    return [f"{wanted.at}: {wanted.what}" for wanted in product.attest]


def conditions(stage: Stage) -> dict[str, Condition]:
    return {condition.name: condition for condition in stage.conditions}


def note_about(product: Product, *words: str) -> bool:
    return any(all(word in note for word in words) for note in product.notes)


def handling(stage: Stage) -> tuple[Range, timedelta | None]:
    assert stage.handling is not None
    return stage.handling.store, stage.handling.up_to


class TestLemtrada:
    UNOPENED, TRANSPORT, DILUTED = (LEMTRADA.stages[name] for name in ("unopened", "transport", "diluted"))

    def test_it_is_the_12_mg_vial_and_the_first_stage_is_unopened(self) -> None:
        assert "12 mg/1.2 mL vial" in LEMTRADA.name
        assert LEMTRADA.first_stage is self.UNOPENED

    def test_the_solution_has_10_mg_per_ml_and_must_be_diluted(self) -> None:
        assert note_about(LEMTRADA, "10 mg/mL", "must be diluted")

    @pytest.mark.parametrize(
        ("series", "expected"),
        [("2 8", "compliant"), ("8.001", "violated"), ("1.999", "violated"), ("5x9", "compliant")],
    )
    def test_unopened_it_is_kept_at_2_to_8_degrees(self, series: str, expected: str) -> None:
        assert verdict(self.UNOPENED, series) == expected

    def test_unopened_it_is_protected_from_light_in_its_original_pack(self) -> None:
        assert "light" in self.UNOPENED.protect_from
        assert note_about(LEMTRADA, "original pack", "light")

    def test_unopened_it_must_not_be_frozen(self) -> None:
        assert self.UNOPENED.freezing_forbidden
        assert "at-or-below-0" in [limit.id for limit in self.UNOPENED.limits]

    def test_unopened_it_must_not_be_shaken(self) -> None:
        assert "shaking" in self.UNOPENED.protect_from

    def test_before_use_it_is_inspected_for_particles_or_changed_colour(self) -> None:
        wanted = attested(LEMTRADA)
        assert {"diluted: inspected", "diluted: clear, no particles", "diluted: no discolouration"} <= set(wanted)

    def test_if_either_is_seen_it_is_not_used(self) -> None:
        assert note_about(LEMTRADA, "particles", "changed colour", "do not use")

    @pytest.mark.parametrize(("series", "expected"), [("2x9 8x9", "compliant"), ("5 8.1 5", "violated")])
    def test_transport_is_2_to_8_degrees_throughout(self, series: str, expected: str) -> None:
        assert verdict(self.TRANSPORT, series) == expected

    def test_diluted_it_is_used_within_8_hours(self) -> None:
        assert deadlines(LEMTRADA) == {"diluted→infusion_ended": 8 * HOUR}

    @pytest.mark.parametrize(
        ("series", "expected"),
        [
            ("15x20 25x20", "compliant"),
            ("2x20 8x20", "compliant"),
            ("14.9x2", "violated"),
            ("25.1", "violated"),
            ("8.1", "violated"),
        ],
    )
    def test_diluted_it_stands_at_room_temperature_or_refrigerated(self, series: str, expected: str) -> None:
        assert {name: c.store for name, c in conditions(self.DILUTED).items()} == {
            "room": Range(15_000, 25_000), "refrigerated": COLD,
        }  # fmt: skip
        assert verdict(self.DILUTED, series) == expected

    def test_diluted_it_is_protected_from_light(self) -> None:
        assert self.DILUTED.protect_from == ("light",)
        assert "diluted: protected from light" in attested(LEMTRADA)


class TestNatalizumab:
    UNOPENED, DILUTED = (NATALIZUMAB.stages[name] for name in ("unopened", "diluted"))

    def test_it_is_the_300_mg_15_ml_concentrate(self) -> None:
        assert "300 mg, 15 mL" in NATALIZUMAB.name

    def test_it_goes_into_100_ml_of_sodium_chloride(self) -> None:
        assert note_about(NATALIZUMAB, "100 mL", "sodium chloride 0.9 %")

    def test_it_is_mixed_by_gentle_inversion_and_never_shaken(self) -> None:
        assert note_about(NATALIZUMAB, "gentle inversion", "never shake")
        assert "shaking" in self.DILUTED.protect_from
        assert "diluted: not shaken" in attested(NATALIZUMAB)

    def test_diluted_it_is_used_immediately_where_the_site_says_what_that_is(self) -> None:
        assert handling(self.DILUTED) == (Range(15_000, 30_000), HOUR / 2)
        assert [limit.site_policy for limit in self.DILUTED.limits] == [False, True]
        assert note_about(NATALIZUMAB, "immediately", "site")

    @pytest.mark.parametrize(
        ("series", "expected"), [("2x20 8x20", "compliant"), ("21x4", "compliant"), ("21x5", "violated")]
    )
    def test_or_it_is_kept_at_2_to_8_degrees(self, series: str, expected: str) -> None:
        assert verdict(self.DILUTED, series) == expected

    def test_and_used_within_8_hours(self) -> None:
        assert deadlines(NATALIZUMAB) == {"diluted→infusion_ended": 8 * HOUR}

    def test_the_infusion_takes_about_1_hour(self) -> None:
        assert note_about(NATALIZUMAB, "Infuse", "1 hour")

    def test_the_patient_is_observed_for_1_hour_after_it(self) -> None:
        assert note_about(NATALIZUMAB, "Observe", "1 hour after the infusion")

    def test_the_line_is_flushed_after_it(self) -> None:
        assert note_about(NATALIZUMAB, "Flush the line after the infusion")

    def test_unopened_storage_comes_from_the_manufacturers_leaflets(self) -> None:
        assert (self.UNOPENED.store, self.UNOPENED.freezing_forbidden) == (COLD, True)
        assert self.UNOPENED.protect_from == ("light",)
        assert self.UNOPENED.source is not None
        assert "package leaflets" in self.UNOPENED.source


class TestBesponsa:
    UNOPENED, RECONSTITUTED, DILUTED = (BESPONSA.stages[name] for name in ("unopened", "reconstituted", "diluted"))

    def test_it_is_the_lyophilised_0_9_mg_vial(self) -> None:
        assert "0.9 mg vial, lyophilised" in BESPONSA.name

    def test_it_is_reconstituted_with_4_ml_of_water_to_0_25_mg_per_ml(self) -> None:
        assert note_about(BESPONSA, "4 mL of water", "0.25 mg/mL")

    def test_it_is_a_hazardous_drug(self) -> None:
        assert note_about(BESPONSA, "Hazardous drug")

    def test_unreconstituted_it_is_kept_at_2_to_8_degrees(self) -> None:
        assert self.UNOPENED.store == COLD

    def test_unreconstituted_it_is_protected_from_light_in_its_original_pack(self) -> None:
        assert self.UNOPENED.protect_from == ("light",)
        assert note_about(BESPONSA, "original pack", "light")

    def test_unreconstituted_it_must_not_be_frozen(self) -> None:
        assert self.UNOPENED.freezing_forbidden

    def test_reconstituted_it_is_clear_to_opalescent_and_colourless_to_slightly_yellow(self) -> None:
        wanted = attested(BESPONSA)
        assert {"reconstituted: clear, no particles", "reconstituted: no discolouration"} <= set(wanted)
        assert note_about(BESPONSA, "opalescent", "slightly yellow", "without particles")

    @pytest.mark.parametrize(("series", "expected"), [("5x25", "compliant"), ("5x26", "violated")])
    def test_reconstituted_it_is_refrigerated_for_at_most_4_hours_if_not_used_at_once(
        self, series: str, expected: str
    ) -> None:
        assert verdict(self.RECONSTITUTED, series) == expected

    def test_reconstituted_it_is_handled_by_the_sites_policy(self) -> None:
        assert handling(self.RECONSTITUTED) == (Range(15_000, 30_000), HOUR / 2)
        assert any(limit.site_policy for limit in self.RECONSTITUTED.limits)

    def test_reconstituted_it_is_protected_from_light(self) -> None:
        assert self.RECONSTITUTED.protect_from == ("light",)
        assert "reconstituted: protected from light" in attested(BESPONSA)

    def test_from_reconstitution_to_dilution_at_most_4_hours(self) -> None:
        assert deadlines(BESPONSA)["reconstituted→diluted"] == 4 * HOUR

    @pytest.mark.parametrize(
        ("series", "expected"),
        [("22x37", "compliant"), ("22x38", "violated"), ("5x37", "compliant"), ("5x38", "violated")],
    )
    def test_diluted_it_stands_at_most_6_hours_at_room_temperature_or_refrigerated(
        self, series: str, expected: str
    ) -> None:
        assert verdict(self.DILUTED, series) == expected

    def test_the_6_hours_count_for_each_condition_by_itself(self) -> None:
        assert verdict(self.DILUTED, "5x36 20x7") == "compliant"

    def test_after_refrigeration_1_hour_at_room_temperature_before_use(self) -> None:
        wanted = conditions(self.DILUTED)["refrigerated"].equilibrate
        assert wanted is not None
        assert (wanted.condition, wanted.duration) == ("room", HOUR)

    def test_from_reconstitution_to_the_end_of_the_infusion_at_most_8_hours(self) -> None:
        assert deadlines(BESPONSA)["reconstituted→infusion_ended"] == 8 * HOUR

    def test_room_temperature_is_20_to_25_degrees_from_the_current_leaflet(self) -> None:
        room = conditions(self.DILUTED)["room"]
        assert room.store == Range(20_000, 25_000)
        assert room.source is not None
        assert "leaflet" in room.source


class TestOtherTexts:
    def test_eu_lemtrada_has_no_room_temperature_after_dilution(self) -> None:
        diluted = PRODUCTS["lemtrada-eu"].stages["diluted"]
        assert (diluted.store, diluted.conditions) == (COLD, ())
        assert diluted.within == 8 * HOUR

    @pytest.mark.parametrize(("product_id", "hours"), [("natalizumab-eu", 24), ("natalizumab-us", 48)])
    def test_newer_natalizumab_texts_allow_longer(self, product_id: str, hours: int) -> None:
        assert deadlines(PRODUCTS[product_id]) == {"diluted→infusion_ended": hours * HOUR}

    def test_eu_besponsa_leaves_the_unconfirmed_6_hours_out(self) -> None:
        product = PRODUCTS["besponsa-eu"]
        assert all(c.up_to is None and c.equilibrate is None for c in product.stages["diluted"].conditions)
        assert deadlines(product) == {"reconstituted→diluted": 4 * HOUR, "reconstituted→infusion_ended": 8 * HOUR}


@pytest.mark.parametrize("product_id", PRODUCTS)
def test_no_shipped_file_claims_to_be_checked_by_a_pharmacist(product_id: str) -> None:
    assert PRODUCTS[product_id].label.checked_by is None
