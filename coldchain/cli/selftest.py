"""`coldchain selftest`: known answers run against the installed program, for a site's validation file."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from coldchain.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coldchain.domain.product import Product
    from coldchain.selftest.case import Outcome
    from coldchain.selftest.document import Data
    from coldchain.selftest.installed import Installed

HELP = "known answers run against the installed program, for a validation file"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--rules", metavar="DIR", type=Path, action="append", default=[],
        help="a folder of your own product files, whose examples are run too; may be repeated",
    )  # fmt: skip
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.add_argument(
        "--report", metavar="FILE", type=Path, help="also as a document to sign and file: .pdf or .html"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run every case and print the list; 0 where all passed, 1 otherwise."""
    import time

    from coldchain.rulebook.book import load_rulebook
    from coldchain.selftest import published, tables, worked
    from coldchain.selftest.case import run_cases
    from coldchain.selftest.document import data_of
    from coldchain.selftest.installed import installed
    from coldchain.version import __version__

    rulebook = load_rulebook(*arguments.rules)
    now_ms = time.time_ns() // 1_000_000
    outcomes = run_cases([*tables.cases(), *published.cases(), *worked.cases(rulebook)])
    found, products = installed(), list(rulebook.products.values())
    run_at = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(now_ms / 1000))
    data = data_of(outcomes, found, products, __version__, run_at)
    if arguments.report is not None:
        _write(arguments.report, data, now_ms)
    if arguments.format == "json":
        _print_json(outcomes, found, products, run_at)
    else:
        _print_text(outcomes, data)
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def _print_text(outcomes: "Sequence[Outcome]", data: "Data") -> None:
    for name, value in data["facts"]:
        print(f"{name + ':':<15} {value}")
    print()
    width = max(len(outcome.case.id) for outcome in outcomes)
    for outcome in outcomes:
        case, word = outcome.case, "pass" if outcome.passed else "FAIL"
        print(f"{word}  {case.id:<{width}}  {case.about} [{case.source}] = {outcome.found}")
        if not outcome.passed:
            print(f"      {'':<{width}}  expected {case.expected}")
    print(f"\n{data['title']}: {data['verdict']}")
    print("\nRun by: ______________________________   date, signature: ______________________________")
    print("\nReviewed by: _________________________   date, signature: ______________________________")


def _print_json(
    outcomes: "Sequence[Outcome]", found: "Installed", products: "Sequence[Product]", run_at: str
) -> None:  # fmt: skip
    import json

    from coldchain.version import __version__

    rows = [
        {"id": o.case.id, "about": o.case.about, "source": o.case.source, "expected": o.case.expected,
         "found": o.found, "passed": o.passed}
        for o in outcomes
    ]  # fmt: skip
    said = {
        "schema": "coldchain.selftest/1",
        "version": __version__,
        "run_at": run_at,
        "program": {
            "fingerprint": found.fingerprint, "python": found.python, "machine": found.machine,
            "libraries": list(found.libraries), "files": {one.name: one.sha256 for one in found.files},
        },
        "products": {one.id: {"version": one.version, "sha256": one.sha256} for one in products},
        "cases": rows,
    }  # fmt: skip
    print(json.dumps(said, ensure_ascii=False))


def _write(path: Path, data: "Data", now_ms: int) -> None:
    """The document, as its name says: PDF or HTML."""
    from coldchain.selftest.document import as_html, template

    match path.suffix.lower():
        case ".pdf":
            from coldchain.reporting.pdf import typeset

            content = typeset(template(), "list", data, now_ms)
        case ".html":
            content = as_html(data).encode()
        case _:
            raise UsageError(f"--report: name a file that ends in .pdf or .html (got {path})")
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
