from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from services.system.version import __version__
from ui.about_dialog import AboutDialog


def test_it_shows_version_licenses_and_privacy_and_closes(qtbot: QtBot) -> None:
    dialog = AboutDialog()
    qtbot.addWidget(dialog)
    dialog.open()
    texts = "\n".join(label.text() for label in dialog.findChildren(QLabel))
    words = (
        f"Version {__version__}",
        qVersion(),
        "Lesser General Public",
        "ISC",
        "MIT",
        "telemetry",
    )
    assert not [word for word in words if word not in texts]
    assert dialog.accessibleName() == "About Filewharf"
    close = dialog.findChild(QPushButton)
    assert close is not None
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
