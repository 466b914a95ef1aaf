"""The option that commands around the service share: which settings file."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coldchain.records import Store
    from coldchain.settings import RecordSettings, Settings


def add_config_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--config FILE``."""
    parser.add_argument(
        "--config",
        metavar="FILE",
        help="the settings (default: COLDCHAIN_CONFIG, else coldchain.yaml here, else variables alone)",
    )


def settings_of(arguments: argparse.Namespace) -> "Settings":
    """The settings that a command was pointed at; raises `SettingsError` with every problem."""
    import os
    from pathlib import Path

    from coldchain.settings import load

    return load(Path(arguments.config) if arguments.config else None, os.environ)


def record_settings_of(arguments: argparse.Namespace) -> "RecordSettings":
    """What a command needs that works on the record alone: no secret of the service's but the database's is read."""
    import os
    from pathlib import Path

    from coldchain.settings import load_record

    return load_record(Path(arguments.config) if arguments.config else None, os.environ)


def store_of(settings: "RecordSettings") -> "Store":
    """The record of these settings, not opened yet; its folder is made if need be."""
    from coldchain.records import Store

    settings.make_folder()
    return Store(settings.database_url)
