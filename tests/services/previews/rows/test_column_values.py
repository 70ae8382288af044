"""What columns hold, compared with a plain count."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.previews.content.content_kind import ContentKind
from services.previews.lines.histogram import Histogram
from services.previews.rows import column_values
from services.previews.rows.column_values import (
    MAX_TOP_VALUES,
    ColumnsProgress,
    ColumnValues,
    read_columns,
)
from services.previews.rows.line_readers import line_reader
from tests.support.narrowing import not_none


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lines"


def read(path: Path, kind: ContentKind = ContentKind.JSON_LINES) -> ColumnsProgress:
    reader = line_reader(kind, path.read_bytes().splitlines(keepends=True)[:50])
    *_, last = read_columns(path, reader)
    return last


def column(path: Path, values: list[object]) -> ColumnValues:
    path.write_text("".join(json.dumps({"a": value}) + "\n" for value in values), encoding="utf-8")
    return not_none(read(path).columns)[0]


def test_common_values_are_counted(path: Path) -> None:
    assert column(path, ["x", "y", "x", None, "x", "y"]) == ColumnValues(1, 2, (("x", 3), ("y", 2)))


def test_values_that_differ_have_a_histogram_of_lengths(path: Path) -> None:
    assert column(path, ["", "a", "bb", "cc", "éé"]) == ColumnValues(
        0, 5, histogram=Histogram((0, 1, 2, 3), (1, 1, 3))
    )


def test_numbers_that_differ_have_a_histogram_of_their_values(path: Path) -> None:
    assert column(path, [10, 30, 20.5, None]) == ColumnValues(
        1, 3, histogram=Histogram(tuple(range(10, 33, 2)), (1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1))
    )


def test_numbers_of_which_there_are_many_have_a_histogram_even_if_each_is_common(
    path: Path,
) -> None:
    found = column(path, [*range(MAX_TOP_VALUES + 1)] * 3)
    assert (found.distinct, found.top) == (MAX_TOP_VALUES + 1, ())
    assert sum(not_none(found.histogram).counts) == 3 * (MAX_TOP_VALUES + 1)


def test_only_the_commonest_values_are_told(path: Path) -> None:
    words = [f"word {number}" for number in range(50)]
    found = column(path, ["most", *words, "most", *words, "most"])
    assert found.distinct == 51
    assert found.top[0] == ("most", 3)
    assert len(found.top) == MAX_TOP_VALUES


def test_the_number_of_values_told_apart_is_bounded(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(column_values, "MAX_DISTINCT", 3)
    assert column(path, ["a", "b", "c"] * 2).distinct == 3
    found = column(path, ["a", "b", "c", "d"] * 2)
    assert (found.distinct, found.top) == (None, ())
    assert not_none(found.histogram).counts == (8,)


def test_lines_that_are_blank_or_broken_are_not_counted(path: Path) -> None:
    path.write_bytes(b'{"a": 1}\n\nbroken\n{"b": 1}')
    last = read(path)
    assert (last.lines, last.read, last.is_whole_file) == (2, path.stat().st_size, True)
    assert [one.missing for one in not_none(last.columns)] == [1, 1]


def test_the_header_of_a_table_is_not_counted(path: Path) -> None:
    path.write_bytes(b'word,n\n"a\nb",1\nc,\n')
    last = read(path, ContentKind.TABLE)
    assert last.lines == 2
    assert [one.missing for one in not_none(last.columns)] == [0, 0]
    assert [one.distinct for one in not_none(last.columns)] == [2, 2]


@pytest.mark.parametrize(
    ("bound", "value", "lines"), [("MAX_LINES", 3, 3), ("MAX_BYTES", 20, 3), ("MAX_VALUES", 8, 4)]
)
def test_no_more_is_read_than_is_needed(
    path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, value: int, lines: int
) -> None:
    monkeypatch.setattr(column_values, bound, value)
    line = b'{"a":1}\n' if bound == "MAX_BYTES" else b'{"a":1,"b":2}\n'
    path.write_bytes(line * 10)
    last = read(path)
    assert (last.lines, last.read, last.is_whole_file) == (lines, lines * len(line), False)


def test_reading_reports_every_so_often(path: Path) -> None:
    path.write_bytes(b'{"a":1}\n' * 4_500)
    steps = list(read_columns(path, line_reader(ContentKind.JSON_LINES, [b'{"a":1}'])))
    assert [(step.lines, step.columns is None) for step in steps] == [
        (2_000, True),
        (4_000, True),
        (4_500, False),
    ]


def test_an_empty_file_has_nothing_in_its_columns(path: Path) -> None:
    path.write_bytes(b"")
    last = read(path, ContentKind.TEXT)
    assert (last.lines, last.columns) == (0, (ColumnValues(0, 0),))


@pytest.mark.slow
@settings(max_examples=200)
@given(st.lists(st.none() | st.integers(0, 4) | st.sampled_from(["", "a", "1", "long text"])))
def test_columns_are_what_a_plain_count_says(
    tmp_path_factory: pytest.TempPathFactory, values: list[object]
) -> None:
    path = tmp_path_factory.mktemp("columns") / "lines"
    path.write_text("".join(json.dumps({"a": one}) + "\n" for one in values), encoding="utf-8")
    *_, last = read_columns(path, line_reader(ContentKind.JSON_LINES, [b'{"a": "text"}']))
    found = not_none(last.columns)[0]
    texts = [str(value) for value in values if value is not None]
    assert found.missing == values.count(None)
    assert found.distinct == len(set(texts))
    if found.top:
        assert dict(found.top) == Counter(texts)
    elif texts:
        histogram = not_none(found.histogram)
        assert sum(histogram.counts) + histogram.beyond == len(texts)
        assert histogram.bounds[0] <= min(map(len, texts))
