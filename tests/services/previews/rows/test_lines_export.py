"""Lines saved as CSV and JSON Lines, and read back."""

import csv
import io
import json
from array import array
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.export_format import ExportFormat
from services.previews.content.content_kind import ContentKind
from services.previews.lines import bounded_lines
from services.previews.rows.line_readers import line_reader
from services.previews.rows.line_rows import LineReader
from services.previews.rows.lines_export import ExportProgress, WantedLines, export_lines
from services.problems.errors import FilesError, ProblemKind
from tests.support.full_disk import fill_disk_under_partial_files

CSV, JSONL = ExportFormat.CSV, ExportFormat.JSONL


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lines"


@pytest.fixture
def to(tmp_path: Path) -> Path:
    folder = tmp_path / "saved"
    folder.mkdir()
    return folder / "to"


def reader_of(path: Path, kind: ContentKind) -> LineReader:
    return line_reader(kind, path.read_bytes().splitlines(keepends=True)[:20])


def save(
    path: Path,
    to: Path,
    export_format: ExportFormat,
    kind: ContentKind = ContentKind.JSON_LINES,
    *,
    columns: Sequence[int] | None = None,
    lines: Sequence[int] | None = None,
) -> ExportProgress:
    reader = reader_of(path, kind)
    *_, last = export_lines(path, to, WantedLines(reader, export_format, columns, lines))
    assert last.is_complete
    assert last.read == path.stat().st_size
    assert [one.name for one in to.parent.iterdir()] == [to.name]
    return last


def rows(to: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(to.read_bytes().decode(), newline="")))


@pytest.fixture
def objects(path: Path) -> Path:
    path.write_bytes(
        b'{"a": 9007199254740993, "b": "=1+1"}\n'
        b"\n"
        b'{"b": null, "a": -0.10000000000000000001, "c": {"d":  [1]}}\r\n'
        b"broken\n"
        b'{"c": "\\u00e9\\n"}'
    )
    return path


def test_csv_has_whole_values_without_formulas(objects: Path, to: Path) -> None:
    last = save(objects, to, CSV)
    assert rows(to) == [
        ["a", "b", "c"],
        ["9007199254740993", "'=1+1", ""],
        ["-0.10000000000000000001", "", '{"d":  [1]}'],
        ["", "", "é\n"],
    ]
    assert (last.written, last.skipped) == (3, 1)


def test_json_lines_have_values_as_they_are(objects: Path, to: Path) -> None:
    last = save(objects, to, JSONL, columns=[2, 0, 1])
    assert to.read_bytes() == (
        b'{"a":9007199254740993,"b":"=1+1"}\n'
        b'{"c":{"d":  [1]},"a":-0.10000000000000000001,"b":null}\n'
        b'{"c":"\\u00e9\\n"}\n'
    )
    assert (last.written, last.skipped) == (3, 1)


def test_all_columns_as_json_lines_are_the_lines_as_they_are(objects: Path, to: Path) -> None:
    last = save(objects, to, JSONL)
    assert to.read_bytes() == objects.read_bytes().replace(b"\n\n", b"\n")
    assert (last.written, last.skipped) == (4, 0)


@pytest.mark.parametrize("export_format", [CSV, JSONL])
def test_only_chosen_lines_are_saved(objects: Path, to: Path, export_format: ExportFormat) -> None:
    last = save(objects, to, export_format, lines=array("Q", [2, 3, 5]))
    assert last.written == 2
    assert b"9007" not in to.read_bytes()
    assert save(objects, to, export_format, lines=[]).written == 0


def test_chosen_columns_are_saved_in_their_order(objects: Path, to: Path) -> None:
    save(objects, to, CSV, columns=[1, 0], lines=[1])
    assert rows(to) == [["b", "a"], ["'=1+1", "9007199254740993"]]


def test_answers_are_saved_whole(path: Path, to: Path) -> None:
    answer = "a long answer\n" * 1_000
    body = {"model": "m", "choices": [{"message": {"content": answer}}], "usage": {}}
    response = {"status_code": 200, "body": body}
    path.write_text(json.dumps({"custom_id": "a", "response": response}), encoding="utf-8")
    save(path, to, CSV, ContentKind.BATCH_RESULTS)
    assert rows(to) == [
        ["custom_id", "status", "model", "answer", "tokens"],
        ["a", "200", "m", answer, "0"],
    ]
    save(path, to, JSONL, ContentKind.BATCH_RESULTS, columns=[0, 1, 3])
    assert json.loads(to.read_bytes()) == {"custom_id": "a", "status": 200, "answer": answer}


def test_a_table_keeps_its_records(path: Path, to: Path) -> None:
    path.write_bytes(b'word,n,word\n"a\nb",-1,@x\nshort\n1,2,3,4\n\n')
    last = save(path, to, CSV, ContentKind.TABLE)
    assert rows(to) == [
        ["word", "n", "word", "field4"],
        ["a\nb", "-1", "'@x", ""],
        ["short", "", "", ""],
        ["1", "2", "3", "4"],
    ]
    assert (last.written, last.skipped) == (3, 0)
    save(path, to, JSONL, ContentKind.TABLE, lines=[3, 4])
    assert to.read_bytes().splitlines() == [
        b'{"word":"a\\nb","n":"-1","word (2)":"@x"}',
        b'{"word":"short"}',
    ]


