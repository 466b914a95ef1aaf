"""The settings' alert channels, as what the outbox names them."""

from collections.abc import Callable, Iterable
from zoneinfo import ZoneInfo

from coldchain.notifying import Channel
from coldchain.notifying.channel import Body
from coldchain.notifying.mqtt import AlertTopic, Publish
from coldchain.notifying.smtp import Mail
from coldchain.notifying.webhook import Webhook
from coldchain.settings import MailChannel, Settings, WebhookChannel

Key = tuple[str, str]
"""A channel's kind and target: ``("smtp", "pharmacy: ann@example.org")``, ``("webhook", "ops")``."""


def alert_channels(
    settings: Settings, public_url: str, publish: Publish, clock_ms: Callable[[], int]
) -> dict[Key, Channel]:
    """Every channel by its outbox name; an e-mail channel is one for each recipient, so that each is told once.

    Args:
        settings: What the service was told.
        public_url: What links begin with.
        publish: Hands a retained message to the broker.
        clock_ms: The time, UTC ms.
    """
    channels: dict[Key, Channel] = {}
    for mail in settings.alerts.mail:
        for recipient in mail.to:
            channels["smtp", f"{mail.name}: {recipient}"] = mail_of(mail, recipient, ZoneInfo(settings.tz), clock_ms)
    for hook in settings.alerts.webhooks:
        channels["webhook", hook.name] = _webhook(hook, clock_ms)
    if settings.alerts.mqtt and settings.mqtt.mode != "off":
        channels["mqtt", "alerts"] = AlertTopic(publish)
    return {key: _Linked(channel, public_url) for key, channel in channels.items()}


def device_targets(settings: Settings, channels: Iterable[Key]) -> tuple[Key, ...]:
    """Who of the channels is told of what is the matter with sensors themselves."""
    alerts, left_out = settings.alerts, set[Key]()
    for mail in alerts.mail:
        left_out |= set() if mail.devices else {("smtp", f"{mail.name}: {recipient}") for recipient in mail.to}
    left_out |= {("webhook", hook.name) for hook in alerts.webhooks if not hook.devices}
    return tuple(key for key in channels if key not in left_out) if settings.devices.tell else ()


class _Linked:
    """A channel whose alerts name the page with its whole address; the record keeps the path alone."""

    def __init__(self, channel: Channel, public_url: str) -> None:
        self._channel = channel
        self._public_url = public_url

    @property
    def in_order(self) -> bool:
        return self._channel.in_order

    def send(self, alert_id: str, body: Body) -> str:
        return self._channel.send(alert_id, {**body, "link": self._public_url + str(body["link"])})


def mail_of(channel: MailChannel, recipient: str, zone: ZoneInfo, clock_ms: Callable[[], int]) -> Mail:
    """The settings' e-mail channel to one of its recipients."""
    return Mail(
        channel.host,
        channel.port,
        channel.security,
        channel.sender,
        recipient,
        zone,
        clock_ms,
        user=channel.user,
        password=channel.password.reveal if channel.password else None,
        ca_file=channel.ca_file,
        timeout_s=channel.timeout_s,
    )


def _webhook(channel: WebhookChannel, clock_ms: Callable[[], int]) -> Webhook:
    return Webhook(
        channel.url.reveal,
        clock_ms,
        secret=channel.secret.reveal if channel.secret else None,
        ca_file=channel.ca_file,
        timeout_s=channel.timeout_s,
    )
