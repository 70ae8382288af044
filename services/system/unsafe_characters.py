"""Characters to remove from untrusted text before it is shown or used as a file name.

Control characters and line breaks disrupt the text around them, a direction mark can make one name
look like another, and a lone surrogate isn't a character. All others are safe, including invisible
ones: no-break and wide spaces, and joiners, which some words and emoji need.
"""

import re


def without_unsafe(text: str, replacement: str) -> str:
    """The text with each unsafe character replaced by `replacement`, a single character."""
    return text if text.isascii() and text.isprintable() else _UNSAFE.sub(replacement, text)


def with_escapes(text: str) -> str:
    """The text with escape sequences in place of unsafe characters, except for lines and tabs."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE_IN_LINES.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def has_unsafe(text: str) -> bool:
    """Whether a text has an unsafe character; fast, also for very long texts."""
    return not (text.isascii() and text.isprintable()) and _UNSAFE.search(text) is not None


def is_unsafe(character: str) -> bool:
    """Whether a character is unsafe."""
    return _UNSAFE.match(character) is not None


_OTHERS = (
    "\x7f-\x9f"  # more control characters
    "\u2028\u2029"  # other line breaks
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction marks
    "\ud800-\udfff"  # surrogates
)
_UNSAFE = re.compile(f"[\x00-\x1f{_OTHERS}]")  # control characters, including the usual line breaks
_UNSAFE_IN_LINES = re.compile(f"[\x00-\x08\x0b-\x1f{_OTHERS}]")
