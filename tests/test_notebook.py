"""The face for notebooks: read, audit, product."""

import subprocess
import sys
from pathlib import Path

import pytest

import coldchain
from coldchain.errors import FileRefused, UnknownProduct, UsageError
from tests.auditing.logger_files import RULES, hobo
from tests.loggers.writing import a_day, fridge_tag


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "box.yaml").write_text(RULES, encoding="utf-8")
    (tmp_path / "good.csv").write_bytes(hobo("5x9"))
    (tmp_path / "bad.csv").write_bytes(hobo("5 9x3 5"))
    (tmp_path / "zoneless.csv").write_bytes(hobo("5x9", zone=""))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_file_is_read_into_a_table(folder: Path) -> None:
    files = coldchain.read("bad.csv")
    table = files.to_pandas()
    assert list(table.columns) == ["file", "channel", "measured_at", "temperature_c"]
    assert table["temperature_c"].tolist() == [5.0, 9.0, 9.0, 9.0, 5.0]
    assert str(table["measured_at"].dt.tz) == "UTC"
    assert table["measured_at"].iloc[0].isoformat() == "2026-03-14T07:00:00+00:00"
    assert "+01:00 (header)" in files._repr_html_()
    assert repr(files) == "bad.csv (hoboware): Temp 5 readings"


def test_files_are_judged_and_shown(folder: Path) -> None:
    audits = coldchain.audit(["good.csv", folder / "bad.csv"], product="box", rules=["rules"])
    assert [one.verdict for one in audits.judged] == ["compliant", "violated"]
    assert audits.verdict == "violated"
    assert repr(audits).endswith("bad.csv · Temp: violated")
    assert repr(audits).count("\n") == 1
    assert [one["verdict"] for one in audits.to_json()] == ["compliant", "violated"]
    assert audits.to_pandas().groupby("file")["verdict"].first().to_dict() == {
        str(folder / "bad.csv"): "violated",
        "good.csv": "compliant",
    }
    shown = audits._repr_html_()
    assert "Above 8" in shown
    assert "<svg" in shown


def test_a_device_that_keeps_no_readings_has_no_channel_to_name(folder: Path) -> None:
    (folder / "fridge.txt").write_text(fridge_tag(a_day(1, "2026-03-15", high="+9.1", hot="37")), encoding="utf-8")
    audits = coldchain.audit(
        "fridge.txt", product="box", rules=["rules"], tz="Europe/Berlin", accept_bad_signature=True
    )
    assert repr(audits) == "fridge.txt: violated"


def test_what_cannot_be_judged_is_among_the_results(folder: Path) -> None:
    audits = coldchain.audit(["good.csv", "zoneless.csv"], product="box", rules=["rules"])
    assert audits.verdict == "undetermined"
    assert [one.code for one in audits.refused] == ["ambiguous-time-zone"]
    assert "zoneless.csv" in audits._repr_html_()
    assert coldchain.audit("zoneless.csv", product="box", rules=["rules"], tz="+01:00").verdict == "compliant"


def test_the_options_are_those_of_the_command(folder: Path) -> None:
    judged = coldchain.audit("good.csv", product="box", rules=["rules"], max_gap="5 min", uncertainty_c=0.5)
    assert judged.verdict == "undetermined"
    with pytest.raises(UsageError, match="max-gap"):
        coldchain.audit("good.csv", product="box", rules=["rules"], max_gap="five")


def test_a_product_is_shown_in_words() -> None:
    shown = coldchain.product("lemtrada")
    assert {"stage", "id", "limit", "allowed"} == set(shown.to_pandas().columns)
    assert "Lemtrada" in shown._repr_html_()
    with pytest.raises(UnknownProduct, match="lemtrada"):
        coldchain.product("lemtrade")


def test_what_cannot_be_read_is_an_error_with_its_code(folder: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        coldchain.read("zoneless.csv")
    assert refused.value.code == "ambiguous-time-zone"


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = ("numpy", "pandas", "coldchain.notebook", "coldchain.domain", "coldchain.loggers")
    program = f"import sys, coldchain; print([name for name in {heavy!r} if name in sys.modules])"
    root = str(Path(__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PYTHONPATH": root}
    )
    assert done.stdout == "[]\n"


def test_what_was_read_and_what_was_judged_can_be_drawn(folder: Path) -> None:
    read = coldchain.read("bad.csv").plot()
    judged = coldchain.audit(["good.csv", "bad.csv", "zoneless.csv"], product="box", rules=["rules"]).plot()
    assert [said for said, _ in read.charts] == ["bad.csv · Temp"]
    assert [said for said, _ in judged.charts] == ["good.csv · Temp", "bad.csv · Temp"]
    assert "&gt; 8 °C" not in read.charts[0][1]
    assert "&gt; 8 °C" in judged.charts[1][1]
    assert judged._repr_html_().count("<svg") == 2
    read.save("one.svg")
    judged.save("both.html")
    assert (folder / "one.svg").read_text(encoding="utf-8").startswith("<svg")
    assert (folder / "both.html").read_text(encoding="utf-8").count("<svg") == 2
    with pytest.raises(UsageError, match="an SVG holds one chart and there are 2"):
        judged.save("both.svg")


def test_a_dark_notebook_does_not_darken_a_report(folder: Path) -> None:
    shown = coldchain.audit("bad.csv", product="box", rules=["rules"])._repr_html_()
    for needed in ("background:#fff", "color-scheme:light", "color:inherit", "background:none!important"):
        assert needed in shown
    assert "background:#fff" in coldchain.read("bad.csv").plot()._repr_html_()


def test_many_results_are_a_table_worst_first(folder: Path) -> None:
    for number in range(12):
        (folder / f"n{number:02}.csv").write_bytes(hobo("5x9" if number != 7 else "5 9x3 5"))
    shown = coldchain.audit([f"n{number:02}.csv" for number in range(12)], product="box", rules=["rules"])._repr_html_()
    assert shown.startswith("<p>1 violated, 0 not judged, 0 undetermined, 11 compliant</p><table>")
    assert "<svg" not in shown
    assert shown.index("n07.csv") < shown.index("n00.csv")
