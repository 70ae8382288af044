"""What a report for a bug says of Qt and of the screen."""

import PySide6
from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication


def facts_of_qt() -> list[tuple[str, str]]:
    """Names and values, for the developers."""
    screen = QGuiApplication.primaryScreen()
    size = screen.size()
    return [
        ("Qt", f"{qVersion()}, PySide {PySide6.__version__}"),
        ("Platform", QGuiApplication.platformName()),
        ("Screen", f"{size.width()} x {size.height()} at {screen.devicePixelRatio():g}"),
    ]
