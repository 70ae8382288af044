"""Safe local names for files named by a server.

A server can return any text as a file name, even `../../x`, so it is always cleaned before it
becomes part of a path. The rules satisfy Windows, macOS and Linux at once, so that a folder can be
moved between them.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

from services.system.name_matching import folded
from services.system.unsafe_characters import without_unsafe

MAX_BYTES = 255
"""The longest name that common file systems allow, in bytes of UTF-8."""

PART_MARGIN = 20
"""Bytes reserved for what `PartialFile` adds to a name."""

_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"/\\|?*', "_"))
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [f"{device}{digit}" for device in ("com", "lpt") for digit in "0123456789¹²³"]
)


def safe_name(name: str) -> str:
    """Return the last part of `name` as a valid name on every system; never empty, `.` or `..`.

    Forbidden and unsafe characters become `_`, Windows device names get a leading `_`, and a long
    name is shortened before its extension.
    """
    last = PureWindowsPath(PurePosixPath(name).name).name or name
    clean = without_unsafe(unicodedata.normalize("NFC", last), "_").translate(_FORBIDDEN)
    clean = clean.strip(" ").rstrip(". ")
    if all(char in "._" or _is_invisible(char) for char in clean):
        clean = "file" + (clean if clean.strip(". ") else "")
    if clean.split(".", 1)[0].rstrip(" ").lower() in _DEVICES:
        clean = "_" + clean
    return _shorten(clean, MAX_BYTES - PART_MARGIN)


def distinct_names(names: Iterable[str]) -> Iterator[str]:
    """Yield a safe name for each, no two of which are the same file on any system."""
    taken: set[str] = set()
    for name in names:
        free = next(one for one in numbered_names(safe_name(name)) if folded(one) not in taken)
        taken.add(folded(free))
        yield free


def find_existing(folder: Path, name: str) -> Path | None:
    """Return what has this name in a folder, also in decomposed Unicode as on macOS, or None."""
    for one in (name,) if name.isascii() else (name, unicodedata.normalize("NFD", name)):
        if (folder / one).exists():
            return folder / one
    return None


def numbered_names(name: str) -> Iterator[str]:
    """Return the file or folder with this name, in composed or decomposed Unicode, or None."""
    yield name
    pure = PurePath(name)
    suffix = "".join(pure.suffixes[-2:]) if name.lower().endswith(".tar.gz") else pure.suffix
    stem = name[: len(name) - len(suffix)] if suffix else name
    number = 2
    while True:
        yield f"{stem} ({number}){suffix}"
        number += 1


def _is_invisible(char: str) -> bool:
    """Whether it is a space or an invisible format character, such as a joiner."""
    return unicodedata.category(char) in {"Zs", "Cf"}


def _shorten(name: str, limit: int) -> str:
    if len(name.encode()) <= limit:
        return name
    suffix = PurePath(name).suffix
    if len(suffix.encode()) > 32:
        suffix = ""
    stem = name[: len(name) - len(suffix)].encode()[: limit - len(suffix.encode())]
    # A stem of dots alone is stripped to nothing.
    return (stem.decode("utf-8", "ignore").rstrip(". ") or "file") + suffix
