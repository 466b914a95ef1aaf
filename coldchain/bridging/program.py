"""The bridge from MQTT into Kafka, as a program of its own: made from the settings, and watched."""

import logging
import threading
import time
from dataclasses import replace

from coldchain.bridging.address import broker_address
from coldchain.errors import ColdchainError, UsageError
from coldchain.monitoring.kafka_bridge import KafkaBridge
from coldchain.monitoring.kafka_topic import must_be_installed
from coldchain.monitoring.kafka_writer import KafkaTarget
from coldchain.payloads import Router
from coldchain.settings import Settings

_log = logging.getLogger("coldchain")

_LOOK_S = 0.5
_TOLD_AFTER_S = 2.0
"""What is over sooner, such as not being connected yet, is not told."""
_COUNTS_EVERY_S = 60.0


def bridge_of(settings: Settings, target: KafkaTarget, client_id: str | None = None) -> KafkaBridge:
    """The bridge that the settings ask for, not started.

    Args:
        settings: Their MQTT broker is read from; their routes say what is subscribed to.
        target: Where the messages go.
        client_id: The session's name; without one the settings' with ``-bridge`` behind it, so that a service with the
            same settings is not pushed off the broker.

    Raises:
        UsageError: There is no broker in the settings, or Kafka's client is not installed.
    """
    must_be_installed()
    mqtt = settings.mqtt
    if mqtt.mode != "broker":
        raise UsageError(f"the bridge reads from an MQTT broker, and mqtt.mode is {mqtt.mode}: set mqtt.mode: broker")
    address = replace(broker_address(mqtt), client_id=client_id or f"{mqtt.client_id}-bridge")
    routes = [replace(route, tz=route.tz or settings.tz) for route in mqtt.routes]
    return KafkaBridge(address, Router(routes), target)


def keep_telling(bridge: KafkaBridge, stop: threading.Event) -> None:
    """Wait, and log what goes wrong, when it is well again, and how many messages went through.

    Raises:
        ColdchainError: The bridge has ended by itself.
    """
    said, seen, since_s = None, None, time.monotonic()
    counted_s, before = time.monotonic(), bridge.state()
    while not stop.wait(_LOOK_S):
        if not bridge.alive:
            raise ColdchainError("the bridge has ended by itself")
        state, now_s = bridge.state(), time.monotonic()
        kind = _kind(state.complaint)
        if kind != seen:
            seen, since_s = kind, now_s
        if kind != said and (kind is None or now_s - since_s >= _TOLD_AFTER_S):
            _log.log(logging.WARNING if kind else logging.INFO, "%s", state.complaint or "messages are forwarded again")
            said = kind
        if now_s - counted_s >= _COUNTS_EVERY_S:
            _log.info(
                "%d messages received, %d taken by Kafka, %d of them only in part, in the last minute",
                state.received - before.received, state.taken - before.taken, state.cut - before.cut,
            )  # fmt: skip
            counted_s, before = now_s, state


def _kind(complaint: str | None) -> str | None:
    """A complaint without its numbers, which change at every look."""
    return None if complaint is None else "".join(each for each in complaint if not each.isdigit())
