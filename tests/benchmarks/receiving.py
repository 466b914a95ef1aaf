"""The live way in as a whole, against ``mosquitto_sub`` that receives the same messages from the same broker."""

from pathlib import Path

from tests.benchmarks.live import declare, flooded, mosquitto_sub, serving
from tests.benchmarks.measure import Measured
from tests.benchmarks.stages import stages
from tests.brokers import Mosquitto


def receiving(folder: Path, *, short: bool) -> Measured:
    """A flood of single readings at QoS 1: the second one of each sensor, so that all of them are known."""
    sensors = 1_000 if short else 20_000
    site = folder / "live"
    site.mkdir()
    declare(site, 2 * sensors)
    costs = ", ".join(f"{what} {cost_us:.1f}" for what, cost_us in stages(site, sensors))
    broker = Mosquitto(site).start()
    try:
        theirs_s = mosquitto_sub(site, broker.port, sensors, sensors)
        with serving(site, broker.port) as pid:
            flooded(site, pid, broker.port, sensors, sensors)
            found = flooded(site, pid, broker.port, sensors, sensors)
    finally:
        broker.stop()
    return Measured(
        f"receiving, storing, judging and acknowledging {sensors:,} readings", found.took_s, sensors, "readings",
        "mosquitto_sub", theirs_s, f"µs a reading: {costs}; the service {found.cpu_us:.0f} in all",
    )  # fmt: skip
