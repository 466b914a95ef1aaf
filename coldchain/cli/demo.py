"""`coldchain demo`: broker, record, pages, alerts and eight simulated refrigerators, on this machine only."""

import argparse
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from coldchain.errors import ColdchainError, UsageError

if TYPE_CHECKING:
    from simulators.demo import Counts, Demo

HELP = "a ward with eight simulated refrigerators: broker, pages, alerts, seven days of history"
HISTORY_TIMEOUT_S = 600.0
DELIVERY_TIMEOUT_S = 60.0
"""So long on the slowest machine; it is over as soon as there is nothing to wait for."""
WATCH_EVERY_S = 0.25


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--for", dest="lasting", metavar="DUR", help="end by itself after so long, such as 60s")
    parser.add_argument("--http-port", type=int, default=8080, metavar="N", help="port of the pages (default 8080)")
    parser.add_argument("--mqtt-port", type=int, default=1883, metavar="N", help="port of the broker (default 1883)")
    parser.add_argument(
        "--folder", metavar="DIR", help="where everything is kept; the same again continues (default: a new one)"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="decides the noise (default 1)")
    parser.add_argument("--tz", metavar="ZONE", help="zone in which pages show times (default: this machine's)")


def run(arguments: argparse.Namespace) -> int:
    """Run the demo until it is interrupted, or for as long as asked; the last line says what came of it."""
    lasting_s = _seconds(arguments.lasting)
    for name in ("http_port", "mqtt_port"):
        if not 0 <= getattr(arguments, name) < 65_536:
            raise UsageError(f"--{name.replace('_', '-')} lies between 0 and 65535 (got {getattr(arguments, name)})")
    zone, folder = _zone(arguments.tz), _folder(arguments.folder)
    ends_s = None if lasting_s is None else time.monotonic() + lasting_s
    with _interruptible() as stop:
        _log_to(folder / "demo.log")
        counts = _run(arguments, zone, folder, stop, ends_s)
    print(
        f"demo ended: {_number(counts.readings)} readings stored, {_number(counts.excursions)} excursions opened, "
        f"{_number(counts.delivered)} alerts delivered, {_number(counts.quarantined)} readings quarantined; "
        f"all of it is in {folder}",
        flush=True,
    )
    return 0


def _run(
    arguments: argparse.Namespace, zone: str, folder: Path, stop: threading.Event, ends_s: float | None
) -> "Counts":
    from simulators.demo import Asked, Demo

    _say("starting: record, broker, pages and eight refrigerators ...")
    console = _Console()
    demo = Demo(Asked(folder, arguments.http_port, arguments.mqtt_port, arguments.seed, zone), console.mail_came)
    demo.start()
    try:
        _introduce(demo)
        _history(demo)
        _stock(demo)
        _past_alerts(demo, stop)
        console.live = True
        _watch(demo, stop, ends_s)
        return demo.settle(DELIVERY_TIMEOUT_S)
    finally:
        demo.stop()


class _Console:
    """Says each alert's subject once life has begun; those about the past are only counted."""

    def __init__(self) -> None:
        self.live = False

    def mail_came(self, subject: str) -> None:
        if self.live:
            _say(f"{datetime.now().astimezone():%H:%M:%S}  mail: {subject}")


def _introduce(demo: "Demo") -> None:
    from simulators.demo import ACCOUNTS, PASSWORD
    from simulators.stories import STORIES

    folder = demo.asked.folder
    _say(f"""
  pages    {demo.app.public_url}
           sign in as {", ".join(ACCOUNTS)}; the password of each is {PASSWORD}
  MQTT     127.0.0.1:{demo.app.mqtt_port}: readings on coldchain/readings/<sensor>,
           alerts on coldchain/alerts/<location>
  alerts   by mail into {folder / "mail"}, by webhook into {folder / "webhook"}, and by MQTT
  record   {folder / "coldchain.db"}{" (continued)" if demo.continued else ""}, log {folder / "demo.log"}
""")
    for story in STORIES:
        _say(f"  {story.title:<24} {story.product}\n      so far: {story.history}\n      now:    {story.now}")
    _say("")


