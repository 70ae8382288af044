"""What needs files, in the whole window: real engine, real server."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListView, QPushButton

from services.jobs.job_kind import JobKind
from tests.support.files_server import ScriptedFilesServer
from tests.support.narrowing import not_none
from tests.support.served_files import served_file
from tests.support.served_jobs import running_batch, served_batch
from tests.support.server_faults import api_error
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk, account_at
from ui.inspector.needed_by_view import NeededByView


def card(desk: Desk) -> NeededByView:
    return not_none(desk.window.workspace.inspector.findChild(NeededByView))


def link(desk: Desk) -> QPushButton | None:
    buttons = card(desk).findChildren(QPushButton)
    return next((one for one in buttons if one.accessibleName() == "Batch nightly"), None)


def count_of(desk: Desk, title: str) -> str:
    """What the sidebar says of a list of jobs."""
    (rows,) = [
        one for one in desk.window.findChildren(QListView) if one.accessibleName() == "Purposes"
    ]
    model = rows.model()
    role = Qt.ItemDataRole.AccessibleTextRole
    said = [str(model.index(row, 0).data(role)) for row in range(model.rowCount())]
    return next((one for one in said if one.startswith(f"{title},")), "")


def test_a_list_is_counted_whole_once_it_was_read_for_that(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.add(served_file("requests.jsonl", purpose="batch", size=300))
    files_server.jobs.batches += [served_batch() for _ in range(150)]
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_for_files("requests.jsonl")
    desk.wait(lambda: count_of(desk, "Batches") == "Batches, 100+")
    desk.select("requests.jsonl")
    desk.wait(lambda: card(desk).isVisible())
    desk.press("Check")
    desk.wait(lambda: count_of(desk, "Batches") == "Batches, 150")
    desk.choose_purpose("Batches")
    desk.wait_to_see("150 batches", "Updated")
    files_server.script("GET", "/batches", [api_error(400, "Not now")])
    desk.window.backend.session.jobs.lists.refresh(JobKind.BATCHES)
    desk.wait_to_see("Not now")
    assert count_of(desk, "Batches") == "Batches, 150"


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
