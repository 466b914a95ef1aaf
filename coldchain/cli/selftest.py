"""`coldchain selftest`: known answers run against the installed program, for a site's validation file."""

import argparse
from pathlib import Path

HELP = "known answers run against the installed program, for a validation file"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--rules", metavar="DIR", type=Path, action="append", default=[],
        help="a folder of your own product files, whose examples are run too; may be repeated",
    )  # fmt: skip
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def run(arguments: argparse.Namespace) -> int:
    """Run every case and print the list; 0 where all passed, 1 otherwise."""
    import json

    from coldchain.rulebook.book import load_rulebook
    from coldchain.selftest import published, tables, worked
    from coldchain.selftest.case import run_cases
    from coldchain.version import __version__

    rulebook = load_rulebook(*arguments.rules)
    outcomes = run_cases([*tables.cases(), *published.cases(), *worked.cases(rulebook)])
    failed = [outcome for outcome in outcomes if not outcome.passed]
    if arguments.format == "json":
        rows = [
            {"id": o.case.id, "about": o.case.about, "source": o.case.source, "expected": o.case.expected,
             "found": o.found, "passed": o.passed}
            for o in outcomes
        ]  # fmt: skip
        print(json.dumps({"schema": "coldchain.selftest/1", "version": __version__, "cases": rows}, ensure_ascii=False))
        return 1 if failed else 0
    width = max(len(outcome.case.id) for outcome in outcomes)
    for outcome in outcomes:
        case, word = outcome.case, "pass" if outcome.passed else "FAIL"
        print(f"{word}  {case.id:<{width}}  {case.about} [{case.source}] = {outcome.found}")
        if not outcome.passed:
            print(f"      {'':<{width}}  expected {case.expected}")
    print(f"\ncoldchain {__version__}: {len(outcomes) - len(failed)} of {len(outcomes)} known answers passed.")
    print("\nRun on: ____________________   by: ______________________________   signature: ____________________")
    return 1 if failed else 0
