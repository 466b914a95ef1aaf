"""What a report needs to know of one judged channel, so that whoever judged it need not be imported here."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from coldchain.domain.bounds import Edges, Yardstick
from coldchain.domain.extremes import Extremes
from coldchain.domain.product import Product, Stage
from coldchain.domain.reading import Trace
from coldchain.domain.statistics import Statistics
from coldchain.domain.verdict import Judgement
from coldchain.loggers.logger_file import Device, DeviceAlarm, Evidence, Quarantined


class FileLike(Protocol):
    """Which bytes were judged, or could not be."""

    @property
    def name(self) -> str:
        """What the file is called."""

    @property
    def sha256(self) -> str | None:
        """Of its bytes; ``None`` where they could not be read."""

    @property
    def format(self) -> str | None:
        """What it was recognised as."""

    @property
    def signature(self) -> str | None:
        """``none``, ``unchecked``, ``valid`` or ``invalid``."""


class WasRead(Protocol):
    """What was read of one channel, whether or not anybody judged it."""

    @property
    def file(self) -> FileLike:
        """Which bytes were judged."""

    @property
    def device(self) -> Device:
        """The logger."""

    @property
    def channel(self) -> str:
        """The temperature column."""

    @property
    def evidence(self) -> Mapping[str, Evidence]:
        """What zone, unit, date order and decimal mark rest on."""

    @property
    def accepted(self) -> int:
        """How many rows became readings."""

    @property
    def duplicates(self) -> int:
        """How many rows said again what stands."""

    @property
    def quarantined(self) -> Sequence[Quarantined]:
        """Rows without a usable temperature."""

    @property
    def conflicting(self) -> Sequence[Quarantined]:
        """Rows that say something else than what stands at their instant."""

    @property
    def trace(self) -> Trace:
        """The readings."""

    @property
    def edges(self) -> Edges:
        """The period that counts."""

    @property
    def end_from(self) -> str | None:
        """Who said where it ends: ``option``, ``file`` or ``None``."""

    @property
    def statistics(self) -> Statistics | None:
        """Of the readings in the period."""

    @property
    def notes(self) -> Sequence[str]:
        """What else there is to say, one sentence each."""

    @property
    def extremes(self) -> Sequence[Extremes]:
        """The intervals of which the file states the lowest and highest value."""

    @property
    def basis(self) -> str:
        """``readings`` or ``extremes``: what was judged."""

    @property
    def device_alarms(self) -> Sequence[DeviceAlarm]:
        """What the device itself found."""


class Findings(WasRead, Protocol):
    """One judged channel; an audit's `Audited` is one."""

    @property
    def product(self) -> Product:
        """Whose rules judged."""

    @property
    def stage(self) -> Stage:
        """Which stage of the product."""

    @property
    def yardstick(self) -> Yardstick:
        """``max_gap`` and uncertainty."""

    @property
    def judgement(self) -> Judgement:
        """The verdict on every limit."""


class RefusalLike(Protocol):
    """A file that could not be judged; an audit's `Refused` is one."""

    @property
    def file(self) -> FileLike:
        """Which."""

    @property
    def code(self) -> str:
        """The error code of the file contract."""

    @property
    def message(self) -> str:
        """One sentence: what is wrong, and what to do."""

    @property
    def options(self) -> Sequence[str]:
        """The options that would settle it."""
