"""Training examples, counted."""

import pytest

from services.previews.conversations.training_example import TrainingExample, training_example
from tests.support.narrowing import not_none


def user(content: object) -> dict[str, object]:
    return {"role": "user", "content": content}


def counted(*messages: object, tool_bytes: int = 0) -> TrainingExample:
    return not_none(training_example(list(messages), tool_bytes))


def test_turns_are_messages_of_the_user() -> None:
    answer = {"role": "assistant", "content": "So."}
    system = {"role": "system", "content": "Be kind"}
    assert counted(system, user("Why?"), answer, user("How?"), answer).turns == 2
    assert counted(system).turns == 0


def test_the_first_text_of_the_user_is_what_it_begins_with() -> None:
    system = {"role": "system", "content": "Be kind"}
    assert counted(system, user("Why?"), user("How?")).begins_with == "Why?"
    assert counted(user([{"type": "text", "text": "Look"}])).begins_with == "Look"
    assert counted(system).begins_with == ""


@pytest.mark.parametrize(
    ("message", "tokens"),
    [
        (user(""), 0),
        (user("a"), 1),
        (user("four"), 1),
        (user("fives"), 2),
        (user("éé"), 1),
        (user("日本語"), 3),
        (user([{"type": "text", "text": "four"}, {"type": "image_url", "image_url": {}}]), 1),
        ({"tool_calls": [{"function": {"name": "find", "arguments": "{'a':1}"}}]}, 3),
        ({"function_call": {"name": "find", "arguments": "none"}}, 2),
        ({"role": "tool", "content": "answered"}, 2),
        (user(7), 0),
    ],
)
def test_tokens_are_estimated_by_the_bytes_of_texts_and_calls(message: object, tokens: int) -> None:
    assert counted(message).tokens == tokens


def test_tools_count_as_tokens() -> None:
    assert counted(user("four"), tool_bytes=400).tokens == 101


def test_tools_that_are_called_are_named_once() -> None:
    def calls(*names: object) -> dict[str, object]:
        return {"tool_calls": [{"function": {"name": name}} for name in names]}

    assert counted(calls("find", "stop"), calls("find", 7, None)).tool_names == ("find", "stop")
    assert counted({"tool_calls": [7, {"function": 7}, {}]}).tool_names == ()


def test_weights_are_noticed() -> None:
    assert counted({"role": "assistant", "weight": 0}).has_weights
    assert not counted(user("a")).has_weights


@pytest.mark.parametrize("odd", [None, 7, "text", {}, [], [7], [None, "x"]])
def test_what_is_no_list_of_messages_is_no_example(odd: object) -> None:
    assert training_example(odd) is None
