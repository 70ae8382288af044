"""Walks through Filewharf on the screen, or takes the pictures for the documentation.

python -m tests.tour                        do the main job; pictures go to build/tour
python -m tests.tour --program PROGRAM      do it with an installed program
python -m tests.tour --screenshots FOLDER   take the pictures for the README
python -m tests.tour --many-files COUNT     use an account with this many files; pictures go to
                                            build/many-files
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from tests.support.accessibility import AccessibilityBus, Gone
from tests.support.program import FROM_SOURCE, ROOT
from tests.tour.camera import Camera
from tests.tour.tour import Tour

_BUILD = ROOT / "build"
_SPACE_NEEDED = 400_000_000
"""Free bytes required: twice what the tour uses temporarily."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tour", description=__doc__)
    parser.add_argument("--program", metavar="PROGRAM")
    parser.add_argument("--screenshots", type=Path, metavar="FOLDER")
    parser.add_argument("--many-files", type=int, metavar="COUNT")
    options = parser.parse_args()
    if "DISPLAY" not in os.environ or "DBUS_SESSION_BUS_ADDRESS" not in os.environ:
        print("This needs a display; packaging/virtual_screen.py provides one.", file=sys.stderr)
        return 2
    camera = Camera(_BUILD / "tour")
    if message := space_problem(_BUILD, shutil.disk_usage(_BUILD).free):
        print(message, file=sys.stderr)
        return 1
    with (
        AccessibilityBus() as bus,
        # Not in the system's temporary folder, which may be too small.
        tempfile.TemporaryDirectory(prefix="walk-", dir=_BUILD, ignore_cleanup_errors=True) as name,
    ):
        if options.screenshots is not None:
            return _take_screenshots(bus, options.screenshots, camera, Path(name))
        if options.many_files is not None:
            return _use_many_files(bus, options.many_files, Path(name))
        camera.clear()
        program = (options.program,) if options.program else FROM_SOURCE
        code = Tour(bus, camera, Path(name), program).walk()
    print(f"The pictures are in {camera.folder}")
    return code


def space_problem(folder: Path, free: int) -> str | None:
    """A message if the disk is too full, or None."""
    if free >= _SPACE_NEEDED:
        return None
    needed, available = _SPACE_NEEDED // 1_000_000, free // 1_000_000
    return f"This needs {needed} MB of free space in {folder}, but only {available} MB are free."


# Imports that need more packages than the program itself are inside these functions.


def _take_screenshots(bus: AccessibilityBus, folder: Path, camera: Camera, name: Path) -> int:
    from tests.tour.screenshots import take_screenshots

    return take_screenshots(bus, Camera(folder), camera, name)


def _use_many_files(bus: AccessibilityBus, count: int, folder: Path) -> int:
    from tests.bench.page_server import page_server
    from tests.bench.product import KEY
    from tests.tour.many_files import ManyFiles
    from tests.tour.many_files_server import PageServer

    camera = Camera(_BUILD / "many-files" / str(count))
    camera.clear()
    with page_server(count) as address:
        try:
            ManyFiles(bus, camera, folder, PageServer(address), KEY).walk()
        except (AssertionError, Gone) as error:
            print(f"FAILED  {error}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
