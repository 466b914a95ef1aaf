"""Many refrigerators declared at once: their rows written thousands at a time, with one ledger entry for each lot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, func, insert, select

from coldchain.domain.bounds import Edges
from coldchain.domain.calm import any_good
from coldchain.domain.product import Product
from coldchain.domain.progress import begin
from coldchain.domain.yardstick import yardstick_of
from coldchain.records import heard, ledger, places
from coldchain.records.among import among_texts
from coldchain.records.memories import Memory, remembered
from coldchain.records.store import Transaction
from coldchain.records.tables import assignment, due, location, memory, placement, sensor

AT_ONCE = 10_000
"""So many places in one transaction."""


@dataclass(frozen=True)
class Listed:
    """One refrigerator with its sensor; ``known``: what is declared of that, by the names of `places.DECLARED`."""

    location: str
    title: str
    area: str
    sensor: str
    channel: str = ""
    known: Mapping[str, Any] = field(default_factory=dict)

    @property
    def uncertainty_milli_c(self) -> int:
        """The sensor's, m°C."""
        return int(self.known.get("uncertainty_milli_c") or 0)


_NOTHING_KNOWN = dict.fromkeys(places.DECLARED) | {"power_up": False, "uncertainty_milli_c": 0}


def already_there(tx: Transaction, rows: Sequence[Listed]) -> list[str]:
    """The names of those locations and sensors that the record knows."""
    found = list(
        tx.scalars(select(location.c.name).where(among_texts(tx, location.c.name, [r.location for r in rows])))
    )
    known = select(sensor.c.name, sensor.c.channel).where(among_texts(tx, sensor.c.name, [r.sensor for r in rows]))
    ours = {(row.sensor, row.channel) for row in rows}
    return found + [row.name for row in tx.execute(known) if (row.name, row.channel) in ours]


def put(
    tx: Transaction, rows: Sequence[Listed], product: Product, product_text: str, stage: str, now_ms: int, *,
    unprovable: str,
) -> None:  # fmt: skip
    """Declare locations, each with a sensor, judged by a product from now on; none of them is known yet.

    Args:
        tx: The transaction.
        rows: At most some ten thousand.
        product, product_text, stage: By what they are judged.
        now_ms: Now, UTC ms.
        unprovable: The kind of due work that waits for a sensor's silence.
    """
    tx.execute(insert(location), [{"name": r.location, "title": r.title, "area": r.area, "listed": True} for r in rows])
    tx.execute(insert(sensor), [
        _NOTHING_KNOWN | dict(r.known) | {"name": r.sensor, "channel": r.channel, "created_ms": now_ms} for r in rows
    ])  # fmt: skip
    where = _ids(tx, location, "name", [r.location for r in rows])
    which = _ids(tx, sensor, "name", [r.sensor for r in rows], "channel")
    hung = [
        {name: (_NOTHING_KNOWN | dict(r.known))[name] for name in places.OF_THE_STAY}
        | {"sensor_id": which[r.sensor, r.channel], "location_id": where[(r.location,)], "from_ms": now_ms}
        for r in rows
    ]
    by = {"product_id": product.id, "stage": stage, "version": product.version, "sha256": product.sha256,
          "product_file": product_text, "from_ms": now_ms}  # fmt: skip
    first_placement, first_assignment = (
        tx.scalar(select(func.max(table.c.id))) or 0 for table in (placement, assignment)
    )
    tx.execute(insert(placement), [{"id": first_placement + 1 + k} | one for k, one in enumerate(hung)])
    tx.execute(insert(assignment), [
        by | {"id": first_assignment + 1 + k, "location_id": one["location_id"]} for k, one in enumerate(hung)
    ])  # fmt: skip
    _await(tx, rows, first_placement + 1, first_assignment + 1, product, stage, now_ms, unprovable)
    if tx.dialect.name != "sqlite":
        for table in ("placement", "assignment"):
            tx.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")  # noqa: S608
    listed = [[r.location, r.sensor, r.channel, *([dict(r.known)] if r.known else [])] for r in rows]
    body = {"product": product.id, "sha256": product.sha256, "stage": stage, "from_ms": now_ms, "places": listed}
    ledger.append(tx, now_ms, "places.listed", rows[0].location, body)


def _ids(tx: Transaction, table: Table, name: str, names: Sequence[str], *more: str) -> dict[tuple[str, ...], int]:
    columns = [table.c[name], *(table.c[each] for each in more)]
    query = select(table.c.id, *columns).where(among_texts(tx, table.c[name], names))
    return {tuple(key): row_id for row_id, *key in tx.execute(query)}


def _await(
    tx: Transaction, rows: Sequence[Listed], placement_id: int, assignment_id: int, product: Product, stage: str,
    now_ms: int, unprovable: str,
) -> None:  # fmt: skip
    """Remember that nothing was measured there yet, and wait for each of them to be silent for too long."""
    limits = product.stages[stage].limits
    if not limits or any_good([(limit, 0) for limit in limits]) is None:
        return
    begun: dict[int, Memory] = {}
    for uncertainty in {row.uncertainty_milli_c for row in rows}:
        yardstick = yardstick_of(product, None, uncertainty)
        begun[uncertainty] = remembered([begin(limit, yardstick, Edges(now_ms)) for limit in limits], rough=False)
    silent_ms = now_ms + yardstick_of(product, None, 0).max_gap_ms + 1
    found = [(k, begun[row.uncertainty_milli_c]) for k, row in enumerate(rows)]
    tx.execute(insert(memory), [
        {"placement_id": placement_id + k, "assignment_id": assignment_id + k, "through_ms": one.through_ms,
         "calm": one.calm, "rough": False, "state": one.states}
        for k, one in found
    ])  # fmt: skip
    tx.execute(insert(due), [
        {"kind": unprovable, "subject": f"{assignment_id + k}:{placement_id + k}", "due_ms": silent_ms}
        for k in range(len(rows))
    ])  # fmt: skip


def settle_index(tx: Transaction) -> bool:
    """Do without the index of readings by sensor where there are very many sensors; whether that is so."""
    many = int(tx.scalar(select(func.count()).select_from(sensor)) or 0) > heard.INDEXED_SENSORS
    if many:
        heard.do_without_index(tx)
    return many
