import csv
import json
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import overload

import pytest

from services.api.remote_file import RemoteFile
from services.catalog.export_format import ExportFormat
from services.catalog.file_export import export_pieces
from services.disk.atomic_write import write_atomically
from services.problems.errors import FilesError, ProblemKind
from tests.support.factories import remote_file
from tests.support.full_disk import fill_disk_under_partial_files

NOON = 1_795_176_000
"""2026-11-20 12:00:00 UTC."""


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_list(files: Sequence[RemoteFile], path: Path, export_format: ExportFormat) -> None:
    write_atomically(path, export_pieces(files, export_format))


def test_csv_has_a_header_and_a_row_per_file_in_order(tmp_path: Path) -> None:
    path = tmp_path / "files.csv"
    first = remote_file(
        'Ünter, "x"\n2.jsonl', id="file-1", size=12, created_at=NOON, expires_at=NOON + 60
    )
    write_list([first, remote_file("b", id="file-2")], path, ExportFormat.CSV)
    written = rows(path)
    assert [row["id"] for row in written] == ["file-1", "file-2"]
    assert written[0] == {
        "id": "file-1",
        "filename": 'Ünter, "x"\n2.jsonl',
        "purpose": "batch",
        "bytes": "12",
        "created_at": str(NOON),
        "created_at_utc": "2026-11-20T12:00:00Z",
        "expires_at": str(NOON + 60),
        "expires_at_utc": "2026-11-20T12:01:00Z",
        "status": "processed",
        "status_details": "",
    }


def test_csv_leaves_missing_values_empty(tmp_path: Path) -> None:
    path = tmp_path / "files.csv"
    write_list([RemoteFile("file-1")], path, ExportFormat.CSV)
    (row,) = rows(path)
    assert row.pop("id") == "file-1"
    assert set(row.values()) == {""}


def test_names_that_look_like_formulas_are_escaped(tmp_path: Path) -> None:
    name = '=HYPERLINK("http://127.0.0.1/")'
    path = tmp_path / "files.csv"
    write_list([remote_file(name)], path, ExportFormat.CSV)
    assert rows(path)[0]["filename"] == f"'{name}"
    write_list([remote_file(name)], path, ExportFormat.JSON)
    assert json.loads(path.read_text("utf-8"))[0]["filename"] == name


@pytest.mark.parametrize("number", [0, 1, 2, 4_001])
@pytest.mark.parametrize("export_format", ExportFormat)
def test_every_format_has_every_file(
    tmp_path: Path, export_format: ExportFormat, number: int
) -> None:
    files = [remote_file(f"run {index}\u2028.jsonl", size=None) for index in range(number)]
    path = tmp_path / f"files.{export_format.value}"
    write_list(files, path, export_format)
    text = path.read_text("utf-8")
    if export_format is ExportFormat.CSV:
        log = [row["id"] for row in rows(path)]
    elif export_format is ExportFormat.JSON:
        log = [line["id"] for line in json.loads(text)]
    else:
        log = [json.loads(line)["id"] for line in text.split("\n")[:-1]]
    assert log == [file.id for file in files]


def test_json_uses_the_api_names_and_null_for_missing_values(tmp_path: Path) -> None:
    path = tmp_path / "files.jsonl"
    write_list(
        [remote_file("a", id="file-1", size=None, created_at=NOON)], path, ExportFormat.JSONL
    )
    assert json.loads(path.read_text("utf-8")) == {
        "id": "file-1",
        "filename": "a",
        "purpose": "batch",
        "bytes": None,
        "created_at": NOON,
        "created_at_utc": "2026-11-20T12:00:00Z",
        "expires_at": None,
        "expires_at_utc": None,
        "status": "processed",
        "status_details": None,
    }


def test_an_existing_list_is_replaced_without_leftovers(tmp_path: Path) -> None:
    path = tmp_path / "files.csv"
    write_list([remote_file()] * 50, path, ExportFormat.CSV)
    write_list([remote_file("new.jsonl")], path, ExportFormat.CSV)
    assert [row["filename"] for row in rows(path)] == ["new.jsonl"]
    assert [one.name for one in tmp_path.iterdir()] == ["files.csv"]


def test_a_file_in_place_of_the_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "lists").write_text("no folder")
    with pytest.raises(FilesError) as caught:
        write_list([remote_file()], tmp_path / "lists" / "files.csv", ExportFormat.CSV)
    assert caught.value.problem.kind is ProblemKind.FOLDER_UNWRITABLE


class FilesMadeOnDemand(Sequence[RemoteFile]):
    """Any number of files, made on access; `before_last` is called before the last one."""

    def __init__(self, number: int, before_last: Callable[[], object] = lambda: None) -> None:
        self._number = number
        self._before_last = before_last

    def __len__(self) -> int:
        return self._number

    @overload
    def __getitem__(self, index: int) -> RemoteFile: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[RemoteFile]: ...
    def __getitem__(self, index: int | slice) -> RemoteFile | Sequence[RemoteFile]:
        raise AssertionError("read from the beginning to the end")

    def __iter__(self) -> Iterator[RemoteFile]:
        for index in range(self._number - 1):
            yield remote_file(f"run-{index}.jsonl")
        self._before_last()
        yield remote_file("last.jsonl")


@pytest.mark.slow
@pytest.mark.parametrize("export_format", ExportFormat)
def test_a_long_list_takes_no_more_memory_than_a_short_one(
    tmp_path: Path, export_format: ExportFormat
) -> None:
    def peak(number: int) -> int:
        tracemalloc.start()
        write_list(FilesMadeOnDemand(number), tmp_path / "files", export_format)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(12_000) < 1.5 * peak(4_000)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full disk to try")
@pytest.mark.parametrize("export_format", ExportFormat)
def test_a_full_disk_is_reported_and_keeps_the_existing_list(
    tmp_path: Path, export_format: ExportFormat
) -> None:
    path = tmp_path / "files"
    path.write_text("earlier")
    with pytest.raises(FilesError) as caught:
        write_list(
            FilesMadeOnDemand(5_000, lambda: fill_disk_under_partial_files(tmp_path)),
            path,
            export_format,
        )
    assert caught.value.problem.kind is ProblemKind.DISK_FULL
    assert [one.name for one in tmp_path.iterdir()] == ["files"]
    assert path.read_text() == "earlier"
