"""The PostgreSQL fixtures, for the tests that ask for them."""

from tests.postgres import postgres, postgres_url

__all__ = ["postgres", "postgres_url"]
