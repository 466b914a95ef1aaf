"""A program that takes in a story and kills itself, as by ``kill -9``, just before its n-th statement to the database.

Run as ``python -m tests.monitoring.dying URL N``; it prints the number of each batch that it might acknowledge.
"""

import os
import signal
import sys
from itertools import count
from typing import Any

from sqlalchemy import Engine, event

from coldchain.records import Store
from tests.monitoring.ward import Ward, message, product_text

BATCHES = [
    [message(0, 5), message(5, 9), message(10, 9.5)],
    [message(15, 5), message(15, 5.5, received=16, position=1), message(20, -127.0, received=16)],
    [message(12, 5, received=17), message(25, 9, received=25)],
    [message(30, 5, received=30), message(5, 9, received=31)],
]
PRODUCT = product_text("{above: 8 °C}", "{id: warm, above: 9 °C, allow: {each: 2 min}}")


def tell(url: str, first: int = 0) -> None:
    """Take in the batches from the first one on, saying which are done, and let the clock ring at the end."""
    store = Store(url)
    ward = Ward(store, PRODUCT)
    for number, batch in enumerate(BATCHES[first:], first):
        ward.hear(*batch)
        print(number, flush=True)
    ward.ring(200)
    print("rung", flush=True)
    store.close()


def furnish(store: Store) -> None:
    """The refrigerator of the story, in an empty record, which is then closed."""
    Ward(store, PRODUCT).furnish()
    store.close()


def die_before(statement_number: int) -> None:
    """Have this process killed before its n-th statement."""
    numbers = count(1)

    @event.listens_for(Engine, "before_cursor_execute")
    def _(*_arguments: Any) -> None:
        if next(numbers) == statement_number:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    die_before(int(sys.argv[2]))
    tell(sys.argv[1])
