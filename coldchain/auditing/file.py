"""One logger file against one stage of one product: `audit_file`."""

import hashlib
from dataclasses import replace

import numpy as np

from coldchain.auditing.audited import Audited, AuditedFile, Period, Refused, Result
from coldchain.auditing.by_extremes import audit_extremes, beside_readings
from coldchain.domain.bounds import Edges, Yardstick
from coldchain.domain.duration import format_duration
from coldchain.domain.product import Product, Stage
from coldchain.domain.reading import Trace, median_step_ms
from coldchain.domain.statistics import Statistics, statistics
from coldchain.domain.verdict import Judgement, Verdict, judge
from coldchain.domain.yardstick import yardstick_of
from coldchain.errors import FileRefused
from coldchain.loggers import Declared, LoggerFile, read
from coldchain.loggers.contract import ChannelRead, settled_channels


def audit_file(
    name: str,
    content: bytes,
    product: Product,
    stage: Stage,
    declared: Declared = Declared(),
    period: Period = Period(),
) -> tuple[Result, ...]:
    """Judge a logger file.

    Args:
        name: What the file is called in every output.
        content: Its bytes.
        product: Whose rules judge.
        stage: Which stage of the product the medicine was in.
        declared: What the person says where the file proves nothing.
        period: Declared period, ``max_gap`` and uncertainty.

    Returns:
        One `Audited` for each temperature channel in the order of the file, or one `Refused`. The same bytes and
        arguments always give the same result.
    """
    try:
        file = read(name, content, declared)
    except FileRefused as error:
        sha256 = hashlib.sha256(content).hexdigest()
        return (Refused(AuditedFile(name, sha256), error.code, str(error), error.options),)
    which = AuditedFile(name, file.sha256, file.format, file.signature)
    if file.signature == "invalid" and not period.accept_bad_signature:
        return (Refused(which, "bad-signature", _BAD_SIGNATURE, ("--accept-bad-signature",)),)
    if not file.channels and file.extremes:
        accepted = (SIGNATURE_ACCEPTED,) if file.signature == "invalid" else ()
        edges = Edges(period.start_ms, period.end_ms)
        return (audit_extremes(file, which, product, stage, yardstick(period, product), edges, accepted),)
    if not file.channels:
        return (without_readings(file, which),)
    return tuple(_audit_channel(file, which, channel, product, stage, period) for channel in settled_channels(file))


def yardstick(period: Period, product: Product, sensor_max_gap_ms: int | None = None) -> Yardstick:
    """``max_gap`` and uncertainty, and who said so (semantics §3).

    ``--max-gap`` if given, else the smaller of the product's and the sensor's, else 60 min.
    """
    return yardstick_of(
        product, sensor_max_gap_ms, max_gap_ms=period.max_gap_ms, uncertainty_milli_c=period.uncertainty_milli_c
    )


def edges_of(period: Period, stopped_ms: int | None, trace: Trace) -> tuple[Edges, str | None]:
    """The period that counts, and whose end it has: ``option``, ``file`` or ``None`` (semantics §3.edges).

    A stop that the file states counts unless readings lie behind it: then it says nothing about the end.
    """
    if period.end_ms is not None:
        return Edges(period.start_ms, period.end_ms), "option"
    after_all = stopped_ms is not None and (not len(trace) or stopped_ms >= int(trace.at_ms[-1]))
    before_start = stopped_ms is not None and period.start_ms is not None and stopped_ms < period.start_ms
    if after_all and not before_start:
        return Edges(period.start_ms, stopped_ms), "file"
    return Edges(period.start_ms, None), None


_BAD_SIGNATURE = (
    "the file's own signature does not fit its content, so it was changed after the logger wrote it; "
    "export it again, or judge it all the same with --accept-bad-signature"
)

_NO_LOG = "the file holds no readings, and a verdict needs readings; export the logger's data log"
_NO_ZONE = (
    "the file holds the device's own daily summaries, whose days carry no zone; say where the clock was set with --tz, "
    "such as --tz Europe/Berlin or --tz +02:00"
)

