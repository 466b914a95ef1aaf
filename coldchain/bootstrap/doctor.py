"""``coldchain doctor``: what is wrong around the service, in one sentence each, and what to do about it.

It looks from outside, whether the service runs or not, and changes nothing: it connects to the broker and the mail
server, sends no message, and posts to no webhook.
"""

import http.client
import json
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from coldchain.bootstrap.channels import alert_channels, mail_of
from coldchain.bootstrap.devices import thresholds_of
from coldchain.device_accounts import read_accounts
from coldchain.domain.devices import Complaint
from coldchain.domain.duration import format_duration
from coldchain.errors import ColdchainError
from coldchain.monitoring.session import BrokerAddress, Tls, broker_says
from coldchain.records import Store, Transaction, adoptions, watching
from coldchain.records.copies import note_of
from coldchain.records.views import locations, sensors
from coldchain.reviewing import devices
from coldchain.reviewing.devices import Thresholds
from coldchain.settings import MailChannel, Mqtt, Settings

DAY_MS = 86_400_000
OLDEST_COPY_MS = 2 * DAY_MS
"""A record that has not been copied for longer is said to be without a backup."""
UNPROVEN_AFTER_MS = 30 * DAY_MS
"""A channel by which nothing was delivered for so long may have stopped working without anybody's notice."""
_FREE_BYTES = 1 << 30
_FREE_SHARE = 0.05
_TIMEOUT_S = 5.0
_SHOWN = 5


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Attributes:
        what: Such as ``broker`` or ``disk``.
        ok: Whether nothing is to be done.
        sentence: What was found, and what to do.
    """

    what: str
    ok: bool
    sentence: str


def examine(settings: Settings, now_ms: int) -> Iterator[Finding]:
    """Everything that can be looked at from outside, one after the other; a look that fails is a finding itself."""
    store = Store(settings.database_url)
    try:
        yield from _guarded("record", lambda: _record(store))
        yield from _guarded("disk", lambda: _disk(settings, store))
        yield from _guarded("service", lambda: _service(settings))
        yield from _guarded("broker", lambda: _broker(settings))
        for mail in settings.alerts.mail:
            yield from _guarded("mail", partial(_mail, settings, mail, now_ms))
        yield from _guarded("backup", lambda: _backup(store, now_ms))
        thresholds = thresholds_of(settings)
        yield from _guarded("devices", partial(_in, store, partial(_devices, thresholds), now_ms))
        yield from _guarded("calibrations", partial(_in, store, partial(_calibrations, thresholds), now_ms))
        for look in (_quarantine, _adoptions, _homeless):
            yield from _guarded(look.__name__.strip("_"), partial(_in, store, look, now_ms))
        yield from _guarded("channels", lambda: _channels(settings, store, now_ms))
    finally:
        store.close()


def _fine(what: str, sentence: str) -> Finding:
    return Finding(what, ok=True, sentence=sentence)


def _wrong(what: str, sentence: str) -> Finding:
    return Finding(what, ok=False, sentence=sentence)


def _guarded(what: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from look()
    except ColdchainError as error:
        yield _wrong(what, str(error))


def _in(store: Store, look: Callable[[Transaction, int], Iterator[Finding]], now_ms: int) -> Iterator[Finding]:
    with store.reading() as tx:
        yield from list(look(tx, now_ms))


def _record(store: Store) -> Iterator[Finding]:
    store.check()
    yield _fine("record", f"{store.address} answers and has the tables this program needs")


def _disk(settings: Settings, store: Store) -> Iterator[Finding]:
    folders = {settings.data, *([store.file.parent] if store.file is not None else [])}
    for folder in sorted(each for each in folders if each.is_dir()):
        usage = shutil.disk_usage(folder)
        free = f"{usage.free / 1e9:.1f} GB of {usage.total / 1e9:.1f} GB are free at {folder}"
        short = usage.free < _FREE_BYTES or usage.free < usage.total * _FREE_SHARE
        yield Finding("disk", ok=not short, sentence=f"{free}{': make room' if short else ''}")


def _service(settings: Settings) -> Iterator[Finding]:
    """What the running service says of itself."""
    where = f"http://{settings.http.host}:{settings.http.port}/healthz"
    connection = http.client.HTTPConnection(settings.http.host, settings.http.port, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", "/healthz")
        said = json.loads(connection.getresponse().read(1 << 20))
        checks = {name: (bool(each["ok"]), str(each["detail"])) for name, each in said["checks"].items()}
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError, AttributeError) as error:
        yield _wrong("service", f"no coldchain service answers at {where}: {error}; start it")
        return
    finally:
        connection.close()
    for name, (ok, detail) in checks.items():
        yield Finding(f"service: {name}", ok=ok, sentence=detail)


def _broker(settings: Settings) -> Iterator[Finding]:
    mqtt = settings.mqtt
    if mqtt.mode == "embedded":
        yield _embedded(mqtt)
    if mqtt.mode != "broker":
        return
    tls = Tls(mqtt.ca_file, mqtt.certificate_file, mqtt.key_file) if mqtt.tls else None
    password = mqtt.password.reveal() if mqtt.password else None
    address = BrokerAddress(
        mqtt.host, mqtt.port, user=mqtt.user, password=password, tls=tls, protocol=mqtt.protocol
    )  # fmt: skip
    says = broker_says(address, within_s=_TIMEOUT_S)
    where = f"the MQTT broker at {mqtt.host}:{mqtt.port}"
    dropped = says.get("$SYS/broker/publish/messages/dropped")
    if dropped is None:
        yield Finding(
            "broker",
            ok=True,
            sentence=f"{where} lets us in; its account may not see how much it dropped ($SYS)",
        )
    elif dropped != "0":
        sentence = f"{where} has dropped {dropped} messages since its start: see its queue limits"
        yield _wrong("broker", sentence)
    else:
        yield _fine("broker", f"{where} lets us in and has dropped nothing since its start")


def _embedded(mqtt: Mqtt) -> Finding:
    """Who may publish to the embedded broker."""
    where = f"the embedded broker on {mqtt.host}:{mqtt.port}"
    gateway = f"a gateway's account, {mqtt.user!r}, which may speak for every sensor" if mqtt.user else ""
    if mqtt.accounts_file is None:
        who = f"has {gateway} and no accounts of devices" if gateway else "lets in every program of this machine"
        return _fine("broker", f"{where} {who}; 'coldchain device add' makes accounts that publish as themselves only")
    count = len(read_accounts(mqtt.accounts_file))
    if mqtt.accounts_file.stat().st_mode & 0o007:
        return _wrong("broker", f"everybody on this machine may read or write {mqtt.accounts_file}: chmod o= it")
    beside = f" and {gateway}" if gateway else ""
    return _fine("broker", f"{where} has {count} accounts of devices, each of which publishes as itself only{beside}")


def _mail(settings: Settings, channel: MailChannel, now_ms: int) -> Iterator[Finding]:
    """Whether the mail server would take a message; none is sent."""
    mail_of(channel, channel.to[0], ZoneInfo(settings.tz), lambda: now_ms).try_out()
    yield _fine("mail", f"the mail server {channel.host}, port {channel.port}, of {channel.name} lets us in")


def _devices(thresholds: Thresholds, tx: Transaction, now_ms: int) -> Iterator[Finding]:
    """What the sensors' readings say about the sensors."""
    found = devices.findings(tx, now_ms, thresholds=thresholds)
    said = [each for each in found if each.complaint is not Complaint.CALIBRATION]
    for each in said:
        yield _wrong("devices", f"{each.title} at {each.where} {each.sentence}")
    if not said:
        yield _fine("devices", "no sensor is stuck, jumps, drifts, has a clock that is off or a battery that is low")


