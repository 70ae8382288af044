"""Rows of lines of every kind, good, odd and hostile."""

import json
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.previews.batches.batch_result import Outcome
from services.previews.batches.retry_lines import RequestState
from services.previews.content.content_kind import ContentKind
from services.previews.rows.line_fields import MAX_FIELDS
from services.previews.rows.line_readers import MAX_TABLE_COLUMNS, line_reader
from services.previews.rows.line_rows import (
    MAX_CELL_CHARACTERS,
    LineProblem,
    LineReader,
    LineRow,
    Value,
    as_number,
    is_missing,
    value_text,
)

KINDS = [*ContentKind]


def encoded(value: object) -> bytes:
    return json.dumps(value).encode()


def reader_of(kind: ContentKind, *samples: object) -> LineReader:
    return line_reader(kind, [encoded(one) for one in samples])


def row(kind: ContentKind, value: object) -> LineRow:
    return reader_of(kind, value).read(encoded(value))


def names(reader: LineReader) -> list[str | None]:
    return [column.name for column in reader.columns]


def keys(reader: LineReader) -> list[str]:
    return [column.key for column in reader.columns]


# Batches


def result(body: object, status: int | None = 200, **more: object) -> dict[str, object]:
    response = {"status_code": status, "request_id": "r", "body": body}
    return {"id": "b", "custom_id": "q-1", "response": response, "error": None, **more}


def test_results_have_status_model_answer_and_tokens() -> None:
    body = {
        "model": "m",
        "choices": [{"message": {"content": "Hi"}}],
        "usage": {"prompt_tokens": 2_000, "completion_tokens": 48},
    }
    assert keys(reader_of(ContentKind.BATCH_RESULTS)) == [
        "custom_id",
        "status",
        "model",
        "answer",
        "tokens",
    ]
    shown = row(ContentKind.BATCH_RESULTS, result(body))
    assert shown.cells == ("q-1", "200", "m", "Hi", "2048")
    assert shown.state == RequestState(Outcome.SUCCEEDED)


@pytest.mark.parametrize(
    ("line", "cells", "state"),
    [
        (
            result({"error": {"code": "bad", "message": "No such model"}}, 400),
            ("q-1", "400", "", "No such model", ""),
            RequestState(Outcome.FAILED, 400, "bad"),
        ),
        (
            {"custom_id": "q-1", "response": None, "error": {"code": "batch_expired"}},
            ("q-1", "expired", "", "batch_expired", ""),
            RequestState(Outcome.EXPIRED),
        ),
        (
            result({"data": [{"embedding": [0.5] * 3}]}),
            ("q-1", "200", "", "vector of 3 numbers", ""),
            RequestState(Outcome.SUCCEEDED),
        ),
    ],
)
def test_failures_say_why(line: object, cells: Sequence[str], state: RequestState) -> None:
    shown = row(ContentKind.BATCH_RESULTS, line)
    assert (shown.cells, shown.state, shown.problem) == (cells, state, None)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [(b"\xff", LineProblem.NOT_UTF8), (b"\\ud800", LineProblem.NOT_AN_OBJECT)],
)
def test_an_answer_that_cannot_be_read_hides_nothing_else(
    answer: bytes, problem: LineProblem
) -> None:
    body = {"model": "m", "choices": [{"message": {"content": "?"}}]}
    line = encoded(result(body)).replace(b"?", answer)
    shown = reader_of(ContentKind.BATCH_RESULTS).read(line)
    if problem is LineProblem.NOT_UTF8:
        assert shown.cells == ("q-1", "200", "m", "", "")
        assert shown.state == RequestState(Outcome.SUCCEEDED)
    assert shown.problem is problem


def test_requests_have_endpoint_model_and_what_is_asked() -> None:
    request = {
        "custom_id": "q-1",
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": {
            "model": "m",
            "messages": [
                {"role": "user", "content": "Why?"},
                {"role": "assistant", "content": "So."},
            ],
        },
    }
    assert keys(reader_of(ContentKind.BATCH_REQUESTS)) == [
        "custom_id",
        "endpoint",
        "model",
        "asked",
    ]
    assert row(ContentKind.BATCH_REQUESTS, request).cells == (
        "q-1",
        "/v1/chat/completions",
        "m",
        "Why?",
    )
    assert row(ContentKind.BATCH_REQUESTS, {"custom_id": 7, "body": "x"}).cells == ("7", "", "", "")


# Training


def test_conversations_have_turns_tokens_and_a_beginning() -> None:
    example = {
        "messages": [
            {"role": "user", "content": "Why is that so?!"},
            {"role": "assistant", "content": "So."},
        ]
    }
    assert keys(reader_of(ContentKind.CONVERSATIONS, example)) == ["turns", "tokens", "begins_with"]
    assert row(ContentKind.CONVERSATIONS, example).cells == ("1", "5", "Why is that so?!")


