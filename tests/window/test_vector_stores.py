"""Vector stores in the whole window: their files, attaching and detaching, the parsed text."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit, QListWidget, QMenu, QTableView

from services.jobs.events import StoreChangeEnded
from services.jobs.job_kind import JobKind
from tests.support.files_server import ScriptedFilesServer
from tests.support.narrowing import not_none
from tests.support.served_files import served_file
from tests.support.served_jobs import served_store, store_file
from tests.support.server_faults import Stall, api_error
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk, account_at
from ui.inside.inside_page import InsidePage
from ui.jobs.job_table import JobTable
from ui.jobs.stores.store_file_table import StoreFileTable

REFUSAL = "Not allowed to download files of purpose: assistants"


@pytest.fixture
def server(files_server: ScriptedFilesServer) -> ScriptedFilesServer:
    """A store with three files, one of them failed and one unknown, and an expired store."""
    files_server.add(
        served_file("faq.md", id="file-faq", purpose="assistants", content=b"# Help"),
        served_file("table.csv", id="file-table", purpose="assistants", content=b"a,b\n"),
        served_file("new-1.md", id="file-new-1", purpose="user_data", content=b"new"),
        served_file("new-2.md", id="file-new-2", purpose="user_data", content=b"new"),
    )
    counts = {"in_progress": 0, "completed": 2, "failed": 1, "cancelled": 0, "total": 3}
    files_server.jobs.stores += [
        served_store(id="vs_old", name="Old manuals", status="expired"),
        served_store(
            id="vs_help",
            name="Help",
            file_counts=counts,
            usage_bytes=26_000,
            expires_after={"anchor": "last_active_at", "days": 30},
        ),
    ]
    error = {"code": "unsupported_file", "message": "Tables aren't supported."}
    files_server.jobs.files_of["vs_help"] = [
        store_file("file-gone"),
        store_file("file-table", status="failed", last_error=error),
        store_file("file-faq"),
    ]
    files_server.jobs.texts["file-faq"] = ["How to get help\n", "Ask us.\n"]
    return files_server


@pytest.fixture
def desk(server: ScriptedFilesServer, open_desk: OpenDesk) -> Desk:
    """The account Acme, and its list of vector stores."""
    made = open_desk(accounts=[account_at(server)])
    made.wait_for_files("faq.md", "table.csv", "new-1.md", "new-2.md")
    made.choose_purpose("Vector stores")
    made.wait(lambda: rows(stores(made)) == 2)
    return made


def stores(desk: Desk) -> JobTable:
    """The list of vector stores."""
    tables = desk.window.findChildren(JobTable)
    return next(one for one in tables if one.accessibleName() == "Vector stores")


def rows(table: QTableView) -> int:
    """How many rows a table has."""
    return table.model().rowCount()


def cells(table: QTableView, row: int) -> list[str]:
    """What assistive technology reads of a row."""
    model = table.model()
    return [str(model.index(row, column).data()) for column in range(model.columnCount())]


def open_store(desk: Desk, store_id: str = "vs_help", count: int = 3) -> StoreFileTable:
    """Open a store by keyboard; return the table of its files."""
    stores(desk).setFocus()
    assert stores(desk).select_id(store_id)
    desk.key(Qt.Key.Key_Return)
    table = shown_files(desk)
    desk.wait(lambda: rows(table) == count)
    return table


def shown_files(desk: Desk) -> StoreFileTable:
    (table,) = desk.window.findChildren(StoreFileTable)
    return table


def select(table: StoreFileTable, *names: str) -> None:
    """Select files by their names or IDs."""
    table.clearSelection()
    select = table.selectionModel()
    flags = select.SelectionFlag.Select | select.SelectionFlag.Rows
    for row in range(rows(table)):
        if cells(table, row)[0].split(", ")[0] in names:
            select.select(table.model().index(row, 0), flags)
    assert len(table.selected) == len(names)


def in_store(server: ScriptedFilesServer) -> list[str]:
    return [file["id"] for file in server.jobs.files_of["vs_help"]]


def check_all(dialog: QDialog) -> None:
    """Check all files that the dialog lists."""
    (files,) = dialog.findChildren(QListWidget)
    for row in range(files.count()):
        not_none(files.item(row)).setCheckState(Qt.CheckState.Checked)


def test_the_list_says_what_the_stores_have_and_when_they_expire(desk: Desk) -> None:
    assert cells(stores(desk), 0)[:3] == ["Help, vs_help", "3 files, 1 failed", "26 KB"]
    assert cells(stores(desk), 0)[4].endswith("30 days after its last use")
    assert cells(stores(desk), 1)[3] == "Expired"
    desk.wait_to_see("2 vector stores")
    assert stores(desk).select_id("vs_old")
    desk.wait_to_see("It has expired.")
    assert not desk.button("Attach files…").isEnabled()


def test_files_are_joined_with_their_names_and_failures_have_reasons(desk: Desk) -> None:
    table = open_store(desk)
    assert [cells(table, row)[:2] for row in range(3)] == [
        ["faq.md, file-faq", "Ready"],
        ["table.csv, file-table", "Failed, Tables aren't supported."],
        ["file-gone, not in the list", "Ready"],
    ]
    desk.wait_to_see("3 files · 1 selected")
    assert table.hasFocus()
    desk.key(Qt.Key.Key_Escape)
    assert stores(desk).isVisible()
    assert stores(desk).hasFocus()
    desk.key(Qt.Key.Key_Escape)
    assert desk.table.isVisible()


def test_files_can_be_filtered_by_their_state(desk: Desk) -> None:
    table = open_store(desk)
    (box,) = [
        one for one in desk.window.findChildren(QComboBox) if one.accessibleName() == "Files shown"
    ]
    box.setCurrentIndex(box.findData("failed"))
    box.activated.emit(box.currentIndex())
    desk.wait(lambda: rows(table) == 1)
    assert cells(table, 0)[0] == "table.csv, file-table"
    box.setCurrentIndex(box.findData("cancelled"))
    box.activated.emit(box.currentIndex())
    desk.wait_to_see("No files in this state")


def test_the_parsed_text_is_read_though_the_download_is_refused(
    desk: Desk, server: ScriptedFilesServer
) -> None:
    server.script("GET", "/files/*/content", [api_error(400, REFUSAL)] * 9)
    table = open_store(desk)
    select(table, "faq.md")
    desk.press("Read parsed text")
    desk.wait_to_see("Text from a vector store", "2 lines")
    assert server.requests_to("GET", "/files/*/content") == []
    (page,) = desk.window.findChildren(InsidePage)
    assert not_none(page.file).name == "faq.md"
    desk.key(Qt.Key.Key_Escape)
    assert table.hasFocus()
    assert [file.id for file in table.selected] == ["file-faq"]


def test_a_file_without_text_says_so(desk: Desk) -> None:
    table = open_store(desk)
    select(table, "file-gone")
    table.setFocus()
    desk.key(Qt.Key.Key_Return)
    desk.wait_to_see("The vector store has no text of this file.")
    desk.key(Qt.Key.Key_Escape)
    select(table, "table.csv")
    button = desk.button("Read parsed text")
    assert not button.isEnabled()
    assert button.accessibleDescription() == "Only files that are ready have a parsed text."


def test_a_link_to_another_store_leaves_the_files_of_the_one_shown(desk: Desk) -> None:
    files = open_store(desk)
    desk.choose_purpose("All files")
    desk.window.late.show_job(JobKind.VECTOR_STORES, "vs_old")
    assert not files.isVisible()
    assert stores(desk).hasFocus()
    assert not_none(stores(desk).job).id == "vs_old"


def test_files_are_shown_in_the_list_of_files(desk: Desk) -> None:
    table = open_store(desk)
    select(table, "file-gone")
    desk.press("Show in list")
    desk.wait_to_see("This file isn't in the list")
    select(table, "faq.md", "table.csv")
    desk.press("Show in list")
    assert desk.table.isVisible()
    assert sorted(desk.selected()) == ["faq.md", "table.csv"]


def test_detaching_asks_once_and_keeps_the_files(desk: Desk, server: ScriptedFilesServer) -> None:
    table = open_store(desk)
    select(table, "table.csv", "file-gone")
    table.setFocus()
    desk.key(Qt.Key.Key_Delete)
    desk.press("Cancel", desk.dialog("Detach files"))
    assert len(in_store(server)) == 3
    table.setFocus()
    desk.key(Qt.Key.Key_Delete)
    dialog = desk.dialog("Detach files")
    assert "Detach 2 files from “Help”?" in desk.texts(dialog)
    desk.press("Detach", dialog)
    desk.wait_to_see("2 files detached from “Help”.")
    assert in_store(server) == ["file-faq"]
    desk.wait(lambda: rows(table) == 1)
    assert server.requests_to("DELETE", "/files/*") == []


def test_files_found_by_a_search_are_attached(desk: Desk, server: ScriptedFilesServer) -> None:
    table = open_store(desk)
    desk.press("Attach files…")
    dialog = desk.dialog("Attach files")
    (field,) = dialog.findChildren(QLineEdit)
    QTest.keyClicks(field, "new")
    (files,) = dialog.findChildren(QListWidget)
    assert files.count() == 2
    check_all(dialog)
    desk.press("Attach 2 files", dialog)
    desk.wait_to_see("2 files attached to “Help”.")
    assert {"file-new-1", "file-new-2"} <= set(in_store(server))
    desk.wait(lambda: rows(table) == 5)
    assert {cells(table, row)[1] for row in range(2)} == {"Indexing"}


def test_attaching_can_be_stopped_and_failures_are_told(
    desk: Desk, server: ScriptedFilesServer
) -> None:
    stores(desk).setFocus()
    stores(desk).select_id("vs_help")
    server.script("POST", "/vector_stores/*/files", [api_error(400, "Too odd"), Stall()])
    desk.press("Attach files…")
    dialog = desk.dialog("Attach files")
    check_all(dialog)
    desk.press("Attach 4 files", dialog)
    server.wait_until_stalled()
    desk.wait_to_see("Attaching files: 1 of 4")
    desk.press("Stop: Attaching files: 1 of 4")
    ended = desk.log.wait_for(StoreChangeEnded)
    assert len(ended.not_tried) == 3
    desk.wait_to_see("0 files attached to “Help”. 1 failed. 3 not tried.", "Too odd")
    assert not desk.sees("Attaching files: 1 of 4")


def test_selected_files_are_attached_from_their_list(
    desk: Desk, server: ScriptedFilesServer
) -> None:
    desk.choose_purpose("All files")
    desk.select("new-1.md", "new-2.md")
    desk.table.menu_asked.emit(desk.table.mapToGlobal(desk.table.rect().center()))
    (menu,) = [one for one in desk.window.findChildren(QMenu) if one.isVisible()]
    (act,) = [one for one in menu.actions() if one.text() == "Attach to a vector store…"]
    menu.close()
    act.trigger()
    dialog = desk.dialog("Attach to a vector store")
    (offered,) = dialog.findChildren(QListWidget)
    assert [not_none(offered.item(row)).text() for row in range(2)] == [
        "Help · 3 files · 26 KB",
        "Old manuals · 0 files · 1 KB · It has expired.",
    ]
    desk.press("Attach", dialog)
    desk.wait_to_see("2 files attached to “Help”.")
    assert {"file-new-1", "file-new-2"} <= set(in_store(server))


def test_more_files_are_requested_as_one_scrolls(desk: Desk, server: ScriptedFilesServer) -> None:
    server.jobs.files_of["vs_help"] = [store_file(f"file-{number}") for number in range(350)]
    table = open_store(desk, count=100)
    desk.wait_to_see("100 files so far")
    assert len(server.requests_to("GET", "/vector_stores/vs_help/files")) == 1
    table.setFocus()
    desk.key(Qt.Key.Key_End)
    desk.wait(lambda: rows(table) == 200)
    assert len(server.requests_to("GET", "/vector_stores/vs_help/files")) == 2
    desk.key(Qt.Key.Key_End)
    desk.wait(lambda: rows(table) == 300)
    desk.key(Qt.Key.Key_End)
    desk.wait(lambda: rows(table) == 350)
    desk.wait_to_see("350 files · 1 selected")


def test_a_page_that_fails_keeps_what_is_there(desk: Desk, server: ScriptedFilesServer) -> None:
    server.jobs.files_of["vs_help"] = [store_file(f"file-{number}") for number in range(150)]
    table = open_store(desk, count=100)
    server.script("GET", "/vector_stores/*/files", [api_error(403, "Not any more")])
    table.setFocus()
    desk.key(Qt.Key.Key_End)
    desk.wait_to_see("Not any more", "Try again")
    assert rows(table) == 100
    desk.press("Try again")
    desk.wait(lambda: rows(table) == 150)


def test_a_store_that_cannot_be_read_says_why(desk: Desk, server: ScriptedFilesServer) -> None:
    server.script("GET", "/vector_stores/*/files", [api_error(404, "No such store")])
    open_store(desk, count=0)
    desk.wait_to_see("No such store")
    desk.press("Try again")
    desk.wait(lambda: rows(shown_files(desk)) == 3)


def test_a_server_without_vector_stores_says_so_everywhere(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.jobs.offered = {"batches"}
    files_server.add(served_file("a.md"))
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_for_files("a.md")
    act = desk.window.commands.attach
    desk.select("a.md")
    desk.wait(lambda: not act.isEnabled())
    assert act.toolTip() == "This server has no vector stores"
    desk.choose_purpose("Vector stores")
    desk.wait_to_see("This server has no vector stores", "Try again")


def test_a_key_that_may_not_list_stores_gives_the_reason(
    server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    server.script("GET", "/vector_stores", [api_error(403, "Missing scope")] * 3)
    desk = open_desk(accounts=[account_at(server)])
    desk.wait_for_files("faq.md", "table.csv", "new-1.md", "new-2.md")
    desk.choose_purpose("Vector stores")
    desk.wait_to_see("The server says: Missing scope")


def test_another_account_shows_no_files_of_the_last_one(
    server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    first, second = account_at(server), account_at(server, "Beta")
    desk = open_desk(accounts=[first, second])
    desk.wait_for_files("faq.md", "table.csv", "new-1.md", "new-2.md")
    desk.choose_purpose("Vector stores")
    desk.wait(lambda: rows(stores(desk)) == 2)
    table = open_store(desk)
    desk.choose_account("Beta")
    desk.wait(lambda: desk.table.isVisible() and rows(table) == 0)


def test_questions_about_a_store_close_when_its_account_is_left(
    server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    first, second = account_at(server), account_at(server, "Beta")
    desk = open_desk(accounts=[first, second])
    for account, question in (("Beta", "Detach files"), ("Acme", "Attach files")):
        desk.wait_for_files("faq.md", "table.csv", "new-1.md", "new-2.md")
        desk.choose_purpose("Vector stores")
        desk.wait(lambda: rows(stores(desk)) == 2)
        select(open_store(desk), "faq.md")
        desk.press("Detach…" if question == "Detach files" else "Attach files…")
        dialog = desk.dialog(question)
        desk.choose_account(account)
        desk.wait(lambda dialog=dialog: dialog not in desk.dialogs())  # type: ignore[misc]
    desk.wait_for_files("faq.md", "table.csv", "new-1.md", "new-2.md")
    desk.select("faq.md")
    desk.window.commands.attach.trigger()
    desk.dialog("Attach to a vector store")
    desk.choose_account("Beta")
    desk.wait(lambda: not desk.dialogs())
    assert len(in_store(server)) == 3


def test_refreshing_shows_the_files_as_they_are_now(
    desk: Desk, server: ScriptedFilesServer
) -> None:
    table = open_store(desk)
    server.jobs.files_of["vs_help"][1] |= {"status": "in_progress", "last_error": None}
    desk.window.commands.refresh.trigger()
    desk.wait(lambda: cells(table, 1)[1] == "Indexing")
    assert [file.id for file in table.selected] == ["file-faq"]
