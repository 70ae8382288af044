"""Progress, cancel, failure and retry in the panel."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from services.catalog.events import FileAdded
from services.transfers.events import TransferChanged, TransfersCleared
from services.transfers.transfer import TransferState
from tests.support.factories import remote_file, transfer
from tests.support.files_server import ScriptedFilesServer
from tests.support.narrowing import not_none
from tests.support.served_files import served_file
from tests.support.server_faults import Moment, Reset, Stall, api_error
from tests.window.conftest import OpenDesk
from tests.window.desk import BATCH, Desk, account_at
from ui.inside.lines.line_table import LineTable

BIG = bytes(8_000_000)


def upload(desk: Desk, name: str, content: bytes = b"{}\n") -> None:
    desk.drop(desk.drag(desk.write(name, content)), "user_data")
    desk.press("Upload 1 file", desk.dialog("Upload files"))
    desk.wait(lambda: name in [one.name for one in desk.transfers()])  # after its check


def test_the_file_appears_in_the_table_once_the_server_has_it(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.script("POST", "/files", [Stall(Moment.IN_BODY, after_bytes=1_000_000)])
    upload(desk, "big.bin", BIG)
    files_server.wait_until_stalled()
    desk.wait_for_transfer("big.bin", TransferState.RUNNING)
    assert "big.bin" not in desk.names()
    assert desk.sees("1 running")
    files_server.release()
    desk.wait_for_transfer("big.bin", TransferState.DONE)
    desk.wait(lambda: "big.bin" in desk.names())


def test_an_upload_can_be_canceled_while_the_server_is_silent(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.script("POST", "/files", [Stall(Moment.IN_BODY, after_bytes=1_000_000)])
    upload(desk, "big.bin", BIG)
    files_server.wait_until_stalled()
    desk.wait_for_transfer("big.bin", TransferState.RUNNING)
    desk.press("Cancel all")
    desk.press("Cancel transfers", desk.dialog("Cancel transfers"))
    desk.wait_for_transfer("big.bin", TransferState.CANCELLED)
    assert files_server.waiting
    assert len(files_server.files) == 3


def test_a_rejected_upload_shows_why_and_can_be_retried(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.script("POST", "/files", [api_error(400, "Invalid file format for user_data")])
    upload(desk, "notes.txt")
    failed = desk.wait_for_transfer("notes.txt", TransferState.FAILED)
    assert failed.problem is not None
    assert "Invalid file format" in failed.problem.report
    assert desk.sees("1 needs attention")
    desk.window.workspace.transfers.retry_requested.emit([failed.id])
    desk.wait_for_transfer("notes.txt", TransferState.DONE)
    desk.wait(lambda: "notes.txt" in desk.names())


def test_an_upload_without_an_answer_is_never_sent_twice(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.script("POST", "/files", [Reset(Moment.AFTER_BODY, carried_out=True)])
    upload(desk, "lost.txt")
    desk.wait_for_transfer("lost.txt", TransferState.DONE)
    assert [file.filename for file in files_server.files].count("lost.txt") == 1


def test_an_upload_is_reported_and_its_id_copied_and_row_shown(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    desk.drop(desk.drag(desk.write("a.txt", b"a\n"), desk.write("b.txt", b"b\n")), "user_data")
    desk.press("Upload 2 files", desk.dialog("Upload files"))
    desk.wait_to_see("2 uploaded")
    desk.wait(lambda: {"a.txt", "b.txt"} <= set(desk.names()))
    ids = {name: desk.file(name).id for name in ("a.txt", "b.txt")}
    files = desk.window.workspace.area.files
    assert files.new_ids == set(ids.values())
    desk.press("Copy IDs")
    assert set(QGuiApplication.clipboard().text().split()) == set(ids.values())
    done = desk.wait_for_transfer("a.txt", TransferState.DONE)
    desk.search.setText("requests")
    desk.wait(lambda: "a.txt" not in desk.names())
    desk.window.workspace.transfers.show_requested.emit([done])
    desk.wait(lambda: desk.selected() == ["a.txt"])
    assert files.new_ids == {ids["b.txt"]}


@pytest.mark.parametrize("covered_by", ["a file", "batches"])
def test_an_upload_is_shown_in_the_list_whatever_covers_it(
    desk: Desk, files_server: ScriptedFilesServer, covered_by: str
) -> None:
    if covered_by == "batches":
        desk.choose_purpose("Batches")
        desk.wait_to_see("No batches yet")
    else:
        files_server.add(served_file("lines.jsonl", purpose="batch", content=BATCH))
        desk.window.commands.refresh.trigger()
        desk.wait(lambda: "lines.jsonl" in desk.names())
        desk.select("lines.jsonl")
        desk.key(Qt.Key.Key_Space)
        lines = not_none(desk.window.findChild(LineTable))
        desk.wait(lines.hasFocus)
    assert not desk.table.isVisible()
    done = transfer(state=TransferState.DONE, account_id="acme", file_id=desk.file("report.pdf").id)
    desk.window.workspace.transfers.show_requested.emit([done])
    assert desk.table.isVisible()
    assert desk.selected() == ["report.pdf"]
    assert desk.table.hasFocus()


def test_showing_an_upload_that_is_not_in_the_list_explains_why(desk: Desk) -> None:
    before = desk.selected()
    for account_id in ("another", "acme"):
        desk.window.messages.clear()
        foreign = transfer(state=TransferState.DONE, account_id=account_id, file_id="file-gone")
        desk.window.workspace.transfers.show_requested.emit([foreign])
        assert desk.texts(desk.window.messages)
    assert desk.selected() == before


def test_uploads_of_earlier_sessions_are_not_reported(
    desk: Desk, files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    upload(desk, "notes.txt")
    desk.wait_to_see("Uploaded: notes.txt")
    desk.end()
    again = open_desk(accounts=[account_at(files_server)])
    again.wait_for_transfer("notes.txt", TransferState.DONE)
    assert not again.sees("Uploaded: notes.txt")


def test_finished_transfers_can_be_cleared(desk: Desk) -> None:
    upload(desk, "notes.txt")
    desk.wait_for_transfer("notes.txt", TransferState.DONE)
    desk.press("Clear finished")
    desk.wait(lambda: desk.transfers() == [])


def test_events_of_a_removed_transfer_do_no_harm(desk: Desk) -> None:
    desk.deliver([TransfersCleared((4711,))])
    desk.deliver(
        [TransferChanged(transfer(id=4711, state=TransferState.DONE)), TransfersCleared((4711,))]
    )
    assert desk.transfers() == []


def test_a_file_of_another_account_is_not_listed(desk: Desk) -> None:
    desk.deliver([FileAdded("another", remote_file("foreign.txt"))])
    assert "foreign.txt" not in desk.names()
