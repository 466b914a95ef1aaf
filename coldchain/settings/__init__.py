"""What the service is told from outside: ``coldchain.yaml`` and ``COLDCHAIN_*`` variables to frozen `Settings`.

`load` reads them and names every problem at once, `load_record` what commands on the record alone need of them; the
`shapes` can also be made directly, as the demo does. `sources` is the file and the environment, `reader` one section of
it, and each section has a file: `http`, `mqtt`, `database`, `places`, `channels`, `devices`, `bounds`. `addresses` and
`files` are what several of them read. `shards` are several services' settings.
"""

from coldchain.payloads.routing import Route
from coldchain.settings.load import DEFAULT_FILE, load, load_record
from coldchain.settings.shapes import (
    Alerts,
    ApiToken,
    Http,
    Location,
    MailChannel,
    Mqtt,
    RecordSettings,
    Secret,
    Sensor,
    Settings,
    WebhookChannel,
)

__all__ = [
    "DEFAULT_FILE",
    "Alerts",
    "ApiToken",
    "Http",
    "Location",
    "MailChannel",
    "Mqtt",
    "RecordSettings",
    "Route",
    "Secret",
    "Sensor",
    "Settings",
    "WebhookChannel",
    "load",
    "load_record",
]
