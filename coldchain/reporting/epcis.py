"""An audit as EPCIS 2.0 sensor events: a JSON-LD document of ObjectEvents, one for each judged channel.

What is standard says what was measured: the span, lowest, highest and mean temperature (``CEL``), each excursion as an
``ALARM_CONDITION``, each gap as an ``ERROR_CONDITION``. What EPCIS has no word for stands under ``coldchain:``. A
verdict is no disposition: deciding what becomes of the goods is a person's act, so no event carries one.

Source: GS1 EPCIS 2.0 and CBV 2.0 (sensorElementList, business step ``sensor_reporting``); RFC 6920 for naming by hash.
"""

import json
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from coldchain.reporting.words import clock_of

Object = dict[str, Any]

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
VOCABULARY = "urn:x-coldchain:"

_EPOCH = "1970-01-01T00:00:00.000Z"


def epcis_json(results: Sequence[Object], *, program: str) -> bytes:
    """The whole document; the same results always give the same bytes.

    Args:
        results: Objects of ``coldchain.audit/1``. A file that was not judged, or a channel without a reading, is no
            event: it is named under ``coldchain:notJudged``.
        program: Name and version of this program.
    """
    judged = [one for one in results if "error" not in one and _measured(one)[1] is not None]
    events = [_event(one, program) for one in judged]
    document = {
        "@context": [CONTEXT, {"coldchain": VOCABULARY}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": max((_measured(one)[1] or "" for one in judged), default=_EPOCH),
        "epcisBody": {"eventList": events},
    }
    left_out = [one["file"]["name"] for one in results if one not in judged]
    if left_out:
        document["coldchain:notJudged"] = left_out
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
    return f"{text}\n".encode("utf-8", "backslashreplace")


def named_by_hash(sha256: str) -> str:
    """``ni:///sha-256;…``: content named by its hash (RFC 6920)."""
    return f"ni:///sha-256;{urlsafe_b64encode(bytes.fromhex(sha256)).decode().rstrip('=')}"


def _event(judged: Object, program: str) -> Object:
    last = _measured(judged)[1] or _EPOCH
    zone = judged["evidence"].get("time_zone") or {}
    product = judged["product"]
    return {
        "eventID": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(judged, sort_keys=True))}",
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "bizStep": "sensor_reporting",
        "eventTime": last,
        "eventTimeZoneOffset": _offset(zone.get("value"), last),
        "epcList": [],
        "sensorElementList": [
            _whole(judged, program),
            *([] if judged["readings"]["accepted"] else map(_interval, judged.get("extremes") or ())),
            *map(_excursion, judged["excursions"]),
            *map(_gap, judged["gaps"]),
        ],
        "coldchain:verdict": judged["verdict"],
        "coldchain:product": f"{product['id']} version {product['version']}",
        "coldchain:stage": judged["stage"],
        "coldchain:file": judged["file"]["name"],
        "coldchain:channel": judged["channel"],
    }


def _whole(judged: Object, program: str) -> Object:
    """The span as a whole: what was measured, by which device, from which file, judged by which rules."""
    readings, statistics, serial = judged["readings"], judged["statistics"], judged["device"]["serial"]
    first, last = _measured(judged)
    metadata = {
        "startTime": first,
        "endTime": last,
        "rawData": named_by_hash(judged["file"]["sha256"]),
        "dataProcessingMethod": f"{VOCABULARY}program:{quote(program.replace(' ', ':'), safe=':')}",
        "bizRules": named_by_hash(judged["product"]["sha256"]),
    }
    if serial:
        metadata["deviceID"] = f"{VOCABULARY}device:{quote(serial, safe='')}"
    report: Object = {"type": "Temperature", "uom": "CEL"}
    if not readings["accepted"]:
        intervals = judged.get("extremes") or ()
        for name, key, worst in (("minValue", "min_c", min), ("maxValue", "max_c", max)):
            values = [one[key] for one in intervals if one[key] is not None]
            report |= {name: worst(values)} if values else {}
    if statistics:
        report |= {
            "minValue": statistics["min_c"], "maxValue": statistics["max_c"], "meanValue": statistics["mean_c"],
            "coldchain:readings": readings["accepted"], "coldchain:coverage": statistics["coverage"],
        }  # fmt: skip
        if statistics["mkt_c"] is not None:
            report["coldchain:meanKineticTemperature"] = statistics["mkt_c"]
    return {"sensorMetadata": metadata, "sensorReport": [report]}


def _measured(judged: Object) -> tuple[str | None, str | None]:
    """From when to when something was measured: the readings, else the intervals whose extremes the device kept."""
    readings, intervals = judged["readings"], judged.get("extremes") or ()
    if readings["last"] is not None or not intervals:
        return readings["first"], readings["last"]
    return min(one["start"] for one in intervals), max(one["end"] for one in intervals)


def _interval(interval: Object) -> Object:
    """One interval of which the device kept the lowest and the highest value only."""
    report: Object = {"type": "Temperature", "uom": "CEL"}
    report |= {
        name: interval[key] for name, key in (("minValue", "min_c"), ("maxValue", "max_c")) if interval[key] is not None
    }
    return {"sensorMetadata": _span(interval), "sensorReport": [report]}


def _excursion(found: Object) -> Object:
    bounds = found["duration_s"]
    report = {
        "type": "Temperature", "exception": "ALARM_CONDITION", "value": found["extreme_c"], "uom": "CEL",
        "coldchain:limit": found["limit"], "coldchain:certainty": found["certainty"],
        "coldchain:atLeastSeconds": bounds["at_least"], "coldchain:estimateSeconds": bounds["estimate"],
        "coldchain:atMostSeconds": bounds["at_most"],
    }  # fmt: skip
    return {"sensorMetadata": _span(found), "sensorReport": [report]}


def _gap(gap: Object) -> Object:
    return {
        "sensorMetadata": _span(gap),
        "sensorReport": [{"type": "Temperature", "exception": "ERROR_CONDITION", "coldchain:cause": "no reading"}],
    }


def _span(found: Object) -> Object:
    return {"startTime": found["start"]} | ({"endTime": found["end"]} if found["end"] else {})


def _offset(zone: str | None, instant: str) -> str:
    """The zone's offset at an instant, as ``+02:00``."""
    offset = datetime.fromisoformat(instant).astimezone(clock_of(zone).zone).utcoffset() or timedelta()
    minutes = abs(offset) // timedelta(minutes=1)
    return f"{'-' if offset < timedelta() else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
