"""What could not be used, and why: faults, conflicts, refused messages. One row a thing, however often it comes."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, func, insert, select, update

from coldchain.domain.quality import Fault
from coldchain.records.ledger import canonical
from coldchain.records.readings import Instant, Row
from coldchain.records.store import Transaction
from coldchain.records.tables import quarantine

PAYLOAD_LIMIT = 4096
"""So much of a message is kept."""


@dataclass(frozen=True)
class Held:
    """Something put aside.

    Attributes:
        received_ms, source_id, position: Of the first copy (the least of these).
        sensor_id, measured_ms, milli_c: What is known of it.
        reason: A `Fault`, or why the message was refused.
        detail: In words.
        payload: The first 4 kB of what was received; empty where only the value is known; whole where it is to be
            offered again (`newcomers`).
        identity: Tells repeats of the same thing; see `identity_of`.
        copies: How often it was received.
        released_ms: When it came to stand after all (a conflict decided anew); ``None`` while it is held.
    """

    received_ms: int
    source_id: int
    sensor_id: int | None
    position: int
    measured_ms: int | None
    milli_c: int | None
    reason: str
    detail: str
    payload: bytes
    identity: str
    copies: int = 1
    released_ms: int | None = None
    flags: int = 0

    @property
    def key(self) -> tuple[int, int, int]:
        """Which copy is the first."""
        return (self.received_ms, self.source_id, self.position)


def identity_of(*parts: object) -> str:
    """One name for one thing, from what makes it the same thing."""
    return hashlib.sha256(canonical(list(parts)).encode("utf-8", "surrogatepass")).hexdigest()


def put(tx: Transaction, held: Sequence[Held]) -> None:
    """Put things aside; what is there already counts one copy more and keeps the key of its first one."""
    merged: dict[str, Held] = {}
    for one in held:
        merged[one.identity] = _both(merged[one.identity], one) if one.identity in merged else one
    known = _known(tx, list(merged))
    new = [one for identity, one in merged.items() if identity not in known]
    if new:
        tx.execute(insert(quarantine), [vars(one) for one in new])
    _write(tx, [_both(one, merged[identity]) for identity, one in known.items()])


def conflicts_at(tx: Transaction, instants: Iterable[Instant]) -> dict[Instant, list[Held]]:
    """The values that do not stand at these instants, and are held as conflicts."""
    by_sensor: dict[int, list[int]] = {}
    for sensor_id, measured_ms in set(instants):
        by_sensor.setdefault(sensor_id, []).append(measured_ms)
    found: dict[Instant, list[Held]] = {}
    for sensor_id, moments in by_sensor.items():
        for start in range(0, len(moments), 500):
            query = select(quarantine).where(
                quarantine.c.sensor_id == sensor_id,
                quarantine.c.measured_ms.in_(moments[start : start + 500]),
                quarantine.c.reason == Fault.CONFLICT.value,
            )
            for row in tx.execute(query):
                found.setdefault((sensor_id, row.measured_ms), []).append(_held(row))
    return found


def conflict(row: Row, payload: bytes = b"") -> Held:
    """A reading that does not stand at its instant because another value does."""
    return Held(
        received_ms=row.received_ms, source_id=row.source_id, sensor_id=row.sensor_id, position=row.position,
        measured_ms=row.measured_ms, milli_c=row.milli_c, reason=Fault.CONFLICT.value,
        detail="another value stands for the same instant", payload=payload[:PAYLOAD_LIMIT],
        identity=identity_of("conflict", row.sensor_id, row.measured_ms, row.milli_c), copies=row.copies,
        flags=row.flags,
    )  # fmt: skip


def settle(tx: Transaction, held: Sequence[Held]) -> None:
    """Write conflicts as they are now, copies and release included, replacing what was written of them."""
    known = _known(tx, [one.identity for one in held])
    new = [one for one in held if one.identity not in known and one.released_ms is None]
    if new:
        tx.execute(insert(quarantine), [vars(one) for one in new])
    _write(tx, [replace(one, payload=b"") for one in held if one.identity in known])


def rows(tx: Transaction, limit: int = 100, before_id: int | None = None) -> list[dict[str, object]]:
    """What is held, newest first, as plain dictionaries of the table's columns."""
    query = select(quarantine).where(quarantine.c.released_ms.is_(None))
    if before_id is not None:
        query = query.where(quarantine.c.id < before_id)
    return [dict(row._mapping) for row in tx.execute(query.order_by(quarantine.c.id.desc()).limit(limit))]


