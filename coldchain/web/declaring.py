"""What somebody typed into the forms of a sensor's page."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Typed:
    """What somebody typed into one of the page's forms, and why it could not be taken."""

    values: dict[str, str] = field(default_factory=dict)
    error: str = ""
    form: str = ""

    def of(self, name: str, otherwise: str = "") -> str:
        """What stands in a field."""
        return self.values.get(name, otherwise)

    def wrong(self, form: str) -> str:
        """Why that form could not be taken; empty where it was not sent."""
        return self.error if self.form == form else ""
