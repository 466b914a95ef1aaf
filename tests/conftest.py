"""What tests share: where the real samples are, and which real programs there are."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import tests.statements  # noqa: F401 -- compiled once for all records
from tests.postgres import migrated, migrated_url, postgres, postgres_url

__all__ = ["known_answers", "migrated", "migrated_url", "postgres", "postgres_url", "samples"]

# How long an example takes depends on who else is at work; CI tries the same examples for the same commit.
settings.register_profile(
    "untimed",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=os.environ.get("CI") == "true",
)
settings.load_profile("untimed")

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"
KNOWN_ANSWERS = SAMPLES.parent / "known-answers"


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real logger exports and sensor payloads; skips, saying so, where it is not."""
    if not SAMPLES.is_dir():
        pytest.skip("the real samples are not beside this checkout")
    return SAMPLES


@pytest.fixture(scope="session")
def known_answers() -> Path:
    """The folder of published calculations; skips, saying so, where it is not."""
    if not KNOWN_ANSWERS.is_dir():
        pytest.skip("the published calculations are not beside this checkout")
    return KNOWN_ANSWERS
