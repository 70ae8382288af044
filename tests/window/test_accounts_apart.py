"""Nothing of one account is ever seen in another, although the IDs of their files are the same."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pytest
from PySide6.QtCore import QAbstractListModel, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from services.catalog.events import FileRetrieved
from services.jobs.job_kind import JobKind
from services.previews.events import PreviewReady
from services.system.events import SessionEvent
from services.transfers.transfer import TransferState
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import ServedFile, served_file
from tests.support.served_jobs import served_batch
from tests.support.server_faults import Stall, api_error
from tests.window.conftest import OpenDesk
from tests.window.desk import BATCH, Desk, account_at

MakeServer = Callable[..., ScriptedFilesServer]


def files_of(owner: str) -> list[ServedFile]:
    """Files with the same IDs for each owner; names, contents and all else tell whose they are."""
    return [
        served_file(
            f"{owner}-{place}.{ending}",
            id=f"file-{place}",
            purpose=purpose,
            content=f'{{"custom_id": "{owner}-line-{place}"}}\n'.encode(),
            created_at=1_700_000_000 + place,
            note=f"{owner}-note-{place}",
        )
        for place, (purpose, ending) in enumerate(
            [("batch", "jsonl"), ("batch_output", "jsonl"), ("user_data", "txt")], start=1
        )
    ]


@pytest.fixture
def acme(make_files_server: MakeServer) -> ScriptedFilesServer:
    return make_files_server(files_of("acme"))


@pytest.fixture
def team(make_files_server: MakeServer) -> ScriptedFilesServer:
    return make_files_server(files_of("team"))


@pytest.fixture
def both(acme: ScriptedFilesServer, team: ScriptedFilesServer, open_desk: OpenDesk) -> Desk:
    """Acme in front, Team in the background."""
    desk = open_desk(accounts=[account_at(acme, "A"), account_at(team, "T")], last="t")
    wait_for(desk, "team")
    switch(desk, "acme")
    return desk


def wait_for(desk: Desk, owner: str) -> None:
    desk.wait_for_files(f"{owner}-1.jsonl", f"{owner}-2.jsonl", f"{owner}-3.txt")


def switch(desk: Desk, owner: str) -> None:
    """Switch to an account; once the window names it, nothing of the other one is seen."""
    other = "team" if owner == "acme" else "acme"
    name = owner[0].upper()
    desk.choose_account(name)
    desk.wait(lambda: desk.window.windowTitle().startswith(f"{name} "))
    assert_unseen(desk, other)
    wait_for(desk, owner)
    assert_unseen(desk, other)


def assert_unseen(desk: Desk, owner: str) -> None:
    seen = [text for text in all_texts(desk) if f"{owner}-" in text]
    assert not seen


def all_texts(desk: Desk) -> Iterator[str]:
    """Every text in the window with its tool tips, and the clipboard; without the transfers.

    Those are shared by all accounts and name theirs.
    """
    window, panel = desk.window, desk.window.workspace.transfers
    yield QApplication.clipboard().text()
    for widget in (window, *window.findChildren(QWidget)):
        if widget is panel or panel.isAncestorOf(widget) or not widget.isVisible():
            continue
        yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())
        yield widget.windowTitle()
        if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
            yield widget.text()
        elif isinstance(widget, QTextEdit | QPlainTextEdit):
            yield widget.toPlainText()
        elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
            model = widget.model()
            columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
            for row in range(model.rowCount()):
                for column in range(columns):
                    yield str(model.index(row, column).data())


def sees(desk: Desk, text: str) -> bool:
    return any(text in one for one in all_texts(desk))


def test_list_inspector_and_preview(both: Desk, team: ScriptedFilesServer) -> None:
    for owner in ("acme", "team", "acme", "team"):
        if not both.names()[0].startswith(owner):
            switch(both, owner)
        both.select(f"{owner}-1.jsonl")
        both.wait(partial(sees, both, f"{owner}-line-1"))
        both.wait(partial(sees, both, f"{owner}-note-1"))
        assert_unseen(both, "team" if owner == "acme" else "acme")
    read = team.requests_to("GET", "/files/file-1/content")
    assert len(read) == 1, "read once, then from the account's own cache"


def test_what_is_read_late_is_not_shown(both: Desk, acme: ScriptedFilesServer) -> None:
    acme.script("GET", "/files/file-1/content", [Stall()])
    acme.script("GET", "/files/file-1", [Stall()])
    both.select("acme-1.jsonl")
    for path in ("/files/file-1", "/files/file-1/content"):
        both.wait(partial(acme.requests_to, "GET", path))
    late = both.window.backend.session.number
    switch(both, "team")
    both.select("team-1.jsonl")
    both.wait(partial(sees, both, "team-line-1"))
    both.wait(partial(sees, both, "team-note-1"))
    acme.release()
    for answers in (partial(both.log.all, PreviewReady), partial(both.log.all, FileRetrieved)):
        both.wait(partial(has_answered, late, answers))
    QApplication.processEvents()
    assert sees(both, "team-line-1")
    assert sees(both, "team-note-1")
    assert_unseen(both, "acme")


def test_looking_inside(both: Desk) -> None:
    both.select("acme-3.txt")
    both.key(Qt.Key.Key_Space)
    both.wait(lambda: sees(both, "acme-line-3"))
    switch(both, "team")
    both.select("team-3.txt")
    both.key(Qt.Key.Key_Space)
    both.wait(lambda: sees(both, "team-line-3"))
    assert_unseen(both, "acme")


@pytest.mark.parametrize("title", ["Save lines", "Go to line"])
def test_what_is_asked_about_an_open_file(both: Desk, title: str) -> None:
    both.select("acme-3.txt")
    both.key(Qt.Key.Key_Space)
    both.wait(lambda: both.sees("Save lines…") and both.button("Save lines…").isEnabled())
    if title == "Go to line":
        both.key(Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    else:
        both.press("Save lines…")
    asked = both.dialog(title)
    switch(both, "team")
    both.wait(lambda: asked not in both.dialogs())


def test_search_view_and_selection(both: Desk) -> None:
    both.choose_purpose("batch")
    both.wait_for_files("acme-1.jsonl")
    both.search.setText("acme-")
    both.select("acme-1.jsonl")
    switch(both, "team")
    assert (both.search.text(), both.selected()) == ("", [])
    assert not both.window.commands.delete.isEnabled()
    both.search.undo()
    assert both.search.text() == ""
    both.select("team-3.txt")
    both.choose_account("A")
    assert both.names() == both.selected() == ["acme-1.jsonl"]
    assert both.search.text() == "acme-"


def test_references_and_jobs(both: Desk, acme: ScriptedFilesServer) -> None:
    acme.jobs.batches.append(
        served_batch(input_file_id="file-1", metadata={"name": "acme-nightly"})
    )
    both.window.backend.session.jobs.lists.refresh(JobKind.BATCHES)
    both.select("acme-1.jsonl")
    both.wait(lambda: sees(both, "acme-nightly"))
    both.choose_purpose("Batches")
    both.wait_to_see("1 batch")
    switch(both, "team")
    both.select("team-1.jsonl")
    both.wait(lambda: sees(both, "team-line-1"))
    references = both.window.backend.session.references
    assert not references.answer("file-1", None).references
    assert_unseen(both, "acme")


def test_a_pending_delete_is_undone_and_touches_no_other_account(
    both: Desk, acme: ScriptedFilesServer, team: ScriptedFilesServer
) -> None:
    ask_to_delete(both, "acme-1.jsonl")
    assert both.window.deletes.undo_bar.pending
    switch(both, "team")
    assert not both.window.deletes.undo_bar.pending
    assert faded(both) == []
    both.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    switch(both, "acme")
    assert faded(both) == []
    for server in (acme, team):
        assert not server.requests_to("DELETE", "/files/*")


def test_deletes_that_end_in_the_background(
    acme: ScriptedFilesServer, team: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    both = open_desk(
        accounts=[account_at(acme, "A"), account_at(team, "T")], last="a", deletes_at_once=1
    )
    wait_for(both, "acme")
    acme.script("DELETE", "/files/file-3", [Stall()])
    acme.script("DELETE", "/files/file-1", [api_error(400, "acme-refusal")])
    ask_to_delete(both, "acme-3.txt", "acme-1.jsonl")
    both.press("Delete now")
    both.wait(lambda: acme.waiting)
    switch(both, "team")
    ask_to_delete(both, "team-1.jsonl", "team-3.txt")
    acme.release()
    both.wait_to_see("A: 1 file deleted")
    assert faded(both) == ["team-3.txt", "team-1.jsonl"], "files with the same IDs are others"
    both.press("Undo")
    wait_for(both, "team")
    assert len(team.files) == 3
    both.choose_account("A")
    assert both.names() == ["acme-2.jsonl", "acme-1.jsonl"]
    assert faded(both) == []


def test_the_history_of_uploads(
    both: Desk, acme: ScriptedFilesServer, team: ScriptedFilesServer
) -> None:
    path = both.write("acme-mine.jsonl", BATCH)
    both.drop(both.drag(path), "batch")
    both.press("Upload 1 file", both.dialog("Upload files"))
    uploaded = both.wait_for_transfer("acme-mine.jsonl", TransferState.DONE)
    both.wait(lambda: "acme-mine.jsonl" in both.names())
    both.select("acme-mine.jsonl")
    both.wait(lambda: sees(both, str(path)))
    team.add(served_file("team-same.jsonl", id=uploaded.file_id or "", content=BATCH))
    both.choose_account("T")
    both.wait(lambda: "team-same.jsonl" in both.names())
    both.select("team-same.jsonl")
    both.wait(lambda: sees(both, "Hello"))
    assert_unseen(both, "acme")
    both.drop(both.drag(path), "batch")
    sheet = both.dialog("Upload files")
    both.wait(lambda: both.button("Upload 1 file", sheet).isEnabled())
    assert "already" not in both.texts(sheet).lower()
    sheet.reject()


def test_transfers_name_their_account(both: Desk) -> None:
    both.select("acme-1.jsonl")
    both.press("Download")
    both.wait_for_transfer("acme-1.jsonl", TransferState.DONE)
    switch(both, "team")
    both.select("team-1.jsonl")
    both.press("Download")
    both.wait_for_transfer("team-1.jsonl", TransferState.DONE)
    model = both.window.workspace.transfers.model
    rows = [
        (model.index(row, 0).data(), model.index(row, 4).data()) for row in range(model.rowCount())
    ]
    assert sorted(rows) == [("acme-1.jsonl", "A"), ("team-1.jsonl", "T")]
    read = {path.name: path.read_text() for path in both.downloads.iterdir()}
    assert all(f"{name.partition('-')[0]}-line-1" in text for name, text in read.items())


def has_answered(session: int, answers: Callable[[], Sequence[SessionEvent]]) -> bool:
    return any(one.session == session for one in answers())


def ask_to_delete(desk: Desk, *names: str) -> None:
    desk.select(*names)
    desk.key(Qt.Key.Key_Delete)
    words = "Delete 1 file" if len(names) == 1 else f"Delete {len(names)} files"
    desk.press(words, desk.dialog("Delete files"))
    desk.wait(lambda: desk.window.deletes.undo_bar.pending)


def faded(desk: Desk) -> list[str]:
    """The files that are about to be deleted, as the table shows them."""
    model = desk.window.workspace.area.model
    return [model.files[row].name for row in range(model.rowCount()) if model.is_faded(row)]
