"""Turns one line of a file into the messages it's about, for any endpoint and kind of example.

Texts are kept whole. Images and files are only named, never decoded or loaded.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, takewhile

import msgspec

from services.previews.batches.batch_result import error_in, tokens_in
from services.previews.content.content_kind import ContentKind, kind_of_line
from services.previews.conversations.answer_messages import answer_messages
from services.previews.conversations.message import Act, Message, Role, messages_of, tool_names
from services.previews.conversations.request_messages import request_messages
from services.previews.json_parts import JsonObject, as_json, object_in, text_in
from services.previews.lines.line_value import LineValue, read_line
from services.system.language import _
from services.system.locale_format import whole
from services.system.sizes import format_size

MAX_MESSAGES = 1_000
"""A conversation shows no more messages than this."""
_MAX_FIELDS = 100


class Detail(msgspec.Struct, frozen=True):
    """Something else that a line says."""

    name: str
    """Translated, or the name of a field in the file."""
    value: str


class Conversation(msgspec.Struct, frozen=True):
    """The messages of one line, and what else it says."""

    messages: tuple[Message, ...] = ()
    """In order, with those of the request first."""
    preferred: tuple[Message, ...] = ()
    """The better of two answers, in preferences."""
    other: tuple[Message, ...] = ()
    """The worse of two answers, in preferences."""
    details: tuple[Detail, ...] = ()
    are_cut: bool = False
    """Whether there are more messages than can be shown."""
    problem: str = ""
    """Why the line can't be read, in a sentence."""
    notice: str = ""
    """That this is only the beginning of the line, in a sentence."""

    @property
    def is_empty(self) -> bool:
        """Whether the line holds nothing of a conversation."""
        return not (self.messages or self.preferred or self.other or self.details)

    @property
    def answer(self) -> str:
        """What the assistant said last, or the better of two answers; what it called if nothing."""
        last = self.preferred or _last_turn(self.messages)
        said = [one for one in last if one.act not in (Act.THINKS, Act.CALLS)] or last
        texts = (message.text or "\n".join(message.attachments) for message in said)
        return "\n\n".join(filter(None, texts))


def messages_in(
    line: bytes, kind: ContentKind, request: bytes | None = None, *, is_whole: bool = True
) -> Conversation:
    """Read a line of a file of this kind; never raises.

    `request` is the line of the input file that a result answers. `is_whole` is False if `line` is
    only the beginning of the line.
    """
    return conversation_in(read_line(line, is_whole=is_whole), kind, request, len(line))


def conversation_in(
    line: LineValue, kind: ContentKind, request: bytes | None, size: int
) -> Conversation:
    """As `messages_in`, for a line of `size` bytes that was read already."""
    if line.problem:
        return Conversation(problem=line.problem)
    # The size of a beginning isn't that of the line.
    made = _of_value(line.value, kind, request, None if line.notice else size)
    return msgspec.structs.replace(made, notice=line.notice) if line.notice else made


def _of_value(
    value: object, kind: ContentKind, request: bytes | None, size: int | None
) -> Conversation:
    if not isinstance(value, dict):
        return Conversation()
    shape = kind_of_line(value)
    if shape is ContentKind.JSON_LINES and value.keys() & {"response", "error"}:
        shape = kind
    match shape:
        case ContentKind.BATCH_RESULTS:
            return _result(value, request, size)
        case ContentKind.BATCH_REQUESTS:
            return _request(value, size)
        case ContentKind.CONVERSATIONS:
            return _example(value, size)
        case ContentKind.PREFERENCES:
            return _preference(value, size)
        case ContentKind.COMPLETIONS:
            return _completion(value, size)
        case ContentKind.EVAL_ITEMS:
            return _eval_item(value, size)
    return Conversation()


