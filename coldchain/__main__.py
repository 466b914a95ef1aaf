"""``python -m coldchain``."""

from coldchain.cli.main import entry

entry()
