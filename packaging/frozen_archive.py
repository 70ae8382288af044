"""Packs the frozen program into an archive to be unpacked anywhere.

The same files always make the same archive: names are sorted, times and owners are fixed, and
permissions are those that everybody needs.
"""

from __future__ import annotations

import stat
import tarfile
from pathlib import Path


def pack(folder: Path, archive: Path, name: str, seconds: int) -> None:
    """Pack a folder, as `name`, into a `.tar.xz`, with `seconds` since 1970 as all times.

    Raises OSError.
    """
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive, "w:xz", preset=6) as packed:
        for path in (folder, *sorted(folder.rglob("*"))):
            inside = tarfile.TarInfo((Path(name) / path.relative_to(folder)).as_posix())
            inside.mtime = seconds
            inside.mode = mode_for(path)
            if path.is_symlink():
                inside.type = tarfile.SYMTYPE
                inside.linkname = path.readlink().as_posix()
                packed.addfile(inside)
            elif path.is_dir():
                inside.type = tarfile.DIRTYPE
                packed.addfile(inside)
            else:
                inside.size = path.stat().st_size
                with path.open("rb") as content:
                    packed.addfile(inside, content)


def mode_for(path: Path) -> int:
    """The permissions that a file or folder of the program is packed with."""
    if path.is_symlink():
        return 0o777
    mode = path.stat().st_mode
    is_program = mode & stat.S_IXUSR and ".so" not in path.name
    return 0o755 if path.is_dir() or is_program else 0o644
