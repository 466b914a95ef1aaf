"""The reference of layout files is the loader's own table, and its example is a layout."""

import json
import re

import jsonschema

from coldchain.layouts import layout_of_text
from coldchain.layouts.schema import field_table, json_schema
from tests.docs.pages import DOCS
from tests.rulebook.test_documentation import as_data

PAGE = (DOCS / "reference" / "layout-files.md").read_text(encoding="utf-8")
EXAMPLE = "\n".join(line[4:] for line in re.findall(r"^ {4}.*$", PAGE, re.MULTILINE)) + "\n"


def test_the_keys_are_those_of_the_loader() -> None:
    written = PAGE.partition("<!-- fields -->\n")[2].partition("<!-- /fields -->")[0]
    assert written.strip() == field_table().strip()


def test_the_schema_for_editors_is_the_loaders_and_takes_the_example() -> None:
    kept = json.loads((DOCS / "reference" / "layout.schema.json").read_text(encoding="utf-8"))
    assert kept == json_schema()
    jsonschema.Draft202012Validator.check_schema(kept)
    jsonschema.validate(as_data(EXAMPLE), kept)


def test_the_example_is_a_layout() -> None:
    assert layout_of_text(EXAMPLE).name == "acme"
