"""One reading of a file with what was declared: what was understood, or what has to be asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from coldchain.auditing.audited import AuditedFile
from coldchain.auditing.file import without_readings
from coldchain.errors import FileRefused
from coldchain.layouts import layout_of_text
from coldchain.loggers import Declared, LoggerFile, read
from coldchain.loggers.contract import as_json, readings_of, settled_channels
from coldchain.loggers.questions import question_of
from coldchain.records.imports import ASKED, READ, REFUSED, Attempt, NewAttempt
from coldchain.version import __version__

SAID = ("tz", "unit", "date_order", "decimal", "column", "layout", "site_tz")
"""What can be declared, as `Declared` and the record call it."""

BAD_SIGNATURE = (
    "the file's own signature does not fit its content, so it was changed after the logger wrote it: export it again "
    "from the logger; a pharmacist can accept it as it is, with a reason that is kept"
)


@dataclass(frozen=True)
class Reading:
    """What reading came to.

    Attributes:
        attempt: As the record keeps it.
        file: The file's readings; ``None`` where it could not be read.
    """

    attempt: NewAttempt
    file: LoggerFile | None


def read_as(name: str, content: bytes, declared: Declared, accepted_because: str = "") -> Reading:
    """Read a file with what was declared.

    Args:
        name: What the file is called.
        content: Its bytes.
        declared: What people and the site say where the file proves nothing.
        accepted_because: Why an invalid signature is accepted; empty where nobody did.

    Raises:
        UsageError: What was declared is itself no zone, unit, date order or decimal mark.
    """
    try:
        file = read(name, content, declared)
    except FileRefused as error:
        return Reading(_refused(error, declared, accepted_because, {}), None)
    found = understood(file)
    if file.signature == "invalid" and not accepted_because:
        return Reading(_refused(FileRefused("bad-signature", BAD_SIGNATURE), declared, "", found), file)
    if not file.channels and not file.extremes:
        why = without_readings(file, AuditedFile(name, file.sha256))
        refused = FileRefused(why.code, why.message, why.options)
        return Reading(_refused(refused, declared, accepted_because, found), file)
    return Reading(_attempt(READ, None, declared, accepted_because, found), file)


def understood(file: LoggerFile) -> dict[str, Any]:
    """What was understood of a file and from what, without the readings themselves: ``coldchain.read/1`` cut short."""
    channels = settled_channels(file)
    whole = as_json(replace(file, channels=()), ())
    return {
        "format": file.format,
        "signature": file.signature,
        "device": whole["device"],
        "evidence": whole["evidence"],
        "readings": readings_of(channels),
        "channels": [
            {
                "channel": one.channel.name,
                "heading": one.channel.label,
                "serial": one.channel.serial,
                "unit": str(one.channel.unit),
                "readings": readings_of((one,)),
                "min_c": int(one.settled.trace.milli_c.min()) / 1000 if len(one.settled.trace) else None,
                "max_c": int(one.settled.trace.milli_c.max()) / 1000 if len(one.settled.trace) else None,
            }
            for one in channels
        ],
        "events": len(file.events),
        "notes": list(file.notes),
        "device_alarms": whole["device_alarms"],
        "days": len(file.daily),
    }


def declared_of(attempt: Attempt) -> Declared:
    """What was declared of a file when it was read so."""
    said: Mapping[str, str] = attempt.declared
    layouts = tuple(layout_of_text(text) for text in attempt.layouts)
    return Declared(**{name: said.get(name) or None for name in SAID}, layouts=layouts)


def again(name: str, content: bytes, attempt: Attempt) -> Reading:
    """The same reading of the same bytes."""
    return read_as(name, content, declared_of(attempt), attempt.accepted_because)


def answers_of(said: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What was declared, as a form or a query says it: known names only, without what cannot be seen."""
    kept = {name: "".join(filter(str.isprintable, value)).strip() for name, value in said if name in SAID}
    return {name: value for name, value in kept.items() if value and name != "site_tz"}


def _refused(error: FileRefused, declared: Declared, accepted_because: str, found: Mapping[str, Any]) -> NewAttempt:
    outcome = REFUSED if question_of(error.code, error.options, str(error)) is None else ASKED
    return _attempt(outcome, error, declared, accepted_because, found)


def _attempt(
    outcome: str, error: FileRefused | None, declared: Declared, accepted_because: str, found: Mapping[str, Any]
) -> NewAttempt:
    return NewAttempt(
        declared={name: value for name in SAID if (value := getattr(declared, name))},
        layouts=[layout.text for layout in declared.layouts],
        accepted_because=accepted_because,
        outcome=outcome,
        code="" if error is None else error.code,
        message="" if error is None else str(error),
        options=[] if error is None else list(error.options),
        found=found,
        program=__version__,
    )
