"""The summary of a campaign, for people."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from tests.chaos.plan import FAULTS

_HEAD = """\
# What {count} rounds of breaking things came to

Written by `make chaos`; what each fault is and what the service does is on the page
[What happens when something fails](../explanation/durability.md). In every round a gateway publishes readings and keeps
its own ledger of what was acknowledged, while three faults strike, each at a step of a writing transaction that the
round's seed chooses: before any of its statements, before its COMMIT, or right after it. "Acknowledged" is an HTTP
2xx, the embedded broker's PUBACK, or the service's own acknowledgement to Mosquitto.

Seeds {first} to {last}. {disk}

"""
_MOUNTED = "The full disk was a file system of its own (tmpfs), filled to the last byte."
_BOUNDED = "No disk could be mounted there: a full one was a bound on the service's files, for SQLite only."


def table(rounds: Sequence[dict[str, Any]]) -> str:
    """The page as Markdown.

    Args:
        rounds: Each an `Outcome` as a dictionary, with ``small_disk``: whether a disk could really be filled.
    """
    seeds = [one["plan"]["seed"] for one in rounds]
    disk = _MOUNTED if all(one["small_disk"] for one in rounds) else _BOUNDED
    parts = [_HEAD.format(count=len(rounds), first=min(seeds), last=max(seeds), disk=disk), _totals(rounds)]
    parts += ["\n## By database and way in\n\n", _by_site(rounds), "\n## By fault\n\n", _by_fault(rounds)]
    findings = [f"- seed {one['plan']['seed']}: {each}\n" for one in rounds for each in one["findings"]]
    parts += ["\n## Findings\n\n", *(findings or ["None.\n"])]
    return "".join(parts)


def _totals(rounds: Sequence[dict[str, Any]]) -> str:
    def total(name: str) -> int:
        return sum(one[name] for one in rounds)

    rows = [
        ("rounds", len(rounds)),
        ("rounds in which every promise was kept", sum(not one["findings"] for one in rounds)),
        ("faults", sum(len(one["struck"]) for one in rounds)),
        ("readings acknowledged", total("readings")),
        ("of them sent again by the gateway, and recorded once", total("repeats")),
        ("acknowledged and not stored", total("lost")),
        ("lives of the service", total("lives")),
        ("looks right after a death: is all that was acknowledged stored?", total("promises_checked")),
        ("excursions, each equal to judging the ledger in one go", total("excursions")),
        ("alerts, each taken by its receiver", total("alerts")),
        ("second deliveries, all of attempts without a recorded answer, under the same id", total("told_twice")),
    ]
    return _rows(("", "number"), [(name, f"{number:,}".replace(",", " ")) for name, number in rows])


def _by_site(rounds: Sequence[dict[str, Any]]) -> str:
    sites = sorted({(one["plan"]["database"], one["plan"]["way"]) for one in rounds})
    found = []
    for database, way in sites:
        own = [one for one in rounds if (one["plan"]["database"], one["plan"]["way"]) == (database, way)]
        kept = sum(not one["findings"] for one in own)
        found.append((database, way, str(len(own)), str(kept), str(sum(one["readings"] for one in own))))
    return _rows(("database", "way in", "rounds", "kept", "readings"), found)


def _by_fault(rounds: Sequence[dict[str, Any]]) -> str:
    found = []
    for name in FAULTS:
        steps = Counter(step for one in rounds for fault, step in one["struck"] if fault == name)
        often = ", ".join(f"{step} {count}" for step, count in steps.most_common(4))
        found.append((name, str(steps.total()), str(len(steps)), often))
    return _rows(("fault", "times", "different steps", "most often at"), found)


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)
