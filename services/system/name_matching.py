"""Whether two texts are the same to a person, whatever the case and however accents are written.

“é” can be one character or an “e” with an accent, as macOS writes names; Korean syllables and
Japanese letters with marks likewise.
"""

from unicodedata import normalize


def composed(text: str) -> str:
    """The text with each letter and its marks as one character where there is one."""
    return text if text.isascii() else normalize("NFC", text)


def folded(text: str) -> str:
    """What to compare texts by, and to look for a part of one in another; quick for plain ones."""
    if text.isascii():
        return text.lower()
    # A capital I with a dot becomes an i with another dot, which nobody types.
    bare = normalize("NFD", text).casefold().replace("i\u0307", "i")
    return normalize("NFC", bare)
