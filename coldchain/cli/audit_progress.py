"""How far an audit of many files has come: on standard error, only on a terminal, only after two seconds."""

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

_T = TypeVar("_T")


def shown(results: Iterable[_T]) -> Iterator[_T]:
    """The same results, with a line that counts them while they come."""
    if not sys.stderr.isatty():
        yield from results
        return
    began = written = time.monotonic()
    count = 0
    for count, result in enumerate(results, 1):
        now = time.monotonic()
        if now - began > 2 and now - written > 0.2:
            written = now
            print(f"\r{count} files judged, {count / (now - began):.0f} a second ", end="", file=sys.stderr, flush=True)
        yield result
    if written > began:
        print(f"\r{count} files judged in {time.monotonic() - began:.0f} s        ", file=sys.stderr)
