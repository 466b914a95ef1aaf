"""The demo put together: the service, what receives its alerts, and eight refrigerators that publish to it."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from coldchain.bootstrap import App, PortOptions, build
from coldchain.records import Transaction, accounts, adoptions, readings
from coldchain.records import places as record_places
from coldchain.records.views import counts as record_counts
from coldchain.rulebook.book import parse_product
from coldchain.settings import (
    Alerts,
    Http,
    Location,
    MailChannel,
    Mqtt,
    Secret,
    Sensor,
    Settings,
    WebhookChannel,
)
from coldchain.web.passwords import hash_password
from coldchain.web.services import DemoAccount
from simulators.ambient import DAY_MS
from simulators.publish import Publisher
from simulators.sinks import MailSink, WebhookSink
from simulators.stock_story import BENCH, Told, tell
from simulators.stories import HISTORY_MS, RULES, STORIES, Story
from simulators.ward import Ward, clock_ms

PASSWORD = "coldchain-demo"  # noqa: S105 - printed on purpose: it opens nothing but the demo, on this machine only

ACCOUNTS = {
    "nurse": "Nina Sørensen (demo)",
    "pharmacist": "Paul Okafor (demo)",
    "auditor": "Aiko Tanaka (demo)",
    "administrator": "Ada Novak (demo)",
}
"""One account a role, named like it, with its person's name."""

NOT_ADOPTED = frozenset({"natalizumab"})
"""What the demo's pharmacist has not adopted yet, so that one sees what the pages say then."""

OPTIONS = PortOptions(
    http="--http-port", mqtt="--mqtt-port", database="name another folder with --folder, or leave --folder out"
)


@dataclass(frozen=True)
class Asked:
    """What the demo is asked for.

    Attributes:
        folder: Where everything is kept; there already.
        http_port, mqtt_port: Where to listen; 0 lets the system choose.
        seed: Decides the noise of all refrigerators.
        tz: The zone in which pages show times.
    """

    folder: Path
    http_port: int
    mqtt_port: int
    seed: int
    tz: str


@dataclass(frozen=True)
class Counts:
    """What the record holds; subtract two to see what came between them."""

    readings: int
    excursions: int
    delivered: int
    quarantined: int
    pending: int

    def since(self, before: "Counts") -> "Counts":
        """What came since an earlier count; pending is what waits now."""
        return Counts(
            self.readings - before.readings,
            self.excursions - before.excursions,
            self.delivered - before.delivered,
            self.quarantined - before.quarantined,
            self.pending,
        )


