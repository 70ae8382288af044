"""The answer in a response as text, whatever the endpoint."""

from services.previews.json_parts import JsonObject, first_in, object_in, text_in
from services.system.language import _, ngettext
from services.system.locale_format import whole
from services.system.sizes import format_size

_MAX_PARTS = 2_000
"""An answer isn't looked for in more parts: a hostile line would stop the window for too long."""


def answer_in(body: JsonObject) -> str:
    """The answer in the body of any endpoint."""
    return (
        _chat_answer(body)
        or _responses_answer(body)
        or _data_answer(body)
        or _moderation_answer(body)
        or text_in(body.get("output_text"))
        or ""
    )


def _chat_answer(body: JsonObject) -> str | None:
    """Of chat completions and of legacy completions."""
    choice = first_in(body.get("choices"))
    message = object_in(choice.get("message"))
    content = message.get("content")
    if isinstance(content, list):
        texts = (text_in(object_in(part).get("text")) for part in content[:_MAX_PARTS])
        content = " ".join(filter(None, texts))
    calls = message.get("tool_calls")
    return (
        text_in(content)
        or text_in(message.get("refusal"))
        or (_calls_in_words(calls) if isinstance(calls, list) else None)
        or text_in(choice.get("text"))
    )


def _calls_in_words(calls: list[object]) -> str:
    functions = (object_in(object_in(call).get("function")) for call in calls[:_MAX_PARTS])
    return ", ".join(f"{one.get('name')}({one.get('arguments') or ''})" for one in functions)


def _responses_answer(body: JsonObject) -> str | None:
    output = body.get("output")
    if not isinstance(output, list):
        return None
    texts: list[str] = []
    for item in map(object_in, output[:_MAX_PARTS]):
        content = item.get("content")
        for part in map(object_in, content[:_MAX_PARTS] if isinstance(content, list) else ()):
            text = text_in(part.get("text")) or text_in(part.get("refusal"))
            if text is not None:
                texts.append(text)
        if item.get("type") == "function_call":
            texts.append(f"{item.get('name')}({item.get('arguments') or ''})")
    return " ".join(texts)


def _data_answer(body: JsonObject) -> str | None:
    """Of embeddings and images."""
    first = first_in(body.get("data"))
    embedding = first.get("embedding")
    if isinstance(embedding, list):
        words = ngettext("vector of {number} number", "vector of {number} numbers", len(embedding))
        return words.format(number=whole(len(embedding)))
    picture = text_in(first.get("b64_json"))
    return (
        text_in(first.get("url"))
        or text_in(first.get("revised_prompt"))
        or (picture and _("picture of {size}").format(size=format_size(len(picture) * 3 // 4)))
    )


def _moderation_answer(body: JsonObject) -> str | None:
    flagged = first_in(body.get("results")).get("flagged")
    return None if flagged is None else f"flagged: {str(flagged).lower()}"
