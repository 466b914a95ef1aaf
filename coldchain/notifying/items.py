"""What an alert of an item says to people: which one, what of it, where and since when, what to do."""

from zoneinfo import ZoneInfo

from coldchain.domain.alarm import AlertKind
from coldchain.notifying.channel import Body, how_long, local_time, one_line, where

_NEXT = {
    AlertKind.WARNING: "Bring it back to where it is to be kept, or use it in time.",
    AlertKind.DEADLINE: "Do not use it. A pharmacist decides what becomes of it.",
    AlertKind.CERTAIN: "Put it into quarantine and use none of it until a pharmacist has decided.",
    AlertKind.POSSIBLE: "Use none of it until a pharmacist has decided. What was not measured counts as possible: "
    "import the logger file of that time, if there is one.",
    AlertKind.NO_DATA: "Move it to a place whose sensor sends, and say so on its page. As long as nothing is received, "
    "nobody can show that its storage is kept.",
    AlertKind.ENDED: "Nothing has to be done.",
    AlertKind.REOPENED: "A pharmacist looks at it again and decides. Until then, use none of it.",
}
_UNJUDGED = "Keep an eye on it by hand, and tell whoever runs this service: its log says what is wrong."


def subject(body: Body, zone: ZoneInfo) -> str:
    """One line: ``Humira lot A12 (item 3): its budget was used up at 2026-11-21 14:05 CET, Ward 3``."""
    return f"{_who(body)}: {what(body, zone)}"


def text(body: Body, zone: ZoneInfo) -> str:
    """The whole message, plain text."""
    lines = [f"{subject(body, zone)}.", ""]
    lines += [f"{label + ':':<10} {value}" for label, value in _facts(body, zone)]
    lines += ["", _UNJUDGED if body.get("cause") else _NEXT[AlertKind(body["kind"])], str(body["link"]), ""]
    lines += [f"Alert {body['id']}. If it comes twice, it has the same number."]
    return "\n".join(lines) + "\n"


def _who(body: Body) -> str:
    item, name = body["item"], str(body["product"]["name"]).partition(" (")[0]
    return one_line(f"{name} {item['kind']} {item['name']} (item {item['id']})", 160)


def what(body: Body, zone: ZoneInfo) -> str:
    """What is so and since when, without the item: ``its budget used up since 2026-11-21 14:05 CET, Ward 3``."""
    kind, item = AlertKind(body["kind"]), body["item"]
    late = ", known late" if body.get("late") else ""
    where = one_line(f", {item['where']}" if item["where"] else "", 120)
    since, rule = local_time(body["since"], zone), str(item["about"]).partition("/")[0]
    if body.get("cause"):
        return f"it cannot be judged since {since}"
    if item["deadline"] is not None:
        return f"{_EXPIRES[kind]} {local_time(item['deadline'], zone)}{late}"
    if kind is AlertKind.REOPENED:
        return f"to be decided anew: {one_line(str(item['why']), 160)}"
    if kind is AlertKind.WARNING:
        return "its budget is nearly used up"
    if kind is AlertKind.NO_DATA:
        return f"no data, its storage cannot be shown to be kept, since {since}{where}"
    may = "" if kind is AlertKind.CERTAIN else "possibly "
    if rule == "returns":
        return f"{may}returned to the refrigerator against its rule, {since}{where}{late}"
    return f"{may}{'its budget used up' if body['item'].get('budget') else 'out of range'} since {since}{where}{late}"


_EXPIRES = {
    AlertKind.WARNING: "expires at",
    AlertKind.DEADLINE: "expired at",
    AlertKind.POSSIBLE: "may have expired at",
}


def _facts(body: Body, zone: ZoneInfo) -> list[tuple[str, str]]:
    product, item = body["product"], body["item"]
    facts = [("Rule", one_line(str(body["limit"]["words"])))]
    if body.get("duration_s"):
        facts.append(("How long", how_long(body["duration_s"]) + ", over its whole way"))
    facts.append(("How many", str(item["quantity"])))
    facts.append(("Where now", where(body)))
    facts.append(("Raised", local_time(body["raised_at"], zone)))
    facts.append(("Rules", one_line(f"{product['name']}, {body['stage']}, version {product['version']}")))
    if body.get("adopted") is False:
        facts.append(("Adopted", "no pharmacist of this site has adopted this version"))
    return facts
