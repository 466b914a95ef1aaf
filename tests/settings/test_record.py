"""Commands that work on the record alone need no secret of the service's."""

from pathlib import Path

import pytest

from coldchain.cli.main import main
from coldchain.errors import SettingsError
from coldchain.settings import load, load_record
from coldchain.settings.load import read, read_record
from coldchain.settings.reader import root_of
from coldchain.settings.sources import Sources

SERVICE = """
tz: Europe/Berlin
http: {tokens: {gateway: {token_file: /nowhere/token}}}
mqtt: {host: broker.example.org, tls: true, user: coldchain, password_file: /nowhere/password}
alerts: {mail: {pharmacy: {host: mail.example.org, from: a@example.org, to: b@example.org, user: u}}}
watch: {ping_url_file: /nowhere/ping}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "coldchain.yaml").write_text(SERVICE, encoding="utf-8")
    return tmp_path / "coldchain.yaml"


def said(error: SettingsError) -> str:
    return "\n".join(str(each) for each in error.problems)


def test_what_is_the_services_is_passed_over(file: Path) -> None:
    found = load_record(file, {"COLDCHAIN_MQTT_PORT": "none", "COLDCHAIN_DATABASE_URL": "postgresql://u@db/coldchain"})
    assert (found.tz, found.database_url) == ("Europe/Berlin", "postgresql+psycopg://u@db/coldchain")
    with pytest.raises(SettingsError, match="cannot read the secret in /nowhere/password"):
        load(file, {})


def test_the_databases_own_secret_is_needed(file: Path) -> None:
    file.write_text(f"{SERVICE}database: {{url: postgresql://u@db/coldchain, password_file: /nowhere/db}}\n")
    with pytest.raises(SettingsError) as refused:
        load_record(file, {})
    assert "cannot read the secret in /nowhere/db" in said(refused.value)
    assert "password" not in said(refused.value)


def test_a_slip_of_the_pen_is_no_setting_here_either(file: Path) -> None:
    file.write_text(f"{SERVICE}databse: {{url: sqlite:///x.db}}\n")
    with pytest.raises(SettingsError) as refused:
        load_record(file, {"COLDCHAIN_DATABSE_URL": "sqlite:///x.db", "COLDCHAIN_MQTTT_HOST": "b"})
    for words in ("unknown key 'databse'", "COLDCHAIN_DATABSE_URL", "COLDCHAIN_MQTTT_HOST"):
        assert words in said(refused.value)


def test_every_setting_is_the_records_or_passed_over() -> None:
    whole, record = Sources("", Path(), {}), Sources("", Path(), {})
    read(root_of(whole, ""))
    read_record(root_of(record, ""))
    left = tuple(record.left)
    others = {
        name for name in whole.variables if name not in left and not name.startswith(tuple(f"{x}_" for x in left))
    }
    assert others == record.variables


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["user", "list"], 0), (["item", "list"], 0), (["verify"], 0), (["archive"], 2), (["retention"], 2),
        (["serve"], 2),
    ],
)  # fmt: skip
def test_the_commands(file: Path, words: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    main(["user", "list", "--config", str(file)])  # the record is there
    capsys.readouterr()
    assert main([*words, "--config", str(file)]) == code
    told = capsys.readouterr().err
    assert ("/nowhere/" in told) == (words == ["serve"]), told
