"""Whatever servers, files and accounts are called and say: no window grows wide, nothing is markup.

Everything of the window that can be reached is shown with such texts and walked through.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLabel,
    QListView,
    QMenu,
    QTableView,
    QWidget,
)

from services.cleanup.rules import CleanUpRules
from services.jobs.events import JobsListingEnded
from services.problems.errors import Problem, ProblemKind
from services.transfers.transfer import TransferKind, TransferState
from tests.support.factories import problem, transfer
from tests.support.files_server import ScriptedFilesServer
from tests.support.narrowing import not_none
from tests.support.served_files import served_file
from tests.support.served_jobs import served_batch, served_job, served_store, store_file
from tests.support.server_faults import api_error
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk, account_at
from ui.cleanup.clean_up_dialog import CleanUpDialog
from ui.jobs.job_table import JobTable
from ui.jobs.jobs_page import JobSearch
from ui.jobs.stores.store_file_table import StoreFileTable

MOST = 1000
"""Pixels: more than any part needs with normal texts, and less than a small screen."""

TEXTS = {
    "one word": "W" * 120,
    "ten thousand letters": "m\u0301m" * 3_334,
    "markup and wide letters": "<b>&amp;<img/src=x>\ufdfd\ufdfd\u05d0" * 30,
}


JOB_TEXTS = TEXTS | {
    "controls and direction marks": "a\u202eb\u2066c\x00\x1b\x07\n\t\u200f\u2028" * 100,
}
in_jobs = pytest.mark.parametrize("text", list(JOB_TEXTS.values()), ids=list(JOB_TEXTS))


@pytest.fixture(params=list(TEXTS.values()), ids=list(TEXTS))
def text(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def parts(window: QWidget) -> Iterator[QWidget]:
    """All widgets of the window, its dialogs and menus, visible or not."""
    for widget in QApplication.allWidgets():
        above: QWidget | None = widget
        while above is not None and above is not window:
            above = above.parentWidget()
        if above is window:
            yield widget


def tips(widget: QWidget) -> Iterator[str]:
    yield widget.toolTip()
    if not isinstance(widget, QMenu) or widget.toolTipsVisible():
        # An action without a tool tip returns its text, which menus don't show as a tip.
        own = (one for one in widget.actions() if one.toolTip() != one.text().replace("&&", "&"))
        yield from (action.toolTip() for action in own)
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        model = widget.model()
        columns = 1 if isinstance(widget, QListView) else model.columnCount(QModelIndex())
        for row in range(min(model.rowCount(QModelIndex()), 20)):
            for column in range(columns):
                yield str(model.index(row, column).data(Qt.ItemDataRole.ToolTipRole) or "")


def called(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QLabel) else widget.accessibleName()
    return f"{type(widget).__name__} {text[:40]!r} in {type(widget.parentWidget()).__name__}"


def check(desk: Desk, text: str) -> None:
    """Check that every part fits on a screen and none interprets the text as markup."""
    QApplication.sendPostedEvents()
    for widget in parts(desk.window):
        wide = max(widget.minimumSizeHint().width(), widget.minimumWidth())
        if isinstance(widget, QMenu):
            wide = widget.sizeHint().width()
        assert wide <= MOST, f"{called(widget)}: {wide} pixels"
        if isinstance(widget, QLabel):
            assert widget.textFormat() is Qt.TextFormat.PlainText or not any(
                piece in widget.text() for piece in (text[:8], "<")
            ), called(widget)
        for tip in tips(widget):
            if len(tip) > MOST // 10:
                shown = QLabel(tip)
                shown.setWordWrap(True)
                assert shown.sizeHint().width() <= MOST, f"{called(widget)}: {tip[:60]}"
            if re.search(r"<\w", tip):
                assert tip.startswith("<qt>"), f"{called(widget)}: {tip[:60]}"
                assert "<img" not in tip, f"{called(widget)}: {tip[:60]}"


@pytest.fixture
def hostile(files_server: ScriptedFilesServer, open_desk: OpenDesk, text: str) -> Desk:
    """An account and three files, all named with the text."""
    odd: dict[str, Any] = {text[:3000]: text}
    for number in range(3):
        files_server.add(
            served_file(f"{text}{number}", id=f"file-{number}", purpose=text[:3000], **odd)
        )
    files_server.files[0].status = text
    desk = open_desk(accounts=[account_at(files_server, text)])
    desk.wait(lambda: len(desk.names()) == 3)
    return desk


def refusal(text: str) -> Problem:
    return problem(
        text,
        kind=ProblemKind.REQUEST_REFUSED,
        advice=text,
        detail=text,
        status=400,
        request_id=text,
    )


def test_files_and_the_inspector(hostile: Desk, text: str) -> None:
    check(hostile, text)
    hostile.table.selectAll()
    check(hostile, text)
    hostile.table.select_ids(["file-1"])
    hostile.wait_to_see(text[:8])
    check(hostile, text)
    for searched in (f"purpose:{text[:50]} size:{text[:200]}", text):
        hostile.search.clear()
        hostile.search.insert(searched)
        check(hostile, text)


def test_messages(hostile: Desk, text: str) -> None:
    messages = hostile.window.messages
    messages.show_problem(refusal(text), subject=text, action=hostile.window.commands.refresh)
    messages.show_problem(problem(text + "2"))
    messages.show_notice(text, action=hostile.window.commands.refresh)
    hostile.press("Details", messages)
    check(hostile, text)


def test_failed_listings(
    make_files_server: Callable[..., ScriptedFilesServer], open_desk: OpenDesk, text: str
) -> None:
    server = make_files_server()
    server.script("GET", "/files", [api_error(400, text)])
    desk = open_desk(accounts=[account_at(server, text)])
    desk.wait_to_see("HTTP 400")
    assert text[:8] in desk.window.workspace.area.page.accessibleDescription()
    check(desk, text)


def test_transfers(hostile: Desk, text: str) -> None:
    model = hostile.window.workspace.transfers.model
    model.update_transfers(
        [
            transfer(
                kind,
                state,
                id=number,
                name=text,
                purpose=text,
                file_id=text,
                problem=refusal(text),
                candidates=(text, text + "2"),
                path=Path("/") / text[:200].replace("/", "") / text[:200].replace("/", ""),
            )
            for number, (kind, state) in enumerate(
                (kind, state) for kind in TransferKind for state in TransferState
            )
        ]
    )
    hostile.window.commands.transfers.setChecked(True)
    check(hostile, text)
    tables = [
        one
        for one in hostile.window.findChildren(QTableView)
        if one.accessibleName() == "Transfers" and one.model() is model
    ]
    for row in range(model.rowCount()):
        tables[0].selectRow(row)
        by_key = QContextMenuEvent.Reason.Keyboard
        QApplication.sendEvent(tables[0], QContextMenuEvent(by_key, QPoint(), QPoint()))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        assert menu.width() <= MOST
        menu.close()
    check(hostile, text)


def test_menus(hostile: Desk, text: str) -> None:
    for menu in hostile.window.findChildren(QMenu):
        menu.aboutToShow.emit()
    check(hostile, text)


def test_dialogs(hostile: Desk, text: str) -> None:
    window, commands = hostile.window, hostile.window.commands
    hostile.table.select_ids(["file-1"])
    for ask in (
        commands.settings.trigger,
        commands.about.trigger,
        commands.accounts.trigger,
        commands.delete.trigger,
        commands.select_by_ids.trigger,
        lambda: window.dialogs.confirm_quit(3),
    ):
        ask()
        hostile.wait(hostile.dialogs)
        check(hostile, text)
        for dialog in hostile.dialogs():
            assert dialog.width() <= MOST
            dialog.reject()


def test_cleaning_up(hostile: Desk, text: str) -> None:
    hostile.window.commands.clean_up.trigger()
    dialog = hostile.dialog("Clean up")
    assert isinstance(dialog, CleanUpDialog)
    dialog.saved_rules.show_saved({text[:60]: CleanUpRules((text[:256],))})
    dialog.rules_form.show_rules(CleanUpRules((text[:256],), search=f'"{text[:50]}"'))
    dialog.save_first.show_folder(Path("/") / text.replace("/", ""))
    hostile.wait(lambda: dialog.is_up_to_date and dialog.view.table.plan_model.rowCount() == 3)
    check(hostile, text)
    dialog.rules_form.show_rules(CleanUpRules((text[:256],), keep_newest=2))
    hostile.wait(lambda: dialog.is_up_to_date)
    hostile.press("Show them", dialog)
    check(hostile, text)
    dialog.reject()


def add_hostile_jobs(server: ScriptedFilesServer, text: str) -> None:
    """One of each kind, with the text wherever a server may send one; and stores it is in."""
    short = text[:200]  # an object with a very long ID is left out
    named = {"name": text, text[:3000]: text}
    jobs = server.jobs
    jobs.batches += [
        served_batch(
            id=f"{short}b{status[:20]}",
            status=status,
            metadata=named,
            model=text,
            endpoint=text,
            completion_window=text,
            input_file_id="file-0",
            output_file_id=f"{short}o",
            error_file_id="file-1",
            errors={"data": [{"code": text, "message": text, "line": 1}]},
        )
        for status in ("completed", "failed", "in_progress", text)
    ]
    jobs.fine_tuning += [
        served_job(
            id=f"{short}j{status[:20]}",
            status=status,
            user_provided_suffix=text,
            model=text,
            fine_tuned_model=text,
            training_file="file-0",
            validation_file=f"{short}v",
            result_files=[f"{short}r"],
            metadata=named,
            error={"code": text, "message": text, "param": text},
        )
        for status in ("succeeded", "failed", text)
    ]
    jobs.stores += [
        served_store(id=store_id, name=text, status=status, metadata=named)
        for store_id, status in ((f"{short}s", "expired"), (f"{short}t", text), ("vs", "completed"))
    ]
    jobs.files_of["vs"] = [
        store_file("file-0"),
        store_file(f"{short}f", status="failed", last_error={"code": text, "message": text}),
        store_file(f"{short}g", status=text),
    ]


@in_jobs
@pytest.mark.parametrize("title", ["Batches", "Fine-tuning", "Vector stores"])
def test_lists_of_jobs(
    hostile: Desk, files_server: ScriptedFilesServer, text: str, title: str
) -> None:
    add_hostile_jobs(files_server, text)
    hostile.choose_purpose(title)
    hostile.window.commands.refresh.trigger()
    table = job_table(hostile, title)
    hostile.wait(lambda: table.model().rowCount() >= 3)
    for row in range(table.model().rowCount()):
        table.selectRow(row)
        check(hostile, text)
        by_key = QContextMenuEvent.Reason.Keyboard
        QApplication.sendEvent(table, QContextMenuEvent(by_key, QPoint(), QPoint()))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        assert menu.width() <= MOST
        check(hostile, text)
        menu.close()
    (search,) = [one for one in hostile.window.findChildren(JobSearch) if one.isVisible()]
    search.insert(text)
    check(hostile, text)
    search.clear()
    search.insert("nothing like this")
    check(hostile, text)
    search.clear()
    files_server.script("GET", "/*", [api_error(400, text)] * 3)
    hostile.window.commands.refresh.trigger()
    hostile.wait(lambda: any(one.problem for one in hostile.log.all(JobsListingEnded)))
    check(hostile, text)


def job_table(desk: Desk, title: str) -> JobTable:
    tables = desk.window.findChildren(JobTable)
    return next(one for one in tables if one.accessibleName() == title)


@in_jobs
def test_files_of_a_vector_store(
    hostile: Desk, files_server: ScriptedFilesServer, text: str
) -> None:
    add_hostile_jobs(files_server, text)
    hostile.choose_purpose("Vector stores")
    hostile.window.commands.refresh.trigger()
    table = job_table(hostile, "Vector stores")
    hostile.wait(lambda: table.model().rowCount() == 3)
    assert table.select_id("vs")
    hostile.press("Show files")
    files = not_none(hostile.window.findChild(StoreFileTable))
    hostile.wait(lambda: files.model().rowCount() == 3)
    files.selectAll()
    check(hostile, text)
    for ask in ("Detach…", "Attach files…"):
        hostile.press(ask)
        hostile.wait(hostile.dialogs)
        check(hostile, text)
        for dialog in hostile.dialogs():
            assert dialog.width() <= MOST
            assert dialog.height() <= MOST
            dialog.reject()


@in_jobs
def test_dialogs_about_jobs(hostile: Desk, files_server: ScriptedFilesServer, text: str) -> None:
    add_hostile_jobs(files_server, text)
    window, commands = hostile.window, hostile.window.commands
    for title in ("Batches", "Vector stores"):
        hostile.choose_purpose(title)
        window.commands.refresh.trigger()
        table = job_table(hostile, title)
        hostile.wait(lambda table=table: table.model().rowCount() >= 3)  # type: ignore[misc]
    hostile.choose_purpose("All files")
    hostile.table.select_ids(["file-1"])
    hostile.wait_to_see("NEEDED BY")
    check(hostile, text)
    for ask in (
        commands.start_batch.trigger,
        commands.change.trigger,
        commands.attach.trigger,
        commands.delete.trigger,
    ):
        ask()
        hostile.wait(hostile.dialogs)
        check(hostile, text)
        for dialog in hostile.dialogs():
            assert dialog.width() <= MOST
            assert dialog.height() <= MOST, called(dialog)
            dialog.reject()


def test_connection_tests(hostile: Desk, files_server: ScriptedFilesServer, text: str) -> None:
    hostile.window.commands.accounts.trigger()
    dialog = hostile.dialog("Connect")
    files_server.script("GET", "/files", [api_error(400, text)])
    hostile.press("Test connection", dialog)
    hostile.wait_to_see("HTTP 400")
    assert text[:8] in hostile.texts(dialog)
    check(hostile, text)
    dialog.reject()


def test_upload_reviews(hostile: Desk, text: str) -> None:
    name = text.replace("/", "").encode()[:200].decode("utf-8", "ignore")
    path = hostile.write(f"{name}.jsonl", b'{"' + text.encode() + b'": ')
    hostile.window.uploads.begin([path])
    hostile.wait(hostile.dialogs)
    (sheet,) = hostile.dialogs()
    check(hostile, text)
    sheet.reject()
