"""What can be said about the running program: its system, its folders and its licenses."""

import platform
from dataclasses import dataclass
from pathlib import Path

from services.releases.licenses import LicensedPart, licensed_parts


@dataclass(frozen=True, slots=True)
class Place:
    """A file or folder of the program."""

    path: Path
    exists: bool
    """Most are created only when something is first written to them."""


@dataclass(frozen=True, slots=True)
class About:
    """What the program runs on, where it keeps its files, and what it is made of."""

    python: str
    system: str
    places: tuple[Place, ...]
    """In the order in which they were asked for."""
    parts: tuple[LicensedPart, ...]


def about(places: tuple[Path, ...]) -> About:
    """Find it out; reads some files."""
    return About(
        platform.python_version(),
        platform.platform(),
        tuple(Place(path, path.exists()) for path in places),
        tuple(licensed_parts()),
    )
