"""Options that `read` and `audit` share: what the user says about files that do not say it themselves."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coldchain.loggers.logger_file import Declared

SITE_ZONE = "COLDCHAIN_TZ"
"""The environment variable with the site's time zone."""


def add_declared_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--tz --unit --date-order --decimal --column``: answers where a file proves nothing."""
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
    group.add_argument("--column", metavar="NAME", help="the only temperature column that is wanted, by its heading")


def declared_of(arguments: argparse.Namespace) -> "Declared":
    """What was declared, with the site's zone from the environment behind it.

    Raises:
        UsageError: The zone is neither an IANA zone nor an offset.
    """
    import os

    from coldchain.loggers.logger_file import Declared
    from coldchain.loggers.registry import check_declared

    declared = Declared(
        tz=arguments.tz,
        unit=arguments.unit,
        date_order=arguments.date_order,
        decimal=arguments.decimal,
        column=arguments.column,
        site_tz=os.environ.get(SITE_ZONE) or None,
    )
    check_declared(declared)
    return declared