def test_tools_are_part_of_the_tokens() -> None:
    example: dict[str, object] = {"messages": [{"role": "user", "content": "four"}]}
    with_tools = row(ContentKind.CONVERSATIONS, example | {"tools": [{"name": "x" * 100}]})
    assert int(with_tools.cells[1]) > 25 + 1


def test_the_fields_for_graders_have_columns() -> None:
    example = {"messages": [{"role": "user", "content": "1+1"}], "reference": 2, "tools": []}
    reader = reader_of(ContentKind.CONVERSATIONS, example)
    assert names(reader) == [None, None, None, "reference"]
    assert reader.columns[3].is_number
    assert reader.read(encoded(example)).cells == ("1", "2", "1+1", "2")


def test_preferences_have_both_answers() -> None:
    example = {
        "input": {"messages": [{"role": "user", "content": "Well?"}]},
        "preferred_output": [{"role": "assistant", "content": "Yes"}],
        "non_preferred_output": [{"role": "assistant", "content": "No"}],
    }
    assert row(ContentKind.PREFERENCES, example).cells == ("3", "Well?", "Yes", "No")
    older = {"preferred_completion": "Yes", "non_preferred_completion": "No"}
    assert row(ContentKind.PREFERENCES, older).cells == ("2", "", "Yes", "No")


def test_completions_have_prompt_and_completion() -> None:
    example = {"prompt": "1+1", "completion": "2"}
    assert row(ContentKind.COMPLETIONS, example).cells == ("1", "1+1", "2")


# Fields


def test_eval_items_have_a_column_for_each_field() -> None:
    reader = reader_of(ContentKind.EVAL_ITEMS, {"item": {"a": "x"}}, {"item": {"b": 1, "a": None}})
    assert names(reader) == ["a", "b"]
    assert keys(reader) == ["field1", "field2"]
    assert [column.is_number for column in reader.columns] == [False, True]
    assert reader.read(encoded({"item": {"b": 2, "c": 3}})).cells == ("", "2")


def test_objects_have_a_column_for_each_key_of_the_first_lines() -> None:
    reader = reader_of(ContentKind.JSON_LINES, {"a": 1}, "broken", {"ä": "x", "a": 2})
    assert names(reader) == ["a", "ä"]
    assert reader.read('{"ä": "\\u00e9é\\n", "a": {"b": [1, 2]}}'.encode()).cells == (
        '{"b": [1, 2]}',
        "éé\n",
    )


@pytest.mark.parametrize(
    "number",
    ["9007199254740993", "123456789012345678901234567890", "0.1000000000000000055", "1e400"],
)
def test_numbers_are_shown_as_they_are_written(number: str) -> None:
    reader = reader_of(ContentKind.JSON_LINES, {"a": 1})
    assert reader.read(f'{{"a": {number}}}'.encode()).cells == (number,)


def test_columns_for_fields_are_bounded() -> None:
    reader = reader_of(ContentKind.JSON_LINES, {f"{number}" + "k" * 999: 1 for number in range(99)})
    assert len(reader.columns) == MAX_FIELDS
    assert {len(name or "") for name in names(reader)} == {MAX_CELL_CHARACTERS}
    assert len(set(keys(reader))) == MAX_FIELDS


def test_without_any_keys_lines_are_shown_as_they_are() -> None:
    reader = reader_of(ContentKind.JSON_LINES, {}, [1])
    assert keys(reader) == ["text"]
    assert reader.read(b"{}\r\n").cells == ("{}",)


# Tables and text


def test_the_columns_of_a_table_are_those_of_its_header() -> None:
    reader = line_reader(ContentKind.TABLE, [b"\xef\xbb\xbf\n", b'"a; b";c\r\n', b"x;1,5\n"], ";")
    assert (names(reader), reader.header_lines) == (["a; b", "c"], 2)
    reader = line_reader(ContentKind.TABLE, [b'a,"b\n', b'b"\n', b"x,1\n", b"y,\n"])
    assert names(reader) == ["a", "b\nb"]
    assert reader.header_lines == 2
    assert reader.read(b'"say ""hi""\n",2').cells == ('say "hi"\n', "2")


def test_numbers_in_a_table_are_noticed() -> None:
    lines = [b"step,loss,word", b"1,0.5,a", b"2,,1", b"3,-1e-3,b"]
    reader = line_reader(ContentKind.TABLE, lines)
    assert [column.is_number for column in reader.columns] == [True, True, False]


