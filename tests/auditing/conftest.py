from pathlib import Path

import pytest

from coldchain.domain.product import Product
from coldchain.rulebook.book import parse_product
from tests.auditing.logger_files import RULES


@pytest.fixture(scope="session")
def box() -> Product:
    return parse_product(RULES, "box.yaml")


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "box.yaml").write_text(RULES, encoding="utf-8")
    return folder
