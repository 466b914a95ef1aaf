"""The documentation does what it says: its commands run, its options exist, its links lead somewhere."""

import argparse
import importlib
import re
from pathlib import Path

import pytest

from coldchain.cli.main import GROUPS
from tests.docs.pages import DOCS, follow, shown_commands

PAGES = {str(path.relative_to(DOCS.parent)): path for path in sorted([*DOCS.rglob("*.md"), DOCS.parent / "README.md"])}
FOLLOWED = {name: path for name, path in PAGES.items() if "```console" in path.read_text(encoding="utf-8")}


@pytest.mark.parametrize("name", FOLLOWED)
def test_what_a_page_runs_prints_what_it_shows(name: str, tmp_path: Path) -> None:
    follow(FOLLOWED[name].read_text(encoding="utf-8"), tmp_path)


@pytest.mark.parametrize("name", PAGES)
def test_every_command_a_page_shows_has_the_options_it_shows(name: str) -> None:
    for words in shown_commands(PAGES[name].read_text(encoding="utf-8")):
        known = known_words(words)
        options = [word.partition("=")[0] for word in words if word.startswith("--")]
        assert set(options) <= known, f"coldchain {' '.join(words)}"


def known_words(words: list[str]) -> set[str]:
    """Every option of a command and of the sub-command that is called."""
    if words[0].startswith("--"):
        return {"--version", "--help"}
    assert words[0] in GROUPS, f"there is no command {words[0]!r}"
    parser = argparse.ArgumentParser()
    importlib.import_module(f"coldchain.cli.{words[0]}").configure(parser)
    return _options(parser, words[1:])


def _options(parser: argparse.ArgumentParser, words: list[str]) -> set[str]:
    found: set[str] = set()
    for action in parser._actions:
        found.update(action.option_strings)
        if isinstance(action, argparse._SubParsersAction):
            called = next((word for word in words if word in action.choices), None)
            assert called is not None, f"none of {list(action.choices)} in {words}"
            found |= _options(action.choices[called], words[words.index(called) + 1 :])
    return found


@pytest.mark.parametrize("name", PAGES)
def test_every_link_to_a_file_leads_somewhere(name: str) -> None:
    page = PAGES[name]
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:|#", target):
            assert (page.parent / target.partition("#")[0]).exists(), target