def _backup(store: Store, now_ms: int) -> Iterator[Finding]:
    if store.file is None:
        yield _fine("backup", "the record is in PostgreSQL, whose copies this program does not see")
        return
    try:
        copied_ms = int(note_of(store.file).stat().st_mtime * 1000)
    except OSError:
        yield _wrong("backup", "the record was never copied by 'coldchain backup'; do it every day")
        return
    age = f"the record was copied {format_duration(now_ms - copied_ms)} ago"
    late = now_ms - copied_ms > OLDEST_COPY_MS
    yield Finding("backup", ok=not late, sentence=f"{age}{'; do it every day' if late else ''}")


def _quarantine(tx: Transaction, now_ms: int) -> Iterator[Finding]:
    count = watching.quarantined_since(tx, now_ms - DAY_MS)
    sentence = f"{count} messages or readings went to quarantine within a day"
    yield Finding(
        "quarantine", ok=not count, sentence=f"{sentence}: look at the quarantine page" if count else sentence
    )


def _calibrations(thresholds: Thresholds, tx: Transaction, now_ms: int) -> Iterator[Finding]:
    days = thresholds.calibration_notice_days
    soon = (thresholds.today(now_ms) + timedelta(days=days)).isoformat()
    probes = [(probe, standing) for standing in locations.standings(tx) for probe in standing.probes]
    due = [(probe, standing) for probe, standing in probes if probe.calibration_due and probe.calibration_due <= soon]
    if due:
        names = ", ".join(
            f"{probe.title} at {at.location.title} ({probe.calibration_due})" for probe, at in due[:_SHOWN]
        )
        yield _wrong("calibrations", f"due within {days} days or overdue: {names}; have them calibrated")
    elif probes:
        yield _fine("calibrations", f"none is due within {days} days")


