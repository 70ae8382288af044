"""The messages of a conversation, read from the forms that chat completions and responses use."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from enum import Enum

import msgspec

from services.previews.json_parts import JsonObject, as_json, as_text, object_in, text_in
from services.system.language import _, ngettext
from services.system.locale_format import whole
from services.system.sizes import format_size


class Role(Enum):
    """Who speaks."""

    SYSTEM = "system"
    DEVELOPER = "developer"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    FUNCTION = "function"
    OTHER = "other"
    """Someone else: see `Message.role_name`."""


class Act(Enum):
    """What a message does."""

    SAYS = "says"
    CALLS = "calls a tool"
    ANSWERS = "answers a call"
    REFUSES = "refuses"
    THINKS = "thinks"
    """A summary of the model's reasoning."""
    EMBEDS = "embeds"
    """A text was turned into numbers."""
    DRAWS = "draws"
    """A picture was made."""
    JUDGES = "judges"
    """A moderation."""
    FAILS = "fails"
    """The request failed."""


class Message(msgspec.Struct, frozen=True):
    """Something that somebody says or does."""

    role: Role
    act: Act
    text: str = ""
    """What is said; the call as `name(argument="value")`; or the reason of a failure."""
    role_name: str = ""
    """The role as the file has it, if it's none of the known ones."""
    name: str = ""
    """Of the participant, or of the tool that is called or answers."""
    arguments: str = ""
    """What a tool is called with, as in the file."""
    call_id: str = ""
    weight: float | None = None
    """0 if a training example's message isn't learned, 1 if it is, None if it doesn't say."""
    from_request: bool = False
    """Whether it comes from the input file and not from the line itself."""
    attachments: tuple[str, ...] = ()
    """Images, sounds and files: each its address or ID, or its type and size."""
    flagged: bool = False
    """Of a moderation."""


_ROLES: Mapping[str, Role] = {role.value: role for role in Role if role is not Role.OTHER}
_MAX_PARTS = 2_000


def messages_of(value: object, default: Role = Role.USER) -> Iterator[Message]:
    """The messages in a list, in one object, or in a text, which `default` says.

    A list may hold messages of chat completions and items of responses.
    """
    if isinstance(value, str):
        yield Message(default, Act.SAYS, value)
    elif isinstance(value, dict):
        yield from _message(value, default)
    elif isinstance(value, list):
        for one in value:
            yield from messages_of(one, default) if not isinstance(one, list) else ()


def _message(value: JsonObject, default: Role) -> Iterator[Message]:
    kind = text_in(value.get("type"))
    if kind is not None and kind != "message" and "role" not in value:
        yield _item(kind, value, default)
        return
    role, role_name = role_in(value, default)
    name = text_in(value.get("name")) or ""
    thought = text_in(value.get("reasoning_content")) or text_in(value.get("reasoning"))
    if thought is not None:
        yield Message(role, Act.THINKS, thought)
    text, attachments, refusal = _content(value.get("content"))
    text = text or text_in(object_in(value.get("audio")).get("transcript")) or ""
    calls = list(_calls(value))
    refusal = text_in(value.get("refusal")) or refusal
    weight = value.get("weight")
    weight = float(weight) if isinstance(weight, int | float) and abs(weight) < 1e9 else None
    call_id = text_in(value.get("tool_call_id")) or ""
    if text or attachments or not (calls or refusal):
        yield Message(
            role,
            Act.ANSWERS if role in (Role.TOOL, Role.FUNCTION) else Act.SAYS,
            text,
            role_name,
            name,
            call_id=call_id,
            weight=weight,
            attachments=attachments,
        )
    if refusal:
        yield Message(role, Act.REFUSES, refusal, role_name, name, weight=weight)
    for called, arguments, called_id in calls:
        yield tool_call(called, arguments, called_id, role=role, weight=weight)


def role_in(value: JsonObject, default: Role) -> tuple[Role, str]:
    """The role of a message, and its name if it's an unknown one."""
    name = value.get("role")
    if name is None:
        return default, ""
    known = _ROLES.get(name) if isinstance(name, str) else None
    return (known, "") if known is not None else (Role.OTHER, as_text(name))


def tool_call(
    name: str,
    arguments: str,
    call_id: str = "",
    *,
    role: Role = Role.ASSISTANT,
    weight: float | None = None,
) -> Message:
    """A message that calls a tool."""
    return Message(
        role,
        Act.CALLS,
        call_in_words(name, arguments),
        name=name,
        arguments=arguments,
        call_id=call_id,
        weight=weight,
    )


def call_in_words(name: str, arguments: str) -> str:
    """A call as `find_parcel(tracking="NW 4471 2093")`."""
    value: object = None
    with contextlib.suppress(ValueError, RecursionError):
        value = json.loads(arguments) if arguments.startswith("{") else None
    if not isinstance(value, dict) or not all(key.isidentifier() for key in value):
        return f"{name}({arguments})"
    given = ", ".join(f"{key}={as_json(one)}" for key, one in value.items())
    return f"{name}({given})"


