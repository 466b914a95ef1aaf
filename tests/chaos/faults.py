"""What befalls a site while its service stands still at a step; each leaves everything but the service well again."""

import random
import shutil
import threading
import time
from collections.abc import Callable

from tests.chaos.databases import LONGEST_S, Cluster, Sqlite, await_
from tests.chaos.plan import FAULTS
from tests.chaos.service import ended
from tests.chaos.site import Site

Strike = Callable[[Site, random.Random], None]

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000

_STARTING = 30
"""Steps of its transactions that the service takes when it starts."""
_SERVICE_LOCK = 0x636F6C65  # as in coldchain.records.store


def strike(made: Site, name: str, step: int, chance: random.Random) -> str:
    """Let the service come to a step, let the fault happen there, and mend it.

    Returns:
        The step, such as ``insert reading`` or ``committed``.
    """
    where = made.stand_still(step)
    _STRIKES[name](made, chance)
    made.service.go_on()
    made.live()
    return where


def _a_while(chance: random.Random, longest_s: float = 1.0) -> None:
    time.sleep(chance.uniform(0.05, longest_s))


def _service_killed(made: Site, chance: random.Random) -> None:
    """Now and then a second time, while it starts."""
    made.service.kill()
    made.check_promises()
    made.service.start()
    if chance.random() < 0.25:
        made.stand_still(chance.randint(1, _STARTING))
        made.service.kill()
        made.service.start()


def _service_killed_before_an_answer(made: Site, _: random.Random) -> None:
    """At the very moment at which an alert has reached its receiver and waits for the answer."""
    killed = threading.Event()

    def kill() -> None:
        made.service.kill()
        killed.set()

    made.receiver.instead = kill
    made.service.go_on()
    assert killed.wait(LONGEST_S), "no alert came"
    made.check_promises()
    made.service.start()


def _service_restarted(made: Site, _: random.Random) -> None:
    made.service.ask_to_stop()
    made.service.go_on()
    if code := made.service.await_end():
        made.findings.append(f"the service ended with {code} when it was asked to stop")
    made.check_promises()


def _second_service(made: Site, _: random.Random) -> None:
    other = made.service.begin_second()
    code, complaint = ended(other), made.service.log_of_second().read_text()
    if code != 2 or "another coldchain service" not in complaint:
        made.findings.append(f"a second service was not refused: {code} {complaint[-300:]}")


def _disk_full(made: Site, chance: random.Random) -> None:
    """No room for anything more, neither at this step nor for some time after it."""
    pid = made.service.pid
    made.disk.fill(pid)
    made.service.go_on()
    _a_while(chance)
    made.disk.empty(pid)
    if made.cluster is not None and not isinstance(made.database, Sqlite):
        made.cluster.start()


def _network_cut(name: str) -> Strike:
    def cut(made: Site, chance: random.Random) -> None:
        made.proxies[name].cut()
        made.service.go_on()
        _a_while(chance)
        made.proxies[name].mend()

    return cut


def _clock_set(made: Site, chance: random.Random) -> None:
    """Ahead, or back by less than what makes a reading one from the future; and right again, at some other step."""
    made.service.set_clock(chance.choice((2 * DAY_MS, HOUR_MS, -4 * MINUTE_MS)))
    made.service.go_on()
    await_("people are told of it", lambda: "time" in made.receiver.notices() or made.service.pid is None)
    made.service.set_clock(0)


def _database(end: Callable[[Cluster], None]) -> Strike:
    def away(made: Site, chance: random.Random) -> None:
        cluster = _cluster(made)
        end(cluster)
        made.service.go_on()
        _a_while(chance)
        cluster.start()

    return away


def _database_read_only(made: Site, chance: random.Random) -> None:
    """After a failover, on a standby that nobody has promoted yet."""
    cluster = _cluster(made)
    cluster.become_standby()
    made.service.go_on()
    _a_while(chance)
    cluster.promote()


def _database_stands_still(made: Site, chance: random.Random) -> None:
    _cluster(made).freeze(on=True)
    made.service.go_on()
    _a_while(chance)
    _cluster(made).freeze(on=False)


def _lock_lost(made: Site, _: random.Random) -> None:
    """The connection that holds the service's lock is broken; then another service tries to take its place."""
    made.database.rows(
        f"""select pg_terminate_backend(pid, 5000) from pg_locks join pg_database on pg_database.oid = database
            where datname = current_database() and objid = {_SERVICE_LOCK} and granted"""  # noqa: S608
    )
    made.service.go_on()
    other = made.service.begin_second()
    await_("one of two services ends", lambda: other.exitcode is not None or made.service.pid is None)
    if made.service.pid is None:  # the other one was quicker: two services have sent alerts in this life
        made.service.taken_over.add(made.service.life)
    other.kill()
    ended(other)


def _database_locked(made: Site, chance: random.Random) -> None:
    """The step's own transaction ends first; then somebody else's lasts for a while."""
    assert isinstance(made.database, Sqlite)
    made.service.go_on()
    with made.database.held():
        _a_while(chance)


def _broker_killed(made: Site, chance: random.Random) -> None:
    _broker_away(made, chance, wiped=False, killed=True)


def _broker_restarted(made: Site, chance: random.Random) -> None:
    _broker_away(made, chance, wiped=False, killed=False)


def _broker_replaced(made: Site, chance: random.Random) -> None:
    """The new one has the same address and accounts, and knows nothing of sessions and messages."""
    _broker_away(made, chance, wiped=True, killed=True)


def _broker_away(made: Site, chance: random.Random, *, wiped: bool, killed: bool) -> None:
    assert made.broker is not None
    if killed:
        made.broker.kill()
    else:
        made.broker.stop()
    if wiped:
        shutil.rmtree(made.broker.data().parent)
        made.broker.data().parent.mkdir()
    made.service.go_on()
    _a_while(chance)
    made.broker.start()


def _cluster(made: Site) -> Cluster:
    assert made.cluster is not None
    return made.cluster


_STRIKES: dict[str, Strike] = {
    "service killed": _service_killed,
    "service killed before an alert's answer": _service_killed_before_an_answer,
    "service restarted": _service_restarted,
    "second service started": _second_service,
    "disk full": _disk_full,
    "network to the way in cut": _network_cut("way in"),
    "network to the broker cut": _network_cut("broker"),
    "network to the database cut": _network_cut("database"),
    "clock set": _clock_set,
    "database killed": _database(Cluster.kill),
    "database restarted": _database(Cluster.stop),
    "database stands still": _database_stands_still,
    "database read-only": _database_read_only,
    "the service's lock lost": _lock_lost,
    "database locked by another program": _database_locked,
    "broker killed": _broker_killed,
    "broker restarted": _broker_restarted,
    "broker replaced": _broker_replaced,
}
assert _STRIKES.keys() == FAULTS.keys()
