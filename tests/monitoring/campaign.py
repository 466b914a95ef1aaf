"""``make orders``: the state machine of `machine`, many times over; stops at the first story that ends two ways."""

import argparse
import logging
import time

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.monitoring.machine import AnyOrder


def main(words: list[str] | None = None) -> int:
    """Run it and print how many stories came to the same."""
    parser = argparse.ArgumentParser(prog="python -m tests.monitoring.campaign", description=__doc__)
    parser.add_argument("--stories", type=int, default=2_000)
    parser.add_argument("--steps", type=int, default=30)
    arguments = parser.parse_args(words)
    logging.disable(logging.CRITICAL)
    began = time.monotonic()
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=arguments.stories,
            stateful_step_count=arguments.steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate, Phase.shrink],
            database=None,
        ),
    )
    print(f"{arguments.stories:,} stories of up to {arguments.steps} steps came to the same in "
          f"{time.monotonic() - began:,.0f} s")  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
