"""``coldchain serve``: the live service, until it is told to stop."""

import argparse

from coldchain.cli.in_turn import add_shards_option, serve_in_turn, shards_of, turn_of
from coldchain.cli.settings_option import add_config_option, settings_of

HELP = "the live service, from coldchain.yaml and COLDCHAIN_* variables"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``serve``."""
    add_config_option(parser)
    add_shards_option(parser)
    parser.add_argument("--check", action="store_true", help="only check the settings, start nothing")


def run(arguments: argparse.Namespace) -> int:
    """Run until SIGTERM or Ctrl-C; 0 after a clean stop."""
    import gc
    import signal
    import threading

    if arguments.shards is not None:
        return _one_of_several(arguments)
    settings = settings_of(arguments)
    if arguments.check:
        print(f"the settings are in order: {len(settings.locations)} locations, record at {settings.shown_database}")
        return 0

    from coldchain import logs
    from coldchain.bootstrap import build

    logs.set_up(settings.watch.log)

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    app = build(settings)
    app.start()
    gc.freeze()  # what stays until the end is not looked through again and again while readings come and go
    try:
        print(f"coldchain: pages on {app.public_url}", flush=True)
        if not app.has_accounts():
            print("coldchain: nobody can sign in yet; 'coldchain user add NAME --role administrator'", flush=True)
        app.wait(stop)
    finally:
        app.stop()
    print("coldchain: stopped", flush=True)
    return 0


def _one_of_several(arguments: argparse.Namespace) -> int:
    shards = shards_of(arguments, of_kafka=False)
    if arguments.check:
        print(f"the settings are in order: {len(shards)} shards, {', '.join(shard.name for shard in shards)}")
        return 0

    from coldchain import logs

    logs.set_up(shards[0].settings.watch.log)
    return serve_in_turn([turn_of(shard.settings, shard.name) for shard in shards])
