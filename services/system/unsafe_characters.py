"""Characters that a text from outside must not keep where it is shown or becomes a name.

Controls and line ends break what is around them, and a direction mark can make one name look like
another. Half of a surrogate pair is no character. All others are safe, also those that nobody
sees: no-break and wide spaces, and joiners, without which words and emoji fall apart.
"""

import re


def without_unsafe(text: str, stand_in: str) -> str:
    """The text with `stand_in`, one character, for each that is unsafe; as long as before."""
    return text if text.isascii() and text.isprintable() else _UNSAFE.sub(stand_in, text)


def is_unsafe(character: str) -> bool:
    """Whether that is one of them."""
    return _UNSAFE.match(character) is not None


_UNSAFE = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # controls, with the usual line ends
    "\u2028\u2029"  # more line ends
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction marks
    "\ud800-\udfff"  # halves
    "]"
)
