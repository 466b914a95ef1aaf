"""``coldchain feed``: the live service fed from Kafka, and how messages get from MQTT to Kafka."""

import argparse
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from coldchain.cli.in_turn import add_shards_option, serve_in_turn, shards_of, turn_of
from coldchain.cli.settings_option import add_config_option, settings_of
from coldchain.errors import UsageError

if TYPE_CHECKING:
    from coldchain.monitoring.kafka_topic import KafkaSource
    from coldchain.monitoring.kafka_writer import KafkaTarget
    from coldchain.settings import Settings

HELP = "the live service fed from a Kafka topic, and a bridge from MQTT into one"
TOPIC = "coldchain.readings"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the kinds of feeds and their options."""
    kinds = parser.add_subparsers(dest="kind", metavar="FROM", required=True)
    kafka = kinds.add_parser("kafka", help="serve as 'coldchain serve' does, with a Kafka topic in place of MQTT")
    add_config_option(kafka)
    add_shards_option(kafka)
    _kafka_options(kafka)
    kafka.add_argument(
        "--partitions", metavar="LIST", help="only these, such as 0-3,7: another record has the others (default all)"
    )

    bridge = kinds.add_parser("bridge", help="forward MQTT messages to a Kafka topic; acknowledged when Kafka has them")
    add_config_option(bridge)
    _kafka_options(bridge)
    bridge.add_argument(
        "--client-id", metavar="NAME",
        help="its session at the MQTT broker, which only one may use (default mqtt.client_id with -bridge behind it)",
    )  # fmt: skip
    bridge.add_argument(
        "--http", type=int, metavar="PORT", help="answers /healthz and /metrics on this machine (default: nowhere)"
    )


def _kafka_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--brokers", required=True, metavar="HOST:PORT", help="Kafka, several with commas")
    parser.add_argument("--topic", default=TOPIC, metavar="NAME", help=f"keyed by sensor (default {TOPIC})")
    parser.add_argument(
        "--client-settings", metavar="FILE",
        help="settings of Kafka's client (librdkafka), NAME=VALUE a line: security.protocol, sasl.password, ...",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop; 0 after a clean stop."""
    return _bridge(arguments) if arguments.kind == "bridge" else _serve(arguments)


def _bridge(arguments: argparse.Namespace) -> int:
    import signal
    import threading

    settings = settings_of(arguments)
    target = _target(arguments)

    from coldchain import logs
    from coldchain.bridging.program import bridge_of, keep_telling
    from coldchain.bridging.watching import Watched

    bridge = bridge_of(settings, target, arguments.client_id)
    logs.set_up(settings.watch.log)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if arguments.http is not None and not 0 <= arguments.http <= 65_535:
        raise UsageError(f"--http is a port, 0 to 65535 (got {arguments.http})")
    watched = None if arguments.http is None else Watched(arguments.http, bridge.state)
    bridge.start()
    try:
        where = f"{settings.mqtt.host}, port {settings.mqtt.port}"
        print(f"coldchain: forwards from MQTT at {where}, to {target.topic} in Kafka at {target.brokers}", flush=True)
        with watched or nullcontext():
            keep_telling(bridge, stop)
    finally:
        bridge.stop()
    print(f"coldchain: stopped, {bridge.state().acknowledged} messages forwarded", flush=True)
    return 0


def _serve(arguments: argparse.Namespace) -> int:
    if arguments.shards is not None and arguments.partitions is not None:
        raise UsageError("--shards says which partitions each shard reads: leave out --partitions")
    sources: list[tuple[str, Settings, KafkaSource]] = []
    if arguments.shards is None:
        sources.append(("", settings_of(arguments), _source(arguments, _partitions(arguments.partitions), None)))
    else:
        shards = shards_of(arguments, of_kafka=True)
        every = frozenset[int]().union(*(shard.partitions or () for shard in shards))
        sources += [(shard.name, shard.settings, _source(arguments, shard.partitions, every)) for shard in shards]

    from coldchain import logs
    from coldchain.monitoring.kafka_topic import must_be_installed

    must_be_installed()
    logs.set_up(sources[0][1].watch.log)
    turns = [turn_of(settings, name, source) for name, settings, source in sources]
    return serve_in_turn(turns, f"reads {arguments.topic} from Kafka at {arguments.brokers}")


def _source(
    arguments: argparse.Namespace, partitions: frozenset[int] | None, elsewhere: frozenset[int] | None
) -> "KafkaSource":
    from coldchain.monitoring.kafka_topic import KafkaSource

    return KafkaSource(arguments.brokers, arguments.topic, partitions, elsewhere, _more(arguments.client_settings))


def _target(arguments: argparse.Namespace) -> "KafkaTarget":
    from coldchain.monitoring.kafka_writer import KafkaTarget

    return KafkaTarget(arguments.brokers, arguments.topic, _more(arguments.client_settings))


def _partitions(text: str | None) -> frozenset[int] | None:
    from coldchain.settings.shards import partitions_of

    found = None if text is None else partitions_of(text)
    if text is not None and found is None:
        raise UsageError(f"--partitions is a list such as 0-3,7 (got {text!r})")
    return found


def _more(name: str | None) -> dict[str, str]:
    if name is None:
        return {}
    try:
        lines = Path(name).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--client-settings: cannot read {name}: {error}") from error
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        key, equals, value = line.strip().partition("=")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not equals:
            raise UsageError(f"{name}:{number}: write NAME=VALUE")
        found[key.strip()] = value.strip()
    return found
