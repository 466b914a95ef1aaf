"""A preparation as one archive: its events, the readings of its places and its rules, for anybody to judge again."""

import io
import json
import zipfile
from typing import Any

from coldchain.auditing.preparation_records import SCHEMA, Recorded
from coldchain.auditing.preparations import preparation_json
from coldchain.domain.instant import iso
from coldchain.domain.probes import Probe
from coldchain.domain.reading import Trace
from coldchain.records.prepared import Prepared

README = """\
Preparation {number}: {product}

What is here: preparation.json (events and attestations as they stand, corrections applied), traces/ (the readings of
every probe that hung where it was), rules/ (the product file that was frozen at its start).

Judge it again with

    coldchain preparation check preparation.json --rules rules

in this folder. The answer is that of the record as of {now}.
"""


def export(whole: Prepared, now_ms: int) -> bytes:
    """The archive; the same bytes for the same record and instant."""
    product, number = whole.product, whole.preparation.number
    files = {f"rules/{product.id}.yaml": whole.preparation.product_file}
    traces: list[dict[str, Any]] = []
    for location, probes in sorted(whole.probes.items()):
        for probe in probes:
            file = f"traces/{_file_name(location)}-{len(traces) + 1}.csv" if len(probe.trace) else None
            if file is not None:
                files[file] = _csv(probe.trace)
            traces.append(_trace_json(location, file, probe))
    record = recorded_json(whole, now_ms) | {"traces": traces}
    files["preparation.json"] = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    files["README.txt"] = README.format(number=number, product=product.name, now=iso(now_ms))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(f"{number}/{name}"), text, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def recorded_json(whole: Prepared, now_ms: int) -> dict[str, Any]:
    """What was recorded, as `coldchain preparation check` reads it: the entries that stand."""
    return {
        "schema": SCHEMA,
        "product": whole.product.id,
        "item": whole.preparation.item,
        "events": [
            {"event": entry.what, "at": iso(entry.at_ms)}
            | ({} if entry.location is None else {"location": entry.location})
            for entry in whole.course
        ],
        "attestations": [
            {"what": entry.what, "by": entry.full_name, "at": iso(entry.at_ms)} for entry in whole.attested
        ],
        "now": iso(now_ms),
    }


def judged_json(whole: Prepared, now_ms: int) -> dict[str, Any]:
    """The verdict in the shape of `coldchain preparation check --format json`."""
    found = Recorded(whole.product.id, whole.preparation.item, whole.happenings, whole.statements, now_ms)
    return preparation_json(found, whole.judged(now_ms), whole.product.sha256)


def _trace_json(location: str, file: str | None, probe: Probe) -> dict[str, Any]:
    return {
        "location": location,
        "file": file,
        "probe": probe.name,
        "from": None if probe.from_ms is None else iso(probe.from_ms),
        "to": None if probe.to_ms is None else iso(probe.to_ms),
        "max_gap_s": probe.yardstick.max_gap_ms / 1000,
        "uncertainty_c": probe.yardstick.uncertainty_milli_c / 1000,
    }


def _file_name(location: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in location)


def _csv(trace: Trace) -> str:
    rows = (
        f"{iso(at_ms)},{milli_c / 1000:.3f}"
        for at_ms, milli_c in zip(trace.at_ms.tolist(), trace.milli_c.tolist(), strict=True)
    )
    return "\n".join(["time,temperature (°C)", *rows]) + "\n"
