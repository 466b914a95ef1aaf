"""``make chaos``: the kill test over many seeds. ``python -m tests.chaos --seeds 20``."""

import argparse
import os
import sys

import pytest


def main() -> int:
    """Run the seeds from 1 on; the exit code is pytest's."""
    parser = argparse.ArgumentParser(prog="make chaos", description="kill -9 while readings flow, again and again")
    parser.add_argument("--seeds", type=int, default=10, metavar="N", help="how many runs (default 10)")
    os.environ["CHAOS_SEEDS"] = str(parser.parse_args().seeds)
    return int(pytest.main(["tests/chaos", "-q", "-x"]))


if __name__ == "__main__":
    sys.exit(main())