def test_a_record_that_is_longer_than_all_before_keeps_its_cells(path: Path, to: Path) -> None:
    path.write_bytes(b"a,b\n" + b"1,2\n" * 30 + b"1,2,3,4\n")
    save(path, to, CSV, ContentKind.TABLE)
    assert rows(to)[-1] == ["1", "2", "3", "4"]
    save(path, to, JSONL, ContentKind.TABLE)
    last = to.read_bytes().splitlines()[-1]
    assert last == b'{"a":"1","b":"2","field3":"3","field4":"4"}'


def test_an_endless_line_is_copied_whole(
    path: Path, to: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_bytes(b'{"a": 1}\n{"a": "' + b"x" * 3_000_000 + b'"}\n{"a": 2}')
    monkeypatch.setattr(bounded_lines, "MAX_LINE_BYTES", 1_000)
    save(path, to, JSONL)
    assert to.read_bytes() == path.read_bytes()
    last = save(path, to, CSV)
    assert (last.written, last.skipped) == (2, 1)


def test_an_existing_file_is_replaced(objects: Path, to: Path) -> None:
    to.write_bytes(b"older and longer" * 1_000)
    save(objects, to, JSONL, columns=[0], lines=[1])
    assert to.read_bytes() == b'{"a":9007199254740993}\n'


def test_a_file_can_be_saved_over_itself(objects: Path) -> None:
    expected = objects.read_bytes().replace(b"\n\n", b"\n")
    list(
        export_lines(
            objects, objects, WantedLines(reader_of(objects, ContentKind.JSON_LINES), JSONL)
        )
    )
    assert objects.read_bytes() == expected


def test_stopping_leaves_nothing_behind(path: Path, to: Path) -> None:
    path.write_bytes(b'{"a": 1}\n' * 5_000)
    steps = export_lines(path, to, WantedLines(reader_of(path, ContentKind.JSON_LINES), CSV))
    assert next(steps) == ExportProgress(18_000, 2_000, 0)
    steps.close()
    assert list(to.parent.iterdir()) == []


def test_a_full_disk_leaves_nothing_behind(path: Path, to: Path) -> None:
    path.write_bytes((b'{"a": "' + b"x" * 2_000 + b'"}\n') * 5_000)
    steps = export_lines(path, to, WantedLines(reader_of(path, ContentKind.JSON_LINES), CSV))
    next(steps)
    assert fill_disk_under_partial_files(to.parent) == 1
    with pytest.raises(FilesError) as caught:
        list(steps)
    assert caught.value.problem.kind is ProblemKind.DISK_FULL
    assert list(to.parent.iterdir()) == []


def test_problems_with_either_file_are_told(objects: Path, to: Path) -> None:
    reader = reader_of(objects, ContentKind.JSON_LINES)
    with pytest.raises(FilesError) as caught:
        list(export_lines(objects, to / "nowhere", WantedLines(reader, CSV)))
    assert caught.value.problem.kind is ProblemKind.FOLDER_MISSING
    objects.unlink()
    with pytest.raises(FilesError) as caught:
        list(export_lines(objects, to, WantedLines(reader, CSV)))
    assert caught.value.problem.kind is ProblemKind.FILE_MISSING
    assert list(to.parent.iterdir()) == []


VALUES = st.none() | st.booleans() | st.text(max_size=5) | st.integers() | st.lists(st.integers())


@pytest.mark.slow
@settings(max_examples=300)
@given(
    st.lists(
        st.dictionaries(st.sampled_from(["a", "b", 'é "', "d" * 40]), VALUES, min_size=1),
        min_size=1,
        max_size=8,
    ),
    st.booleans(),
)
def test_json_lines_are_read_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, values: list[dict[str, object]], is_ascii: bool
) -> None:
    folder = tmp_path_factory.mktemp("export")
    path, to = folder / "from", folder / "to"
    lines = [json.dumps(value, ensure_ascii=is_ascii) for value in values]
    path.write_text("\n".join(lines), encoding="utf-8")
    reader = line_reader(ContentKind.JSON_LINES, [line.encode() for line in lines])
    list(export_lines(path, to, WantedLines(reader, JSONL, range(len(reader.columns)))))
    assert [json.loads(line) for line in to.read_bytes().splitlines()] == values


@pytest.mark.slow
@settings(max_examples=300)
@given(st.lists(st.lists(st.text(max_size=5), min_size=2, max_size=2), min_size=2, max_size=8))
def test_csv_is_read_back_as_it_was_but_for_formulas(
    tmp_path_factory: pytest.TempPathFactory, cells: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("export")
    path, to = folder / "from", folder / "to"
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(cells)
    content = text.getvalue().encode("utf-8", "replace")
    path.write_bytes(content)
    reader = line_reader(ContentKind.TABLE, content.split(b"\n"))
    list(export_lines(path, to, WantedLines(reader, CSV)))
    expected = [[cell.encode("utf-8", "replace").decode() for cell in row] for row in cells]
    saved = rows(to)
    assert len(saved) == len(expected)
    for row, wanted in zip(saved[1:], expected[1:], strict=True):
        assert [cell.replace("'", "") for cell in row] == [one.replace("'", "") for one in wanted]
