"""Changes that no test can notice, because they change nothing: each with its reason."""

EQUIVALENT: dict[str, str] = {}