def _adoptions(tx: Transaction, _: int) -> Iterator[Finding]:
    adopted = adoptions.all_adopted(tx)
    missing = sorted({each.product_id for each in adoptions.in_use(tx) if each.sha256 not in adopted})
    if missing:
        names = ", ".join(missing[:_SHOWN])
        sentence = f"judged by product files that no pharmacist of the site has adopted: {names}; see the products page"
        yield _wrong("adoptions", sentence)
    else:
        yield _fine("adoptions", "every product file that judges is adopted")


def _homeless(tx: Transaction, now_ms: int) -> Iterator[Finding]:
    heard = [each for each in sensors.homeless(tx) if each.newest_ms is not None and each.newest_ms > now_ms - DAY_MS]
    if heard:
        names = ", ".join(each.name for each in heard[:_SHOWN])
        sentence = f"{len(heard)} sensors send and hang nowhere, so that nothing judges them: {names}"
        yield _wrong("sensors", f"{sentence}; give them a location")
    else:
        yield _fine("sensors", "every sensor that sends has its place")


def _channels(settings: Settings, store: Store, now_ms: int) -> Iterator[Finding]:
    """Whether each way to tell people has worked lately."""
    keys = alert_channels(settings, settings.public_url, lambda *_: None, lambda: now_ms)
    if not any(kind != "mqtt" for kind, _ in keys):
        yield _wrong("alerts", "no alert reaches anybody by itself: set up e-mail or a webhook")
    for hook in settings.alerts.webhooks:
        host = urlsplit(hook.url.reveal()).hostname or ""
        try:
            socket.getaddrinfo(host, None)
        except OSError:
            yield _wrong("alerts", f"the name service does not know {host}, of the webhook {hook.name}")
    with store.reading() as tx:
        proven = watching.newest_deliveries(tx)
    for kind, target in keys:
        delivered_ms = proven.get((kind, target))
        channel = f"{kind} to {target}"
        if delivered_ms is None:
            yield _wrong("alerts", f"no alert was ever delivered by {channel}: it is unproven; try it")
        elif now_ms - delivered_ms > UNPROVEN_AFTER_MS:
            age = format_duration(now_ms - delivered_ms)
            yield _wrong("alerts", f"the last alert was delivered by {channel} {age} ago; try it")
        else:
            yield _fine("alerts", f"an alert was delivered by {channel} within 30 days")
