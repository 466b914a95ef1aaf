"""An item's history: what is recorded of a lot or a pack, and the stays that follow from it; pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class Kind(StrEnum):
    """What is recorded of an item."""

    ARRIVED = "arrived"
    MOVED = "moved"
    SHIPPED = "shipped"
    """On its way: nowhere that a sensor of ours hangs."""
    STAGED = "staged"
    """In another stage of its product, at the same place."""
    FILED = "filed"
    """A logger's file was imported for a stay that had none; same instant as the stay's beginning."""
    REMOVED = "removed_from_refrigerator"
    SPLIT = "split"
    """A part was taken off, which is an item of its own from then on."""
    PARTED = "parted"
    """The same, as the part's own first entry."""
    USED = "used"
    DISCARDED = "discarded"
    LEFT = "left"


BEGINS = frozenset({Kind.ARRIVED, Kind.MOVED, Kind.SHIPPED, Kind.STAGED})
ENDS = frozenset({Kind.USED, Kind.DISCARDED, Kind.LEFT})


@dataclass(frozen=True)
class Item:
    """A lot or a pack, or part of one.

    Attributes:
        kind: ``lot`` or ``pack``.
        name: The lot's number, the pack's serial.
        product_file: The very text that judges it.
        quantity: How many there were at its arrival, or when it was split off.
        expires_ms: As printed on the pack, UTC ms.
        by_name: Who recorded its arrival.
        parent_id: The lot that it was split from.
    """

    id: int
    kind: str
    name: str
    quantity: int
    product_id: str
    version: int
    sha256: str
    product_file: str
    expires_ms: int | None
    recorded_ms: int
    by_name: str
    parent_id: int | None = None


@dataclass(frozen=True)
class Happened:
    """One entry of an item's history.

    Attributes:
        at_ms: When it happened; ``recorded_ms`` is when it was recorded.
        location_name, location_title: Where it is from then on; ``None`` where it is nowhere here.
        uncertainty_milli_c: Of the logger whose file is `shipment_id`.
        part_id, quantity: Of a split: the part that was taken off, and how many; of a part's first entry: its lot.
    """

    id: int
    item_id: int
    kind: Kind
    at_ms: int
    location_id: int | None
    location_name: str | None
    location_title: str | None
    shipment_id: int | None
    stage: str
    uncertainty_milli_c: int
    comment: str
    recorded_ms: int
    by_name: str
    part_id: int | None = None
    quantity: int | None = None


@dataclass(frozen=True)
class Stay:
    """An item's time at one place in one stage; ``to_ms`` is ``None`` where it still is.

    Attributes:
        shipment_id: The logger file that is its trace, where it was on its way.
    """

    from_ms: int
    to_ms: int | None
    stage: str
    location_id: int | None
    location_name: str | None
    location_title: str | None
    shipment_id: int | None
    uncertainty_milli_c: int

    @property
    def title(self) -> str:
        """Where, as people call it."""
        return self.location_title or "in transport"


@dataclass(frozen=True)
class History:
    """An item and everything recorded of it, in the order of what happened.

    Attributes:
        events: What happened to it; for a part, what happened to its lot up to the split comes first.
    """

    item: Item
    events: tuple[Happened, ...]

    @property
    def quantity(self) -> int:
        """How many there are now, without the parts that were taken off."""
        own = (one.quantity or 0 for one in self.events if one.kind is Kind.SPLIT and one.item_id == self.item.id)
        return self.item.quantity - sum(own)

    @property
    def parted(self) -> Happened | None:
        """When it was split off from its lot; ``None`` where it is no part."""
        own = (one for one in self.events if one.kind is Kind.PARTED and one.item_id == self.item.id)
        return next(own, None)

    @property
    def begins_ms(self) -> int:
        """From when on what happens is its own: its arrival, or the split."""
        return self.stays[0].from_ms if self.parted is None else self.parted.at_ms

    def owner_at(self, at_ms: int) -> int:
        """Whose entry something at that instant is: its own, or that of the lot that it then was part of."""
        before = [one for one in self.events if one.at_ms <= at_ms]
        return (before[-1] if before else self.events[0]).item_id

    @property
    def stays(self) -> tuple[Stay, ...]:
        """Its stays, one after the other."""
        return stays_of(self.events)

    @property
    def end(self) -> Happened | None:
        """What ended it: used, discarded, left; ``None`` while it is in stock."""
        return next((one for one in self.events if one.kind in ENDS), None)

    @property
    def last(self) -> Stay:
        """Where it is, or was at its end."""
        return self.stays[-1]


def stays_of(events: Sequence[Happened]) -> tuple[Stay, ...]:
    """The stays that an item's entries make: each ends where the next begins, the last at the item's end."""
    found: list[Stay] = []
    for one in events:
        if one.kind in BEGINS:
            if found:
                found[-1] = replace(found[-1], to_ms=one.at_ms)
            found.append(_stay(one))
        elif one.kind in ENDS and found:
            found[-1] = replace(found[-1], to_ms=one.at_ms)
    filed = {one.at_ms: one for one in events if one.kind is Kind.FILED}
    return tuple(_with_file(stay, filed.get(stay.from_ms)) for stay in found if stay.to_ms != stay.from_ms)


def _stay(one: Happened) -> Stay:
    return Stay(
        one.at_ms, None, one.stage, one.location_id, one.location_name, one.location_title, one.shipment_id,
        one.uncertainty_milli_c,
    )  # fmt: skip


def _with_file(stay: Stay, filed: Happened | None) -> Stay:
    if filed is None or stay.location_id is not None:
        return stay
    return replace(stay, shipment_id=filed.shipment_id, uncertainty_milli_c=filed.uncertainty_milli_c)
