"""`coldchain simulate`: seeded refrigerator or shipment readings, to a file or to a broker."""

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from coldchain.domain.duration import milliseconds, parse_duration
from coldchain.errors import UsageError

if TYPE_CHECKING:
    from simulators.device import Sample
    from simulators.faults import Faults
    from simulators.logger_files import LoggerFormat

HELP = "seeded refrigerator or shipment traces, to a file or a broker"
FORMATS = ("csv", "hoboware", "logtag", "ibutton", "qtag")
DAY_MS = 86_400_000
FILE_START = "2026-03-02T00:00:00Z"
PASSWORD_VARIABLE = "COLDCHAIN_SIMULATE_PASSWORD"  # noqa: S105 - the name of a variable


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    kinds = parser.add_subparsers(dest="kind", metavar="WHAT", required=True)
    refrigerator = kinds.add_parser("refrigerator", help="a monitored refrigerator")
    refrigerator.add_argument("--days", type=float, metavar="N", help="how many days (default 1)")
    shipment = kinds.add_parser("shipment", help="a transport box on its way")
    for kind in (refrigerator, shipment):
        _shared_options(kind)
    kinds.add_parser("faults", help="list the faults by name")


def _shared_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="decides noise and places (default 1)")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="NAME",
        help="what goes wrong, again for several; for a refrigerator also NAME@AFTER+FOR, such as "
        "door-left-open@6h+45min ('simulate faults' lists the names)",
    )  # fmt: skip
    parser.add_argument("--every", default="5min", metavar="DUR", help="logging interval (default 5min)")
    parser.add_argument(
        "--start", metavar="TIME",
        help=f"first reading, ISO 8601 (default {FILE_START} for files, now for --publish)",
    )  # fmt: skip
    parser.add_argument("--tz", default="UTC", metavar="ZONE", help="the logger's clock, an IANA zone (default UTC)")
    parser.add_argument("--serial", default="20990001", metavar="TEXT", help="the logger's serial number")
    parser.add_argument("--as", dest="form", choices=FORMATS, default="csv", help="which logger's file (default csv)")
    parser.add_argument("--output", default="-", metavar="FILE", help="where to; - is standard output (default)")
    parser.add_argument("--publish", metavar="HOST:PORT", help="send to this MQTT broker instead of writing a file")
    parser.add_argument("--sensor", metavar="NAME", help="the sensor's name in the topic (default simulated-SEED)")
    parser.add_argument(
        "--speed", type=float, default=1.0, metavar="X",
        help="with --publish: from now on it lives X times as fast as the clock; readings carry the real time",
    )  # fmt: skip
    parser.add_argument(
        "--mqtt-user", metavar="NAME", help=f"account at the broker; its password is in {PASSWORD_VARIABLE}"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the file, send the readings, or list the faults."""
    if arguments.kind == "faults":
        return _list_faults()
    if arguments.publish:
        return _publish(arguments)
    return _write(arguments)


def _list_faults() -> int:
    from simulators.faults import USUAL
    from simulators.shipment import SHIPMENT_FAULTS

    print("refrigerator (usual length; NAME@AFTER+FOR places one yourself)")
    for name, usual in USUAL.items():
        print(f"  {name:<20} {usual.minutes:>4} min  {usual.line}")
    print("shipment")
    for fault, line in SHIPMENT_FAULTS.items():
        print(f"  {fault:<20}           {line}")
    return 0


def _write(arguments: argparse.Namespace) -> int:
    from simulators.logger_files import FORMATS as LOGGER_FORMATS
    from simulators.logger_files import Logged

    form = LOGGER_FORMATS[arguments.form]
    start_ms, every_ms = _instant(arguments.start or FILE_START), _interval(arguments, form)
    start_ms -= start_ms % form.instant_ms  # the device's clock shows no finer time
    samples = list(_samples(arguments, start_ms, every_ms, form))
    if not samples:
        raise UsageError("nothing to write: the time asked for holds no reading; ask for more --days")
    title = f"simulated {arguments.kind}, seed {arguments.seed}"
    content = form.content(Logged(samples, every_ms, arguments.serial, title, _zone(arguments.tz)))
    if arguments.output == "-":
        sys.stdout.buffer.write(content)
        return 0
    try:
        Path(arguments.output).write_bytes(content)
    except OSError as error:
        raise UsageError(f"cannot write {arguments.output}: {error.strerror}; name another with --output") from error
    needed = [] if form.zone_in_file else [f"--tz {arguments.tz}"]
    needed += ["--date-order MDY"] if form.month_first else []
    hint = f"; the file itself does not prove {' '.join(needed)}" if needed else ""
    print(f"{arguments.output}: {len(samples)} readings as {form.name}{hint}", file=sys.stderr)
    return 0


def _publish(arguments: argparse.Namespace) -> int:
    from simulators.publish import Publisher, Timeline, broadcast

    if arguments.speed <= 0:
        raise UsageError("--speed is greater than nothing")
    host, port = _address(arguments.publish)
    every_ms = _interval(arguments, None)
    now_ms = _clock_ms()
    start_ms = _instant(arguments.start) if arguments.start else now_ms
    timeline = Timeline(max(start_ms, now_ms), arguments.speed)
    password = os.environ.get(PASSWORD_VARIABLE)
    sensor = arguments.sensor or f"simulated-{arguments.seed}"
    publisher = Publisher(host, port, sensor, arguments.mqtt_user, password)
    publisher.connect()
    stop = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: stop.set())
    try:
        samples = map(timeline.real, _samples(arguments, start_ms, every_ms, None))
        sent = broadcast(samples, publisher.send, _clock_ms, stop.wait)
        confirmed = publisher.flush(timeout_s=60)
    finally:
        signal.signal(signal.SIGINT, before)
        publisher.close()
    print(f"{sensor}: {sent} readings sent to {host}:{port}", file=sys.stderr)
    if not confirmed:
        print(f"coldchain: {publisher.unanswered} messages were not confirmed by the broker", file=sys.stderr)
    return 0 if confirmed else 1


def _samples(
    arguments: argparse.Namespace, start_ms: int, every_ms: int, form: "LoggerFormat | None"
) -> Iterator["Sample"]:
    """The readings asked for; with a logger's file in mind, as that logger measures them."""
    if arguments.kind == "shipment":
        return _shipment_samples(arguments, start_ms, every_ms, form)
    return _refrigerator_samples(arguments, start_ms, every_ms, form)


def _refrigerator_samples(
    arguments: argparse.Namespace, start_ms: int, every_ms: int, form: "LoggerFormat | None"
) -> Iterator["Sample"]:
    from simulators.device import Device, Setting
    from simulators.faults import FaultName
    from simulators.probe import Probe

    days = 1.0 if arguments.days is None and form else arguments.days
    if days is not None and not 0 < days <= 3660:
        raise UsageError(f"--days lies between 0 and 3660 (got {days:g})")
    end_ms = None if days is None else start_ms + int(days * DAY_MS) - every_ms
    faults = _faults(arguments, start_ms, start_ms + int((days or 1.0) * DAY_MS))
    lost = any(fault.name is FaultName.PROBE_DISCONNECT for fault in faults.each)
    if form and lost and not form.probe_on_plug:
        raise UsageError(f"the sensor of the {form.name} logger is inside it: --fault probe-disconnect cannot happen")
    probe = Probe(steps_per_degree=form.steps_per_degree, wakes_at_milli_c=None) if form else Probe()
    device = Device(
        Setting(probe=probe, faults=faults, on_battery=form is not None), arguments.seed, start_ms - every_ms
    )
    return device.samples(every_ms, end_ms)


def _shipment_samples(
    arguments: argparse.Namespace, start_ms: int, every_ms: int, form: "LoggerFormat | None"
) -> Iterator["Sample"]:
    from simulators.probe import Probe
    from simulators.shipment import Shipment, ShipmentFault, samples, shipment

    names = _known(arguments.fault, tuple(ShipmentFault))
    made = shipment([ShipmentFault(name) for name in names])
    steps = form.steps_per_degree if form else 16
    probe = Probe(steps_per_degree=steps, noise_c=0.03, lag_s=120.0, wakes_at_milli_c=None)
    return samples(Shipment(made.box, made.legs, probe), arguments.seed, start_ms, every_ms)


def _faults(arguments: argparse.Namespace, start_ms: int, end_ms: int) -> "Faults":
    from simulators.faults import USUAL, FaultName, Faults, at, somewhere, together

    _known([text.partition("@")[0] for text in arguments.fault], tuple(FaultName))
    parts: list[Faults] = []
    for place, text in enumerate(arguments.fault):
        name, placed, where = text.partition("@")
        if not placed:
            parts.append(somewhere([FaultName(name)], start_ms, end_ms, arguments.seed * 1000 + place))
            continue
        after, lasting, length = where.partition("+")
        for_ms = _duration(length, "--fault") if lasting else USUAL[FaultName(name)].minutes * 60_000
        if for_ms <= 0:
            raise UsageError(f"--fault: {name} lasts longer than nothing (got {text!r})")
        parts.append(at(FaultName(name), start_ms + _duration(after, "--fault"), for_ms))
    return together(parts)


def _known(names: list[str], known: tuple[str, ...]) -> list[str]:
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UsageError(f"there is no fault {unknown[0]!r} here; choose from {', '.join(known)}")
    return names


def _interval(arguments: argparse.Namespace, form: "LoggerFormat | None") -> int:
    every_ms = _duration(arguments.every, "--every")
    finest_ms = form.instant_ms if form else 1000
    if every_ms < finest_ms or every_ms % finest_ms:
        unit = "minutes" if finest_ms == 60_000 else "seconds"
        raise UsageError(f"--every takes whole {unit} here (got {arguments.every})")
    return every_ms


def _duration(text: str, option: str) -> int:
    try:
        return milliseconds(parse_duration(text))
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from error


def _instant(text: str) -> int:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--start is a time such as {FILE_START} (got {text!r})") from error
    if at.tzinfo is None:
        raise UsageError(f"--start needs its zone, such as {text}Z or {text}+01:00")
    return (at.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1) * 1000


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(f"--tz is an IANA zone such as Europe/Berlin (got {name!r})") from error


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65_536:
        raise UsageError(f"--publish is HOST:PORT, such as 127.0.0.1:1883 (got {text!r})")
    return host.strip("[]"), int(port)


def _clock_ms() -> int:
    return time.time_ns() // 1_000_000
