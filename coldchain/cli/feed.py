"""``coldchain feed``: the live service fed from Kafka, and how messages get from MQTT to Kafka."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from coldchain.cli.settings_option import add_config_option, settings_of, store_of
from coldchain.errors import UsageError

if TYPE_CHECKING:
    from coldchain.monitoring.kafka_topic import KafkaSource
    from coldchain.monitoring.kafka_writer import KafkaTarget

HELP = "the live service fed from a Kafka topic, and a bridge from MQTT into one"
TOPIC = "coldchain.readings"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the kinds of feeds and their options."""
    kinds = parser.add_subparsers(dest="kind", metavar="FROM", required=True)
    kafka = kinds.add_parser("kafka", help="serve as 'coldchain serve' does, with a Kafka topic in place of MQTT")
    add_config_option(kafka)
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

    bridge = bridge_of(settings, target, arguments.client_id)
    logs.set_up(settings.watch.log)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    bridge.start()
    try:
        where = f"{settings.mqtt.host}, port {settings.mqtt.port}"
        print(f"coldchain: forwards from MQTT at {where}, to {target.topic} in Kafka at {target.brokers}", flush=True)
        keep_telling(bridge, stop)
    finally:
        bridge.stop()
    print(f"coldchain: stopped, {bridge.state().acknowledged} messages forwarded", flush=True)
    return 0


def _serve(arguments: argparse.Namespace) -> int:
    import signal
    import threading

    settings = settings_of(arguments)
    source = _source(arguments)

    from coldchain import logs
    from coldchain.bootstrap import build
    from coldchain.bootstrap.standing_by import start_in_turn
    from coldchain.monitoring.kafka_topic import must_be_installed

    must_be_installed()
    logs.set_up(settings.watch.log)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    record = store_of(settings)
    try:
        app = start_in_turn(lambda: build(settings, kafka=source), record, stop, _say_standing_by)
    finally:
        record.close()
    if app is not None:
        try:
            print(f"coldchain: reads {source.topic} from Kafka at {source.brokers}", flush=True)
            print(f"coldchain: pages on {app.public_url}", flush=True)
            app.wait(stop)
        finally:
            app.stop()
    print("coldchain: stopped", flush=True)
    return 0


def _say_standing_by(why: str) -> None:
    print(f"coldchain: standing by: {why}", flush=True)


def _source(arguments: argparse.Namespace) -> "KafkaSource":
    from coldchain.monitoring.kafka_topic import KafkaSource

    return KafkaSource(
        arguments.brokers, arguments.topic, _partitions(arguments.partitions), _more(arguments.client_settings)
    )


def _target(arguments: argparse.Namespace) -> "KafkaTarget":
    from coldchain.monitoring.kafka_writer import KafkaTarget

    return KafkaTarget(arguments.brokers, arguments.topic, _more(arguments.client_settings))


def _partitions(text: str | None) -> frozenset[int] | None:
    if text is None:
        return None
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        ends = (first, last if dash else first)
        if not all(end.isascii() and end.isdecimal() and len(end) <= 6 for end in ends) or int(ends[1]) < int(ends[0]):
            raise UsageError(f"--partitions is a list such as 0-3,7 (got {text!r})")
        found |= set(range(int(ends[0]), int(ends[1]) + 1))
    return frozenset(found)


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
