"""Where, and how deep, the message in an error response is found."""

import pytest

from services.problems.error_messages import message_in


def within(levels: int, value: object) -> object:
    for _level in range(levels):
        value = {"error": value}
    return value


def in_lists(levels: int, value: object) -> object:
    for _level in range(levels):
        value = [value]
    return value


def test_messages_are_searched_eight_levels_deep() -> None:
    assert message_in(within(8, "deep")) == message_in(in_lists(8, "deep")) == "deep"
    assert message_in(within(9, "deep")) == message_in(in_lists(9, "deep")) == ""
    assert message_in({"errors": {"purpose": within(7, "deep")}}) == "purpose: deep"
    assert message_in({"errors": {"purpose": within(8, "deep")}}) == ""


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ({"errors": {"purpose": []}, "message": "m"}, "m"),
        ({"errors": {"": ["m"]}}, "m"),
        ({"errors": {"message": "m"}}, "m"),
        ({"errors": [{"field": "purpose", "message": "purpose: bad"}]}, "purpose: bad"),
        ({"errors": [{"message": "m"}, {"message": "m"}, {}]}, "m"),
        ({"message": " None ", "title": "t"}, "t"),
        (7, ""),
    ],
)
def test_empty_messages_are_ignored(error: object, words: str) -> None:
    assert message_in(error) == words
