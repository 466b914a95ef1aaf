"""The whole product from its parts: what must hold between stages, deadlines and examples."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from coldchain.domain.product import Deadline, Limit, Product, Stage
from coldchain.rulebook.build import shared_budget
from coldchain.rulebook.kinds import nearest
from coldchain.rulebook.nodes import Place, shown
from coldchain.rulebook.records import Given, Placed


@dataclass(frozen=True)
class ReadProduct:
    """A product, and where its id and its examples stand in its file; the hash is put in by who read the bytes."""

    product: Product
    id_place: Place
    example_places: tuple[Place, ...]


def product(given: Given) -> ReadProduct | None:
    """The product of one file."""
    stages: Mapping[str, Placed[Stage]] = given.get("stages") or {}
    deadlines = _deadlines(given, stages)
    _check_shared_limits(given, stages)
    examples = given.get("examples") or ()
    known = given.keys_of("stages")
    for place, stage in given.texts_of("examples", "stage"):
        if known and stage not in known:
            given.problems.add(place, f"example: unknown stage {shown(stage)}{nearest(stage, known)}")
    if not given.sound:
        return None
    found = Product(
        id=given.get("id"),
        name=given.get("name"),
        version=given.get("version"),
        sha256="",
        label=given.get("label"),
        stages={name: replace(item.value, name=name) for name, item in stages.items()},
        max_gap=given.get("max_gap"),
        deadlines=deadlines,
        attest=tuple(item.value for item in given.get("attest") or ()),
        examples=tuple(item.value for item in examples),
        notes=tuple(item.value for item in given.get("notes") or ()),
    )
    return ReadProduct(found, given.place("id"), tuple(item.place for item in examples))


def _deadlines(given: Given, stages: Mapping[str, Placed[Stage]]) -> tuple[Deadline, ...]:
    """The stages' own ``within`` first, then ``deadlines``; one pair of events has one deadline."""
    listed = [
        Placed(Deadline(item.value.begins, item.value.ends, item.value.within), item.place)
        for item in stages.values()
        if item.value.begins and item.value.ends and item.value.within
    ]
    seen: dict[str, Placed[Deadline]] = {}
    for item in [*listed, *(given.get("deadlines") or ())]:
        earlier = seen.setdefault(item.value.id, item)
        if earlier is not item:
            message = f"the deadline {item.value.id} is given twice: first on line {earlier.place.line}"
            given.problems.add(item.place, message)
    return tuple(item.value for item in seen.values())


def _check_shared_limits(given: Given, stages: Mapping[str, Placed[Stage]]) -> None:
    """Stages that share a limit's id share one budget, so the budget must be one."""
    seen: dict[str, tuple[str, Limit]] = {}
    for name, item in stages.items():
        for found in item.value.limits:
            stage, earlier = seen.setdefault(found.id, (name, found))
            if not shared_budget(earlier, found):
                message = (
                    f"stage {name!r} and stage {stage!r} share the limit {found.id!r} and so one budget, "
                    f"but allow different totals"
                )
                given.problems.add(item.place, message)
