"""Records of tables, compared with what the csv module makes of the same file."""

import csv
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.previews.lines import bounded_lines, record_lines
from services.previews.lines.record_lines import Record, RecordLines, find_records, records_in


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


def lines_of(path: Path, separator: str | None = ",") -> list[tuple[int, bytes]]:
    return [(record.number, record.data) for record in records_in(path, separator)]


def found(path: Path) -> RecordLines:
    records = RecordLines()
    steps = list(find_records(path, ",", records))
    assert steps[-1].is_complete
    assert steps[-1].read == path.stat().st_size
    return records


def test_cells_in_quotation_marks_hold_line_ends(path: Path) -> None:
    path.write_bytes(b'a,b\n1,"x\ny"\n\n2,"say ""hi""\r\n\r\n"\r\n3,z')
    assert lines_of(path) == [
        (1, b"a,b\n"),
        (2, b'1,"x\ny"\n'),
        (4, b"\n"),
        (5, b'2,"say ""hi""\r\n\r\n"\r\n'),
        (8, b"3,z"),
    ]


def test_other_files_are_read_line_by_line(path: Path) -> None:
    path.write_bytes(b'{"a": 1}\n\n"x\ny"')
    assert lines_of(path, None) == [(1, b'{"a": 1}\n'), (2, b"\n"), (3, b'"x\n'), (4, b'y"')]


def test_a_quotation_mark_within_a_cell_is_an_ordinary_character(path: Path) -> None:
    path.write_bytes(b'6" nails,1\n3" nails,2\n')
    assert [number for number, _data in lines_of(path)] == [1, 2]


def test_the_separator_tells_where_cells_begin(path: Path) -> None:
    path.write_bytes(b'a;"b\nc"\nd\n')
    assert [number for number, _data in lines_of(path, ";")] == [1, 3]
    assert [number for number, _data in lines_of(path, ",")] == [1, 2, 3]


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_a_quotation_mark_that_is_never_closed_spoils_only_its_line(
    path: Path, ending: bytes
) -> None:
    lines = [b'1,"never closed', *[b"2,x" * 20] * 5_000, b'3,"a', b'b"']
    path.write_bytes(ending.join(lines))
    records = lines_of(path)
    assert len(records) == 5_002
    assert records[0] == (1, lines[0] + ending)
    assert records[-1] == (5_002, b'3,"a' + ending + b'b"')


def test_a_quotation_mark_that_is_closed_nowhere_does_not_hide_the_last_lines(path: Path) -> None:
    path.write_bytes(b'1,"never closed\n2,x\n"3')
    assert lines_of(path) == [(1, b'1,"never closed\n2,x\n"3')]
    path.write_bytes(b'1,"never closed\n2,x\n3')
    assert [number for number, _data in lines_of(path)] == [1, 2, 3]


def test_a_record_with_too_many_lines_or_bytes_ends_with_its_first(path: Path) -> None:
    within = b'"a\n' + b'b","\n' * (record_lines.MAX_RECORD_LINES - 2) + b'c"\n'
    path.write_bytes(within)
    assert len(lines_of(path)) == 1
    path.write_bytes(b'"a\n' + b'b","\n' * record_lines.MAX_RECORD_LINES + b'c"\nd\n')
    assert lines_of(path)[0] == (1, b'"a\n')
    wide = b'b","' + b"x" * 100_000 + b"\n"
    path.write_bytes(b'"a\n' + wide * 20 + b'c"\n')
    assert lines_of(path)[0] == (1, b'"a\n')


def test_an_endless_line_is_a_record(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_lines, "MAX_LINE_BYTES", 10)
    path.write_bytes(b'"aaaaaaaaaaaaaaaaaaaa\nb"\nc\n')
    records = list(records_in(path, ","))
    assert records[0] == Record(1, b'"aaaaaaaaa', 22)
    assert [record.is_whole for record in records] == [False, True, True]


def test_records_and_lines_find_each_other(path: Path) -> None:
    path.write_bytes(b'a\n"b\nb"\nc\n"d\nd\nd"\ne\n')
    records = found(path)
    assert records.has_long_records
    assert records.count == 5
    assert [records.line_of(number) for number in range(1, 6)] == [1, 2, 4, 5, 8]
    assert [records.record_of(line) for line in range(1, 9)] == [1, 2, 2, 3, 4, 4, 4, 5]


def test_in_a_table_without_long_records_each_line_is_one(path: Path) -> None:
    path.write_bytes(b"a\nb\n\nc")
    records = found(path)
    assert not records.has_long_records
    assert [records.line_of(number) for number in range(1, 5)] == [1, 2, 3, 4]
    assert found_in(path, b"") == 0


def found_in(path: Path, content: bytes) -> int:
    path.write_bytes(content)
    return found(path).count


def test_looking_for_records_reports_every_so_often(path: Path) -> None:
    path.write_bytes(b"a\n" * 5_000)
    steps = list(find_records(path, ",", RecordLines()))
    assert [step.read for step in steps] == [4_000, 8_000, 10_000]


def test_a_missing_file_is_an_error(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(records_in(path, ","))


@pytest.mark.slow
@settings(max_examples=400)
@given(st.lists(st.sampled_from(['"', '""', ",", "\n", "\r\n", "a", "é", " "]), max_size=40))
def test_records_are_those_of_the_csv_module(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str]
) -> None:
    path = tmp_path_factory.mktemp("records") / "table.csv"
    path.write_bytes("".join(parts).encode())
    expected = []
    with path.open(encoding="utf-8", newline="\n") as file:
        lines = list(file)
        reader = csv.reader([*lines, "the end"])
        before = 0
        for row in reader:
            expected.append((before + 1, row))
            before = reader.line_num
    assume(expected.pop()[0] == len(lines) + 1)  # otherwise, the last cell isn't closed
    records = list(records_in(path, ","))
    cells = [next(csv.reader([record.data.decode()]), []) for record in records]
    assert [(record.number, row) for record, row in zip(records, cells, strict=True)] == expected
    starts = found(path)
    assert [starts.line_of(number + 1) for number in range(starts.count)] == [
        number for number, _row in expected
    ]
    for number, (line, _row) in enumerate(expected, 1):
        assert starts.record_of(line) == number
