"""Checks that all parts of the program work, since packaging can easily leave one out."""

import os
import sys

from PySide6.QtCore import QSize, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from services.self_test import PARTS
from services.system.display import display_problem
from services.system.language import _
from ui.program_icon import program_icon


def self_test() -> int:
    """Print a line for each part; return 0 if all work, else 1. Needs no screen."""
    if display_problem(os.environ) is not None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QApplication(sys.argv[:1])
    failed = 0
    for name, check in {"Qt": _qt, "SVG": _svg, **PARTS}.items():
        try:
            print(f"{name}: {check()}")  # noqa: T201 - the output of the self-test
        except Exception as error:  # noqa: BLE001 - reports whatever is broken
            failed += 1
            words = _("{part}: does not work: {error}").format(part=name, error=repr(error))
            print(words)  # noqa: T201 - as above
    application.shutdown()
    return int(failed > 0)


def _qt() -> str:
    return f"{qVersion()} on {QGuiApplication.platformName()}"


def _svg() -> str:
    drawn = program_icon().pixmap(QSize(32, 32)).toImage()
    if drawn.pixelColor(16, 16).alpha() == 0:
        raise RuntimeError("the program's icon is empty")
    return "draws"
