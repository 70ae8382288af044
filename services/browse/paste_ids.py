"""Finds file IDs in any text: lines, comma-separated lists, JSON, URLs. No Qt."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FoundIds:
    """The file IDs found in a text, without duplicates, in order."""

    found: tuple[str, ...] = ()
    """IDs of files in the account."""
    missing: tuple[str, ...] = ()
    """What looks like a file ID but isn't in the account."""


def id_prefixes(ids: Iterable[str]) -> frozenset[str]:
    """The prefixes of these IDs, such as `file-`, by which other IDs are recognized."""
    matches = map(_PREFIX.match, ids)
    return _USUAL_PREFIXES | {match[0] for match in matches if match}


def find_ids(text: str, is_known: Callable[[str], bool], prefixes: Iterable[str]) -> FoundIds:
    """Find the IDs of the account's files in a text, and whatever else looks like an ID.

    If the text is only a list, one word per line or separated by commas, every word counts as an
    ID. In other texts, such as JSON, an unknown word counts if it starts with a known prefix.
    """
    prefixes = tuple(prefixes)
    words = dict.fromkeys(_WORDS.findall(text))
    found = {word: None for word in words if is_known(word)}
    if len(found) == len(words):
        return FoundIds(tuple(found))
    only_a_list = _is_only_a_list(text)
    found, missing = {}, dict[str, None]()
    for word in words:
        parts = [part for part in _SEPARATORS.split(word) if part]
        known = [word] if is_known(word) else [part for part in parts if is_known(part)]
        if known:
            found.update(dict.fromkeys(known))
        elif only_a_list:
            missing[word] = None
        else:
            missing.update(dict.fromkeys(part for part in parts if _looks_like_id(part, prefixes)))
    return FoundIds(tuple(found), tuple(missing))


_USUAL_PREFIXES = frozenset({"file-", "file_"})
_PREFIX = re.compile(r"[A-Za-z]{2,}[-_]")
_STRUCTURE = re.compile(r"[][{}()\"'<>:=|]")
"""Characters that a plain list of words doesn't have."""
_ITEMS = re.compile(r"[\n\r,;]+")
_WORDS = re.compile(r"[^\s,;\"'`\[\]{}()<>|\\]+")
_SEPARATORS = re.compile(r"[:/=?&#]+")
"""Separators around an ID in a URL, or between a name and its value."""


def _is_only_a_list(text: str) -> bool:
    return not _STRUCTURE.search(text) and all(
        len(item.split()) <= 1 for item in _ITEMS.split(text)
    )


def _looks_like_id(word: str, prefixes: tuple[str, ...]) -> bool:
    """Whether it has an ID prefix and more after it, and no dot, which file names have."""
    return word.startswith(prefixes) and word not in prefixes and "." not in word
