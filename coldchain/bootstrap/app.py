"""The running service: every part built, started and stopped in the right order."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

from coldchain.bootstrap import archiving, canary, health, losses, newcomers, places, server, troubles
from coldchain.bootstrap.archiving import Archiving
from coldchain.bootstrap.bells import Bells
from coldchain.bootstrap.canary import Canary
from coldchain.bootstrap.channels import Key, alert_channels
from coldchain.bootstrap.deadman import SignOfLife
from coldchain.bootstrap.deliveries import Deliveries
from coldchain.bootstrap.devices import paces_of, rounds_of
from coldchain.bootstrap.kafka_way import KafkaWay, without_mqtt
from coldchain.bootstrap.losses import Losses
from coldchain.bootstrap.newcomers import Offers
from coldchain.bootstrap.pages import services_of
from coldchain.bootstrap.sole import one_service
from coldchain.bootstrap.troubles import Troubles
from coldchain.bootstrap.watch import Watch
from coldchain.bootstrap.wayin import WayIn, way_in
from coldchain.domain.duration import format_duration
from coldchain.errors import ColdchainError
from coldchain.monitoring.due import run_due
from coldchain.monitoring.incoming import Incoming, Ingested
from coldchain.monitoring.ingest import Also, ingest
from coldchain.monitoring.kafka_topic import KafkaSource
from coldchain.monitoring.newcomers import Bounds, newcomers_of
from coldchain.monitoring.worker import IngestWorker
from coldchain.payloads import Announcements
from coldchain.records import Store, accounts, alerts, announcements, ledger
from coldchain.reviewing import device_paces, device_rounds
from coldchain.reviewing.device_paces import Paces
from coldchain.reviewing.device_rounds import Rounds
from coldchain.rulebook.book import Rulebook, load_rulebook
from coldchain.settings import Settings
from coldchain.web.app import create_app
from coldchain.web.changes import Changes
from coldchain.web.services import Check, DemoAccount, Services

DUE_EVERY_S = 1.0
_WATCH_EVERY_S = 0.5


@dataclass(frozen=True)
class PortOptions:
    """How a taken port is changed, or a database in use avoided, for the sentence that says so."""

    http: str = "http.port or COLDCHAIN_HTTP_PORT"
    mqtt: str = "mqtt.port or COLDCHAIN_MQTT_PORT"
    database: str = "choose another database"


SETTINGS_NAMES = PortOptions()


def system_clock_ms() -> int:
    """The time now, UTC ms."""
    return time.time_ns() // 1_000_000


class App:
    """One service over one database; made by `build`, used once: `start`, then `stop`.

    Attributes:
        settings: What it was told.
        store: The record; usable once started.
        rulebook: The product files.
        worker: Takes messages and commits them.
        changes: Rings when the record changed.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        rulebook: Rulebook,
        clock_ms: Callable[[], int],
        demo_accounts: tuple[DemoAccount, ...] | None,
        port_options: PortOptions,
        kafka: KafkaSource | None = None,
    ) -> None:
        self.settings = settings if kafka is None else without_mqtt(settings)
        self.store = store
        self.rulebook = rulebook
        self.clock_ms = clock_ms
        self.changes = Changes()
        self.worker = IngestWorker(self._ingest, self._on_commit)
        self._announcements = Announcements()
        self._one_batch = threading.Lock()
        self.way_in: WayIn = (
            way_in(settings, self.worker, clock_ms, port_options.mqtt, self._announcements)
            if kafka is None
            else KafkaWay(kafka, settings, store, self.worker, self._commit, clock_ms, self.tell, self._announcements)
        )
        self._canary = Canary(store, self.way_in.send_canary, clock_ms)
        self._port_options = port_options
        self._demo_accounts = demo_accounts
        self._targets: tuple[Key, ...] = ()
        self._deliveries: Deliveries | None = None
        self._bells: Bells | None = None
        self._watch: Watch | None = None
        self._troubles: Troubles | None = None
        self._losses: Losses | None = None
        self._rounds: Rounds | None = None
        self._paces: Paces | None = None
        self._offers: Offers | None = None
        self._web: server.WebServer | None = None
        self._closing = threading.Event()
        self._open = ExitStack()
        self.http_port = settings.http.port
        self.public_url = settings.public_url

    # ---- starting and stopping

    def start(self) -> None:
        """Start every part; where one fails, those before it are stopped again.

        Raises:
            PortTaken, StoreUnavailable, ColdchainError: One sentence on what prevented it.
        """
        with ExitStack() as parts:
            self._start(parts)
            self._open = parts.pop_all()

    def _start(self, parts: ExitStack) -> None:
        http = self.settings.http
        listening = server.listen(http.host, http.port, self._port_options.http)
        parts.callback(listening.close)
        self.http_port = listening.getsockname()[1]
        if http.port == 0:
            self.public_url = self.public_url.removesuffix(":0") + f":{self.http_port}"
        self.settings.make_folder()
        parts.callback(self.store.close)
        still_alone = parts.enter_context(one_service(self.store, self._port_options.database))
        self.store.migrate()
        with self.store.reading() as connection:
            for kept in announcements.kept(connection):
                self._announcements.note(*kept)
        with self.store.transaction() as tx:
            places.sync(tx, self.settings.locations, self.rulebook, self.clock_ms())
        channels = alert_channels(self.settings, self.public_url, self.way_in.publish, self.clock_ms)
        self._targets = tuple(channels)
        self._deliveries = Deliveries(self.store, channels, self.clock_ms, self._closing.is_set, self.changes.publish)
        self._deliveries.drop_unknown()
        self._troubles = Troubles(self.health, channels, self.clock_ms)
        self.worker.start()
        parts.callback(self.worker.close)
        self.way_in.start()
        parts.callback(self.way_in.close)
        self._losses = Losses(self.store, self.way_in.counts, self._troubles.happened, self.clock_ms)
        self._rounds = rounds_of(self.settings, self.store, self.clock_ms, self._targets)
        self._paces = paces_of(self.settings, self.store, self.clock_ms, partial(self.tell, "sensors"))
        new, bounds = newcomers_of(self.store), self.settings.bounds
        new.bounds = Bounds(bounds.new_sensors_a_day, bounds.new_sensors_waiting)
        self._offers = Offers(self.store, new, self.submit, partial(self.tell, "new sensors"), self.clock_ms)
        self._bells = Bells(self._actions(), self.clock_ms)
        self._bells.start()
        parts.callback(self._bells.stop)
        self._watch = Watch(still_alone, self._clock_was_set)
        self._watch.start()
        parts.callback(self._watch.stop)
        self._web = server.WebServer(create_app(self.services()), listening)
        self._web.start()
        parts.callback(self._web.stop)
        parts.callback(self._closing.set)
        parts.callback(self.changes.close)

    def stop(self) -> None:
        """Stop every part: pages first, then the bells, the way in, what is on its way, the record."""
        self._open.close()

    def wait(self, until: threading.Event) -> None:
        """Wait until the event is set.

        Raises:
            ColdchainError: A part that must not end has ended by itself.
        """
        while not until.wait(_WATCH_EVERY_S):
            failure = self._web.failure if self._web else None
            if failure is None and self._watch is not None:
                failure = self._watch.failure
            if failure is None:
                failure = getattr(self.way_in, "failure", None)
            if failure is None and not self.worker.state().alive:
                failure = "the ingest worker has ended by itself"
            if failure is not None:
                raise ColdchainError(failure)

    def has_accounts(self) -> bool:
        """Whether anybody may sign in."""
        with self.store.reading() as tx:
            return any(account.disabled_ms is None for account in accounts.accounts(tx))

    @property
    def mqtt_port(self) -> int:
        """Where sensors publish; the system's choice where the settings left it to it."""
        port: int = getattr(self.way_in, "port", self.settings.mqtt.port)
        return port

    # ---- what the parts are given

    def services(self) -> Services:
        """What the pages get."""
        return services_of(
            self.settings, self.store, self.rulebook, clock_ms=self.clock_ms, changes=self.changes, submit=self.submit,
            health=self.health, public_url=self.public_url, demo_accounts=self._demo_accounts,
        )  # fmt: skip

    def submit(self, incoming: Incoming) -> "Future[Any]":
        """Hand a message to the ingest worker; the future is done only after COMMIT."""
        return self.worker.submit(incoming)

    def health(self) -> Sequence[Check]:
        """Every part of the way in, looked at now."""
        return health.look(self.store, self.worker, self.way_in, self._bells, self._canary, self.clock_ms())

    def _ingest(self, batch: Sequence[Incoming]) -> Ingested:
        with self._one_batch:  # what the ingest step keeps in memory is for one thread at a time
            return ingest(self.store, batch, self.clock_ms(), self._targets)

    def _commit(self, batch: Sequence[Incoming], also: Also) -> None:
        with self._one_batch:
            ingested = ingest(self.store, batch, self.clock_ms(), self._targets, also)
        self._on_commit(ingested)

    def tell(self, part: str, detail: str) -> None:
        """Tell the people who get alerts of something that happened to a part of the service."""
        if self._troubles is not None:
            self._troubles.happened(part, detail)

    def _on_commit(self, ingested: Ingested) -> None:
        self.changes.publish()
        if ingested.alerts:
            self._ring_deliveries()

    def _ring_deliveries(self) -> None:
        if self._bells is not None and self._deliveries is not None:
            self._deliveries.ring_soon(self._bells)

    def _clock_was_set(self, by_ms: int) -> None:
        if self._bells is not None:
            self._bells.ring_all_soon()
        if self._troubles is not None:
            moved = f"{format_duration(abs(by_ms))} {'forwards' if by_ms > 0 else 'backwards'}"
            self._troubles.happened("time", f"this machine's clock was set {moved}: see that it is right now")
        with self.store.transaction() as tx:
            now_ms = self.clock_ms()
            ledger.append(tx, now_ms, "clock.set", "this machine", {"by_ms": by_ms})
            alerts.try_all_now(tx, now_ms)
        self._ring_deliveries()

    # ---- what the bells ring for

    def _actions(self) -> dict[str, tuple[float, Callable[[], None]]]:
        actions: dict[str, tuple[float, Callable[[], None]]] = {"due work": (DUE_EVERY_S, self._due)}
        actions["canary"] = (canary.TURN_EVERY_S, self._canary.turn)
        ping = self.settings.watch.ping_url
        if ping is not None:
            sign = SignOfLife(ping.reveal, self.health)
            actions["sign of life"] = (self.settings.watch.ping_every_ms / 1000, sign.send)
        if self._rounds is not None:
            actions["devices"] = (device_rounds.TURN_EVERY_S, self._look_at_devices)
        if self._offers is not None:
            actions["new sensors"] = (newcomers.EVERY_S, self._offers.turn)
        if self._paces is not None:
            actions["paces"] = (device_paces.TURN_EVERY_S, self._look_at_paces)
        if self.settings.archive.after_ms is not None:
            mover = Archiving(self.store, self.settings.archive, self.clock_ms, self._closing.is_set)
            actions["archive"] = (archiving.EVERY_S, mover.turn)
        if self._troubles is not None and self._losses is not None:
            actions["troubles"] = (troubles.LOOK_EVERY_S, self._troubles.turn)
            actions["losses"] = (losses.EVERY_S, self._losses.turn)
            for key in self._targets:
                actions[f"notices by {key[0]} to {key[1]}"] = (troubles.SEND_EVERY_S, partial(self._troubles.send, key))
        if self._deliveries is not None:
            actions |= self._deliveries.actions()
        return actions

    def _due(self) -> None:
        if run_due(self.store, self.clock_ms(), self._targets, self.settings.warn_before_ms):
            self.changes.publish()
            self._ring_deliveries()

    def _look_at_paces(self) -> None:
        if self._paces is not None and self._paces.turn():
            self.changes.publish()

    def _look_at_devices(self) -> None:
        if self._rounds is not None and self._rounds.turn():
            self.changes.publish()
            self._ring_deliveries()


def build(
    settings: Settings,
    *,
    clock_ms: Callable[[], int] = system_clock_ms,
    demo_accounts: tuple[DemoAccount, ...] | None = None,
    port_options: PortOptions = SETTINGS_NAMES,
    kafka: KafkaSource | None = None,
) -> App:
    """Join the parts; nothing is opened, bound or written before `App.start`.

    Args:
        settings: What the service was told.
        clock_ms: The time, UTC ms.
        demo_accounts: For the demo only: accounts its sign-in page offers. Given, the pages say that it is a demo.
        port_options: How a taken port is changed.
        kafka: What is read in place of MQTT.

    Raises:
        UsageError: Kafka's client is not installed.
        RulebookError: The folder of own product files is not there.
        StoreUnusable: The database's address is none.
    """
    rulebook = load_rulebook(*([settings.rules] if settings.rules else []))
    return App(settings, Store(settings.database_url), rulebook, clock_ms, demo_accounts, port_options, kafka)
