"""The report's content as a value, then text, HTML and PDF of the same words.

`report` is the value and `content` makes it; `chart` and `bar` draw SVG, `html` and `pdf` set it, `glyphs` keeps a PDF
from failing on a letter its font lacks. Nothing here decides anything:
it says what was judged, and what that rests on.
"""
