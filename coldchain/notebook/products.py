"""A product in a notebook."""

from dataclasses import dataclass
from html import escape
from typing import Any

from coldchain.domain.product import Product


@dataclass(frozen=True)
class ShownProduct:
    """A product, shown in words."""

    product: Product

    def __str__(self) -> str:
        from coldchain.rulebook.words import product_in_words

        return product_in_words(self.product)

    def to_pandas(self) -> Any:
        """A DataFrame with a row a limit of a stage."""
        import pandas as pd

        from coldchain.reporting.words import allowance_words, limit_words

        return pd.DataFrame(
            [
                {"stage": stage.name, "id": one.id, "limit": limit_words(one), "allowed": allowance_words(one)}
                for stage in self.product.stages.values()
                for one in stage.limits
            ],
            columns=["stage", "id", "limit", "allowed"],
        )

    def _repr_html_(self) -> str:
        return f"<pre style='white-space:pre-wrap'>{escape(str(self))}</pre>"