@pytest.mark.parametrize(
    ("line", "cells"), [(b"1", ("1", "")), (b"1,2,3", ("1", "2")), (b'"1,2', ("1,2", ""))]
)
def test_a_record_of_another_length_is_shown_with_its_problem(
    line: bytes, cells: Sequence[str]
) -> None:
    reader = line_reader(ContentKind.TABLE, [b"a,b"])
    assert reader.read(line) == LineRow(tuple(cells), LineProblem.OTHER_LENGTH)


def test_a_record_that_csv_refuses_is_shown_as_it_is() -> None:
    reader = line_reader(ContentKind.TABLE, [b"a,b"])
    assert reader.read(b"1\r2,3") == LineRow(("1\r2,3", ""), LineProblem.NOT_A_RECORD)
    long = b'"' + b"x" * 200_000 + b'",1'
    assert reader.read(long).problem is LineProblem.NOT_A_RECORD


def test_columns_of_a_table_are_bounded() -> None:
    assert len(line_reader(ContentKind.TABLE, [b"," * 999]).columns) == MAX_TABLE_COLUMNS


@pytest.mark.parametrize("kind", [ContentKind.TEXT, ContentKind.JSON])
def test_text_is_shown_line_by_line(kind: ContentKind) -> None:
    reader = line_reader(kind, [])
    assert reader.read("é {\r\n".encode()) == LineRow(("é {",))
    assert reader.read(b"caf\xe9") == LineRow(("café",))


# What can't be read

GOOD = {
    ContentKind.BATCH_RESULTS: result({}),
    ContentKind.BATCH_REQUESTS: {"custom_id": "a", "url": "/v1/x", "body": {}},
    ContentKind.CONVERSATIONS: {"messages": [{"role": "user", "content": "Why?"}]},
    ContentKind.PREFERENCES: {"preferred_output": "a", "non_preferred_output": "b"},
    ContentKind.COMPLETIONS: {"prompt": "a", "completion": "b"},
    ContentKind.EVAL_ITEMS: {"item": {"a": 1}},
    ContentKind.JSON_LINES: {"a": 1},
}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b'{"custom_id": "x', LineProblem.NOT_AN_OBJECT),
        (b"no JSON at all\r\n", LineProblem.NOT_AN_OBJECT),
        (b"[1]", LineProblem.NOT_AN_OBJECT),
        (b"7", LineProblem.NOT_AN_OBJECT),
        (b'{"a": "\\ud800"}', LineProblem.NOT_AN_OBJECT),
        (b'{"a": ' + b"[" * 100_000, LineProblem.NOT_AN_OBJECT),
        (b'{"a": "\xff"}', LineProblem.NOT_UTF8),
        (b"\xff\xfe{", LineProblem.NOT_UTF8),
        (b"\0", LineProblem.NOT_AN_OBJECT),
    ],
    ids=range(9),
)
@pytest.mark.parametrize("kind", GOOD)
def test_a_line_that_cannot_be_read_is_shown_as_it_is(
    kind: ContentKind, line: bytes, problem: LineProblem
) -> None:
    reader = reader_of(kind, GOOD[kind])
    shown = reader.read(line)
    text = line.rstrip().decode("latin-1" if b"\xff" in line else "utf-8")[:MAX_CELL_CHARACTERS]
    assert shown.problem is problem
    assert problem.text
    assert [cell for cell in shown.cells if cell] == [text]
    assert len(shown.cells) == len(reader.columns)
    assert reader.values(line).values == ()
    is_result = kind is ContentKind.BATCH_RESULTS
    assert shown.state == (RequestState(Outcome.UNREADABLE) if is_result else None)


@pytest.mark.parametrize("kind", [kind for kind in GOOD if kind is not ContentKind.JSON_LINES])
@pytest.mark.parametrize("line", [b"{}", b'{"other": [1]}', b'{"messages": 7, "item": []}'])
def test_an_object_of_another_kind_is_shown_as_it_is(kind: ContentKind, line: bytes) -> None:
    shown = reader_of(kind, GOOD[kind]).read(line)
    assert shown.problem is LineProblem.OTHER_KIND
    assert line.decode() in shown.cells


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("line", [b"", b"\n", b" \r\n", b"\xef\xbb\xbf\n"])
def test_a_blank_line_is_a_row_without_cells(kind: ContentKind, line: bytes) -> None:
    assert line_reader(kind, [encoded(GOOD.get(kind, "a,b"))]).read(line) == LineRow()


@pytest.mark.parametrize("kind", GOOD)
def test_a_byte_order_mark_is_skipped(kind: ContentKind) -> None:
    line = encoded(GOOD[kind])
    reader = line_reader(kind, [b"\xef\xbb\xbf" + line])
    assert reader.read(b"\xef\xbb\xbf" + line) == line_reader(kind, [line]).read(line)


