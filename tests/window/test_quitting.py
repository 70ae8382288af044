"""The window can be closed at any time; the engine ends within two seconds."""

from PySide6.QtCore import Qt

from services.events import ServiceClosed
from services.transfers.transfer import TransferState
from tests.support.files_server import ScriptedFilesServer
from tests.support.server_faults import Delivery, Moment, Stall
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk, account_at


def quit_quickly(desk: Desk) -> None:
    """Close the window; the engine must report the end before the two-second limit forces it."""
    desk.close_now()
    assert len(desk.log.all(ServiceClosed)) == 1


def test_while_idle(desk: Desk) -> None:
    quit_quickly(desk)


def test_on_the_welcome_page(open_desk: OpenDesk) -> None:
    desk = open_desk()
    desk.wait_to_see("Try the sandbox")
    quit_quickly(desk)


def test_while_the_sandbox_starts(open_desk: OpenDesk) -> None:
    desk = open_desk(last="sandbox")
    quit_quickly(desk)


def test_while_a_listing_waits(files_server: ScriptedFilesServer, open_desk: OpenDesk) -> None:
    files_server.script("GET", "/files", [Stall()])
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait(lambda: files_server.waiting)
    quit_quickly(desk)


def test_while_an_upload_is_stuck(desk: Desk, files_server: ScriptedFilesServer) -> None:
    files_server.script("POST", "/files", [Stall(Moment.IN_BODY, after_bytes=100_000)])
    desk.drop(desk.drag(desk.write("big.bin", bytes(20_000_000))), "user_data")
    desk.press("Upload 1 file", desk.dialog("Upload files"))
    desk.wait(lambda: files_server.waiting)
    quit_quickly(desk)
    assert len(files_server.files) == 3


def test_while_an_upload_waits_for_its_answer(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.script("POST", "/files", [Stall(Moment.AFTER_BODY)])
    desk.drop(desk.drag(desk.write("run.jsonl")), "batch")
    desk.press("Upload 1 file", desk.dialog("Upload files"))
    desk.wait(lambda: files_server.waiting)
    quit_quickly(desk)


def test_while_a_download_is_stuck_without_leaving_a_partial_file(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.script("GET", "/files/*/content", [Delivery(stall_after=100)])
    desk.hide_inspector()
    desk.select("requests.jsonl")
    desk.press("Download")
    desk.wait(lambda: files_server.waiting)
    quit_quickly(desk)
    assert list(desk.downloads.iterdir()) == []


def test_while_a_delete_waits(desk: Desk, files_server: ScriptedFilesServer) -> None:
    files_server.script("DELETE", "/files/*", [Stall()])
    desk.select("requests.jsonl")
    desk.key(Qt.Key.Key_Delete)
    desk.press("Delete 1 file", desk.dialog("Delete files"))
    desk.press("Delete now")
    desk.wait(lambda: files_server.waiting)
    quit_quickly(desk)


def test_while_waiting_to_retry(desk: Desk, files_server: ScriptedFilesServer) -> None:
    from tests.support.server_faults import rate_limited

    files_server.script("GET", "/files/*/content", [rate_limited(retry_after="60")])
    desk.hide_inspector()
    desk.select("requests.jsonl")
    desk.press("Download")
    desk.wait_for_transfer("requests.jsonl", TransferState.WAITING)
    quit_quickly(desk)


def test_while_dialogs_are_open(desk: Desk) -> None:
    desk.select("requests.jsonl")
    desk.press("Delete")
    desk.dialog("Delete files")
    quit_quickly(desk)


def test_the_window_layout_is_saved(desk: Desk) -> None:
    quit_quickly(desk)
    assert desk.settings.current.window_geometry
    assert desk.settings.current.table_headers["acme"]
