"""What each device said last of its battery, its radio and its firmware, and when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from coldchain.records.among import among_texts
from coldchain.records.store import Transaction
from coldchain.records.tables import device


@dataclass(frozen=True)
class Device:
    """A device's last words on itself; each group has its own moment, UTC ms, and is ``None`` where it said nothing.

    Attributes:
        name: The sensors' name, whatever their channels.
        battery_low: It calls its battery low or not, where it does not say how low.
        snr_tenths_db: Tenths of a dB.
        link_quality: In its system's own units.
    """

    name: str
    battery_pct: int | None = None
    battery_mv: int | None = None
    battery_low: bool | None = None
    battery_ms: int | None = None
    rssi_dbm: int | None = None
    snr_tenths_db: int | None = None
    link_quality: int | None = None
    radio_ms: int | None = None
    firmware: str | None = None
    firmware_ms: int | None = None


def of(tx: Transaction, names: Iterable[str]) -> dict[str, Device]:
    """What is known of these devices; one that never said anything is left out."""
    rows = tx.execute(select(device).where(among_texts(tx, device.c.name, set(names))))
    return {row.name: Device(**row._mapping) for row in rows}


def everything(tx: Transaction) -> Mapping[str, Device]:
    """What is known of all devices, by name."""
    return {row.name: Device(**row._mapping) for row in tx.execute(select(device))}


def put(tx: Transaction, rows: Iterable[Device]) -> None:
    """Keep these in place of what was known."""
    values = [vars(row) for row in rows]
    if not values:
        return
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(device)
    changed = {field.name: statement.excluded[field.name] for field in fields(Device) if field.name != "name"}
    tx.execute(statement.on_conflict_do_update(index_elements=["name"], set_=changed), values)


@dataclass(frozen=True)
class Battery:
    """A battery as it was spoken of last; ``at_ms``: when, UTC ms."""

    pct: int | None
    millivolts: int | None
    says_low: bool
    at_ms: int


def battery(known: Device | None, with_readings_pct: int | None, newest_ms: int | None) -> Battery | None:
    """A sensor's battery by what came last: with its readings, or apart from them.

    Args:
        known: What its device said apart from readings.
        with_readings_pct: What its readings said last, in percent.
        newest_ms: When its newest reading was measured.

    Returns:
        ``None`` where nobody has said anything of a battery.
    """
    apart = known if known is not None and known.battery_ms is not None else None
    if with_readings_pct is not None and newest_ms is not None:
        at_ms = apart.battery_ms if apart is not None else None
        if apart is None or apart.battery_pct is None or at_ms is None or at_ms < newest_ms:
            millivolts = apart.battery_mv if apart is not None else None
            says_low = apart is not None and apart.battery_low is True
            return Battery(with_readings_pct, millivolts, says_low, newest_ms)
    if apart is None or apart.battery_ms is None:
        return None
    return Battery(apart.battery_pct, apart.battery_mv, apart.battery_low is True, apart.battery_ms)
