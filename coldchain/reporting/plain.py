"""A report as data: ``coldchain.report/1``, the objects of the audit with the command that finds them again."""

import json
from collections.abc import Sequence
from typing import Any

SCHEMA = "coldchain.report/1"


def report_json(results: Sequence[dict[str, Any]], *, command: str, program: str, **more: Any) -> bytes:
    """The whole document; the same results always give the same bytes.

    Args:
        results: Objects of ``coldchain.audit/1``, in the order of the files.
        command: What finds the same again.
        program: Name and version of this program.
        more: What else the report holds, such as dispositions; written before the results.
    """
    whole = {"schema": SCHEMA, "program": program, "command": command, **more, "results": list(results)}
    text = json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1)
    return f"{text}\n".encode("utf-8", "backslashreplace")
