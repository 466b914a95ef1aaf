"""What an alert says to people: what, where, since when, how long, the limit, the next step, the link.

Short and exact, without blame; times in the site's zone, with the zone.
"""

from typing import Any
from zoneinfo import ZoneInfo

from coldchain.domain.alarm import AlertKind
from coldchain.domain.temperature import format_c, milli_c
from coldchain.notifying import devices, items, preparations, service
from coldchain.notifying.channel import Body, how_long, local_time, one_line, where

_WHAT = {
    AlertKind.CERTAIN: "out of range",
    AlertKind.POSSIBLE: "possibly out of range",
    AlertKind.NO_DATA: "no data",
    AlertKind.REOPENED: "to be decided anew: later readings changed what is known; out of range",
}
_NEXT = {
    AlertKind.CERTAIN: "Neither use nor discard what is stored here until a pharmacist has decided. "
    "Acknowledge the excursion on its page.",
    AlertKind.POSSIBLE: "Read the temperature on the spot and see whether readings come in. If the sensor keeps a "
    "memory of its own, import it: what was not measured counts as possible.",
    AlertKind.NO_DATA: "Check the sensor's power, battery and network, and read the temperature on the spot. "
    "As long as no temperature comes in, nobody can show that the limit is kept.",
    AlertKind.REOPENED: "A pharmacist looks at the excursion again and decides what becomes of what was stored here. "
    "Until then, use nothing of it.",
}
_UNJUDGED = "Watch the temperature on the spot, and tell whoever runs this service: its log says what is wrong."
_OVER = "What was stored here still waits for a decision, if none was made yet."


def subject(body: Body, zone: ZoneInfo) -> str:
    """One line: ``Ward 3 refrigerator: out of range since 2026-11-21 02:14 CET``."""
    if service.is_about_service(body):
        return service.subject(body, zone)
    if devices.is_about_devices(body):
        return devices.subject(body, zone)
    if body.get("preparation"):
        return preparations.subject(body, zone)
    if body.get("item"):
        return items.subject(body, zone)
    return f"{where(body)}: {_what(body, zone)}"


def text(body: Body, zone: ZoneInfo) -> str:
    """The whole message, plain text."""
    if service.is_about_service(body):
        return service.text(body, zone)
    if devices.is_about_devices(body):
        return devices.text(body, zone)
    if body.get("preparation"):
        return preparations.text(body, zone)
    if body.get("item"):
        return items.text(body, zone)
    lines = [f"{subject(body, zone)}.", ""]
    lines += [f"{label + ':':<10} {value}" for label, value in _facts(body, zone)]
    lines += [
        "",
        _next_step(body),
        str(body["link"]),
        "",
        f"Alert {body['id']}. If it comes twice, it has the same number.",
    ]
    return "\n".join(lines) + "\n"


def _what(body: Body, zone: ZoneInfo) -> str:
    kind, since = AlertKind(body["kind"]), local_time(body["since"], zone)
    if kind is AlertKind.ENDED:
        return _end(body, zone)
    if body.get("cause") == "unjudged":
        return f"readings are stored but cannot be judged since {since}"
    until = f" until {local_time(body['end'], zone)}" if body.get("end") else ""
    return f"{_WHAT[kind]} since {since}{until}" + (", known late" if body.get("late") else "")


def _end(body: Body, zone: ZoneInfo) -> str:
    over = local_time(body.get("end") or body["raised_at"], zone)
    if body.get("withdrawn"):
        return f"excursion {body['excursion']} is withdrawn: later readings show that the limit was kept"
    if body.get("still"):
        return f"{_still(body)}; excursion {body['excursion']} is over since {over}"
    return f"back in range since {over}" if body.get("excursion") else f"data again since {over}"


def _still(body: Body) -> str:
    """Another limit is touched yet, or another sensor out: ``still out of range (above 8 °C)``."""
    own = body["sensor"]["name"]
    limits = [one["limit"] + ("" if one["sensor"] == own else f" at {one['sensor']}") for one in body["still"]]
    lead = "still out of range" if any(one["certain"] for one in body["still"]) else "possibly still out of range"
    return one_line(f"{lead} ({', '.join(dict.fromkeys(limits))})", 200)


def _facts(body: Body, zone: ZoneInfo) -> list[tuple[str, str]]:
    sensor, product = body["sensor"], body["product"]
    facts = [("Limit", one_line(str(body["limit"]["words"])))]
    if body.get("duration_s"):
        running = "" if body.get("end") else "; not yet over"
        facts.append(("How long", how_long(body["duration_s"]) + running))
    if body.get("extreme_c") is not None:
        facts.append(("Worst", _degrees(body["extreme_c"])))
    if body.get("last_reading"):
        last = body["last_reading"]
        facts.append(("Last", f"{_degrees(last['temperature_c'])} at {local_time(last['measured_at'], zone)}"))
    facts.append(("Began", local_time(body["since"], zone)))
    facts.append(("Raised", local_time(body["raised_at"], zone)))
    facts.append(("Sensor", one_line(sensor["name"] + (f", channel {sensor['channel']}" if sensor["channel"] else ""))))
    facts.append(("Rules", one_line(f"{product['name']}, {body['stage']}, version {product['version']}")))
    if body.get("adopted") is False:
        facts.append(("Adopted", "no pharmacist of this site has adopted this version"))
    if body.get("excursion"):
        facts.append(("Excursion", str(body["excursion"])))
    return facts


def _next_step(body: Body) -> str:
    kind = AlertKind(body["kind"])
    if body.get("cause") == "unjudged":
        return _UNJUDGED
    if kind is not AlertKind.ENDED:
        return _NEXT[kind]
    if body.get("withdrawn"):
        return "Nothing has to be done; what was known before stays readable on the page."
    if body.get("still"):
        return _NEXT[AlertKind.CERTAIN]
    return _OVER if body.get("excursion") else "Readings come in again; the silence stays on the record."


def _degrees(value: Any) -> str:
    return format_c(milli_c(str(value)))
