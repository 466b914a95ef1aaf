"""The live way in: the section ``mqtt`` and which decoder reads what."""

from pathlib import Path
from typing import cast

from coldchain.device_accounts import read_accounts
from coldchain.domain.temperature import Unit
from coldchain.errors import SettingsError
from coldchain.payloads.bytecodes import CODECS
from coldchain.payloads.registry import DECODERS
from coldchain.payloads.routing import Route, filter_complaint
from coldchain.settings.addresses import is_loopback
from coldchain.settings.reader import Section
from coldchain.settings.shapes import NATIVE_ROUTES, Mode, Mqtt, Protocol
from coldchain.settings.sources import nearest


def read_mqtt(section: Section) -> Mqtt:
    """Everything below ``mqtt``: unencrypted across the network only where the file says so."""
    mode = cast("Mode", section.choice("mode", ("broker", "embedded", "off"), "broker"))
    tls = section.flag("tls", False)
    mqtt = Mqtt(
        mode=mode,
        host=section.text("host") or "127.0.0.1",
        port=section.integer("port", 8883 if tls else 1883, 0 if mode == "embedded" else 1, 65_535),
        tls=tls,
        ca_file=section.path_of("ca_file"),
        certificate_file=section.path_of("certificate_file"),
        key_file=section.path_of("key_file"),
        user=section.text("user"),
        password=section.secret("password"),
        accounts_file=section.path_of("accounts_file"),
        protocol=cast("Protocol", section.choice("protocol", ("5", "3.1.1"), "5")),
        client_id=section.text("client_id") or "coldchain",
        allow_plain=section.flag("allow_plain", False),
        bulk=section.flag("bulk", False),
        routes=_routes(section),
    )
    section.done()
    _check_mqtt(section, mqtt)
    return mqtt


def _check_mqtt(section: Section, mqtt: Mqtt) -> None:
    outside = not is_loopback(mqtt.host)
    if mqtt.mode == "off":
        return
    if mqtt.mode == "embedded":
        if mqtt.tls and not (mqtt.certificate_file and mqtt.key_file):
            section.refuse("tls", "the embedded broker needs its own certificate_file and key_file for TLS")
        if mqtt.ca_file is not None:
            section.refuse(
                "ca_file", "the embedded broker asks nobody for a certificate: use a broker such as Mosquitto for that"
            )
        if outside and mqtt.accounts_file is None and not (mqtt.user and mqtt.password):
            section.refuse(
                "user",
                "beyond this machine, the embedded broker needs a user and a password for gateways, or an accounts_file"
                " for devices ('coldchain device add' makes it)",
            )
        if mqtt.accounts_file is not None:
            _check_accounts(section, mqtt.accounts_file, mqtt.user)
    elif mqtt.accounts_file is not None:
        section.refuse("accounts_file", "only the embedded broker has it: a broker of the site keeps its own accounts")
    if bool(mqtt.password) != bool(mqtt.user) and (mqtt.password or mqtt.mode == "embedded"):
        section.refuse("user", "write both a user and a password, or none")
    if outside and not mqtt.tls and not mqtt.allow_plain:
        section.refuse("host", "MQTT would cross the network unencrypted: say 'tls: true', or 'allow_plain: true'")
    for key in ("ca_file", "certificate_file", "key_file"):
        file: Path | None = getattr(mqtt, key)
        if file is not None and not file.is_file():
            section.refuse(key, f"there is no file {file}")
    if (mqtt.certificate_file is None) != (mqtt.key_file is None):
        section.refuse("certificate_file", "write both a certificate_file and its key_file, or none")


def _check_accounts(section: Section, file: Path, gateway: str | None) -> None:
    """Every problem of the file is one of the settings'."""
    try:
        names = read_accounts(file)
    except SettingsError as error:
        section.sources.problems += error.problems
        return
    if gateway in names:
        section.refuse("user", f"{gateway!r} is the gateway's account and a device's: call one of them differently")


def _routes(section: Section) -> tuple[Route, ...]:
    routes = []
    for item in section.items("routes"):
        topic_filter, decoder, tz = item.required("filter"), item.required("decoder"), item.text("tz")
        unit, codec = item.text("unit"), item.text("codec")
        item.done()
        complaint = filter_complaint(topic_filter) if topic_filter else None
        if complaint:
            item.refuse("filter", complaint)
        elif topic_filter:
            routes.append(Route(topic_filter, decoder, tz, Unit(unit) if unit in tuple(Unit) else None, codec))
        if decoder and decoder not in DECODERS:
            item.refuse("decoder", f"there is no decoder {decoder!r}{nearest(decoder, sorted(DECODERS))}")
        if tz is not None:
            item.zone("tz", tz)
        if unit is not None and unit not in tuple(Unit):
            item.refuse("unit", f"there is no unit {unit!r}; write C, F or K")
        if codec is not None and codec not in CODECS:
            item.refuse("codec", f"there is no codec {codec!r}{nearest(codec, sorted(CODECS))}")
    own = {route.filter for route in routes}
    if not section.flag("native", True):
        if not routes:
            section.refuse("native", "without the native topic there is nothing to read: write routes")
        return tuple(routes)
    return (*routes, *(native for native in NATIVE_ROUTES if native.filter not in own))
