"""A ward to tell stories about: one refrigerator, one sensor, readings as series, and a clock that stands still."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from coldchain.errors import PayloadRefused
from coldchain.monitoring.due import run_due
from coldchain.monitoring.ingest import Incoming, Ingested, ingest
from coldchain.payloads import Decoded
from coldchain.records import Store, alerts, excursions, places, readings
from coldchain.records.alerts import Alert
from coldchain.records.excursions import Excursion
from coldchain.rulebook.book import parse_product

MINUTE = 60_000
START = 1_790_000_000_000 // 86_400_000 * 86_400_000
"""A midnight, UTC ms."""

CHANNELS = (("smtp", "pharmacy"), ("webhook", "ops"))

PRODUCT = """\
schema: coldchain.product/1
id: {id}
name: A medicine for tests
version: 1
label: {{document: A label for tests, section: "1", jurisdiction: EU, dated: null, checked_by: null}}
max_gap: {max_gap}
stages:
  unopened:
    limits:
      - {limits}
examples:
  - {{name: kept, stage: unopened, every: 5 min, temps_c: "5x3", expect: compliant}}
"""

ABOVE_8 = "{above: 8 °C}"


def product_text(*limits: str, max_gap: str = "60 min", id_: str = "test") -> str:
    """A product file with these limits."""
    return PRODUCT.format(id=id_, max_gap=max_gap, limits="\n      - ".join(limits or (ABOVE_8,)))


def message(
    minute: float, temperature_c: float | None, *, sensor: str = "s1", received: float | None = None,
    source: str = "t/s1", position: int = 0, payload: bytes | None = None, **more: Any,
) -> Incoming:  # fmt: skip
    """One reading in one message, minutes counted from `START`; received when measured unless said otherwise."""
    milli_c = None if temperature_c is None else round(temperature_c * 1000)
    decoded = Decoded(sensor, "", START + round(minute * MINUTE), milli_c, None, str(temperature_c), position=position)
    fields = {name: value for name, value in more.items() if name in Decoded.__dataclass_fields__}
    about = {name: value for name, value in more.items() if name not in fields}
    received_ms = START + round((minute if received is None else received) * MINUTE)
    said = payload if payload is not None else f"{minute} {temperature_c}".encode()
    return Incoming("mqtt", source, source, said, received_ms, (replace(decoded, **fields),), **about)


def refused(minute: float, payload: bytes, reason: str = "damaged") -> Incoming:
    """A message that no decoder can read."""
    return Incoming("mqtt", "t/s1", "t/s1", payload, START + round(minute * MINUTE), (),
                    PayloadRefused(reason, "it is not what it should be"))  # fmt: skip


@dataclass
class Ward:
    """A refrigerator called ``ward-3`` with a sensor ``s1``, judged by a product from `START` on."""

    store: Store
    text: str = field(default_factory=product_text)
    alerts: list[str] = field(default_factory=list)

    def furnish(self, from_minute: float = 0, now_minute: float = 0, **sensor: Any) -> "Ward":
        """Hang the sensor and assign the product."""
        from_ms, now_ms = START + round(from_minute * MINUTE), START + round(now_minute * MINUTE)
        with self.store.transaction() as tx:
            location_id = places.put_location(tx, "ward-3", "Ward 3", "Oncology")
            sensor_id = places.put_sensor(tx, "s1", now_ms=now_ms, **sensor)
            places.place(tx, sensor_id, location_id, from_ms, now_ms)
        self.assign(self.text, from_minute, now_minute)
        return self

    def assign(self, text: str, from_minute: float, now_minute: float) -> None:
        """Assign a product to the refrigerator."""
        product = parse_product(text, "test.yaml")
        with self.store.transaction() as tx:
            location = places.location_named(tx, "ward-3")
            assert location is not None
            places.assign(tx, location.id, product, text, product.first_stage.name,
                          START + round(from_minute * MINUTE), START + round(now_minute * MINUTE))  # fmt: skip

    def hear(self, *batch: Incoming, now: float | None = None) -> Ingested:
        """A batch arrives; now is when its last message was received unless said otherwise."""
        now_ms = batch[-1].received_ms if now is None else START + round(now * MINUTE)
        done = ingest(self.store, batch, now_ms, CHANNELS)
        self.alerts += done.alerts
        return done

    def readings(self, series: Sequence[tuple[float, float]]) -> None:
        """Readings arrive one by one, when they are measured."""
        for minute, temperature_c in series:
            self.hear(message(minute, temperature_c))

    def ring(self, minute: float) -> frozenset[int]:
        """The clock rings."""
        return run_due(self.store, START + round(minute * MINUTE), CHANNELS)

    def excursions(self) -> list[Excursion]:
        """Those that stand."""
        with self.store.reading() as tx:
            found = excursions.excursions(tx)
        return [one for one in found if one.merged_into is None and not one.current.known.withdrawn]

    def told(self) -> list[tuple[str, bool]]:
        """The alerts in the order raised: kind, and whether late."""
        return [(alert.kind, alert.late) for alert in self.all_alerts()]

    def all_alerts(self) -> list[Alert]:
        """The alerts in the order raised."""
        with self.store.reading() as tx:
            return alerts.alerts(tx)

    def stored(self) -> list[tuple[float, float]]:
        """The sensor's readings: minute and °C."""
        with self.store.reading() as tx:
            sensor = places.sensor_named(tx, "s1")
            assert sensor is not None
            trace = readings.trace(tx, sensor.id)
        return [((at - START) / MINUTE, milli / 1000) for at, milli in zip(trace.at_ms, trace.milli_c, strict=True)]

    def counts(self) -> tuple[int, int, int, int]:
        """Accepted, duplicates, conflicts, quarantined."""
        with self.store.reading() as tx:
            found = readings.counts(tx)
        return found["accepted"], found["duplicates"], found["conflicts"], found["quarantined"]


def spans(found: Sequence[Excursion]) -> list[tuple[float, float | None, str]]:
    """Excursions as minutes from `START`, with their certainty."""
    return sorted(
        (
            (one.current.known.start_ms - START) / MINUTE,
            None if one.current.known.end_ms is None else (one.current.known.end_ms - START) / MINUTE,
            one.current.known.certainty,
        )
        for one in found
    )
