"""Small logger files of our own, in the layouts of real exports."""

from datetime import UTC, datetime, timedelta, timezone

from coldchain.rulebook.series import slots

START = datetime(2026, 3, 14, 8, 0, tzinfo=timezone(timedelta(hours=1)))


def start_ms() -> int:
    """When the files below begin, UTC ms."""
    return int(START.astimezone(UTC).timestamp() * 1000)


def hobo(series: str, every_min: float = 15, *, zone: str = ", GMT+01:00", unit: str = "°C") -> bytes:
    """A HOBOware-like export: a row a step of the series, nothing where a reading is missing."""
    head = f'"Plot Title: Box 12"\n"#","Date Time{zone}","Temp, {unit} (LGR S/N: 21234567, SEN S/N: 21234567)"\n'
    rows: list[str] = []
    for step, milli in enumerate(slots(series)):
        if milli is not None:
            at = START + timedelta(minutes=every_min * step)
            rows.append(f"{len(rows) + 1},{at:%m/%d/%y %H:%M:%S},{milli / 1000:.3f}\n")
    return (head + "".join(rows)).encode()


def hobo_rows(*rows: tuple[float, str]) -> bytes:
    """A HOBOware-like export of given minutes and texts, in that order."""
    head = '"#","Date Time, GMT+01:00","Temp, °C (LGR S/N: 21234567, SEN S/N: 21234567)"\n'
    lines = [
        f"{index},{START + timedelta(minutes=minute):%m/%d/%y %H:%M:%S},{text}\n"
        for index, (minute, text) in enumerate(rows, 1)
    ]
    return (head + "".join(lines)).encode()


def two_channels(first: str, second: str) -> bytes:
    """A plain table with two temperature columns, every 15 min, with the zone in every time."""
    rows = []
    for step, (one, other) in enumerate(zip(slots(first), slots(second), strict=True)):
        at = (START + timedelta(minutes=15 * step)).isoformat()
        rows.append(f"{at},{(one or 0) / 1000},{(other or 0) / 1000}\n")
    return ("time,Inside (°C),Outside (°C)\n" + "".join(rows)).encode()


def q_tag(series: str, every_min: int = 10, *, stop_after_min: float | None = None) -> bytes:
    """A Q-tag-like export without signature; it may state when it was stopped."""
    stop = "" if stop_after_min is None else f"{START + timedelta(minutes=stop_after_min):%Y-%m-%d %H:%M}"
    rows = [
        f"\t{START + timedelta(minutes=every_min * step):%Y-%m-%d %H:%M}\t{'--.-' if value is None else value / 1000}\t"
        for step, value in enumerate(slots(series))
    ]
    head = ["Device: Q-tag CLm doc LR", "Vers: 1.9", "Conf:", " Serial: QT000001", f" Logging Interval: {every_min}"]
    results = ["Res:", f" TS Start: {START:%Y-%m-%d %H:%M}", f" TS Stop: {stop}"]
    return "\n".join([*head, *results, "Data:", "\tyyyy-MM-dd hh:mm\tT\tOut of limits", *rows, ""]).encode()


RULES = """\
schema: coldchain.product/1
id: box
name: A box
version: 3
label: {document: "A test's own", section: null, jurisdiction: nowhere, dated: 2026-01-01, checked_by: "A. Pharmacist"}
stages:
  strict:
    store: 2..8 °C
  patient:
    store: 2..8 °C
    limits:
      - {id: warm, above: 8 °C, allow: {total: 1 h}}
      - {id: cold, below: 2 °C, allow: {each: 30 min}}
examples:
  - {name: a good hour, stage: strict, every: 15 min, temps_c: "5x5", expect: compliant}
"""
"""A product file without a ``max_gap`` of its own, one stage without allowances and one with."""
