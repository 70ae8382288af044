"""The names in archives: whole, cut off, damaged, and made to do harm."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.previews.content.content_kind import ContentKind, kind_of
from services.previews.documents.archive_entries import ArchiveEnd, ArchiveEntry
from services.previews.documents.archive_names import ArchiveForm, ArchiveNames, archive_names

MOMENT = (2026, 11, 30, 12, 34, 56)
SECONDS = int(time.mktime((*MOMENT, 0, 0, -1)))
LONG = "folder/" + "n" * 300 + ".txt"


def read(folder: Path, data: bytes, **options: float | Callable[[], float]) -> ArchiveNames:
    path = folder / "archive"
    path.write_bytes(data)
    *_before, last = archive_names(path, **options)  # type: ignore[arg-type]
    return last


def zipped(contents: dict[str, bytes], *, packed: bool = True) -> bytes:
    buffer = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name, MOMENT), content)
    return buffer.getvalue()


def tarred(contents: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, content in contents.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            info.mtime = SECONDS
            if name.endswith("/"):
                info.type = tarfile.DIRTYPE
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


CONTENTS = {
    "one.txt": b"1" * 10,
    "folder/": b"",
    "folder/\u00e4\u6f22.jsonl": b"{}\n" * 400,
    LONG: b"x",
}
ENTRIES = tuple(ArchiveEntry(name, len(text), SECONDS) for name, text in CONTENTS.items())
FORMS = [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]


def test_a_zip_file_has_names_sizes_and_dates(tmp_path: Path) -> None:
    found = read(tmp_path, zipped(CONTENTS))
    assert found == ArchiveNames(ArchiveForm.ZIP, ENTRIES, ArchiveEnd.WHOLE)
    assert [entry.is_folder for entry in found.entries] == [False, True, False, False]


@pytest.mark.parametrize("form", FORMS)
def test_a_tar_file_has_names_sizes_and_dates(tmp_path: Path, form: int) -> None:
    assert read(tmp_path, tarred(CONTENTS, form)) == ArchiveNames(
        ArchiveForm.TAR, ENTRIES, ArchiveEnd.WHOLE
    )


@pytest.mark.parametrize(
    ("pack", "form"),
    [
        (gzip.compress, ArchiveForm.GZIP),
        (bz2.compress, ArchiveForm.BZIP2),
        (lzma.compress, ArchiveForm.XZ),
    ],
)
def test_a_compressed_tar_file_is_looked_into(
    tmp_path: Path, pack: Callable[[bytes], bytes], form: ArchiveForm
) -> None:
    packed = pack(tarred(CONTENTS))
    assert read(tmp_path, packed) == ArchiveNames(
        form, ENTRIES, ArchiveEnd.WHOLE, is_packed_tar=True
    )
    pieces = tarred(CONTENTS)
    in_members = pack(pieces[:700]) + pack(pieces[700:])
    assert read(tmp_path, in_members).entries == ENTRIES


def test_a_name_in_two_parts_is_joined(tmp_path: Path) -> None:
    name = "a" * 120 + "/" + "b" * 90
    found = read(tmp_path, tarred({name: b""}, tarfile.USTAR_FORMAT))
    assert [entry.name for entry in found.entries] == [name]


def test_a_file_that_is_compressed_alone_is_one_entry(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with gzip.GzipFile("data.jsonl", "wb", fileobj=buffer, mtime=SECONDS) as file:
        file.write(b"{}\n")
    assert read(tmp_path, buffer.getvalue()) == ArchiveNames(
        ArchiveForm.GZIP, (ArchiveEntry("data.jsonl", None, SECONDS),), ArchiveEnd.WHOLE
    )
    assert read(tmp_path, bz2.compress(b"{}")).entries == (ArchiveEntry("", None, None),)
    assert read(tmp_path, gzip.compress(b"", mtime=0)).entries == (ArchiveEntry("", None, None),)


def test_an_encrypted_file_is_said_to_be(tmp_path: Path) -> None:
    data = bytearray(zipped({"a": b"1"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (entry,) = read(tmp_path, bytes(data)).entries
    assert entry.is_encrypted
    assert entry.name == "a"


def test_old_names_are_in_the_code_page_of_dos(tmp_path: Path) -> None:
    data = bytearray(zipped({"\u00e4.txt": b""}).replace("\u00e4".encode(), b"\x84\x84"))
    at = data.index(b"PK\x01\x02")
    data[at + 9] &= ~8
    assert read(tmp_path, bytes(data)).entries[0].name == "\u00e4\u00e4.txt"


def test_a_large_file_has_its_size_in_an_extra_field(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("big", MOMENT), b"abc")
    data = bytearray(buffer.getvalue())
    at = data.index(b"PK\x01\x02")
    extra = struct.pack("<HHQ", 1, 8, 5_000_000_000)
    data[at + 24 : at + 28] = b"\xff" * 4
    data[at + 30 : at + 32] = struct.pack("<H", len(extra))
    name_end = at + 46 + 3
    end = data.index(b"PK\x05\x06")
    rest = data[end:]
    rest[12:16] = struct.pack("<I", name_end + len(extra) - at)
    made = bytes(data[:name_end]) + extra + bytes(rest)
    assert read(tmp_path, made).entries == (ArchiveEntry("big", 5_000_000_000, SECONDS),)


@pytest.mark.parametrize("before", [b"", b"PK\x03\x04 but a program"])
def test_something_may_stand_before_a_zip_file(tmp_path: Path, before: bytes) -> None:
    found = read(tmp_path, before + zipped(CONTENTS))
    assert (found.entries, found.end) == (ENTRIES, ArchiveEnd.WHOLE)


def test_a_zip_file_that_is_cut_off_has_the_names_that_are_there(tmp_path: Path) -> None:
    data = zipped(CONTENTS, packed=False)
    list_at = data.index(b"PK\x01\x02")
    found = read(tmp_path, data[:list_at])
    assert (found.entries, found.end) == (ENTRIES, ArchiveEnd.DAMAGED)
    found = read(tmp_path, data[: data.index(LONG.encode()) - 1])
    assert (found.entries, found.end) == (ENTRIES[:3], ArchiveEnd.DAMAGED)


def test_a_zip_file_whose_list_is_damaged_has_the_names_before_it(tmp_path: Path) -> None:
    data = zipped(CONTENTS, packed=False).replace(b"PK\x01\x02", b"PK\x09\x09")
    found = read(tmp_path, data)
    assert (found.entries, found.end) == (ENTRIES, ArchiveEnd.DAMAGED)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_a_tar_file_that_is_cut_off_has_the_names_that_are_there(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    contents = {f"file {number}": b"" for number in range(20)} | {"last": b"z" * 5_000}
    whole = tarred(contents)
    found = read(tmp_path, pack(whole[: 21 * 512 + 1_000]))
    assert [entry.name for entry in found.entries] == [*contents]
    assert found.end is ArchiveEnd.DAMAGED


@pytest.mark.slow
def test_a_damaged_compression_ends_the_names(tmp_path: Path) -> None:
    packed = gzip.compress(tarred({str(number): b"x" * 999 for number in range(2_000)}))
    found = read(tmp_path, packed[: len(packed) // 2])
    assert 100 < len(found.entries) < 2_000
    assert found.end is ArchiveEnd.DAMAGED
    assert read(tmp_path, b"\x1f\x8b" + b"no gzip").end is ArchiveEnd.DAMAGED


def test_only_so_many_names_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.previews.documents.archive_entries.MAX_ENTRIES", 50)
    contents = {str(number): b"" for number in range(51)}
    for data in (zipped(contents), tarred(contents)):
        found = read(tmp_path, data)
        assert len(found.entries) == 50
        assert found.end is ArchiveEnd.TOO_MANY
    del contents["0"]
    for data in (zipped(contents), tarred(contents)):
        assert read(tmp_path, data).end is ArchiveEnd.WHOLE


@pytest.mark.slow
def test_names_are_reported_while_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    path.write_bytes(tarred({str(number): b"" for number in range(2_500)}))
    reports = list(archive_names(path))
    assert [len(one.entries) for one in reports] == [1_000, 2_000, 2_500]
    assert [one.end for one in reports[:2]] == [ArchiveEnd.NOT_YET] * 2


@pytest.mark.slow
def test_what_unpacks_to_too_much_is_not_unpacked_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.previews.documents.tar_entries.MAX_UNPACKED_BYTES", 20_000_000)
    bomb = gzip.compress(tarred({"first": b"", "bomb": bytes(50_000_000), "last": b""}))
    path = tmp_path / "archive"
    path.write_bytes(bomb)
    reports = list(archive_names(path))
    assert [entry.name for entry in reports[-1].entries] == ["first", "bomb"]
    assert reports[-1].end is ArchiveEnd.TOO_LARGE
    assert len(reports) >= 3


def test_it_stops_after_some_time(tmp_path: Path) -> None:
    now = iter(range(100))
    found = read(
        tmp_path, tarred({str(number): b"" for number in range(50)}), clock=lambda: next(now)
    )
    assert 0 < len(found.entries) < 50
    assert found.end is ArchiveEnd.TOO_LARGE


def test_a_header_that_claims_to_be_endless_is_damage(tmp_path: Path) -> None:
    info = tarfile.TarInfo("pax")
    info.type = tarfile.XHDTYPE
    info.size = 8 * 1024**3
    data = info.tobuf(tarfile.GNU_FORMAT) + bytes(10_240)
    assert read(tmp_path, data).end is ArchiveEnd.DAMAGED
    assert read(tmp_path, gzip.compress(data)).end is ArchiveEnd.DAMAGED


def test_links_have_no_content_whatever_they_say(tmp_path: Path) -> None:
    link = tarfile.TarInfo("link")
    link.type, link.linkname, link.size = tarfile.LNKTYPE, "one.txt", 4_096
    data = link.tobuf() + tarred({"one.txt": b"1"})
    assert [entry.name for entry in read(tmp_path, data).entries] == ["link", "one.txt"]


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (b"7z\xbc\xaf\x27\x1c", ArchiveForm.SEVEN_ZIP),
        (b"", ArchiveForm.UNKNOWN),
        (bytes(1_024), ArchiveForm.UNKNOWN),
        (b"text", ArchiveForm.UNKNOWN),
    ],
)
def test_what_has_no_list_has_no_names(tmp_path: Path, data: bytes, form: ArchiveForm) -> None:
    assert read(tmp_path, data) == ArchiveNames(form, (), ArchiveEnd.WHOLE)


def test_a_tar_file_is_an_archive_by_its_content() -> None:
    data = tarred(CONTENTS)
    assert kind_of(data, None, is_whole=True) is ContentKind.ARCHIVE


DAMAGED = [
    zipped(CONTENTS),
    tarred(CONTENTS),
    tarred(CONTENTS, tarfile.GNU_FORMAT),
    gzip.compress(tarred(CONTENTS)),
    lzma.compress(tarred(CONTENTS)),
]


@pytest.mark.slow
@given(st.data())
def test_no_damage_does_harm(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    whole = bytearray(data.draw(st.sampled_from(DAMAGED)))
    for _change in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    del whole[data.draw(st.integers(1, len(whole))) :]
    found = read(tmp_path_factory.getbasetemp(), bytes(whole))
    assert found.end is not ArchiveEnd.NOT_YET
    assert len(found.entries) < 100
