"""docs/reference/settings.md names every setting, and nothing else."""

import re
from pathlib import Path

from coldchain.settings.load import read
from coldchain.settings.reader import root_of
from coldchain.settings.sources import PREFIX, Sources

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"

EVERYTHING = """
http: {tokens: {x: {}}, webhooks: {x: {}}}
mqtt: {routes: [{}]}
locations: {x: {}}
alerts: {mail: {x: {}}, webhooks: {x: {}}}
"""


def asked() -> set[str]:
    """Every variable that reading the settings looks at, those for secret files aside."""
    sources = Sources("coldchain.yaml", Path(), {})
    read(root_of(sources, EVERYTHING))
    secrets = {name for name in sources.variables if f"{name}_FILE" in sources.variables}
    return sources.variables - {f"{name}_FILE" for name in secrets}


def described() -> set[str]:
    keys = re.findall(r"^\| `([a-zA-Z_.]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(keys) == len(set(keys))
    keys = [key for key in keys if not key.startswith("mqtt.routes") and not key.endswith(".sensors")]  # lists
    return {PREFIX + key.replace("NAME", "x").replace(".", "_").upper() for key in keys}


def test_every_setting_is_described_and_every_description_is_of_a_setting() -> None:
    assert described() == asked()


def test_what_is_marked_secret_is_one() -> None:
    text = PAGE.read_text(encoding="utf-8")
    marked = {match[1].rpartition(".")[2] for match in re.finditer(r"^\| `(\S+)` \|.*\*secret\*", text, re.MULTILINE)}
    assert marked == {"password", "ping_url", "secret", "token"}
