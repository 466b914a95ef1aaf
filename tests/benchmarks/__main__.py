"""``make bench``: speeds, each as a ratio to a baseline measured in the same run.

``--short`` takes seconds and shows that everything runs; its numbers mean little.
"""

import argparse
import os
import platform
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.ingesting import ingesting
from tests.benchmarks.judging import judging
from tests.benchmarks.large_files import large_files
from tests.benchmarks.late import bytes_a_reading, bytes_in_the_archive, late
from tests.benchmarks.many_files import many_files
from tests.benchmarks.measure import Measured
from tests.benchmarks.reading_csv import reading_csv
from tests.benchmarks.receiving import receiving
from tests.benchmarks.start_up import start_up

PARTS = ("start-up", "judging", "csv", "large", "files", "ingest", "mqtt", "late", "bytes")


def measured(folder: Path, parts: list[str], *, short: bool) -> Iterator[Measured | str]:
    """Each measurement as it comes."""
    if "start-up" in parts:
        yield start_up(folder, short=short)
    if "judging" in parts:
        yield from judging(short=short)
    if "csv" in parts:
        yield from reading_csv(folder, short=short)
    if "large" in parts:
        yield from large_files(folder, short=short)
    if "files" in parts:
        yield from many_files(folder, short=short)
    if "ingest" in parts:
        yield ingesting(folder, short=short)
    if "mqtt" in parts:
        yield receiving(folder, short=short)
    if "late" in parts:
        yield late(folder, short=short)
    if "bytes" in parts:
        yield bytes_a_reading(folder, short=short)
        yield bytes_in_the_archive()


def main(words: list[str] | None = None) -> int:
    """Print every measurement on a line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (default: all)")
    parser.add_argument("--short", action="store_true", help="seconds, for trying it out")
    arguments = parser.parse_args(words)
    unknown = set(arguments.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    machine = f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} processors"
    print(f"{machine}, load {os.getloadavg()[0]:.1f}; medians, baseline and subject in turns", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for one in measured(Path(folder), arguments.parts or list(PARTS), short=arguments.short):
            print(one, flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
