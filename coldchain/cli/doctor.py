"""``coldchain doctor``: what is wrong around the service, in one sentence each."""

import argparse

from coldchain.cli.settings_option import add_config_option, settings_of

HELP = "say what is wrong around the service: broker, disk, clocks, mail, backup, channels"


def configure(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_config_option(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def run(arguments: argparse.Namespace) -> int:
    """Print every finding; 1 where something is to be done."""
    import json
    import time
    from dataclasses import asdict

    from coldchain.bootstrap.doctor import examine

    settings = settings_of(arguments)
    wrong = 0
    for finding in examine(settings, time.time_ns() // 1_000_000):
        wrong += not finding.ok
        if arguments.format == "json":
            print(json.dumps(asdict(finding), ensure_ascii=False), flush=True)
        else:
            print(f"{'fine ' if finding.ok else 'WRONG'}  {finding.what}: {finding.sentence}", flush=True)
    if arguments.format == "text":
        print(f"{wrong} to be looked after." if wrong else "Nothing is to be done.")
    return 1 if wrong else 0
