"""What a verdict rests on, fact by fact: readings, coverage, yardstick, evidence, the product and who checked it."""

from dataclasses import dataclass, replace

from coldchain.domain.product import Product, Stage
from coldchain.domain.reading import median_step_ms
from coldchain.domain.statistics import Statistics
from coldchain.domain.temperature import format_c
from coldchain.reporting.findings import Findings, WasRead
from coldchain.reporting.words import Clock, about, plural, printable
from coldchain.rulebook.words import label_in_words, unverified

_EVIDENCE = {"time_zone": "Time zone", "unit": "Unit", "date_order": "Date order", "decimal": "Decimal mark"}
_SOURCES = {
    "header": "stated in the file",
    "column": "proven by the whole column",
    "declared": "declared by who ran this, not by the file",
    "assumed": "ASSUMED",
}
_SHORT_SOURCES = {
    "header": "from the file", "column": "from the file", "declared": "as declared", "assumed": "ASSUMED",
}  # fmt: skip
_MAX_GAP_FROM = {
    "option": "as declared with --max-gap",
    "product": "from the product file",
    "sensor": "from the sensor's settings",
    "default": "the default: neither product nor sensor names one",
}
_SIGNATURES = {
    "none": "the file carries none",
    "unchecked": "the file carries one that this program cannot check",
    "valid": "valid: unaltered since the logger wrote it",
    "invalid": "INVALID: the content was changed after the logger wrote it",
}


@dataclass(frozen=True)
class Fact:
    """One thing that is so, and what it is called."""

    name: str
    said: str
    warns: bool = False


def measured(found: WasRead, clock: Clock) -> list[Fact]:
    """Readings, coverage and the period."""
    counts = [plural(found.accepted, "reading")]
    counts += [plural(found.duplicates, "duplicate")] if found.duplicates else []
    counts += [plural(len(found.conflicting), "conflict")] if found.conflicting else []
    left_out = len(found.quarantined)
    counts.append(f"{plural(left_out, 'row')} in quarantine" if left_out else "none in quarantine")
    facts = [Fact("Readings", ", ".join(counts) + _spacing(found))]
    if found.basis == "extremes":
        facts = [Fact("Readings", "none: the file states the lowest and highest value of each interval")]
    if found.statistics is not None:
        facts.append(Fact("Coverage", _coverage(found.statistics)))
    facts.append(Fact("Period", _period(found, clock)))
    return facts


def intervals(found: WasRead, clock: Clock) -> list[str]:
    """The lowest and highest value of each interval, with the time at which it was measured, where that is known."""
    said = []
    for one in found.extremes:
        span = f"{clock(one.start_ms)} to {clock(one.end_ms)}"
        if one.low_milli_c is None or one.high_milli_c is None:
            said.append(f"{span}: nothing was measured")
            continue
        stated = (("lowest", one.low_milli_c, one.low_ms), ("highest", one.high_milli_c, one.high_ms))
        words = [f"{w} {format_c(milli)}{'' if at is None else f' at {clock(at)[11:]}'}" for w, milli, at in stated]
        words += [f"no probe for {about(one.silent_ms)}"] if one.silent_ms else []
        said.append(f"{span}: {', '.join(words)}")
    return said


def in_short(found: Findings) -> str:
    """The verdict's ground in one sentence: how much was measured, what was believed, who says so."""
    parts = []
    if found.statistics is not None and found.statistics.coverage is not None:
        parts.append(f"coverage {percent(found.statistics.coverage)}")
    parts.append(f"a good reading is believed for {about(found.yardstick.max_gap_ms)}")
    zone = found.evidence.get("time_zone")
    if zone is not None and zone.value is not None:
        parts.append(f"time zone {_SHORT_SOURCES.get(zone.source, zone.source)}")
    doubt = found.yardstick.uncertainty_milli_c
    parts.append(f"probe ± {format_c(doubt)}" if doubt else "no probe uncertainty declared")
    checked = found.product.label.checked_by
    parts.append(f"{found.product.id} version {found.product.version}, checked by {checked or 'nobody'}")
    return f"Rests on: {'; '.join(parts)}."


def evidence(found: WasRead) -> list[Fact]:
    """What zone, unit, date order and decimal mark rest on."""
    facts = []
    for key, name in _EVIDENCE.items():
        known = found.evidence.get(key)
        if known is None or known.value is None:
            continue
        value = {"C": "°C", "F": "°F"}.get(known.value, known.value) if key == "unit" else known.value
        note = f"; {printable(known.note)}" if known.note else ""
        source = _SOURCES.get(known.source, known.source)
        facts.append(Fact(name, f"{value} ({source}{note})", warns=known.source == "assumed"))
    return facts


