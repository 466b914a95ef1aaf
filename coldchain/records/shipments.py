"""Logger files that came with goods: kept whole, each temperature channel a sensor of its own.

A file's content is its identity: the same bytes are stored once, however often they are imported.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import insert, select

from coldchain.domain.reading import Trace
from coldchain.records import kept_files, ledger, places, quarantine, readings, sources
from coldchain.records.quarantine import Held
from coldchain.records.readings import Latest, Row
from coldchain.records.store import Transaction
from coldchain.records.tables import sensor, shipment, shipment_channel


@dataclass(frozen=True)
class Shipment:
    """A logger file of the record, without its bytes."""

    id: int
    sha256: str
    read_as: str
    name: str
    format: str
    signature: str
    evidence: Mapping[str, Any]
    recorded_ms: int
    by_name: str


@dataclass(frozen=True)
class NewChannel:
    """One temperature channel of a file.

    Attributes:
        lines: The line of the file each reading stands in, shape (n,).
        held: Rows without a usable temperature: line, text, reason.
    """

    name: str
    trace: Trace
    lines: Sequence[int]
    held: Sequence[tuple[int, str, str]]


@dataclass(frozen=True)
class Span:
    """A sensor of a file, and when its readings begin and end."""

    sensor_id: int
    name: str
    channel: str
    from_ms: int
    to_ms: int


def put(
    tx: Transaction, sha256: str, read_as: str, name: str, format_: str, signature: str, evidence: Mapping[str, Any],
    content: bytes, channels: Sequence[NewChannel], now_ms: int, by_name: str,
) -> int:  # fmt: skip
    """Keep a file and its readings, unless the same bytes read the same way are kept already; returns its id.

    Args:
        tx: The transaction.
        sha256, content: Of the file, and its bytes.
        read_as: The choices made in reading it: with another zone, the same bytes are other readings.
        name, format_, signature, evidence: Of the file, as the importer says.
        channels: Its temperature channels.
        now_ms: Now.
        by_name: Who imports it.
    """
    same_bytes = select(shipment.c.read_as, shipment.c.id).where(shipment.c.sha256 == sha256)
    known: dict[str, int] = {row.read_as: row.id for row in tx.execute(same_bytes)}
    if read_as in known:
        return known[read_as]
    values = {
        "sha256": sha256, "read_as": read_as, "name": name, "format": format_, "signature": signature,
        "evidence": dict(evidence), "recorded_ms": now_ms, "by_name": by_name,
    }  # fmt: skip
    kept_files.put(tx, sha256, content, now_ms)
    made = int(tx.execute(insert(shipment).values(values).returning(shipment.c.id)).scalar_one())
    source_name = f"{name} {sha256}"
    source_id = sources.ensure(tx, [("file", source_name)])["file", source_name]
    file = f"file {sha256[:12]}" + (f" read anew, {len(known)}" if known else "")
    titles = [(file, channel.name[:100]) for channel in channels]
    made_sensors = places.ensure_sensors(tx, titles, now_ms)
    for title, channel in zip(titles, channels, strict=True):
        sensor_id = made_sensors[title].id
        tx.execute(insert(shipment_channel).values(shipment_id=made, sensor_id=sensor_id))
        _store(tx, sensor_id, source_id, channel, now_ms)
    ledger.append(tx, now_ms, "shipment.imported", sha256, {"id": made} | values)
    return made


def _store(tx: Transaction, sensor_id: int, source_id: int, channel: NewChannel, now_ms: int) -> None:
    trace = channel.trace
    rows = [
        Row(sensor_id, at_ms, milli_c, now_ms, source_id, line)
        for at_ms, milli_c, line in zip(trace.at_ms.tolist(), trace.milli_c.tolist(), channel.lines, strict=True)
    ]
    readings.put(tx, rows)
    held = [
        Held(
            received_ms=now_ms, source_id=source_id, sensor_id=sensor_id, position=line, measured_ms=None, milli_c=None,
            reason=reason[:60], detail=text, payload=text.encode("utf-8", "replace")[: quarantine.PAYLOAD_LIMIT],
            identity=quarantine.identity_of("file", sensor_id, str(line), text, reason),
        )
        for line, text, reason in channel.held
    ]  # fmt: skip
    quarantine.put(tx, held)
    last = rows[-1] if rows else None
    newest = Latest(
        sensor_id, accepted=len(rows), quarantined=len(held), measured_ms=last.measured_ms if last else None,
        milli_c=last.milli_c if last else None, received_ms=now_ms if last else None,
    )  # fmt: skip
    readings.put_latest(tx, [newest])


def one(tx: Transaction, shipment_id: int) -> Shipment:
    """A file of the record."""
    return Shipment(**tx.execute(select(shipment).where(shipment.c.id == shipment_id)).one()._mapping)


def content(tx: Transaction, shipment_id: int) -> bytes:
    """The very bytes of a file."""
    return kept_files.content(tx, one(tx, shipment_id).sha256)


def spans(tx: Transaction, shipment_id: int) -> list[Span]:
    """The sensors of a file that have readings, by channel."""
    query = (
        select(sensor.c.id, sensor.c.name, sensor.c.channel)
        .join(shipment_channel, shipment_channel.c.sensor_id == sensor.c.id)
        .where(shipment_channel.c.shipment_id == shipment_id)
        .order_by(sensor.c.channel)
    )
    found = []
    for row in tx.execute(query).all():
        span = readings.whole_span(tx, row.id)
        if span is not None:
            found.append(Span(row.id, row.name, row.channel, *span))
    return found


def lines_of(trace: Trace, at_ms: np.ndarray[Any, Any], lines: np.ndarray[Any, Any]) -> list[int]:
    """The line in which each reading of a settled trace first stands."""
    order = np.lexsort((lines, at_ms))
    first = np.searchsorted(at_ms[order], trace.at_ms, side="left")
    found: list[int] = lines[order][first].tolist()
    return found
