"""A disk so small that it can be filled: a tmpfs where we may mount one, else a bound on one program's files."""

import contextlib
import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

SIZE = 192 * 1024 * 1024


class Disk:
    """A folder that can be full.

    Attributes:
        folder: Where to write.
        mounted: Whether it is a disk of its own; without that right only one program's files can be bounded.
    """

    def __init__(self, folder: Path, *, mounted: bool) -> None:
        self.folder = folder
        self.mounted = mounted
        self._ballast = folder / "ballast"

    def fill(self, pid: int | None) -> None:
        """No byte more: for everybody, or for the program ``pid``, whose files may not grow."""
        if self.mounted:
            with contextlib.suppress(OSError), self._ballast.open("ab", buffering=0) as ballast:
                while True:
                    ballast.write(bytes(4096))
        elif pid is not None:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))

    def empty(self, pid: int | None) -> None:
        """Room again."""
        self._ballast.unlink(missing_ok=True)
        if not self.mounted and pid is not None:
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@contextlib.contextmanager
def small_disk() -> Iterator[Disk]:
    """A disk for the length of the block."""
    folder = Path(tempfile.mkdtemp(prefix="coldchain-disk-"))
    mounted = os.geteuid() == 0 and _mount(folder)
    try:
        yield Disk(folder, mounted=mounted)
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        shutil.rmtree(folder, ignore_errors=True)


def _mount(folder: Path) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "coldchain-tests", str(folder)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
