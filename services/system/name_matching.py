"""Compares texts regardless of case and of how accents are encoded.

“é” can be one character, or an “e” followed by a combining accent, as in file names on macOS. The
same goes for Korean syllables and Japanese characters with marks.
"""

from unicodedata import normalize


def composed(text: str) -> str:
    """The text with combining marks composed into single characters where possible (NFC)."""
    return text if text.isascii() else normalize("NFC", text)


def folded(text: str) -> str:
    """The text in a form for comparing and searching; fast for ASCII."""
    if text.isascii():
        return text.lower()
    # “İ” folds to an i with a combining dot, which no one types.
    bare = normalize("NFD", text).casefold().replace("i\u0307", "i")
    return normalize("NFC", bare)
