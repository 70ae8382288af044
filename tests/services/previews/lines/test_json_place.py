"""Where a JSON value over several lines is broken."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.previews.lines.json_place import MAX_BEFORE, fault_in


@pytest.mark.parametrize(
    ("text", "line", "column", "reason"),
    [
        ('{\n  "a": 1,\n  "b": oops\n}\n', 3, 8, "“o” isn't allowed here"),
        ('[\n  {"a": 1},\n  {"ä": 2,}\n]\n', 3, 11, "Nothing follows the last comma"),
        ('{\n\t"a": "x\n}', 2, 9, "line break inside a string"),
        ('{"a": 1}\nrest', 2, 1, "something after the end of the JSON"),
        ('\ufeff{\n  "a" 1\n}', 2, 7, ""),
        ("[1,\n2", 2, 1, "A closing bracket is missing"),
        ("{", 1, 1, "A closing bracket is missing"),
        ("// why\n{}", 1, 1, "This isn't valid JSON from here."),
    ],
)
def test_a_fault_has_a_line_a_column_and_a_reason(
    text: str, line: int, column: int, reason: str
) -> None:
    found = fault_in(text.encode())
    assert found is not None
    assert (found.line, found.column) == (line, column)
    assert reason.lower() in found.reason.lower()
    assert found.before == text.removeprefix("\ufeff").split("\n")[line - 1][: column - 1]


def test_bytes_that_are_not_utf8_are_a_fault() -> None:
    found = fault_in('{"a": "é'.encode() + b'",\n"b": "caf\xe9"}')
    assert found is not None
    assert (found.line, found.column) == (2, 10)
    assert found.reason == "Not valid UTF-8 from here."


@pytest.mark.parametrize(
    "data", [b'{"a": 1}', b'"\\ud800"', b"1e999", b"[" * 100_000, b"\xef\xbb\xbf[]"]
)
def test_what_can_be_read_or_is_only_deep_has_none(data: bytes) -> None:
    assert fault_in(data) is None


def test_of_a_long_line_only_the_beginning_is_kept() -> None:
    found = fault_in(b'["' + b"x" * 50_000 + b'", oops]')
    assert found is not None
    assert (found.column, len(found.before)) == (50_006, MAX_BEFORE)


@given(
    st.recursive(st.none() | st.integers() | st.text(), lambda one: st.lists(one)), st.integers(0)
)
def test_a_cut_off_value_always_has_a_place(value: object, cut: int) -> None:
    text = json.dumps([value], indent=1, ensure_ascii=False)
    beginning = text[: cut % len(text)]
    found = fault_in(beginning.encode("utf-8", "replace"))
    assert found is not None
    assert 1 <= found.line <= beginning.count("\n") + 1
