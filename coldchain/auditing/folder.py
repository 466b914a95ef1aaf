"""An audit's output folder: one JSON file for each content, so that a run that was ended is taken up where it stopped.

``FOLDER/files/<sha256>.json`` holds what was found in a file of that content, and on what it rests: the product file,
the stage, what was declared, the version of this program. A result that rests on anything else is judged anew.
Everything is written beside its place first and then put there in one step.
"""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from coldchain.auditing.contract import to_line
from coldchain.auditing.question import Judged, Outcome, Question, logger_of
from coldchain.errors import UsageError

SCHEMA = "coldchain.audit-file/1"

_MARK = "folder.json"
_MARKED = {"schema": "coldchain.audit-folder/1", "made_by": "coldchain audit --output"}


class OutputFolder:
    """Keeps results by content, and whatever sums them up.

    Raises:
        UsageError: The folder cannot be made, or holds something else than an audit's output.
    """

    def __init__(self, path: Path, question: Question) -> None:
        self._path, self._files = path, path / "files"
        self._basis = basis_of(question)
        try:
            if path.is_dir() and any(path.iterdir()) and not (path / _MARK).is_file():
                raise UsageError(f"--output: {str(path)!r} holds other things already; name a new folder")
            self._files.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(path, error) from error
        self.write(_MARK, json.dumps(_MARKED) + "\n")

    def kept(self, name: str, where: tuple[str, ...], sha256: str) -> Outcome | None:
        """What an earlier run found in this content, under the name it has now; ``None`` where it must be judged.

        A file that is damaged, or rests on other options or versions, is none.
        """
        try:
            kept = json.loads((self._files / f"{sha256}.json").read_text(encoding="utf-8"))
            if kept["schema"] != SCHEMA or kept["sha256"] != sha256 or kept["basis"] != self._basis:
                return None
            judged = tuple(_named(written, name) for written in kept["results"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return Outcome(name, where, sha256, judged, taken_up=True) if judged else None

    def keep(self, outcome: Outcome) -> None:
        """Write what was found in a file; one that could not be read has no content to be kept by."""
        if outcome.sha256 is None:
            return
        head = json.dumps({"schema": SCHEMA, "sha256": outcome.sha256, "basis": self._basis}, ensure_ascii=False)
        results = ",\n".join(judged.line for judged in outcome.judged)
        self.write(f"files/{outcome.sha256}.json", f'{head[:-1]}, "results": [\n{results}\n]}}\n')

    def write(self, name: str, text: str) -> None:
        """Put a file into the folder, whole or not at all.

        Raises:
            UsageError: It cannot be written.
        """
        place = self._path / name
        unfinished = place.with_name(f".{place.name}.{os.getpid()}.unfinished")
        try:
            unfinished.write_text(text, encoding="utf-8", errors="backslashreplace", newline="")
            unfinished.replace(place)
        except OSError as error:
            raise _unwritable(place, error) from error

    def tidy(self) -> None:
        """Remove what a run that was ended left unfinished."""
        for left in (*self._path.glob(".*.unfinished"), *self._files.glob(".*.unfinished")):
            left.unlink(missing_ok=True)


def basis_of(question: Question) -> dict[str, Any]:
    """Everything besides the content that a result rests on, as plain JSON."""
    product = question.product
    basis = {
        "program": question.program,
        "product": {"id": product.id, "version": product.version, "sha256": product.sha256},
        "stage": question.stage.name,
        "declared": asdict(question.declared),
        "period": asdict(question.period),
    }
    plain: dict[str, Any] = json.loads(json.dumps(basis, default=str))
    return plain


def check_apart(folder: Path, paths: list[str]) -> None:
    """An output folder inside what is audited would be audited itself the next time.

    Raises:
        UsageError: It is.
    """
    place = folder.resolve()
    for path in paths:
        if path != "-" and Path(path).is_dir() and place.is_relative_to(Path(path).resolve()):
            raise UsageError(f"--output: {str(folder)!r} lies inside {path!r}, which is audited; name a folder outside")


def _named(written: dict[str, Any], name: str) -> Judged:
    """A kept result under a file's present name."""
    written["file"]["name"] = name
    line = to_line(written)
    if "error" in written:
        return Judged(line, None)
    unit = written["evidence"].get("unit")
    readings = written["readings"]
    return Judged(
        line,
        written["verdict"],
        written["channel"],
        logger_of(written["file"]["format"], written["device"]["serial"]),
        unit["value"] if unit else None,
        _milliseconds(readings["first"]),
        _milliseconds(readings["last"]),
    )


def _milliseconds(written: str | None) -> int | None:
    return None if written is None else int(np.datetime64(written.removesuffix("Z"), "ms").astype(np.int64))


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(f"--output: {str(path)!r} cannot be written: {error.strerror or error}")