def _calls(value: JsonObject) -> Iterator[tuple[str, str, str]]:
    """The name, the arguments and the ID of each call."""
    calls = value.get("tool_calls")
    for call in calls if isinstance(calls, list) else ():
        stated = object_in(call)
        function = object_in(stated.get("function")) or object_in(stated.get("custom")) or stated
        arguments = function.get("arguments", function.get("input"))
        yield (
            as_text(function.get("name")),
            as_text(arguments),
            text_in(stated.get("id")) or "",
        )
    function = object_in(value.get("function_call"))
    if function:
        yield as_text(function.get("name")), as_text(function.get("arguments")), ""


def _item(kind: str, value: JsonObject, default: Role) -> Message:
    """An item of a response's input or output that isn't a message."""
    call_id = text_in(value.get("call_id")) or ""
    name = text_in(value.get("name")) or ""
    match kind:
        case "function_call" | "mcp_call" | "mcp_approval_request":
            return tool_call(name, as_text(value.get("arguments")), call_id)
        case "custom_tool_call":
            return tool_call(name, as_text(value.get("input")), call_id)
        case "code_interpreter_call":
            return tool_call("code_interpreter", as_text(value.get("code")), call_id)
        case "image_generation_call":
            drawn = text_in(value.get("result"))
            prompt = text_in(value.get("revised_prompt")) or ""
            pictures = () if drawn is None else (encoded_image(drawn),)
            return Message(Role.ASSISTANT, Act.DRAWS, prompt, attachments=pictures)
        case "reasoning":
            thoughts = (_content(value.get(part))[0] for part in ("summary", "content"))
            return Message(Role.ASSISTANT, Act.THINKS, "\n\n".join(filter(None, thoughts)))
    if kind.endswith("_output"):
        text, attachments, _refusal = _content(value.get("output"))
        return Message(
            Role.TOOL, Act.ANSWERS, text, name=name, call_id=call_id, attachments=attachments
        )
    if kind.endswith("_call"):
        given = value.get("action", value.get("queries"))
        return tool_call(kind.removesuffix("_call"), as_text(given), call_id)
    text, attachments, refusal = _content([value])
    if refusal:
        return Message(default, Act.REFUSES, refusal)
    return Message(default, Act.SAYS, text, attachments=attachments)


def _content(value: object) -> tuple[str, tuple[str, ...], str]:
    """The text, the attachments and the refusal in the content of a message."""
    if isinstance(value, str):
        return value, (), ""
    if not isinstance(value, list):
        return as_text(value), (), ""
    texts: list[str] = []
    attachments: list[str] = []
    refusals: list[str] = []
    for part in value[:_MAX_PARTS]:
        stated = object_in(part)
        attachment = _attachment(stated)
        refusal = text_in(stated.get("refusal"))
        if attachment:
            attachments.append(attachment)
        elif refusal is not None:
            refusals.append(refusal)
        else:
            text = stated.get("text", stated.get("input_text"))
            texts.append(as_text(part if text is None else text))
    return "\n\n".join(texts), tuple(attachments), "\n\n".join(refusals)


def _attachment(part: JsonObject) -> str:
    """How a part that is no text is named; empty for text."""
    image = part.get("image_url")
    if image is not None:
        return address_in_words(object_in(image).get("url", image), _("image"))
    sound = object_in(part.get("input_audio"))
    if sound:
        return _encoded(_("audio"), as_text(sound.get("data")))
    file = object_in(part.get("file")) or part
    encoded = text_in(file.get("file_data"))
    if encoded is not None:
        named = text_in(file.get("filename")) or _("file")
        return address_in_words(encoded, named, is_encoded=True)
    return text_in(file.get("file_url")) or text_in(file.get("file_id")) or ""


def address_in_words(address: object, what: str, *, is_encoded: bool = False) -> str:
    """An address as it is, unless it holds the content itself: then its type and size."""
    text = as_text(address)
    if text[:5].lower() == "data:":
        return _encoded(what, text[text.find(",") + 1 :])
    return _encoded(what, text) if is_encoded else text


def _encoded(what: str, letters: str) -> str:
    # Translators: something that a file has within it, as in “image, 34 KB as base64”.
    return _("{what}, {size} as base64").format(
        what=what, size=format_size(len(letters) * 3 // 4 - letters[-2:].count("="))
    )


def encoded_image(letters: str) -> str:
    """How an image in base64 is named."""
    return _encoded(_("image"), letters)


def tool_names(value: JsonObject) -> str:
    """The names of the tools and functions that a model is given, separated by commas."""
    tools: list[object] = []
    for name in ("tools", "functions"):
        given = value.get(name)
        tools += given[:_MAX_PARTS] if isinstance(given, list) else ()
    names = (
        text_in(one.get("name")) or text_in(one.get("type")) or ""
        for one in (object_in(object_in(tool).get("function")) or object_in(tool) for tool in tools)
    )
    return ", ".join(filter(None, names))


def count_of_tokens(count: int) -> str:
    """“12 tokens”, for a text that is given as numbers."""
    return ngettext("{number} token", "{number} tokens", count).format(number=whole(count))
