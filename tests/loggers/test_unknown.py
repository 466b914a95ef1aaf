"""Files that no importer knows: the sentence says what was found and what would help."""

import io
import zipfile
from pathlib import Path

import pytest

from coldchain.errors import FileRefused
from coldchain.loggers import read
from coldchain.loggers.files import find_files


@pytest.mark.parametrize(
    ("case", "text", "said"),
    [
        ("microseconds", "timestamp,temperature_c\n1710403200000000,4.1\n", "'1710403200000000') is no time"),
        ("a spreadsheet's day numbers", "note\n\ntime;temp_c\n45365.333;5,0\n", "line 3 heads a column 'time'"),
        ("no heading", "2024-03-14T08:00:00Z,4.1\n2024-03-14T08:15:00Z,4.3\n", "begins with a reading"),
        ("figures only", "1,2,3\n4,5,6\n", "holds a word"),
        ("prose", "all was well\n", "no heading in its first 200 lines names a time"),
        ("a web page", "\n <HTML><table><tr><td>time</td></tr></table>", "it is a web page"),
        ("XML", '<?xml version="1.0"?>\n<log/>\n', "it is XML"),
        ("JSON", '[\n {"time": "2024-03-14T08:00:00Z", "temperature": 5.0}\n]\n', "it is JSON"),
    ],
)
def test_what_was_found_is_said(case: str, text: str, said: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read("x.csv", text.encode())
    assert refused.value.code == "unknown-format", case
    assert said in str(refused.value)
    assert "export" in str(refused.value)


def test_a_workbook_is_told_from_a_zip_of_logs_whatever_its_name(tmp_path: Path) -> None:
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"):
            archive.writestr(name, "<x/>")
    (tmp_path / "export.csv").write_bytes(book.getvalue())
    (found,) = find_files([str(tmp_path / "export.csv")])
    assert found.refused is not None
    assert found.refused.code == "unknown-format"
    assert "workbook" in str(found.refused)
