"""From what the record holds of a location to what a page says of it: state, value, limits, product."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from coldchain.domain.alarm import unprovable_from
from coldchain.domain.bounds import DEFAULT_MAX_GAP_MS, bad_by_test
from coldchain.domain.duration import milliseconds
from coldchain.domain.product import Each, Limit, Predicate, Product, Total
from coldchain.domain.progress import Progress
from coldchain.errors import NotFound
from coldchain.records.views.excursions import Excursion
from coldchain.records.views.locations import Assigned, Probe, Standing
from coldchain.reporting.picture import good_range
from coldchain.reporting.words import limit_words
from coldchain.rulebook.book import parse_product
from coldchain.web.states import Badness, LimitNow, Shown, state_of, worst
from coldchain.web.values import edges_of

_AFTER_NAME = re.compile(r" \(|[,:]| \d")


@dataclass(frozen=True)
class Rules:
    """A product and the stage whose limits bind at a location, as frozen when it was assigned."""

    assigned: Assigned
    product: Product

    @property
    def limits(self) -> tuple[Limit, ...]:
        """The limits of the stage."""
        return self.product.stages[self.assigned.stage].limits

    @property
    def short_name(self) -> str:
        """The product's name without strength and form: ``Lemtrada``."""
        return _AFTER_NAME.split(self.product.name, maxsplit=1)[0]


@dataclass(frozen=True)
class Looked:
    """One probe, looked at.

    Attributes:
        shown: What is known of it now.
        max_gap_ms: How long a good reading is believed there.
        newest_ms, milli_c: Its newest reading at this location; ``None`` before the first.
    """

    probe: Probe
    shown: Shown
    max_gap_ms: int
    newest_ms: int | None
    milli_c: int | None


@dataclass(frozen=True)
class Place:
    """A location, looked at: the worst of its probes leads.

    Attributes:
        shown: The location's state.
        leading: The probe that decides it; ``None`` where none hangs.
        good: The range that no limit calls bad, m°C.
    """

    standing: Standing
    rules: tuple[Rules, ...]
    shown: Shown
    looked: tuple[Looked, ...]
    leading: Looked | None
    good: tuple[int, int] | None

    @property
    def edges(self) -> tuple[int, ...]:
        """The temperatures that limits compare with here, m°C."""
        return edges_of(self.limits)

    @property
    def limits(self) -> tuple[Limit, ...]:
        """Every limit that binds here, each once."""
        return tuple(dict.fromkeys(limit for rules in self.rules for limit in rules.limits))


def look(standing: Standing, now_ms: int) -> Place:
    """What a page says of a location now."""
    rules = tuple(Rules(each, frozen_product(each.product_file, each.product_id)) for each in standing.assigned)
    looked = tuple(_look(standing, rules, probe, now_ms) for probe in standing.probes)
    good = good_of(limit for each in rules for limit in each.limits)
    if not looked:
        note = "out of service: no sensor hangs here now" if standing.was_watched else "no sensor hangs here yet"
        return Place(standing, rules, state_of(now_ms, None, 0, (), suspended=note), (), None, good)
    shown = worst([each.shown for each in looked])
    leading = next(each for each in looked if each.shown is shown)
    return Place(standing, rules, shown, looked, leading, good)


def good_of(limits: Iterable[Limit]) -> tuple[int, int] | None:
    """The one range that none of these limits calls bad, conditions' own time budgets aside; m°C."""
    compared = [limit for limit in limits if limit.predicate is not Predicate.INSIDE]
    return good_range(compared) if compared else None


@lru_cache(maxsize=256)
def frozen_product(text: str, product_id: str) -> Product:
    """The product that an assignment froze; its text was checked when it was assigned."""
    return parse_product(text, f"{product_id} as assigned")


def max_gap_of(probe_ms: int | None, products: Iterable[Product]) -> int:
    """How long a good reading is believed: the smallest that products and sensor say (semantics §3)."""
    said = [milliseconds(product.max_gap) for product in products if product.max_gap is not None]
    if probe_ms is not None:
        said.append(probe_ms)
    return min(said, default=DEFAULT_MAX_GAP_MS)


def _look(standing: Standing, rules: tuple[Rules, ...], probe: Probe, now_ms: int) -> Looked:
    max_gap_ms = max_gap_of(probe.max_gap_ms, (each.product for each in rules))
    here = probe.newest_ms is not None and probe.newest_ms >= probe.since_ms
    newest_ms, milli_c = (probe.newest_ms, probe.milli_c) if here else (None, None)
    limits = []
    for each in rules:
        for limit in each.limits:
            memory = standing.memory.get((each.assigned.id, probe.placement_id, limit.id))
            if memory is not None:
                limits.append(limit_now(Progress.of_json(limit, memory)))
    suspended = "" if rules else "not judged: no product is assigned here"
    return Looked(
        probe, state_of(now_ms, newest_ms, max_gap_ms, limits, suspended=suspended), max_gap_ms, newest_ms, milli_c
    )


def limit_now(progress: Progress) -> LimitNow:
    """One limit as the judge remembers it."""
    running = progress.open
    return LimitNow(
        words=limit_words(progress.limit),
        badness=_badness(progress),
        since_ms=running.start_ms if running else None,
        at_least_ms=running.bounds.at_least_ms if running else 0,
        has_allowance=isinstance(progress.limit.allowance, Each | Total),
        provable_until_ms=unprovable_from(progress),
    )


def _badness(progress: Progress) -> Badness:
    if progress.last is None or progress.last[1] is None or progress.limit.predicate is Predicate.INSIDE:
        return Badness.GOOD
    value = np.array([progress.last[1]], dtype=np.int64)
    tests = bad_by_test(progress.limit, value, progress.yardstick.uncertainty_milli_c)
    if tests.sure[0]:
        return Badness.SURE
    return Badness.PERHAPS if tests.perhaps[0] else Badness.GOOD


def frozen_limit(found: Excursion, product_text: str) -> tuple[Product, Limit]:
    """The product and the limit that an excursion was judged by.

    Raises:
        NotFound: The frozen product has no such limit; the record contradicts itself.
    """
    product = frozen_product(product_text, found.product_id)
    stage = product.stages.get(found.stage)
    for limit in stage.limits if stage else ():
        if limit.id == found.limit_id:
            return product, limit
    raise NotFound(f"the product frozen for excursion {found.number} has no limit {found.limit_id!r}")
