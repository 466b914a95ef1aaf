"""`coldchain rules`: check product files, list them, show one in words; adopt one for the site, or take that back."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from coldchain.cli.settings_option import add_config_option

if TYPE_CHECKING:
    from coldchain.rulebook.book import Rulebook

HELP = "check product files, show a product in words, adopt one"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the sub-commands and their options."""
    folders = argparse.ArgumentParser(add_help=False)
    folders.add_argument(
        "--rules", metavar="DIR", type=Path, action="append", default=[],
        help="a folder of your own product files, on top of the shipped ones; may be repeated",
    )  # fmt: skip
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    check = actions.add_parser("check", parents=[folders], help="every problem in product files; runs their examples")
    check.add_argument("paths", metavar="PATH", nargs="*", type=Path, help="files or folders (default: all known ones)")
    show = actions.add_parser("show", parents=[folders], help="one product in words, with its label source")
    show.add_argument("id", metavar="ID", help="the product's id")
    listing = actions.add_parser("list", parents=[folders], help="all products with their label source")
    for action in (show, listing):
        action.add_argument("--json", action="store_true", help="for machines")
    adopting = {
        "adopt": "adopt a product file for the site; the pharmacist's password is asked for, or is the first line of "
        "standard input",
        "withdraw": "take an adoption back; the pharmacist's password is asked for, or is the first line of standard "
        "input",
    }
    for word, summary in adopting.items():
        action = actions.add_parser(word, help=summary)
        action.add_argument("id", metavar="ID", help="the product's id")
        action.add_argument("--by", metavar="NAME", required=True, help="the pharmacist's account")
        action.add_argument("--comment", default="", help="what it was compared with; a withdrawal says why")
        add_config_option(action)
    actions.add_parser("schema", help="the JSON Schema of product files, for editors")
    actions.add_parser("fields", help="every key of a product file, as Markdown tables")


def run(arguments: argparse.Namespace) -> int:
    """Run one of the sub-commands."""
    match arguments.action:
        case "check":
            return _check(arguments.paths, arguments.rules)
        case "show":
            return _show(arguments.id, _rulebook(arguments.rules), as_json=arguments.json)
        case "list":
            return _list(_rulebook(arguments.rules), as_json=arguments.json)
        case "adopt" | "withdraw":
            from coldchain.cli.adopting import run as adopt_or_withdraw

            return adopt_or_withdraw(arguments)
        case "schema":
            from coldchain.rulebook.schema import json_schema

            print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
        case "fields":
            from coldchain.rulebook.schema import field_table

            print(field_table(), end="")
    return 0


def _rulebook(folders: list[Path]) -> "Rulebook":
    from coldchain.rulebook.book import load_rulebook

    return load_rulebook(*folders)


def _check(paths: list[Path], folders: list[Path]) -> int:
    from coldchain.rulebook.check import check

    checked = check(paths + folders if paths else _rulebook(folders).folders)
    for problem in checked.problems:
        print(problem)
    for sentence in checked.unreadable:
        print(f"coldchain: {sentence}", file=sys.stderr)
    if checked.unreadable:
        return 2
    if checked.problems:
        return 1
    print(f"{_count(checked.files, 'product file')}, {_count(checked.examples, 'example')}: no problems")
    return 0


def _show(product_id: str, rulebook: "Rulebook", *, as_json: bool) -> int:
    product = rulebook.product(product_id)
    if as_json:
        from coldchain.rulebook.document import product_document

        print(json.dumps(product_document(product), ensure_ascii=False))
    else:
        from coldchain.rulebook.words import product_in_words

        print(product_in_words(product))
    return 0


def _list(rulebook: "Rulebook", *, as_json: bool) -> int:
    for product in rulebook.products.values():
        if as_json:
            from coldchain.rulebook.document import product_document

            print(json.dumps(product_document(product), ensure_ascii=False))
        else:
            checked = f"checked by {product.label.checked_by}" if product.label.checked_by else "checked by nobody"
            print(f"{product.id:<24} {product.name} ({product.label.jurisdiction}; {checked})")
    return 0


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
