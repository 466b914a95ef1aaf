"""Files behind paths, each within bounds."""

import io
import os
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, read, zips
from coldchain.loggers.files import FoundFile, find_files, how_many
from coldchain.loggers.text import MAX_BYTES, MAX_LINE
from coldchain.loggers.zips import directory_size


def zipped(members: dict[str, bytes], path: Path | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    if path:
        path.write_bytes(buffer.getvalue())
    return buffer.getvalue()


def names(found: list[FoundFile], base: Path) -> list[str]:
    return [str(Path(file.name).relative_to(base)) for file in found]


def test_a_folder_gives_its_logs_with_all_below_it_in_order(tmp_path: Path) -> None:
    for name in ("b.csv", "a.txt", "sub/c.csv", "report.pdf", ".hidden.csv", ".git/x.csv", "__MACOSX/y.csv", "noname"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    found = list(find_files([str(tmp_path)]))
    assert names(found, tmp_path) == ["a.txt", "b.csv", "noname", "sub/c.csv"]
    assert found[0].content == b"a.txt"


def test_files_come_by_their_numbers_from_folders_patterns_and_zips(tmp_path: Path) -> None:
    expected = ["log2.csv", "log10.csv", "week2/a.csv", "week10/a.csv"]
    for name in expected[::-1]:
        (tmp_path / "logs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "logs" / name).write_bytes(name.encode())
    assert names(list(find_files([str(tmp_path / "logs")])), tmp_path / "logs") == expected
    assert names(list(find_files([str(tmp_path / "logs" / "*.csv")])), tmp_path / "logs") == expected[:2]
    zipped({name: name.encode() for name in expected[::-1]}, tmp_path / "z.zip")
    assert names(list(find_files([str(tmp_path / "z.zip")])), tmp_path / "z.zip") == expected


def test_a_file_that_is_named_is_opened_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"time,temp_c\n")
    assert [file.content for file in find_files([str(tmp_path / "x.pdf")])] == [b"time,temp_c\n"]


def test_patterns(tmp_path: Path) -> None:
    for name in ("a1.csv", "a2.csv", "b1.csv"):
        (tmp_path / name).write_bytes(b"x")
    assert names(list(find_files([str(tmp_path / "a*.csv")])), tmp_path) == ["a1.csv", "a2.csv"]


def test_a_zip_gives_its_members_and_the_zips_in_it(tmp_path: Path) -> None:
    inner = zipped({"inner.csv": b"inner"})
    zipped(
        {"sub/b.csv": b"b", "a.csv": b"a", "more.zip": inner, "a.pdf": b"%PDF", "__MACOSX/a.csv": b"?"},
        tmp_path / "z.zip",
    )
    found = list(find_files([str(tmp_path / "z.zip")]))
    assert names(found, tmp_path) == ["z.zip/a.csv", "z.zip/more.zip/inner.csv", "z.zip/sub/b.csv"]


def test_what_is_not_there_comes_with_the_reason_and_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a")
    missing, there = find_files([str(tmp_path / "nope.csv"), str(tmp_path / "a.csv")])
    assert missing.refused is not None
    assert "no such file" in str(missing.refused)
    assert missing.refused.code == "unreadable"
    assert there.content == b"a"


def test_what_holds_no_file_is_said_beside_what_does(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a")
    (tmp_path / "empty").mkdir()
    zipped({}, tmp_path / "empty.zip")
    paths = [str(tmp_path / name) for name in ("empty", "a.csv", "empty.zip")]
    folder, there, archive = find_files(paths)
    assert there.content == b"a"
    assert [(file.refused.code, str(file.refused)) for file in (folder, archive) if file.refused] == [
        ("no-readings", "there is no file in it")
    ] * 2
    assert list(find_files(paths[:1])) == []


def test_a_link_that_leads_nowhere_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.csv").symlink_to(tmp_path / "gone.csv")
    (found,) = find_files([str(tmp_path)])
    assert "No such file" in str(found.refused)
    assert found.refused is not None
    assert found.refused.code == "unreadable"


def test_a_folder_that_cannot_be_opened_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").mkdir()
    scan = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: scan(tmp_path / "no" if str(path).endswith("closed") else path))
    (found,) = find_files([str(tmp_path)])
    assert found.refused is not None


def test_a_pattern_without_a_match_says_so(tmp_path: Path) -> None:
    (found,) = find_files([str(tmp_path / "*.csv")])
    assert found.refused is not None


def test_a_zip_bomb_costs_no_more_than_the_bound(tmp_path: Path) -> None:
    zipped({"bomb.csv": b"\0" * 20_000_000, "good.csv": b"good"}, tmp_path / "z.zip")
    bomb, good = find_files([str(tmp_path / "z.zip")], max_bytes=1_000_000)
    assert bomb.refused is not None
    assert bomb.refused.code == "too-large"
    assert good.content == b"good"


@pytest.mark.parametrize("nested", [False, True])
def test_a_zip_bomb_is_refused_before_it_is_unpacked(nested: bool, tmp_path: Path) -> None:
    inner = zipped({"bomb.csv": b"\0" * 40_000_000})
    zipped({"inner.zip": inner} if nested else {"bomb.csv": b"\0" * 40_000_000}, tmp_path / "z.zip")
    tracemalloc.start()
    (found,) = find_files([str(tmp_path / "z.zip")], max_bytes=1_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.refused is not None
    assert found.refused.code == "too-large"
    assert peak < 4_000_000


def test_a_list_of_members_is_measured_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = zipped({f"{number}.csv": b"x" for number in range(50)}, tmp_path / "z.zip")
    assert 50 * 46 < directory_size(io.BytesIO(content)) < len(content)
    monkeypatch.setattr(zips, "MAX_DIRECTORY", 2_000)
    (found,) = find_files([str(tmp_path / "z.zip")])
    assert found.refused is not None
    assert found.refused.code == "too-large"
    assert how_many([str(tmp_path / "z.zip")]) == 1


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x03\x04....", b"PK\x05\x06\0"])
def test_a_zip_without_an_end_has_no_list(content: bytes) -> None:
    assert directory_size(io.BytesIO(content)) == 0


def test_a_member_that_lies_about_its_size_is_still_bounded(tmp_path: Path) -> None:
    honest = zipped({"bomb.csv": b"\0" * 20_000_000})
    lying = honest.replace(struct.pack("<L", 20_000_000), struct.pack("<L", 10))
    (tmp_path / "z.zip").write_bytes(lying)
    (found,) = find_files([str(tmp_path / "z.zip")], max_bytes=1_000_000)
    assert found.refused is not None or len(found.content) <= 10


def test_zips_inside_each_other_end(tmp_path: Path) -> None:
    content = b"x"
    for depth in range(6):
        content = zipped({f"{depth}.zip" if depth else "0.csv": content})
    (tmp_path / "z.zip").write_bytes(content)
    (found,) = find_files([str(tmp_path / "z.zip")])
    assert found.refused is not None
    assert found.refused.code == "too-large"


@pytest.mark.parametrize("damage", [slice(0, 60), slice(0, -10)])
def test_a_damaged_zip_says_so(tmp_path: Path, damage: slice) -> None:
    (tmp_path / "z.zip").write_bytes(zipped({"a.csv": os.urandom(500)})[damage])
    (found,) = find_files([str(tmp_path / "z.zip")])
    assert found.refused is not None
    assert found.refused.code == "damaged"


def test_a_member_whose_bytes_changed_is_damaged(tmp_path: Path) -> None:
    content = bytearray(zipped({"a.csv": b"time,temp_c\n" * 50}))
    content[45] ^= 0xFF
    (tmp_path / "z.zip").write_bytes(bytes(content))
    (found,) = find_files([str(tmp_path / "z.zip")])
    assert found.refused is not None
    assert found.refused.code == "damaged"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (bytes(MAX_BYTES + 1), "too-large"),  # zeros that are asked of the machine, not written
        (b"time,temp_c\n" + b"5" * (MAX_LINE + 1), "damaged"),
        (b"time,temp_c\n" + b"," * 5_000, "damaged"),
        (b"\xff\xfet\0i", "damaged"),
        (b"\xff\xfet\0i\0m\0", "unknown-format"),
        (bytes(range(256)) * 50, "damaged"),
        (bytes([1, 2, 3, 200, 250]) * 500, "unknown-format"),
        (b"PK\x03\x04....", "unknown-format"),
        (b"time,temp_c\n2026-03-14 21:00,5.1\n" + b'"\n' * 10_001, "damaged"),
    ],
)
def test_content_beyond_every_bound_is_refused_at_once(content: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read("x", content, Declared(tz="UTC"))
    assert refused.value.code == code


def test_a_long_head_ends_the_search() -> None:
    with pytest.raises(FileRefused) as refused:
        read("x", b"some, words about this file\n" * 100_000 + b"time,temp_c\n2026-03-14 21:00,5.1\n")
    assert refused.value.code == "unknown-format"
