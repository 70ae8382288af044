"""A JSON value as a tree whose parts are decoded when they are looked at."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.previews.conversations.json_tree import (
    BLOCK,
    Part,
    path_in_words,
    search_tree,
    top_of,
)


def tree(value: object) -> Part:
    return top_of(json.dumps(value).encode())


def texts(part: Part) -> list[tuple[str | int, str]]:
    return [(child.path[-1], child.text) for child in part.children()]


def found(top: Part, text: str) -> list[tuple[int, ...]]:
    return [way for way in search_tree(top, text) if way is not None]


def test_children_have_keys_positions_and_values() -> None:
    top = tree({"a": "x\ny", "b": [1, None, {"c": True}], "d": {}, "e": []})
    assert texts(top) == [
        ("a", "x\ny"),
        ("b", '[1, null, {"c": true}]'),
        ("d", "{}"),
        ("e", "[]"),
    ]
    assert [child.has_children for child in top.children()] == [False, True, False, False]
    assert texts(top.children()[1]) == [(0, "1"), (1, "null"), (2, '{"c": true}')]
    assert top.children()[1].children()[2].children()[0].path == ("b", 2, "c")


@pytest.mark.parametrize(
    "number",
    [
        "9007199254740993",
        "123456789012345678901234567890",
        "1.10",
        "0.1000000000000000055",
        "1e999",
    ],
)
def test_numbers_keep_all_their_digits(number: str) -> None:
    (child,) = top_of(f'{{"n": {number}}}'.encode()).children()
    assert (child.text, child.preview) == (number, number)


def test_a_value_that_is_no_list_has_no_children() -> None:
    assert tree("text").children() == []
    assert tree("text").text == "text"


def test_a_byte_order_mark_and_blanks_are_no_part_of_the_value() -> None:
    assert top_of(b"\xef\xbb\xbf [1]\r").text == "[1]"


@pytest.mark.parametrize("count", [BLOCK, BLOCK + 1, 2 * BLOCK + 500])
def test_many_children_are_divided_into_blocks(count: int) -> None:
    top = tree(list(range(count)))
    children = top.children()
    if count == BLOCK:
        assert len(children) == BLOCK
        return
    assert [(one.start, one.end) for one in children] == [
        (start, min(start + BLOCK, count)) for start in range(0, count, BLOCK)
    ]
    assert [text for one in children for text in texts(one)] == [
        (number, str(number)) for number in range(count)
    ]


def test_an_object_with_many_keys_is_divided_too() -> None:
    first, second = tree({f"k{number}": number for number in range(BLOCK + 1)}).children()
    assert len(first.children()) == BLOCK
    assert texts(second) == [(f"k{BLOCK}", str(BLOCK))]


def test_a_long_value_has_a_short_preview() -> None:
    (child,) = tree(["ä" * 5_000]).children()
    assert child.preview.startswith('"')
    assert len(child.preview) == 300
    assert child.preview.endswith("…")
    assert child.text == "ä" * 5_000


def test_half_characters_and_nan_are_shown() -> None:
    (listed,) = top_of(b'{"a": ["\\ud800", NaN, {"b": 1}]}').children()
    assert texts(listed) == [(0, "\ud800"), (1, "NaN"), (2, '{"b": 1}')]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (("response", "body", "choices", 0, "message"), "response.body.choices[0].message"),
        ((0, "a"), "[0].a"),
        (("two words", "ä", "1st", 'say "x"'), '["two words"].ä["1st"]["say \\"x\\""]'),
        ((), ""),
    ],
)
def test_paths_are_written_as_in_programs(path: tuple[str | int, ...], words: str) -> None:
    assert path_in_words(path) == words


def test_keys_and_values_are_found_in_order_whatever_their_case() -> None:
    top = tree({"Role": "x", "list": ["ROLE model", {"b": "no", "roles": []}], "n": 12})
    assert found(top, "role") == [(0,), (1, 0), (1, 1, 1)]
    assert found(top, "12") == [(2,)]
    assert found(top, "missing") == []


def test_positions_are_counted_among_all_children() -> None:
    assert found(tree([0] * BLOCK + ["x"]), "x") == [(BLOCK,)]


def test_escaped_text_is_found() -> None:
    assert found(top_of(b'["caf\\u00e9"]'), "café") == [(0,)]


def test_searching_pauses_often() -> None:
    steps = list(search_tree(tree(list(range(10_000))), "none"))
    assert steps.count(None) >= 10_000 / 1_000


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(JSON)
def test_any_value_is_the_sum_of_its_parts(value: object) -> None:
    def rebuilt(part: Part) -> object:
        if part.raw[:1] == b"{":
            return {child.path[-1]: rebuilt(child) for child in part.children()}
        if part.raw[:1] == b"[":
            return [rebuilt(child) for child in part.children()]
        return json.loads(part.raw)

    assert rebuilt(tree(value)) == value
    assert len(found(tree(value), "")) == len(list(parts_below(tree(value))))


def parts_below(part: Part) -> list[Part]:
    below = part.children()
    return below + [deeper for child in below for deeper in parts_below(child)]
