"""Watching for new files: its settings, and what happens to new outputs."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit

from services.api.remote_file import RemoteFile
from services.catalog.events import NewFilesFound, WatchFailed
from services.transfers.transfer import TransferState
from tests.support.factories import problem
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import ServedFile, many_files, served_file
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk, account_at


def found(file: ServedFile) -> NewFilesFound:
    """The event when watching finds the file."""
    return NewFilesFound("acme", (remote(file),))


def remote(file: ServedFile) -> RemoteFile:
    return RemoteFile(
        id=file.id,
        filename=file.filename,
        purpose=file.purpose,
        size=file.size,
        created_at=file.created_at,
        status=file.status,
    )


def settings_of(desk: Desk) -> QDialog:
    desk.key(Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    return desk.dialog("Settings")


def test_a_new_output_appears_is_reported_and_saved(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    outputs = desk.folder / "outputs"
    outputs.mkdir()
    dialog = settings_of(desk)
    (field,) = [
        one
        for one in dialog.findChildren(QLineEdit)
        if one.accessibleName() == "Save new outputs to"
    ]
    desk.qtbot.keyClicks(field, str(outputs))
    desk.press("Close", dialog)
    desk.wait(desk.window.isActiveWindow)
    output = served_file("batch_1_output.jsonl", purpose="batch_output", content=b"{}\n")
    files_server.add(output)
    desk.deliver([found(output)])
    desk.wait(lambda: "batch_1_output.jsonl" in desk.names())
    desk.wait_to_see("New output: batch_1_output.jsonl")
    desk.wait_for_transfer("batch_1_output.jsonl", TransferState.DONE)
    assert (outputs / "batch_1_output.jsonl").read_bytes() == b"{}\n"


def test_a_refresh_finds_new_outputs_as_well(desk: Desk, files_server: ScriptedFilesServer) -> None:
    files_server.add(served_file("late.jsonl", purpose="batch_output"))
    desk.key(Qt.Key.Key_F5)
    desk.wait(lambda: "late.jsonl" in desk.names())
    desk.wait_to_see("New output: late.jsonl")


def test_files_that_arrive_during_a_visit_are_new_at_the_next(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.add(*many_files(2))
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_to_see("Updated")
    visited = desk.settings.current.looked_at["acme"]
    desk.deliver([found(served_file(purpose="batch_output", created_at=int(visited) + 60))])
    desk.key(Qt.Key.Key_F5)
    desk.wait_to_see("Updated")
    assert desk.settings.current.looked_at["acme"] == visited


def test_a_visit_without_a_connection_does_not_count(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.close()
    desk = open_desk(accounts=[account_at(files_server)], looked_at={"acme": 1234.0})
    desk.wait_to_see("Try again")
    assert desk.settings.current.looked_at == {"acme": 1234.0}


def test_watch_problems_show_in_the_status_line(desk: Desk) -> None:
    desk.deliver([WatchFailed("acme", problem("The server can't be reached"))] * 3)
    desk.wait_to_see("Couldn't check for new files: The server can't be reached")
    assert not desk.window.messages.isVisible()
    desk.key(Qt.Key.Key_F5)
    desk.wait(lambda: not desk.sees("Looking for new files failed"))


@pytest.mark.parametrize("forgets", [False, True])
def test_cached_lists_can_be_cleared(
    files_server: ScriptedFilesServer, open_desk: OpenDesk, forgets: bool
) -> None:
    files_server.add(*many_files(2))
    first = open_desk(accounts=[account_at(files_server)])
    first.wait_to_see("Updated")
    if forgets:
        dialog = settings_of(first)
        first.press("Clear cached lists and previews", dialog)
        first.press("Close", dialog)
    first.end()
    files_server.close()
    desk = open_desk(accounts=[account_at(files_server)])
    if forgets:
        desk.wait_to_see("Try again")
        assert desk.names() == []
    else:
        desk.wait(lambda: len(desk.names()) == 2)


def test_the_watch_interval_is_set_per_account(desk: Desk) -> None:
    dialog = settings_of(desk)
    (often,) = [
        one
        for one in dialog.findChildren(QComboBox)
        if one.accessibleName() == "Check for new files"
    ]
    often.setFocus()
    QTest.keyClick(often, Qt.Key.Key_End)
    desk.press("Close", dialog)
    assert desk.settings.current.watch_minutes == {"acme": 15}