def test_the_beginning_of_a_long_result_is_read() -> None:
    reader = reader_of(ContentKind.BATCH_RESULTS)
    picture = {"created": 1, "data": [{"b64_json": "A" * 1000}]}
    cut = encoded(result(picture))[:500]
    shown = reader.read(cut, is_whole=False)
    assert shown.problem is LineProblem.CUT
    assert shown.cells[:2] == ("q-1", "200")
    assert shown.state == RequestState(Outcome.SUCCEEDED)
    refused = reader.read(encoded(result(picture, 400))[:500], is_whole=False)
    assert refused.state == RequestState(Outcome.FAILED, 400)
    unknown = reader.read(b'{"a": "' + b"x" * 500, is_whole=False)
    assert unknown.state == RequestState(Outcome.UNREADABLE)
    assert unknown.cells[3].startswith('{"a": "xxx')


def test_a_cut_character_does_not_spoil_the_others() -> None:
    reader = line_reader(ContentKind.TEXT, [])
    for length in range(1_000, 1_210):
        cell = reader.read(("é€😀" * 200).encode()[:length], is_whole=False).cells[0]
        assert cell == ("é€😀" * 100)[:MAX_CELL_CHARACTERS]


@pytest.mark.parametrize("kind", KINDS)
def test_cells_are_bounded_and_values_are_not(kind: ContentKind) -> None:
    long = "é" * 1_000
    line = json.dumps(
        {
            "custom_id": long,
            "url": long,
            "body": {"model": long, "input": long},
            "response": {"status_code": 200, "body": {"model": long, "output_text": long}},
            "messages": [{"role": "user", "content": long}],
            "preferred_output": long,
            "prompt": long,
            "completion": long,
            "item": {"a": long},
        },
        ensure_ascii=False,
    ).encode()
    reader = line_reader(kind, [line])
    shown = reader.read(line)
    assert max(map(len, shown.cells)) == MAX_CELL_CHARACTERS
    assert max(len(value_text(value)) for value in reader.values(line).values) >= 1_000


# Values


@pytest.mark.parametrize(
    ("value", "text", "missing", "number"),
    [
        (None, "", True, None),
        (msgspec.Raw(b"null"), "", True, None),
        ("", "", False, None),
        ("null", "null", False, None),
        (7, "7", False, 7.0),
        ("1.5", "1.5", False, 1.5),
        ("-.5e3 ", "-.5e3 ", False, -500.0),
        ("nan", "nan", False, None),
        ("1_000", "1_000", False, None),
        ("٣", "٣", False, None),
        (msgspec.Raw(b"12"), "12", False, 12.0),
        (msgspec.Raw(b'"12"'), "12", False, None),
        (msgspec.Raw(b"1e999"), "1e999", False, float("inf")),
        (msgspec.Raw(b"true"), "true", False, None),
    ],
)
def test_values_as_text_and_as_numbers(
    value: Value, text: str, missing: bool, number: float | None
) -> None:
    assert (value_text(value), is_missing(value), as_number(value)) == (text, missing, number)


# Anything

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "custom_id",
                    "response",
                    "body",
                    "messages",
                    "role",
                    "content",
                    "item",
                    "input",
                    "prompt",
                    "completion",
                    "preferred_output",
                    "tools",
                    "tool_calls",
                    "function",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@pytest.mark.slow
@settings(max_examples=400)
@given(
    kind=st.sampled_from(KINDS),
    line=JSON.map(encoded)
    | st.binary(max_size=40)
    | st.text(max_size=40).map(lambda t: t.encode("utf-8", "surrogatepass")),
    is_whole=st.booleans(),
    separator=st.sampled_from([",", ";", "\t"]),
)
def test_any_line_has_a_row(kind: ContentKind, line: bytes, is_whole: bool, separator: str) -> None:
    for samples in ([], [line], [encoded(GOOD.get(kind, {"a": 1}))]):
        reader = line_reader(kind, samples, separator)
        shown = reader.read(line, is_whole=is_whole)
        assert len(shown.cells) in (0, len(reader.columns))
        assert all(len(cell) <= MAX_CELL_CHARACTERS for cell in shown.cells)
        for value in reader.values(line, is_whole=is_whole).values:
            assert isinstance(value_text(value), str)
            as_number(value)
        read = reader.values(line, is_whole=is_whole)
        assert reader.state(line, is_whole=is_whole) == read.state == shown.state


@pytest.mark.slow
@settings(max_examples=300)
@given(st.text(max_size=20))
def test_texts_are_shown_as_json_means_them(text: str) -> None:
    reader = reader_of(ContentKind.JSON_LINES, {"a": 1})
    for ascii_only in (True, False):
        line = json.dumps({"a": text}, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
        shown = reader.read(line)
        if shown.problem is None:
            assert shown.cells == (text,)
