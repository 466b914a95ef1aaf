"""The order in which people look for names: ``Ward 2`` before ``Ward 10``, whatever their case and accents."""

import re
import unicodedata

_DIGITS = re.compile(r"[0-9]+", re.ASCII)


def natural(*names: str | None) -> tuple[str, ...]:
    """What to sort a name by, or several in turn; a missing one stands first.

    Digits count as numbers, letters without their case and accents. Two different names are never the same: where
    nothing else tells them apart, as ``Ward 02`` and ``Ward 2``, their very signs do.

    >>> sorted(["Ward 10", "ward 2", "Äther", "Zoo"], key=natural)
    ['Äther', 'ward 2', 'Ward 10', 'Zoo']
    """
    if len(names) == 1 and names[0]:
        return _plain(names[0]), names[0]
    return tuple(part for name in names for part in (_plain(name or ""), name or ""))


def _plain(name: str) -> str:
    """A text of whose like the plain order is that of people: 100 000 of them are sorted as quickly as can be."""
    text = name if name.isascii() else _without_accents(name)
    return _DIGITS.sub(_counted, text.casefold())


def _counted(run: re.Match[str]) -> str:
    """A number among texts: a digit's own place, then how many digits it has, then the digits."""
    digits = run[0].lstrip("0")
    return f"0{chr(len(digits))}{digits}"


def _without_accents(name: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
