"""``coldchain device``: accounts of devices at the embedded broker."""

import argparse
from pathlib import Path

HELP = "add, list and remove accounts of devices at the embedded broker"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add ``add``, ``list`` and ``remove``."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for word, summary in (
        ("add", "make accounts, or give them new passwords, which are shown this once"),
        ("list", "show every account"),
        ("remove", "lock devices out; the running service sees it within seconds"),
    ):
        action = actions.add_parser(word, help=summary, description=summary[0].upper() + summary[1:] + ".")
        action.add_argument("file", help="the accounts: mqtt.accounts_file of the settings")
        if word != "list":
            action.add_argument("names", metavar="name", nargs="+", help="as the sensor is called in its topic")


def run(arguments: argparse.Namespace) -> int:
    """Do one action; 0 when it is done."""
    from coldchain.device_accounts import hashed, name_complaint, new_password, read_accounts, write_accounts
    from coldchain.errors import UsageError

    file = Path(arguments.file)
    accounts = read_accounts(file) if arguments.action != "add" or file.exists() else {}
    if arguments.action == "list":
        print("\n".join(sorted(accounts)) or f"there are no accounts in {file}")
        return 0
    for name in arguments.names:
        complaint = name_complaint(name)
        if complaint is not None:
            raise UsageError(complaint)
        if arguments.action == "remove" and name not in accounts:
            raise UsageError(f"there is no account {name!r} in {file}")
    if arguments.action == "remove":
        write_accounts(file, {name: kept for name, kept in accounts.items() if name not in arguments.names})
        print(f"locked out: {', '.join(arguments.names)}")
        return 0
    made = {name: new_password() for name in arguments.names}
    write_accounts(file, accounts | {name: hashed(password) for name, password in made.items()})
    for name, password in made.items():
        print(f"{name}  {password}")
    return 0
