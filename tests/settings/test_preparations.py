"""How long before a preparation's deadline somebody is warned."""

from pathlib import Path

import pytest

from coldchain.errors import SettingsError
from coldchain.settings.load import load

MINUTE = 60_000


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ("", (30, 5)),
        ("preparations: {warn_before: 20 min}", (20,)),
        ("preparations: {warn_before: [5 min, 1 h, 5 min]}", (60, 5)),
        ("preparations: {warn_before: never}", ()),
    ],
)
def test_the_warnings(tmp_path: Path, said: str, minutes: tuple[int, ...]) -> None:
    file = tmp_path / "coldchain.yaml"
    file.write_text(said)
    assert load(file, {}).warn_before_ms == tuple(each * MINUTE for each in minutes)


def test_as_a_variable(tmp_path: Path) -> None:
    file = tmp_path / "coldchain.yaml"
    file.write_text("")
    assert load(file, {"COLDCHAIN_PREPARATIONS_WARN_BEFORE": "45 min, 10 min"}).warn_before_ms == (
        45 * MINUTE, 10 * MINUTE,
    )  # fmt: skip


@pytest.mark.parametrize("wrong", ["0 min", "8 d", "soon", "[5 min, later]"])
def test_what_is_no_warning_is_refused(tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "coldchain.yaml"
    file.write_text(f"preparations: {{warn_before: {wrong}}}")
    with pytest.raises(SettingsError, match="warn_before"):
        load(file, {})
