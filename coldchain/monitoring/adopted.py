"""What every alert says where it comes from a version that no pharmacist of the site has adopted."""

from typing import Any

from coldchain.records import Transaction, adoptions
from coldchain.rulebook.words import not_adopted


def with_adoption(tx: Transaction, product_id: str, version: int, sha256: str, message: str) -> dict[str, Any]:
    """``adopted``, and the message, with a sentence more where it is not.

    Args:
        tx: The transaction.
        product_id, version, sha256: The version that judges.
        message: What the alert says.
    """
    if adoptions.adopted(tx, sha256) is not None:
        return {"adopted": True, "message": message}
    sentence = not_adopted(product_id, version)
    return {"adopted": False, "message": f"{message} {sentence[0].upper()}{sentence[1:]}."}
