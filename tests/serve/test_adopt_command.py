"""`coldchain rules adopt` and `withdraw`: on the service's record, signed with the pharmacist's password."""

import io
import time
from pathlib import Path

import pytest

from coldchain.cli.main import main
from coldchain.records import Store, accounts, adoptions
from coldchain.reviewing.signing_in import MOST_FROM_ONE_PLACE
from coldchain.rulebook.book import load_rulebook
from tests.empty import empty_store
from tests.web.hospital import hash_of

PASSWORD = "correct horse battery"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A site with a pharmacist, a nurse, and somebody who left."""
    file = tmp_path / "coldchain.yaml"
    file.write_text(f"data: {tmp_path / 'data'}\n", encoding="utf-8")
    (tmp_path / "data").mkdir()
    store = empty_store(tmp_path / "data" / "coldchain.db")
    hashed, now_ms = hash_of(PASSWORD), time.time_ns() // 1_000_000
    with store.transaction() as tx:
        for name, role in (("anna", "pharmacist"), ("nils", "nurse"), ("gone", "pharmacist")):
            accounts.add(tx, name, f"{name.capitalize()} Example", role, hashed, now_ms)
        accounts.disable(tx, "gone", now_ms)
    store.close()
    return file


def record(config: Path) -> Store:
    return Store(f"sqlite:///{config.parent / 'data' / 'coldchain.db'}")


def rules(
    config: Path, monkeypatch: pytest.MonkeyPatch, *words: str, by: str = "anna", password: str = PASSWORD
) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    return main(["rules", *words, "--by", by, "--config", str(config)])


def adopted(config: Path) -> list[str]:
    store = record(config)
    with store.reading() as tx:
        found = [f"{one.product_id} by {one.full_name}" for one in adoptions.all_adopted(tx).values()]
    store.close()
    return found


def test_a_version_is_adopted_and_withdrawn(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rules(config, monkeypatch, "adopt", "lemtrada", "--comment", "SmPC of May") == 0
    sha256 = load_rulebook().product("lemtrada").sha256
    assert f"of lemtrada ({sha256[:12]}) is adopted, by Anna Example" in capsys.readouterr().out
    assert adopted(config) == ["lemtrada by Anna Example"]
    assert rules(config, monkeypatch, "withdraw", "lemtrada", "--comment", "wrong section") == 0
    assert adopted(config) == []


@pytest.mark.parametrize(
    ("words", "by", "password", "sentence"),
    [
        (["adopt", "lemtrada"], "nils", PASSWORD, "a pharmacist adopts product files; the role nurse does not"),
        (["adopt", "lemtrada"], "anna", "guess", "name and password don't match"),
        (["adopt", "lemtrada"], "nobody", PASSWORD, "name and password don't match"),
        (["adopt", "lemtrada"], "gone", PASSWORD, "name and password don't match"),
        (["adopt", "lemtradaa"], "anna", PASSWORD, "did you mean 'lemtrada'?"),
        (["withdraw", "lemtrada"], "anna", PASSWORD, "no version of lemtrada is adopted"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], by: str,
    password: str, sentence: str,
) -> None:  # fmt: skip
    assert rules(config, monkeypatch, *words, by=by, password=password) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
    assert adopted(config) == []


def test_a_withdrawal_says_why(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rules(config, monkeypatch, "adopt", "lemtrada")
    assert rules(config, monkeypatch, "withdraw", "lemtrada") == 2
    assert "Say why" in capsys.readouterr().err
    assert adopted(config) == ["lemtrada by Anna Example"]


def test_whoever_guesses_is_held_up_as_at_the_pages_door(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(MOST_FROM_ONE_PLACE):
        assert rules(config, monkeypatch, "adopt", "lemtrada", password="guess") == 2
    assert "don't match" in capsys.readouterr().err
    assert rules(config, monkeypatch, "adopt", "lemtrada") == 2, "the right one is not looked at either"
    assert "too many attempts with a wrong password" in capsys.readouterr().err
    assert adopted(config) == []
