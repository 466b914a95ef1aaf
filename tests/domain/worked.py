"""Worked cases of prepared medicines, as plain tables: what was done when, what was measured, what must come out.

They are judged twice: by the domain (`test_worked_cases`) and through ``coldchain preparation check`` with files of
events and readings (`tests/auditing/test_preparation_check`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from coldchain.domain.product import Attested
from tests.domain.strategies import MINUTE

Step = tuple[str, str, str]
"""What, when, where to; empty: it stays where it is. ``moved`` is a move."""

DAY = 1_772_323_200_000
"""1 March 2026, 00:00 UTC."""


def at(clock: str) -> int:
    """A time of that day, UTC ms: ``"08:20"``, ``"16:00:00.001"``."""
    hours, minutes, *seconds = clock.split(":")
    return DAY + (int(hours) * 60 + int(minutes)) * MINUTE + round(float(seconds[0] if seconds else 0) * 1000)


@dataclass(frozen=True)
class Sensor:
    """A probe that reads every five minutes from 06:00 to 20:00.

    Attributes:
        celsius: What it reads; ``but`` other values from a time to another.
        silent: From when to when it says nothing.
    """

    celsius: float
    but: Sequence[tuple[str, str, float]] = ()
    silent: tuple[str, str] | None = None

    def readings(self) -> list[tuple[int, int]]:
        """Instants and m°C."""
        found = []
        for at_ms in range(at("06:00"), at("20:00") + 1, 5 * MINUTE):
            if self.silent is not None and at(self.silent[0]) < at_ms < at(self.silent[1]):
                continue
            value = next((c for a, b, c in self.but if at(a) <= at_ms < at(b)), self.celsius)
            found.append((at_ms, round(value * 1000)))
        return found


@dataclass(frozen=True)
class Case:
    """One worked case.

    Attributes:
        said: Each attestation and when it was made.
        verdict: What must come out; ``clocks`` are the states of the deadlines by their ids.
        because: The limits, equilibrations and sentences that must be named.
    """

    name: str
    product: str
    steps: tuple[Step, ...]
    said: Mapping[Attested, str]
    verdict: str
    clocks: Mapping[str, str]
    sensors: Mapping[str, Sensor] = field(default_factory=lambda: {"bench": Sensor(22), "fridge": Sensor(5)})
    now: str = "18:00"
    because: tuple[str, ...] = ()

    def but(self, name: str, verdict: str, *, steps: Mapping[int, Step | None] | None = None, **more: object) -> "Case":
        """The same case, but for some of its steps (by their place, ``None``: left out) and what else is named."""
        changed = [(steps or {}).get(number, step) for number, step in enumerate(self.steps)]
        kept = tuple(step for step in changed if step is not None)
        clocks = {**self.clocks, **more.pop("clocks", {})}  # type: ignore[dict-item]
        return replace(self, name=name, verdict=verdict, steps=kept, clocks=clocks, **more)  # type: ignore[arg-type]


TO_DILUTION, TO_THE_END = "reconstituted→diluted", "reconstituted→infusion_ended"

BESPONSA = Case(
    "Besponsa: reconstituted, refrigerated, diluted, refrigerated, an hour on the bench, infused within 8 hours",
    "besponsa",
    (
        ("reconstituted", "08:00", "bench"), ("moved", "08:20", "fridge"), ("moved", "11:50", "bench"),
        ("diluted", "11:55", "bench"), ("moved", "12:10", "fridge"), ("moved", "14:40", "bench"),
        ("infusion_started", "15:45", ""), ("infusion_ended", "15:59", ""),
    ),
    {Attested.CLEAR: "08:05", Attested.NO_DISCOLOURATION: "08:05", Attested.FROM_LIGHT: "08:05"},
    "compliant",
    {TO_DILUTION: "kept", TO_THE_END: "kept"},
)  # fmt: skip


def _without(case: Case, what: Attested) -> Case:
    said = {other: clock for other, clock in case.said.items() if other is not what}
    name = f"{case.name.partition(':')[0]}: nobody attested {what.value!r} before its use"
    return replace(case, name=name, said=said, verdict="undetermined", because=(f"nobody attested '{what.value}'",))


BESPONSA_CASES = (
    BESPONSA,
    BESPONSA.but("the infusion ends at 16:00:00.000", "compliant", steps={7: ("infusion_ended", "16:00:00.000", "")}),
    BESPONSA.but(
        "the infusion ends at 16:00:00.001", "violated",
        steps={7: ("infusion_ended", "16:00:00.001", "")}, clocks={TO_THE_END: "violated"},
    ),
    BESPONSA.but("diluted at 12:00:00.000", "compliant", steps={3: ("diluted", "12:00:00.000", "bench")}),
    BESPONSA.but(
        "diluted at 12:00:00.001", "violated",
        steps={3: ("diluted", "12:00:00.001", "bench")}, clocks={TO_DILUTION: "violated"},
    ),
    BESPONSA.but(
        "diluted at 12:00:00.001, which the bench alone would not forbid", "violated",
        steps={2: ("moved", "11:55", "bench"), 3: ("diluted", "12:00:00.001", "bench")},
        clocks={TO_DILUTION: "violated"},
    ),
    BESPONSA.but(
        "back on the bench only at 15:30", "violated",
        steps={5: ("moved", "15:30", "bench")}, because=("equilibration-after-refrigerated",),
    ),
    BESPONSA.but("back on the bench at 14:45: an hour to the minute", "compliant",
                 steps={5: ("moved", "14:45", "bench")}),
    BESPONSA.but(
        "back on the bench a millisecond later", "violated",
        steps={5: ("moved", "14:45:00.001", "bench")}, because=("equilibration-after-refrigerated",),
    ),
    BESPONSA.but(
        "the bench's sensor is silent from 11:00 to 13:00", "undetermined",
        sensors={"bench": Sensor(22, silent=("11:00", "13:00")), "fridge": Sensor(5)},
    ),
    BESPONSA.but("a bench without a sensor", "undetermined", sensors={"fridge": Sensor(5)},
                 because=("no trace of location 'bench'",)),
    *(_without(BESPONSA, what) for what in BESPONSA.said),
    BESPONSA.but(
        "attested after its use", "undetermined",
        said={**BESPONSA.said, Attested.FROM_LIGHT: "15:59:00.001"},
        because=("nobody attested 'protected from light'",),
    ),
    BESPONSA.but("attested at its use", "compliant", said={**BESPONSA.said, Attested.FROM_LIGHT: "15:59"}),
    BESPONSA.but("on the bench for 30 minutes, as the site allows", "compliant",
                 steps={1: ("moved", "08:25", "fridge")}),
    BESPONSA.but("on the bench for a minute longer", "violated",
                 steps={1: ("moved", "08:26", "fridge")}, because=("in-handling",)),
    BESPONSA.but("the refrigerator is at 8 °C", "compliant", sensors={"bench": Sensor(22), "fridge": Sensor(8)}),
    BESPONSA.but("the refrigerator is at 8.001 °C", "violated",
                 sensors={"bench": Sensor(22), "fridge": Sensor(8.001)}, because=("out-of-condition",)),
    BESPONSA.but("the bench is at 19.9 °C: no room temperature once it is diluted", "violated",
                 sensors={"bench": Sensor(19.9), "fridge": Sensor(5)}, because=("out-of-condition",)),
    BESPONSA.but("nobody recorded the dilution", "undetermined",
                 steps={3: None}, clocks={TO_DILUTION: "undetermined"}, because=("diluted was not recorded",)),
    BESPONSA.but("nobody recorded the start of the infusion", "undetermined",
                 steps={6: None}, because=("equilibration-after-refrigerated",)),
    BESPONSA.but("at noon it is not diluted yet", "compliant", now="12:00",
                 steps={2: None, 3: None, 4: None, 5: None, 6: None, 7: None},
                 clocks={TO_DILUTION: "running", TO_THE_END: "running"}),
    BESPONSA.but("a millisecond after noon it is not", "violated", now="12:00:00.001",
                 steps={2: None, 3: None, 4: None, 5: None, 6: None, 7: None},
                 clocks={TO_DILUTION: "violated", TO_THE_END: "running"}),
    BESPONSA.but("discarded in the morning", "compliant",
                 steps={2: ("discarded", "09:00", ""), 3: None, 4: None, 5: None, 6: None, 7: None}),
)  # fmt: skip

IN_USE = "diluted→infusion_ended"

LEMTRADA = Case(
    "Lemtrada: diluted, an hour at room temperature, four refrigerated, three at room temperature",
    "lemtrada",
    (
        ("diluted", "08:00", "bench"), ("moved", "09:00", "fridge"), ("moved", "13:00", "bench"),
        ("infusion_started", "14:00", ""), ("infusion_ended", "15:59", ""),
    ),
    dict.fromkeys((Attested.INSPECTED, Attested.CLEAR, Attested.NO_DISCOLOURATION, Attested.FROM_LIGHT), "08:05"),
    "compliant",
    {IN_USE: "kept"},
)  # fmt: skip

LEMTRADA_CASES = (
    LEMTRADA,
    LEMTRADA.but("8 hours after dilution to the millisecond", "compliant",
                 steps={4: ("infusion_ended", "16:00:00.000", "")}),
    LEMTRADA.but("a millisecond later", "violated",
                 steps={4: ("infusion_ended", "16:00:00.001", "")}, clocks={IN_USE: "violated"}),
    LEMTRADA.but("8 hours at room temperature alone", "compliant", steps={1: None, 2: None}),
    LEMTRADA.but("nearly 8 hours refrigerated, straight into the infusion", "compliant",
                 steps={1: ("moved", "08:00", "fridge"), 2: None}),
    LEMTRADA.but("room and refrigerator, each at its ends", "compliant",
                 sensors={"bench": Sensor(15, but=[("12:00", "20:00", 25)]),
                          "fridge": Sensor(2, but=[("10:00", "20:00", 8)])}),
    LEMTRADA.but("a bench at 25.001 °C", "violated", sensors={"bench": Sensor(25.001), "fridge": Sensor(5)},
                 because=("out-of-condition",)),
    LEMTRADA.but("a refrigerator at 1.999 °C", "violated", sensors={"bench": Sensor(22), "fridge": Sensor(1.999)},
                 because=("out-of-condition",)),
    LEMTRADA.but("too warm while it is infused does not matter", "compliant",
                 sensors={"bench": Sensor(22, but=[("14:05", "20:00", 30)]), "fridge": Sensor(5)}),
    LEMTRADA.but("five minutes on a trolley at 12 °C", "violated",
                 steps={1: ("moved", "08:55", "trolley"), 2: ("moved", "09:00", "fridge")},
                 sensors={"bench": Sensor(22), "fridge": Sensor(5), "trolley": Sensor(12)},
                 because=("out-of-condition",)),
    LEMTRADA.but("five minutes on a trolley without a sensor", "undetermined",
                 steps={1: ("moved", "08:55", "trolley"), 2: ("moved", "09:00", "fridge")},
                 because=("no trace of location 'trolley'",)),
    LEMTRADA.but("the refrigerator is silent for 35 minutes", "undetermined",
                 sensors={"bench": Sensor(22), "fridge": Sensor(5, silent=("10:00", "10:35"))}),
    LEMTRADA.but("the refrigerator is silent for 30 minutes", "compliant",
                 sensors={"bench": Sensor(22), "fridge": Sensor(5, silent=("10:00", "10:30"))}),
    *(_without(LEMTRADA, what) for what in LEMTRADA.said),
    LEMTRADA.but("at 16:00 it is still infused", "compliant", now="16:00", steps={4: None}, clocks={IN_USE: "running"}),
    LEMTRADA.but("a millisecond later it is too late", "violated", now="16:00:00.001", steps={4: None},
                 clocks={IN_USE: "violated"}),
)  # fmt: skip

NATALIZUMAB = Case(
    "Natalizumab: diluted, 20 minutes on the bench, refrigerated, 10 minutes on the bench, infused for an hour",
    "natalizumab",
    (
        ("diluted", "08:00", "bench"), ("moved", "08:20", "fridge"), ("moved", "14:50", "bench"),
        ("infusion_started", "15:00", ""), ("infusion_ended", "16:00", ""),
    ),
    {Attested.NOT_SHAKEN: "08:05"},
    "compliant",
    {IN_USE: "kept"},
)  # fmt: skip

NATALIZUMAB_CASES = (
    NATALIZUMAB,
    NATALIZUMAB.but("8 hours and a millisecond after dilution", "violated",
                    steps={4: ("infusion_ended", "16:00:00.001", "")}, clocks={IN_USE: "violated"}),
    NATALIZUMAB.but("used immediately: 30 minutes on the bench", "compliant",
                    steps={1: None, 2: None, 3: ("infusion_started", "08:30", ""), 4: ("infusion_ended", "09:30", "")}),
    NATALIZUMAB.but("used immediately, but a minute too late by the site's number", "violated",
                    steps={1: None, 2: None, 3: ("infusion_started", "08:31", ""), 4: ("infusion_ended", "09:31", "")},
                    because=("in-handling",)),
    NATALIZUMAB.but("31 minutes on the bench in two parts", "violated",
                    steps={2: ("moved", "14:49", "bench")}, because=("in-handling",)),
    NATALIZUMAB.but("a refrigerator at 8.001 °C", "violated", sensors={"bench": Sensor(22), "fridge": Sensor(8.001)},
                    because=("out-of-condition",)),
    NATALIZUMAB.but("a bench at 12 °C is neither refrigerated nor the bench of the site", "violated",
                    sensors={"bench": Sensor(12), "fridge": Sensor(5)}, because=("out-of-condition",)),
    NATALIZUMAB.but("the refrigerator is silent for two hours", "undetermined",
                    sensors={"bench": Sensor(22), "fridge": Sensor(5, silent=("10:00", "12:00"))}),
    _without(NATALIZUMAB, Attested.NOT_SHAKEN),
    NATALIZUMAB.but("in the refrigerator, not used yet", "compliant", now="12:00", steps={2: None, 3: None, 4: None},
                    clocks={IN_USE: "running"}),
)  # fmt: skip

CASES = (*BESPONSA_CASES, *LEMTRADA_CASES, *NATALIZUMAB_CASES)
