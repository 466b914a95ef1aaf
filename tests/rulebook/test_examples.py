"""The examples of product files: what they claim holds."""

import pytest

from coldchain.domain.product import Example, Product
from coldchain.rulebook.book import load_rulebook, parse_product, read_product
from coldchain.rulebook.examples import failing_examples, run_example
from tests.rulebook.broken_files import GOOD

EXAMPLES = [(product, example) for product in load_rulebook().products.values() for example in product.examples]


@pytest.mark.parametrize(("product", "example"), EXAMPLES, ids=[f"{p.id}: {e.name}" for p, e in EXAMPLES])
def test_what_a_shipped_file_claims_holds(product: Product, example: Example) -> None:
    assert run_example(product, example) == example.expect


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        ("5x3", "compliant"),
        ("5x3 _x12", "undetermined"),
        ("_x12 5x3", "undetermined"),
        ("_x5 5x3 _x5", "compliant"),
        ("_x5", "undetermined"),
    ],
)
def test_a_series_with_missing_ends_says_that_the_period_was_longer(series: str, expected: str) -> None:
    text = GOOD.replace('"5 9x8 5x5"', f'"{series}"')
    product = parse_product(text, "sample.yaml")
    assert run_example(product, product.examples[0]) == expected


def test_without_a_max_gap_of_the_product_an_hour_is_believed() -> None:
    text = GOOD.replace("max_gap: 30 min\n", "").replace('"5 9x8 5x5"', '"5 _x11 5"')
    product = parse_product(text, "sample.yaml")
    assert run_example(product, product.examples[0]) == "compliant"


def test_a_failing_example_is_a_finding_at_its_place() -> None:
    text = GOOD.replace("expect: compliant", "expect: violated")
    assert [str(problem) for problem in failing_examples(read_product(text, "sample.yaml"), "sample.yaml")] == [
        'sample.yaml:27:5: example "a warm afternoon" gives compliant, expected violated'
    ]
