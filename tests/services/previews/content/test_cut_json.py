"""JSON that is cut off anywhere is completed so that it can be read."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.previews.content.cut_json import completed
from tests.support.narrowing import not_none


@pytest.mark.parametrize(
    ("beginning", "whole"),
    [
        ("{", {}),
        ("[", []),
        ('{"a', {"a": None}),
        ('{"a"', {"a": None}),
        ('{"a":', {"a": None}),
        ('{"a": 12', {"a": None}),
        ('{"a": tru', {"a": None}),
        ('{"a": "x', {"a": "x"}),
        ('{"a": "x"', {"a": "x"}),
        ('{"a": "x",', {"a": "x"}),
        ('{"a": "x", "b', {"a": "x", "b": None}),
        ('{"a": [1, 2', {"a": [1]}),
        ('{"a": [1, {"b": "c', {"a": [1, {"b": "c"}]}),
        ('{"a": [[1], ', {"a": [[1]]}),
        ('{"a": "x\\', {"a": "x"}),
        ('{"a": "x\\\\', {"a": "x\\"}),
        ('{"a": "x\\u00', {"a": "x"}),
        ('{"a": "x\\ud83d', {"a": "x"}),
        ('{"a": "x\\ud83d\\ude0', {"a": "x"}),
        ('{"a": "x\\ud83d\\ude00', {"a": "x😀"}),
        ('{"a": "]}[{', {"a": "]}[{"}),
        ('{"a": 1}', {"a": 1}),
        ('"text', "text"),
    ],
)
def test_what_is_open_is_closed(beginning: str, whole: object) -> None:
    assert json.loads(not_none(completed(beginning.encode()))) == whole


def test_a_character_that_is_cut_is_left_out() -> None:
    assert completed('{"a": "é'.encode()[:-1]) == b'{"a": ""}'


@pytest.mark.parametrize(
    "beginning", [b"", b"nope", b"{nope:", b'{"a": 1}}', b'{"a" 1,', b'["\xff", "']
)
def test_what_is_no_json_is_not_completed(beginning: bytes) -> None:
    assert completed(beginning) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.lists(JSON) | st.dictionaries(st.text(), JSON), st.booleans(), st.data())
def test_a_value_can_be_cut_anywhere(value: object, is_ascii: bool, data: st.DataObject) -> None:
    whole = json.dumps(value, ensure_ascii=is_ascii).encode()
    end = data.draw(st.integers(1, len(whole)))
    assert completed(whole[:end]) is not None


@settings(deadline=None)
@given(st.binary())
def test_any_bytes_are_completed_or_not(beginning: bytes) -> None:
    completed(beginning)
