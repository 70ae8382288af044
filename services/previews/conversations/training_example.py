"""What a training example holds, in numbers."""

import msgspec

from services.previews.conversations.message_texts import messages_from, text_of, texts_in
from services.previews.json_parts import JsonObject

_BYTES_PER_TOKEN = 4
"""About right for English text; other languages and code need more tokens for the same text."""


class TrainingExample(msgspec.Struct, frozen=True):
    """A conversation, counted."""

    turns: int
    """How many messages are from the user."""
    tokens: int
    """An estimate: a token for every four bytes of UTF-8 in texts, tool calls and tools.

    Images don't count.
    """
    begins_with: str
    """The first text from the user."""
    tool_names: tuple[str, ...]
    """The tools that are called, each once."""
    has_weights: bool
    """Whether a message says with `weight` if it's learned from."""


def training_example(messages: object, tool_bytes: int = 0) -> TrainingExample | None:
    """Count what is in `messages`; None if they aren't messages.

    `tool_bytes` is the size of the JSON that describes the tools.
    """
    if not isinstance(messages, list):
        return None
    given: list[JsonObject] = [message for message in messages if isinstance(message, dict)]
    if not given:
        return None
    text_bytes = tool_bytes
    called: dict[str, None] = {}
    has_weights = False
    for message in given:
        content = message.get("content")
        if content:
            for text in texts_in(content):
                text_bytes += _utf8_length(text)
        calls = message.get("tool_calls") or message.get("function_call")
        if calls:
            for name, arguments in _calls(calls):
                text_bytes += _utf8_length(name) + _utf8_length(arguments)
                called[name] = None
        has_weights = has_weights or "weight" in message
    from_user = messages_from("user", given)
    return TrainingExample(
        len(from_user),
        -(-text_bytes // _BYTES_PER_TOKEN),
        text_of(from_user[0].get("content")) if from_user else "",
        tuple(called),
        has_weights,
    )


def _calls(calls: object) -> list[tuple[str, str]]:
    """Names and arguments. A `function_call`, the outdated form, is the function itself."""
    found: list[tuple[str, str]] = []
    for call in calls if isinstance(calls, list) else [calls]:
        if isinstance(call, dict):
            function = call.get("function", call)
            if isinstance(function, dict):
                name, arguments = function.get("name"), function.get("arguments")
                if isinstance(name, str):
                    found.append((name, arguments if isinstance(arguments, str) else ""))
    return found


def _utf8_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
