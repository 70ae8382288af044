"""Downloading, and files that the server refuses to return."""

from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from services.transfers.events import TransferChanged
from services.transfers.transfer import TransferState
from tests.support.files_server import ScriptedFilesServer
from tests.support.narrowing import not_none
from tests.support.served_files import served_file
from tests.support.server_faults import Delivery, api_error
from tests.window.desk import Desk

REFUSAL = "Not allowed to download files of purpose: user_data"


def test_a_file_is_saved_completely_in_the_download_folder(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.add(served_file("poem.txt", purpose="vision", content=b"roses\n" * 1000))
    desk.key(Qt.Key.Key_F5)
    desk.wait(lambda: "poem.txt" in desk.names())
    desk.select("poem.txt")
    desk.press("Download")
    done = desk.wait_for_transfer("poem.txt", TransferState.DONE)
    assert done.path == desk.downloads / "poem.txt"
    assert done.path.read_bytes() == b"roses\n" * 1000


class _Opener(QObject):
    """Records what the desktop would open."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.opened.append(url.toLocalFile())


def test_files_that_may_run_code_are_shown_in_their_folder_instead_of_opened(desk: Desk) -> None:
    opener = _Opener()
    # PySide6 declares bytes here, as in C++, but documents str.
    QDesktopServices.setUrlHandler("file", opener, "take")  # type: ignore[arg-type]
    try:
        for name in ("poem.txt", "poem.sh"):
            desk.window.workspace.transfers.open_requested.emit(desk.downloads / name)
        # There is no file manager on this bus, so the folder is opened without one.
        desk.wait(lambda: len(opener.opened) == 2)
    finally:
        QDesktopServices.unsetUrlHandler("file")
    assert opener.opened == [str(desk.downloads / "poem.txt"), str(desk.downloads)]


def test_progress_shows_during_a_download(desk: Desk, files_server: ScriptedFilesServer) -> None:
    files_server.add(served_file("film.png", purpose="vision", size=20_000_000))
    files_server.script("GET", "/files/*/content", [Delivery(drip=500_000)])
    desk.hide_inspector()
    desk.key(Qt.Key.Key_F5)
    desk.wait(lambda: "film.png" in desk.names())
    desk.select("film.png")
    desk.press("Download")
    desk.wait_for_transfer("film.png", TransferState.DONE)
    shown = [event.transfer.done for event in desk.log.all(TransferChanged)]
    assert any(0 < done < 20_000_000 for done in shown)


def test_an_existing_name_gets_a_number(desk: Desk) -> None:
    desk.downloads.mkdir()
    (desk.downloads / "answers.jsonl").write_text("mine")
    desk.select("answers.jsonl")
    desk.key(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    done = desk.wait_for_transfer("answers.jsonl", TransferState.DONE)
    assert done.path == desk.downloads / "answers (2).jsonl"
    assert (desk.downloads / "answers.jsonl").read_text() == "mine"


def test_download_to_asks_for_a_folder(desk: Desk) -> None:
    target = desk.folder / "elsewhere"
    target.mkdir()
    desk.select("answers.jsonl")
    control_shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    desk.key(Qt.Key.Key_S, control_shift)
    desk.pick("Save to", target)
    desk.wait_for_transfer("answers.jsonl", TransferState.DONE)
    assert (target / "answers.jsonl").stat().st_size == 200


def test_a_folder_is_no_longer_asked_for_once_the_account_is_left(desk: Desk) -> None:
    desk.select("answers.jsonl")
    desk.window.commands.download_to.trigger()
    assert desk.dialog("Save to").isVisible()
    desk.remove_account("acme")
    desk.wait(lambda: "Save to" not in [one.windowTitle() for one in desk.dialogs()])
    assert desk.transfers() == []


def test_a_refusal_is_remembered_and_can_be_retried(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.script("GET", "/files/*/content", [api_error(400, REFUSAL)] * 9)
    desk.select("report.pdf")
    assert desk.button("Download").isEnabled()
    desk.press("Download")
    desk.wait_for_transfer("report.pdf", TransferState.FAILED)
    desk.wait(lambda: not desk.button("Download").isEnabled())
    assert REFUSAL in desk.button("Download").toolTip()
    desk.wait_to_see(REFUSAL)
    desk.press("Try anyway")
    desk.wait(lambda: len(desk.transfers()) == 2)
    desk.wait(lambda: desk.transfers()[0].state is TransferState.FAILED)
    problem = desk.transfers()[0].problem
    assert problem is not None
    assert REFUSAL in problem.report
    assert not list(desk.folder.rglob("report*"))


def test_purposes_openai_refuses_to_download_are_disabled_from_the_start(
    sandbox: Desk,
) -> None:
    name = next(
        file.name for file in sandbox.window.workspace.area.shown if file.purpose == "user_data"
    )
    sandbox.select(name)
    assert not sandbox.button("Download").isEnabled()
    assert "user_data" in sandbox.button("Download").toolTip()
    assert sandbox.window.commands.download_anyway.isVisible()
    sandbox.window.commands.download_anyway.trigger()
    failed = sandbox.wait_for_transfer(name, TransferState.FAILED)
    detail = not_none(failed.problem).detail
    sandbox.wait(lambda: detail in sandbox.button("Download").toolTip())


def test_only_downloadable_files_of_a_mixed_selection_are_requested(sandbox: Desk) -> None:
    shown = sandbox.window.workspace.area.shown
    refused = next(file for file in shown if file.purpose == "user_data")
    given = next(file for file in shown if file.purpose == "batch_output")
    sandbox.select(refused.name, given.name)
    sandbox.press("Download")
    sandbox.wait_for_transfer(given.name, TransferState.DONE)
    assert [one.name for one in sandbox.transfers()] == [given.name]


def test_remembered_refusals_are_dropped_when_the_account_is_reopened(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.script("GET", "/files/*/content", [api_error(400, REFUSAL)])
    desk.hide_inspector()
    desk.select("report.pdf")
    desk.press("Download")
    desk.wait(lambda: not desk.button("Download").isEnabled())
    desk.choose_account("Sandbox")
    desk.wait(lambda: desk.window.windowTitle().startswith("Sandbox"))
    desk.choose_account("Acme")
    desk.wait_for_files("requests.jsonl", "answers.jsonl", "report.pdf")
    desk.select("report.pdf")
    assert desk.button("Download").isEnabled()


def test_a_missing_file_is_reported_as_missing(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.remove(desk.file("answers.jsonl").id)
    desk.select("answers.jsonl")
    desk.press("Download")
    failed = desk.wait_for_transfer("answers.jsonl", TransferState.FAILED)
    assert failed.problem is not None
    assert failed.problem.status == 404
    desk.wait_to_see("The file no longer exists")
    assert not desk.downloads.exists() or not list(desk.downloads.iterdir())
