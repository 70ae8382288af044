"""Every way to upload files: drop, paste, file dialog, command line."""

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDragEnterEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox, QTableView

from services.checks.file_uris import ResolvedFiles
from services.checks.pasted import png_of
from services.transfers.transfer import TransferState
from tests.support.files_server import ScriptedFilesServer
from tests.support.narrowing import instance_of, not_none
from tests.window.conftest import OpenDesk
from tests.window.desk import BATCH, LEFT, PLAIN, Desk, account_at, mime_of
from ui.application import Start
from ui.transfers.transfer_words import status_in_words
from ui.uploads.drop_overlay import DropOverlay
from ui.uploads.name_field import NameField
from ui.uploads.review_model import ReviewModel


def purposes(server: ScriptedFilesServer) -> dict[str, str]:
    return {file.filename: file.purpose for file in server.files[3:]}


def test_a_drop_on_a_tile_sets_the_purpose_and_the_sheet_uploads(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    overlay = desk.drag(desk.write("train.jsonl"))
    assert desk.drag_accepted
    assert overlay.isVisible()
    desk.drop(overlay, "fine-tune")
    assert not overlay.isVisible()
    sheet = desk.dialog("Upload files")
    assert desk.sees("to Acme")
    desk.press("Upload 1 file", sheet)
    desk.wait_for_transfer("train.jsonl", TransferState.DONE)
    desk.wait(lambda: "train.jsonl" in desk.names())
    assert purposes(files_server) == {"train.jsonl": "fine-tune"}


def test_a_file_is_uploaded_under_its_new_name(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    path = desk.write("draft.txt")
    desk.drop(desk.drag(path), "batch")
    sheet = desk.dialog("Upload files")
    desk.wait(lambda: "draft.txt" in desk.texts(sheet) and "1 warning" in desk.texts(sheet))
    rows = not_none(sheet.findChild(QTableView))
    rows.setFocus()
    rows.selectRow(0)
    desk.qtbot.keyClick(rows, Qt.Key.Key_F2)
    field = not_none(rows.findChild(NameField))
    field.selectAll()
    desk.qtbot.keyClicks(field, "final.jsonl")
    desk.qtbot.keyClick(field, Qt.Key.Key_Return)
    desk.wait(lambda: "1 warning" not in desk.texts(sheet))
    desk.wait(lambda: desk.button("Upload 1 file", sheet).isEnabled())
    desk.press("Upload 1 file", sheet)
    desk.wait_for_transfer("final.jsonl", TransferState.DONE)
    assert purposes(files_server) == {"final.jsonl": "batch"}
    assert path.read_bytes() == BATCH
    # Its content is on the server under another name; a match by name and size is reported too.
    other = desk.write("elsewhere.jsonl", BATCH[:-2] + b" \n")
    desk.drop(desk.drag(other), "batch")
    sheet = desk.dialog("Upload files")
    rows = not_none(sheet.findChild(QTableView))
    model = instance_of(ReviewModel, rows.model())
    desk.wait(lambda: model.settled)
    assert model.sums.duplicates == 0
    model.rename(0, "final.jsonl")
    desk.wait(lambda: model.settled)
    assert model.sums.duplicates == 1


def test_a_drop_between_the_tiles_matches_each_file(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    pictured = desk.write("scan.png", png_of(1, 1, bytes(4)))
    overlay = desk.drag(desk.write("go.jsonl"), pictured)
    desk.drop(overlay, None)
    desk.press("Upload 2 files", desk.dialog("Upload files"))
    desk.wait(lambda: {"go.jsonl", "scan.png"} <= set(desk.names()))
    assert purposes(files_server) == {"go.jsonl": "batch", "scan.png": "vision"}


def test_a_dropped_folder_is_walked(desk: Desk, files_server: ScriptedFilesServer) -> None:
    desk.write("deep/one.jsonl")
    folder = desk.write("deep/down/two.jsonl").parent.parent
    desk.drop(desk.drag(folder), "batch")
    desk.press("Upload 2 files", desk.dialog("Upload files"))
    desk.wait(lambda: {"one.jsonl", "two.jsonl"} <= set(desk.names()))
    assert purposes(files_server) == {"one.jsonl": "batch", "two.jsonl": "batch"}


def test_files_can_be_pasted_from_the_clipboard(desk: Desk) -> None:
    QGuiApplication.clipboard().setMimeData(mime_of(desk.write("pasted.jsonl")))
    desk.table.setFocus()
    desk.key(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    desk.press("Upload 1 file", desk.dialog("Upload files"))
    desk.wait(lambda: "pasted.jsonl" in desk.names())


def test_files_can_be_picked_in_a_dialog(desk: Desk) -> None:
    path = desk.write("picked.jsonl")
    desk.key(Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    desk.pick("Choose files to upload", path)
    desk.press("Upload 1 file", desk.dialog("Upload files"))
    desk.wait(lambda: "picked.jsonl" in desk.names())


def test_files_from_the_command_line_wait_for_the_account(
    files_server: ScriptedFilesServer, open_desk: OpenDesk, tmp_path: Path
) -> None:
    path = tmp_path / "named.jsonl"
    path.write_bytes(b"{}\n")
    desk = open_desk(accounts=[account_at(files_server)], start=Start(files=ResolvedFiles((path,))))
    desk.press("Upload 1 file", desk.dialog("Upload files"))
    desk.wait_for_files("named.jsonl")


def test_the_sheet_is_skipped_if_there_is_nothing_to_decide(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    desk = open_desk(accounts=[account_at(files_server)], skip_review=True)
    desk.wait_to_see("No files yet")
    desk.drop(desk.drag(desk.write("run.jsonl")), "batch")
    desk.wait_for_files("run.jsonl")
    (file,) = files_server.files
    assert file.expires_at == file.created_at + 30 * 86_400  # the server's default for batch files
    desk.drop(desk.drag(desk.write("notes.txt")), "batch")
    assert desk.dialog("Upload files").isVisible()


def test_the_chosen_expiry_is_sent_and_shown_in_the_transfer(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    desk.drop(desk.drag(desk.write("short.jsonl")), "batch")
    sheet = desk.dialog("Upload files")
    (expires,) = [one for one in sheet.findChildren(QComboBox) if one.accessibleName() == "Expires"]
    expires.setCurrentIndex(expires.findText("1 day"))
    desk.press("Upload 1 file", sheet)
    desk.wait(lambda: "short.jsonl" in desk.names())
    file = files_server.files[-1]
    assert file.expires_at == file.created_at + 86_400
    done = desk.wait_for_transfer("short.jsonl", TransferState.DONE)
    assert "expires after 1 day" in status_in_words(done)


def test_a_missing_file_is_reported_as_skipped(
    files_server: ScriptedFilesServer, open_desk: OpenDesk, tmp_path: Path
) -> None:
    desk = open_desk(
        accounts=[account_at(files_server)],
        start=Start(files=ResolvedFiles((tmp_path / "gone.jsonl",))),
    )
    sheet = desk.dialog("Upload files")
    assert "None of these files can be uploaded" in desk.texts(sheet)


def test_nothing_can_be_dropped_while_no_account_is_open(open_desk: OpenDesk) -> None:
    desk = open_desk()
    desk.hover(desk.write("early.jsonl"))
    assert not desk.drag_accepted
    assert not desk.offers_drop


def test_dragged_text_is_not_accepted(desk: Desk) -> None:
    data = mime_of()
    data.setText("hello")
    event = QDragEnterEvent(QPoint(500, 400), Qt.DropAction.CopyAction, data, LEFT, PLAIN)
    QApplication.sendEvent(desk.window, event)
    assert not event.isAccepted()


def test_no_drop_is_accepted_while_a_dialog_is_open(desk: Desk) -> None:
    desk.select("report.pdf")
    desk.press("Delete")
    dialog = desk.dialog("Delete files")
    desk.hover(desk.write("late.jsonl"))
    assert not desk.drag_accepted
    assert not desk.offers_drop
    assert dialog.isVisible()


def test_files_can_be_dropped_on_the_search_field(desk: Desk) -> None:
    data = mime_of(desk.write("run.jsonl"))
    event = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, LEFT, PLAIN)
    event.ignore()
    QApplication.sendEvent(desk.search, event)
    (overlay,) = desk.window.findChildren(DropOverlay)
    assert overlay.isVisible()