def _history(demo: "Demo") -> None:
    """Wait until the past is stored: it goes the same way in as everything else."""
    began_s = time.monotonic()
    if demo.ward is None or not demo.ward.wait_for_history(HISTORY_TIMEOUT_S):
        raise ColdchainError(f"the history was not stored within {HISTORY_TIMEOUT_S:g} s; see the log in the folder")
    from simulators.stories import EVERY_MS, SPEED

    _say(
        f"the past is stored: {_number(demo.counts().readings)} readings by MQTT "
        f"in {time.monotonic() - began_s:.1f} s\n"
        f"from now on the refrigerators live {SPEED:g} times as fast as real ones: a reading each every "
        f"{EVERY_MS / 1000 / SPEED:g} s,\nstamped with the real time at which it is sent. Ctrl-C ends the demo.\n"
    )


def _stock(demo: "Demo") -> None:
    """Lots and prepared medicines, of what is stored by now."""
    for line in demo.stock().lines:
        _say(f"  {line}")
    _say("")


def _past_alerts(demo: "Demo", stop: threading.Event) -> None:
    """Wait until the alerts that the past raised are delivered, so that what is said from now on is news."""
    until_s = time.monotonic() + DELIVERY_TIMEOUT_S
    while (counts := demo.counts()).pending and time.monotonic() < until_s and not stop.wait(WATCH_EVERY_S):
        pass
    if counts.delivered:
        _say(f"{_number(counts.delivered)} alerts about it were delivered by mail, webhook and MQTT\n")


def _watch(demo: "Demo", stop: threading.Event, ends_s: float | None) -> None:
    """Until it is to stop: see that everything still runs."""
    ending = threading.Event()

    def watch() -> None:
        while not stop.wait(WATCH_EVERY_S) and (ends_s is None or time.monotonic() < ends_s):
            pass
        ending.set()

    threading.Thread(target=watch, name="demo-end", daemon=True).start()
    demo.app.wait(ending)
    if demo.ward is not None:
        demo.ward.check()


@contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """Set an event on Ctrl-C or SIGTERM; a second one interrupts at once."""
    stop = threading.Event()

    def asked_to_stop(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, asked_to_stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _seconds(text: str | None) -> float | None:
    from coldchain.domain.duration import parse_duration

    if text is None:
        return None
    try:
        return parse_duration(text).total_seconds()
    except ValueError as error:
        raise UsageError(f"--for: {error}") from error


def _folder(text: str | None) -> Path:
    import tempfile

    if text is None:
        return Path(tempfile.mkdtemp(prefix="coldchain-demo-"))
    folder = Path(text).expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make the folder {folder} ({error.strerror}); name another with --folder") from error
    if not os.access(folder, os.W_OK):
        raise UsageError(f"cannot write into {folder}; name another folder with --folder")
    return folder


def _zone(name: str | None) -> str:
    """The zone asked for, else this machine's where it says one by name, else UTC."""
    from zoneinfo import available_timezones

    known = available_timezones()
    if name is not None:
        if name not in known:
            raise UsageError(f"--tz is an IANA zone such as Europe/Berlin (got {name!r})")
        return name
    linked = os.path.realpath("/etc/localtime").partition("zoneinfo/")[2].removeprefix("Etc/")
    return next((found for found in (os.environ.get("TZ", ""), linked) if found in known), "UTC")


def _log_to(file: Path) -> None:
    import logging

    logging.basicConfig(
        filename=file, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    for noisy in ("alembic", "uvicorn", "amqtt", "transitions"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns of a bell that rings while it is answered


def _number(count: int) -> str:
    return f"{count:,}".replace(",", " ")


def _say(text: str) -> None:
    print(text, flush=True)
