"""Files are copied to another account: from the menu, or dragged from window to window."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QDrag, QDragEnterEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog

from services.transfers.transfer import TransferKind, TransferState
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import served_file
from tests.window.conftest import OpenDesk
from tests.window.desk import LEFT, PLAIN, Desk, account_at
from tests.window.two_windows import MakeServer, Two
from ui.copying.copy_target import CopyTarget
from ui.transfers.transfer_columns import Column

COPY = Qt.DropAction.CopyAction


@pytest.fixture
def two(open_desk: OpenDesk, make_files_server: MakeServer) -> Two:
    return Two(open_desk, make_files_server)


class Drag:
    """In place of the pointer: what is dragged goes over another window, and maybe drops."""

    def __init__(self, over: Desk, *, drops: bool = True) -> None:
        self.over = over
        self.drops = drops
        self.offered: list[str] = []
        self.accepted: list[bool] = []

    def exec(self, drag: QDrag, *_actions: object) -> Qt.DropAction:
        window, at = self.over.window, self.over.window.rect().center()
        assert drag.mimeData().formats() == ["application/x-filewharf-files"]
        enter = QDragEnterEvent(at, COPY, drag.mimeData(), LEFT, PLAIN)
        QApplication.sendEvent(window, enter)
        move = QDragMoveEvent(at, COPY, drag.mimeData(), LEFT, PLAIN)
        QApplication.sendEvent(window, move)
        self.accepted = [enter.isAccepted(), move.isAccepted()]
        self.offered = [one.accessibleName() for one in covers(self.over)]
        if self.drops:
            drop = QDropEvent(QPointF(at), COPY, drag.mimeData(), LEFT, PLAIN)
            QApplication.sendEvent(window, drop)
        return COPY


def covers(desk: Desk) -> list[CopyTarget]:
    return [one for one in desk.window.findChildren(CopyTarget) if one.isVisible()]


def drag_out(desk: Desk, drag: Drag, monkeypatch: pytest.MonkeyPatch) -> None:
    """Press the first row, which is selected, and move by 40 pixels; release the button at the end.

    The real pointer stays where it is: what the window system says of its way may come much later.
    """
    monkeypatch.setattr(QDrag, "exec", lambda own, *actions: drag.exec(own, *actions))
    table = desk.table
    at = table.visualRect(table.model().index(0, 1)).center()
    QTest.mousePress(table.viewport(), LEFT, PLAIN, at)
    to = at + QPoint(40, 0)
    place, everywhere = QPointF(to), QPointF(table.viewport().mapToGlobal(to))
    kind, none = QEvent.Type.MouseMove, Qt.MouseButton.NoButton
    move = QMouseEvent(kind, place, everywhere, none, LEFT, PLAIN)
    QApplication.sendEvent(table.viewport(), move)
    QTest.mouseRelease(table.viewport(), LEFT, PLAIN, to)


def box(dialog: QDialog, name: str) -> QComboBox:
    (found,) = [one for one in dialog.findChildren(QComboBox) if one.accessibleName() == name]
    return found


def test_files_are_dragged_to_the_other_window(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    two.first.select("a.jsonl")
    drag = Drag(two.second)
    drag_out(two.first, drag, monkeypatch)
    assert drag.accepted == [True, True]
    assert drag.offered == ["Copy 1 file to Zenith"]
    dialog = two.second.dialog("Copy to account", focused=False)
    assert covers(two.second) == []
    assert box(dialog, "Account").currentText() == "Zenith"
    two.second.press("Copy", dialog)
    two.second.wait_for_files("z.jsonl", "a.jsonl")
    for desk in (two.first, two.second):
        done = desk.wait_for_transfer("a.jsonl", TransferState.DONE)
        assert (done.kind, done.source_id, done.account_id) == (
            TransferKind.COPY,
            "acme",
            "zenith",
        )
        model = desk.window.workspace.transfers.model
        assert model.index(0, Column.ACCOUNT).data() == "Acme → Zenith"
    assert two.first.names() == ["a.jsonl"]


def test_nothing_is_copied_before_the_person_confirms(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    two.first.select("a.jsonl")
    drag_out(two.first, Drag(two.second), monkeypatch)
    two.second.press("Cancel", two.second.dialog("Copy to account", focused=False))
    two.second.wait(lambda: two.second.dialogs() == [])
    assert two.second.transfers() == []


def test_a_drag_that_leaves_hides_the_frame(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    two.first.select("a.jsonl")
    drag = Drag(two.second, drops=False)
    drag_out(two.first, drag, monkeypatch)
    assert drag.offered == ["Copy 1 file to Zenith"]
    two.second.leave_with_drag()
    assert covers(two.second) == []


def test_files_are_not_dropped_on_their_own_account(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    two.second.choose_account("Acme")
    two.second.wait_for_files("a.jsonl")
    for over in (two.first, two.second):
        two.first.select("a.jsonl")
        drag = Drag(over)
        drag_out(two.first, drag, monkeypatch)
        assert drag.accepted == [False, False]
        assert over.dialogs() == []


def test_a_click_on_one_of_several_selected_files_selects_it_alone(two: Two) -> None:
    two.acme.add(served_file("b.jsonl"))
    two.first.window.commands.refresh.trigger()
    two.first.wait_for_files("a.jsonl", "b.jsonl")
    two.first.select("a.jsonl", "b.jsonl")
    at = two.first.table.visualRect(two.first.table.model().index(1, 1)).center()
    two.first.qtbot.mouseClick(two.first.table.viewport(), LEFT, PLAIN, at)
    assert two.first.selected() == [two.first.names()[1]]


def test_with_one_window_the_pointer_still_selects_rows(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.select(desk.names()[0])
    drag = Drag(desk)
    drag_out(desk, drag, monkeypatch)
    assert drag.accepted == []


def test_by_keyboard_an_account_is_chosen_that_no_window_shows(
    open_desk: OpenDesk, make_files_server: MakeServer
) -> None:
    acme: ScriptedFilesServer = make_files_server(
        [served_file("a.jsonl"), served_file("odd.bin", purpose="batch_output")]
    )
    zenith: ScriptedFilesServer = make_files_server()
    desk = open_desk(accounts=[account_at(acme, "Acme"), account_at(zenith, "Zenith")])
    desk.wait_for_files("a.jsonl", "odd.bin")
    desk.select("a.jsonl", "odd.bin")
    desk.window.commands.copy_to_account.trigger()
    dialog = desk.dialog("Copy to account")
    assert box(dialog, "Account").currentText() == "Zenith"
    purpose = box(dialog, "Purpose")
    assert purpose.isVisible()
    purpose.setCurrentIndex(purpose.findData("evals"))
    desk.key(Qt.Key.Key_Return)
    desk.wait_for_transfer("a.jsonl", TransferState.DONE)
    desk.wait_for_transfer("odd.bin", TransferState.DONE)
    assert {(one.filename, one.purpose) for one in zenith.files} == {
        ("a.jsonl", "batch"),
        ("odd.bin", "evals"),
    }


def test_what_cannot_be_downloaded_is_said_before(
    open_desk: OpenDesk, make_files_server: MakeServer
) -> None:
    acme: ScriptedFilesServer = make_files_server(
        [served_file("a.jsonl"), served_file("note.txt", purpose="user_data")]
    )
    zenith: ScriptedFilesServer = make_files_server()
    desk = open_desk(accounts=[account_at(acme, "Acme"), account_at(zenith, "Zenith")])
    desk.wait_for_files("a.jsonl", "note.txt")
    desk.window.refused.add("acme", "user_data", "Not allowed")
    desk.select("a.jsonl", "note.txt")
    desk.window.commands.copy_to_account.trigger()
    dialog = desk.dialog("Copy to account")
    assert "Copy 1 file" in desk.texts(dialog)
    assert "1 file can't be downloaded, so it isn't copied." in desk.texts(dialog)
    desk.press("Copy", dialog)
    desk.wait_for_transfer("a.jsonl", TransferState.DONE)
    assert [one.filename for one in zenith.files] == ["a.jsonl"]
