"""``coldchain device``: accounts that the embedded broker, and Mosquitto, take."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from coldchain.cli.main import main
from coldchain.device_accounts import is_password, read_accounts
from coldchain.settings import load


def added(capsys: pytest.CaptureFixture[str], file: Path, *names: str) -> dict[str, str]:
    """The passwords that were shown, by name."""
    assert main(["device", "add", str(file), *names]) == 0
    return dict(line.rsplit("  ", 1) for line in capsys.readouterr().out.splitlines())


def test_accounts_are_made_listed_given_new_passwords_and_removed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "accounts"
    first = added(capsys, file, "ward-3", "ward 4")
    assert set(first) == {"ward-3", "ward 4"}
    assert file.stat().st_mode & 0o077 == 0, "for nobody else's eyes"
    assert all(is_password(read_accounts(file)[name], password) for name, password in first.items())
    again = added(capsys, file, "ward-3")
    kept = read_accounts(file)
    assert is_password(kept["ward-3"], again["ward-3"])
    assert not is_password(kept["ward-3"], first["ward-3"])
    assert is_password(kept["ward 4"], first["ward 4"]), "the others stay"
    assert main(["device", "list", str(file)]) == 0
    assert capsys.readouterr().out.splitlines() == ["ward 4", "ward-3"]
    assert main(["device", "remove", str(file), "ward-3"]) == 0
    assert set(read_accounts(file)) == {"ward 4"}
    assert [each.name for each in tmp_path.iterdir()] == ["accounts"], "nothing is left beside it"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("add", "a/b"), "no '/'"), (("add", "ok", "#"), "no '/'"), (("remove", "ward-3"), "cannot read"),
        (("list",), "cannot read"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], complaint: str
) -> None:
    assert main(["device", words[0], str(tmp_path / "accounts"), *words[1:]]) == 2
    assert complaint in capsys.readouterr().err
    assert not (tmp_path / "accounts").exists()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["device", "add", str(tmp_path / "no" / "accounts"), "ward-3"]) == 2
    assert "cannot write the devices' accounts" in capsys.readouterr().err


@pytest.mark.skipif(shutil.which("mosquitto_passwd") is None, reason="needs mosquitto_passwd")
def test_mosquittos_own_program_goes_on_with_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "accounts"
    shown = added(capsys, file, "ward-3")
    subprocess.run(["mosquitto_passwd", "-b", file, "ward-4", "four"], check=True, capture_output=True)
    kept = read_accounts(file)
    assert is_password(kept["ward-3"], shown["ward-3"])
    assert is_password(kept["ward-4"], "four")


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ("mode: embedded\n  host: 0.0.0.0\n  allow_plain: true", "or an accounts_file"),
        ("mode: embedded\n  host: 0.0.0.0\n  allow_plain: true\n  accounts_file: accounts", None),
        ("mode: embedded\n  accounts_file: elsewhere", "cannot read the devices' accounts"),
        ("mode: embedded\n  accounts_file: broken", "broken:1:1: this is no hash"),
        ("mode: broker\n  accounts_file: accounts", "only the embedded broker has it"),
        ("mode: embedded\n  accounts_file: accounts\n  user: ward-3\n  password_file: secret", "call one of them"),
    ],
)  # fmt: skip
def test_the_settings_name_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], settings: str, complaint: str | None
) -> None:
    from coldchain.errors import SettingsError

    added(capsys, tmp_path / "accounts", "ward-3")
    (tmp_path / "broken").write_text("ward-3:secret\n", encoding="utf-8")
    (tmp_path / "secret").write_text("a secret\n", encoding="utf-8")
    file = tmp_path / "coldchain.yaml"
    file.write_text(f"mqtt:\n  {settings}\n", encoding="utf-8")
    if complaint is None:
        assert load(file, {}).mqtt.accounts_file == tmp_path / "accounts"
        return
    with pytest.raises(SettingsError, match=complaint):
        load(file, {})


def test_doctor_says_who_may_publish(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "coldchain.yaml"

    def said(accounts: str = "") -> tuple[bool, str]:
        file.write_text(
            f"http: {{port: 9}}\nmqtt: {{mode: embedded{accounts}}}\nalerts: {{mqtt: false}}\n", encoding="utf-8"
        )
        main(["doctor", "--config", str(file), "--format", "json"])
        found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        return next((each["ok"], each["sentence"]) for each in found if each["what"] == "broker")

    ok, sentence = said()
    assert ok
    assert "lets in every program of this machine; 'coldchain device add' makes accounts" in sentence
    added(capsys, tmp_path / "accounts", "ward-3", "ward-4")
    ok, sentence = said(", accounts_file: accounts")
    assert ok
    assert sentence.endswith("has 2 accounts of devices, each of which publishes as itself only")
    (tmp_path / "accounts").chmod(0o644)
    ok, sentence = said(", accounts_file: accounts")
    assert not ok
    assert "chmod o=" in sentence
