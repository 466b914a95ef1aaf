"""What messages say of the devices that send them, system by system; beside the readings, and never instead of them.

Also of messages that hold no temperature: a LoRaWAN server's status event, a Shelly's battery, Tasmota's ``STATE``.
A system that is not here says no more than its readings carry.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from coldchain.errors import PayloadRefused
from coldchain.payloads import described, jsontext, report, rtl_433, tasmota, theengs, uplinks, values
from coldchain.payloads.announcements import NOTHING_ANNOUNCED, Announced
from coldchain.payloads.jsontext import Json
from coldchain.payloads.message import Message, sensor_name
from coldchain.payloads.registry import message_of
from coldchain.payloads.report import Report
from coldchain.payloads.shelly import device_name

_Object = dict[str, Json]


def reports_of(
    decoder: str,
    topic: str,
    payload: bytes,
    topic_filter: str | None = None,
    announced: Announced = NOTHING_ANNOUNCED,
) -> tuple[Report, ...]:
    """What one message says of devices, each once; nothing where it cannot be read: that is told of its readings.

    Args:
        decoder: A name of `registry.DECODERS`.
        topic, payload: As published.
        topic_filter: The route's filter.
        announced: What devices said of themselves before.
    """
    says = _SYSTEMS.get(decoder)
    if says is None:
        return ()
    try:
        return merged(says(message_of(decoder, topic, payload, topic_filter=topic_filter, announced=announced)))
    except PayloadRefused:
        return ()


def posted(payload: bytes) -> tuple[Report, ...]:
    """What a body of native objects that name their ``sensor`` says."""
    try:
        content = jsontext.parse(payload)
        items = content if isinstance(content, list) else [content]
        named = ((item, item.get("sensor")) for item in items if isinstance(item, dict))
        return merged(_of_native(name, item) for item, name in named if isinstance(name, str) and name)
    except PayloadRefused:
        return ()


def merged(some: Iterable[Report]) -> tuple[Report, ...]:
    """One report a device; of several the later says more."""
    found: dict[str, Report] = {}
    for each in some:
        found[each.device] = found[each.device].with_(each) if each.device in found else each
    return tuple(each for each in found.values() if not each.is_empty)


def _native(message: Message) -> Iterator[Report]:
    content = jsontext.parse(message.payload)
    for item in content if isinstance(content, list) else [content]:
        if isinstance(item, dict):
            yield _of_native(message.name, item)


def _of_native(name: str, item: _Object) -> Report:
    return Report(
        sensor_name(name), values.percent(item.get("battery_pct")), report.millivolts(item.get("battery_mv")),
        report.truth(item.get("battery_low")), report.rssi(item.get("rssi_dbm")), report.snr(item.get("snr_db")),
        report.quality(item.get("link_quality")), report.version(item.get("firmware")),
    )  # fmt: skip


def _zigbee2mqtt(message: Message) -> Iterator[Report]:
    if message.tail.split("/")[0] == "bridge" or not message.payload.lstrip().startswith(b"{"):
        return
    state = jsontext.parse_object(message.payload)
    powered_by_battery = "battery" in state or "battery_low" in state
    yield Report(
        sensor_name(message.name), values.percent(state.get("battery")),
        report.millivolts(state.get("voltage")) if powered_by_battery else None,
        report.truth(state.get("battery_low")), link_quality=report.quality(state.get("linkquality")),
        firmware=report.version(_object(state.get("update")).get("installed_version")),
    )  # fmt: skip


def _tasmota(message: Message) -> Iterator[Report]:
    levels = message.topic.split("/")
    if levels[-1] not in ("STATE", "STATUS2", "STATUS11", "INFO1"):
        return
    content = jsontext.parse_object(message.payload)
    state = _object(content.get("StatusSTS")) or content
    wifi = _object(state.get("Wifi"))
    told = _object(content.get("Info1")) or _object(content.get("StatusFWR")) or content
    yield Report(
        sensor_name(tasmota.device_name(levels)), rssi_dbm=report.rssi(wifi.get("Signal")),
        link_quality=report.quality(wifi.get("RSSI"), 100), firmware=report.version(told.get("Version")),
    )  # fmt: skip


def _shelly(message: Message) -> Iterator[Report]:
    content = jsontext.parse_object(message.payload)
    state = next((_object(content[key]) for key in ("params", "result") if isinstance(content.get(key), dict)), content)
    *_, parent, last = ("", *message.topic.split("/"))
    if parent == "status":
        state = {last: content}
    power, wifi = _object(state.get("devicepower:0")), _object(state.get("wifi"))
    battery, on_mains = _object(power.get("battery")), _object(power.get("external")).get("present") is True
    yield Report(
        sensor_name(device_name(message, content, state)),
        None if on_mains else values.percent(battery.get("percent")),
        None if on_mains else report.millivolts(battery.get("V"), volts=True),
        rssi_dbm=report.rssi(wifi.get("rssi")), firmware=report.version(state.get("ver", content.get("ver"))),
    )  # fmt: skip


def _shelly_gen1(message: Message) -> Iterator[Report]:
    levels = message.topic.split("/")
    if levels[-2:] == ["sensor", "battery"]:
        yield Report(sensor_name(levels[-3]), values.percent(jsontext.text_of(message.payload).strip()))
    elif levels[-1] in ("info", "announce") and len(levels) > 2:
        content = jsontext.parse_object(message.payload)
        battery, fw = _object(content.get("bat")), _object(content.get("update")).get("old_version")
        yield Report(
            sensor_name(levels[-2]), values.percent(battery.get("value")),
            report.millivolts(battery.get("voltage"), volts=True),
            rssi_dbm=report.rssi(_object(content.get("wifi_sta")).get("rssi")),
            firmware=report.version(content.get("fw_ver", fw)),
        )  # fmt: skip


def _chirpstack(message: Message) -> Iterator[Report]:
    kind = message.topic.rpartition("/")[2]
    if kind not in ("up", "status"):
        return
    event = jsontext.parse_object(message.payload)
    named = _object(event.get("deviceInfo")).get("devEui") or event.get("devEUI")
    told = kind == "status" and not (event.get("batteryLevelUnavailable") or event.get("externalPowerSource"))
    yield _heard(
        uplinks.eui(named), event.get("rxInfo"), ("snr", "loRaSNR"),
        values.percent(event.get("batteryLevel")) if told else None,
    )  # fmt: skip


def _thethingsstack(message: Message) -> Iterator[Report]:
    content = jsontext.parse_object(message.payload)
    uplink = _object(content.get("uplink_message"))
    if not uplink or content.get("simulated") is True:
        return
    eui = uplinks.eui(_object(content.get("end_device_ids")).get("dev_eui"))
    firmware = report.version(_object(uplink.get("version_ids")).get("firmware_version"))
    yield _heard(eui, uplink.get("rx_metadata"), ("snr",)).with_(Report(eui, firmware=firmware))


def _loriot(message: Message) -> Iterator[Report]:
    content = jsontext.parse_object(message.payload)
    if content.get("cmd") in ("rx", "gw"):
        gateways: Json = content.get("gws")
        best: Json = gateways if isinstance(gateways, list) else [content]
        yield _heard(uplinks.eui(content.get("EUI")), best, ("snr",))


def _heard(
    device: str, gateways: Json, snr_keys: tuple[str, ...], battery_pct: int | None = None
) -> Report:  # fmt: skip
    """A device by the gateway that received it best."""
    several = [each for each in gateways if isinstance(each, dict)] if isinstance(gateways, list) else []
    heard = [(report.rssi(each.get("rssi")), each) for each in several]
    best = max(((level, each) for level, each in heard if level is not None), key=lambda one: one[0], default=None)
    ratio = next((best[1][key] for key in snr_keys if key in best[1]), None) if best else None
    return Report(device, battery_pct, rssi_dbm=best[0] if best else None, snr_tenths_db=report.snr(ratio))


def _ruuvi(message: Message) -> Iterator[Report]:
    content = jsontext.parse_object(message.payload)
    tags = _object(_object(content.get("data")).get("tags"))
    tagged = tags or {message.topic.rpartition("/")[2]: content}
    for mac, item in tagged.items():
        if isinstance(item, dict) and ("data" in item or "temperature" in item):
            volts = item.get("voltage")
            yield Report(
                sensor_name(mac), battery_mv=report.millivolts(volts, volts=True),
                rssi_dbm=report.rssi(item.get("rssi")),
            )  # fmt: skip


def _theengs(message: Message) -> Iterator[Report]:
    content = jsontext.parse_object(message.payload)
    yield Report(
        theengs.name_of(message, content), values.percent(content.get("batt")),
        report.millivolts(content.get("volt"), volts=True), rssi_dbm=report.rssi(content.get("rssi")),
    )  # fmt: skip


def _rtl_433(message: Message) -> Iterator[Report]:
    for event in rtl_433.events(message):
        if isinstance(event.get("model"), str):
            ok = report.truth(event.get("battery_ok"))
            yield Report(
                rtl_433.name_of(event), _level(event.get("battery_ok")), battery_low=None if ok is None else not ok,
                rssi_dbm=report.rssi(event.get("rssi")), snr_tenths_db=report.snr(event.get("snr")),
            )  # fmt: skip


def _level(battery_ok: Json) -> int | None:
    """rtl_433 writes a level between 0 and 1 where a sensor sends one; 0 and 1 alone are its yes and no."""
    if not isinstance(battery_ok, str) or "." not in battery_ok:
        return None
    level = report.snr(battery_ok)
    return level * 10 if level is not None and 0 <= level <= 10 else None


def _disruptive(message: Message) -> Iterator[Report]:
    content = jsontext.parse_object(message.payload)
    event = _object(content.get("event")) or content
    data, name = _object(event.get("data", event.get("reported"))), event.get("targetName", event.get("name"))
    if not isinstance(name, str) or not name.strip():
        return
    network = _object(data.get("networkStatus"))
    yield Report(
        sensor_name(name.strip().rpartition("/")[2]),
        values.percent(_object(data.get("batteryStatus")).get("percentage")),
        rssi_dbm=report.rssi(network.get("rssi")), link_quality=report.quality(network.get("signalStrength"), 100),
    )  # fmt: skip


def _monnit(message: Message) -> Iterator[Report]:
    content = jsontext.parse_object(message.payload)
    messages = content.get("sensorMessages")
    for item in messages if isinstance(messages, list) else []:
        if isinstance(item, dict) and item.get("sensorID"):
            yield Report(
                sensor_name(jsontext.shown(item["sensorID"])), values.percent(item.get("batteryLevel")),
                report.millivolts(item.get("voltage"), volts=True),
                link_quality=report.quality(item.get("signalStrength"), 100),
            )  # fmt: skip


def _object(value: Json) -> _Object:
    return value if isinstance(value, dict) else {}


_SYSTEMS: Mapping[str, Callable[[Message], Iterator[Report]]] = MappingProxyType(
    {
        "native": _native,
        "zigbee2mqtt": _zigbee2mqtt,
        "tasmota": _tasmota,
        "shelly": _shelly,
        "shelly-gen1": _shelly_gen1,
        "chirpstack": _chirpstack,
        "thethingsstack": _thethingsstack,
        "loriot": _loriot,
        "ruuvi": _ruuvi,
        "theengs": _theengs,
        "rtl_433": _rtl_433,
        "disruptive": _disruptive,
        "monnit": _monnit,
        "senml": described.of_senml,
        "sparkplug": described.of_sparkplug,
        "homie": described.of_homie,
        "esphome": described.of_esphome,
        "homeassistant": described.of_homeassistant,
    }
)
