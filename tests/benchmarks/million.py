"""``make million``: very many sensors, a reading a minute each, through a real broker into the real service.

The broker runs with the settings that we ship, the service is ``coldchain serve`` in a process of its own, the
publisher is a third one, whose processor time is told apart. One message is one reading, at QoS 1, acknowledged after
it is stored and judged. In the same run the same messages go through the same broker to ``mosquitto_sub``.
"""

import argparse
import os
import platform
import signal
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.benchmarks.live import Heard, await_stored, declare, flooded, listen, mosquitto_sub, serving, stored, usage
from tests.benchmarks.publisher import publishing
from tests.benchmarks.stages import stages
from tests.brokers import Mosquitto


def main(words: Sequence[str] | None = None) -> int:
    """Run it and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.million", description=__doc__)
    parser.add_argument("--sensors", type=int, default=1_000_000)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--flood", type=int, default=100_000, help="messages sent as fast as the broker takes them")
    parser.add_argument("--kill-after", type=float, metavar="S", help="then kill the service, start another, and look "
                        "how long what waited meanwhile takes")  # fmt: skip
    arguments = parser.parse_args(words)
    print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} processors, "
          f"load {os.getloadavg()[0]:.1f}", flush=True)  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.monotonic()
        declare(folder, arguments.sensors)
        print(f"{arguments.sensors:,} refrigerators declared in {time.monotonic() - began:,.0f} s", flush=True)
        for what, cost_us in stages(folder, min(arguments.sensors, 20_000)):
            print(f"{what:<58} {cost_us:>10.1f} µs a reading", flush=True)
        broker = Mosquitto(folder).start()
        try:
            theirs = arguments.flood / mosquitto_sub(folder, broker.port, arguments.sensors, arguments.flood)
            print(f"{'mosquitto_sub receives, no storing, no judging':<58} {theirs:>10,.0f} readings/s", flush=True)
            with serving(folder, broker.port) as pid:
                found = flooded(folder, pid, broker.port, arguments.sensors, arguments.flood)
                ours = arguments.flood / found.took_s
                print(f"{'the service receives, stores, judges and acknowledges':<58} {ours:>10,.0f} readings/s   "
                      f"{theirs / ours:.2f} × mosquitto_sub, {found.cpu_us:.0f} µs of its processor a reading",
                      flush=True)  # fmt: skip
                if arguments.kill_after is None:
                    sustained(folder, broker, pid, arguments.sensors, arguments.minutes)
            if arguments.kill_after is not None:
                killed(folder, broker, arguments.sensors, arguments.minutes, arguments.kill_after)
        finally:
            broker.stop()
    return 0


def sustained(folder: Path, broker: Mosquitto, pid: int, sensors: int, minutes: float) -> None:
    """A reading a minute of each sensor; every ten seconds what waits, and what it took since the last line."""
    heard, before = listen(broker.port), stored(folder)
    service, brokers = usage(pid), usage(broker.pid)
    process, pipe = publishing(broker.port, sensors, 60 * minutes, 0)
    began = time.time()
    _watch(began, broker.pid, pid, heard, pipe.poll)
    warm = pipe.recv()
    sent, taken, took, publisher_cpu = pipe.recv()
    ended = time.monotonic()
    await_stored(folder, before + sent)
    behind = time.monotonic() - ended
    process.join(60)
    time.sleep(5)  # the last alerts are on their way
    print(f"{sent:,} readings of {sensors:,} sensors in {took:,.0f} s ({sent / took:,.0f} a second), {taken:,} taken "
          f"by the broker; all stored and judged {behind:.1f} s after the last one", flush=True)  # fmt: skip
    _latencies(warm, heard, began)
    shares = [usage(one).cpu_s - then.cpu_s for one, then in ((pid, service), (broker.pid, brokers))]
    print(f"processor time a reading: service {shares[0] / sent * 1e6:.0f} µs, broker {shares[1] / sent * 1e6:.0f} µs, "
          f"publisher {publisher_cpu / sent * 1e6:.0f} µs", flush=True)  # fmt: skip


def killed(folder: Path, broker: Mosquitto, sensors: int, minutes: float, after_s: float) -> None:
    """The same, of a service that is killed in the middle of it; another one is started at once."""
    heard, before = listen(broker.port), stored(folder)
    with serving(folder, broker.port) as pid:
        process, pipe = publishing(broker.port, sensors, 60 * minutes, 0)
        began = time.time()
        time.sleep(after_s)
        os.kill(pid, signal.SIGKILL)
    ended = time.time()
    with serving(folder, broker.port) as pid:
        print(f"killed after {after_s:,.0f} s; another one answers {time.time() - ended:,.0f} s later", flush=True)
        _watch(began, broker.pid, pid, heard, pipe.poll)
        warm = pipe.recv()
        sent, taken, took, _ = pipe.recv()
        await_stored(folder, before + sent)
        process.join(60)
        time.sleep(5)
        print(f"{sent:,} readings in {took:,.0f} s, {taken:,} taken by the broker, {stored(folder) - before:,} stored")
        _latencies(warm, heard, began)


def _watch(began: float, broker: int, service: int, heard: Heard, done: Callable[[float], bool]) -> None:
    print(f"{'':>10}{'waiting':>12}{'memory':>12}{'service':>12}{'broker':>10}   (processors, since the line before)")
    last, at = (usage(service), usage(broker)), time.monotonic()
    while not done(10):
        now, then = (usage(service), usage(broker)), time.monotonic()
        ours, theirs = ((one.cpu_s - was.cpu_s) / (then - at) for one, was in zip(now, last, strict=True))
        print(f"{time.time() - began:>8.0f} s{heard.waiting:>12,}{now[0].rss_mb:>9,.0f} MB{ours:>12.2f}{theirs:>10.2f}",
              flush=True)  # fmt: skip
        last, at = now, then


def _latencies(warm: Mapping[str, float], heard: Heard, began: float) -> None:
    late = {name: heard.alerts[name] - at for name, at in warm.items() if name in heard.alerts}
    for minute in sorted({int(warm[name] - began) // 60 for name in late}):
        some = sorted(took for name, took in late.items() if int(warm[name] - began) // 60 == minute)
        print(f"  minute {minute + 1:>2}: {_percentiles(some)}")
    print(f"from publish to alert delivered: {_percentiles(sorted(late.values()))} ({len(late)} of {len(warm)} alerts)")


def _percentiles(took_s: Sequence[float]) -> str:
    if not took_s:
        return "no alert"
    cuts = statistics.quantiles(took_s, n=100, method="inclusive") if len(took_s) > 1 else list(took_s) * 99
    return f"p50 {cuts[49]:.2f} s, p99 {cuts[98]:.2f} s, longest {took_s[-1]:.2f} s"


if __name__ == "__main__":
    raise SystemExit(main())
