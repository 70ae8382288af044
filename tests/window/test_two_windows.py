"""Two windows, each on an account of its own, with one engine behind them."""

import gc
import weakref
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from services.accounts.events import AccountSaved
from services.events import ServiceClosed
from services.transfers.transfer import TransferState
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import served_file
from tests.support.server_faults import Moment, Stall
from tests.window.conftest import OpenDesk
from tests.window.desk import account_at
from tests.window.two_windows import MakeServer, Two
from ui.starting.start_request import StartRequest
from ui.transfers.transfer_columns import Column


@pytest.fixture
def two(open_desk: OpenDesk, make_files_server: MakeServer) -> Two:
    """Two windows on two accounts whose files have the same IDs."""
    return Two(open_desk, make_files_server)


def test_a_new_window_shows_an_account_that_no_other_shows(two: Two) -> None:
    assert two.first.window.windowTitle() == "Acme — Filewharf"
    assert two.second.window.windowTitle() == "Zenith — Filewharf"
    assert two.first.names() == ["a.jsonl"]
    assert two.second.names() == ["z.jsonl"]


def test_with_one_account_both_windows_show_it(
    open_desk: OpenDesk, files_server: ScriptedFilesServer
) -> None:
    files_server.add(served_file("a.jsonl"))
    first = open_desk(accounts=[account_at(files_server)])
    first.wait_for_files("a.jsonl")
    second = first.new_window()
    second.wait_for_files("a.jsonl")
    assert second.window.windowTitle() == "Acme — Filewharf"


def test_on_the_welcome_page_a_new_window_is_one_too(open_desk: OpenDesk) -> None:
    first = open_desk()
    first.wait_to_see("Try the sandbox")
    second = first.new_window()
    second.wait_to_see("Try the sandbox")


def test_order_filter_and_selection_are_each_ones_own(two: Two) -> None:
    two.first.select("a.jsonl")
    two.second.search.setText("nothing")
    two.second.wait(lambda: two.second.names() == [])
    assert two.first.names() == ["a.jsonl"]
    assert two.first.search.text() == ""
    assert two.first.selected() == ["a.jsonl"]
    assert two.second.selected() == []


def test_both_panels_show_all_transfers_but_one_window_tells_of_them(two: Two) -> None:
    two.first.drop(two.first.drag(two.first.write("new.jsonl")), "batch")
    two.first.press("Upload 1 file", two.first.dialog("Upload files"))
    for desk in (two.first, two.second):
        done = desk.wait_for_transfer("new.jsonl", TransferState.DONE)
        assert done.account_id == "acme"
    two.first.wait_for_files("a.jsonl", "new.jsonl")
    two.first.wait_to_see("Uploaded: new.jsonl")
    assert two.second.names() == ["z.jsonl"]
    assert "Uploaded: new.jsonl" not in two.second.texts()
    panel = two.second.window.workspace.transfers.model
    assert panel.index(0, Column.ACCOUNT).data() == "Acme"


def test_a_window_that_is_opened_later_shows_the_transfers_of_before(
    open_desk: OpenDesk, files_server: ScriptedFilesServer
) -> None:
    files_server.add(served_file("a.jsonl"))
    first = open_desk(accounts=[account_at(files_server)])
    first.wait_for_files("a.jsonl")
    first.drop(first.drag(first.write("new.jsonl")), "batch")
    first.press("Upload 1 file", first.dialog("Upload files"))
    first.wait_for_files("a.jsonl", "new.jsonl")
    second = first.new_window()
    second.wait_for_files("a.jsonl", "new.jsonl")
    assert [one.name for one in second.transfers()] == ["new.jsonl"]
    assert "Uploaded" not in second.texts()


def test_reviews_of_both_windows_go_on_at_the_same_time(two: Two) -> None:
    paths = [two.first.write("one.jsonl"), two.second.write("two.jsonl")]
    for desk, path in ((two.first, paths[0]), (two.second, paths[1])):
        desk.drop(desk.drag(path), "batch")
    sheets = [desk.dialog("Upload files", focused=False) for desk in (two.first, two.second)]
    two.first.wait(lambda: two.first.button("Upload 1 file", sheets[0]).isEnabled())
    two.first.wait(lambda: two.second.button("Upload 1 file", sheets[1]).isEnabled())
    two.first.press("Upload 1 file", sheets[0])
    two.second.press("Upload 1 file", sheets[1])
    two.first.wait_for_files("a.jsonl", "one.jsonl")
    two.second.wait_for_files("z.jsonl", "two.jsonl")


