"""Walk through Filewharf on the screen, or take the pictures of the documentation.

python -m tests.tour                        do the main job; pictures go to build/tour
python -m tests.tour --screenshots FOLDER   take the pictures of the README
python -m tests.tour --many-files COUNT     use an account with so many files; to build/many-files
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from tests.support.accessibility import AccessibilityBus, Gone
from tests.support.program import ROOT
from tests.tour.camera import Camera
from tests.tour.tour import Tour

_BUILD = ROOT / "build"
_ROOM = 400_000_000
"""Bytes that the walk may take for a while, with as much again to spare."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tour", description=__doc__)
    parser.add_argument("--screenshots", type=Path, metavar="FOLDER")
    parser.add_argument("--many-files", type=int, metavar="COUNT")
    asked = parser.parse_args()
    if "DISPLAY" not in os.environ or "DBUS_SESSION_BUS_ADDRESS" not in os.environ:
        print("This needs a screen: packaging/virtual_screen.py makes one.", file=sys.stderr)
        return 2
    camera = Camera(_BUILD / "tour")
    if told := lack_of_room(_BUILD, shutil.disk_usage(_BUILD).free):
        print(told, file=sys.stderr)
        return 1
    with (
        AccessibilityBus() as bus,
        # Not in the temporary folder, which is small on some machines.
        tempfile.TemporaryDirectory(prefix="walk-", dir=_BUILD, ignore_cleanup_errors=True) as name,
    ):
        if asked.screenshots is not None:
            return _take_screenshots(bus, asked.screenshots, camera, Path(name))
        if asked.many_files is not None:
            return _use_many_files(bus, asked.many_files, Path(name))
        camera.forget()
        code = Tour(bus, camera, Path(name)).walk()
    print(f"The pictures are in {camera.folder}")
    return code


def lack_of_room(folder: Path, free: int) -> str | None:
    """What to tell a person whose disk is too full; None where there is room."""
    if free >= _ROOM:
        return None
    needed, there = _ROOM // 1_000_000, free // 1_000_000
    return f"This needs {needed} MB of free space in {folder}, and there are {there} MB."


# What takes more packages than running the program is loaded only where it is asked for.


def _take_screenshots(bus: AccessibilityBus, folder: Path, camera: Camera, name: Path) -> int:
    from tests.tour.screenshots import take_screenshots

    return take_screenshots(bus, Camera(folder), camera, name)


def _use_many_files(bus: AccessibilityBus, count: int, folder: Path) -> int:
    from tests.bench.page_server import page_server
    from tests.bench.product import KEY
    from tests.tour.many_files import ManyFiles
    from tests.tour.many_files_server import PageServer

    camera = Camera(_BUILD / "many-files" / str(count))
    camera.forget()
    with page_server(count) as address:
        try:
            ManyFiles(bus, camera, folder, PageServer(address), KEY).walk()
        except (AssertionError, Gone) as error:
            print(f"FAILED  {error}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
