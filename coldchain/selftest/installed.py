"""What is installed: every file of the program with its SHA-256, and one fingerprint of them all."""

import hashlib
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path

_LEFT_OUT = {"__pycache__"}
_LIBRARIES = ("numpy", "pandas", "sqlalchemy", "pyyaml", "typst", "paho-mqtt", "fastapi")
"""What takes part in reading, judging, keeping and printing."""


@dataclass(frozen=True)
class File:
    """A file of the program, by its path below the package."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Installed:
    """The installed program.

    Attributes:
        files: By name.
        fingerprint: SHA-256 over every file's name and hash: the same program has the same one on any machine.
        python, machine: What it runs on.
        libraries: Name and version of those that take part.
    """

    files: tuple[File, ...]
    fingerprint: str
    python: str
    machine: str
    libraries: tuple[str, ...]


def installed() -> Installed:
    """Look at what is installed here."""
    root = Path(str(resources.files("coldchain")))
    files = tuple(_files(root))
    return Installed(
        files=files,
        fingerprint=fingerprint(files),
        python=platform.python_version(),
        machine=platform.platform(terse=True),
        libraries=tuple(_version(name) for name in _LIBRARIES),
    )


def fingerprint(files: Sequence[File]) -> str:
    """One hash of all files; another name, another byte or another file makes another one."""
    text = "".join(f"{one.sha256}  {one.name}\n" for one in sorted(files, key=lambda one: one.name))
    return hashlib.sha256(text.encode()).hexdigest()


def _files(root: Path) -> Iterator[File]:
    for path in sorted(root.rglob("*"), key=lambda one: one.relative_to(root).as_posix()):
        if path.is_file() and not _LEFT_OUT & set(path.parts) and path.suffix != ".pyc":
            yield File(path.relative_to(root).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest())


def _version(name: str) -> str:
    try:
        return f"{name} {metadata.version(name)}"
    except metadata.PackageNotFoundError:
        return f"{name}: not installed"
