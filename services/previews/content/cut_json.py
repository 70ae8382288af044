"""Completes JSON of which only the beginning is there, so that it can be read."""

import re

from services.previews.content.json_members import is_json

_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
# Not possessive: before 3.11.5, Python matches too much if what is repeated ends halfway.
_WHOLE_CHARACTERS = re.compile(
    rb"""(?: [^"\\]+ | \\[^u]
        | \\u(?![dD][89abAB])[0-9a-fA-F]{4}
        | \\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2} )*""",
    re.VERBOSE,
)
_WORDS = b"abcdefghijklmnopqrstuvwxyzE0123456789.+-"
"""The characters of numbers, `true`, `false` and `null`."""
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_CLOSING = bytes.maketrans(b"[{", b"]}")


def completed(beginning: bytes) -> bytes | None:
    """The beginning of a JSON text in UTF-8 with what closes it; None if it isn't one.

    A string that is cut off stays as far as it's there; another value is left out or null.
    """
    content = without_cut_character(beginning)
    rest = _STRING.sub(b"", content)
    quote = rest.find(b'"')
    if quote >= 0:
        start = len(content) - (len(rest) - quote) + 1
        content = content[: _whole_characters_end(content, start)] + b'"'
        rest = rest[:quote]
    else:
        # There may be more of a number or word.
        content = content.rstrip().rstrip(_WORDS).rstrip()
        content = content + b"null" if content.endswith(b":") else content.removesuffix(b",")
    closing = _closing_of(rest)
    # A string at the end may be a key.
    for end in (closing, b":null" + closing):
        if is_json(content + end):
            return content + end
    return None


def without_cut_character(content: bytes) -> bytes:
    """Content without a UTF-8 character at the end that isn't all there."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return content[: error.start] if error.end == len(content) else content
    return content


def _whole_characters_end(content: bytes, start: int) -> int:
    found = _WHOLE_CHARACTERS.match(content, start)
    return start if found is None else found.end()


def _closing_of(rest: bytes) -> bytes:
    """What closes the brackets that are open at the end of a text without strings."""
    brackets = rest.translate(None, _NO_BRACKETS)
    length = -1
    while len(brackets) != length:
        length = len(brackets)
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return brackets[::-1].translate(_CLOSING)
