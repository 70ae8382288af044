"""What is shown of content of every kind, whole, cut off, damaged or hostile."""

import base64
import gzip
import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.previews.content.content_kind import ContentKind
from services.previews.preview import MAX_ROWS, Preview, PreviewSource, preview_of
from services.previews.rows.line_rows import MAX_CELL_CHARACTERS

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def shown(content: bytes | str, *, is_whole: bool = True) -> Preview:
    data = content.encode() if isinstance(content, str) else content
    return preview_of(data, PreviewSource.SERVER, is_whole=is_whole)


def jsonl(*values: object) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


RESULT = {
    "id": "batch_req_1",
    "custom_id": "a",
    "response": {
        "status_code": 200,
        "body": {"choices": [{"message": {"role": "assistant", "content": "Hi"}}]},
    },
    "error": None,
}
REFUSED = {
    "custom_id": "b",
    "response": {
        "status_code": 400,
        "body": {"error": {"code": "bad", "message": "No such model"}},
    },
    "error": None,
}
EXPIRED = {"custom_id": "c", "response": None, "error": {"code": "batch_expired"}}
REQUEST = {
    "custom_id": "a",
    "method": "POST",
    "url": "/v1/chat/completions",
    "body": {"model": "m", "messages": [{"role": "system", "content": "Be kind"}]},
}
EXAMPLE = {
    "messages": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "So."}]
}
PREFERENCE = {
    "input": {"messages": []},
    "preferred_output": [{"role": "assistant", "content": "Yes"}],
    "non_preferred_output": [{"role": "assistant", "content": "No"}],
}
COMPLETION = {"prompt": "1+1", "completion": "2"}
ITEM = {"item": {"question": "1+1", "answer": 2}}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("", ContentKind.EMPTY),
        (jsonl(RESULT, REFUSED), ContentKind.BATCH_RESULTS),
        (jsonl(REQUEST), ContentKind.BATCH_REQUESTS),
        (jsonl(EXAMPLE), ContentKind.CONVERSATIONS),
        (jsonl(PREFERENCE), ContentKind.PREFERENCES),
        (jsonl(COMPLETION), ContentKind.COMPLETIONS),
        (jsonl(ITEM), ContentKind.EVAL_ITEMS),
        (jsonl({"a": 1}, {"b": 2}), ContentKind.JSON_LINES),
        ('{"a": 1e400, "b": 1}\n' * 3, ContentKind.JSON_LINES),
        ('{"a": "\\ud800", "b": 1}\n' * 3, ContentKind.JSON_LINES),
        (json.dumps({"a": {"b": [1]}}, indent=2), ContentKind.JSON),
        (json.dumps([EXAMPLE, EXAMPLE], indent=2), ContentKind.JSON),
        ("[\n" + json.dumps(EXAMPLE) + ",\n" + json.dumps(EXAMPLE) + "\n]\n", ContentKind.JSON),
        ("[1, 2]\n[3, 4]\n", ContentKind.JSON),
        ("a,b\n1,2\n", ContentKind.TABLE),
        ("a;b\n1,5;2\n", ContentKind.TABLE),
        ("a\tb\n1\t2\n", ContentKind.TABLE),
        ("one line, with a comma", ContentKind.TEXT),
        ("Dear John,\nhow are you?\n", ContentKind.TEXT),
        ("# Title\n\nSome words, and more.\n", ContentKind.TEXT),
        ("[section]\nkey=value\n", ContentKind.TEXT),
        ("{name} is a template\nof two lines", ContentKind.TEXT),
        ("\n \n", ContentKind.TEXT),
        (b"caf\xe9\n", ContentKind.TEXT),
        ("\x1b[31mred\x1b[0m\n", ContentKind.TEXT),
        ("Hällo".encode("utf-16"), ContentKind.TEXT),
        (PNG, ContentKind.IMAGE),
        (b"\xff\xd8\xff\xe0" + bytes(20), ContentKind.IMAGE),
        (b"GIF89a" + bytes(20), ContentKind.IMAGE),
        (b"RIFF\0\0\0\0WEBPVP8 ", ContentKind.IMAGE),
        (b"%PDF-1.7\n%\xe2\xe3", ContentKind.PDF),
        (b"\r\n %PDF-1.4\n", ContentKind.PDF),
        (b"PK\x03\x04" + bytes(20), ContentKind.ARCHIVE),
        (gzip.compress(b"x"), ContentKind.ARCHIVE),
        (b"\0\1\2", ContentKind.BINARY),
        (b"text and\0NUL", ContentKind.BINARY),
        (b"done\x07\n", ContentKind.TEXT),
        (b"N\x08NA\x08AM\x08ME\x08E\n", ContentKind.TEXT),
        (
            b"one record\x1e and another of many words as some programs write them\n" * 2,
            ContentKind.TEXT,
        ),
        (b"\x01\x02\x03 a few words", ContentKind.BINARY),
        (b"\xfe\x01\xe9 words in no encoding" * 9, ContentKind.BINARY),
        ('{\n  "a": 1,\n  "b": oops\n}\n', ContentKind.JSON),
        ('[\n  {"a": 1},\n  {"a": 2,}\n]\n', ContentKind.JSON),
        ("[1, 2, 3\n", ContentKind.JSON),
        (
            "[2026-11-30 12:00] started as it seems\n[2026-11-30 12:01] ended too\n",
            ContentKind.TEXT,
        ),
        ("[12] Smith et al.\n[13] Brown\n", ContentKind.TEXT),
        ("[1], [2] and others\n", ContentKind.TEXT),
        (jsonl(RESULT).encode() + b"\0\0\0\n", ContentKind.BATCH_RESULTS),
        (b"\xef\xbb\xbf{\0\n" + jsonl(REQUEST).encode(), ContentKind.BATCH_REQUESTS),
        (b"{\0\0}\n\1", ContentKind.BINARY),
    ],
    ids=lambda value: value.name if isinstance(value, ContentKind) else None,
)
def test_the_kind_is_judged_by_the_content(content: bytes | str, kind: ContentKind) -> None:
    assert shown(content).kind is kind


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (jsonl(RESULT) + '{"custom_id": "b", "resp', ContentKind.BATCH_RESULTS),
        (json.dumps(REQUEST)[:40], ContentKind.BATCH_REQUESTS),
        (json.dumps(RESULT)[:60], ContentKind.BATCH_RESULTS),
        ('{"values": [1, 2, 3, ', ContentKind.JSON),
        ('[{"a": 1},\n{"a": 2},\n{"a"', ContentKind.JSON),
        ("a,b\n1,2\n3", ContentKind.TABLE),
        ("a,b\n" + "1,2\n" * 20 + "3", ContentKind.TABLE),
        ("a,b\n" + "1,2\n" * 8 + "3", ContentKind.TABLE),
        ("a,b\n1,2,3\n4,5,6\n", ContentKind.TEXT),
    ],
)
def test_a_line_that_is_cut_off_is_not_judged(content: str, kind: ContentKind) -> None:
    assert shown(content, is_whole=False).kind is kind


