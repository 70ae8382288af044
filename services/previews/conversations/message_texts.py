"""The texts in messages, as chat completions, responses and training examples write them."""

from collections.abc import Iterator

from services.previews.json_parts import JsonObject, as_text

_TEXT_KEYS = ("text", "input_text", "output_text", "refusal")


def text_of(content: object) -> str:
    """The text of a message's `content`: a text, or several parts of which some may be images.

    Without any text, it's the last part as JSON.
    """
    if isinstance(content, list):
        return " ".join(texts_in(content)) or (as_text(content[-1]) if content else "")
    if isinstance(content, dict):
        return next(texts_in([content]), "") or as_text(content)
    return as_text(content)


def texts_in(content: object) -> Iterator[str]:
    """The texts in a message's `content`, one after the other."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, list):
        for part in content:
            if isinstance(part, str):
                yield part
            elif part and isinstance(part, dict):
                for key in _TEXT_KEYS:
                    text = part.get(key)
                    if text and isinstance(text, str):
                        yield text
                        break


def last_text(messages: object) -> str:
    """The text of the last of some messages, or of a single one."""
    if isinstance(messages, list) and messages:
        is_tokens = isinstance(messages[-1], int | float)
        return as_text(messages) if is_tokens else last_text(messages[-1])
    if isinstance(messages, dict) and messages.get("content"):
        return text_of(messages["content"])
    return text_of(messages)


def asked_in(body: JsonObject) -> str:
    """What a request asks: the last text of the user, or else the last of all."""
    asked = body.get("messages") or body.get("input") or body.get("prompt") or ""
    return last_text(messages_from("user", asked) or asked)


def messages_from(role: str, messages: object) -> list[JsonObject]:
    """The messages of one role."""
    if not isinstance(messages, list):
        return []
    return [one for one in messages if isinstance(one, dict) and one.get("role") == role]
