"""What needs files, in the whole window: real engine, real server."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from services.jobs.job_kind import JobKind
from tests.support.files_server import ScriptedFilesServer
from tests.support.narrowing import not_none
from tests.support.served_jobs import running_batch
from tests.window.desk import Desk
from ui.inspector.needed_by_view import NeededByView


def card(desk: Desk) -> NeededByView:
    return not_none(desk.window.workspace.inspector.findChild(NeededByView))


def link(desk: Desk) -> QPushButton | None:
    buttons = card(desk).findChildren(QPushButton)
    return next((one for one in buttons if one.accessibleName() == "Batch nightly"), None)


def test_a_batch_that_needs_a_file_is_linked_and_protects_it(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    file_id = desk.file("requests.jsonl").id
    files_server.jobs.batches.append(
        running_batch(id="batch_1", input_file_id=file_id, metadata={"name": "nightly"})
    )
    desk.select("requests.jsonl")
    desk.window.backend.session.jobs.lists.refresh(JobKind.BATCHES)
    desk.wait(lambda: link(desk) is not None and not_none(link(desk)).isVisible())
    desk.key(Qt.Key.Key_Delete)
    dialog = desk.dialog("Delete files")
    assert "requests.jsonl is needed by the unfinished batch nightly." in desk.texts(dialog)
    desk.press("Cancel", dialog)
    desk.search.setText("batch:nightly")
    desk.wait(lambda: desk.names() == ["requests.jsonl"])
    desk.search.setText("ref:none")
    desk.wait(lambda: set(desk.names()) == {"answers.jsonl", "report.pdf"})
    desk.search.clear()
    desk.wait(lambda: len(desk.names()) == 3)
    desk.select("requests.jsonl")
    desk.wait(lambda: link(desk) is not None and not_none(link(desk)).isVisible())
    not_none(link(desk)).click()
    desk.wait_to_see("Running, 2 of 10 done")
