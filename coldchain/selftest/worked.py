"""Worked cases: the examples of every product file, and a Besponsa vial's day with what can go wrong in it."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from coldchain.domain.bounds import Yardstick
from coldchain.domain.course import Happening
from coldchain.domain.preparation import Statement, judge_preparation
from coldchain.domain.probes import one_probe_each
from coldchain.domain.product import Attested, Event, Example, Product
from coldchain.domain.reading import Trace
from coldchain.rulebook.book import Rulebook
from coldchain.rulebook.examples import run_example
from coldchain.selftest.case import Case

MINUTE_MS = 60_000


def cases(rulebook: Rulebook) -> Iterator[Case]:
    """The product files' own examples, then the vial's day."""
    for product in rulebook.products.values():
        for number, example in enumerate(product.examples, 1):
            about = f"{product.name}, {example.stage}: {example.name}"
            source = f"rules/{product.id}.yaml"
            yield Case(f"{product.id}-{number}", about, source, example.expect, partial(_example, product, example))
    yield from _vial(rulebook.product("besponsa"))


def _example(product: Product, example: Example) -> str:
    return str(run_example(product, example))


# -- a Besponsa vial's day ----------------------------------------------------------------------------------------

_DAY = (
    (Event.RECONSTITUTED, "08:00", "bench"),
    (None, "08:20", "refrigerator"),
    (None, "11:50", "bench"),
    (Event.DILUTED, "11:55", "bench"),
    (None, "12:10", "refrigerator"),
    (None, "14:40", "bench"),
    (Event.INFUSION_STARTED, "15:45", None),
    (Event.INFUSION_ENDED, "15:59", None),
)


def _vial(product: Product) -> Iterator[Case]:
    changes: tuple[tuple[str, dict[int, str], str], ...] = (
        ("as it should be", {}, "compliant"),
        ("the infusion ends at 8 h to the millisecond", {7: "16:00:00.000"}, "compliant"),
        ("the infusion ends a millisecond later", {7: "16:00:00.001"}, "violated"),
        ("diluted 4 h and a millisecond after reconstitution", {3: "12:00:00.001"}, "violated"),
        ("back on the bench only at 15:30: a quarter of the hour it needs", {5: "15:30"}, "violated"),
    )
    source = "§6 and rules/besponsa.yaml"
    for number, (about, moved, expected) in enumerate(changes, 1):
        yield Case(f"vial-{number}", f"a vial's day: {about}", source, expected, partial(_judged, product, moved))
    silent = partial(_judged, product, {}, silent=("11:00", "13:00"))
    yield Case("vial-6", "a vial's day: the bench sensor silent from 11:00 to 13:00", source, "undetermined", silent)
    unsigned = partial(_judged, product, {}, attested=2)
    yield Case("vial-7", "a vial's day: an attestation missing at use", source, "undetermined", unsigned)


def _judged(
    product: Product, moved: dict[int, str], *, silent: tuple[str, str] | None = None, attested: int = 3
) -> str:
    course = [Happening(event, _at(clock), place) for event, clock, place in _DAY]
    for index, clock in moved.items():
        course[index] = replace(course[index], at_ms=_at(clock))
    said = (Attested.CLEAR, Attested.NO_DISCOLOURATION, Attested.FROM_LIGHT)[:attested]
    traces = {"bench": _steady(22_000, silent), "refrigerator": _steady(5000, None)}
    half_hour = Yardstick(30 * MINUTE_MS)
    statements = [Statement(what, _at("11:56")) for what in said]
    return str(judge_preparation(product, course, statements, one_probe_each(traces, half_hour), _at("18:00")).verdict)


def _at(clock: str) -> int:
    hours, minutes, *rest = clock.split(":")
    return (int(hours) * 60 + int(minutes)) * MINUTE_MS + round(float(rest[0] if rest else 0) * 1000)


def _steady(value: int, silent: tuple[str, str] | None) -> Trace:
    instants = range(_at("07:00"), _at("18:00") + 1, 5 * MINUTE_MS)
    kept = [at for at in instants if silent is None or not _at(silent[0]) < at < _at(silent[1])]
    return Trace.of(kept, [value] * len(kept))