# Rows


def test_results_are_shown_with_status_and_answer() -> None:
    preview = shown(jsonl(RESULT, REFUSED, EXPIRED))
    assert preview.columns == ()
    assert preview.rows == (
        ("a", "200", "Hi"),
        ("b", "400", "No such model"),
        ("c", "expired", "batch_expired"),
    )


def test_requests_are_shown_with_model_and_what_is_asked() -> None:
    asked = REQUEST | {
        "body": {"model": "m", "input": [{"type": "input_text", "text": "one"}, "two"]}
    }
    parts = {"role": "user", "content": [{"type": "text", "text": "Look"}]}
    preview = shown(
        jsonl(REQUEST, asked, REQUEST | {"body": {"messages": [parts]}}, REQUEST | {"body": "x"})
    )
    assert preview.rows == (
        ("a", "m", "Be kind"),
        ("a", "m", "two"),
        ("a", "", "Look"),
        ("a", "", ""),
    )


def test_conversations_are_shown_message_by_message() -> None:
    call = {"role": "assistant", "content": None, "tool_calls": [{"id": "c1"}]}
    preview = shown(jsonl(EXAMPLE, {"messages": [call]}))
    assert preview.rows == (
        ("user", "Why?"),
        ("assistant", "So."),
        ("", ""),
        ("assistant", '{"id": "c1"}'),
    )


def test_other_training_examples_have_a_column_for_each_side() -> None:
    assert shown(jsonl(PREFERENCE)).rows == (("Yes", "No"),)
    older = {"preferred_completion": "Yes", "non_preferred_completion": "No"}
    assert shown(jsonl(older)).rows == (("Yes", "No"),)
    assert shown(jsonl(COMPLETION, {"prompt": [1], "completion": None})).rows == (
        ("1+1", "2"),
        ("[1]", ""),
    )


