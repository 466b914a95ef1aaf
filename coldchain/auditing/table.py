"""``coldchain audit --format csv``: one row a limit of a file's temperature channel, for spreadsheets."""

import csv
import io
from typing import Any

from coldchain.auditing.audited import Result
from coldchain.auditing.contract import as_json
from coldchain.spreadsheets import harmless

COLUMNS = (
    "file", "sha256", "format", "channel", "serial", "product", "version", "stage", "verdict", "first", "last",
    "accepted", "quarantined", "duplicates", "conflicts", "coverage", "min_c", "max_c", "mean_c", "mkt_c", "gaps",
    "limit", "limit_verdict", "excursions", "at_least_s", "estimate_s", "at_most_s", "error_code", "error",
    "signature", "basis",
)  # fmt: skip


def header() -> str:
    """The line of column names."""
    return _lines([COLUMNS])


def rows(result: Result) -> str:
    """The lines of one result; a file that was refused is one line with its error."""
    return rows_of(as_json(result))


def rows_of(written: dict[str, Any]) -> str:
    """The lines of one object of ``coldchain.audit/1``."""
    file = written["file"]
    common = {key: file[key] for key in ("sha256", "format", "signature")} | {"file": file["name"]}
    if "error" in written:
        error = written["error"]
        return _lines([_row(common | {"error_code": error["code"], "error": error["message"]})])
    common |= {
        "channel": written["channel"], "serial": written["device"]["serial"], "product": written["product"]["id"],
        "version": written["product"]["version"], "stage": written["stage"], "verdict": written["verdict"],
        "gaps": len(written["gaps"]), "basis": written["basis"],
    }  # fmt: skip
    common |= {key: value for key, value in written["readings"].items() if key in COLUMNS}
    common |= {key: value for key, value in (written["statistics"] or {}).items() if key in COLUMNS[15:21]}
    return _lines(
        [
            _row(
                common
                | {
                    "limit": limit["id"],
                    "limit_verdict": limit["verdict"],
                    "excursions": sum(1 for found in written["excursions"] if found["limit"] == limit["id"]),
                }
                | {f"{name}_s": duration for name, duration in limit["bad_s"].items()}
            )
            for limit in written["limits"]
        ]
    )


def _row(values: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(values.get(column, "") for column in COLUMNS)


def _lines(table: list[tuple[Any, ...]]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([harmless(value) for value in row] for row in table)
    return written.getvalue()
