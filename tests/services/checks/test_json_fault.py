"""Finds a fault exactly when a JSON parser rejects the text."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.checks.json_fault import find_fault

PIECES = [
    *("{", "}", "[", "]", ",", ":", " ", "\t", "\n", '"', "\\", "'", "é", "\u00a0", "\x00", "\x1f"),
    *(
        "1",
        "-",
        "0",
        "01",
        "1.",
        "1.5",
        "1e",
        "1e5",
        "-0",
        "true",
        "tru",
        "null",
        "NaN",
        "-Infinity",
    ),
    *(
        '"a"',
        '"a": ',
        '"\\u12',
        '"\\u00e9"',
        '"\\n"',
        '"\\d"',
        "[1, 2]",
        '{"a": 1}',
        "{}",
        "[]",
        ", }",
    ),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=20)


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@given(TEXTS)
@example("")
@example('{"a": 1,}')
@example("[1, ]")
@example('{"a": "b')
@example('{"a": "\\')
@example("[" * 100)
@example("\ufeff1")
@example("١")
def test_invalid_json_has_a_fault(text: str) -> None:
    fault = find_fault(text)
    assert (fault is None) == is_json(text)
    if fault is not None:
        assert fault.column is not None
        assert 1 <= fault.column <= max(len(text), 1)


@pytest.mark.parametrize(
    ("text", "rule", "column"),
    [
        ("", "json.unclosed", 1),
        ("[1,]", "json.comma", 4),
        ('{"a": 1, }', "json.comma", 10),
        ('{"a": 1,]', "json.comma", 9),
        ("[,]", "json.invalid", 2),
        ("[1,,2]", "json.invalid", 4),
        ('{"a"}', "json.invalid", 5),
        ('{"a": }', "json.invalid", 7),
        ("{1: 2}", "json.invalid", 2),
        ('["a\\', "json.unclosed", 2),
        ('["a" "b]', "json.invalid", 6),
        ("1 2", "json.trailing_data", 3),
        ('{"a": "he said "oh""}', "json.unescaped_quote", 16),
        ('["an "oh" or two"]', "json.unescaped_quote", 6),
        ('["a" true]', "json.invalid", 6),
        ('{"a": "big" … "big"}', "json.unescaped_quote", 11),
        ('["a" = "b"]', "json.invalid", 6),
        ('["a" “b”]', "json.quotation_mark", 6),
        (" id: 1", "line.not_object", 2),
        ("<a>", "line.not_object", 1),
        ("…", "line.not_object", 1),
        ("undefined", "line.not_object", 1),
        ("}", "json.invalid", 1),
        ("'a'", "json.quotation_mark", 1),
        ("\u00a0{}", "json.invalid", 1),
        ('{"a": 1},', "json.comma", 9),
        ('{"a": 1}, {"b": 2}', "json.trailing_data", 9),
        ('{"a": 1}\r{"b": 2}', "json.trailing_data", 10),
        ('{"a": 1}\ufeff{"b": 2}', "line.inner_bom", 9),
        ('{"a": "b\nc"}', "json.line_break", 9),
        ('{"a": 1 // one', "line.comment", 9),
        ("# none", "line.comment", 1),
        ("```json", "line.fence", 1),
        ('["\\u00e"]', "json.escape", 3),
    ],
)
def test_a_fault_has_the_right_rule_and_column(text: str, rule: str, column: int) -> None:
    fault = find_fault(text)
    assert fault is not None
    assert (fault.rule, fault.column) == (rule, column)
