"""The MQTT alert topic: the newest alert of a location, retained, at ``coldchain/alerts/<location>``.

That of a prepared medicine stands at ``coldchain/alerts/preparations/<number>``, that of an item at
``coldchain/alerts/items/<number>``: they must not hide the location's. The daily notice about sensors stands at
``coldchain/alerts/devices``.
"""

import json
from collections.abc import Callable

from coldchain.errors import BrokerUnavailable, DeliveryFailed
from coldchain.notifying.channel import Body
from coldchain.notifying.devices import is_about_devices
from coldchain.notifying.service import is_about_service

TOPIC = "coldchain/alerts/"

Publish = Callable[[str, bytes], None]
"""Publishes a retained message; returns when the broker has it, raises `BrokerUnavailable`."""


class AlertTopic:
    """Publishes alerts; in their order, because what was sent last is what stands."""

    in_order = True

    def __init__(self, publish: Publish) -> None:
        self._publish = publish

    def send(self, alert_id: str, body: Body) -> str:
        """Publish the alert; see `Channel.send`. The id is in the body."""
        content = json.dumps({**body, "id": alert_id}, ensure_ascii=False, allow_nan=False).encode()
        topic = topic_of(body)
        try:
            self._publish(topic, content)
        except BrokerUnavailable as error:
            raise DeliveryFailed(str(error), retry=True) from error
        return f"published to {topic}"


def topic_of(body: Body) -> str:
    """Where an alert stands."""
    if is_about_service(body):
        return f"{TOPIC}service/{body['part']}"
    if is_about_devices(body):
        return f"{TOPIC}devices"
    if body.get("preparation"):
        return f"{TOPIC}preparations/{body['preparation']['number']}"
    if body.get("item"):
        return f"{TOPIC}items/{body['item']['id']}"
    return f"{TOPIC}{body['location']['name']}"
