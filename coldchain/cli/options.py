"""Options that `read` and `audit` share: what the user says about files that do not say it themselves."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coldchain.loggers.learned import LearnedLayout
    from coldchain.loggers.logger_file import Declared

SITE_ZONE = "COLDCHAIN_TZ"
"""The environment variable with the site's time zone."""

LAYOUTS = "COLDCHAIN_LAYOUTS"
"""The environment variable with the folder of the site's learned layouts."""


def add_declared_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--tz --unit --date-order --decimal --column --layout``: answers where a file proves nothing."""
    group = parser.add_argument_group(
        "declared", "Answers where a file proves nothing; where it proves otherwise, that is an error that says both."
    )
    group.add_argument(
        "--tz", metavar="ZONE",
        help=f"where the logger's clock was set: Europe/Berlin, +02:00, UTC (default: {SITE_ZONE})",
    )  # fmt: skip
    group.add_argument("--unit", metavar="UNIT", type=str.upper, choices=("C", "F", "K"), help="C, F or K")
    group.add_argument(
        "--date-order", metavar="ORDER", type=str.upper, choices=("DMY", "MDY", "YMD"), help="DMY, MDY or YMD"
    )
    group.add_argument("--decimal", metavar="MARK", choices=(".", ","), help="the decimal mark: . or ,")
    group.add_argument(
        "--column", metavar="NAME",
        help="the only temperature column that is wanted, by its heading; NAME=VALUE: rows in which a column says so",
    )  # fmt: skip
    group.add_argument(
        "--layout", metavar="FILE", action="append", default=[],
        help=f"a learned layout's file, a folder of them, or one's name; may be repeated (and see {LAYOUTS})",
    )  # fmt: skip


def declared_of(arguments: argparse.Namespace) -> "Declared":
    """What was declared, with the site's zone from the environment behind it.

    Raises:
        UsageError: The zone is neither an IANA zone nor an offset, or two layouts were named.
        LayoutError: Every problem of the layout files.
    """
    import os

    from coldchain.loggers.logger_file import Declared
    from coldchain.loggers.registry import check_declared

    named, at_hand = _layouts(arguments.layout, os.environ.get(LAYOUTS))
    declared = Declared(
        tz=arguments.tz,
        unit=arguments.unit,
        date_order=arguments.date_order,
        decimal=arguments.decimal,
        column=arguments.column,
        site_tz=os.environ.get(SITE_ZONE) or None,
        layout=named,
        layouts=at_hand,
    )
    check_declared(declared)
    return declared


def _layouts(given: list[str], folder: str | None) -> "tuple[str | None, tuple[LearnedLayout, ...]]":
    """The layout that was named, if one was, and all that are at hand."""
    if not given and not folder:
        return None, ()
    from pathlib import Path

    from coldchain.errors import UsageError
    from coldchain.layouts import find_layouts

    is_path = {word: Path(word).exists() or "/" in word or word.endswith((".yaml", ".yml")) for word in given}
    names = [word for word in given if not is_path[word]]
    if len(names) > 1:
        raise UsageError(f"--layout names {' and '.join(names)}: one layout is a file's")
    paths = [Path(word) for word in given if is_path[word]] + ([Path(folder)] if folder else [])
    found = find_layouts(paths)
    known = [layout.name for layout in found]
    if names and names[0] not in known:
        at_hand = ", ".join(known) or "none"
        raise UsageError(f"--layout {names[0]!r} is no file, and no layout at hand has this name (at hand: {at_hand})")
    return (names[0] if names else None), found
