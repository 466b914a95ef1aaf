"""What an alert of a prepared medicine says to people: which one, what must happen by when, where it is, what to do."""

from zoneinfo import ZoneInfo

from coldchain.domain.alarm import AlertKind
from coldchain.notifying.channel import Body, how_long, local_time, one_line, where

_NEXT = {
    AlertKind.WARNING: "Do it, or say on its page what happened instead.",
    AlertKind.DEADLINE: "Do not use it. If it was done in time and only not recorded, correct that on its page; "
    "otherwise discard it.",
    AlertKind.CERTAIN: "Do not use it until a pharmacist has decided.",
    AlertKind.POSSIBLE: "Do not use it until a pharmacist has decided. Readings that come in later may still show that "
    "its storage was kept.",
    AlertKind.NO_DATA: "Move it to a place whose sensor sends, and say so on its page. As long as nothing is received, "
    "nobody can show that its storage is kept.",
    AlertKind.ENDED: "Nothing has to be done.",
}


def subject(body: Body, zone: ZoneInfo) -> str:
    """One line: ``P-2026-0007 Besponsa, vial 3: diluted is due by 2026-11-21 13:00 CET``."""
    return f"{_who(body)}: {_what(body, zone)}"


def text(body: Body, zone: ZoneInfo) -> str:
    """The whole message, plain text."""
    lines = [f"{subject(body, zone)}.", ""]
    lines += [f"{label + ':':<10} {value}" for label, value in _facts(body, zone)]
    lines += ["", _NEXT[AlertKind(body["kind"])], str(body["link"]), ""]
    lines += [f"Alert {body['id']}. If it comes twice, it has the same number."]
    return "\n".join(lines) + "\n"


def _who(body: Body) -> str:
    about, name = body["preparation"], str(body["product"]["name"]).partition(" (")[0]
    item = f", {about['item']}" if about["item"] else ""
    return one_line(f"{about['number']} {name}{item}", 120)


def _what(body: Body, zone: ZoneInfo) -> str:
    kind, deadline = AlertKind(body["kind"]), body["preparation"]["deadline"]
    late = ", known late" if body.get("late") else ""
    if deadline is not None:
        due = f"{_due_event(body)} is due by {local_time(deadline, zone)}"
        return f"{due}, which has passed{late}" if kind is AlertKind.DEADLINE else due
    since = f"since {local_time(body['since'], zone)}{late}"
    match kind:
        case AlertKind.CERTAIN:
            return f"its storage is violated, {since}"
        case AlertKind.NO_DATA:
            return f"no data, its storage cannot be shown to be kept, {since}"
        case _:
            return f"its storage can no longer be shown to be kept, {since}"


def _due_event(body: Body) -> str:
    return str(body["limit"]["id"]).rpartition("→")[2].replace("_", " ")


def _facts(body: Body, zone: ZoneInfo) -> list[tuple[str, str]]:
    product = body["product"]
    facts = [("Rule", one_line(str(body["limit"]["words"])))]
    if body.get("duration_s"):
        facts.append(("How long", how_long(body["duration_s"])))
    facts.append(("Where", where(body)))
    facts.append(("Raised", local_time(body["raised_at"], zone)))
    facts.append(("Rules", one_line(f"{product['name']}, version {product['version']}")))
    return facts
