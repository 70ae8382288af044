"""The sentence in an error object, wherever a server has put it.

Seen are `message`, `detail`, `error`, `errors` and `title`, each of them a text, an object or a
list, one within the other, and validation errors with the place they are about: `loc` of FastAPI
and OGX, `field` or `param` of others, or the fields themselves as names (ASP.NET, Rails).
"""

from collections.abc import Iterable, Mapping

_NAMES = ("errors", "message", "detail", "msg", "error", "description", "reason", "title")
"""In the order in which they are worth reading: what is wrong with each field goes before their sum,
and a title is the same for every error of its kind."""
_PLACES = ("loc", "field", "param", "path", "pointer")
_PARTS_OF_A_REQUEST = frozenset({"body", "query", "path", "header", "cookie"})
"""What FastAPI begins a place with, though nobody knows a field by it."""
_MOST_SENTENCES = 10
_DEEPEST = 8
_SAID_NOTHING = frozenset({"", "None", "null"})


def words_in(error: object) -> str:
    """What is said, several sentences divided by semicolons; empty where nothing is."""
    return _words(error, _DEEPEST)


def _words(said: object, depth: int) -> str:
    if isinstance(said, str):
        return "" if said.strip() in _SAID_NOTHING else said.strip()
    if depth == 0:
        return ""
    if isinstance(said, Mapping):
        return _words_of_object(said, depth)
    if isinstance(said, list):
        return _joined(_with_place(one, depth - 1) for one in said[:_MOST_SENTENCES])
    return ""


def _words_of_object(said: Mapping[object, object], depth: int) -> str:
    for name in _NAMES:
        value = said.get(name)
        if name == "errors" and isinstance(value, Mapping) and not _is_error(value):
            words = _words_by_field(value, depth - 1)
        else:
            words = _words(value, depth - 1)
        if words:
            return words
    return ""


def _words_by_field(fields: Mapping[object, object], depth: int) -> str:
    """`{"purpose": ["is not known"]}`."""
    sentences = []
    for field, value in list(fields.items())[:_MOST_SENTENCES]:
        words = _words(value, depth)
        sentences.append(f"{field}: {words}" if words and field else words)
    return _joined(sentences)


def _with_place(one: object, depth: int) -> str:
    words = _words(one, depth)
    if not words or not isinstance(one, Mapping):
        return words
    place = next(filter(None, (_place(one.get(name)) for name in _PLACES)), "")
    return f"{place}: {words}" if place and not words.startswith(f"{place}:") else words


def _place(location: object) -> str:
    """“purpose” of `["body", "purpose"]`, “items.2” of `["body", "items", 2]`."""
    if isinstance(location, str):
        return location
    if not isinstance(location, list):
        return ""
    steps = [str(step) for step in location if isinstance(step, str | int)]
    if len(steps) > 1 and steps[0] in _PARTS_OF_A_REQUEST:
        del steps[0]
    return ".".join(steps)


def _is_error(value: Mapping[object, object]) -> bool:
    return any(isinstance(value.get(name), str) for name in _NAMES)


def _joined(sentences: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(filter(None, sentences)))
