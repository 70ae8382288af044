"""Where files came from, in the whole window: real engine, real server, real files."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTextEdit

from tests.support.files_server import ScriptedFilesServer
from tests.window.desk import Desk


@pytest.fixture
def uploaded(desk: Desk) -> Path:
    """A file that was uploaded and is in the table."""
    path = desk.write("mine.jsonl")
    desk.drop(desk.drag(path), "batch")
    desk.press("Upload 1 file", desk.dialog("Upload files"))
    desk.wait_for_files("requests.jsonl", "answers.jsonl", "report.pdf", "mine.jsonl")
    return path


def fields(desk: Desk) -> dict[str, str]:
    return {
        one.accessibleName(): one.toPlainText()
        for one in desk.window.workspace.inspector.findChildren(QTextEdit)
        if one.isVisible()
    }


def delete(desk: Desk, *names: str) -> None:
    desk.select(*names)
    desk.key(Qt.Key.Key_Delete)
    words = "Delete 1 file" if len(names) == 1 else f"Delete {len(names)} files"
    desk.press(words, desk.dialog("Delete files"))
    desk.press("Delete now")


def test_the_inspector_shows_where_a_file_came_from(desk: Desk, uploaded: Path) -> None:
    desk.select("mine.jsonl")
    desk.wait(lambda: fields(desk).get("File") == str(uploaded))
    desk.select("report.pdf")
    desk.wait(lambda: "File" not in fields(desk))


def test_a_deleted_file_can_be_restored_from_the_notice(
    desk: Desk, files_server: ScriptedFilesServer, uploaded: Path
) -> None:
    delete(desk, "mine.jsonl", "report.pdf")
    desk.wait_to_see("2 files deleted · 1 can be uploaded again from this computer")
    desk.press("Restore deleted files")
    desk.wait_for_files("requests.jsonl", "answers.jsonl", "mine.jsonl")
    [file] = [one for one in files_server.files if one.filename == "mine.jsonl"]
    assert file.purpose == "batch"


def test_a_changed_file_is_not_restored_and_a_notice_explains_why(
    desk: Desk, files_server: ScriptedFilesServer, uploaded: Path
) -> None:
    delete(desk, "mine.jsonl")
    desk.wait_to_see("it can be uploaded again")
    uploaded.write_bytes(b"{}\n")
    desk.window.commands.restore_deleted.trigger()
    desk.wait_to_see("The local file has changed since it was uploaded")
    assert len(files_server.requests_to("POST", "/files")) == 1


def test_a_file_deleted_elsewhere_can_be_restored_from_the_inspector(
    desk: Desk, files_server: ScriptedFilesServer, uploaded: Path
) -> None:
    files_server.remove(desk.file("mine.jsonl").id)
    desk.select("mine.jsonl")
    desk.wait_to_see("FROM THIS COMPUTER")
    desk.wait(lambda: desk.button("Restore").isVisible())
    desk.press("Restore")
    desk.wait(lambda: [one.filename for one in files_server.files].count("mine.jsonl") == 1)


def test_the_settings_can_clear_the_upload_history(desk: Desk, uploaded: Path) -> None:
    desk.select("mine.jsonl")
    desk.wait_to_see("FROM THIS COMPUTER")
    desk.window.commands.settings.trigger()
    dialog = desk.dialog("Settings")
    desk.press("Clear upload history…", dialog)
    desk.press("Clear", dialog)
    desk.wait(lambda: "File" not in fields(desk))
    desk.press("Close", dialog)
    desk.wait_to_see("Upload history cleared")
