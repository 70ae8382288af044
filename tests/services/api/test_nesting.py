"""Deeply nested JSON: where the limit is, and what is kept."""

import json
from collections.abc import Callable

import pytest

from services.api.nesting import DEEPEST, is_deep, truncate_nesting

Nest = Callable[[int], object]


def lists(depth: int) -> object:
    nest: object = 1.5
    for _level in range(depth):
        nest = [0, nest]
    return nest


def objects(depth: int) -> object:
    nest: object = "]}"
    for _level in range(depth):
        nest = {"[": nest, "b": 0}
    return nest


def both(depth: int) -> object:
    nest: object = None
    for level in range(depth):
        nest = [nest] if level % 2 else {"a": nest}
    return nest


kinds = pytest.mark.parametrize("nest", [lists, objects, both])


@kinds
def test_values_nested_deeper_than_the_limit_are_deep(nest: Nest) -> None:
    assert [is_deep(nest(depth)) for depth in (0, 1, DEEPEST, DEEPEST + 1, DEEPEST * 3)] == [
        False,
        False,
        False,
        True,
        True,
    ]


@kinds
def test_values_within_the_limit_are_unchanged(nest: Nest) -> None:
    for depth in (0, 1, DEEPEST):
        body = json.dumps(nest(depth)).encode()
        assert truncate_nesting(body) == body


@kinds
@pytest.mark.parametrize("deeper", [1, 2, 5000])
def test_values_below_the_limit_become_null(nest: Nest, deeper: int) -> None:
    # Built by hand, because Python's JSON module can't nest this deeply.
    below = json.dumps("below")
    limit = json.dumps(around(nest, DEEPEST))
    body = limit.replace(below, "[" * deeper + below + "]" * deeper)
    assert truncate_nesting(body.encode()).decode() == limit.replace(below, "null")


def test_unclosed_brackets_are_cut_at_the_limit() -> None:
    assert truncate_nesting(b"[" * DEEPEST) == b"[" * DEEPEST
    assert truncate_nesting(b"[" * (DEEPEST + 1)) == b"[" * DEEPEST + b"null"


def around(nest: Nest, depth: int) -> object:
    return json.loads(json.dumps(nest(depth)).replace(json.dumps(nest(0)), '"below"'))