def test_eval_items_have_the_columns_of_the_file() -> None:
    preview = shown(jsonl(ITEM, {"item": {"answer": None, "note": True}}))
    assert preview.columns == ("question", "answer", "note")
    assert preview.rows == (("1+1", "2", ""), ("", "", "true"))


@pytest.mark.parametrize("good", [RESULT, REQUEST, EXAMPLE, PREFERENCE, COMPLETION, ITEM, {"a": 1}])
@pytest.mark.parametrize("broken", ['{"custom_id": "x", ', "no JSON at all", "[1]", "7"])
def test_a_broken_line_between_good_ones_is_shown_as_it_is(good: object, broken: str) -> None:
    alone = shown(jsonl(good))
    preview = shown(jsonl(good) + broken + "\n" + jsonl(good))
    assert preview.kind is alone.kind
    assert preview.columns == alone.columns
    assert any(broken in row for row in preview.rows)
    assert preview.rows[0] == preview.rows[-1 if len(alone.rows) == 1 else -len(alone.rows)]


@pytest.mark.parametrize("odd", [{"messages": 5}, {"messages": [5, None, "x"]}, {"messages": []}])
def test_an_example_without_messages_is_shown_as_it_is(odd: object) -> None:
    assert shown(jsonl(odd)).rows == (("", json.dumps(odd)),)


def test_items_without_fields_are_lines() -> None:
    preview = shown(jsonl({"item": {}}))
    assert preview.kind is ContentKind.JSON_LINES
    assert preview.rows == (('{"item": {}}',),)


@pytest.mark.parametrize(
    ("content", "columns", "rows"),
    [
        ('a,"b, c"\n1,"say ""hi"", now"\n', ("a", "b, c"), (("1", 'say "hi", now'),)),
        ("a;b\r\n1,5;2\r\n", ("a", "b"), (("1,5", "2"),)),
        ("a\tb\n\n1\t\n", ("a", "b"), (("1", ""),)),
        ('a,b\n1,"two, and\nthree"\n2,x\n', ("a", "b"), (("1", "two, and\nthree"), ("2", "x"))),
        ("a,b\n1,x\ry\n", ("a", "b"), (("1", "x"), ("y",))),
        ('a,b\n1,"never closed\n', ("a", "b"), (("1", "never closed\n"),)),
    ],
)
def test_tables_are_split_into_cells(
    content: str, columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]
) -> None:
    preview = shown(content)
    assert preview.kind is ContentKind.TABLE
    assert (preview.columns, preview.rows) == (columns, rows)


def test_the_cut_off_row_of_a_table_is_left_out() -> None:
    assert shown("a,b\n1,2\n3,4\n5,", is_whole=False).rows == (("1", "2"), ("3", "4"))
    assert shown("a,b\n1,2\n3,4\n5,6", is_whole=True).rows[-1] == ("5", "6")


def test_a_table_with_a_cell_that_is_too_long_to_read_is_still_shown() -> None:
    preview = shown("a,b\n1,2\n3," + '"' + "x" * 200_000 + '"\n')
    assert preview.rows[0] == ("1", "2")
    preview = shown('"' + "x" * 200_000 + '",b\n1,2\n')
    assert preview.rows[0][0].startswith('"xxx')


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_text_is_shown_line_by_line(ending: str) -> None:
    assert shown(ending.join(["a", "", "b", ""])).rows == (("a",), ("",), ("b",))
    assert shown(ending.join(["a", "b"])).rows == (("a",), ("b",))


def test_hostile_text_is_shown_as_it_is() -> None:
    lines = ("<img src=x onerror=alert(1)>", "\x1b[2J\x1b]0;title\x07x", "\u202egnp.exe")
    for line in lines[::2]:
        assert shown(line).rows == ((line,),)
    assert shown("\x1b[2Jx").rows == (("\x1b[2Jx",),)
    assert shown(lines[1]).rows == ((lines[1],),)
    assert shown(jsonl(COMPLETION | {"prompt": lines[0]})).rows[0][0] == lines[0]


def test_binary_content_is_shown_in_hex() -> None:
    assert shown(b"\0A<\xff" + bytes(range(0x40, 0x48))).rows == (
        ("0000", "00 41 3c ff 40 41 42 43", ".A<.@ABC"),
        ("0008", "44 45 46 47", "DEFG"),
    )


# Encodings