_NOTHING_USABLE = "every row with a value went to quarantine: there is nothing to judge"
_NOTHING_INSIDE = "no reading lies in the period that counts"
SIGNATURE_ACCEPTED = "THE FILE'S SIGNATURE IS INVALID: judged all the same, as asked by --accept-bad-signature"
_STOP_IGNORED = "the file states a stop that lies before its last reading; it was not used as the end of the record"


def without_readings(file: LoggerFile, which: AuditedFile) -> Refused:
    """Why a file that holds neither readings nor extremes cannot be judged, and what would help."""
    if file.daily:
        return Refused(which, "ambiguous-time-zone", _NO_ZONE, ("--tz ZONE",))
    return Refused(which, "no-readings", _NO_LOG)


def _audit_channel(
    file: LoggerFile, which: AuditedFile, read_channel: ChannelRead, product: Product, stage: Stage, period: Period
) -> Audited:
    channel, settled = read_channel.channel, read_channel.settled
    trace = settled.trace
    measure = yardstick(period, product)
    edges, end_from = edges_of(period, file.device.stopped_ms, trace)
    inside = within(trace, edges)
    judgement, beside = beside_readings(_judged(trace, inside, stage, measure, edges), file, stage, measure, edges)
    return Audited(
        file=which,
        device=file.device if channel.serial is None else replace(file.device, serial=channel.serial),
        channel=channel.name,
        product=product,
        stage=stage,
        evidence=file.evidence,
        accepted=len(trace),
        duplicates=settled.duplicates,
        quarantined=channel.quarantined,
        conflicting=read_channel.conflicting,
        trace=trace,
        yardstick=measure,
        edges=edges,
        end_from=end_from,
        statistics=_statistics(inside, measure),
        judgement=judgement,
        device_alarms=file.device_alarms,
        extremes=file.extremes,
        notes=(*file.notes, *_notes(file, trace, inside, measure, edges, end_from), *beside),
    )


def within(trace: Trace, edges: Edges) -> Trace:
    """The readings inside a period, both ends included."""
    if edges == Edges():
        return trace
    kept = np.ones(len(trace), dtype=bool)
    if edges.start_ms is not None:
        kept &= trace.at_ms >= edges.start_ms
    if edges.end_ms is not None:
        kept &= trace.at_ms <= edges.end_ms
    return Trace(trace.at_ms[kept], trace.milli_c[kept])


def _judged(trace: Trace, inside: Trace, stage: Stage, measure: Yardstick, edges: Edges) -> Judgement:
    judgement = judge(trace, stage.limits, measure, edges)
    if len(inside) == 0 and judgement.verdict is Verdict.COMPLIANT:
        return replace(judgement, verdict=Verdict.UNDETERMINED)  # nothing was measured: nothing was shown
    return judgement


def _statistics(inside: Trace, measure: Yardstick) -> Statistics | None:
    return statistics(inside, measure.max_gap_ms) if len(inside) else None


def _notes(
    file: LoggerFile, trace: Trace, inside: Trace, measure: Yardstick, edges: Edges, end_from: str | None
) -> list[str]:
    notes = []
    if file.signature == "invalid":
        notes.append(SIGNATURE_ACCEPTED)
    if not len(trace):
        notes.append(_NOTHING_USABLE)
    elif not len(inside):
        notes.append(_NOTHING_INSIDE)
    if len(trace) > 2 and (interval := int(median_step_ms(trace.at_ms) or 0)) > measure.max_gap_ms:
        believed = format_duration(measure.max_gap_ms)
        notes.append(
            f"readings come every {format_duration(interval)}, but a good one is believed for {believed} only: "
            "nearly every interval is a gap (--max-gap declares otherwise)"
        )
    if file.device.stopped_ms is not None and end_from is None and edges.start_ms is None:
        notes.append(_STOP_IGNORED)
    return notes
