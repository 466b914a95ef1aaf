"""``make backfill``: a day from the memories of a thousand loggers at once, while others go on measuring.

Every logger was silent for a day, sends a fresh reading, and then its day of minutes, sixty readings a message, all
loggers at once. Meanwhile other refrigerators send a reading a minute, and every half second one of them is too warm.
What counts is how long such a reading waits until it is stored and judged and its alert lies in the outbox.
"""

import argparse
import os
import platform
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

from coldchain.monitoring.incoming import Incoming, Ingested
from coldchain.monitoring.ingest import ingest
from coldchain.monitoring.silence import UNPROVABLE
from coldchain.monitoring.worker import IngestWorker, QueueFull
from coldchain.payloads import Decoded
from coldchain.records import Store, listing
from coldchain.rulebook.book import load_rulebook

MINUTE_MS = 60_000
A_MESSAGE = 60
CHANNELS = (("webhook", "ops"),)


def main(words: Sequence[str] | None = None) -> int:
    """Run it and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.backfill", description=__doc__)
    parser.add_argument("--loggers", type=int, default=1_000)
    parser.add_argument("--readings", type=int, default=1_440, help="of each logger's memory, a minute apart")
    parser.add_argument("--others", type=int, default=1_000, help="refrigerators that go on measuring")
    arguments = parser.parse_args(words)
    print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} processors, "
          f"load {os.getloadavg()[0]:.1f}", flush=True)  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), arguments.loggers, arguments.readings, arguments.others)
    return 0


def run(folder: Path, loggers: int, readings: int, others: int) -> None:
    """The whole story, printed."""
    now_ms = time.time_ns() // 1_000_000
    store = _site(folder, loggers, others, now_ms - (readings + 2) * MINUTE_MS)
    told: set[str] = set()

    def take(batch: Sequence[Incoming]) -> Ingested:
        done = ingest(store, batch, time.time_ns() // 1_000_000, CHANNELS)
        told.update(done.alerts)
        return done

    worker = IngestWorker(take)
    worker.start()
    first = [_message(f"b{k}", [now_ms - (readings + 1) * MINUTE_MS], now_ms) for k in range(loggers)]
    first += [_message(f"b{k}", [now_ms], now_ms) for k in range(loggers)]
    for future in [worker.submit(one, 600) for one in first]:
        future.result(600)
    began = time.monotonic()
    finished: list[float] = []
    feeding = threading.Thread(target=_feed, args=(worker, loggers, readings, now_ms, finished), daemon=True)
    feeding.start()
    waits = _meanwhile(worker, others, feeding, finished)
    took = time.monotonic() - began
    worker.close(600)
    state = worker.state()
    store.close()
    print(f"{loggers * readings:,} readings from {loggers:,} memories stored and judged in {took:,.0f} s "
          f"({loggers * readings / took:,.0f} a second), {state.readings.accepted:,} accepted in all")  # fmt: skip
    waits.sort()
    p99 = waits[int(0.99 * (len(waits) - 1))]
    said = f"p50 {statistics.median(waits):.2f} s, p99 {p99:.2f} s, longest {waits[-1]:.2f} s"
    print(f"meanwhile {len(waits)} readings were too warm: stored, judged and alerted after {said}")
    print(f"{len(told):,} alerts in all")


def _feed(worker: IngestWorker, loggers: int, readings: int, now_ms: int, finished: list[float]) -> None:
    """All memories at once, in turns."""
    futures: list[Future[None]] = []
    for start in range(0, readings, A_MESSAGE):
        for k in range(loggers):
            at_ms = [now_ms - (readings - n) * MINUTE_MS for n in range(start, min(start + A_MESSAGE, readings))]
            while True:
                try:
                    futures.append(worker.submit(_message(f"b{k}", at_ms, now_ms), 5))
                    break
                except QueueFull:
                    time.sleep(0.05)
    for future in futures:
        future.result()
    finished.append(time.monotonic())


def _meanwhile(worker: IngestWorker, others: int, feeding: threading.Thread, finished: list[float]) -> list[float]:
    """A reading a minute of the others; how long each that was too warm waited for its alert."""
    waits: list[float] = []
    warm: list[tuple[float, Future[None]]] = []
    sent, began = 0, time.monotonic()
    while feeding.is_alive() and not finished:
        due = round((time.monotonic() - began) * others / 60)
        for k in range(sent, due):
            now_ms = time.time_ns() // 1_000_000
            too_warm = k % max(1, others // 120) == 0
            future = worker.submit(_message(f"o{k % others}", [now_ms], now_ms, 9000 if too_warm else 5000), 60)
            if too_warm:
                warm.append((time.monotonic(), future))
        sent = due
        for since, future in [one for one in warm if one[1].done()]:
            waits.append(time.monotonic() - since)
            warm.remove((since, future))
        time.sleep(0.02)
    for since, future in warm:
        future.result(600)
        waits.append(time.monotonic() - since)
    return waits


def _site(folder: Path, loggers: int, others: int, from_ms: int) -> Store:
    store = Store(f"sqlite:///{folder / 'backfill.db'}")
    store.migrate()
    rulebook = load_rulebook()
    product, text = rulebook.product("refrigerated-2-8"), rulebook.text("refrigerated-2-8")
    names = [f"b{k}" for k in range(loggers)] + [f"o{k}" for k in range(others)]
    with store.transaction() as tx:
        listing.put(tx, [listing.Listed(name, name, "", name) for name in names], product, text,
                    product.first_stage.name, from_ms, unprovable=UNPROVABLE)  # fmt: skip
    return store


def _message(sensor: str, at_ms: list[int], received_ms: int, milli_c: int = 5000) -> Incoming:
    decoded = tuple(
        Decoded(sensor, "", one, milli_c + one // MINUTE_MS % 7 * 10, None, str(milli_c / 1000), position=position)
        for position, one in enumerate(at_ms)
    )
    return Incoming("mqtt", f"t/{sensor}", f"t/{sensor}", b"[]", received_ms, decoded)


if __name__ == "__main__":
    raise SystemExit(main())
