"""What each stage of the way in costs, by its processor time, in one process."""

import time
from collections.abc import Iterator
from pathlib import Path

from coldchain.monitoring import mqtt_wire
from coldchain.monitoring.arriving import Arrivals
from coldchain.monitoring.batches import Plain
from coldchain.monitoring.ingest import ingest
from coldchain.monitoring.mqtt_wire import Published
from coldchain.payloads import DEFAULT_ROUTES, Router
from coldchain.records import Store
from tests.benchmarks.publisher import now_ms, packet, payload

_AT_ONCE = 2_500


def stages(folder: Path, sensors: int) -> Iterator[tuple[str, float]]:
    """Each stage and its cost, µs a reading; the record has that many sensors, of which none was heard yet."""
    store = Store(f"sqlite:///{folder / 'million.db'}")
    arrivals = Arrivals(Router(DEFAULT_ROUTES), now_ms)
    at_ms = now_ms()
    wire = b"".join(packet(f"coldchain/readings/s{k}", payload(at_ms + k % 1000, 5000 + k % 900), k % 65_000 + 1)
                    for k in range(sensors))  # fmt: skip
    began = time.process_time()
    published = mqtt_wire.parse(wire, five=False).published
    yield "parsing MQTT", _since(began, sensors)
    began = time.process_time()
    lots = _decoded(arrivals, published)
    yield "decoding", _since(began, sensors)
    began = time.process_time()
    _ingested(store, lots)
    yield "storing and judging, sensors looked up for the first time", _since(began, sensors)
    later = [(number, topic, payload(at_ms + 2_000, 5000), False, False) for number, topic, *_ in published]
    lots = _decoded(arrivals, later)
    began = time.process_time()
    _ingested(store, lots)
    yield "storing and judging, calm readings", _since(began, sensors)
    began = time.process_time()
    mqtt_wire.acknowledgements([number for number, *_ in published])
    yield "acknowledging", _since(began, sensors)
    store.close()


def _decoded(arrivals: Arrivals, published: list[Published]) -> list[Plain]:
    return [arrivals.arrive_all(published[at : at + _AT_ONCE]).plain for at in range(0, len(published), _AT_ONCE)]


def _ingested(store: Store, lots: list[Plain]) -> None:
    for lot in lots:
        ingest(store, lot, now_ms(), ())


def _since(began: float, readings: int) -> float:
    return (time.process_time() - began) / readings * 1e6
