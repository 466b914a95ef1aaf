"""Change the domain by one small step and a test must fail: ``make mutants ARGS="bounds runs"``.

Prints each change that no test noticed as it is found, and the score. What was noticed before and stands in
a function that is still the same is not tried again (``--afresh``: it is).
"""

import argparse
import hashlib
import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.domain.mutants.changes import DOMAIN, ROOT, Change, changes_of, text_of
from tests.domain.mutants.equivalent import EQUIVALENT
from tests.domain.mutants.tries import Tries

REMEMBERED = ROOT / ".pytest_cache" / "mutants.json"
AIM = 0.95


class Score:
    """Who noticed what; tells survivors at once and remembers what was noticed."""

    def __init__(self, remembered: Path, known: set[str]) -> None:
        self.remembered, self.known = remembered, known
        self.tried: Counter[tuple[str, str]] = Counter()
        self.noticed: Counter[tuple[str, str]] = Counter()
        self.equivalent: Counter[str] = Counter()
        self.module = ""

    def told(self, change: Change, noticed: bool) -> None:
        """One change was tried."""
        if change.module != self.module:
            self.module = change.module
            print(f"\n{change.module}", flush=True)
        self.count(change, noticed)
        if noticed:
            self.known.add(fingerprint(change))
            self.remembered.parent.mkdir(exist_ok=True)
            self.remembered.write_text(json.dumps(sorted(self.known)), encoding="utf-8")
        elif change.key in EQUIVALENT:
            self.equivalent[change.kind] += 1
        else:
            print(f"  nobody notices line {change.line} of {change.key}", flush=True)

    def count(self, change: Change, noticed: bool) -> None:
        """One change more, tried now or before."""
        self.tried[change.module, change.kind] += 1
        self.noticed[change.module, change.kind] += noticed

    def summary(self) -> str:
        """A line for each module and kind, and the whole."""
        lines = []
        for kind in ("comparison", "operator"):
            for module in sorted({module for module, _ in self.tried}):
                tried, noticed = self.tried[module, kind], self.noticed[module, kind]
                lines.append(f"  {module:<14}{kind:<12}{noticed:>4} of {tried:>4}") if tried else None
        for kind in ("comparison", "operator"):
            tried = sum(count for (_, of), count in self.tried.items() if of == kind)
            noticed = sum(count for (_, of), count in self.noticed.items() if of == kind)
            nothing = self.equivalent[kind]
            lines.append(
                f"{noticed} of {tried} changed {kind}s were noticed ({100 * noticed / max(tried, 1):.1f} %);"
                f" {nothing} of the others change nothing, {tried - noticed - nothing} remain"
            )
        return "\n".join(lines)

    def reached(self) -> bool:
        """Whether the aim is reached, of comparisons and of operators that change anything."""
        for kind in ("comparison", "operator"):
            tried = sum(count for (_, of), count in self.tried.items() if of == kind)
            noticed = sum(count for (_, of), count in self.noticed.items() if of == kind)
            if noticed < AIM * (tried - self.equivalent[kind]):
                return False
        return True


def fingerprint(change: Change) -> str:
    """The change, and the function as it is."""
    return hashlib.sha256(f"{change.key}\n{text_of(change.module, change.function)}".encode()).hexdigest()[:16]


def main() -> int:
    """Try every change; 0 where the aim is reached."""
    parser = argparse.ArgumentParser(prog="python -m tests.domain.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", help="names of domain files without .py (default: all)")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", choices=("comparison", "operator"), help="one kind of change")
    parser.add_argument("--afresh", action="store_true", help="try what was noticed before again")
    parser.add_argument("--tests", nargs="*", default=["tests/domain"], help="default: tests/domain")
    arguments = parser.parse_args()
    names = arguments.modules or sorted(path.stem for path in DOMAIN.glob("*.py") if path.stem != "__init__")
    known = set() if arguments.afresh or not REMEMBERED.exists() else set(json.loads(REMEMBERED.read_text()))
    score = Score(REMEMBERED, known)
    waiting = []
    for change in (change for name in names for change in changes_of(name)):
        if arguments.only in (None, change.kind):
            if fingerprint(change) in known:
                score.count(change, noticed=True)
            else:
                waiting.append(change)
    print(f"{len(waiting)} changes to try, {sum(score.tried.values())} noticed before", flush=True)
    tries = Tries(waiting, arguments.jobs, score.told)
    ran = pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--tb=short", *arguments.tests], [tries])
    print(score.summary())
    return 0 if ran == pytest.ExitCode.OK and score.reached() else 1


if __name__ == "__main__":
    sys.exit(main())