def _result(value: JsonObject, request: bytes | None, size: int | None) -> Conversation:
    asked: tuple[Message, ...] = ()
    if request is not None:
        # It may be only the beginning of a long line.
        read = read_line(request).value or read_line(request, is_whole=False).value
        given = request_messages(object_in(read))
        # The answer has room, too.
        asked = tuple(islice(given, MAX_MESSAGES // 2 + 1))
    response = object_in(value.get("response"))
    body = object_in(response.get("body"))
    code, message = error_in(value)
    if code is None and message is None:
        code, message = error_in(body)
    answered: Iterable[Message] = answer_messages(body)
    if code is not None or message is not None:
        failure = Message(Role.ASSISTANT, Act.FAILS, message or code or "")
        answered = chain(answered, (failure,))
    made = _conversation(
        chain(
            (msgspec.structs.replace(one, from_request=True) for one in asked[: MAX_MESSAGES // 2]),
            answered,
        ),
        details=[*_result_details(response, body, code), *_size(size)],
    )
    are_cut = made.are_cut or len(asked) > MAX_MESSAGES // 2
    return msgspec.structs.replace(made, are_cut=are_cut)


def _result_details(response: JsonObject, body: JsonObject, code: str | None) -> Iterator[Detail]:
    choices = body.get("choices")
    reasons = [
        text_in(object_in(one).get("finish_reason"))
        for one in (choices[:_MAX_FIELDS] if isinstance(choices, list) else ())
    ]
    incomplete = text_in(object_in(body.get("incomplete_details")).get("reason"))
    status_code = response.get("status_code")
    tokens = tokens_in(body)
    yield from _given(_("Error code"), code)
    yield from _given(_("Response"), text_in(body.get("id")))
    yield from _given(_("Request ID"), text_in(response.get("request_id")))
    if isinstance(status_code, int):
        yield Detail(_("HTTP status"), str(status_code))
    yield from _given(_("Status"), text_in(body.get("status")))
    yield from _given(_("Model"), text_in(body.get("model")))
    if tokens is not None:
        yield Detail(_("Tokens in"), whole(tokens.input))
        yield Detail(_("Tokens out"), whole(tokens.output))
        if tokens.cached:
            yield Detail(_("Cached tokens"), whole(tokens.cached))
    reason = ", ".join(dict.fromkeys(filter(None, reasons))) or incomplete
    yield from _given(_("Finish reason"), reason)


def _request(value: JsonObject, size: int | None) -> Conversation:
    body = object_in(value.get("body"))
    details = [
        *_given(_("Endpoint"), text_in(value.get("url"))),
        *_given(_("Model"), text_in(body.get("model"))),
        *_given(_("Tools"), tool_names(body)),
        *_fields(body, _REQUEST_FIELDS),
        *_size(size),
    ]
    return _conversation(request_messages(value), details=details)


def _example(value: JsonObject, size: int | None) -> Conversation:
    details = [
        *_given(_("Tools"), tool_names(value)),
        *_fields(value, _EXAMPLE_FIELDS),
        *_size(size),
    ]
    return _conversation(messages_of(value.get("messages")), details=details)


def _preference(value: JsonObject, size: int | None) -> Conversation:
    asked = value.get("input")
    context = object_in(asked)
    messages = context.get("messages") if context else asked
    details = [
        *_given(_("Tools"), tool_names(context)),
        *_fields(value, _PREFERENCE_FIELDS),
        *_size(size),
    ]
    made = _conversation(messages_of(messages), details=details)
    preferred = value.get("preferred_output", value.get("preferred_completion"))
    other = value.get("non_preferred_output", value.get("non_preferred_completion"))
    return msgspec.structs.replace(
        made,
        preferred=tuple(islice(messages_of(preferred, Role.ASSISTANT), MAX_MESSAGES)),
        other=tuple(islice(messages_of(other, Role.ASSISTANT), MAX_MESSAGES)),
    )


def _completion(value: JsonObject, size: int | None) -> Conversation:
    messages = chain(
        messages_of(value.get("prompt"), Role.USER),
        messages_of(value.get("completion"), Role.ASSISTANT),
    )
    details = [*_fields(value, {"prompt", "completion"}), *_size(size)]
    return _conversation(messages, details=details)


def _eval_item(value: JsonObject, size: int | None) -> Conversation:
    item, sample = object_in(value.get("item")), object_in(value.get("sample"))
    name = next((one for one in ("messages", "input") if _are_messages(item.get(one))), None)
    asked = messages_of(item.get(name)) if name is not None else iter(())
    output = text_in(sample.get("output_text"))
    answered = (
        answer_messages(sample)
        if output is None
        else iter((Message(Role.ASSISTANT, Act.SAYS, output),))
    )
    details = [
        *_fields(item, {name}),
        *_fields(sample, {"output_text", "choices", "output"}),
        *_fields(value, {"item", "sample"}),
        *_size(size),
    ]
    return _conversation(chain(asked, answered), details=details)


_REQUEST_FIELDS = frozenset({"model", "messages", "input", "prompt", "instructions", "tools"})
_EXAMPLE_FIELDS = frozenset({"messages", "tools", "functions"})
_PREFERENCE_FIELDS = frozenset(
    {
        "input",
        "preferred_output",
        "preferred_completion",
        "non_preferred_output",
        "non_preferred_completion",
    }
)


def _conversation(messages: Iterable[Message], *, details: Iterable[Detail]) -> Conversation:
    shown = tuple(islice(messages, MAX_MESSAGES + 1))
    return Conversation(
        shown[:MAX_MESSAGES], details=tuple(details), are_cut=len(shown) > MAX_MESSAGES
    )


def _given(name: str, value: str | None) -> Iterator[Detail]:
    if value:
        yield Detail(name, value)


def _fields(value: JsonObject, without: Iterable[object]) -> Iterator[Detail]:
    """The other fields of an object, by the names that they have there."""
    left = frozenset(without)
    others = ((name, one) for name, one in value.items() if name not in left)
    for name, one in islice(others, _MAX_FIELDS):
        yield Detail(name, one if isinstance(one, str) else as_json(one))


def _size(size: int | None) -> Iterator[Detail]:
    if size is not None:
        yield Detail(_("Size"), format_size(size))


def _are_messages(value: object) -> bool:
    return isinstance(value, list) and bool(object_in(next(iter(value), None)).get("role"))


def _last_turn(messages: Sequence[Message]) -> list[Message]:
    def is_answer(message: Message) -> bool:
        return message.role is Role.ASSISTANT and not message.from_request

    return list(takewhile(is_answer, reversed(messages)))[::-1]
