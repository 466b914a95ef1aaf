"""``make chaos``: rounds of everything that can break, and the table of what they came to.

``python -m tests.chaos --rounds 200 --table docs/reference/chaos.md``; the exit code is 1 where a promise was broken.
"""

import argparse
import contextlib
import json
import multiprocessing
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.chaos.databases import Cluster
from tests.chaos.disk import small_disk
from tests.chaos.plan import plan_of
from tests.chaos.rounds import Outcome, run_round
from tests.chaos.table import table
from tests.ports import take_ports_of


def main() -> int:
    """Run the rounds of the seeds from ``--first`` on."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=200, metavar="N", help="how many rounds (default 200)")
    parser.add_argument("--first", type=int, default=1, metavar="SEED", help="the first round's seed (default 1)")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="rounds at the same time (default 2)")
    parser.add_argument("--table", type=Path, metavar="FILE", help="where the summary goes, as Markdown")
    asked = parser.parse_args()
    seeds = range(asked.first, asked.first + asked.rounds)
    outcomes: multiprocessing.Queue[dict[str, Any]] = multiprocessing.Queue()
    workers = [
        multiprocessing.Process(target=_work, args=(number, seeds[number :: asked.workers], outcomes))
        for number in range(asked.workers)
    ]
    for each in workers:
        each.start()
    rounds = []
    for _ in seeds:
        rounds.append(outcomes.get())
        print(_line(rounds[-1]), flush=True)
    for each in workers:
        each.join()
    if asked.table:
        asked.table.write_text(table(sorted(rounds, key=lambda one: one["plan"]["seed"])))
    broken = sum(1 for one in rounds if one["findings"])
    print(f"{len(rounds)} rounds, {broken} with findings")
    return 1 if broken else 0


def _work(number: int, seeds: Sequence[int], outcomes: "multiprocessing.Queue[dict[str, Any]]") -> None:
    take_ports_of(number)
    with small_disk() as disk, contextlib.closing(Cluster(disk)) as cluster:
        for seed in seeds:
            plan = plan_of(seed)
            cluster.start()
            with tempfile.TemporaryDirectory(prefix="coldchain-round-") as folder:
                try:
                    outcome = run_round(plan, disk, cluster, Path(folder))
                except Exception as error:  # noqa: BLE001 - a round that does not come to its end is a finding
                    outcome = Outcome(plan, findings=[f"the round did not come to its end: {error!r}"])
            outcomes.put({**asdict(outcome), "small_disk": disk.mounted})


def _line(one: dict[str, Any]) -> str:
    plan = one["plan"]
    struck = ", ".join(f"{name} at {step}" for name, step in one["struck"])
    said = json.dumps(one["findings"]) if one["findings"] else "kept"
    return f"round {plan['seed']} ({plan['database']}, {plan['way']}, {one['seconds']:.0f} s): {struck}: {said}"


if __name__ == "__main__":
    sys.exit(main())