def test_closing_one_window_leaves_the_other_and_its_transfers(two: Two) -> None:
    two.zenith.script("POST", "/files", [Stall(Moment.AFTER_BODY)])
    two.second.drop(two.second.drag(two.second.write("new.jsonl")), "batch")
    two.second.press("Upload 1 file", two.second.dialog("Upload files"))
    two.second.wait(lambda: two.zenith.waiting)
    two.second.window.close()
    two.first.wait(lambda: not two.first.others())
    assert two.first.window.isVisible()
    assert not two.first.log.all(ServiceClosed)
    two.zenith.release()
    two.first.wait_for_transfer("new.jsonl", TransferState.DONE)
    two.first.select("a.jsonl")
    two.first.press("Download")
    two.first.wait_for_transfer("a.jsonl", TransferState.DONE)


def test_the_last_window_asks_and_quitting_closes_all(two: Two) -> None:
    two.zenith.script("POST", "/files", [Stall(Moment.AFTER_BODY)])
    two.second.drop(two.second.drag(two.second.write("new.jsonl")), "batch")
    two.second.press("Upload 1 file", two.second.dialog("Upload files"))
    two.second.wait(lambda: two.zenith.waiting)
    two.first.wait(lambda: two.first.window.transfers.under_way)
    two.first.window.commands.quit.trigger()
    question = two.first.dialog("Quit")
    assert two.first.window.isVisible()
    assert two.second.window.isVisible()
    two.first.press("Quit", question)
    two.first.wait(lambda: two.first.ended)
    assert not two.first.window.isVisible()
    assert len(two.first.log.all(ServiceClosed)) == 1


def test_an_account_saved_in_one_window_is_opened_anew_in_the_other(
    open_desk: OpenDesk, files_server: ScriptedFilesServer
) -> None:
    files_server.add(served_file("a.jsonl"))
    first = open_desk(accounts=[account_at(files_server)])
    first.wait_for_files("a.jsonl")
    second = first.new_window()
    second.wait_for_files("a.jsonl")
    before = second.window.backend.session
    first.program.windows.backends.deliver(
        [AccountSaved(account_at(files_server), "Saved", key_in_memory_only=False)]
    )
    second.wait(lambda: second.window.backend.is_open)
    assert second.window.backend.session is not before
    second.wait_for_files("a.jsonl")


def test_new_outputs_are_saved_once_by_the_older_window(
    open_desk: OpenDesk, files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    files_server.add(served_file("a.jsonl"))
    (tmp_path / "out").mkdir()
    first = open_desk(
        accounts=[account_at(files_server)], save_outputs_to={"acme": str(tmp_path / "out")}
    )
    first.wait_for_files("a.jsonl")
    second = first.new_window()
    second.wait_for_files("a.jsonl")
    found: list[object] = []
    files_server.add(served_file("out.jsonl", purpose="batch_output"))
    for desk in (second, first):
        desk.window.workspace.area.outputs_found.connect(found.append)
        desk.window.commands.refresh.trigger()
        desk.wait_for_files("a.jsonl", "out.jsonl")
    first.wait(lambda: len(found) == 2)
    first.select("a.jsonl")
    first.press("Download")  # after whatever else was queued
    second.wait_for_transfer("a.jsonl", TransferState.DONE)
    assert sorted(one.name for one in second.transfers()) == ["a.jsonl", "out.jsonl"]


def test_the_keys_open_a_window_beside_or_below(two: Two) -> None:
    assert two.first.window.frameGeometry().topLeft() != two.second.window.frameGeometry().topLeft()
    room = two.first.window.screen().availableGeometry()
    assert room.contains(two.second.window.frameGeometry())


def test_the_window_that_is_in_front_takes_a_later_start(two: Two) -> None:
    for desk in (two.second, two.first):
        desk.window.activateWindow()
        desk.wait(desk.window.isActiveWindow)
        assert desk.program.window is desk.window


def test_a_later_start_opens_the_sandbox_where_it_is(two: Two) -> None:
    two.second.choose_account("Sandbox")
    two.second.wait(lambda: two.second.window.backend.open_id == "sandbox")
    two.first.window.activateWindow()
    two.first.wait(two.first.window.isActiveWindow)
    note = two.first.write("note.jsonl")
    two.first.program.starts.carry_out(StartRequest((note.as_uri(),), sandbox=True))
    two.second.press("Cancel", two.second.dialog("Upload files"))
    two.second.wait(two.second.window.isActiveWindow)
    assert two.first.window.windowTitle() == "Acme — Filewharf"
    assert two.first.dialogs() == []


def test_a_closed_window_is_forgotten(two: Two) -> None:
    forgotten = weakref.ref(two.second.window.backend)
    two.second.window.close()
    two.first.wait(lambda: not two.first.others())
    two.second.window = two.first.window

    def is_gone() -> bool:
        gc.collect()
        return forgotten() is None

    two.first.wait(is_gone)


def test_closed_windows_leave_nothing(two: Two) -> None:
    for _time in range(3):
        two.second.window.close()
        two.first.wait(lambda: not two.first.others())
        two.second = two.first.new_window()
        two.second.wait_for_files("z.jsonl")
    two.first.key(Qt.Key.Key_F5)
    two.first.wait_for_files("a.jsonl")
