"""Rows that are wider than their heading, in formats where no genuine row is."""

from collections.abc import Sequence

from coldchain.errors import FileRefused


def refuse_wider(beyond: Sequence[str], what: str) -> None:
    """Refuse rows with more fields than headings, where no such row is genuine: a comma parts their decimals.

    Args:
        beyond: What stands to the right of the last heading.
        what: The format, for the message.

    Raises:
        FileRefused: ``ambiguous-decimal``.
    """
    wider = next((text.strip() for text in beyond if text.strip()), None)
    if wider is not None:
        raise FileRefused(
            "ambiguous-decimal",
            f"rows of this {what} export hold more fields than its heading names (such as {wider[:40]!r}): commas may "
            "part both fields and decimals; export it again with a decimal point or another delimiter",
        )
