"""One mutated file read as a user would have it read: everything that may come of it, and what must hold then."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, LoggerFile, read
from coldchain.loggers.contract import as_json, settled_channels
from coldchain.loggers.files import find_files
from tests.loggers.fuzzing.mutations import mutated, zipped

CODES = {
    "unknown-format", "no-temperature", "no-readings", "ambiguous-date-order", "ambiguous-time-zone", "unknown-unit",
    "ambiguous-decimal", "damaged", "contradiction", "too-large",
}  # fmt: skip
_ANSWERS = (
    Declared(tz="UTC", unit="C"), Declared(tz="Europe/Berlin", unit="F", date_order="DMY"), Declared(),
    Declared(tz="UTC", unit="C", column="Temp"), Declared(tz="UTC", column="Box=A"),
    Declared(tz="America/New_York", unit="C", date_order="MDY", decimal=","), Declared(site_tz="Australia/Lord_Howe"),
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One file and how it was read; the same numbers always give the same case."""

    seed: int
    number: int
    content: bytes
    declared: Declared

    @classmethod
    def of(cls, seed: int, number: int, files: tuple[bytes, ...]) -> "Case":
        """The case with these numbers."""
        chance = Random(f"{seed}:{number}")  # noqa: S311 -- cases must be the same again
        return cls(seed, number, mutated(files, chance), chance.choice(_ANSWERS))

    @property
    def in_a_zip(self) -> bool:
        """Whether it goes through a zip."""
        return self.number % 40 == 0


def execute(case: Case) -> str:
    """Read a case; what came of it: ``read``, or the code of the refusal.

    Raises:
        Exception: Whatever no reader may raise.
    """
    if not case.in_a_zip:
        return _read(case.content, case.declared)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.zip"
        path.write_bytes(zipped(case.content, Random(case.number)))  # noqa: S311
        outcomes = [
            found.refused.code if found.refused else _read(found.content, case.declared)
            for found in find_files([str(path)])
        ]
    return outcomes[0] if outcomes else "no-readings"


def _read(content: bytes, declared: Declared) -> str:
    try:
        file = read("x", content, declared)
    except FileRefused as error:
        must_be_plain(error)
        return error.code
    must_be_sound(file)
    return "read"


def must_be_plain(refused: FileRefused) -> None:
    """What holds of every refusal: a code of the contract and one sentence."""
    said = str(refused)
    assert refused.code in CODES, refused.code
    assert said.strip(), "a refusal without a sentence"
    assert "\n" not in said, "a refusal of several lines"
    assert len(said) < 4_000, f"a refusal of {len(said)} characters"


def must_be_sound(file: LoggerFile) -> None:
    """What holds of every file that was read, whatever it held."""
    for channel in file.channels:
        assert channel.at_ms.dtype == channel.milli_c.dtype == channel.lines.dtype == np.int64
        assert channel.at_ms.shape == channel.milli_c.shape == channel.lines.shape
        assert (channel.milli_c >= -273_150).all(), "colder than nothing"
        assert (channel.milli_c < 10_000_000).all(), "hotter than any logger"
        assert not set(channel.lines.tolist()) & {row.line for row in channel.quarantined}, "read and quarantined"
    assert all(found.source in {"header", "column", "declared", "assumed"} for found in file.evidence.values())
    assert all(one.end_ms <= two.start_ms for one, two in zip(file.extremes, file.extremes[1:], strict=False))
    settled = settled_channels(file)
    assert as_json(file, settled)["schema"] == "coldchain.read/1"
