"""Tells what a line of JSON is for by its keys.

Sources: the API reference for batch requests, fine-tuning examples and eval items, and the guides
on preference and reinforcement fine-tuning.
"""

from collections.abc import Mapping
from enum import Enum


class LineShape(Enum):
    """The kinds of lines that the official service knows."""

    BATCH_REQUEST = "batch"
    BATCH_ANSWER = "batch_output"
    CHAT = "chat"
    PREFERENCE = "preference"
    REINFORCEMENT = "reinforcement"
    COMPLETION = "completion"
    EVAL_ITEM = "evals"


CHAT_KEYS = frozenset({"messages", "tools", "parallel_tool_calls", "functions", "function_call"})
"""The keys that a chat example can have, including outdated ones."""
PREFERRED_KEYS = ("preferred_output", "preferred_completion")
NON_PREFERRED_KEYS = ("non_preferred_output", "non_preferred_completion")
"""The current key, and the one in the reference until June 2025."""


_PURPOSES = {
    LineShape.BATCH_REQUEST: "batch",
    LineShape.CHAT: "fine-tune",
    LineShape.PREFERENCE: "fine-tune",
    LineShape.REINFORCEMENT: "fine-tune",
    LineShape.COMPLETION: "fine-tune",
    LineShape.EVAL_ITEM: "evals",
}


def purpose_of(shape: LineShape | None) -> str | None:
    """Return the purpose for lines of this shape, or None."""
    return None if shape is None else _PURPOSES.get(shape)


def shape_of(value: Mapping[str, object]) -> LineShape | None:
    """Return the shape of an object, whether or not the rest of it is valid."""
    if "custom_id" in value:
        answered = "response" in value or "error" in value
        return LineShape.BATCH_ANSWER if answered else LineShape.BATCH_REQUEST
    return example_shape(value) or (LineShape.EVAL_ITEM if "item" in value else None)


def example_shape(value: Mapping[str, object]) -> LineShape | None:
    """Return the shape of a fine-tuning example, or None if it isn't one.

    A conversation that stops before the answer and has extra keys is for reinforcement, where a
    grader uses them. Any other object with messages is a chat example.
    """
    if any(key in value for key in (*PREFERRED_KEYS, *NON_PREFERRED_KEYS)):
        return LineShape.PREFERENCE
    if "messages" in value:
        graded = not ends_with_answer(value["messages"]) and not value.keys() <= CHAT_KEYS
        return LineShape.REINFORCEMENT if graded else LineShape.CHAT
    if "prompt" in value and "completion" in value:
        return LineShape.COMPLETION
    return None


def ends_with_answer(messages: object) -> bool:
    """Whether the last message is from the assistant."""
    last = messages[-1] if isinstance(messages, list) and messages else None
    return isinstance(last, dict) and last.get("role") == "assistant"
