"""The rulebook's documentation and the JSON Schema are held to the loader."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from coldchain.rulebook.book import parse_product, product_files, read_product, shipped_folder
from coldchain.rulebook.examples import failing_examples
from coldchain.rulebook.fields import RECORDS
from coldchain.rulebook.schema import field_table, json_schema
from tests.rulebook.broken_files import GOOD, ONE_CHANGE

README = (shipped_folder() / "README.md").read_text(encoding="utf-8")
DOCS = Path(__file__).parents[2] / "docs"
PAGES = [README, *(path.read_text(encoding="utf-8") for path in sorted(DOCS.rglob("*.md")))]

SEEN_BY_EDITORS = (
    "a misspelt key",
    "a key like no other",
    "a missing key",
    "another schema",
    "an id that no file may have",
    "a version that is no number",
    "a duration without its unit",
    "a clock time instead of a duration",
    "a range without its unit",
    "a range with a dash",
    "a limit without its unit",
    "a limit that is a truth to other programs",
    "an unknown allowance",
    "another freezing rule",
    "another hazard",
    "an empty list",
    "a word for a list",
    "another return rule",
    "an unknown event",
    "a handling condition without end",
    "an attestation in other words",
    "an example of no verdict",
    "a label without a document",
    "a text that is not there",
    "a quoted text without words",
    "a map for a text",
    "a list for a text",
    "a text for a map",
)
"""Broken things that a schema can see; the others only the loader does."""


class AsEditorsRead(yaml.SafeLoader):
    """YAML as editors read it: dates stay text, and so do ``no`` and ``12:30:00``."""


AsEditorsRead.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.endswith((":int", ":null", ":float"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def as_data(text: str) -> Any:
    return yaml.load(text, Loader=AsEditorsRead)  # noqa: S506 a subclass of the safe one


def product_blocks() -> list[str]:
    """Every whole product file that a page shows."""
    blocks = (block for page in PAGES for block in re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL))
    return [block for block in blocks if block.startswith("schema: coldchain.product/1")]


@pytest.mark.parametrize("text", product_blocks(), ids=lambda text: re.findall(r"^id: (\S+)", text, re.MULTILINE)[0])
def test_every_product_file_in_the_documentation_is_good_and_its_examples_hold(text: str) -> None:
    assert failing_examples(read_product(text, "documentation"), "documentation") == []


def test_the_documentation_shows_every_key_in_use() -> None:
    shown = "\n".join(product_blocks())
    keys = {item.key for record in RECORDS for item in record.fields}
    unused = {key for key in keys if not re.search(rf"(^|[\s{{,]){key}:", shown, re.MULTILINE)}
    assert unused == set()


def test_the_field_table_of_the_readme_is_the_loaders() -> None:
    written = README.split("<!-- fields -->")[1].split("<!-- /fields -->")[0]
    assert written.strip() == field_table().strip(), "run `coldchain rules fields` and put its tables into the README"


def test_the_readme_names_only_shipped_products() -> None:
    """All of them stand in docs/reference/product-library.md, which test_library.py holds to the files."""
    table = README.split("## What is shipped")[1].split("##")[0]
    named = set(re.findall(r"^\| `([^`]+)`", table, re.MULTILINE))
    assert {"lemtrada", "natalizumab", "besponsa"} < named < {p.stem for p in product_files(shipped_folder())}


def test_the_schema_file_is_the_loaders() -> None:
    kept = json.loads((shipped_folder() / "product.schema.json").read_text(encoding="utf-8"))
    assert kept == json_schema(), "run `coldchain rules schema > rules/product.schema.json`"


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", tuple(product_files(shipped_folder())), ids=lambda path: path.stem)
def test_every_shipped_file_fits_the_schema(path: Path) -> None:
    jsonschema.validate(as_data(path.read_text(encoding="utf-8")), json_schema())


@pytest.mark.parametrize("case", SEEN_BY_EDITORS)
def test_what_a_schema_can_see_an_editor_marks(case: str) -> None:
    before, after, _ = ONE_CHANGE[case]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(as_data(GOOD.replace(before, after, 1)), json_schema())


def test_the_good_file_of_the_tests_fits_both() -> None:
    parse_product(GOOD, "sample.yaml")
    jsonschema.validate(as_data(GOOD), json_schema())
