"""What differs in the program that is frozen into a folder; packaging/filewharf.spec describes it."""

import sys
from collections.abc import MutableMapping
from pathlib import Path

_PATH = "LD_LIBRARY_PATH"
_PATH_BEFORE = "LD_LIBRARY_PATH_ORIG"


def is_frozen() -> bool:
    """Whether this is the frozen program, so that `sys.executable` is the program itself."""
    return bool(getattr(sys, "frozen", False))


def is_from_system_package() -> bool:
    """Whether the system's package manager installed the program, and so updates and removes it."""
    return is_frozen() and Path(sys.executable).is_relative_to("/opt")


def restore_library_path(environment: MutableMapping[str, str]) -> None:
    """Undo what the frozen program's loader did to find its own libraries.

    Otherwise the system's programs that it starts, such as the one that opens folders, would load
    those libraries, too. The loader sets the path anew when the program starts itself.
    """
    if not is_frozen() or not sys.platform.startswith("linux"):
        return
    before = environment.pop(_PATH_BEFORE, "")
    environment.pop(_PATH, None)
    if before:
        environment[_PATH] = before
