"""A site for one round: broker, database, service, gateway, receiver, and networks between them that can be cut."""

import contextlib
import random
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from paho.mqtt.enums import MQTTProtocolVersion

from tests.brokers import PASSWORD, SENSORS, Mosquitto
from tests.chaos import links
from tests.chaos.databases import LONGEST_S, Cluster, Postgres, Sqlite, await_
from tests.chaos.disk import Disk
from tests.chaos.gateway import Gateway, Link
from tests.chaos.plan import BROKER, EMBEDDED, HTTP, POSTGRESQL, Plan
from tests.chaos.proxy import Acknowledged, Proxy
from tests.chaos.receiver import Receiver
from tests.chaos.service import SETTINGS, TOKEN, Service
from tests.monitoring.ward import product_text

SENSOR_NAMES = ("fridge-1", "fridge-2", "fridge-3")
PRODUCT = product_text(
    "{above: 8 °C}", "{below: 2 °C}", "{id: hot, above: 11 °C, allow: {each: 300 ms}}", max_gap="5 s", id_="chaos"
)

_SETTINGS = """\
data: data
rules: rules
database: {{url: "{database}"}}
http: {{port: {http_port}, tokens: {{gateway: {{may_write: true}}}}}}
mqtt: {mqtt}
alerts:
  mqtt: false
  webhooks: {{ops: {{url: "{webhook}"}}}}
locations:
{locations}
"""
_TRIES = 5
_LOCATION = "  {name}: {{title: Refrigerator {name}, product: chaos, sensor: {name}, since: '{since}'}}"


@dataclass
class Site:
    """Everything of one round."""

    plan: Plan
    disk: Disk
    database: Sqlite | Postgres
    cluster: Cluster | None
    service: Service
    receiver: Receiver
    gateway: Gateway
    broker: Mosquitto | None
    acknowledged: Acknowledged
    proxies: dict[str, Proxy]
    way_in_port: int
    http_port: int
    since_ms: int
    findings: list[str] = field(default_factory=list)
    promises_checked: int = 0

    def live(self) -> None:
        """The service runs and can be reached, whatever it died of; called when everything else is well again."""
        for _ in range(_TRIES):
            self.service.revive()
            self.service.await_pages(self.http_port)
            if self.service.pid is not None:
                return
        raise AssertionError(f"the service does not stay alive:\n{self.service.log()[-3000:]}")

    def stand_still(self, step: int) -> str:
        """The service at a step of its transactions; returns which."""
        for _ in range(_TRIES):
            self.service.revive()
            name = self.service.stop_at_step(step)
            if name is not None:
                return name
        raise AssertionError(f"the service does not stay alive:\n{self.service.log()[-3000:]}")

    def stored(self) -> dict[tuple[str, int], int]:
        """Every reading of the record, past the service."""
        question = "select sensor.name, measured_ms, milli_c from reading join sensor on sensor.id = sensor_id"
        return {(name, at_ms): milli_c for name, at_ms, milli_c in self.database.rows(question)}

    def check_promises(self) -> None:
        """What is acknowledged is stored, at this very moment; the service has just died or stands still."""
        promised = set(self.acknowledged.readings)
        if self.plan.way != BROKER:
            promised |= set(self.gateway.acknowledged())
        self.promises_checked += 1
        missing = promised and promised - set(self.stored())
        if missing:
            self.findings.append(f"{len(missing)} readings were acknowledged and are not stored after a kill")


@contextlib.contextmanager
def site(plan: Plan, disk: Disk, cluster: Cluster | None, folder: Path) -> Iterator[Site]:
    """A site for the length of the block; the service runs and the gateway publishes."""
    with contextlib.ExitStack() as parts:
        service = Service(folder)
        parts.callback(service.close)
        receiver = Receiver(lambda: service.life)
        webhook = parts.enter_context(receiver.listening())
        made = _lay_out(plan, disk, cluster, folder, service, receiver, parts)
        _write_settings(made, folder, webhook)
        service.start()
        made.live()
        made.gateway.start()
        parts.callback(made.gateway.close)
        yield made


def _lay_out(
    plan: Plan, disk: Disk, cluster: Cluster | None, folder: Path, service: Service, receiver: Receiver,
    parts: contextlib.ExitStack,
) -> Site:  # fmt: skip
    acknowledged, proxies = Acknowledged(), {}

    def proxy(name: str, target: int, **watches: object) -> int:
        proxies[name] = Proxy(target, **watches)  # type: ignore[arg-type]
        parts.callback(proxies[name].close)
        return proxies[name].port

    way_in_port, broker = fixed_port(), None
    if plan.way == BROKER:
        broker = Mosquitto(folder, way_in_port).start()
        parts.callback(broker.stop)
        proxy("broker", way_in_port, watches=acknowledged.watches)
    front = proxy("way in", way_in_port)
    database: Sqlite | Postgres
    if plan.database == POSTGRESQL:
        assert cluster is not None
        name = f"round_{plan.seed}"
        cluster.new_database(name)
        parts.callback(cluster.drop, name)
        database = Postgres(cluster, name, proxy("database", cluster.port))
    else:
        place = disk.folder / f"round-{plan.seed}"
        place.mkdir()
        database = Sqlite(place)
    since_ms = time.time_ns() // 1_000_000 - 25 * 60_000
    gateway = Gateway(lambda: _link(plan, front), SENSOR_NAMES, since_ms, plan.seed)
    return Site(
        plan, disk, database, cluster, service, receiver, gateway, broker, acknowledged, proxies, way_in_port,
        way_in_port if plan.way == HTTP else fixed_port(), since_ms,
    )  # fmt: skip


def _link(plan: Plan, port: int) -> contextlib.AbstractContextManager[Link]:
    if plan.way == HTTP:
        return links.http_post(port, TOKEN)
    protocol = MQTTProtocolVersion.MQTTv5 if plan.way == BROKER else MQTTProtocolVersion.MQTTv311
    return links.mqtt(port, protocol, SENSORS, PASSWORD, repeats=plan.way == BROKER)


def _write_settings(made: Site, folder: Path, webhook: str) -> None:
    since = datetime.fromtimestamp(made.since_ms / 1000, UTC).isoformat()
    mqtt = {
        BROKER: f"{{mode: broker, port: {made.proxies['broker'].port if made.broker else 0}, user: coldchain}}",
        EMBEDDED: f"{{mode: embedded, port: {made.way_in_port}, user: {SENSORS}}}",
        HTTP: "{mode: 'off'}",
    }[made.plan.way]
    text = _SETTINGS.format(
        database=made.database.url,
        http_port=made.http_port,
        mqtt=mqtt,
        webhook=webhook,
        locations="\n".join(_LOCATION.format(name=name, since=since) for name in SENSOR_NAMES),
    )
    (folder / SETTINGS).write_text(text)
    (folder / "rules").mkdir()
    (folder / "rules" / "chaos.yaml").write_text(PRODUCT)


def fixed_port() -> int:
    """A free port below those that the system gives out, so that nobody takes it while its program is dead."""
    while True:
        port = random.randint(15_000, 30_000)  # noqa: S311 - chance, not secrecy
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port


def drained(made: Site) -> None:
    """Everything published is acknowledged and stored, and every alert has been taken; what is not is a finding."""
    made.gateway.finish(LONGEST_S)
    pending = "select 1 from outbox where state = 'pending'"
    try:
        await_(
            "all is stored", lambda: made.service.alive() and made.gateway.acknowledged().keys() <= made.stored().keys()
        )
        await_("all alerts are taken", lambda: made.service.alive() and not made.database.rows(pending))
    except AssertionError as waited:
        made.findings.append(str(waited))
