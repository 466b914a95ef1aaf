"""One round: a site, its faults one after the other, and what must be true at the end."""

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from coldchain.domain.bounds import Edges
from coldchain.domain.reading import Trace
from coldchain.domain.verdict import judge
from coldchain.monitoring.knowing import known_of
from coldchain.monitoring.rules import rules_of
from coldchain.records import Store, alerts, excursions, places, quarantine, units
from coldchain.records.excursions import Known
from coldchain.records.verifying import verify
from tests.chaos.databases import Cluster, Postgres
from tests.chaos.disk import Disk
from tests.chaos.faults import strike
from tests.chaos.plan import Plan
from tests.chaos.site import Site, drained, site


@dataclass
class Outcome:
    """What a round came to.

    Attributes:
        struck: Each fault with the step at which it happened.
        findings: What must not be; empty for a round that kept every promise.
    """

    plan: Plan
    struck: list[tuple[str, str]] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    readings: int = 0
    repeats: int = 0
    lost: int = 0
    promises_checked: int = 0
    excursions: int = 0
    alerts: int = 0
    told_twice: int = 0
    lives: int = 0
    seconds: float = 0.0


def run_round(plan: Plan, disk: Disk, cluster: Cluster | None, folder: Path) -> Outcome:
    """Run one round and look at what it left."""
    outcome, begun, chance = Outcome(plan), time.monotonic(), random.Random(plan.seed)  # noqa: S311
    with site(plan, disk, cluster, folder) as made:
        for name, step in plan.faults:
            outcome.struck.append((name, strike(made, name, step, chance)))
        drained(made)
        made.service.ask_to_stop()
        if code_ := made.service.await_end():
            made.findings.append(f"the service ended with {code_}")
        made.gateway.close()
        outcome.findings = made.findings + _readings(made)
        store = Store(_direct(made))
        outcome.findings += excursions_as_judged(made.gateway, store) + _alerts(made, store)
        with store.reading() as tx:
            outcome.findings += [str(each) for each in verify(tx).findings]
            outcome.excursions = len(excursions.excursions(tx))
        store.close()
        told = Counter(each.alert_id for each in made.receiver.attempts)
        outcome.lost = len(made.gateway.acknowledged().keys() - made.stored().keys())
        outcome.readings, outcome.repeats = len(made.gateway.taken), made.gateway.repeats
        outcome.alerts, outcome.told_twice = len(told), told.total() - len(told)
        outcome.promises_checked, outcome.lives = made.promises_checked, made.service.life
    outcome.seconds = time.monotonic() - begun
    return outcome


def _direct(made: Site) -> str:
    """The database's address past the network that can be cut."""
    if isinstance(made.database, Postgres):
        return Postgres(made.database.cluster, made.database.database, made.database.cluster.port).url
    return made.database.url


def _readings(made: Site) -> list[str]:
    """Acknowledged and stored are the same, with the same values."""
    promised, stored = made.gateway.acknowledged(), made.stored()
    missing, more = promised.keys() - stored.keys(), stored.keys() - promised.keys()
    other = [one for one in promised.keys() & stored.keys() if promised[one] != stored[one]]
    found = {"acknowledged and not stored": missing, "stored and never acknowledged": more, "of another value": other}
    return [f"{len(which)} readings are {what}" for what, which in found.items() if which]


class Ledger(Protocol):
    """What was acknowledged."""

    def acknowledged(self) -> dict[tuple[str, int], int]:
        """``(sensor, measured ms) -> m°C``."""


def excursions_as_judged(ledger: Ledger, store: Store) -> list[str]:
    """What the record holds is what the judge says of the ledger in one go; what is not is a finding."""
    found: list[str] = []
    with store.reading() as tx:
        if quarantine.count(tx):
            found.append(f"quarantine holds {quarantine.count(tx)}")
        standing = [one for one in excursions.excursions(tx) if one.merged_into is None]
        recorded = Counter(
            (one.sensor_id, one.limit_id, one.current.known) for one in standing if not one.current.known.withdrawn
        )
        judged: Counter[tuple[int, str, Known]] = Counter()
        for sensor in places.sensors(tx):
            taken = sorted((at, milli) for (name, at), milli in ledger.acknowledged().items() if name == sensor.name)
            trace = Trace.of([at for at, _ in taken], [milli for _, milli in taken])
            for unit in units.of_sensors(tx, [sensor.id]):
                rules = rules_of(unit, 0)
                said = judge(trace, rules.limits, rules.yardstick, Edges(unit.from_ms, None))
                for limit in said.limits:
                    judged.update(
                        (sensor.id, limit.limit.id, known_of(one, one.episode.end_ms)) for one in limit.excursions
                    )
    found += [f"an excursion is recorded and not judged: {each}" for each in recorded - judged]
    found += [f"an excursion is judged and not recorded: {each}" for each in judged - recorded]
    return found


def _alerts(made: Site, store: Store) -> list[str]:
    """Every excursion was told of, every alert taken once, and again only what had got no answer."""
    found: list[str] = []
    with store.reading() as tx:
        raised = alerts.alerts(tx)
        for one in excursions.excursions(tx):
            kinds = [alert.kind for alert in raised if alert.excursion_id == one.id]
            if len(kinds) != len(set(kinds)):
                found.append(f"excursion {one.number} was alerted twice: {kinds}")
            known = one.current.known
            told = "certain" in kinds or (known.certainty == "possible" and kinds)
            if one.merged_into is None and not known.withdrawn and not told:
                found.append(f"excursion {one.number} ({known.certainty}) was not alerted: {kinds}")
    ids, reached = {alert.id for alert in raised}, {each.alert_id for each in made.receiver.attempts}
    if ids != reached:
        found.append(f"{len(ids - reached)} alerts did not reach their receiver, {len(reached - ids)} nobody raised")
    delivered = made.database.rows(
        """select alert_id, count(*) from delivery_attempt join outbox on outbox.id = outbox_id
           where outcome = 'delivered' group by alert_id, outbox_id having count(*) > 1"""
    )
    found += [f"alert {alert_id} is recorded as delivered {count} times" for alert_id, count in delivered]
    return found + _second_deliveries(made)


def _second_deliveries(made: Site) -> list[str]:
    """Only what got no answer is sent again, or what its end kept the service from writing down."""
    attempts = made.receiver.attempts
    last_of_life = {each.life: index for index, each in enumerate(attempts)}
    found = []
    for index, each in enumerate(attempts):
        repeated = any(later.alert_id == each.alert_id for later in attempts[index + 1 :])
        cut_off = each.life in made.service.taken_over or (
            each.life in made.service.cut_off and last_of_life[each.life] == index
        )
        if repeated and each.answered and not cut_off:
            found.append(f"alert {each.alert_id} was delivered again although its receiver had answered")
    return found
