"""What a request of a batch asks for, whatever its endpoint."""

from collections.abc import Iterator

from services.previews.conversations.message import (
    Act,
    Message,
    Role,
    address_in_words,
    count_of_tokens,
    messages_of,
)
from services.previews.json_parts import JsonObject, object_in, text_in
from services.system.language import _


def request_messages(request: JsonObject) -> Iterator[Message]:
    """The messages of a line of an input file."""
    body = object_in(request.get("body"))
    instructions = body.get("instructions")
    if instructions is not None:
        yield from messages_of(instructions, Role.SYSTEM)
    yield from messages_of(body.get("messages"))
    for name in ("input", "prompt"):
        yield from _texts(body.get(name))
    images = body.get("image", body.get("images"))
    for image in images if isinstance(images, list) else (images,):
        named = _image(image)
        if named:
            yield Message(Role.USER, Act.SAYS, attachments=(named,))


def _texts(value: object) -> Iterator[Message]:
    """A text, messages, or for embeddings and completions: texts, or tokens as numbers."""
    if not isinstance(value, list):
        yield from messages_of(value)
        return
    if value and _is_number(value[0]):
        yield Message(Role.USER, Act.SAYS, count_of_tokens(len(value)))
        return
    for one in value:
        if isinstance(one, list):
            yield Message(Role.USER, Act.SAYS, count_of_tokens(len(one)))
        else:
            yield from messages_of(one)


def _image(value: object) -> str:
    stated = object_in(value)
    address = stated.get("image_url", stated.get("url")) if stated else value
    if address is None:
        return text_in(stated.get("file_id")) or ""
    return address_in_words(address, _("image"))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
