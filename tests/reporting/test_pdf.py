"""The PDF: sound, archivable, the same bytes for the same findings, whatever a file is called."""

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import typst
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coldchain.reporting.content import report
from coldchain.reporting.glyphs import HAS, Glyphs
from coldchain.reporting.pdf import report_pdf
from tests.reporting.reports import audited, report_of


@pytest.fixture(scope="module")
def made() -> bytes:
    return report_pdf(report_of("5 9x3 _x9 5", "5x9", "5 _x8 5", with_refusal=True))


def text_of(content: bytes, folder: Path) -> str:
    """What the pages say, by poppler; skips where that is not installed."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    (folder / "x.pdf").write_bytes(content)
    shown = subprocess.run(
        ["pdftotext", "-layout", "x.pdf", "-"], cwd=folder, capture_output=True, check=True, timeout=60
    )
    return shown.stdout.decode()


def test_it_says_that_it_is_an_archivable_document(made: bytes) -> None:
    assert made.startswith(b"%PDF-1.7")
    assert re.search(rb"<pdfaid:part>2</pdfaid:part>", made)
    assert re.search(rb"<pdfaid:conformance>B</pdfaid:conformance>", made)


def test_its_fonts_are_inside(made: bytes, tmp_path: Path) -> None:
    if shutil.which("pdffonts") is None:
        pytest.skip("pdffonts (poppler-utils) is not installed")
    (tmp_path / "x.pdf").write_bytes(made)
    listed = subprocess.run(
        ["pdffonts", "x.pdf"], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=180
    )
    fonts = listed.stdout.splitlines()[2:]
    assert fonts
    assert all(re.search(r"\s(yes)\s+(yes)\s+(yes|no)\s+\d+\s+\d+$", font) for font in fonts), listed.stdout


def test_the_same_findings_are_the_same_bytes() -> None:
    assert report_pdf(report_of("5 9x3 5")) == report_pdf(report_of("5 9x3 5"))


def test_its_date_is_that_of_the_record_not_of_today(made: bytes) -> None:
    assert re.search(rb"CreationDate\s*\(D:202603141", made) or b"2026-03-14T" in made


def test_it_says_the_verdict_first_and_has_room_for_a_signature(made: bytes, tmp_path: Path) -> None:
    said = text_of(made, tmp_path)
    assert said.index("Summary") < said.index("◆ Violated") < said.index("Excursions")
    words = ("at least", "Time zone", "Checked by", "To find the same again", "Reviewed by", "Signature", "Not judged")
    assert all(word in said for word in words)
    assert "page 1 of" in said


def test_every_letter_of_the_table_can_be_set() -> None:
    letters = "".join(chr(code) for first, last in HAS for code in range(first, last + 1))
    for font in ("Libertinus Serif", "DejaVu Sans Mono"):
        template = f'#set text(font: "{font}")\n#for part in json(bytes(sys.inputs.letters)) [#part #linebreak()]'
        parts = [letters[start : start + 40] for start in range(0, len(letters), 40)]
        typst.compile(
            template.encode(), format="pdf", pdf_standards=["a-2b"], ignore_system_fonts=True,
            sys_inputs={"letters": json.dumps(parts)}, timestamp=0,
        )  # fmt: skip


def test_a_letter_that_the_font_lacks_is_replaced_and_named() -> None:
    glyphs = Glyphs()
    assert glyphs.fit("日本 µ é e\u0301 5\u202f°C, 5 \u2103") == "□□ µ é é 5 °C, 5 °C"
    assert glyphs.listed() == "U+65E5 Cjk unified ideograph-65e5, U+672C Cjk unified ideograph-672c"


def test_the_report_lists_what_it_could_not_print(tmp_path: Path) -> None:
    said = text_of(report_pdf(report_of("5x9", name="日.csv")), tmp_path)
    assert "□.csv" in said
    assert "U+65E5" in said


@given(st.text(max_size=40))
def test_what_fits_is_always_in_the_font(said: str) -> None:
    glyphs = Glyphs()
    fitted = glyphs.fit(said)
    assert Glyphs().fit(fitted) == fitted
    assert all(any(first <= ord(sign) <= last for first, last in HAS) for sign in fitted)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=40), st.text(max_size=40))
def test_no_name_and_no_command_stops_a_report(name: str, command: str) -> None:
    made = report([audited("5 9 5", name=name)], [], command=command, program="coldchain")
    assert report_pdf(made).startswith(b"%PDF")


@pytest.mark.parametrize(
    "name", ["疫苗 冷链.csv", "plain.csv", "it's 日本.csv", "e\u0301.csv", "🧊 x.csv", "caf\udce9.csv"]
)
def test_the_command_finds_files_whose_letters_the_font_lacks(name: str) -> None:
    command = shlex.join(["printf", "%s", name])
    fitted = Glyphs().fit_command(command)
    assert Glyphs().fit(fitted) == fitted
    run = subprocess.run(
        ["bash", "-c", fitted], env={"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}, capture_output=True, check=True,
        timeout=180,
    )  # fmt: skip
    assert run.stdout == os.fsencode(name)