def count(tx: Transaction) -> dict[str, int]:
    """How much is held, copies counted, by reason."""
    query = select(quarantine.c.reason, func.sum(quarantine.c.copies)).where(quarantine.c.released_ms.is_(None))
    return {reason: int(total) for reason, total in tx.execute(query.group_by(quarantine.c.reason))}


def _known(tx: Transaction, identities: list[str]) -> dict[str, Held]:
    found: dict[str, Held] = {}
    for start in range(0, len(identities), 500):
        some = quarantine.c.identity.in_(identities[start : start + 500])
        for row in tx.execute(select(quarantine).where(some)):
            found[row.identity] = _held(row)
    return found


def _held(row: object) -> Held:
    values = dict(row._mapping)  # type: ignore[attr-defined]
    values.pop("id")
    return Held(**values)


def _both(one: Held, other: Held) -> Held:
    first = min(one, other, key=lambda held: held.key)
    return replace(
        one, received_ms=first.received_ms, source_id=first.source_id, position=first.position,
        copies=one.copies + other.copies,
    )  # fmt: skip


def _write(tx: Transaction, held: Sequence[Held]) -> None:
    if not held:
        return
    names = ("received_ms", "source_id", "position", "copies", "released_ms", "flags")
    statement = update(quarantine).where(quarantine.c.identity == bindparam("b_identity"))
    tx.execute(
        statement.values({name: bindparam(f"b_{name}") for name in names}),
        [{"b_identity": one.identity} | {f"b_{name}": getattr(one, name) for name in names} for one in held],
    )


@dataclass(frozen=True)
class Counted:
    """A sensor's quarantined readings of one reason since some time.

    Attributes:
        first_ms, last_ms: When the first and the last were received, UTC ms.
        newest_milli_c: The newest's value, where it has one.
    """

    reason: str
    count: int
    first_ms: int
    last_ms: int
    newest_milli_c: int | None


def of_sensor_since(tx: Transaction, sensor_id: int, since_ms: int) -> dict[str, Counted]:
    """What was put aside of a sensor since then and is not settled, by reason."""
    here = (quarantine.c.sensor_id == sensor_id) & (quarantine.c.received_ms >= since_ms)
    columns = (quarantine.c.reason, quarantine.c.copies, quarantine.c.received_ms, quarantine.c.milli_c)
    query = select(*columns).where(here, quarantine.c.released_ms.is_(None)).order_by(quarantine.c.received_ms)
    found: dict[str, Counted] = {}
    for reason, copies, received_ms, milli_c in tx.execute(query):
        before = found.get(reason, Counted(reason, 0, received_ms, received_ms, None))
        found[reason] = Counted(reason, before.count + copies, before.first_ms, received_ms, milli_c)
    return found


def clock_faults(tx: Transaction, sensor_id: int, since_ms: int, limit: int) -> list[tuple[int, int]]:
    """A sensor's newest readings put aside for their time: when it says they were measured, and when received."""
    here = (quarantine.c.sensor_id == sensor_id) & (quarantine.c.received_ms >= since_ms)
    of_clock = (quarantine.c.reason == Fault.CLOCK.value) & quarantine.c.measured_ms.is_not(None)
    query = select(quarantine.c.measured_ms, quarantine.c.received_ms).where(here, of_clock)
    return [(at, received) for at, received in tx.execute(query.order_by(quarantine.c.received_ms.desc()).limit(limit))]
