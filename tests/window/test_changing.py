"""Changing a file: one new file that is verified, and the offer to delete the old one."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit

from services.transfers.transfer import TransferKind, TransferState
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import ServedFile, served_file
from tests.support.served_jobs import served_batch
from tests.support.server_faults import Moment, Reset, api_error
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk, account_at
from ui.transfers.row_actions import RowAction, possible_actions

CONTENT = b"Ahoy\n" * 500


def opened(files_server: ScriptedFilesServer, open_desk: OpenDesk) -> tuple[Desk, ServedFile]:
    old = served_file("old.txt", purpose="user_data", content=CONTENT)
    files_server.add(old)
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_for_files("old.txt")
    desk.select("old.txt")
    return desk, old


def change_by_pointer(desk: Desk, name: str, purpose: str | None = None) -> None:
    desk.press("Change…")
    dialog = desk.dialog("Change file")
    desk.wait(lambda: "Looking for" not in desk.texts(dialog))
    (field,) = [one for one in dialog.findChildren(QLineEdit) if "Name" in one.accessibleName()]
    field.selectAll()
    desk.qtbot.keyClicks(field, name)
    if purpose is not None:
        (box,) = [one for one in dialog.findChildren(QComboBox) if one.findData(purpose) >= 0]
        box.setCurrentIndex(box.findData(purpose))
    desk.press("Change", dialog)


def names(files_server: ScriptedFilesServer) -> list[str]:
    return sorted(file.filename for file in files_server.files)


def test_a_file_is_changed_and_the_old_one_deleted_by_pointer(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    desk, old = opened(files_server, open_desk)
    change_by_pointer(desk, "new.txt")
    desk.wait_to_see("Changed: new.txt is on the server as", "its content was compared")
    desk.wait_for_files("old.txt", "new.txt")
    assert names(files_server) == ["new.txt", "old.txt"]
    assert files_server.requests_to("DELETE", "/files/*") == []
    desk.press("Delete the old file…")
    desk.press("Delete 1 file", desk.dialog("Delete files"))
    desk.press("Delete now")
    desk.wait_for_files("new.txt")
    [new] = files_server.files
    assert (new.filename, new.content) == ("new.txt", CONTENT)
    assert [one.path for one in files_server.requests_to("DELETE", "/files/*")] == [
        f"/files/{old.id}"
    ]


def test_a_file_is_changed_by_keyboard(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    desk, _old = opened(files_server, open_desk)
    desk.key(Qt.Key.Key_F2)
    dialog = desk.dialog("Change file")
    desk.wait(lambda: "Looking for" not in desk.texts(dialog))
    desk.qtbot.keyClicks(QApplication.focusWidget(), "newer")
    desk.key(Qt.Key.Key_Return)
    done = desk.wait_for_transfer("newer.txt", TransferState.DONE)
    assert done.kind is TransferKind.CHANGE
    desk.wait_to_see("Copy new ID")
    desk.press("Copy new ID")
    assert QApplication.clipboard().text() == done.file_id


def test_the_original_on_this_computer_saves_the_download(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    path: Path = desk.write("mine.jsonl")
    desk.drop(desk.drag(path), "batch")
    desk.press("Upload 1 file", desk.dialog("Upload files"))
    desk.wait_for_transfer("mine.jsonl", TransferState.DONE)
    desk.wait(lambda: "mine.jsonl" in desk.names())
    [old] = [file for file in files_server.files if file.filename == "mine.jsonl"]
    desk.select("mine.jsonl")
    before = len(files_server.requests_to("GET", f"/files/{old.id}/content"))
    change_by_pointer(desk, "yours.jsonl")
    done = desk.wait_for_transfer("yours.jsonl", TransferState.DONE)
    [new] = [file for file in files_server.files if file.filename == "yours.jsonl"]
    assert (new.id, new.content) == (done.file_id, path.read_bytes())
    assert len(files_server.requests_to("GET", f"/files/{old.id}/content")) == before


def test_what_the_check_finds_in_the_original_is_shown_before_it_is_sent(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    path: Path = desk.write("mine.jsonl")
    desk.drop(desk.drag(path), "batch")
    desk.press("Upload 1 file", desk.dialog("Upload files"))
    desk.wait_for_transfer("mine.jsonl", TransferState.DONE)
    desk.wait(lambda: "mine.jsonl" in desk.names())
    desk.select("mine.jsonl")
    desk.press("Change…")
    dialog = desk.dialog("Change file")
    desk.wait_to_see("The check found nothing wrong for the purpose batch.")
    (box,) = [one for one in dialog.findChildren(QComboBox) if one.findData("vision") >= 0]
    box.setCurrentIndex(box.findData("vision"))
    desk.wait_to_see("for the purpose vision. Check the box below to upload it anyway.")
    assert not desk.button("Change", dialog).isEnabled()
    assert len(files_server.requests_to("POST", "/files")) == 1


def test_errors_that_are_found_after_the_download_can_be_shown(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    desk, _old = opened(files_server, open_desk)
    change_by_pointer(desk, "new.jsonl", purpose="batch")
    failed = desk.wait_for_transfer("new.jsonl", TransferState.FAILED)
    table = desk.window.workspace.transfers
    assert RowAction.ERRORS in possible_actions(failed)
    desk.window.commands.transfers.setChecked(True)
    table.errors_requested.emit([failed])
    desk.wait_to_see("for the purpose batch")
    desk.press("Details", desk.window.messages)
    details = desk.window.messages.findChild(QPlainTextEdit)
    assert details is not None
    assert "Line 1: " in details.toPlainText()


def test_a_new_file_that_is_not_right_is_told_and_the_old_one_stays(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    desk, old = opened(files_server, open_desk)
    desk.wait(lambda: files_server.requests_to("GET", f"/files/{old.id}"))
    files_server.script("GET", "/files/file-????????", [api_error(403, "Not allowed")])
    change_by_pointer(desk, "new.txt")
    failed = desk.wait_for_transfer("new.txt", TransferState.FAILED)
    assert failed.file_id != ""
    assert not desk.sees("Delete the old file…")
    assert names(files_server) == ["new.txt", "old.txt"]


def test_a_lost_answer_makes_no_second_file(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    desk, _old = opened(files_server, open_desk)
    files_server.script("POST", "/files", [Reset(Moment.AFTER_BODY, carried_out=True)])
    change_by_pointer(desk, "new.txt")
    desk.wait_to_see("Changed: new.txt")
    assert names(files_server) == ["new.txt", "old.txt"]


def test_it_tells_what_still_refers_to_the_old_file(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    old = served_file("requests.jsonl", purpose="batch")
    files_server.add(old)
    files_server.jobs.batches.append(
        served_batch(input_file_id=old.id, metadata={"name": "nightly"})
    )
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_for_files("requests.jsonl")
    desk.select("requests.jsonl")
    desk.wait_to_see("Batch nightly")
    desk.press("Change…")
    dialog = desk.dialog("Change file")
    shown = desk.texts(dialog)
    assert old.id in shown
    assert "Batch nightly" in shown
    desk.press("Cancel", dialog)
    change_by_pointer(desk, "daily.txt", purpose="assistants")
    desk.wait_to_see("Changed: daily.txt", "still there and used: Batch nightly.")


def test_a_file_that_is_only_on_a_server_that_refuses_it_can_not_be_changed(
    sandbox: Desk,
) -> None:
    name = next(
        one.name for one in sandbox.window.workspace.area.shown if one.purpose == "user_data"
    )
    sandbox.select(name)
    sandbox.key(Qt.Key.Key_F2)
    dialog = sandbox.dialog("Change file")
    sandbox.wait(lambda: "so the file can't be changed" in sandbox.texts(dialog))
    assert "user_data can't be downloaded" in sandbox.texts(dialog)
    sandbox.qtbot.keyClicks(QApplication.focusWidget(), "other")
    assert not sandbox.button("Change", dialog).isEnabled()
    sandbox.key(Qt.Key.Key_Escape)
    sandbox.wait(lambda: not sandbox.dialogs())


def test_the_old_file_can_be_deleted_from_the_row_of_its_change(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    desk, _old = opened(files_server, open_desk)
    change_by_pointer(desk, "new.txt")
    done = desk.wait_for_transfer("new.txt", TransferState.DONE)
    desk.wait_for_files("old.txt", "new.txt")
    asked = desk.window.workspace.transfers.delete_old_requested
    asked.emit([done])
    desk.press("Delete 1 file", desk.dialog("Delete files"))
    desk.press("Delete now")
    desk.wait_for_files("new.txt")
    asked.emit([done])
    desk.wait_to_see("The old file is no longer in the list")
