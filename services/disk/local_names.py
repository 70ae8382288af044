"""A safe name on this computer for a file that a server named.

Servers return any text as a file name, `../../x` too; a path is never built from it unclean.
The rules are the strictest of the three systems, so that a folder can be moved between them.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

from services.system.name_matching import folded
from services.system.unsafe_characters import without_unsafe

LONGEST = 255
"""Bytes of UTF-8 that a name may have on the common file systems."""

PART_ROOM = 20
"""Bytes kept free for what `PartialFile` puts around a name."""

_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"/\\|?*', "_"))
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [f"{device}{digit}" for device in ("com", "lpt") for digit in "0123456789¹²³"]
)


def safe_name(name: str) -> str:
    """The last part of `name` as a legal name everywhere; never empty, `.` or `..`.

    Forbidden and unsafe characters become `_`; names of Windows devices get one in front; a long
    name is cut before its ending.
    """
    last = PureWindowsPath(PurePosixPath(name).name).name or name
    clean = without_unsafe(unicodedata.normalize("NFC", last), "_").translate(_FORBIDDEN)
    clean = clean.strip(" ").rstrip(". ")
    if all(char in "._" or _is_unseen(char) for char in clean):
        clean = "file" + (clean if clean.strip(". ") else "")
    if clean.split(".", 1)[0].rstrip(" ").lower() in _DEVICES:
        clean = "_" + clean
    return _cut(clean, LONGEST - PART_ROOM)


def names_apart(names: Iterable[str]) -> Iterator[str]:
    """Safe names for these, none of which any of the three systems takes for another of them."""
    taken: set[str] = set()
    for name in names:
        apart = next(one for one in free_names(safe_name(name)) if folded(one) not in taken)
        taken.add(folded(apart))
        yield apart


def existing(folder: Path, name: str) -> Path | None:
    """What has the name in a folder, also with its accents written apart as macOS does."""
    for one in (name,) if name.isascii() else (name, unicodedata.normalize("NFD", name)):
        if (folder / one).exists():
            return folder / one
    return None


def free_names(name: str) -> Iterator[str]:
    """The name itself, then `name (2).ext`, `name (3).ext` and so on, without end."""
    yield name
    pure = PurePath(name)
    ending = "".join(pure.suffixes[-2:]) if name.lower().endswith(".tar.gz") else pure.suffix
    stem = name[: len(name) - len(ending)] if ending else name
    number = 2
    while True:
        yield f"{stem} ({number}){ending}"
        number += 1


def _is_unseen(char: str) -> bool:
    """Whether it is a space or joins what stands around it."""
    return unicodedata.category(char) in {"Zs", "Cf"}


def _cut(name: str, limit: int) -> str:
    if len(name.encode()) <= limit:
        return name
    ending = PurePath(name).suffix
    if len(ending.encode()) > 32:
        ending = ""
    stem = name[: len(name) - len(ending)].encode()[: limit - len(ending.encode())]
    # Of a long row of dots nothing may be left.
    return (stem.decode("utf-8", "ignore").rstrip(". ") or "file") + ending
