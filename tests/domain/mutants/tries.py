"""Try changes: the tests that reach the changed function run in a copy of this process, and one of them must fail.

The tests are collected once and run once as they are, to learn which of them reach which function and how long each
takes. Then, change by change, a forked child exchanges the function's code and runs those tests, the quickest first,
until one fails. What a test module computed when it was imported stays as it was, so a change can only be missed by
this, never be called noticed when it was not.
"""

import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import NoReturn

import pytest

from tests.domain.mutants.changes import DOMAIN, Change, apply

LONGEST_S = 10
"""A child that takes longer than this and than five times what its tests took unchanged runs for ever: noticed."""


@dataclass
class Reached:
    """Which domain functions a test reached, by module and qualified name, and how long it took."""

    functions: set[tuple[str, str]] = field(default_factory=set)
    seconds: float = 0.0


class Tries:
    """The pytest plugin that takes over the running of tests."""

    def __init__(self, changes: Sequence[Change], jobs: int, told: Callable[[Change, bool], None]) -> None:
        self.changes = list(changes)
        self.jobs = jobs
        self.told = told
        self.failed = False
        self.silence = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - children write to it to their end

    def pytest_configure(self) -> None:
        """The same examples every time, and no search for a smaller one once something failed."""
        from hypothesis import HealthCheck, Phase, settings  # after pytest, which wants to see it imported

        settings.register_profile(
            "mutants", settings.default, database=None, derandomize=True,
            phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        settings.load_profile("mutants")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember that a test failed."""
        self.failed |= report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run everything once as it is, then the tests concerned once for each change."""
        items = session.items
        reached = {item: self._reached(item) for item in items}
        if self.failed:
            raise session.Failed("the tests must pass before anything is changed")
        for change, pid, until in self._pool(items, reached):
            self.told(change, self._noticed(pid, until))
        return True

    def _reached(self, item: pytest.Item) -> Reached:
        found = Reached()
        codes: dict[CodeType, tuple[str, str]] = {}

        def called(frame: FrameType, event: str, _: object) -> None:
            if event == "call" and frame.f_code not in codes and frame.f_code.co_filename.startswith(str(DOMAIN)):
                code = frame.f_code
                name = code.co_qualname.partition(".<locals>")[0]
                codes[code] = (code.co_filename.rpartition("/")[2].removesuffix(".py"), name)

        begun = time.monotonic()
        sys.setprofile(called)
        try:
            self._run([item])
        finally:
            sys.setprofile(None)
        found.functions.update(codes.values())
        found.seconds = time.monotonic() - begun
        return found

    def _run(self, items: Sequence[pytest.Item]) -> None:
        for item, following in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                return

    def _pool(
        self, items: Sequence[pytest.Item], reached: dict[pytest.Item, Reached]
    ) -> Iterator[tuple[Change, int, float]]:
        """Keep so many children at work; yields the oldest first."""
        running: list[tuple[Change, int, float]] = []
        for change in self.changes:
            concerned = [item for item in items if (change.module, change.function) in reached[item].functions]
            concerned.sort(key=lambda item: reached[item].seconds)
            allowed_s = LONGEST_S + 5 * sum(reached[item].seconds for item in concerned)
            running.append((change, self._child(change, concerned), time.monotonic() + allowed_s))
            if len(running) == self.jobs:
                yield running.pop(0)
        yield from running

    def _child(self, change: Change, items: Sequence[pytest.Item]) -> int:
        sys.stdout.flush()
        pid = os.fork()
        return pid or self._try(change, items)

    def _try(self, change: Change, items: Sequence[pytest.Item]) -> NoReturn:
        code = 1
        try:
            for item in items[:1]:
                item.config.get_terminal_writer()._file = self.silence
            apply(change)
            self._run(items)
            code = int(self.failed)
        finally:
            os._exit(code)

    def _noticed(self, pid: int, until: float) -> bool:
        child = os.pidfd_open(pid)
        try:
            ended, _, _ = select.select([child], [], [], max(until - time.monotonic(), 0))
            if not ended:
                os.kill(pid, signal.SIGKILL)
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 0
        finally:
            os.close(child)
