"""``coldchain certificates``: a site's own authority, and certificates for its broker, service and devices."""

import argparse

HELP = "make certificates for the broker, the service and the devices"


def configure(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("folder", metavar="FOLDER", help="where the authority is, or is to be made")
    parser.add_argument("--broker", metavar="HOST", help="the broker's host name or address, as devices call it")
    parser.add_argument(
        "--client",
        action="append",
        default=[],
        metavar="NAME",
        help="a device, by its sensor's name, or the service (coldchain); may be given several times",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write what is asked for; files that are there are not overwritten."""
    from pathlib import Path

    from coldchain.certificates import Authority, now
    from coldchain.errors import UsageError

    if arguments.broker is None and not arguments.client:
        raise UsageError("name the broker's host with --broker, or a device with --client")
    try:
        authority = Authority(Path(arguments.folder), now())
        made = [authority.broker(arguments.broker)] if arguments.broker is not None else []
        made += [authority.client(name) for name in arguments.client]
    except OSError as error:
        raise UsageError(f"cannot write to {arguments.folder}: {(error.strerror or str(error)).lower()}") from error
    for each in made:
        print(f"{each.name}: {each.certificate} and {each.key}, valid until {each.until:%Y-%m-%d}")
    print(f"the authority that all of them trust: {authority.certificate_file}")
    return 0
