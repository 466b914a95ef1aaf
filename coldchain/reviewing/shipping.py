"""Importing the logger file of an item's transport: kept whole, and judged as the trace of that part of its way."""

from dataclasses import dataclass

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, LoggerFile, read
from coldchain.loggers.contract import settled_channels
from coldchain.records import items, shipments
from coldchain.records.items import History, Kind
from coldchain.records.shipments import NewChannel
from coldchain.records.store import Store, Transaction
from coldchain.reviewing.stock import Act, Actor, FieldProblem, permitted
from coldchain.reviewing.whole_way import frozen

TRANSPORT = "transport"
"""The stage of a product that is meant for the way here, where its label has one."""


@dataclass(frozen=True)
class Leg:
    """What importing a file came to.

    Attributes:
        readings: How many the file holds.
        from_ms, to_ms: When its readings begin and end.
        again: The same file was the trace of this part already; nothing was changed.
    """

    file: LoggerFile
    shipment_id: int
    readings: int
    from_ms: int
    to_ms: int
    again: bool


def import_leg(
    store: Store, actor: Actor, item_id: int, name: str, content: bytes, declared: Declared, now_ms: int
) -> Leg:
    """Read a logger file into the record and make it the trace of an item's transport.

    Args:
        store: The record.
        actor: Who imports it.
        item_id: Whose transport.
        name, content: The file.
        declared: What the person says where the file proves nothing.
        now_ms: Now.

    Raises:
        FileRefused: The file cannot be read without guessing, or at all, or its signature does not fit.
        NotFound: There is no such item.
        NotPermitted: The role may not, or the item is gone.
        FieldProblem: The item was in no transport then.
    """
    file = read(name, content, declared)
    if file.signature == "invalid":
        sentence = "the file's own signature does not fit its content, so it was changed after the logger wrote it"
        raise FileRefused("bad-signature", sentence, ("--accept-bad-signature",))
    with store.transaction() as tx:
        return leg_in(tx, actor, item_id, file, content, now_ms)


def leg_in(
    tx: Transaction, actor: Actor, item_id: int, file: LoggerFile, content: bytes, now_ms: int, *,
    from_ms: int | None = None, uncertainty_milli_c: int = 0,
) -> Leg:  # fmt: skip
    """`import_leg` of a file that has been read already, inside a transaction that writes more.

    Args:
        tx, actor, item_id, file, content, now_ms: As there.
        from_ms: When the transport began; its first reading, where nothing is said.
        uncertainty_milli_c: Of the logger.
    """
    if not 0 <= uncertainty_milli_c <= 50_000:
        raise FieldProblem("uncertainty", "The uncertainty lies between 0 and 50 °C")
    if not any(len(channel.at_ms) for channel in file.channels):
        raise FileRefused("no-readings", "the file holds no reading that could be the trace of a transport")
    history = items.history(tx, item_id)
    permitted(actor, Act.IMPORT, history)
    shipment_id = _kept(tx, file, content, now_ms, actor)
    found = shipments.spans(tx, shipment_id)
    begin_ms, end_ms = min(one.from_ms for one in found), max(one.to_ms for one in found)
    again = any(one.shipment_id == shipment_id for one in history.events)
    if not again:
        kind, at_ms = leg_of(history, begin_ms if from_ms is None else from_ms, begin_ms, end_ms)
        items.append(  # the file of a lot's transport is that of all its parts
            tx, history.owner_at(at_ms), kind, at_ms, _stage(history, kind, at_ms), now_ms, actor.name,
            shipment_id=shipment_id, account_id=actor.account_id, uncertainty_milli_c=uncertainty_milli_c,
            comment=file.name[:200],
        )  # fmt: skip
    return Leg(file, shipment_id, sum(len(one.at_ms) for one in file.channels), begin_ms, end_ms, again)


def leg_of(history: History, from_ms: int, begin_ms: int, end_ms: int) -> tuple[Kind, int]:
    """Which part of an item's way a file belongs to: a recorded transport without one, or the way before its arrival.

    Raises:
        FieldProblem: Neither.
    """
    open_legs = [
        stay
        for stay in history.stays
        if stay.location_id is None and stay.shipment_id is None and stay.from_ms < end_ms
        and (stay.to_ms is None or stay.to_ms > begin_ms)
    ]  # fmt: skip
    if open_legs:
        return Kind.FILED, open_legs[-1].from_ms
    arrived_ms = history.stays[0].from_ms
    if from_ms >= arrived_ms:
        raise FieldProblem(
            "file",
            "the file's readings begin after the item had arrived, and no transport without a file is recorded for it: "
            "record when it was sent on its way first",
        )
    if end_ms > arrived_ms and history.stays[0].location_id is None:
        raise FieldProblem("file", "the item's way begins with the transport of another file, which overlaps this one")
    return Kind.SHIPPED, from_ms


def _kept(tx: Transaction, file: LoggerFile, content: bytes, now_ms: int, actor: Actor) -> int:
    evidence = {
        name: {"value": one.value, "from": one.source} | ({"note": one.note} if one.note else {})
        for name, one in file.evidence.items()
    }
    read_as = " ".join(f"{name}={one.value}" for name, one in sorted(file.evidence.items()))
    return shipments.put(
        tx, file.sha256, read_as[:300], file.name, file.format, file.signature, evidence, content,
        _channels(file), now_ms, actor.name,
    )  # fmt: skip


def _channels(file: LoggerFile) -> list[NewChannel]:
    found: list[NewChannel] = []
    for one in settled_channels(file):
        names = {channel.name for channel in found}
        name = one.channel.name if one.channel.name not in names else f"{one.channel.name} {len(found) + 1}"
        trace = one.settled.trace
        lines = shipments.lines_of(trace, one.channel.at_ms, one.channel.lines)
        held = [(row.line, row.text, row.reason) for row in (*one.channel.quarantined, *one.conflicting)]
        found.append(NewChannel(name, trace, lines, held))
    return found


def _stage(history: History, kind: Kind, at_ms: int) -> str:
    """A recorded transport keeps its stage; the way before the arrival is the product's ``transport`` if it has one."""
    if kind is Kind.FILED:
        return next(stay.stage for stay in history.stays if stay.from_ms == at_ms)
    return TRANSPORT if TRANSPORT in frozen(history.item).stages else history.stays[0].stage
