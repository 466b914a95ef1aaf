"""What EPCIS 2.0 asks of a document of sensor events.

Written by hand from the standard and the drafts of its JSON Schema; the published schema itself is not copied here.
Stricter than that one where we know what we write: every key is named.
"""

from typing import Any

_URI = {"type": "string", "format": "uri", "pattern": r"^[a-z][a-z0-9+.-]*:\S+$"}
_TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}
_OWN = {"^coldchain:[a-zA-Z]+$": {"type": ["string", "number", "null"]}}

_METADATA = {
    "type": "object",
    "properties": {
        "startTime": _TIME, "endTime": _TIME, "deviceID": _URI, "rawData": _URI, "dataProcessingMethod": _URI,
        "bizRules": _URI,
    },
    "required": ["startTime"],
    "additionalProperties": False,
}  # fmt: skip

_REPORT = {
    "type": "object",
    "properties": {
        "type": {"const": "Temperature"},
        "uom": {"const": "CEL"},
        "value": {"type": "number"}, "minValue": {"type": "number"}, "maxValue": {"type": "number"},
        "meanValue": {"type": "number"},
        "exception": {"enum": ["ALARM_CONDITION", "ERROR_CONDITION"]},
    },
    "patternProperties": _OWN,
    "required": ["type"],
    "additionalProperties": False,
}  # fmt: skip

_EVENT = {
    "type": "object",
    "properties": {
        "eventID": _URI,
        "type": {"const": "ObjectEvent"},
        "action": {"const": "OBSERVE"},
        "bizStep": {"const": "sensor_reporting"},
        "eventTime": _TIME,
        "eventTimeZoneOffset": {"type": "string", "pattern": r"^([+]|[-])((0[0-9]|1[0-3]):([0-5][0-9])|14:00)$"},
        "epcList": {"type": "array", "items": _URI, "uniqueItems": True},
        "sensorElementList": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {
                    "sensorMetadata": _METADATA,
                    "sensorReport": {"type": "array", "minItems": 1, "items": _REPORT},
                },
                "required": ["sensorMetadata", "sensorReport"],
                "additionalProperties": False,
            },
        },
    },
    "patternProperties": _OWN,
    "required": ["type", "eventTime", "eventTimeZoneOffset", "action", "epcList", "sensorElementList"],
    "additionalProperties": False,
}

DOCUMENT: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "properties": {
        "@context": {"type": "array", "items": {"anyOf": [_URI, {"type": "object"}]}, "uniqueItems": True},
        "type": {"const": "EPCISDocument"},
        "schemaVersion": {"const": "2.0"},
        "creationDate": _TIME,
        "epcisBody": {
            "type": "object",
            "properties": {"eventList": {"type": "array", "items": _EVENT}},
            "required": ["eventList"],
            "additionalProperties": False,
        },
        "coldchain:notJudged": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["@context", "type", "schemaVersion", "creationDate", "epcisBody"],
    "additionalProperties": False,
}
