"""Letters that the PDF's font has: PDF/A refuses a document with any other, so those are replaced and listed.

The table below was measured against the fonts inside typst 0.15 (Libertinus Serif, DejaVu Sans Mono); a test sets every
letter of it, so an upgrade that loses one is noticed.
"""

import unicodedata
from dataclasses import dataclass, field

HAS = (
    (0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x17F), (0x18F, 0x18F), (0x192, 0x192), (0x1A0, 0x1A1), (0x1AF, 0x1B0),
    (0x218, 0x21B), (0x384, 0x38A), (0x38C, 0x38C), (0x38E, 0x3A1), (0x3A3, 0x3CE), (0x400, 0x45F), (0x490, 0x491),
    (0x1E80, 0x1E85), (0x1EA0, 0x1EF9), (0x2010, 0x2015), (0x2018, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026),
    (0x2030, 0x2030), (0x2032, 0x2033), (0x2039, 0x203A), (0x2044, 0x2044), (0x20AC, 0x20AC), (0x2116, 0x2116),
    (0x2122, 0x2122), (0x2126, 0x2126), (0x2190, 0x2195), (0x2212, 0x2212), (0x2248, 0x2249), (0x2260, 0x2260),
    (0x2264, 0x2265), (0x25A0, 0x25A1), (0x25C6, 0x25C7), (0x25CF, 0x25CF), (0x2714, 0x2714), (0x2718, 0x2718),
)  # fmt: skip
"""Code points, first and last of each range."""

STANDS_FOR_ANY = "□"
"""What is printed in the place of a letter that the font lacks."""

_LETTERS = frozenset(chr(code) for first, last in HAS for code in range(first, last + 1))
_SIMPLER = {"\u2009": " ", "\u202f": " ", "\u200b": "", "\ufeff": "", "\u2103": "°C", "\u2109": "°F"}


@dataclass
class Glyphs:
    """Makes texts printable, and remembers which letters it had to replace."""

    missing: dict[str, None] = field(default_factory=dict)

    def fit(self, said: str) -> str:
        """The text in letters that the font has."""
        composed = unicodedata.normalize("NFC", said)
        if _LETTERS.issuperset(composed):
            return composed
        return "".join(self._letter(sign) for sign in composed)

    def fit_command(self, command: str) -> str:
        """A command line that does the same: letters that the font lacks as ``$'\\u65e5'``, which bash and zsh read.

        Args:
            command: As `shlex.join` writes it, with every such letter inside single quotes.
        """
        written, lacking = "", False
        for sign in command:
            lacks = sign not in _LETTERS
            if lacks != lacking:
                written += "'$'" if lacks else "''"
            written += _escaped(sign) if lacks else sign
            lacking = lacks
        return written

    def listed(self) -> str:
        """The letters that were replaced, by code point and name; empty where there was none."""
        return ", ".join(
            f"U+{ord(sign):04X} {unicodedata.name(sign, 'without a name').capitalize()}" for sign in self.missing
        )

    def _letter(self, sign: str) -> str:
        if sign in _LETTERS:
            return sign
        if sign in _SIMPLER:
            return self.fit(_SIMPLER[sign])
        if sign.isspace():
            return " "
        self.missing[sign] = None
        return STANDS_FOR_ANY


def _escaped(sign: str) -> str:
    code = ord(sign)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is no UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