def yardstick(found: Findings) -> list[Fact]:
    """``max_gap`` and the probe's uncertainty."""
    measure = found.yardstick
    believed = f"a good reading is believed for {about(measure.max_gap_ms)} ({_MAX_GAP_FROM[measure.max_gap_from]})"
    doubt = "0 °C: none was declared"
    if measure.uncertainty_milli_c:
        doubt = f"± {format_c(measure.uncertainty_milli_c)} (declared)"
    return [Fact("Yardstick", believed), Fact("Probe uncertainty", doubt)]


def product(given: Product, stage: Stage) -> list[Fact]:
    """Version, hash, label source, who has compared them, and what of the stage that judged is unverified."""
    only = replace(given, stages={stage.name: stage})
    return [
        Fact("Product file", f"{given.id}, version {given.version}"),
        Fact("Its SHA-256", given.sha256),
        Fact("Label", label_in_words(given)),
        Fact("Checked by", given.label.checked_by or "nobody", warns=given.label.checked_by is None),
        *(Fact("Unverified", sentence) for sentence in unverified(only)),
    ]


def source(found: WasRead) -> list[Fact]:
    """Which bytes, which logger."""
    if found.file.sha256 is None:
        return [Fact("Source", "the service's own record"), Fact("Probe", printable(found.file.name))]
    signature = found.file.signature or "none"
    facts = [
        Fact("File", f"{printable(found.file.name)} ({found.file.format})"),
        Fact("SHA-256", found.file.sha256 or "not known"),
        Fact("Signature", _SIGNATURES.get(signature, signature), warns=signature == "invalid"),
    ]
    logger = ", ".join(part for part in (found.device.model, found.device.serial) if part)
    facts.append(Fact("Logger", printable(logger) or "not named in the file"))
    return [*facts, Fact("Channel", printable(found.channel))] if found.channel else facts


def device_says(found: WasRead, clock: Clock) -> list[str]:
    """The alarms that the device itself raised, one sentence each, for comparison."""
    said = []
    for alarm in found.device_alarms:
        limit = "" if alarm.limit_milli_c is None else f" at {format_c(alarm.limit_milli_c)}"
        allowed = "" if alarm.allowed_min is None else f", set to tolerate {alarm.allowed_min} min"
        since = "" if alarm.start_ms is None else f" from {clock(alarm.start_ms)}"
        until = "" if alarm.end_ms is None else f" to {clock(alarm.end_ms)}"
        worst = "" if alarm.extreme_milli_c is None else f", worst {format_c(alarm.extreme_milli_c)}"
        raised = "" if alarm.trigger_ms is None else f", raised {clock(alarm.trigger_ms)}"
        said.append(printable(f"{alarm.name}{limit}{allowed}: {alarm.minutes} min{since}{until}{raised}{worst}"))
    return said


def statistics(found: Statistics | None, clock: Clock) -> list[Fact]:
    """Lowest, highest, mean, and the guarded MKT with its window, coverage and ΔH."""
    if found is None:
        return []
    window = f"{clock(found.first_ms)} to {clock(found.last_ms)}"
    share = "" if found.coverage is None else f", coverage {percent(found.coverage)}"
    basis = f"ΔH {found.delta_h_kj:g} kJ/mol, {window}{share}"
    if found.mkt_c is None:
        mkt = f"withheld: {found.mkt_withheld} (unguarded {degrees(found.mkt_unguarded_c)}; {basis})"
    else:
        mkt = f"{degrees(found.mkt_c)} ({basis})"
    return [
        Fact("Lowest", format_c(found.min_milli_c)),
        Fact("Highest", format_c(found.max_milli_c)),
        Fact("Mean by time", degrees(found.mean_c)),
        Fact("Mean kinetic temperature", mkt),
    ]


def degrees(celsius: float) -> str:
    """A computed temperature with two decimals."""
    return f"{celsius:.2f} °C".replace("-", "−")


def percent(share: float) -> str:
    """A share in percent, rounded down, so that 100 % means all of it."""
    tenths = int(share * 1000 + 1e-9)
    return f"{tenths // 10}.{tenths % 10} %" if tenths % 10 else f"{tenths // 10} %"


def _spacing(found: WasRead) -> str:
    if len(found.trace) < 2:
        return ""
    return f"; every {about(int(median_step_ms(found.trace.at_ms) or 0))} (median)"


def _coverage(found: Statistics) -> str:
    if found.coverage is None:
        return "a single reading: no time was measured"
    return f"{percent(found.coverage)} of {about(found.last_ms - found.first_ms)}"


def _period(found: WasRead, clock: Clock) -> str:
    start, end = found.edges.start_ms, found.edges.end_ms
    unit = "reading" if found.basis == "readings" else "interval"
    begins = f"from the first {unit}" if start is None else f"from {clock(start)} (declared)"
    if end is None:
        return f"{begins} to the last"
    return f"{begins} to {clock(end)} ({'declared' if found.end_from == 'option' else 'the stop that the file states'})"
