"""Everything works without a mouse, and keys never affect files while editing text."""

from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from services.catalog.events import ListingEnded
from services.transfers.events import TransferChanged
from services.transfers.transfer import TransferKind, TransferState
from tests.support.factories import transfer
from tests.support.files_server import ScriptedFilesServer
from tests.support.narrowing import not_none, now
from tests.support.served_files import served_file
from tests.support.server_faults import Stall, api_error
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk, account_at, mime_of

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
PLAIN = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def focused() -> str:
    widget = QApplication.focusWidget()
    return widget.accessibleName() or type(widget).__name__ if widget else ""


def test_tab_order_follows_the_visual_order(desk: Desk) -> None:
    desk.select("requests.jsonl")
    desk.button("Account").setFocus()
    passed = [focused()]
    while len(passed) < 40:
        desk.key(Key.Key_Tab)
        if focused() == passed[0]:
            break
        passed.append(focused())
    wanted = [
        "Account",
        "Refresh",
        "Search files",
        "Download",
        "Delete",
        "Upload",
        "Menu",
        "Purposes",
        "Columns",
        "Files",
        "Download the selected files",
    ]
    assert [name for name in passed if name in wanted] == wanted
    assert passed.index("Files") < passed.index("Hide transfers")


def test_ctrl_f_focuses_the_search_and_escape_clears_it(desk: Desk) -> None:
    desk.key(Key.Key_F, CONTROL)
    assert QApplication.focusWidget() is desk.search
    desk.qtbot.keyClicks(desk.search, "report")
    assert desk.names() == ["report.pdf"]
    desk.key(Key.Key_F, CONTROL)
    assert desk.search.selectedText() == "report"
    desk.key(Key.Key_Escape)
    assert len(desk.names()) == 3
    desk.key(Key.Key_Down)
    assert QApplication.focusWidget() is desk.table


