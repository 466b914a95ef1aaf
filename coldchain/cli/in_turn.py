"""What the commands have in common that run one of several services for the same records."""

import argparse
import signal
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from coldchain.errors import UsageError

if TYPE_CHECKING:
    from coldchain.bootstrap.standing_by import Turn
    from coldchain.monitoring.kafka_topic import KafkaSource
    from coldchain.settings import Settings
    from coldchain.settings.shards import Shard


def add_shards_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--shards FILE``."""
    parser.add_argument(
        "--shards", metavar="FILE",
        help="in place of --config: several records, of which this service takes the first that nobody works on",
    )  # fmt: skip


def shards_of(arguments: argparse.Namespace, *, of_kafka: bool) -> "tuple[Shard, ...]":
    """The shards that a command was pointed at; raises `SettingsError` with every problem."""
    import os
    from pathlib import Path

    from coldchain.settings.shards import load_shards

    if arguments.config is not None:
        raise UsageError("--shards names the settings of each shard: leave out --config")
    return load_shards(Path(arguments.shards), os.environ, of_kafka=of_kafka)


def turn_of(settings: "Settings", name: str = "", kafka: "KafkaSource | None" = None) -> "Turn":
    """A record that a service could work on."""
    from functools import partial

    from coldchain.bootstrap import build
    from coldchain.bootstrap.standing_by import Turn
    from coldchain.cli.settings_option import store_of

    return Turn(name, partial(build, settings, kafka=kafka), store_of(settings))


def serve_in_turn(turns: "Sequence[Turn]", says: str = "") -> int:
    """Work on the first record that is free, or stand by until one is; 0 after a clean stop.

    Args:
        turns: The records.
        says: A line to print when the service has started.
    """
    from coldchain.bootstrap.standing_by import start_in_turn
    from coldchain.bootstrap.unserved import Unserved

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with ExitStack() as ending:
        for turn in turns:
            ending.callback(turn.store.close)
        started = start_in_turn(turns, stop, _say_standing_by)
        if started is not None:
            ending.callback(started.app.stop)
            if started.turn.name:
                print(f"coldchain: works on the shard {started.turn.name}", flush=True)
            if says:
                print(f"coldchain: {says}", flush=True)
            print(f"coldchain: pages on {started.app.public_url}", flush=True)
            others = [turn for turn in turns if turn is not started.turn]
            ending.enter_context(Unserved(others, started.app.tell))
            started.app.wait(stop)
    print("coldchain: stopped", flush=True)
    return 0


def _say_standing_by(why: str) -> None:
    print(f"coldchain: standing by: {why}", flush=True)
