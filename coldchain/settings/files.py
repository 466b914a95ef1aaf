"""What settings name on the disk: texts, paths, and the files that hold secrets."""

import os
from pathlib import Path

from coldchain.errors import Problem, SettingsError
from coldchain.settings.shapes import Secret
from coldchain.settings.sources import Found, Sources

_LARGEST_SECRET = 65_536


def text_of(path: Path, what: str) -> str:
    """The text of a file of settings.

    Raises:
        SettingsError: It can't be read, or is no UTF-8; ``what`` names it, in the plural.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        message = f"cannot read the {what}: {error.strerror}"
    except UnicodeDecodeError as error:
        message = f"the {what} are not UTF-8 text (byte {error.start})"
    raise SettingsError([Problem(str(path), 1, 1, message)])


def path_from(found: Found, sources: Sources) -> Path | None:
    """A path from its text; ``None``, and a problem, where a path cannot be that.

    A relative one in the settings file counts from that file's folder, one in a variable from the current folder.
    """
    try:
        path = Path(found.text).expanduser()
        os.fsencode(path)
    except (RuntimeError, UnicodeEncodeError):  # no such user's home; letters no file system takes
        path = None
    if path is None or "\0" in found.text:
        sources.refuse_found(found, f"{found.text!r} is no path")
        return None
    return path if path.is_absolute() else base_of(found, sources) / path


def base_of(found: Found | None, sources: Sources) -> Path:
    """The folder from which a relative path in a value counts."""
    return Path.cwd() if found and found.variable else sources.base


def secret_from(found: Found, sources: Sources) -> Secret | None:
    """The secret in the file that a value names; ``None``, and a problem, where there is none."""
    path = path_from(found, sources)
    if path is None:
        return None
    try:
        with path.open(encoding="utf-8") as stream:
            text = stream.read(_LARGEST_SECRET)
    except OSError as error:
        sources.refuse_found(found, f"cannot read the secret in {path}: {error.strerror}")
        return None
    except UnicodeDecodeError:
        sources.refuse_found(found, f"the secret in {path} is not UTF-8 text")
        return None
    if not text.strip():
        sources.refuse_found(found, f"the secret in {path} is empty")
        return None
    return Secret(text.rstrip("\r\n"))