@pytest.mark.parametrize("character", ["é", "€", "…", "😀"])
def test_a_character_that_is_cut_off_is_left_out(character: str) -> None:
    encoded = character.encode()
    for length in range(len(encoded)):
        preview = shown(b"abc" + encoded[:length], is_whole=False)
        assert (preview.encoding, preview.rows) == ("utf-8", (("abc",),))
    whole = shown(b"abc" + encoded, is_whole=False)
    assert whole.rows == ((f"abc{character}",),)
    cut = shown(b"abc" + encoded[:-1], is_whole=True)
    assert cut.encoding == "latin-1"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be-bom"])
def test_byte_order_marks_are_not_shown(encoding: str) -> None:
    text = jsonl(COMPLETION | {"prompt": "ä"}).replace("\\u00e4", "ä")
    data = (
        b"\xfe\xff" + text.encode("utf-16-be")
        if encoding.endswith("bom")
        else text.encode(encoding)
    )
    preview = shown(data)
    assert preview.kind is ContentKind.COMPLETIONS
    assert preview.rows == (("ä", "2"),)
    assert preview.encoding == ("utf-16" if "16" in encoding else "utf-8")


def test_utf_16_that_ends_within_a_character_is_shown() -> None:
    data = "ab\ncd".encode("utf-16")[:-1]
    assert shown(data, is_whole=False).rows[0] == ("ab",)


def test_content_that_no_encoding_fits_is_shown_as_latin_1() -> None:
    preview = shown(b"\xa9 1999\n")
    assert (preview.encoding, preview.rows) == ("latin-1", (("© 1999",),))


def test_broken_lines_hide_none_that_is_whole() -> None:
    broken = b'{"prompt": "\xff\0"}\n'
    assert shown(broken).kind is ContentKind.BINARY
    assert shown(broken + jsonl(COMPLETION).encode()).kind is ContentKind.COMPLETIONS


# Bounds


def test_rows_and_cells_are_bounded() -> None:
    for content in (
        "x" * 1000 + "\n",
        jsonl({"prompt": "y" * 1000, "completion": "y" * 1000}),
        f"{'z' * 1000},{'z' * 1000}\n",
        jsonl({"messages": [{"role": "r" * 1000, "content": "w" * 1000}] * 3}),
        jsonl(ITEM | {"item": {"n" * 1000: "v" * 1000}}),
        jsonl(REQUEST | {"custom_id": "i" * 1000}),
        jsonl(RESULT | {"custom_id": "i" * 1000}),
    ):
        preview = shown(content * 100)
        assert len(preview.rows) == MAX_ROWS
        cells = [*preview.columns, *(cell for row in preview.rows for cell in row)]
        assert max(map(len, cells)) == MAX_CELL_CHARACTERS


def test_columns_are_bounded() -> None:
    assert len(shown(("x," * 100 + "x\n") * 3).rows[0]) == 8
    assert len(shown(jsonl({"item": dict.fromkeys(map(str, range(100)), 1)})).rows[0]) == 8


@pytest.mark.parametrize("start", ["x", '{"a": "', "[", "a,", "\t"])
def test_one_endless_line_is_shown_from_its_start(start: str) -> None:
    preview = shown(start + "y" * 262_144, is_whole=False)
    assert len(preview.rows) == 1
    assert preview.rows[0][0].startswith(start)


def test_the_row_that_is_cut_off_is_left_out_only_where_it_would_mislead() -> None:
    assert shown("one\ntw", is_whole=False).rows == (("one",), ("tw",))
    assert shown(jsonl(COMPLETION) + '{"prompt"', is_whole=False).rows == (("1+1", "2"),)
    many = jsonl(COMPLETION) * (MAX_ROWS + 2)
    assert len(shown(many, is_whole=False).rows) == MAX_ROWS


def test_an_empty_file_has_no_rows() -> None:
    assert shown("").rows == ()


def test_what_was_read_is_told() -> None:
    preview = preview_of(b"abc", PreviewSource.LOCAL, is_whole=False)
    assert (preview.size, preview.is_whole, preview.source) == (3, False, PreviewSource.LOCAL)


def test_an_image_is_passed_on_only_when_it_is_whole() -> None:
    assert shown(PNG).image == PNG
    assert shown(PNG, is_whole=False).image is None
    assert shown("text").image is None


# Results of fine-tuning, which the official service wraps in base64

