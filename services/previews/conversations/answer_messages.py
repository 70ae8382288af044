"""What the body of a response answers, whatever its endpoint."""

from collections.abc import Iterator
from itertools import groupby

from services.previews.conversations.message import Act, Message, Role, encoded_image, messages_of
from services.previews.json_parts import JsonObject, as_json, object_in, text_in
from services.system.language import _, ngettext
from services.system.locale_format import decimal, whole
from services.system.sizes import format_size


def answer_messages(body: JsonObject) -> Iterator[Message]:
    """The messages in the body of a response."""
    choices, output = body.get("choices"), body.get("output")
    if isinstance(choices, list):
        for choice in map(object_in, choices):
            message = choice.get("message")
            yield from messages_of(choice.get("text") if message is None else message, _SELF)
    if isinstance(output, list):
        yield from messages_of(output, _SELF)
    elif text_in(body.get("output_text")) is not None:
        yield from messages_of(body.get("output_text"), _SELF)
    data, results = body.get("data"), body.get("results")
    if isinstance(data, list):
        yield from _data(data)
    for result in map(object_in, results if isinstance(results, list) else ()):
        if "flagged" in result:
            yield _moderation(result)


_SELF = Role.ASSISTANT


def _data(data: list[object]) -> Iterator[Message]:
    """Embeddings, of which those of the same length are counted, and images."""
    for size, same in groupby(data, _length_in_words):
        if size:
            count = sum(1 for _one in same)
            if count > 1:
                words = ngettext(
                    "{number} embedding, each a {vector}",
                    "{number} embeddings, each a {vector}",
                    count,
                )
                size = words.format(number=whole(count), vector=size)
            yield Message(_SELF, Act.EMBEDS, size)
            continue
        for one in map(object_in, same):
            encoded, address = text_in(one.get("b64_json")), text_in(one.get("url"))
            drawn = address if encoded is None else encoded_image(encoded)
            if drawn is not None:
                prompt = text_in(one.get("revised_prompt")) or ""
                yield Message(_SELF, Act.DRAWS, prompt, attachments=(drawn,))


def _length_in_words(one: object) -> str:
    embedding = object_in(one).get("embedding")
    if isinstance(embedding, list):
        words = ngettext("vector of {number} number", "vector of {number} numbers", len(embedding))
        return words.format(number=whole(len(embedding)))
    if isinstance(embedding, str):
        size = format_size(len(embedding) * 3 // 4)
        return _("vector of {size} as base64").format(size=size)
    return ""


def _moderation(result: JsonObject) -> Message:
    flagged = bool(result.get("flagged"))
    scores = object_in(result.get("category_scores"))
    categories = object_in(result.get("categories"))
    named = []
    for name, found in categories.items():
        if found is True:
            score = scores.get(name)
            score_in_words = f" {decimal(score, 2)}" if isinstance(score, float) else ""
            named.append(name + score_in_words)
    text = _("Flagged") if flagged else _("Not flagged")
    if named:
        # Translators: what a moderation found, as in “Flagged: violence 0.97, self-harm”.
        text = _("{flagged}: {categories}").format(flagged=text, categories=", ".join(named))
    elif not categories and len(result) > 1:
        text = f"{text}\n{as_json(result)}"
    return Message(_SELF, Act.JUDGES, text, flagged=flagged)
