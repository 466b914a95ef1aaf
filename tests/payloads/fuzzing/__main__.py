"""``python -m tests.payloads.fuzzing``: a campaign, or one of its cases again."""

import argparse
import sys
from pathlib import Path

from tests.payloads.fuzzing.campaign import campaign
from tests.payloads.fuzzing.corpus import corpus
from tests.payloads.fuzzing.life import Life


def main() -> int:
    """Run a campaign, print what was found: 0 nothing, 1 something."""
    parser = argparse.ArgumentParser(prog="python -m tests.payloads.fuzzing")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--samples", type=Path, help="a folder of real messages, to mutate those as well")
    parser.add_argument("--case", help="SEED:NUMBER, to repeat one")
    arguments = parser.parse_args()
    samples = arguments.samples if arguments.samples and arguments.samples.is_dir() else None
    if arguments.case:
        seed, number = map(int, arguments.case.split(":"))
        print(dict(Life(seed, number, corpus(samples), timed=True).live()))
        return 0
    return campaign(arguments.seconds, arguments.seed, samples)


if __name__ == "__main__":
    sys.exit(main())
