"""Finds the message in an error object, wherever a server puts it.

Servers use `message`, `detail`, `error`, `errors` and `title`, each a string, an object or a list,
possibly nested. Validation errors also name the field: `loc` in FastAPI and OGX, `field` or `param`
elsewhere, or the field names themselves as keys (ASP.NET, Rails).
"""

from collections.abc import Iterable, Mapping

_MESSAGE_KEYS = ("errors", "message", "detail", "msg", "error", "description", "reason", "title")
"""Most useful first: errors per field come before the summary, and a title comes last because it's
the same for every error of its kind."""
_FIELD_NAMES = ("loc", "field", "param", "path", "pointer")
_REQUEST_PARTS = frozenset({"body", "query", "path", "header", "cookie"})
"""FastAPI starts each location with one of these, which isn't part of the field's name."""
_MOST_MESSAGES = 10
_DEEPEST = 8
_NO_MESSAGE = frozenset({"", "None", "null"})


def message_in(error: object) -> str:
    """The error message, or several joined by semicolons; empty if there is none."""
    return _message(error, _DEEPEST)


def _message(value: object, depth: int) -> str:
    if isinstance(value, str):
        return "" if value.strip() in _NO_MESSAGE else value.strip()
    if depth == 0:
        return ""
    if isinstance(value, Mapping):
        return _message_in_object(value, depth)
    if isinstance(value, list):
        return _joined(_with_field(one, depth - 1) for one in value[:_MOST_MESSAGES])
    return ""


def _message_in_object(error: Mapping[object, object], depth: int) -> str:
    for name in _MESSAGE_KEYS:
        value = error.get(name)
        if name == "errors" and isinstance(value, Mapping) and not _is_error(value):
            message = _messages_by_field(value, depth - 1)
        else:
            message = _message(value, depth - 1)
        if message:
            return message
    return ""


def _messages_by_field(fields: Mapping[object, object], depth: int) -> str:
    """Read errors keyed by field, such as `{"purpose": ["is not known"]}`."""
    messages = []
    for field, value in list(fields.items())[:_MOST_MESSAGES]:
        message = _message(value, depth)
        messages.append(f"{field}: {message}" if message and field else message)
    return _joined(messages)


def _with_field(one: object, depth: int) -> str:
    message = _message(one, depth)
    if not message or not isinstance(one, Mapping):
        return message
    field = next(filter(None, (_field_name(one.get(name)) for name in _FIELD_NAMES)), "")
    return f"{field}: {message}" if field and not message.startswith(f"{field}:") else message


def _field_name(location: object) -> str:
    """The field's name: “purpose” for `["body", "purpose"]`, “items.2” for `["body", "items", 2]`."""
    if isinstance(location, str):
        return location
    if not isinstance(location, list):
        return ""
    steps = [str(step) for step in location if isinstance(step, str | int)]
    if len(steps) > 1 and steps[0] in _REQUEST_PARTS:
        del steps[0]
    return ".".join(steps)


def _is_error(value: Mapping[object, object]) -> bool:
    return any(isinstance(value.get(name), str) for name in _MESSAGE_KEYS)


def _joined(messages: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(filter(None, messages)))
