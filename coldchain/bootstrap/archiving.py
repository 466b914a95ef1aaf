"""Moves days into the archive when they are as old as the settings say, a few at a turn."""

import logging
from collections.abc import Callable

from coldchain.records import Store
from coldchain.records.archive import sealing, tidying
from coldchain.settings.shapes import Archive

EVERY_S = 3_600.0
_DAYS_A_TURN = 31

_log = logging.getLogger("coldchain.archive")


class Archiving:
    """Seals what has become old enough; what holds it back is said once, not every hour."""

    def __init__(
        self, store: Store, archive: Archive, clock_ms: Callable[[], int], closing: Callable[[], bool]
    ) -> None:  # fmt: skip
        self._store, self._archive, self._clock_ms, self._closing = store, archive, clock_ms, closing
        self._held: str | None = None

    def turn(self) -> None:
        """Move the oldest days; stops between two days when the service is to end."""
        if self._archive.after_ms is None:
            return
        now_ms = self._clock_ms()
        with self._store.reading() as tx:
            until_ms, held = sealing.until(tx, now_ms - self._archive.after_ms, now_ms)
        if held is not None and held.by != self._held:
            _log.info("readings that may be archived stay in the database: %s, needs them", held.by)
        self._held = None if held is None else held.by
        moving = sealing.seal(self._store, until_ms, self._clock_ms, self._archive.folder)
        for number, moved in enumerate(moving, start=1):
            _log.info("archived %s: %d readings in %s", moved.day.name, moved.day.readings, moved.day.path)
            if number == _DAYS_A_TURN or self._closing():
                return
        for place in tidying.tidy(self._store, self._clock_ms()):
            _log.info("deleted %s, which a later file of the archive replaces", place)
