"""Walk through Filewharf on the screen, or take the pictures of the documentation.

python -m tests.tour                        do the main job; pictures go to build/tour
python -m tests.tour --screenshots FOLDER   take the pictures of the README
python -m tests.tour --many-files COUNT     use an account with so many files; to build/many-files
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.bench.page_server import page_server
from tests.bench.product import KEY
from tests.support.accessibility import AccessibilityBus, Gone
from tests.support.program import ROOT
from tests.tour.camera import Camera
from tests.tour.many_files import ManyFiles
from tests.tour.many_files_server import PageServer
from tests.tour.screenshots import take_screenshots
from tests.tour.tour import Tour


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tour", description=__doc__)
    parser.add_argument("--screenshots", type=Path, metavar="FOLDER")
    parser.add_argument("--many-files", type=int, metavar="COUNT")
    asked = parser.parse_args()
    if "DISPLAY" not in os.environ or "DBUS_SESSION_BUS_ADDRESS" not in os.environ:
        print("This needs a screen: packaging/virtual_screen.py makes one.", file=sys.stderr)
        return 2
    camera = Camera(ROOT / "build" / "tour")
    with (
        AccessibilityBus() as bus,
        tempfile.TemporaryDirectory(prefix="filewharf-tour-", ignore_cleanup_errors=True) as name,
    ):
        if asked.screenshots is not None:
            return take_screenshots(bus, Camera(asked.screenshots), camera, Path(name))
        if asked.many_files is not None:
            return _use_many_files(bus, asked.many_files, Path(name))
        camera.forget()
        return Tour(bus, camera, Path(name)).walk()


def _use_many_files(bus: AccessibilityBus, count: int, folder: Path) -> int:
    camera = Camera(ROOT / "build" / "many-files" / str(count))
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
