"""`coldchain preparation check`: a prepared medicine's clocks and exposure, from recorded events and traces."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from coldchain.cli.options import add_declared_options, declared_of
from coldchain.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from coldchain.auditing.preparation_records import RecordedTrace
    from coldchain.domain.preparation import PreparationJudgement
    from coldchain.domain.probes import Probe
    from coldchain.domain.product import Product
    from coldchain.domain.reading import Trace
    from coldchain.loggers.logger_file import Declared

HELP = "a prepared medicine's clocks and exposure, from recorded events and traces"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    check = actions.add_parser("check", help="judge recorded events", description="Judge a preparation's events.")
    check.add_argument("events", metavar="EVENTS.json", help="what was recorded, or - for standard input")
    check.add_argument(
        "--trace", metavar="LOCATION=FILE", action="append", default=[],
        help="the logger file of a location; may be repeated; a location without one is unknown",
    )  # fmt: skip
    check.add_argument(
        "--rules", metavar="DIR", type=Path, action="append", default=[],
        help="a folder of your own product files, on top of the shipped ones; may be repeated",
    )  # fmt: skip
    add_declared_options(check)
    check.add_argument("--max-gap", metavar="DUR", help="how long a good reading is believed, such as '30 min'")
    check.add_argument("--uncertainty", metavar="DEGREES_C", help="of the probes, in °C (default: 0)")
    check.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def run(arguments: argparse.Namespace) -> int:
    """Judge, print, and return the exit code of the contract: 0 compliant, 1 violated, 3 undetermined."""
    import json
    import time

    from coldchain.auditing.asked import period_of
    from coldchain.auditing.preparation_records import parse_recorded, traces_by_location
    from coldchain.auditing.preparations import preparation_json
    from coldchain.domain.preparation import judge_preparation
    from coldchain.domain.probes import Probe
    from coldchain.domain.yardstick import yardstick_of
    from coldchain.rulebook.book import load_rulebook

    recorded = parse_recorded(_text(arguments.events), arguments.events)
    product = load_rulebook(*arguments.rules).product(recorded.product)
    declared = declared_of(arguments)
    period = period_of(None, None, None, arguments.max_gap, arguments.uncertainty, accept_bad_signature=False)
    asked = {
        "max_gap_ms": period.max_gap_ms,
        "uncertainty_milli_c": None if arguments.uncertainty is None else period.uncertainty_milli_c,
    }
    probes = _brought_along(recorded.traces, Path(arguments.events).parent, declared, asked, product)
    for where, file in traces_by_location(arguments.trace).items():
        trace = _trace(file, declared)
        probes.setdefault(where, []).append(Probe(file, None, None, trace, yardstick_of(product, **asked)))
    now_ms = int(time.time() * 1000) if recorded.now_ms is None else recorded.now_ms
    try:
        judged = judge_preparation(product, recorded.happenings, recorded.statements, probes, now_ms)
    except ValueError as error:
        raise UsageError(f"{arguments.events}: {error}") from error
    if arguments.format == "json":
        print(json.dumps(preparation_json(recorded, judged, product.sha256), ensure_ascii=False, indent=1))
    else:
        _print(recorded.item, product, judged)
    return {"compliant": 0, "violated": 1, "undetermined": 3}[judged.verdict.value]


def _text(path: str) -> str:
    import sys

    try:
        return sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8 text'}"
        ) from error


def _brought_along(
    traces: "Sequence[RecordedTrace]", folder: Path, declared: "Declared", asked: "Mapping[str, int | None]",
    product: "Product",
) -> "dict[str, list[Probe]]":  # fmt: skip
    """The probes whose readings lie beside the record; the command's options win over what the record says."""
    from coldchain.domain.probes import Probe
    from coldchain.domain.reading import EMPTY_TRACE
    from coldchain.domain.yardstick import yardstick_of

    found: dict[str, list[Probe]] = {}
    for one in traces:
        trace = EMPTY_TRACE if one.file is None else _trace(str(folder / one.file), declared)
        by = yardstick_of(product, one.max_gap_ms, one.uncertainty_milli_c, **asked)
        found.setdefault(one.location, []).append(Probe(one.probe, one.from_ms, one.to_ms, trace, by))
    return found


def _trace(file: str, declared: "Declared") -> "Trace":
    """The one temperature channel of a logger file."""
    from coldchain.domain.reading import Readings, settle
    from coldchain.loggers import read

    try:
        content = Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    found = read(file, content, declared)
    if found.signature == "invalid":
        raise UsageError(f"{file} was changed after the device signed it; read out the logger again")
    if len(found.channels) != 1:
        names = ", ".join(channel.name for channel in found.channels) or "none"
        raise UsageError(f"{file} must hold one temperature channel, it holds: {names}; name one with --column")
    channel = found.channels[0]
    return settle(Readings.of_file(channel.at_ms, channel.milli_c, channel.lines)).trace


def _print(item: str, product: "Product", judged: "PreparationJudgement") -> None:
    """Verdict first, then the clocks, storage, what is missing, and what it rests on."""
    from coldchain.auditing.preparations import unmeasured
    from coldchain.domain.duration import in_full
    from coldchain.domain.verdict import what_would_settle
    from coldchain.loggers.contract import instant

    so_far = "" if judged.final else " so far"
    print(f"{judged.verdict.value.capitalize()}{so_far}: {product.name}" + (f", {item}" if item else ""))
    print("\nClocks")
    for clock in judged.clocks:
        allowed = in_full(clock.deadline.within)
        took = "not known" if clock.elapsed_ms is None else in_full(clock.elapsed_ms)
        by = f", by {instant(clock.deadline_ms)}" if clock.deadline_ms is not None else ""
        print(f"  {clock.state.value:<12} {clock.deadline.id}: {took} of {allowed}{by}")
    print("\nStorage")
    for stage in judged.conditions:
        bounds, limit = stage.judged.bounds, stage.judged.limit
        policy = " (site policy)" if limit.site_policy else ""
        durations = [in_full(ms) for ms in (bounds.at_least_ms, bounds.at_most_ms, bounds.estimate_ms)]
        spoken = "at least {}, at most {} (estimate {})".format(*durations)
        print(f"  {stage.judged.verdict.value:<12} {stage.stage} · {limit.id}{policy}: {spoken}")
        for question in stage.judged.unsettled:
            print(f"{'':15}{what_would_settle(question)}")
    for wait in judged.equilibrations:
        room = f"at least {in_full(wait.room.at_least_ms)}, at most {in_full(wait.room.at_most_ms)}"
        needed = in_full(wait.needed_ms)
        print(f"  {wait.state.value:<12} {wait.stage} · equilibration after {wait.condition}: {room} of {needed}")
    missing = [*judged.missing, *(f"no trace of location {name!r}" for name in unmeasured(judged))]
    if missing:
        print("\nMissing")
        for sentence in missing:
            print(f"  {sentence}")
    checked = f"checked by {product.label.checked_by}" if product.label.checked_by else "nobody has checked it yet"
    print(f"\nJudged by {product.id} version {product.version} ({product.label.document}); {checked}.")
