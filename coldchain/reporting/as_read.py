"""What was read of a file, as the sections of a report: its readings and the evidence for every choice, no verdict."""

from collections.abc import Sequence
from dataclasses import dataclass

from coldchain.domain.bounds import Edges
from coldchain.domain.extremes import Extremes
from coldchain.domain.reading import EMPTY_TRACE, Trace
from coldchain.domain.statistics import Statistics
from coldchain.domain.temperature import format_c
from coldchain.errors import FileRefused
from coldchain.loggers.contract import ChannelRead
from coldchain.loggers.logger_file import Device, DeviceAlarm, Evidence, LoggerFile, Quarantined
from coldchain.reporting import rests
from coldchain.reporting.content import quarantine_lines, span_of
from coldchain.reporting.picture import chart_of_readings
from coldchain.reporting.report import NotJudged, Refusal, Section
from coldchain.reporting.rests import Fact
from coldchain.reporting.words import clock_of, plural, printable

HEADLINE = "what an importer made of the file; nothing was judged"
_INVALID = "SIGNATURE INVALID: a file in this report was changed after its logger wrote it"


@dataclass(frozen=True)
class ReadChannel:
    """One channel as it was read: a `WasRead`."""

    file: LoggerFile
    device: Device
    channel: str
    evidence: dict[str, Evidence]
    accepted: int
    duplicates: int
    quarantined: tuple[Quarantined, ...]
    conflicting: tuple[Quarantined, ...]
    trace: Trace
    edges: Edges
    end_from: str | None
    notes: tuple[str, ...]
    extremes: tuple[Extremes, ...]
    device_alarms: tuple[DeviceAlarm, ...]
    statistics: Statistics | None = None
    """None: mean, coverage and MKT rest on how long a reading is believed, and nobody has said so."""

    @property
    def basis(self) -> str:
        """``readings``, or ``extremes`` where the file holds none."""
        return "extremes" if self.extremes and not self.channel else "readings"


def sections_read(file: LoggerFile, channels: Sequence[ChannelRead], edges: Edges = Edges()) -> tuple[Section, ...]:
    """A section for each channel of a file; one for the file where it has none.

    Args:
        file: What the importer made of it.
        channels: Its channels, settled, inside the declared period.
        edges: That period.
    """
    found = [_channel(file, one, edges) for one in channels] or [_without_channels(file, edges)]
    return tuple(map(_section, found))


def refused(name: str, sha256: str | None, error: FileRefused) -> Refusal:
    """A file that could not be read."""
    return Refusal(printable(name), sha256, error.code, printable(str(error)), error.options)


def _channel(file: LoggerFile, read: ChannelRead, edges: Edges) -> ReadChannel:
    channel, settled = read.channel, read.settled
    return ReadChannel(
        file, file.device, channel.name, dict(file.evidence), len(settled.trace), settled.duplicates,
        channel.quarantined, read.conflicting, settled.trace, edges, None if edges.end_ms is None else "option",
        file.notes, file.extremes, file.device_alarms,
    )  # fmt: skip


def _without_channels(file: LoggerFile, edges: Edges) -> ReadChannel:
    return ReadChannel(
        file, file.device, "", dict(file.evidence), 0, 0, (), (), EMPTY_TRACE, edges,
        None if edges.end_ms is None else "option", file.notes, file.extremes, file.device_alarms,
    )  # fmt: skip


def _section(found: ReadChannel) -> Section:
    zone = found.evidence.get("time_zone")
    clock = clock_of(zone.value if zone else None)
    name = printable(f"{found.file.name} · {found.channel}" if found.channel else found.file.name)
    ends = [int(found.trace.at_ms[-1])] if len(found.trace) else []
    ends += [one.end_ms for one in found.extremes]
    return Section(
        name=name,
        product_name="",
        stage="",
        verdict=NotJudged.READ,
        headline=HEADLINE,
        span=span_of(found, clock),
        rests_on="",
        zone_name=clock.name,
        chart=chart_of_readings(found.trace, found.evidence, f"{name}: {HEADLINE}", found.extremes),
        excursions=(),
        tolerated=(),
        limits=(),
        gaps=(),
        open_questions=(),
        statistics=_outermost(found.trace),
        measured=tuple(rests.measured(found, clock)),
        evidence=tuple(rests.evidence(found)),
        yardstick=(),
        product=(),
        source=(*rests.source(found), *_events(found.file)),
        quarantine=tuple(quarantine_lines([*found.quarantined, *found.conflicting])),
        device_says=tuple(rests.device_says(found, clock)),
        notes=tuple(printable(note) for note in found.notes),
        until_ms=max(ends, default=None),
        intervals=tuple(rests.intervals(found, clock)),
        warning=_INVALID if found.file.signature == "invalid" else "",
    )


def _outermost(trace: Trace) -> tuple[Fact, ...]:
    """The lowest and the highest reading: what they are, whoever judges."""
    if not len(trace):
        return ()
    low, high = int(trace.milli_c.min()), int(trace.milli_c.max())
    return (Fact("Lowest", format_c(low)), Fact("Highest", format_c(high)))


def _events(file: LoggerFile) -> tuple[Fact, ...]:
    if not file.events:
        return ()
    names = ", ".join(dict.fromkeys(printable(event.name) for event in file.events))
    return (Fact("Events", f"{plural(len(file.events), 'event')} kept apart from the readings: {names}"),)
