"""Layout files (``coldchain.layout/1``): how one kind of table is to be read, as somebody explained it once.

`fields` is the table of their keys, `book` reads and finds them, `writing` writes one, `checking` holds one against a
whole file, `pointing` makes one of what somebody points at. What a layout does to a file is `loggers.learned`.
"""

from coldchain.layouts.book import find_layouts, layout_of_text, load_layout

__all__ = ["find_layouts", "layout_of_text", "load_layout"]
