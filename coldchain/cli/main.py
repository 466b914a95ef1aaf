"""The `coldchain` command: finds the group that was asked for and runs it."""

import argparse
import importlib
import os
import re
import sys
from collections.abc import Sequence
from typing import NoReturn

from coldchain.errors import ColdchainError
from coldchain.version import __version__

GROUPS: dict[str, str] = {
    "demo": "a ward with eight simulated refrigerators: broker, pages, alerts, seven days of history",
    "serve": "the live service, from coldchain.yaml and COLDCHAIN_* variables",
    "feed": "the live service fed from a Kafka topic, and a bridge from MQTT into one",
    "audit": "judge shipment logs against a product's rules",
    "read": "show what an importer makes of a file; judges nothing",
    "decode": "show what the decoders make of one MQTT message",
    "preparation": "a prepared medicine's clocks and exposure, from recorded events and traces",
    "selftest": "known answers run against the installed program, for a validation file",
    "rules": "check product files, show a product in words",
    "simulate": "seeded refrigerator or shipment traces, to a file or a broker",
    "item": "lots and packs: add, move and judge them over their whole way",
    "place": "declare many refrigerators at once, from a CSV",
    "report": "a location over a span, or an item over its whole way, from the service's record",
    "doctor": "say what is wrong around the service: broker, disk, clocks, mail, backup, channels",
    "archive": "move readings of long ago from the database into compressed files",
    "retention": "say which readings are older than the policy keeps them, and remove them",
    "verify": "re-compute the record's hash chain",
    "user": "add, list, change and disable accounts",
    "device": "add, list and remove accounts of devices at the embedded broker",
    "certificates": "make certificates for the broker, the service and the devices",
    "backup": "copy the record while the service runs",
    "restore": "put a copied record back",
}
"""The command groups; each is the module `coldchain.cli.<name>` with ``configure(parser)`` and ``run(arguments)``."""

_WEST = re.compile(r"-\d{1,2}:?\d\d")  # -07:00: a zone west of Greenwich, no option


class _Parser(argparse.ArgumentParser):
    """Wrong usage is one sentence, as every other error is; sub-commands inherit it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"coldchain: {message.removeprefix('argument ')}; see `{self.prog} --help`\n")


def _with_western_zones(words: Sequence[str]) -> list[str]:
    """``--tz -07:00`` as ``--tz=-07:00``, which argparse does not take for an option."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] == "--tz" and _WEST.fullmatch(word):
            joined[-1] = f"--tz={word}"
        else:
            joined.append(word)
    return joined


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; 2 for wrong usage and for errors."""
    words = _with_western_zones(sys.argv[1:] if argv is None else argv)
    parser = _Parser(prog="coldchain", description="Cold-chain compliance monitor.")
    parser.add_argument("--version", action="version", version=f"coldchain {__version__}")
    commands = parser.add_subparsers(dest="group", metavar="COMMAND", required=True)
    wanted = next((word for word in words if not word.startswith("-")), None)
    for name, summary in GROUPS.items():
        group = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        if name == wanted:  # only the module that is called is imported: start-up is what people wait for
            importlib.import_module(f"coldchain.cli.{name}").configure(group)
    arguments = parser.parse_args(words)
    try:
        code: int = importlib.import_module(f"coldchain.cli.{arguments.group}").run(arguments)
        sys.stdout.flush()
    except ColdchainError as error:
        print(f"coldchain: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("coldchain: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `coldchain read ... | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def entry() -> None:
    """The console script."""
    sys.exit(main())
