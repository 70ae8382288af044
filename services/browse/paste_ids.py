"""Finding ids of files in any text: lines, lists with commas, JSON, addresses. No Qt."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PickedIds:
    """What was found in a text, each once and in its order."""

    found: tuple[str, ...] = ()
    """Ids of files that the account has."""
    missing: tuple[str, ...] = ()
    """What looks like an id, of a file that the account does not have."""


def id_beginnings(ids: Iterable[str]) -> frozenset[str]:
    """How these ids begin, as `file-`; by that others are known as ids too."""
    matches = map(_BEGINNING.match, ids)
    return _USUAL_BEGINNINGS | {match[0] for match in matches if match}


def pick_ids(text: str, knows: Callable[[str], bool], beginnings: Iterable[str]) -> PickedIds:
    """Take from a text everything that the account knows as an id, and what looks like one.

    Where the text is nothing but a list, one word a line or between commas, every word of it is
    taken for an id. Elsewhere, as in JSON, an unknown word is one when it begins like one.
    """
    begins = tuple(beginnings)
    words = dict.fromkeys(_WORDS.findall(text))
    found = {word: None for word in words if knows(word)}
    if len(found) == len(words):
        return PickedIds(tuple(found))
    only_a_list = _is_only_a_list(text)
    found, missing = {}, dict[str, None]()
    for word in words:
        parts = [part for part in _PARTS.split(word) if part]
        known = [word] if knows(word) else [part for part in parts if knows(part)]
        if known:
            found.update(dict.fromkeys(known))
        elif only_a_list:
            missing[word] = None
        else:
            missing.update(dict.fromkeys(part for part in parts if _looks_like_id(part, begins)))
    return PickedIds(tuple(found), tuple(missing))


_USUAL_BEGINNINGS = frozenset({"file-", "file_"})
_BEGINNING = re.compile(r"[A-Za-z]{2,}[-_]")
_STRUCTURE = re.compile(r"[][{}()\"'<>:=|]")
"""Signs of something other than a list of words."""
_ITEMS = re.compile(r"[\n\r,;]+")
_WORDS = re.compile(r"[^\s,;\"'`\[\]{}()<>|\\]+")
_PARTS = re.compile(r"[:/=?&#]+")
"""What stands around an id in an address, or between a name and its value."""


def _is_only_a_list(text: str) -> bool:
    return not _STRUCTURE.search(text) and all(
        len(item.split()) <= 1 for item in _ITEMS.split(text)
    )


def _looks_like_id(word: str, beginnings: tuple[str, ...]) -> bool:
    """Begins like an id, goes on, and has no dot as the names of files have."""
    return word.startswith(beginnings) and word not in beginnings and "." not in word
