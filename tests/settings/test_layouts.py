"""The folder of learned layouts: read at the start, with every problem of its files among the settings' own."""

from pathlib import Path

import pytest

from coldchain.errors import SettingsError
from coldchain.settings import load
from tests.loggers.test_learned import ACME


def test_the_folder_of_layouts_is_named_and_its_problems_are_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "coldchain.yaml").write_text("layouts: own\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="there is no folder"):
        load(None, {})
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "acme.yaml").write_text(ACME, encoding="utf-8")
    assert load(None, {}).layouts == tmp_path / "own"
    (tmp_path / "own" / "bad.yaml").write_text(ACME.replace("acme", "bad").replace("pipe", "dot"), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"bad\.yaml:4:24: delimiter: unknown delimiter 'dot'"):
        load(None, {})
