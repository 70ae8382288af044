"""What was sent and what the server answered can be looked at: for a transfer, and for all."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTableView

from services.transfers.transfer import TransferState
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.server_faults import api_error
from tests.window.desk import Desk
from tests.window.test_transfers import upload
from ui.exchanges.exchange_model import ExchangeModel
from ui.exchanges.exchanges_dialog import ExchangesDialog


def opened(desk: Desk) -> ExchangesDialog:
    dialog = desk.dialog("Requests")
    assert isinstance(dialog, ExchangesDialog)
    return dialog


def requests_in(dialog: ExchangesDialog) -> list[str]:
    model = dialog.table.model()
    assert isinstance(model, ExchangeModel)
    return [model.index(row, 1).data() for row in range(model.rowCount())]


def test_a_failed_upload_shows_its_requests_and_no_others(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.script("POST", "/files", [api_error(400, "Invalid file format for user_data")])
    upload(desk, "notes.txt")
    desk.wait_for_transfer("notes.txt", TransferState.FAILED)
    table = desk.window.workspace.transfers.findChild(QTableView)
    assert table is not None
    table.setFocus()
    table.selectRow(0)
    desk.window.workspace.transfers.requests_requested.emit(desk.transfers()[:1])
    dialog = opened(desk)
    assert requests_in(dialog)[0] == "POST /v1/files"
    assert "400" in dialog.model.index(0, 2).data()
    text = dialog.details.toPlainText()
    assert "Authorization: •••" in text
    assert "x-request-id" in text.lower()
    assert TEST_KEY not in text
    desk.press("Copy as curl", dialog)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("curl ")
    assert "notes.txt" in copied
    assert TEST_KEY not in copied
    dialog.choice.setCurrentIndex(1)
    assert any(one.startswith("GET /v1/files?") for one in requests_in(dialog))
    dialog.close()


def test_a_listing_that_comes_later_is_seen_while_the_dialog_is_open(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    desk.window.commands.exchanges.trigger()
    dialog = opened(desk)
    before = len(requests_in(dialog))
    assert before
    selected = dialog.details.toPlainText()
    desk.window.commands.refresh.trigger()
    desk.wait(lambda: len(requests_in(dialog)) > before)
    assert dialog.details.toPlainText() == selected
    desk.press("Close", dialog)


def test_the_dialog_closes_with_the_account(desk: Desk) -> None:
    desk.window.commands.exchanges.trigger()
    assert opened(desk).isVisible()
    desk.window.backend.open("sandbox")
    desk.wait(lambda: not [one for one in desk.dialogs() if one.accessibleName() == "Requests"])
