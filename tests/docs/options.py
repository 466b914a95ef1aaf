"""Every command and option as Markdown, for docs/reference/commands.md.

``python -m tests.docs.options`` rewrites the part between its markers.
"""

import argparse
import importlib
import re
from collections.abc import Iterator

from coldchain.cli.main import GROUPS
from tests.docs.pages import DOCS

PAGE = DOCS / "reference" / "commands.md"
BEGIN, END = "<!-- options -->", "<!-- /options -->"


def option_tables() -> str:
    """A section for each command and sub-command, in the order of ``coldchain --help``."""
    return "\n".join(section for name in GROUPS for section in _sections(f"coldchain {name}", *_parser(name)))


def _parser(name: str) -> tuple[str, argparse.ArgumentParser]:
    parser = argparse.ArgumentParser()
    importlib.import_module(f"coldchain.cli.{name}").configure(parser)
    return GROUPS[name], parser


def _sections(words: str, summary: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    inner = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if inner:
        summaries = {choice.dest: choice.help or "" for choice in inner[0]._choices_actions}
        for name, sub_parser in inner[0].choices.items():
            yield from _sections(f"{words} {name}", summaries[name], sub_parser)
        return
    shown = [action for action in parser._actions if action.help != argparse.SUPPRESS]
    rows = [_row(action) for action in shown if not isinstance(action, argparse._HelpAction)]
    positionals = [_shown(action) for action in parser._actions if not action.option_strings]
    heading = f"### `{' '.join([words, *positionals])}`\n\n{summary[0].upper()}{summary[1:]}.\n"
    yield heading + ("\n| option | does |\n|---|---|\n" + "\n".join(rows) + "\n" if rows else "")


def _shown(action: argparse.Action) -> str:
    shown = str(action.metavar or action.dest.upper())
    return {"*": f"[{shown}…]", "+": f"{shown}…", "?": f"[{shown}]"}.get(str(action.nargs), shown)


def _row(action: argparse.Action) -> str:
    name = "`, `".join(action.option_strings) or _shown(action)
    if action.option_strings and action.nargs != 0:
        name += f" {action.metavar or '|'.join(map(str, action.choices or [])) or action.dest.upper()}"
    required = " (must be given)" if action.required and action.option_strings else ""
    wording = (action.help or "").replace("%%", "%").replace("%(default)s", str(action.default))
    cells = (f"`{name}`", f"{wording}{required}")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    whole = re.compile(f"{BEGIN}.*{END}", re.DOTALL)
    PAGE.write_text(whole.sub(lambda _: f"{BEGIN}\n\n{option_tables()}\n{END}", page), encoding="utf-8")
