"""An empty pharmacy for each test."""

from tests.stock.conftest import pharmacy

__all__ = ["pharmacy"]