def test_keys_in_the_search_field_do_not_affect_files(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    desk.select("requests.jsonl", "report.pdf")
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("before")
    desk.key(Key.Key_F, CONTROL)
    desk.qtbot.keyClicks(desk.search, "jsonl")
    desk.key(Key.Key_A, CONTROL)
    assert desk.search.selectedText() == "jsonl"
    desk.key(Key.Key_C, CONTROL)
    assert clipboard.text() == "jsonl"
    desk.key(Key.Key_Home)
    desk.key(Key.Key_Delete)
    assert desk.search.text() == "sonl"
    desk.key(Key.Key_V, CONTROL)
    assert desk.search.text() == "jsonlsonl"
    clipboard.setMimeData(mime_of(desk.write("pasted.jsonl")))
    desk.key(Key.Key_V, CONTROL)
    assert desk.dialogs() == []
    assert files_server.requests_to("POST", "/files") == []


def test_pasting_an_empty_clipboard_shows_a_notice(desk: Desk) -> None:
    QGuiApplication.clipboard().clear()
    desk.window.workspace.area.table.setFocus()
    desk.key(Key.Key_V, CONTROL)
    desk.wait_to_see("Nothing on the clipboard to upload")


def test_an_empty_search_field_keeps_keys_from_the_files(desk: Desk) -> None:
    desk.select("requests.jsonl")
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("before")
    desk.key(Key.Key_F, CONTROL)
    for key, modifiers in ((Key.Key_Delete, Qt.KeyboardModifier.NoModifier), (Key.Key_C, CONTROL)):
        desk.key(key, modifiers)
    desk.key(Key.Key_A, CONTROL)
    assert desk.dialogs() == []
    assert clipboard.text() == "before"
    assert desk.selected() == ["requests.jsonl"]


@pytest.mark.parametrize("place", ["Purposes", "Transfers", "Hide transfers", "Account"])
def test_del_and_select_all_work_only_in_the_table(desk: Desk, place: str) -> None:
    desk.deliver([TransferChanged(transfer(TransferKind.DOWNLOAD, TransferState.FAILED, name="x"))])
    desk.select("requests.jsonl")
    (widget,) = [
        one
        for one in desk.window.findChildren(QWidget)
        if one.accessibleName() == place and one.isVisible()
    ]
    widget.setFocus()
    assert focused() == place
    desk.key(Key.Key_A, CONTROL)
    desk.key(Key.Key_Delete)
    assert desk.selected() == ["requests.jsonl"]
    assert desk.dialogs() == []


def test_del_in_the_table_asks_before_it_deletes(desk: Desk) -> None:
    desk.table.setFocus()
    desk.key(Key.Key_A, CONTROL)
    assert len(desk.selected()) == 3
    desk.key(Key.Key_Delete)
    dialog = desk.dialog("Delete files")
    desk.key(Key.Key_Escape)
    desk.qtbot.waitUntil(lambda: not dialog.isVisible())
    assert len(desk.names()) == 3


def test_ctrl_c_in_the_table_copies_ids(desk: Desk) -> None:
    desk.select("requests.jsonl", "report.pdf")
    desk.key(Key.Key_C, CONTROL)
    wanted = {desk.file("requests.jsonl").id, desk.file("report.pdf").id}
    assert set(QGuiApplication.clipboard().text().splitlines()) == wanted


def test_f5_refreshes(desk: Desk, files_server: ScriptedFilesServer) -> None:
    before = len(files_server.requests_to("GET", "/files"))
    desk.key(Key.Key_F5)
    desk.wait(lambda: len(files_server.requests_to("GET", "/files")) > before)
    desk.wait_to_see("Updated")


def test_inspector_and_transfers_can_be_toggled_and_stay_so(desk: Desk) -> None:
    assert now(desk.settings.current.inspector_shown)
    desk.key(Key.Key_I, CONTROL)
    assert not desk.window.workspace.inspector.isVisible()
    assert not desk.settings.current.inspector_shown
    desk.key(Key.Key_T, CONTROL)
    assert desk.window.workspace.transfers.collapsed
    assert not now(desk.settings.current.transfers_shown)
    desk.press("Show transfers")
    assert now(desk.settings.current.transfers_shown)
    desk.key(Key.Key_T, CONTROL)
    assert desk.window.workspace.transfers.collapsed


def test_ctrl_comma_opens_the_settings_and_ctrl_q_quits(desk: Desk) -> None:
    desk.key(Key.Key_Comma, CONTROL)
    desk.dialog("Settings").reject()
    desk.wait(desk.window.isActiveWindow)
    desk.key(Key.Key_Q, CONTROL)
    desk.wait(lambda: not desk.window.isVisible())


def test_focus_moves_to_the_files_when_the_focused_widget_disappears(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.script("GET", "/files", [api_error(400, "No"), Stall()])
    desk.key(Key.Key_F5)
    desk.wait(lambda: desk.window.messages.isVisible())
    desk.button("Dismiss").setFocus()
    desk.key(Key.Key_Space)
    assert not desk.window.messages.isVisible()
    assert QApplication.focusWidget() is desk.table

    desk.key(Key.Key_F5)
    files_server.wait_until_stalled()
    desk.wait_to_see("Stop")
    desk.press("Stop the listing")
    desk.wait_to_see("Stopped")
    assert QApplication.focusWidget() is desk.table


def test_focus_waits_for_the_files_during_a_retry(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.add(served_file("report.pdf"))
    files_server.script("GET", "/files", [api_error(400, "No"), Stall()])
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_to_see("Try again")
    desk.button("Try again").setFocus()
    desk.key(Key.Key_Space)
    files_server.wait_until_stalled()
    desk.wait_to_see("Loading files…")
    assert QApplication.focusWidget() is desk.window.workspace.area
    files_server.release()
    desk.wait_for_files("report.pdf")
    assert QApplication.focusWidget() is desk.table


def test_undo_is_next_in_tab_order_and_on_ctrl_z(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    for keys in (((Key.Key_Tab, PLAIN), (Key.Key_Space, PLAIN)), ((Key.Key_Z, CONTROL),)):
        desk.select("requests.jsonl")
        desk.key(Key.Key_Delete)
        dialog = desk.dialog("Delete files")
        desk.button("Delete 1 file", dialog).setFocus()
        desk.key(Key.Key_Return)
        desk.wait(lambda: desk.sees("Undo") and QApplication.focusWidget() is desk.table)
        for key, modifiers in keys:
            desk.key(key, modifiers)
        desk.wait(lambda: not desk.window.deletes.undo_bar.pending)
        desk.wait_to_see("Nothing was deleted")
    assert files_server.requests_to("DELETE", "/files/*") == []


def test_ctrl_z_in_the_search_field_undoes_typing(desk: Desk) -> None:
    desk.select("requests.jsonl")
    desk.key(Key.Key_Delete)
    desk.press("Delete 1 file", desk.dialog("Delete files"))
    desk.key(Key.Key_F, CONTROL)
    desk.qtbot.keyClicks(desk.search, "re")
    desk.key(Key.Key_Z, CONTROL)
    assert desk.search.text() == ""
    assert desk.window.deletes.undo_bar.pending
    desk.press("Undo")


def test_escape_in_the_table_clears_the_selection_then_the_search(desk: Desk) -> None:
    desk.key(Key.Key_F, CONTROL)
    desk.qtbot.keyClicks(desk.search, "re")
    desk.select("report.pdf")
    desk.key(Key.Key_Escape)
    assert (desk.selected(), desk.search.text()) == ([], "re")
    desk.key(Key.Key_Escape)
    assert desk.search.text() == ""
    assert len(desk.names()) == 3


def test_a_failed_listing_focuses_its_button(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.add(served_file("report.pdf"))
    files_server.script("GET", "/files", [api_error(400, "No"), api_error(400, "No")])
    desk = open_desk(accounts=[account_at(files_server)])
    for failures in (1, 2):
        desk.wait(partial(lambda so_far: len(desk.log.all(ListingEnded)) == so_far, failures))
        desk.wait_to_see("Try again")
        assert QApplication.focusWidget() is desk.button("Try again")
        desk.key(Key.Key_Return)
    desk.wait_for_files("report.pdf")
    assert QApplication.focusWidget() is desk.table


def test_everything_focusable_has_a_name_or_text(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.add(served_file("report.pdf"))
    files_server.script("GET", "/files", [Stall()])
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_to_see("Loading files…")
    assert not_none(QApplication.focusWidget()).accessibleName()
    desk.wait(lambda: files_server.requests_to("GET", "/files"))
    files_server.release()
    desk.wait_for_files("report.pdf")
    desk.select("report.pdf")
    first = QApplication.focusWidget()
    while True:
        here = not_none(QApplication.focusWidget())
        assert here.accessibleName() or getattr(here, "text", str)(), here
        desk.key(Key.Key_Tab)
        if QApplication.focusWidget() is first:
            break


def test_a_search_without_matches_keeps_focus_in_the_field(desk: Desk) -> None:
    desk.key(Key.Key_F, CONTROL)
    desk.qtbot.keyClicks(desk.search, "nowhere")
    assert desk.names() == []
    assert QApplication.focusWidget() is desk.search
