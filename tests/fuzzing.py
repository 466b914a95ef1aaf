"""A campaign of cases in a process of its own, watched from outside for crashes, hangs and memory."""

import collections
import multiprocessing
import os
import resource
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

CPU_S = 20
"""Of processor time, for one case."""

MEMORY = 1_500 * 1024 * 1024
"""Of address space, for the whole process, libraries included."""

Outcomes = collections.Counter[str]
Begin = Callable[[], Callable[[int], Outcomes]]
"""Called once in each process: gives what executes the case of a number and counts what came of it."""


def campaign(seconds: float, seed: int, begin: Begin, *, cpu_s: float = CPU_S) -> int:
    """Run cases for so long; each process that ends early is a finding, and another one goes on behind it.

    Args:
        seconds: How long.
        seed: What the cases were made from, for the line of a finding.
        begin: Makes the cases; it must be picklable.
        cpu_s: Processor time that one case may take.

    Returns:
        1 where something was found, for the exit code.
    """
    began, number = time.monotonic(), 0
    outcomes: Outcomes = collections.Counter()
    findings: list[str] = []
    while time.monotonic() - began < seconds and len(findings) < 50:
        left = seconds - (time.monotonic() - began)
        number, found = _watched(seed, number, left, begin, outcomes, cpu_s)
        findings += found
    executions = sum(outcomes.values())
    print(f"{executions} executions in {time.monotonic() - began:.0f} s, {len(findings)} findings")
    print(", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common()))
    print("\n".join(findings))
    return 1 if findings else 0


def _watched(
    seed: int, first: int, seconds: float, begin: Begin, outcomes: Outcomes, cpu_s: float
) -> tuple[int, list[str]]:
    """One process: the number to go on with, and what it found."""
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    current: Synchronized[int] = context.Value("q", first)
    child = context.Process(target=_work, args=(seed, first, seconds, begin, theirs, current), daemon=True)
    child.start()
    theirs.close()
    findings: list[str] = []
    at, since = first, 0.0
    while child.is_alive() or mine.poll():
        if mine.poll(0.2):
            try:
                kind, said = mine.recv()
            except EOFError:
                break
            if kind == "outcomes":
                outcomes.update(said)
            else:
                findings.append(said)
                print(said, flush=True)
            continue
        used = _cpu_s(child.pid or 0)
        if current.value != at:
            at, since = current.value, used
        elif used - since > cpu_s:
            child.kill()
            findings.append(f"HANG {seed}:{at}: more than {cpu_s} s")
            print(findings[-1], flush=True)
    child.join()
    if child.exitcode not in (0, -9):
        findings.append(f"CRASH {seed}:{current.value}: the process ended with {child.exitcode}")
    return current.value + 1, findings


def _cpu_s(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _work(seed: int, first: int, seconds: float, begin: Begin, found: Connection, current: "Synchronized[int]") -> None:
    execute = begin()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    outcomes: Outcomes = collections.Counter()
    until, number, told = time.monotonic() + seconds, first, time.monotonic()
    while time.monotonic() < until:
        current.value = number
        try:
            outcomes.update(execute(number))
        except BaseException as error:  # noqa: BLE001 -- whatever it is, it is a finding
            outcomes["FINDING"] += 1
            where = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(where.filename).name}:{where.lineno}"
            found.send(("finding", f"{type(error).__name__} {seed}:{number}: {str(error)[:300]} ({place})"))
        number += 1
        if time.monotonic() - told > 2:
            found.send(("outcomes", dict(outcomes)))
            outcomes.clear()
            told = time.monotonic()
    found.send(("outcomes", dict(outcomes)))
    found.close()
