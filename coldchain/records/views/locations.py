"""Locations as they stand: what hangs there, what judges them, what the judge remembers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Select, exists, select

from coldchain.domain.natural import natural
from coldchain.domain.probe_kinds import in_words, lag_in_words
from coldchain.errors import NotFound
from coldchain.records import memories
from coldchain.records.places import Location, sensor_title
from coldchain.records.store import Transaction
from coldchain.records.tables import (
    assignment,
    device,
    latest,
    location,
    placement,
    sensor,
)


@dataclass(frozen=True)
class Probe:
    """A sensor channel that hangs at a location now, with its newest reading.

    Attributes:
        newest_ms, milli_c: The newest reading, wherever it was measured; ``None`` before the first.
        max_gap_ms, uncertainty_milli_c: As they hold since it was hung there.
        battery_pct: As its readings said last.
        apart_pct, apart_ms: What its device said apart from readings, and when.
        low_milli_c, high_milli_c, power_up, probe_kind, time_constant_ms: As declared of the sensor.
    """

    placement_id: int
    location_id: int
    sensor_id: int
    name: str
    channel: str
    since_ms: int
    max_gap_ms: int | None
    uncertainty_milli_c: int
    calibration: str | None
    calibrated_on: str | None
    calibration_due: str | None
    newest_ms: int | None
    milli_c: int | None
    received_ms: int | None
    battery_pct: int | None
    apart_pct: int | None = None
    apart_ms: int | None = None
    low_milli_c: int | None = None
    high_milli_c: int | None = None
    power_up: bool = False
    probe_kind: str | None = None
    time_constant_ms: int | None = None

    @property
    def title(self) -> str:
        """The sensor's name, with its channel where it has several."""
        return sensor_title(self.name, self.channel)

    @property
    def charge_pct(self) -> int | None:
        """Its battery's charge by what came last: with its readings, or apart from them."""
        if self.battery_pct is None or (self.apart_ms is not None and self.apart_ms >= (self.newest_ms or 0)):
            return self.battery_pct if self.apart_pct is None else self.apart_pct
        return self.battery_pct

    @property
    def hangs_in(self) -> str:
        """What the probe hangs in, in words; empty where nobody has said."""
        return in_words(self.probe_kind, self.time_constant_ms)

    @property
    def lag(self) -> str:
        """How slowly it follows, in words; empty where nobody has said."""
        return lag_in_words(self.probe_kind, self.time_constant_ms)


@dataclass(frozen=True)
class Assigned:
    """A product whose rules a location is judged by now; ``product_file`` is the very text."""

    id: int
    location_id: int
    product_id: str
    stage: str
    version: int
    sha256: str
    product_file: str
    from_ms: int


@dataclass(frozen=True)
class Standing:
    """A location with everything that holds there now.

    Attributes:
        memory: The judge's newest memory, by (assignment id, placement id, limit id): ``Progress.to_json()``.
        was_watched: Whether a sensor ever hung here.
    """

    location: Location
    probes: tuple[Probe, ...]
    assigned: tuple[Assigned, ...]
    memory: dict[tuple[int, int, str], dict[str, Any]] = field(default_factory=dict)
    was_watched: bool = False


def standings(tx: Transaction, location_id: int | None = None) -> list[Standing]:
    """Every location as it stands, by title; or only one."""
    places = select(location)
    if location_id is not None:
        places = places.where(location.c.id == location_id)
    all_probes, all_assigned = _probes(tx, location_id), _assigned(tx)
    probes, assigned = _by_location(all_probes), _by_location(all_assigned)
    memory = _memory(tx, all_assigned, all_probes)
    watched = set(tx.scalars(select(placement.c.location_id).distinct()))
    found = []
    for place in _in_order(tx, places):
        here_probes, here_assigned = tuple(probes.get(place.id, ())), tuple(assigned.get(place.id, ()))
        own = {
            (each.id, probe.placement_id, limit_id): state
            for each in here_assigned
            for probe in here_probes
            for limit_id, state in memory.get((each.id, probe.placement_id), {}).items()
        }
        found.append(Standing(place, here_probes, here_assigned, own, place.id in watched))
    return found


def _in_order(tx: Transaction, query: Select[Any]) -> list[Location]:
    """The locations of a query, by title as people count."""
    return sorted((Location(**row._mapping) for row in tx.execute(query)), key=lambda one: (natural(one.title), one.id))


_Here = TypeVar("_Here", "Probe", "Assigned")


def _by_location(some: Iterable[_Here]) -> dict[int, list[_Here]]:
    found: dict[int, list[_Here]] = {}
    for each in some:
        found.setdefault(each.location_id, []).append(each)
    return found


