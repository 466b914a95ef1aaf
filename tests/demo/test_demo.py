"""`coldchain demo` as a newcomer calls it: one process, everything real, on ports of the system's choice."""

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from coldchain.bootstrap.sole import one_service
from coldchain.records import Store, alerts, due_work, excursions, items, places, preparations, quarantine, readings
from coldchain.records.views import counts
from coldchain.reviewing.whole_way import judge_all

SUMMARY = re.compile(
    r"demo ended: ([\d ]+) readings stored, ([\d ]+) excursions opened, ([\d ]+) alerts delivered, "
    r"([\d ]+) readings quarantined; all of it is in (.+)"
)
NOW = time.time_ns() // 1_000_000
FREE_PORTS = ("--http-port", "0", "--mqtt-port", "0")


@dataclass(frozen=True)
class Ended:
    """A demo that has ended."""

    code: int
    out: str
    err: str

    @property
    def summary(self) -> tuple[int, int, int, int]:
        found = SUMMARY.fullmatch(self.out.rstrip("\n").rsplit("\n", 1)[-1])
        assert found, self.out
        stored, opened, delivered, quarantined = (int(number.replace(" ", "")) for number in found.groups()[:4])
        return stored, opened, delivered, quarantined


def demo(*words: str) -> Ended:
    done = subprocess.run(
        [sys.executable, "-m", "coldchain", "demo", *words], capture_output=True, text=True, timeout=900
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def first(folder: Path) -> Ended:
    """Ten seconds of demo in a new folder; on a slow machine its past takes longer."""
    return demo("--for", "10s", "--folder", str(folder), *FREE_PORTS)


@pytest.fixture
def record(first: Ended, folder: Path) -> Iterator[Store]:
    assert first.code == 0, first.err
    store = Store(f"sqlite:///{folder / 'coldchain.db'}")
    yield store
    store.close()


def test_it_ends_by_itself_and_says_what_came_of_it(first: Ended) -> None:
    assert (first.code, first.err) == (0, "")
    stored, opened, delivered, quarantined = first.summary
    assert stored > 15_000
    assert opened >= 6
    assert delivered >= 3 * 6
    assert quarantined > 20


def test_it_says_where_everything_is_and_what_is_faster_than_life(first: Ended, folder: Path) -> None:
    assert re.search(r"pages +http://127\.0\.0\.1:[1-9]\d+\n", first.out)
    assert "sign in as nurse, pharmacist, auditor, administrator; the password of each is coldchain-demo" in first.out
    assert f"record   {folder / 'coldchain.db'}, log" in first.out
    assert "from now on the refrigerators live 60 times as fast as real ones" in first.out
    assert first.out.count("so far:") == first.out.count("now:") == 8


def test_the_record_holds_excursions_of_several_kinds(record: Store) -> None:
    with record.reading() as tx:
        found = {(each.current.known.certainty, each.limit_id) for each in excursions.excursions(tx)}
    assert ("possible", "below-2") in found
    assert {("certain", limit) for limit in ("above-8", "below-2", "at-or-below-0")} <= found


def test_the_record_holds_gaps_and_says_why_readings_were_not_used(record: Store) -> None:
    with record.reading() as tx:
        sensors = {sensor.name: sensor.id for sensor in places.sensors(tx)}
        trace = readings.trace(tx, sensors["ward-4-probe"])
        reasons = quarantine.count(tx)
    assert len([name for name in sensors if name.endswith("-probe")]) == 9, "eight refrigerators and a bench"
    assert max(b - a for a, b in zip(trace.at_ms, trace.at_ms[1:], strict=False)) > 5 * 3_600_000
    assert {"sentinel", "power-up value", "clock"} <= set(reasons)


def test_the_alerts_lie_where_the_demo_receives_them(first: Ended, folder: Path) -> None:
    mails, bodies = list((folder / "mail").glob("*.eml")), list((folder / "webhook").glob("*.json"))
    assert len(mails) == len(bodies) == first.summary[2] // 3
    assert any(b"Ward 3 refrigerator" in path.read_bytes() for path in mails)


def test_lots_and_prepared_medicines_have_their_stories(record: Store, first: Ended) -> None:
    assert "lot V-4711 came warm" in first.out
    with record.reading() as tx:
        stock = {one.item.name: one for one in items.histories(tx)}
        verdicts = {
            one.history.item.id: one.judgement.verdict.value for one in judge_all(tx, list(stock.values()), NOW)
        }
        prepared = {one.item: one.number for one in preparations.running(tx)}
        told = alerts.of_item(tx, stock["V-4711"].item.id)
        waits = due_work.when(tx, items.LOOK, str(stock["V-4711"].item.id))
    assert [stay.location_name for stay in stock["V-4711"].stays] == [None, "pharmacy-1", "ward-2"]
    assert len(items_named(record, "L-0815")) == 2
    assert verdicts[stock["N-23"].item.id] == "undetermined"
    assert told or waits, "it is looked at, however soon the demo ends"
    assert set(prepared) == {"vial 3", "vial 1", "bag 1"}


def items_named(record: Store, name: str) -> list[int]:
    with record.reading() as tx:
        return [one.quantity for one in items.histories(tx) if one.item.name == name]


def test_a_second_demo_on_a_folder_in_use_names_its_option(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'coldchain.db'}")
    store.migrate()
    with one_service(store):
        ended = demo("--for", "1s", "--folder", str(tmp_path), *FREE_PORTS)
    store.close()
    assert ended.code == 2
    assert "name another folder with --folder" in ended.err
    assert ended.err.count("\n") == 1


def test_a_second_run_on_the_same_folder_continues(record: Store, folder: Path) -> None:
    with record.reading() as tx:
        before = counts.totals(tx)
    second = demo("--for", "1s", "--folder", str(folder), *FREE_PORTS)
    assert (second.code, second.err) == (0, "")
    assert "(continued)" in second.out
    with record.reading() as tx:
        after = counts.totals(tx)
    assert before.accepted < after.accepted < before.accepted + 1_000, "what is known is not sent again"
    assert after.excursions >= before.excursions
    assert after.conflicts == 0


@pytest.mark.parametrize("option", ["--http-port", "--mqtt-port"])
def test_a_taken_port_is_one_sentence_that_names_its_option(option: str, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        ended = demo("--for", "1s", "--folder", str(tmp_path), *FREE_PORTS, option, port)
    assert ended.code == 2
    assert ended.err.startswith("coldchain: ")
    assert port in ended.err
    assert option in ended.err
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_it_cleanly(number: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "coldchain", "demo", "--folder", str(tmp_path), *FREE_PORTS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        heard = ""
        for line in running.stdout:
            heard += line
            if "Ctrl-C ends the demo" in line:
                break
        running.send_signal(number)
        out, err = running.communicate(timeout=900)
    ended = Ended(running.returncode, heard + out, err)
    assert (ended.code, ended.err) == (0, "")
    assert ended.summary[0] > 15_000


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--for", "soon"], "--for: write a duration with its unit"),
        (["--http-port", "70000"], "--http-port lies between 0 and 65535 (got 70000)"),
        (["--tz", "Berlin"], "--tz is an IANA zone such as Europe/Berlin (got 'Berlin')"),
        (["--folder", "/proc/nowhere"], "cannot make the folder /proc/nowhere"),
    ],
)
def test_a_mistake_is_one_sentence(words: list[str], sentence: str) -> None:
    ended = demo(*words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"coldchain: {sentence}")
    assert ended.err.count("\n") == 1
