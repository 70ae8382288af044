import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QDialogButtonBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ui.widgets.question_dialog import QuestionDialog

_LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(600, 400)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


@pytest.fixture
def question(qtbot: QtBot, window: QWidget) -> QuestionDialog:
    dialog = QuestionDialog(
        "Quit", "Are you sure?", "It starts over.", yes="Quit", no="Keep running", parent=window
    )
    dialog.open()
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def button(question: QuestionDialog, text: str) -> QPushButton:
    return next(one for one in question.findChildren(QPushButton) if one.text() == text)


def test_its_name_and_description_are_accessible(question: QuestionDialog) -> None:
    assert question.windowTitle() == question.accessibleName() == "Quit"
    assert question.accessibleDescription() == "Are you sure?"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape])
def test_enter_and_escape_mean_no(qtbot: QtBot, question: QuestionDialog, key: Qt.Key) -> None:
    accepted, rejected = QSignalSpy(question.accepted), QSignalSpy(question.rejected)
    qtbot.keyClick(question, key)
    assert (accepted.count(), rejected.count()) == (0, 1)


@pytest.mark.parametrize(("text", "yes"), [("Quit", 1), ("Keep running", 0)])
def test_each_button_answers(qtbot: QtBot, question: QuestionDialog, text: str, yes: int) -> None:
    accepted, rejected = QSignalSpy(question.accepted), QSignalSpy(question.rejected)
    qtbot.mouseClick(button(question, text), _LEFT)
    assert (accepted.count(), rejected.count()) == (yes, 1 - yes)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_yes_is_possible_with_the_keyboard(
    qtbot: QtBot, question: QuestionDialog, key: Qt.Key
) -> None:
    accepted = QSignalSpy(question.accepted)
    button(question, "Quit").setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(button(question, "Quit"), key)
    assert accepted.count() == 1


def test_the_platform_orders_the_buttons(question: QuestionDialog) -> None:
    box = question.findChild(QDialogButtonBox)
    assert box is not None
    roles = {one.text(): box.buttonRole(one) for one in box.buttons()}
    assert roles == {
        "Quit": QDialogButtonBox.ButtonRole.AcceptRole,
        "Keep running": QDialogButtonBox.ButtonRole.RejectRole,
    }
