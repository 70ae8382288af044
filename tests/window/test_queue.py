"""The queue survives the window; actions on many transfers at once."""

import csv
import zipfile

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from services.transfers.transfer import TransferState
from tests.support.files_server import ScriptedFilesServer
from tests.support.server_faults import Moment, Stall, api_error
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk, account_at


def upload(desk: Desk, name: str, purpose: str = "user_data", size: int = 1000) -> None:
    desk.drop(desk.drag(desk.write(name, bytes(size))), purpose)
    desk.press("Upload 1 file", desk.dialog("Upload files"))
    desk.wait(lambda: name in [one.name for one in desk.transfers()])  # after its check


def test_closing_during_transfers_asks_once_and_keep_running_stays(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.script("POST", "/files", [Stall(Moment.IN_BODY, after_bytes=100_000)])
    upload(desk, "big.bin", size=20_000_000)
    desk.wait(lambda: files_server.waiting)
    desk.window.close()
    desk.window.close()
    question = desk.dialog("Quit")
    assert desk.dialogs() == [question]
    assert "1 transfer is still running" in desk.texts(question)
    desk.key(Qt.Key.Key_Return)  # the default is Keep running
    desk.wait(lambda: not desk.dialogs())
    assert desk.window.isVisible()
    assert not desk.ended


def test_closing_an_idle_window_asks_nothing(desk: Desk) -> None:
    upload(desk, "small.bin")
    desk.wait_for_transfer("small.bin", TransferState.DONE)
    desk.window.close()
    assert desk.dialogs() == []
    desk.wait(lambda: desk.ended)


def test_unfinished_transfers_can_be_resumed_in_the_next_session(
    desk: Desk, files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.script("POST", "/files", [Stall(Moment.IN_BODY, after_bytes=100_000)])
    upload(desk, "big.bin", size=20_000_000)
    desk.wait(lambda: files_server.waiting)
    desk.end()
    again = open_desk(accounts=[account_at(files_server)])
    again.wait_to_see("1 unfinished transfer from last time")
    again.wait_for_transfer("big.bin", TransferState.PAUSED)
    again.press("Resume all transfers", again.window.messages)
    again.wait_for_transfer("big.bin", TransferState.DONE)
    assert [file.filename for file in files_server.files].count("big.bin") == 1


def test_pause_all_and_resume_all(desk: Desk, files_server: ScriptedFilesServer) -> None:
    files_server.script("POST", "/files", [Stall(Moment.IN_BODY, after_bytes=100_000)])
    upload(desk, "big.bin", size=20_000_000)
    desk.wait(lambda: files_server.waiting)
    desk.window.commands.pause_all.trigger()
    desk.wait_for_transfer("big.bin", TransferState.PAUSED)
    assert not desk.window.commands.pause_all.isEnabled()
    desk.window.commands.resume_all.trigger()
    desk.wait_for_transfer("big.bin", TransferState.DONE)


def test_several_files_can_be_downloaded_as_one_archive(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    desk.select("requests.jsonl", "answers.jsonl")
    desk.window.commands.download_zip.trigger()
    desk.wait(lambda: any(one.state is TransferState.DONE for one in desk.transfers()))
    (path,) = desk.downloads.iterdir()
    with zipfile.ZipFile(path) as archive:
        found = {name: len(archive.read(name)) for name in archive.namelist()}
    assert found == {"requests.jsonl": 300, "answers.jsonl": 200}


def test_the_report_of_a_delete_can_be_saved(desk: Desk, files_server: ScriptedFilesServer) -> None:
    files_server.script("DELETE", "/files/*", [api_error(403, "No"), api_error(403, "No")])
    desk.select("requests.jsonl", "answers.jsonl", "report.pdf")
    desk.key(Qt.Key.Key_Delete)
    desk.press("Delete 3 files", desk.dialog("Delete files"))
    desk.press("Delete now")
    desk.wait(lambda: desk.window.commands.delete_report.isEnabled())
    desk.window.commands.delete_report.trigger()
    (dialog,) = desk.window.findChildren(QFileDialog)
    report = desk.folder / "report.csv"
    dialog.fileSelected.emit(str(report))
    dialog.reject()
    desk.wait_to_see(f"Saved: {report}")
    rows = list(csv.DictReader(report.read_text().splitlines()))
    assert sorted(row["result"] for row in rows) == ["done", "failed", "failed"]
    assert {row["http"] for row in rows if row["result"] == "failed"} == {"403"}
