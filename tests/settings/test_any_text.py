"""Whatever stands in the file or the environment: settings, or problems with their places; never anything else."""

from pathlib import Path

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from coldchain.errors import Problem
from coldchain.settings.load import read
from coldchain.settings.reader import root_of
from coldchain.settings.sources import Sources

WORDS = """
    tz public_url data rules database url password http host port allow_plain tokens token mqtt mode tls
    user routes filter decoder locations ward-3 title product sensor sensors name range max_gap
    uncertainty since alerts mail webhooks pharmacy from to security timeout url_file secret
"""
KEYS = st.sampled_from(WORDS.split())
SCALARS = st.one_of(
    st.sampled_from(
        ["", "1", "true", "lemtrada", "8 °C", "2..8 °C", "30 min", "http://[", "https://x", "a@b.c", "2026-11-01"]
    ),
    st.text(max_size=12),
    st.integers(),
    st.none(),
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=5)),
    max_leaves=20,
)


def problems_of(text: str, variables: dict[str, str]) -> list[Problem]:
    sources = Sources("c.yaml", Path("/"), variables)
    read(root_of(sources, text))
    sources.unknown_variables()
    return sources.problems


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    for problem in problems_of(text, {}):
        assert problem.line >= 1
        assert problem.column >= 1


@example({"data": "\0", "mqtt": {"password_file": "\0"}})
@example({"public_url": "http://[", "alerts": {"webhooks": {"pharmacy": {"url": "http://["}}}})
@given(TREES)
def test_any_tree_of_known_keys(tree: object) -> None:
    text = yaml.safe_dump(tree, allow_unicode=True)
    for problem in problems_of(text, {}):
        assert problem.line <= text.count("\n") + 1


@example({"COLDCHAIN_DATA": "~0"})
@given(st.dictionaries(KEYS.map(lambda key: f"COLDCHAIN_{key.upper()}"), st.text(max_size=20), max_size=4))
def test_any_variables(variables: dict[str, str]) -> None:
    for problem in problems_of("", variables):
        assert problem.file in {"c.yaml", *variables}