def standing(tx: Transaction, name: str) -> Standing:
    """One location as it stands.

    Raises:
        NotFound: There is no location of this name.
    """
    found = tx.scalar(select(location.c.id).where(location.c.name == name))
    if found is None:
        raise NotFound(f"there is no location called {name!r}")
    return standings(tx, found)[0]


def memory_of(tx: Transaction, assignment_id: int, placement_id: int, limit_id: str) -> dict[str, Any] | None:
    """The judge's newest memory of one limit for one sensor under one assignment: ``Progress.to_json()``."""
    found = memories.newest(tx, assignment_id, placement_id)
    return None if found is None or limit_id not in found.states else dict(found.states[limit_id])


def probes_at(tx: Transaction, location_id: int) -> tuple[Probe, ...]:
    """What hangs at a location now, by name as people count."""
    return tuple(_probes(tx, location_id))


def hanging(tx: Transaction) -> list[tuple[Location, Probe]]:
    """Every sensor channel that hangs somewhere with its place, by the place's title."""
    here = _by_location(_probes(tx))
    return [(place, probe) for place in watched(tx) for probe in here.get(place.id, [])]


def watched(tx: Transaction) -> list[Location]:
    """Every location at which a sensor hangs now, by title."""
    return _in_order(tx, select(location).where(_hung))


def watched_after(tx: Transaction, location_id: int, limit: int) -> list[Location]:
    """The next locations at which a sensor hangs now, by number: for going through very many."""
    query = select(location).where(location.c.id > location_id, _hung).order_by(location.c.id).limit(limit)
    return [Location(**row._mapping) for row in tx.execute(query)]


_hung = exists().where(placement.c.location_id == location.c.id, placement.c.to_ms.is_(None))


def areas(found: Iterable[Standing]) -> list[str]:
    """The areas that locations name, sorted."""
    return sorted({each.location.area for each in found if each.location.area}, key=natural)


def _probes(tx: Transaction, location_id: int | None = None) -> list[Probe]:
    query = (
        select(
            placement.c.id.label("placement_id"), placement.c.location_id, sensor.c.id.label("sensor_id"),
            sensor.c.name, sensor.c.channel, placement.c.from_ms.label("since_ms"), placement.c.max_gap_ms,
            placement.c.uncertainty_milli_c, placement.c.calibration, placement.c.calibrated_on,
            placement.c.calibration_due, latest.c.measured_ms.label("newest_ms"),
            latest.c.milli_c, latest.c.received_ms, latest.c.battery_pct, device.c.battery_pct.label("apart_pct"),
            device.c.battery_ms.label("apart_ms"), sensor.c.low_milli_c, sensor.c.high_milli_c, sensor.c.power_up,
            sensor.c.probe_kind, sensor.c.time_constant_ms,
        )
        .join(sensor, sensor.c.id == placement.c.sensor_id)
        .outerjoin(latest, latest.c.sensor_id == sensor.c.id)
        .outerjoin(device, device.c.name == sensor.c.name)
        .where(placement.c.to_ms.is_(None))
    )  # fmt: skip
    if location_id is not None:
        query = query.where(placement.c.location_id == location_id)
    found = [Probe(**row._mapping) for row in tx.execute(query)]
    return sorted(found, key=lambda one: natural(one.name, one.channel))


def _assigned(tx: Transaction) -> list[Assigned]:
    names = ("id", "location_id", "product_id", "stage", "version", "sha256", "product_file", "from_ms")
    query = select(*(assignment.c[name] for name in names))
    query = query.where(assignment.c.to_ms.is_(None)).order_by(assignment.c.from_ms, assignment.c.id)
    return [Assigned(**row._mapping) for row in tx.execute(query)]


def _memory(
    tx: Transaction, assigned: Sequence[Assigned], probes: Sequence[Probe]
) -> dict[tuple[int, int], dict[str, dict[str, Any]]]:
    """The newest memories by (assignment id, placement id) and limit.

    Each is brought to its probe's newest reading where all since were calm.
    """
    running = {each.id for each in assigned}
    found: dict[tuple[int, int], dict[str, dict[str, Any]]] = {}
    newest = memories.newest_of(tx, [probe.placement_id for probe in probes])
    by_placement = {probe.placement_id: probe for probe in probes}
    for (assignment_id, placement_id), memory in newest.items():
        if assignment_id not in running:
            continue
        probe = by_placement[placement_id]
        for limit_id, state in memory.states.items():
            calm = memory.calm and probe.newest_ms is not None and probe.newest_ms > memory.through_ms
            since = {"last": [probe.newest_ms, probe.milli_c], "perhaps_since_ms": probe.newest_ms} if calm else {}
            found.setdefault((assignment_id, placement_id), {})[limit_id] = dict(state) | since
    return found
