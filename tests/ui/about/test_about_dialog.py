from pathlib import Path

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QListWidget, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from services.releases.about import About, Place
from services.releases.licenses import LicensedPart
from services.system.version import __version__
from ui.about.about_dialog import AboutDialog

SETTINGS, CACHE = Path("/home/me/settings.json"), Path("/home/me/cache")
ABOUT = About(
    "3.99.0",
    "A system 7",
    (Place(SETTINGS, exists=True), Place(CACHE, exists=False)),
    (
        LicensedPart("Filewharf", "1.0", "MIT", "Do what you like."),
        LicensedPart("one", "2.0", "ISC", "<b>As it is</b>"),
        LicensedPart("other", "3.0", "", ""),
    ),
)


def opened(qtbot: QtBot) -> AboutDialog:
    dialog = AboutDialog((("Settings", SETTINGS), ("Cache", CACHE)))
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def button(dialog: AboutDialog, text: str, about: str = "") -> QPushButton:
    (found,) = (
        one
        for one in dialog.findChildren(QPushButton)
        if one.text() == text and one.accessibleDescription() == about
    )
    return found


def test_it_shows_version_license_and_privacy_and_closes(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    texts = "\n".join(label.text() for label in dialog.findChildren(QLabel))
    words = (f"Version {__version__}", "Lesser General Public", "MIT", "telemetry")
    assert not [word for word in words if word not in texts]
    assert dialog.accessibleName() == "About Filewharf"
    qtbot.mouseClick(button(dialog, "Close"), Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()


def test_the_versions_are_copied_as_a_block(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    dialog.show_about(ABOUT)
    qtbot.mouseClick(button(dialog, "Copy", "Versions"), Qt.MouseButton.LeftButton)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[:2] == [f"Filewharf {__version__}", "Python 3.99.0"]
    assert lines[2].startswith(f"Qt {qVersion()}, PySide ")
    assert lines[3] == "System A system 7"


def test_a_chosen_license_is_shown_as_plain_text(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    dialog.show_about(ABOUT)
    (names,) = dialog.findChildren(QListWidget)
    (text,) = (
        one for one in dialog.findChildren(QPlainTextEdit) if one.accessibleName() == "License text"
    )
    assert [names.item(row).text() for row in range(names.count())] == [
        "Filewharf 1.0 · MIT",
        "one 2.0 · ISC",
        "other 3.0",
    ]
    assert text.toPlainText() == "Do what you like."
    names.setCurrentRow(1)
    assert text.toPlainText() == "<b>As it is</b>"
    names.setCurrentRow(2)
    assert "without a license text" in text.toPlainText()


def test_only_what_exists_can_be_shown_in_its_folder(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    shown: list[Path] = []
    dialog.show_requested.connect(shown.append)
    settings = button(dialog, "Show in folder", "Settings")
    assert not settings.isEnabled()
    dialog.show_about(ABOUT)
    settings.click()
    assert shown == [SETTINGS]
    cache = button(dialog, "Show in folder", "Cache")
    assert not cache.isEnabled()
    assert cache.toolTip()
