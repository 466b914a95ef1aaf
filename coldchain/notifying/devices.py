"""What the daily notice about sensors says: each with its place and what to look at; never a temperature's verdict."""

from zoneinfo import ZoneInfo

from coldchain.notifying.channel import Body, local_time, one_line, where

SCHEMA = "coldchain.devices/1"


def is_about_devices(body: Body) -> bool:
    """Whether a body is one of these, and not an alert's."""
    return body.get("schema") == SCHEMA


def subject(body: Body, _zone: ZoneInfo) -> str:
    """One line: ``Sensors: 2 to be looked at, 1 in order again``, or the one thing itself."""
    found, over = body["found"], body["over"]
    if len(found) == 1 and not over:
        return one_line(f"Sensor {_who(found[0])} {found[0]['sentence']}", 160)
    parts = [f"{len(found)} to be looked at"] if found else []
    parts += [f"{len(over)} in order again"] if over else []
    return f"Sensors: {', '.join(parts)}"


def text(body: Body, zone: ZoneInfo) -> str:
    """The whole message, plain text."""
    lines = ["This is about sensors themselves. No temperature was out of range because of it, and it can wait.", ""]
    lines += [f"- {_who(each)} at {where(each)} {one_line(str(each['sentence']), 400)}." for each in body["found"]]
    if body["over"]:
        lines += [""] if body["found"] else []
        lines += ["In order again:"]
        lines += [
            f"- {_who(each)} at {where(each)}: {_OVER.get(str(each['complaint']), str(each['complaint']))}, since"
            f" {local_time(each['since'], zone)}"
            for each in body["over"]
        ]
    lines += ["", str(body["link"]), "", f"Notice {body['id']}. If it comes twice, it has the same number."]
    return "\n".join(lines) + "\n"


_OVER = {
    "stuck": "it was stuck",
    "jumps": "its readings jumped",
    "drift": "it differed from the other probe",
    "clock": "its clock was off",
    "power-up": "it sent 85.000 °C",
    "range": "it sent what it cannot measure",
    "battery": "its battery was low",
    "calibration": "its calibration was due",
}


def _who(each: Body) -> str:
    sensor = each["sensor"]
    return one_line(sensor["name"] + (f" · {sensor['channel']}" if sensor["channel"] else ""), 100)
