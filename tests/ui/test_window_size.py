from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.window_size import fit_to_screen


def test_a_window_gets_its_size_if_the_screen_has_room(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    assert fit_to_screen(window, 300, 200) == QSize(300, 200)


def test_a_window_with_its_frame_never_exceeds_its_screen(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    room = window.screen().availableGeometry()
    assert fit_to_screen(window, room.width(), 200) == QSize(room.width() - 16, 200)
    assert fit_to_screen(window, 300, 2 * room.height()) == QSize(300, room.height() - 60)