CSV = b"step,train_loss\n" + b"".join(b"%d,0.5\n" % number for number in range(1, 200))


@pytest.mark.parametrize("encode", [base64.b64encode, base64.encodebytes])
def test_wrapped_results_are_unwrapped(encode: Callable[[bytes], bytes]) -> None:
    preview = shown(encode(CSV))
    assert preview.kind is ContentKind.TABLE
    assert preview.columns == ("step", "train_loss")
    assert preview.rows[0] == ("1", "0.5")


@pytest.mark.parametrize("encode", [base64.b64encode, base64.encodebytes])
@pytest.mark.parametrize("length", [1000, 1001, 1002, 1003])
def test_the_beginning_of_wrapped_results_is_unwrapped(
    encode: Callable[[bytes], bytes], length: int
) -> None:
    preview = shown(encode(CSV)[:length], is_whole=False)
    assert preview.columns == ("step", "train_loss")
    assert (preview.rows[0], preview.size) == (("1", "0.5"), length)


@pytest.mark.parametrize("content", [b"c3RlcCw=====", b"c3Rlc2Nob29s", b"c3RlcCw", b"c3Rlc"])
def test_what_only_looks_wrapped_is_text(content: bytes) -> None:
    preview = shown(content)
    assert preview.kind is ContentKind.TEXT


# Anything


@pytest.mark.slow
@pytest.mark.parametrize("depth", [*range(200, 1100, 20), 5_000, 100_000])
@pytest.mark.parametrize(
    "around",
    [
        '{"messages": [{"role": "user", "content": *}]}',
        '{"prompt": *, "completion": ""}',
        '{"preferred_output": *}',
        '{"custom_id": "a", "body": {"messages": *}}',
        '{"custom_id": "a", "response": {"status_code": 200, "body": *}}',
        '{"item": {"a": *}}',
    ],
)
def test_deep_nesting_is_survived(around: str, depth: int) -> None:
    for opening, inside, closing in (
        ('{"content": [', "", "]}"),
        ("[", "", "]"),
        ('{"a":', "1", "}"),
    ):
        nested = opening * depth + inside + closing * depth
        assert shown(around.replace("*", nested) + "\n").rows


def check_bounds(preview: Preview, data: bytes) -> None:
    assert preview.size == len(data)
    assert len(preview.rows) <= MAX_ROWS
    assert all(len(cell) <= MAX_CELL_CHARACTERS for row in preview.rows for cell in row)
    assert bool(preview.rows) or preview.kind in {
        ContentKind.EMPTY,
        ContentKind.IMAGE,
        ContentKind.TABLE,
    }


@pytest.mark.slow
@settings(max_examples=200)
@given(st.binary(max_size=400), st.booleans())
def test_arbitrary_bytes_are_shown(data: bytes, is_whole: bool) -> None:
    check_bounds(shown(data, is_whole=is_whole), data)


SPRINKLED = st.sampled_from(
    [
        *map(json.dumps, (RESULT, REFUSED, EXPIRED, REQUEST, EXAMPLE, PREFERENCE)),
        *map(json.dumps, (COMPLETION, ITEM, None, [], {}, [[]], {"item": 1})),
        *("\n", "\r", "\r\n", ",", ";", "\t", '"', "a", " ", "{", "}", "[", "]", "\0", "\x1b"),
        *("é", "\ufeff", "step,", "\u2028"),
    ]
)


@pytest.mark.slow
@settings(max_examples=300)
@given(
    st.lists(SPRINKLED, max_size=30).map("".join),
    st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]),
    st.integers(0, 5),
    st.booleans(),
)
def test_pieces_of_every_kind_in_any_order_are_shown(
    text: str, encoding: str, cut: int, is_whole: bool
) -> None:
    data = text.encode(encoding)
    data = data[: len(data) - cut]
    check_bounds(shown(data, is_whole=is_whole), data)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 600)
    | st.floats(allow_nan=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["content", "text", "role", "tool_calls", "item", "body", "messages"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@pytest.mark.slow
@settings(max_examples=200)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(
                [
                    *("custom_id", "response", "error", "body", "url", "messages", "prompt"),
                    *("completion", "item", "preferred_output", "non_preferred_completion"),
                ]
            ),
            json_values,
            max_size=4,
        ),
        min_size=1,
        max_size=5,
    )
)
def test_values_of_any_type_are_shown(lines: list[object]) -> None:
    content = jsonl(*lines)
    check_bounds(shown(content), content.encode())
