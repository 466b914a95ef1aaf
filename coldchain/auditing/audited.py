"""What an audit finds: frozen values, one for each temperature channel, or a refusal for the file."""

from collections.abc import Mapping
from dataclasses import dataclass

from coldchain.domain.bounds import Edges, Yardstick
from coldchain.domain.extremes import Extremes
from coldchain.domain.product import Product, Stage
from coldchain.domain.reading import Trace
from coldchain.domain.statistics import Statistics
from coldchain.domain.verdict import Judgement, Verdict
from coldchain.loggers.logger_file import Device, DeviceAlarm, Evidence, Quarantined


@dataclass(frozen=True)
class Period:
    """What the person who asks declares of an audit.

    Attributes:
        start_ms, end_ms: ``--from`` and ``--to``, UTC ms; ``None`` where not given.
        max_gap_ms: ``--max-gap``.
        uncertainty_milli_c: ``--uncertainty``, m°C.
        accept_bad_signature: Judge a file although its signature is invalid; said in every output.
    """

    start_ms: int | None = None
    end_ms: int | None = None
    max_gap_ms: int | None = None
    uncertainty_milli_c: int = 0
    accept_bad_signature: bool = False


@dataclass(frozen=True)
class AuditedFile:
    """Which bytes were judged.

    Attributes:
        sha256: Of its bytes; ``None`` where they could not be read.
        format: What the file was recognised as; ``None`` where it was not.
        signature: ``none``, ``unchecked``, ``valid`` or ``invalid``; ``None`` where it was not looked at.
    """

    name: str
    sha256: str | None
    format: str | None = None
    signature: str | None = None


@dataclass(frozen=True)
class Audited:
    """One temperature channel of one file, judged.

    Attributes:
        accepted: Rows that became readings of the trace; with ``duplicates``, ``conflicting`` and ``quarantined`` they
            add up to the rows that held a value.
        trace: The readings, one an instant, of the whole file.
        edges: The period that counts; ``end_from`` says whose end it is: ``option``, ``file`` or ``None``.
        statistics: Of the readings inside the edges; ``None`` where there is none.
        notes: What the importer or the audit has to say besides, one sentence each.
        device_alarms: What the device itself found: evidence beside the verdict, never instead of it.
        extremes: The intervals of which the file states the lowest and highest value: judged where there are no
            readings, and beside readings for what they show and the readings do not.
    """

    file: AuditedFile
    device: Device
    channel: str
    product: Product
    stage: Stage
    evidence: Mapping[str, Evidence]
    accepted: int
    duplicates: int
    quarantined: tuple[Quarantined, ...]
    conflicting: tuple[Quarantined, ...]
    trace: Trace
    yardstick: Yardstick
    edges: Edges
    end_from: str | None
    statistics: Statistics | None
    judgement: Judgement
    notes: tuple[str, ...] = ()
    device_alarms: tuple[DeviceAlarm, ...] = ()
    extremes: tuple[Extremes, ...] = ()

    @property
    def basis(self) -> str:
        """``readings``, or ``extremes`` where the file holds none."""
        return "extremes" if self.extremes and not self.channel else "readings"

    @property
    def verdict(self) -> Verdict:
        """Violated, undetermined or compliant."""
        return self.judgement.verdict


@dataclass(frozen=True)
class Refused:
    """A file that cannot be judged, and why."""

    file: AuditedFile
    code: str
    message: str
    options: tuple[str, ...] = ()


Result = Audited | Refused


def exit_code(results: list[Verdict | None]) -> int:
    """What the command says to scripts: 2 (a file was refused) beats 1 (violated) beats 3 (undetermined) beats 0.

    Args:
        results: The verdict of each channel; ``None`` for a file that was refused.
    """
    if None in results:
        return 2
    if Verdict.VIOLATED in results:
        return 1
    return 3 if Verdict.UNDETERMINED in results else 0
