"""What the service logs: lines for people, or one JSON object a line for programs."""

import json
import logging
import sys
from datetime import UTC, datetime

QUIET = ("apscheduler", "alembic", "uvicorn", "coldchain.embedded")
"""Who says more than anybody wants to know."""


class JsonLines(logging.Formatter):
    """``{"at": …, "level": …, "logger": …, "message": …}``, and ``error`` with the traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = {"at": at, "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def set_up(kind: str) -> None:
    """Log to standard error, as ``text`` or ``json``."""
    handler = logging.StreamHandler(sys.stderr)
    text = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(JsonLines() if kind == "json" else text)
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for noisy in QUIET:
        logging.getLogger(noisy).setLevel(logging.WARNING)
