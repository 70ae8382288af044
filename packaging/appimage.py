"""Build an AppImage from the frozen program: dist/filewharf-VERSION-ARCHITECTURE.AppImage.

    python packaging/appimage.py RUNTIME

NOT BUILT HERE: the runtime (`runtime-x86_64` of the type 2 AppImage runtime) is only to be had from its
own releases, so download and verify it first. An AppImage is this program, followed by a squashfs image
of the folder. Needs mksquashfs, and the frozen program and package of `make deb`.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import deb
import freeze
import prepare
from commit import commit_time

WORK = prepare.ROOT / "build" / "appimage"
LAUNCHER = """\
#!/bin/sh
exec "$(dirname "$(readlink -f "$0")")/opt/filewharf/filewharf" "$@"
"""


def lay_out(frozen: Path, root: Path) -> None:
    """Lay out the image: the program, and at the top what desktops look for."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(frozen, root / deb.HOME, symlinks=True)
    (root / "AppRun").write_text(LAUNCHER, encoding="ascii")
    (root / "AppRun").chmod(0o755)
    entry = prepare.PACKAGING / f"{deb.DESKTOP_ID}.desktop"
    shutil.copyfile(entry, root / entry.name)
    icon = prepare.ROOT / "resources" / "icons" / "filewharf.svg"
    shutil.copyfile(icon, root / f"{deb.DESKTOP_ID}.svg")
    (root / ".DirIcon").symlink_to(f"{deb.DESKTOP_ID}.svg")
    metainfo = root / "usr" / "share" / "metainfo"
    metainfo.mkdir(parents=True)
    description = prepare.PACKAGING / f"{deb.DESKTOP_ID}.metainfo.xml"
    shutil.copyfile(description, metainfo / f"{deb.DESKTOP_ID}.appdata.xml")


def build(runtime: Path, frozen: Path, target: Path) -> None:
    """Put the runtime and an image of the folder together. Raises OSError or CalledProcessError."""
    lay_out(frozen, WORK)
    image = WORK.with_suffix(".squashfs")
    image.unlink(missing_ok=True)
    options = ["-root-owned", "-noappend", "-quiet", "-no-progress", "-comp", "gzip"]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(commit_time())}
    subprocess.run(["mksquashfs", str(WORK), str(image), *options], check=True, env=environment)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(runtime.read_bytes() + image.read_bytes())
    target.chmod(0o755)
    image.unlink()
    shutil.rmtree(WORK)


def main(arguments: list[str]) -> int:
    """Build it with the runtime that is the only argument."""
    if len(arguments) != 1:
        print(__doc__)
        return 2
    name = f"filewharf-{deb.version_of()}-{platform.machine()}.AppImage"
    build(Path(arguments[0]), freeze.FOLDER, deb.DIST / name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
