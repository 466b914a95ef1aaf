"""What devices that describe themselves say of their battery, radio and firmware.

Only what a specification defines or a description clearly names: Homie's legacy statistics, Sparkplug metrics whose
names and units leave no doubt, SenML's ``%EL``, the device classes of Home Assistant's discovery (ESPHome publishes
such descriptions too). A number of which it is not said whether it is percent or volts is none.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from coldchain.payloads import esphome, homeassistant, homie, jsontext, report, senml, sparkplug, values
from coldchain.payloads.homeassistant import Described
from coldchain.payloads.jsontext import Json, Number
from coldchain.payloads.message import Message, sensor_name
from coldchain.payloads.report import Report
from coldchain.payloads.sparkplug_wire import Metric

_ANY_OF_IT = re.compile(rb"batter|firmware|fw|rssi|snr", re.IGNORECASE)
"""One of these words is in every Sparkplug birth whose metrics are read here: most messages need no second look."""


def of_homie(message: Message) -> Iterator[Report]:
    """``$stats/battery`` and ``$stats/signal`` (percent), ``$fw/version``: Homie 3, and 4 by its legacy extensions.

    Also a property called ``battery`` that its description gives in percent, which is how Homie 5 devices say it.
    """
    device, rest = homie.split(message.topic)
    name = sensor_name(device.rpartition("/")[2])
    match rest:
        case ["$stats", "battery"]:
            yield Report(name, values.percent(_bare(message)))
        case ["$stats", "signal"]:
            yield Report(name, link_quality=report.quality(_bare(message), 100))
        case ["$fw", "version"]:
            yield Report(name, firmware=report.version(_bare(message)))
        case [_, "battery" | "battery-level"] if homie.unit_said(message, device, rest) == "%":
            yield Report(name, values.percent(_bare(message)))


def of_sparkplug(message: Message) -> Iterator[Report]:
    """Metrics of births and data by their names and units; a historical one says nothing of now."""
    births = message.announced.get(sparkplug.subject(message.topic), {}).values()
    if not any(_ANY_OF_IT.search(each) for each in (message.payload, *births)):
        return
    named = sparkplug.named_metrics(message)
    if named is None:
        return
    for known, metric in named[1]:
        if not metric.historical:
            yield _of_metric(named[0], known, metric)


def _of_metric(device: str, known: Metric, metric: Metric) -> Report:
    name = re.sub(r"[\s_-]", "", (known.name or "").rpartition("/")[2].lower())
    unit, value = (metric.unit or known.unit or "").strip(), metric.value
    match name, unit:
        case (("fw" | "fwversion" | "firmware" | "firmwareversion"), _) if not isinstance(value, Number):
            return Report(device, firmware=report.version(value))
        case (("battery" | "batterylevel"), "%"):
            return Report(device, values.percent(value))
        case (("batterypercent" | "batterypercentage"), _):
            return Report(device, values.percent(value))
        case (("battery" | "batteryvoltage"), ("V" | "mV")):
            return Report(device, battery_mv=report.millivolts(value, volts=unit == "V"))
        case "rssi", ("" | "dBm"):
            return Report(device, rssi_dbm=report.rssi(value))
        case "snr", ("" | "dB"):
            return Report(device, snr_tenths_db=report.snr(value))
    return Report(device)


def of_senml(message: Message) -> Iterator[Report]:
    """The battery of a pack's sensors: the ``%EL`` (RFC 8428 §12.1) under the same base name."""
    records = senml.records_of(message)
    batteries = senml.batteries(records)
    for record in records:
        base = senml.base_name(record)
        if base in batteries and (senml.is_temperature(record) or "n" not in record):
            yield Report(sensor_name(senml.name_of(record)), batteries[base])


def of_homeassistant(message: Message) -> Iterator[Report]:
    """What a discovered device's other entities say: see `_discovered`; its sensors are named by their ids."""
    return _discovered(message, lambda each: each.name)


def of_esphome(message: Message) -> Iterator[Report]:
    """The same of an ESPHome device whose discovery configurations have come; its sensors are named by their topics."""
    return _discovered(message, lambda each: esphome.sensor_of(each.state_topic))


def _discovered(message: Message, name_of: Callable[[Described], str | None]) -> Iterator[Report]:
    """A battery in percent, a signal strength in dBm, a firmware: for every thermometer of the same device.

    What is a battery or a signal is said by ``device_class``; which entities are one device's, by its identifiers.
    """
    for each in homeassistant.configurations(message, message.topic):
        if each.is_temperature:
            name = name_of(each)
            if name is not None and each.firmware:
                yield Report(sensor_name(name), firmware=report.version(each.firmware))
            continue
        said = _entity(each, message)
        if said is None or not each.device:
            continue
        for name in _thermometers(homeassistant.configurations(message, each.device), name_of):
            yield said.of(name)


def _entity(described: Described, message: Message) -> Report | None:
    match described.device_class, described.unit:
        case "battery", ("%" | ""):
            return Report("", values.percent(homeassistant.picked(described, message.payload)))
        case "signal_strength", "dBm":
            return Report("", rssi_dbm=report.rssi(homeassistant.picked(described, message.payload)))
    return None


def _thermometers(entities: Iterable[Described], name_of: Callable[[Described], str | None]) -> Iterator[str]:
    for each in entities:
        name = name_of(each) if each.is_temperature else None
        if name is not None:
            yield sensor_name(name)


def _bare(message: Message) -> Json:
    return Number(jsontext.text_of(message.payload).strip())
