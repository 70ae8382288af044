"""Deleting: confirmation, undo, sending, and one summary."""

from dataclasses import replace

from PySide6.QtCore import Qt

from services.transfers.transfer import TransferState
from tests.support.files_server import ScriptedFilesServer
from tests.support.narrowing import not_none
from tests.support.served_files import many_files, served_file
from tests.support.server_faults import Stall, api_error
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk, account_at


def ask(desk: Desk, *names: str) -> None:
    desk.select(*names)
    desk.key(Qt.Key.Key_Delete)
    dialog = desk.dialog("Delete files")
    words = "Delete 1 file" if len(names) == 1 else f"Delete {len(names)} files"
    desk.press(words, dialog)


def pending_deletes(desk: Desk) -> set[str]:
    area = desk.window.workspace.area
    return {not_none(area.files.get(one)).name for one in area.files.deleting}


def test_undo_cancels_the_delete_and_nothing_is_sent(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    ask(desk, "requests.jsonl")
    assert pending_deletes(desk) == {"requests.jsonl"}
    desk.press("Undo")
    assert pending_deletes(desk) == set()
    assert desk.sees("Nothing was deleted")
    assert files_server.requests_to("DELETE", "/files/*") == []


def test_cancel_in_the_dialog_deletes_nothing(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    desk.select("requests.jsonl")
    desk.press("Delete")
    desk.dialog("Delete files")
    desk.key(Qt.Key.Key_Return)
    desk.wait(lambda: not desk.dialogs())
    assert pending_deletes(desk) == set()
    assert files_server.requests_to("DELETE", "/files/*") == []


def test_after_the_undo_time_the_rows_go_and_one_total_is_shown(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    ask(desk, "requests.jsonl", "report.pdf")
    desk.press("Delete now")
    desk.wait_for_files("answers.jsonl")
    desk.wait_to_see("2 files deleted")
    assert [file.filename for file in files_server.files] == ["answers.jsonl"]


def test_failures_are_one_message_and_their_rows_stay(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.script("DELETE", "/files/*", [api_error(403, "You may not delete")] * 2)
    ask(desk, "requests.jsonl", "answers.jsonl")
    desk.press("Delete now")
    desk.wait_to_see("(2 files)")
    assert len(desk.names()) == 3
    assert pending_deletes(desk) == set()


def test_five_hundred_equal_failures_are_one_message(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.add(*many_files(500))
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait(lambda: len(desk.names()) == 500)
    files_server.script("DELETE", "/files/*", [api_error(403, "You may not delete")] * 500)
    desk.table.setFocus()
    desk.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    desk.key(Qt.Key.Key_Delete)
    desk.press("Delete 500 files", desk.dialog("Delete files"))
    desk.press("Delete now")
    desk.wait_to_see("(500 files)")
    assert not desk.sees("1 of ")


def test_a_file_that_is_already_gone_leaves_the_list(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.remove(desk.file("requests.jsonl").id)
    ask(desk, "requests.jsonl")
    desk.press("Delete now")
    desk.wait_for_files("answers.jsonl", "report.pdf")


def test_a_delete_canceled_while_running_can_be_requested_again(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.script("DELETE", "/files/*", [Stall()])
    ask(desk, "requests.jsonl")
    desk.press("Delete now")
    files_server.wait_until_stalled()
    desk.wait_for_transfer("requests.jsonl", TransferState.RUNNING)
    desk.press("Cancel all")
    desk.press("Cancel transfers", desk.dialog("Cancel transfers"))
    desk.wait(lambda: pending_deletes(desk) == set())
    ask(desk, "requests.jsonl")
    assert pending_deletes(desk) == {"requests.jsonl"}
    desk.press("Undo")


def test_switching_accounts_during_the_undo_time_deletes_nothing(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    ask(desk, "requests.jsonl")
    desk.choose_account("Sandbox")
    desk.wait(lambda: "requests.jsonl" not in desk.names() and desk.names())
    assert desk.window.deletes.undo_bar.pending == ()
    assert desk.sees("Nothing was deleted")
    assert files_server.requests_to("DELETE", "/files/*") == []
    assert len(files_server.files) == 3


def test_switching_accounts_closes_the_delete_dialog(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    desk.select("requests.jsonl")
    desk.press("Delete")
    desk.dialog("Delete files")
    desk.choose_account("Sandbox")
    desk.wait(lambda: desk.window.windowTitle().startswith("Sandbox"))
    desk.wait(lambda: not desk.dialogs())


def test_closing_the_window_during_the_undo_time_deletes_nothing(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    ask(desk, "requests.jsonl")
    desk.window.close()
    assert desk.window.deletes.undo_bar.pending == ()
    desk.close_now()
    assert files_server.requests_to("DELETE", "/files/*") == []


def test_save_first_downloads_what_it_can_and_deletes_nothing(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    desk.select("requests.jsonl")
    desk.press("Delete")
    dialog = desk.dialog("Delete files")
    (save,) = [one for one in desk.texts(dialog).splitlines() if "first" in one.lower()]
    desk.press(save, dialog)
    desk.wait_for_transfer("requests.jsonl", TransferState.DONE)
    assert len(files_server.files) == 3


def test_a_delete_is_held_back_if_jobs_cannot_be_checked(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.add(*many_files(2))
    files_server.script("GET", "/batches", [api_error(401, "Not with this key")] * 9)
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait(lambda: len(desk.names()) == 2)
    (name, _other) = desk.names()
    ask(desk, name)
    desk.press("Delete now")
    desk.wait_to_see("1 file wasn't deleted", "Not with this key")
    assert pending_deletes(desk) == set()
    assert len(files_server.files) == 2
    desk.press("Delete anyway")
    desk.press("Delete now")
    desk.wait_to_see("1 file deleted")
    assert len(files_server.files) == 1


def test_in_production_the_bar_says_so_and_the_name_is_typed_before_deleting(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.add(served_file("live.jsonl"))
    production = replace(account_at(files_server, "Acme · Live"), production=True)
    desk = open_desk(accounts=[production, account_at(files_server, "Trial")])
    desk.wait_for_files("live.jsonl")
    assert desk.sees("Production")
    desk.select("live.jsonl")
    desk.key(Qt.Key.Key_Delete)
    dialog = desk.dialog("Delete files")
    assert not desk.button("Delete 1 file", dialog).isEnabled()
    desk.qtbot.keyClicks(dialog.focusWidget(), "acme live")
    desk.key(Qt.Key.Key_Return)
    desk.key(Qt.Key.Key_Return)
    desk.wait(lambda: desk.window.deletes.undo_bar.pending)
    desk.press("Undo")
    desk.choose_account("Trial")
    desk.wait(lambda: desk.window.windowTitle().startswith("Trial"))
    assert not desk.sees("Production")
