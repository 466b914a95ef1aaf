"""Every shipped product as Markdown, for docs/reference/product-library.md.

``python -m tests.rulebook.library`` rewrites the part between its markers.
"""

import re
from collections.abc import Iterator

from coldchain.domain.product import Product
from coldchain.rulebook.book import load_rulebook
from coldchain.rulebook.words import deadline_in_words, event_words, label_in_words, stage_in_words, unverified
from tests.docs.pages import DOCS

PAGE = DOCS / "reference" / "product-library.md"
BEGIN, END = "<!-- library -->", "<!-- /library -->"

ALWAYS = ("no pharmacist has compared this file with the label", "the date of the label is unknown")
"""What is unverified of every shipped file; the page says it once."""


def library_tables() -> str:
    """A line for each product, then a section for each."""
    products = load_rulebook().products.values()
    overview = ["| id | product and presentation | jurisdiction | stages |", "|---|---|---|---|"]
    overview += [_overview(product) for product in products]
    return "\n".join([*overview, "", *(line for product in products for line in _section(product))]).rstrip() + "\n"


def _overview(product: Product) -> str:
    stages = ", ".join(product.stages)
    return f"| [`{product.id}`](#{product.id}) | {product.name} | {product.label.jurisdiction} | {stages} |"


def _section(product: Product) -> Iterator[str]:
    yield f'<a id="{product.id}"></a>'
    yield ""
    yield f"### {product.name}"
    yield ""
    yield f"`{product.id}`, version {product.version}. {label_in_words(product)}."
    yield ""
    for stage in product.stages.values():
        sentences = " ".join(re.sub(r" \[[^\]]+\]$", "", sentence) for sentence in stage_in_words(stage))
        yield f"- **{stage.name}**: {sentences}"
    if product.deadlines:
        yield f"- **deadlines**: {' '.join(map(deadline_in_words, product.deadlines))}"
    if product.attest:
        yield f"- **attested**: {'; '.join(f'{a.what}, at or after: {event_words(a.at)}' for a in product.attest)}."
    yield from (f"- **unverified**: {sentence}." for sentence in unverified(product) if sentence not in ALWAYS)
    yield "- **in words, and what no sensor judges**:"
    yield from (f"  - {note}" for note in product.notes if not note.startswith("The longest believed time"))
    yield ""


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    whole = re.compile(f"{BEGIN}.*{END}", re.DOTALL)
    PAGE.write_text(whole.sub(lambda _: f"{BEGIN}\n\n{library_tables()}\n{END}", page), encoding="utf-8")
