"""``coldchain rules adopt`` and ``withdraw``: on the service's record, as ``coldchain user`` works on it."""

import argparse
from typing import TYPE_CHECKING

from coldchain.cli.settings_option import record_settings_of, store_of

if TYPE_CHECKING:
    from coldchain.records import Store
    from coldchain.records.accounts import Account
    from coldchain.settings import RecordSettings


def run(arguments: argparse.Namespace) -> int:
    """Adopt the version that the product's file holds now, or withdraw the adoption that stands; 0 when it is done."""
    settings = record_settings_of(arguments)
    store = store_of(settings)
    try:
        store.migrate()
        by = _signed(store, arguments.by)
        if arguments.action == "adopt":
            return _adopt(store, settings, arguments, by)
        return _withdraw(store, arguments, by)
    finally:
        store.close()


def _adopt(store: "Store", settings: "RecordSettings", arguments: argparse.Namespace, by: "Account") -> int:
    from coldchain.reviewing import adopting
    from coldchain.rulebook.book import load_rulebook

    rulebook = load_rulebook(*([settings.rules] if settings.rules else []))
    product, text = rulebook.product(arguments.id), rulebook.text(arguments.id)
    adopting.adopt(store, product, text, by, _now_ms(), comment=arguments.comment)
    print(f"version {product.version} of {product.id} ({product.sha256[:12]}) is adopted, by {by.full_name}")
    with store.reading() as tx:
        others = adopting.to_take_over(tx, product)
    for other in others:
        print(f"{other.title} is still judged by version {other.version}: take it over on its product's page")
    return 0


def _withdraw(store: "Store", arguments: argparse.Namespace, by: "Account") -> int:
    from coldchain.errors import NotFound, UsageError
    from coldchain.records import adoptions
    from coldchain.reviewing import adopting

    with store.reading() as tx:
        standing = [one for one in adoptions.all_adopted(tx).values() if one.product_id == arguments.id]
    if not standing:
        raise NotFound(f"no version of {arguments.id} is adopted")
    if len(standing) > 1:
        versions = " and ".join(f"version {one.version} ({one.sha256[:12]})" for one in standing)
        raise UsageError(f"{versions} of {arguments.id} are adopted: withdraw one on the product's page")
    adopting.withdraw(store, standing[0].sha256, by, _now_ms(), arguments.comment)
    print(f"the adoption of version {standing[0].version} of {arguments.id} is withdrawn, by {by.full_name}")
    return 0


def _signed(store: "Store", name: str) -> "Account":
    """The account, after its password; wrong ones count as those at the pages' door do."""
    from coldchain.errors import NotPermitted
    from coldchain.reviewing.signing_in import checked
    from coldchain.web.passwords import is_password

    found, refusal = checked(store, _now_ms, name, _password(name), "command line", is_password)
    if found is None:
        why = refusal[0].lower() + refusal[1:].rstrip(".")
        raise NotPermitted(f"{why}; nothing was changed")
    return found


def _password(name: str) -> str:
    import getpass
    import sys

    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return getpass.getpass(f"Password of {name}: ")


def _now_ms() -> int:
    import time

    return time.time_ns() // 1_000_000
