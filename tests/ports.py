"""Ports for programs that are told theirs, and for addresses where nobody may answer."""

import os
import random
import socket
from itertools import count
from pathlib import Path

_GIVEN_OUT = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST, _EACH = 10_000, 2_000
_begun = random.SystemRandom().randrange(_EACH)  # not the generator that a property's examples seed
_steps = count(_begun)
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def take_ports_of(worker: int) -> None:
    """Be this worker of a run, for whoever divides one up otherwise than pytest does."""
    global _worker
    _worker = worker


def free_port() -> int:
    """A TCP port of this machine that nobody listens on, and that nobody gets by chance before it is used.

    It lies below those that the system gives out to whoever asks for any port or connects somewhere; every worker of
    a run has ports of its own, and none is told twice in a row.
    """
    for _ in range(_EACH):
        port = _first() + next(_steps) % _EACH
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:  # somebody is there, or was a moment ago
                continue
            return port
    raise AssertionError("no port of this machine is free")


def _first() -> int:
    """Where this worker's ports begin; two thousand each, as long as there is room below the system's own."""
    try:
        room = int(_GIVEN_OUT.read_text().split()[0]) - _LOWEST
    except (OSError, ValueError):
        room = 0
    return _LOWEST + _worker % max(room // _EACH, 1) * _EACH
