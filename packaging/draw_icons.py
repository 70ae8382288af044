"""Draw the program's icon in the sizes that desktops look for: resources/icons/program/SIZE.png.

    .venv/bin/python packaging/draw_icons.py [FOLDER]

Run it after a change of the drawings, `filewharf.svg` and, for the smallest sizes, `filewharf-16.svg`.
Needs Qt, which commands don't load, so they install these files.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtGui import QGuiApplication, QIcon

ICONS = Path(__file__).resolve().parent.parent / "resources" / "icons"
DRAWN = ICONS / "program"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
_SMALL = 24
"""From this size on, the large drawing is used."""


def draw(folder: Path) -> None:
    """Write all sizes to a folder. Needs a QGuiApplication. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for size in SIZES:
        name = "filewharf-16.svg" if size < _SMALL else "filewharf.svg"
        target = folder / f"{size}.png"
        if not QIcon(str(ICONS / name)).pixmap(size, size).save(str(target)):
            raise OSError(f"{target} couldn't be written")


if __name__ == "__main__":
    application = QGuiApplication(["", "-platform", "offscreen"])
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else DRAWN)
