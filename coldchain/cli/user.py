"""``coldchain user``: who may sign in."""

import argparse
from typing import TYPE_CHECKING

from coldchain.cli.settings_option import add_config_option, record_settings_of, store_of

if TYPE_CHECKING:
    from coldchain.records.accounts import Account

HELP = "add, list, change and disable accounts"
_ROLES = ("nurse", "pharmacist", "auditor", "administrator")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add ``add``, ``list``, ``role``, ``disable``, ``enable`` and ``password``."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    add = _action(actions, "add", "make an account; the password is asked for, or is the first line of standard input")
    add.add_argument("name", help="what the person types to sign in")
    add.add_argument("--role", required=True, choices=_ROLES)
    add.add_argument("--full-name", default="", help="as it stands in the record (default: the name)")
    _action(actions, "list", "show every account")
    role = _action(actions, "role", "change what an account may do, and end its sessions")
    role.add_argument("name", help="whose")
    role.add_argument("role", choices=_ROLES, help="from now on")
    for word, summary in (
        ("disable", "let an account sign in no more, and end its sessions"),
        ("enable", "let a disabled account sign in again"),
        ("password", "change a password, and end the account's sessions"),
    ):
        _action(actions, word, summary).add_argument("name")


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", word: str, summary: str
) -> argparse.ArgumentParser:
    action = actions.add_parser(word, help=summary, description=summary[0].upper() + summary[1:] + ".")
    add_config_option(action)
    return action


def run(arguments: argparse.Namespace) -> int:
    """Do one action; 0 when it is done."""
    import time

    from coldchain.records import Store, accounts
    from coldchain.web.passwords import hash_password

    store: Store = store_of(record_settings_of(arguments))
    now_ms = time.time_ns() // 1_000_000
    try:
        store.migrate()
        if arguments.action == "list":
            with store.reading() as tx:
                _show(accounts.accounts(tx))
            return 0
        name = _usable_name(arguments.name)
        hashed = hash_password(_password(name)) if arguments.action in {"add", "password"} else ""
        with store.transaction() as tx:
            match arguments.action:
                case "add":
                    accounts.add(tx, name, arguments.full_name.strip() or name, arguments.role, hashed, now_ms)
                case "password":
                    accounts.set_password(tx, name, hashed, now_ms, by=_who())
                case "role":
                    accounts.set_role(tx, name, arguments.role, now_ms, by=_who())
                case "disable":
                    accounts.disable(tx, name, now_ms, by=_who())
                case _:
                    accounts.enable(tx, name, now_ms, by=_who())
        print(_DONE[arguments.action].format(name))
        return 0
    finally:
        store.close()


_DONE = {
    "add": "{} may sign in now",
    "password": "{} has a new password; every session of that account has ended",
    "role": "{} has another role; every session of that account has ended",
    "disable": "{} may sign in no more; the account stays in the record",
    "enable": "{} may sign in again",
}


def _usable_name(name: str) -> str:
    from coldchain.errors import UsageError

    if not name.isprintable() or name != name.strip() or not 0 < len(name) <= 100 or " " in name:
        raise UsageError("an account's name is 1 to 100 characters without spaces")
    return name


def _password(name: str) -> str:
    import getpass
    import sys

    from coldchain.errors import UsageError

    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(f"Password for {name}: ")
    if getpass.getpass("Once more: ") != first:
        raise UsageError("the two passwords differ; nothing was changed")
    return first


def _who() -> str:
    import getpass

    try:
        return f"{getpass.getuser()} (command line)"
    except (KeyError, OSError):  # a container's user may have no name
        return "command line"


def _show(found: "list[Account]") -> None:
    if not found:
        print("no accounts yet: add one with 'coldchain user add NAME --role administrator'")
    for each in found:
        state = "disabled" if each.disabled_ms is not None else "may sign in"
        print(f"{each.name:<20} {each.role:<14} {state:<12} {each.full_name}")
