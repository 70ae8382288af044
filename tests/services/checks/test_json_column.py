import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.checks.json_column import MAX_BYTES, column_of

JsonPath = tuple[str | int, ...]


def paths(value: object, path: JsonPath = ()) -> Iterator[tuple[JsonPath, object]]:
    """Yield every nested value with the path to it."""
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from paths(inner, (*path, place))


keys = st.text(max_size=4)
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
)
# Empty lists don't count as leaves. Without a limit on list sizes, one value had thousands of them.
# Finding each one searches the whole text, which took two minutes.
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.slow
@given(values, st.booleans(), st.sampled_from([None, (",", ":"), (" , ", " :\t")]))
def test_every_value_is_found(
    value: object, escaped: bool, separators: tuple[str, str] | None
) -> None:
    line = json.dumps(value, ensure_ascii=escaped, separators=separators)
    reader = json.JSONDecoder()
    for path, inner in paths(value):
        column = column_of(line.encode("utf-8", "surrogatepass"), path)
        assert column is not None
        assert reader.raw_decode(line, column - 1)[0] == inner


@pytest.mark.parametrize(
    ("line", "path", "column"),
    [
        ('{"a": {"b": 1}}', ("a", "c"), 7),
        ('{"a": {"b": 1}}', ("x",), 1),
        ('{"a": [1]}', ("a", 5), 7),
        ('{"a": 1}', ("a", "b", "c"), 7),
        ('{"é": 1, "b": 2}', ("b",), 15),
        (' {"a": 1}', (), 2),
        ('{"a": {"b": 1}, "c": {"b": 2}}', ("c", "b"), 28),
        ('{"a": [[1], [2]]}', ("a", 1, 0), 14),
        ('{"\\u0061": 1}', ("a",), 12),
        ('{"\\x": 1, "a": 2}', ("a",), 16),
        ("", ("a",), None),
        ("}", ("a",), None),
    ],
)
def test_a_path_that_leads_nowhere_finds_the_innermost_existing_value(
    line: str, path: JsonPath, column: int | None
) -> None:
    assert column_of(line.encode(), path) == column


@pytest.mark.parametrize(
    ("line", "path", "column"),
    [
        ('{"a": 1, "b": 2}', ("b",), 10),
        ('{"b": {"b": 1}}', ("b", "b"), 8),
        ('{"a": [{"b": 1}, {"b": 1}]}', ("a", 1, "b"), 19),
        ('{"a": 1}', ("x",), 1),
    ],
)
def test_at_key_finds_the_key_instead_of_the_value(line: str, path: JsonPath, column: int) -> None:
    assert column_of(line.encode(), path, at_key=True) == column


def test_values_past_the_limit_are_not_searched_for() -> None:
    line = json.dumps({"long": "x" * MAX_BYTES, "a": 1}).encode()
    assert column_of(line, ("a",)) == 1


@given(st.binary(), st.lists(st.text(max_size=2) | st.integers(0, 3), max_size=4))
def test_arbitrary_bytes_never_crash_it(line: bytes, path: list[str | int]) -> None:
    column = column_of(line, path)
    assert column is None or 1 <= column <= len(line) + 1


def test_a_truncated_string_is_skipped_as_a_whole() -> None:
    assert column_of(b'{"a": "[1', ("a", 0)) == 7
    # Trying every quotation mark would take minutes.
    escaped = b'\\"' * MAX_BYTES
    assert column_of(b'{"a": [1, "' + escaped, ("a", 0)) == 8
    assert column_of(b'{"a": [1, "' + escaped, ("b",)) == 1