class Demo:
    """Everything that runs; made by asking, used once: `start`, then `stop`.

    Attributes:
        app: The service.
        mail, webhook: What receives its alerts.
        ward: The refrigerators; there once started.
        continued: Whether the folder held readings already.
    """

    def __init__(self, asked: Asked, tell: Callable[[str], None] = lambda _: None) -> None:
        """Make the receivers; ``tell`` hears the subject of every mail that arrives."""
        self.asked = asked
        self.mail = MailSink(asked.folder / "mail", tell)
        self.webhook = WebhookSink(asked.folder / "webhook")
        self.continued = False
        self._now_ms = clock_ms()
        accounts_offered = tuple(DemoAccount(role, PASSWORD, role) for role in ACCOUNTS)
        self.app: App = build(self._settings(), demo_accounts=accounts_offered, port_options=OPTIONS)
        self.ward: Ward | None = None
        self._before = Counts(0, 0, 0, 0, 0)
        self._open = ExitStack()

    def start(self) -> None:
        """Start the receivers and the service, and connect the refrigerators, which begin to send.

        Raises:
            ColdchainError: One sentence on what prevented it; what had been started is stopped again.
        """
        with ExitStack() as parts:
            for sink in (self.mail, self.webhook):
                sink.start()
                parts.callback(sink.stop)
            self.app.start()
            parts.callback(self.app.stop)
            self._make_accounts()
            self._before = self._counts()
            resume_ms = self._last_reading_ms()
            self.continued = resume_ms is not None
            self.ward = Ward((*STORIES, BENCH), self._connection, self.asked.seed, self._now_ms, resume_ms)
            parts.callback(self.ward.stop)
            self.ward.start()
            self._open = parts.pop_all()

    def stop(self) -> None:
        """Stop the refrigerators, then the service, then the receivers."""
        self._open.close()

    def counts(self) -> Counts:
        """What was stored, opened and delivered since the start."""
        return self._counts().since(self._before)

    def stock(self) -> Told:
        """Put lots and prepared medicines into the record, once its past is stored."""
        told = tell(self.app.store, self.app.rulebook, clock_ms())
        self.app.changes.publish()
        return told

    def settle(self, timeout_s: float) -> Counts:
        """Stop the refrigerators, let alerts on their way arrive for at most so long, and count."""
        if self.ward is not None:
            self.ward.stop()
        until_s = time.monotonic() + timeout_s
        while (counts := self.counts()).pending and time.monotonic() < until_s:
            time.sleep(0.1)
        return counts

    def _settings(self) -> Settings:
        asked = self.asked
        mail = MailChannel(
            name="ward-office",
            host="127.0.0.1",
            port=self.mail.port,
            security="none",
            sender="coldchain@demo.invalid",
            to=("ward-office@demo.invalid",),
        )
        return Settings(
            database_url=f"sqlite:///{asked.folder / 'coldchain.db'}",
            data=asked.folder,
            http=Http(port=asked.http_port),
            mqtt=Mqtt(mode="embedded", port=asked.mqtt_port),
            locations=tuple(location(story, self._now_ms - HISTORY_MS) for story in (*STORIES, BENCH)),
            alerts=Alerts(mail=(mail,), webhooks=(WebhookChannel("operations", Secret(self.webhook.url)),)),
            public_url=f"http://127.0.0.1:{asked.http_port}",
            tz=asked.tz,
            rules=RULES,
            site_name="Demo hospital",
        )

    def _connection(self, sensor: str) -> Publisher:
        return Publisher("127.0.0.1", self.app.mqtt_port, sensor)

    def _make_accounts(self) -> None:
        hashed = hash_password(PASSWORD)
        with self.app.store.transaction() as tx:
            for role, full_name in ACCOUNTS.items():
                if accounts.account(tx, role) is None:
                    accounts.add(tx, role, full_name, role, hashed, self._now_ms)
            self._adopt(tx)

    def _adopt(self, tx: Transaction) -> None:
        """The demo's pharmacist adopts what the refrigerators are judged by, apart from `NOT_ADOPTED`."""
        pharmacist = accounts.account(tx, "pharmacist")
        if pharmacist is None:
            return
        for one in adoptions.in_use(tx):
            if one.product_id not in NOT_ADOPTED and not adoptions.acts(tx, one.product_id):
                product = parse_product(one.product_file, one.product_id)
                adoptions.adopt(tx, product, one.product_file, pharmacist, self._now_ms, "for the demonstration")

    def _last_reading_ms(self) -> int | None:
        """Up to when the record knows the refrigerators."""
        with self.app.store.reading() as tx:
            known = readings.latest(tx, [sensor.id for sensor in record_places.sensors(tx)])
        return max((each.measured_ms for each in known.values() if each.measured_ms is not None), default=None)

    def _counts(self) -> Counts:
        with self.app.store.reading() as tx:
            totals = record_counts.totals(tx)
        outbox = totals.outbox
        return Counts(
            readings=totals.accepted,
            excursions=totals.excursions,
            delivered=outbox.get("delivered", 0),
            quarantined=totals.quarantined,
            pending=outbox.get("pending", 0),
        )


def location(story: Story, since_ms: int) -> Location:
    """A story's refrigerator as the settings name it."""
    probe = Sensor(
        name=story.sensor,
        low_milli_c=-40_000,
        high_milli_c=125_000,
        power_up=True,
        uncertainty_milli_c=story.uncertainty_milli_c,
        calibration=f"DEMO-{story.location}",
        calibrated_on=_day(since_ms - story.calibrated_days_ago * DAY_MS),
        calibration_due=_day(since_ms - story.calibrated_days_ago * DAY_MS + 365 * DAY_MS),
    )
    return Location(
        name=story.location,
        title=story.title,
        product=story.product,
        stage=story.stage,
        sensors=(probe,),
        area=story.area,
        since_ms=since_ms,
    )


def _day(at_ms: int) -> str:
    """The first of its month: a demo that is continued the next day has the same calibrations."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).date().replace(day=1).isoformat()
