import gc
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QContextMenuEvent, QHelpEvent, QKeySequence
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QMainWindow,
    QMenu,
    QPushButton,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from services.problems.errors import ProblemKind
from services.transfers.transfer import Transfer, TransferKind, TransferState
from tests.support.factories import problem, transfer
from tests.support.narrowing import not_none
from ui.theme import Role, color, make_palette
from ui.transfers.transfer_columns import Column
from ui.transfers.transfer_panel import TransferPanel
from ui.transfers.transfer_table import TransferTable
from ui.widgets.question_dialog import QuestionDialog

_LEFT = Qt.MouseButton.LeftButton


class Window(QMainWindow):
    """A window that deletes files on Del, as the real one does."""

    def __init__(self) -> None:
        super().__init__()
        self.delete_files = QAction("Delete", self)
        self.delete_files.setShortcut(QKeySequence(Qt.Key.Key_Delete))
        self.addAction(self.delete_files)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    made = Window()
    made.setCentralWidget(QWidget())
    column = QVBoxLayout(not_none(made.centralWidget()))
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(TransferPanel(), 1)
    column.addStretch()  # the space it leaves while collapsed
    qtbot.addWidget(made)
    made.resize(900, 400)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


@pytest.fixture
def panel(window: Window) -> TransferPanel:
    return not_none(window.findChild(TransferPanel))


def table(panel: TransferPanel) -> TransferTable:
    return next(view for view in panel.findChildren(TransferTable))


def icon_place(panel: TransferPanel, row: int, from_right: int = 0) -> QPoint:
    """The center of an icon; 0 is the rightmost."""
    cell = table(panel).visualRect(panel.model.index(row, Column.ACTIONS))
    return QPoint(cell.left() + 100 - 40 * from_right, cell.center().y())


def button(panel: TransferPanel, name: str) -> QPushButton:
    return button_of(panel, name)


def button_of(widget: QWidget, name: str) -> QPushButton:
    return next(
        one
        for one in widget.findChildren(QPushButton)
        if one.accessibleName() == name or one.text() == name
    )


def menu_of(panel: TransferPanel, row: int) -> dict[str, QAction]:
    view = table(panel)
    if not view.selectionModel().isRowSelected(row):
        view.selectRow(row)
    where = view.visualRect(panel.model.index(row, 0)).center()
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, where, view.viewport().mapToGlobal(where)
    )
    QApplication.sendEvent(view.viewport(), event)
    (menu,) = view.findChildren(QMenu)
    return {action.text(): action for action in menu.actions() if not action.isSeparator()}


def test_the_table_has_its_accessible_name(panel: TransferPanel) -> None:
    assert table(panel).accessibleName() == "Transfers"


def test_the_header_shows_a_summary(panel: TransferPanel) -> None:
    panel.model.update_transfers(
        [
            transfer(speed=38.2e6),
            transfer(TransferKind.DOWNLOAD, speed=91e6),
            transfer(state=TransferState.QUEUED),
            transfer(state=TransferState.FAILED, problem=problem()),
        ]
    )
    shown = [one.text() for one in panel.findChildren(QLabel) if one.isVisible()]
    assert "2 running · 1 waiting · 1 needs attention · 0%" in shown
    assert "38.2 MB/s" in shown
    assert "91.0 MB/s" in shown


def test_an_empty_panel_shows_a_hint_and_disables_its_buttons(panel: TransferPanel) -> None:
    assert not table(panel).isVisible()
    assert panel.maximumHeight() < 60
    assert not any(one.isEnabled() for one in panel.findChildren(QPushButton))
    shown = [one.text() for one in panel.findChildren(QLabel) if one.isVisible()]
    assert "Uploads and downloads appear here." in shown
    panel.model.update_transfers([transfer()])
    assert table(panel).isVisible()
    panel.model.remove_transfers([one.id for one in panel.model.transfers()])
    assert not table(panel).isVisible()


def test_it_asks_for_space_for_at_most_a_few_rows(qtbot: QtBot, panel: TransferPanel) -> None:
    line = table(panel).verticalHeader().defaultSectionSize()
    heights = []
    for number in (1, 1, 8, 5):
        panel.model.update_transfers([transfer() for _ in range(number)])
        qtbot.waitUntil(lambda: not panel.model._timer.isActive())
        heights.append(panel.sizeHint().height())
    assert heights[1] - heights[0] == line
    assert heights[2] == heights[3] < heights[0] + 8 * line


def test_it_scrolls_to_starting_transfers_unless_the_table_is_in_use(
    qtbot: QtBot, panel: TransferPanel
) -> None:
    queued = TransferState.QUEUED
    rows = [transfer(state=queued, place=place) for place in range(60)]
    panel.model.update_transfers(rows)
    view = table(panel)
    view.scrollToBottom()
    panel.model.update_transfers([replace(rows[30], state=TransferState.RUNNING)])
    qtbot.waitUntil(lambda: panel.model.summary().running == 1)
    assert view.verticalScrollBar().value() == 0
    view.scrollToBottom()
    view.setFocus()
    panel.model.update_transfers([replace(rows[31], state=TransferState.RUNNING)])
    qtbot.waitUntil(lambda: panel.model.summary().running == 2)
    assert view.verticalScrollBar().value() > 0


def test_a_click_on_the_cross_cancels_only_that_transfer(
    qtbot: QtBot, panel: TransferPanel
) -> None:
    one, two = transfer(), transfer()
    panel.model.update_transfers([two, one])
    table(panel).selectRow(0)
    with qtbot.waitSignal(panel.cancel_requested) as requested:
        qtbot.mouseClick(table(panel).viewport(), _LEFT, pos=icon_place(panel, 1))
    assert requested.args == [[one.id]]


def test_releasing_the_button_elsewhere_does_nothing(qtbot: QtBot, panel: TransferPanel) -> None:
    panel.model.update_transfers([transfer(), transfer()])
    requested = QSignalSpy(panel.cancel_requested)
    viewport = table(panel).viewport()
    qtbot.mousePress(viewport, _LEFT, pos=icon_place(panel, 0))
    qtbot.mouseRelease(viewport, _LEFT, pos=icon_place(panel, 1))
    assert requested.count() == 0


def test_a_row_that_moves_under_a_pressed_button_is_not_affected(
    qtbot: QtBot, panel: TransferPanel
) -> None:
    one, two = transfer(), transfer()
    panel.model.update_transfers([one, two])
    requested = QSignalSpy(panel.cancel_requested)
    place = icon_place(panel, 0)
    qtbot.mousePress(table(panel).viewport(), _LEFT, pos=place)
    panel.model.remove_transfers([two.id])
    qtbot.mouseRelease(table(panel).viewport(), _LEFT, pos=place)
    assert requested.count() == 0


def test_a_double_click_on_a_cross_cancels_and_does_not_remove(
    qtbot: QtBot, panel: TransferPanel
) -> None:
    running = transfer()
    panel.model.update_transfers([running])
    cancelled, forgotten = QSignalSpy(panel.cancel_requested), QSignalSpy(panel.clear_requested)
    viewport, place = table(panel).viewport(), icon_place(panel, 0)
    qtbot.mouseClick(viewport, _LEFT, pos=place)
    panel.model.update_transfers([replace(running, state=TransferState.CANCELLED)])
    qtbot.waitUntil(lambda: panel.model.summary().cancelled == 1)
    qtbot.mouseDClick(viewport, _LEFT, pos=place)
    qtbot.mouseRelease(viewport, _LEFT, pos=place)
    assert cancelled.count() == 1
    assert forgotten.count() == 0


def test_a_failed_row_can_be_retried_and_removed(qtbot: QtBot, panel: TransferPanel) -> None:
    failed = transfer(state=TransferState.FAILED, problem=problem())
    panel.model.update_transfers([failed])
    viewport = table(panel).viewport()
    with qtbot.waitSignal(panel.retry_requested) as retry:
        qtbot.mouseClick(viewport, _LEFT, pos=icon_place(panel, 0, from_right=1))
    with qtbot.waitSignal(panel.clear_requested) as forget:
        qtbot.mouseClick(viewport, _LEFT, pos=icon_place(panel, 0))
    assert (retry.args, forget.args) == ([[failed.id]], [[failed.id]])


def test_a_finished_download_can_be_shown_in_its_folder(qtbot: QtBot, panel: TransferPanel) -> None:
    path = Path("/home/somebody/Downloads/a.jsonl")
    panel.model.update_transfers([transfer(TransferKind.DOWNLOAD, TransferState.DONE, path=path)])
    with qtbot.waitSignal(panel.folder_requested) as requested:
        qtbot.mouseClick(table(panel).viewport(), _LEFT, pos=icon_place(panel, 0, from_right=1))
    assert requested.args == [[path]]


SAVED = Path("/home/somebody/Downloads/a (2).jsonl")


def saved_download(**more: Any) -> Transfer:
    return transfer(TransferKind.DOWNLOAD, TransferState.DONE, name="a.jsonl", path=SAVED, **more)


def name_place(panel: TransferPanel, row: int) -> QPoint:
    """A position on the first letters of a name, after the direction icon."""
    cell = table(panel).visualRect(panel.model.index(row, Column.NAME))
    return QPoint(cell.left() + 50, cell.center().y())


def test_a_saved_file_shows_its_actual_name(panel: TransferPanel) -> None:
    running = transfer(TransferKind.DOWNLOAD, name="a.jsonl", path=SAVED.parent)
    panel.model.update_transfers([saved_download(), running])
    shown = {panel.model.index(row, Column.NAME).data() for row in range(2)}
    assert shown == {"a (2).jsonl", "a.jsonl"}


def test_a_saved_files_name_links_to_its_folder(qtbot: QtBot, panel: TransferPanel) -> None:
    panel.model.update_transfers([saved_download()])
    with qtbot.waitSignal(panel.folder_requested) as requested:
        qtbot.mouseClick(table(panel).viewport(), _LEFT, pos=name_place(panel, 0))
    assert requested.args == [[SAVED]]
    assert table(panel).selectionModel().isRowSelected(0)


@pytest.mark.parametrize(
    "shown",
    [
        transfer(TransferKind.DOWNLOAD, path=SAVED.parent),
        transfer(TransferKind.UPLOAD, TransferState.DONE, path=SAVED),
        transfer(TransferKind.DOWNLOAD, TransferState.FAILED, problem=problem(), path=SAVED),
    ],
    ids=["running", "upload", "failed"],
)
def test_clicking_any_other_name_only_selects(
    qtbot: QtBot, panel: TransferPanel, shown: Transfer
) -> None:
    panel.model.update_transfers([shown])
    requested = QSignalSpy(panel.folder_requested)
    qtbot.mouseClick(table(panel).viewport(), _LEFT, pos=name_place(panel, 0))
    assert requested.count() == 0
    assert table(panel).selectionModel().isRowSelected(0)


def test_clicking_beside_the_link_or_with_ctrl_only_selects(
    qtbot: QtBot, panel: TransferPanel
) -> None:
    panel.model.update_transfers([saved_download(), saved_download()])
    requested = QSignalSpy(panel.folder_requested)
    view = table(panel)
    cell = view.visualRect(panel.model.index(0, Column.NAME))
    beside = QPoint(cell.right() - 3, cell.center().y())
    qtbot.mouseClick(view.viewport(), _LEFT, pos=beside)
    ctrl = Qt.KeyboardModifier.ControlModifier
    qtbot.mouseClick(view.viewport(), _LEFT, ctrl, name_place(panel, 1))
    assert requested.count() == 0
    assert [view.selectionModel().isRowSelected(row) for row in range(2)] == [True, True]


def test_enter_shows_a_saved_file_in_its_folder(qtbot: QtBot, panel: TransferPanel) -> None:
    panel.model.update_transfers([saved_download()])
    table(panel).setFocus()
    table(panel).selectRow(0)
    with qtbot.waitSignal(panel.folder_requested) as requested:
        qtbot.keyClick(table(panel), Qt.Key.Key_Return)
    assert requested.args == [[SAVED]]


def test_enter_shows_all_selected_files_in_their_folders(
    qtbot: QtBot, panel: TransferPanel
) -> None:
    panel.model.update_transfers([saved_download(), saved_download(), transfer()])
    table(panel).setFocus()
    table(panel).selectAll()
    with qtbot.waitSignal(panel.folder_requested) as requested:
        qtbot.keyClick(table(panel), Qt.Key.Key_Return)
    assert requested.args == [[SAVED, SAVED]]


def double_click(qtbot: QtBot, panel: TransferPanel, row: int) -> None:
    cell = table(panel).visualRect(panel.model.index(row, Column.STATUS))
    qtbot.mouseDClick(table(panel).viewport(), _LEFT, pos=cell.center())


def test_a_double_click_shows_a_saved_file_in_its_folder(
    qtbot: QtBot, panel: TransferPanel
) -> None:
    panel.model.update_transfers([saved_download()])
    with qtbot.waitSignal(panel.folder_requested) as requested:
        double_click(qtbot, panel, 0)
    assert requested.args == [[SAVED]]


def tip_at(panel: TransferPanel, place: QPoint) -> str:
    viewport = table(panel).viewport()
    event = QHelpEvent(QHelpEvent.Type.ToolTip, place, viewport.mapToGlobal(place))
    QApplication.sendEvent(viewport, event)
    text = QToolTip.text()
    QToolTip.hideText()
    return text


def test_a_safe_download_can_be_opened_and_others_show_why_not(
    qtbot: QtBot, panel: TransferPanel
) -> None:
    panel.model.update_transfers([saved_download()])
    script = transfer(TransferKind.DOWNLOAD, TransferState.DONE, path=Path("/x/run.sh"))
    opened = QSignalSpy(panel.open_requested)
    viewport, place = table(panel).viewport(), icon_place(panel, 0, from_right=2)
    qtbot.mouseClick(viewport, _LEFT, pos=place)
    assert opened.at(0) == [SAVED]
    assert tip_at(panel, place) == "Open"
    panel.model.update_transfers([script])
    qtbot.waitUntil(lambda: panel.model.rowCount() == 2)
    qtbot.mouseClick(viewport, _LEFT, pos=place)
    assert opened.count() == 1
    assert "Show in folder" in tip_at(panel, place)


def test_a_completed_upload_offers_its_id_and_its_row_in_the_list(
    qtbot: QtBot, panel: TransferPanel
) -> None:
    done = transfer(state=TransferState.DONE, file_id="file-new", path=SAVED)
    panel.model.update_transfers([done])
    assert "file-new" in panel.model.index(0, Column.STATUS).data()
    viewport = table(panel).viewport()
    copied, shown = QSignalSpy(panel.copy_ids_requested), QSignalSpy(panel.show_requested)
    qtbot.mouseClick(viewport, _LEFT, pos=icon_place(panel, 0, from_right=2))
    qtbot.mouseClick(viewport, _LEFT, pos=icon_place(panel, 0, from_right=1))
    double_click(qtbot, panel, 0)
    table(panel).setFocus()
    table(panel).selectRow(0)
    qtbot.keyClick(table(panel), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(table(panel), Qt.Key.Key_Return)
    assert [copied.at(number) for number in range(copied.count())] == [[["file-new"]]] * 2
    assert [shown.at(number) for number in range(shown.count())] == [[[done]]] * 3


def test_the_pause_icon_of_a_confirming_upload_is_disabled_with_a_reason(
    qtbot: QtBot, panel: TransferPanel
) -> None:
    panel.model.update_transfers([transfer(state=TransferState.CONFIRMING)])
    paused, place = QSignalSpy(panel.pause_requested), icon_place(panel, 0, from_right=1)
    qtbot.mouseClick(table(panel).viewport(), _LEFT, pos=place)
    assert paused.count() == 0
    assert tip_at(panel, place)


@pytest.mark.parametrize(
    ("shown", "warned"),
    [
        (transfer(done=9), True),
        (transfer(TransferKind.DOWNLOAD, done=9), True),
        (transfer(TransferKind.DOWNLOAD, done=9, keeps_part=True), False),
        (transfer(), False),
    ],
)
def test_pause_warns_if_the_transfer_will_start_over(
    panel: TransferPanel, shown: Transfer, warned: bool
) -> None:
    panel.model.update_transfers([shown])
    assert (tip_at(panel, icon_place(panel, 0, from_right=1)) != "Pause") is warned
    assert ("Pause" not in menu_of(panel, 0)) is warned


@pytest.mark.parametrize("kind", [TransferKind.UPLOAD, TransferKind.DOWNLOAD])
def test_a_warning_shows_in_the_row_for_screen_readers_and_in_the_report(
    panel: TransferPanel, kind: TransferKind
) -> None:
    warning = problem("The size differs", kind=ProblemKind.DIFFERS)
    done = transfer(kind, TransferState.DONE, path=SAVED, warning=warning)
    panel.model.update_transfers([done])
    status = panel.model.index(0, Column.STATUS)
    for role in (
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.AccessibleTextRole,
        Qt.ItemDataRole.ToolTipRole,
    ):
        assert "The size differs" in status.data(role)
    assert warning.advice in status.data(Qt.ItemDataRole.ToolTipRole)
    menu_of(panel, 0)["Copy problem report"].trigger()
    assert warning.report in QApplication.clipboard().text()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_R])
def test_enter_and_r_retry_the_selected_transfers(
    qtbot: QtBot, panel: TransferPanel, key: Qt.Key
) -> None:
    failed = [transfer(state=TransferState.FAILED, problem=problem()) for _ in range(2)]
    panel.model.update_transfers([*failed, transfer()])
    table(panel).setFocus()
    table(panel).selectAll()
    with qtbot.waitSignal(panel.retry_requested) as requested:
        qtbot.keyClick(table(panel), key)
    assert requested.args == [[one.id for one in failed]]


def test_del_cancels_or_removes_transfers_but_deletes_no_files(
    qtbot: QtBot, window: Window, panel: TransferPanel
) -> None:
    running, done = transfer(), transfer(state=TransferState.DONE)
    panel.model.update_transfers([running, done])
    cancelled, forgotten = QSignalSpy(panel.cancel_requested), QSignalSpy(panel.clear_requested)
    files_deleted = QSignalSpy(window.delete_files.triggered)
    table(panel).setFocus()
    table(panel).selectAll()
    qtbot.keyClick(table(panel), Qt.Key.Key_Delete)
    assert (cancelled.count(), forgotten.count(), files_deleted.count()) == (1, 1, 0)
    assert cancelled.at(0) == [[running.id]]
    assert forgotten.at(0) == [[done.id]]


def test_del_elsewhere_still_belongs_to_the_window(
    qtbot: QtBot, window: Window, panel: TransferPanel
) -> None:
    panel.model.update_transfers([transfer()])
    files_deleted = QSignalSpy(window.delete_files.triggered)
    other = not_none(panel.findChild(QToolButton))
    other.setFocus()
    qtbot.keyClick(other, Qt.Key.Key_Delete)
    assert files_deleted.count() == 1


def test_the_context_menu_has_every_action_of_the_row(qtbot: QtBot, panel: TransferPanel) -> None:
    path = Path("/home/somebody/a.jsonl")
    done = transfer(TransferKind.DOWNLOAD, TransferState.DONE, path=path)
    unsure = transfer(state=TransferState.UNCERTAIN, problem=problem())
    panel.model.update_transfers([done, unsure, transfer()])
    offered = menu_of(panel, 0)
    assert list(offered) == [
        "Try again",
        "Send again without checking",
        "Remove from the list",
        "Copy problem report",
        "Show requests",
    ]
    with qtbot.waitSignal(panel.retry_requested) as requested:
        offered["Try again"].trigger()
    assert requested.args == [[unsure.id]]


def test_the_user_can_choose_which_file_an_upload_became(
    qtbot: QtBot, panel: TransferPanel
) -> None:
    unsure = transfer(
        state=TransferState.UNCERTAIN, problem=problem(), candidates=("file-a", "file-b&c")
    )
    panel.model.update_transfers([unsure])
    offered = menu_of(panel, 0)
    assert {"It's file-a", "It's file-b&&c"} <= offered.keys()
    with qtbot.waitSignal(panel.adopt_requested) as adopted:
        offered["It's file-b&&c"].trigger()
    assert adopted.args == [unsure.id, "file-b&c"]
    with qtbot.waitSignal(panel.send_again_requested) as again:
        offered["Send again without checking"].trigger()
    assert again.args == [[unsure.id]]


def test_a_verified_change_offers_to_delete_the_old_file(
    qtbot: QtBot, panel: TransferPanel
) -> None:
    done = transfer(
        TransferKind.CHANGE, TransferState.DONE, file_id="file-new", replaces="file-old"
    )
    panel.model.update_transfers([done])
    with qtbot.waitSignal(panel.delete_old_requested) as requested:
        menu_of(panel, 0)["Delete the old file…"].trigger()
    assert requested.args == [[done]]


def test_a_failed_change_offers_the_id_of_its_new_file_but_no_delete(panel: TransferPanel) -> None:
    failed = transfer(
        TransferKind.CHANGE, TransferState.FAILED, file_id="file-bad", replaces="file-old"
    )
    panel.model.update_transfers([failed])
    offered = menu_of(panel, 0)
    assert "Copy ID" in offered
    assert "Delete the old file…" not in offered


def test_the_context_menu_can_cancel_a_running_transfer(qtbot: QtBot, panel: TransferPanel) -> None:
    running = transfer()
    panel.model.update_transfers([running])
    offered = menu_of(panel, 0)
    offers = ["Pause", "Cancel", "Move to the top", "Move to the bottom", "Show requests"]
    assert list(offered) == offers
    with qtbot.waitSignal(panel.cancel_requested) as requested:
        offered["Cancel"].trigger()
    assert requested.args == [[running.id]]


def test_an_icon_is_highlighted_on_hover_with_a_tool_tip(
    qtbot: QtBot, panel: TransferPanel
) -> None:
    panel.model.update_transfers([transfer()])
    viewport = table(panel).viewport()
    place = icon_place(panel, 0)
    before = viewport.grab().toImage()
    qtbot.mouseMove(viewport, place - QPoint(2, 2))
    qtbot.mouseMove(viewport, place)
    qtbot.waitUntil(lambda: viewport.grab().toImage() != before)
    assert viewport.cursor().shape() == Qt.CursorShape.PointingHandCursor
    QApplication.sendEvent(
        viewport,
        QHelpEvent(QHelpEvent.Type.ToolTip, place, viewport.mapToGlobal(place)),
    )
    assert QToolTip.text() == "Cancel"
    QToolTip.hideText()


def test_clear_finished_keeps_transfers_that_need_attention(
    qtbot: QtBot, panel: TransferPanel
) -> None:
    done = transfer(state=TransferState.DONE)
    cancelled = transfer(state=TransferState.CANCELLED)
    panel.model.update_transfers(
        [done, cancelled, transfer(), transfer(state=TransferState.FAILED, problem=problem())]
    )
    with qtbot.waitSignal(panel.clear_requested) as requested:
        qtbot.mouseClick(button(panel, "Clear finished"), _LEFT)
    assert set(requested.args[0]) == {done.id, cancelled.id}


def test_clear_all_ended_and_retry_failed_include_failures(
    qtbot: QtBot, panel: TransferPanel
) -> None:
    failed = [transfer(state=TransferState.FAILED, problem=problem()) for _ in range(2)]
    done = transfer(state=TransferState.DONE)
    cancelled = transfer(state=TransferState.CANCELLED)
    panel.model.update_transfers([*failed, done, cancelled, transfer()])
    with qtbot.waitSignal(panel.retry_requested) as retried:
        qtbot.mouseClick(button(panel, "Retry failed"), _LEFT)
    with qtbot.waitSignal(panel.clear_requested) as forgotten:
        qtbot.mouseClick(button(panel, "Clear all ended"), _LEFT)
    assert retried.args == [[one.id for one in failed]]
    assert set(forgotten.args[0]) == {one.id for one in (*failed, done, cancelled)}
    panel.model.remove_transfers(forgotten.args[0])
    assert not button(panel, "Retry failed").isEnabled()
    assert not button(panel, "Clear all ended").isEnabled()


def question(panel: TransferPanel) -> QuestionDialog:
    return next(one for one in panel.window().findChildren(QuestionDialog) if one.isVisible())


def test_cancel_all_asks_for_confirmation(qtbot: QtBot, panel: TransferPanel) -> None:
    running, queued = transfer(), transfer(state=TransferState.QUEUED)
    panel.model.update_transfers([running, queued, transfer(state=TransferState.DONE)])
    requested = QSignalSpy(panel.cancel_requested)
    qtbot.mouseClick(button(panel, "Cancel all"), _LEFT)
    qtbot.waitUntil(lambda: question(panel).isActiveWindow())
    qtbot.keyClick(question(panel), Qt.Key.Key_Return)
    assert requested.count() == 0
    qtbot.mouseClick(button(panel, "Cancel all"), _LEFT)
    qtbot.mouseClick(button_of(question(panel), "Cancel transfers"), _LEFT)
    assert [requested.at(number) for number in range(requested.count())] == [
        [[running.id, queued.id]]
    ]
    panel.model.remove_transfers([running.id, queued.id])
    assert not button(panel, "Cancel all").isEnabled()


def test_the_chevron_collapses_the_panel_to_its_header(qtbot: QtBot, panel: TransferPanel) -> None:
    panel.model.update_transfers([transfer()])
    chevron = not_none(panel.findChild(QToolButton))
    assert chevron.accessibleName() == "Hide transfers"
    with qtbot.waitSignal(panel.collapsed_changed) as changed:
        qtbot.mouseClick(chevron, _LEFT)
    assert changed.args == [True]
    assert not table(panel).isVisible()
    assert chevron.accessibleName() == "Show transfers"
    assert panel.maximumHeight() < 60
    panel.set_collapsed(False)
    assert table(panel).isVisible()


@pytest.mark.parametrize("width", [420, 640, 1600])
def test_the_columns_fill_the_width_exactly(
    qtbot: QtBot, window: Window, panel: TransferPanel, width: int
) -> None:
    panel.model.update_transfers([transfer(name="x" * 255, speed=1e6, seconds_left=3)])
    window.resize(width, 300)
    qtbot.waitUntil(lambda: window.width() == width)
    view = table(panel)
    qtbot.waitUntil(
        lambda: sum(view.columnWidth(column) for column in Column) == view.viewport().width()
    )


def test_columns_do_not_move_when_the_scroll_bar_appears(
    qtbot: QtBot, panel: TransferPanel
) -> None:
    view = table(panel)
    panel.model.update_transfers([transfer()])
    qtbot.waitUntil(lambda: not view.verticalScrollBar().isVisible())
    before = [view.columnViewportPosition(column) for column in Column]
    panel.model.update_transfers([transfer() for _ in range(100)])
    qtbot.waitUntil(view.verticalScrollBar().isVisible)
    assert [view.columnViewportPosition(column) for column in Column] == before


def test_a_panel_with_thousands_of_rows_shows_summary_and_rows(
    qtbot: QtBot, panel: TransferPanel
) -> None:
    panel.model.update_transfers([transfer(state=TransferState.QUEUED) for _ in range(5_000)])
    qtbot.waitUntil(lambda: panel.model.rowCount() == 5_000)
    assert panel.model.summary().waiting == 5_000


def test_the_icon_of_a_row_pauses_and_resumes_it(qtbot: QtBot, panel: TransferPanel) -> None:
    running = transfer(done=500_000)
    panel.model.update_transfers([transfer(id=0), running])
    viewport, place = table(panel).viewport(), icon_place(panel, 0, from_right=1)
    with qtbot.waitSignal(panel.pause_requested) as paused:
        qtbot.mouseClick(viewport, _LEFT, pos=place)
    panel.model.update_transfers([replace(running, state=TransferState.PAUSED)])
    qtbot.waitUntil(lambda: panel.model.summary().paused == 1)
    with qtbot.waitSignal(panel.resume_requested) as resumed:
        qtbot.mouseClick(viewport, _LEFT, pos=place)
    with qtbot.waitSignal(panel.cancel_requested) as cancelled:
        qtbot.mouseClick(viewport, _LEFT, pos=icon_place(panel, 0))
    assert paused.args == resumed.args == cancelled.args == [[running.id]]


def test_the_header_enables_only_useful_buttons(qtbot: QtBot, panel: TransferPanel) -> None:
    running = transfer()
    sending = transfer(state=TransferState.CONFIRMING)
    paused = transfer(state=TransferState.PAUSED)

    def offered() -> list[str]:
        buttons = panel.findChildren(QPushButton)
        return [one.accessibleName() for one in buttons if one.isEnabled()]

    panel.model.update_transfers([running, sending])
    assert offered() == ["Pause all", "Cancel all"]
    panel.model.update_transfers([paused])
    qtbot.waitUntil(lambda: offered() == ["Pause all", "Resume all", "Cancel all"])
    with qtbot.waitSignal(panel.pause_requested) as pause:
        qtbot.mouseClick(button(panel, "Pause all"), _LEFT)
    with qtbot.waitSignal(panel.resume_requested) as resume:
        qtbot.mouseClick(button(panel, "Resume all"), _LEFT)
    assert (pause.args, resume.args) == ([[running.id]], [[paused.id]])
    panel.model.remove_transfers([running.id, sending.id])
    assert offered() == ["Resume all", "Cancel all"]


def test_pressing_a_useless_button_again_does_no_harm(qtbot: QtBot, panel: TransferPanel) -> None:
    paused = transfer(state=TransferState.PAUSED)
    panel.model.update_transfers([paused])
    qtbot.waitUntil(lambda: button(panel, "Resume all").isEnabled())
    button(panel, "Resume all").setFocus()
    panel.model.update_transfers([replace(paused, state=TransferState.RUNNING)])
    qtbot.waitUntil(lambda: button(panel, "Pause all").hasFocus())
    panel.model.update_transfers([paused])
    qtbot.waitUntil(lambda: button(panel, "Resume all").hasFocus())
    button(panel, "Cancel all").setFocus()
    panel.model.update_transfers([replace(paused, state=TransferState.CANCELLED)])
    (chevron,) = panel.findChildren(QToolButton)
    qtbot.waitUntil(chevron.hasFocus)


def test_in_a_narrow_window_header_buttons_keep_their_names(
    qtbot: QtBot, window: Window, panel: TransferPanel
) -> None:
    panel.model.update_transfers(
        [
            transfer(speed=1e6),
            transfer(state=TransferState.PAUSED),
            transfer(state=TransferState.DONE),
        ]
    )
    buttons = [one for one in panel.findChildren(QPushButton) if one.isVisible()]
    window.resize(1500, 300)
    qtbot.waitUntil(lambda: all(one.text() for one in buttons))
    window.resize(560, 300)
    qtbot.waitUntil(lambda: window.width() == 560)
    qtbot.waitUntil(lambda: not any(one.text() for one in buttons))
    names = ["Retry failed", "Pause all", "Resume all", "Cancel all"]
    names += ["Clear finished", "Clear all ended"]
    assert [one.accessibleName() for one in buttons] == names
    assert [one.toolTip() for one in buttons] == names
    window.resize(1500, 300)
    qtbot.waitUntil(lambda: all(one.text() for one in buttons))


@pytest.fixture
def mixed(panel: TransferPanel) -> dict[str, int]:
    """Add rows of all kinds and select them; return their IDs by name."""
    rows = [
        transfer(name="running"),
        transfer(name="queued", state=TransferState.QUEUED),
        transfer(name="paused", state=TransferState.PAUSED),
        transfer(name="failed", state=TransferState.FAILED, problem=problem("No luck")),
        transfer(name="done", state=TransferState.DONE),
    ]
    panel.model.update_transfers(rows)
    table(panel).setFocus()
    return {one.name: one.id for one in rows}


def row_of(panel: TransferPanel, name: str) -> int:
    return [one.name for one in panel.model.transfers()].index(name)


def test_ctrl_a_selects_only_rows_of_the_table(
    qtbot: QtBot, window: Window, panel: TransferPanel, mixed: dict[str, int]
) -> None:
    select_all = QAction("Select all", window)
    select_all.setShortcut(QKeySequence(QKeySequence.StandardKey.SelectAll))
    window.addAction(select_all)
    elsewhere = QSignalSpy(select_all.triggered)
    qtbot.keyClick(table(panel), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(table(panel).selected_transfers()) == len(mixed)
    assert elsewhere.count() == 0


def test_home_selects_one_row_even_if_it_is_current(
    qtbot: QtBot, panel: TransferPanel, mixed: dict[str, int]
) -> None:
    table(panel).selectRow(0)
    table(panel).selectAll()
    qtbot.keyClick(table(panel), Qt.Key.Key_Up)
    assert [one.id for one in table(panel).selected_transfers()] == [mixed["failed"]]


def test_space_pauses_if_possible_and_otherwise_resumes(
    qtbot: QtBot, panel: TransferPanel, mixed: dict[str, int]
) -> None:
    paused, resumed = QSignalSpy(panel.pause_requested), QSignalSpy(panel.resume_requested)
    table(panel).selectAll()
    qtbot.keyClick(table(panel), Qt.Key.Key_Space)
    assert paused.at(0) == [[mixed["running"], mixed["queued"]]]
    assert resumed.count() == 0
    table(panel).selectRow(row_of(panel, "paused"))
    qtbot.keyClick(table(panel), Qt.Key.Key_Space)
    assert (paused.count(), resumed.count()) == (1, 1)
    assert resumed.at(0) == [[mixed["paused"]]]


@pytest.mark.parametrize(
    ("key", "signal"), [(Qt.Key.Key_Up, "first_requested"), (Qt.Key.Key_Down, "last_requested")]
)
def test_alt_with_an_arrow_moves_unfinished_transfers(
    qtbot: QtBot, panel: TransferPanel, mixed: dict[str, int], key: Qt.Key, signal: str
) -> None:
    table(panel).selectAll()
    with qtbot.waitSignal(getattr(panel, signal)) as requested:
        qtbot.keyClick(table(panel), key, Qt.KeyboardModifier.AltModifier)
    assert requested.args == [[mixed["running"], mixed["queued"], mixed["paused"]]]
    assert len(table(panel).selected_transfers()) == len(mixed)


def test_the_context_menu_of_many_rows_has_every_action_any_of_them_allows(
    qtbot: QtBot, panel: TransferPanel, mixed: dict[str, int]
) -> None:
    table(panel).selectAll()
    offered = menu_of(panel, 0)
    assert list(offered) == [
        "Pause",
        "Resume",
        "Try again",
        "Cancel",
        "Move to the top",
        "Move to the bottom",
        "Remove from the list",
        "Copy problem report",
        "Show requests",
    ]
    assert not any(action.icon().isNull() for action in offered.values())
    unfinished = [mixed["running"], mixed["queued"], mixed["paused"]]
    for text, signal, expected in (
        ("Pause", panel.pause_requested, unfinished[:2]),
        ("Resume", panel.resume_requested, unfinished[2:]),
        ("Cancel", panel.cancel_requested, unfinished),
        ("Move to the top", panel.first_requested, unfinished),
        ("Move to the bottom", panel.last_requested, unfinished),
        ("Remove from the list", panel.clear_requested, [mixed["failed"], mixed["done"]]),
    ):
        with qtbot.waitSignal(signal) as requested:
            offered[text].trigger()
        assert requested.args == [expected]


def test_the_problem_report_can_be_copied(panel: TransferPanel, mixed: dict[str, int]) -> None:
    menu_of(panel, row_of(panel, "failed"))["Copy problem report"].trigger()
    copied = QApplication.clipboard().text()
    assert copied == f"failed\n{problem('No luck').report}"


def test_the_selection_follows_a_moving_row(
    qtbot: QtBot, panel: TransferPanel, mixed: dict[str, int]
) -> None:
    view = table(panel)
    view.selectRow(row_of(panel, "queued"))
    (queued,) = view.selected_transfers()
    panel.model.update_transfers([replace(queued, place=9.0)])
    qtbot.waitUntil(lambda: panel.model.transfer_at(3).id == queued.id)
    assert [one.id for one in view.selected_transfers()] == [queued.id]
    assert view.currentIndex().row() == 3


@pytest.fixture
def frozen_heap() -> Iterator[None]:
    """Exclude other tests' leftovers from garbage collection, which would take longer than any row."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("frozen_heap")
def test_adding_moving_and_removing_ten_thousand_rows_does_not_block_the_window(
    qtbot: QtBot, panel: TransferPanel
) -> None:
    number = 10_000
    rows = [transfer(state=TransferState.PAUSED, place=place) for place in range(number)]
    moved = [replace(one, place=-one.place) for one in rows]

    def longest(what: Callable[[], None]) -> float:
        """The longest CPU time between two event-loop iterations, in seconds."""
        turns: list[float] = []
        timer = QTimer()
        timer.timeout.connect(lambda: turns.append(time.thread_time()))
        timer.start(0)
        turns.append(time.thread_time())
        what()
        qtbot.waitUntil(lambda: not panel.model._pending and not panel.model._timer.isActive())
        timer.stop()
        return max(after - before for before, after in pairwise(turns))

    assert longest(lambda: panel.model.update_transfers(rows)) < 0.1
    assert panel.model.rowCount() == number
    table(panel).selectAll()
    assert longest(lambda: panel.model.update_transfers(moved)) < 0.1
    assert panel.model.transfer_at(0).id == rows[-1].id
    assert len(table(panel).selected_transfers()) == number
    table(panel).clearSelection()
    assert longest(lambda: panel.model.remove_transfers([one.id for one in rows[::2]])) < 0.1
    assert panel.model.rowCount() == number // 2


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("active", [True, False], ids=["active", "resting"])
def test_the_empty_part_of_a_bar_is_visible_on_a_selected_row(
    qtbot: QtBot, panel: TransferPanel, active: bool, dark: bool
) -> None:
    before = QApplication.palette()
    QApplication.setPalette(make_palette(dark=dark))
    panel.model.update_transfers([transfer(done=0, total=100)])
    view = table(panel)
    view.selectRow(0)
    (view if active else not_none(panel.findChild(QToolButton))).setFocus()
    # The panel grows once it has a row.
    qtbot.waitUntil(lambda: view.viewport().height() >= view.rowHeight(0))
    cell = view.visualRect(panel.model.index(0, Column.PROGRESS))
    image = view.viewport().grab().toImage()
    bar, ground = (
        image.pixelColor(cell.center().x(), y) for y in (cell.center().y(), cell.top() + 2)
    )
    assert ground == color(Role.SELECTION if active else Role.INACTIVE_SELECTION, view.palette())
    lightness = [of.lightnessF() for of in (bar, ground)]
    assert abs(lightness[0] - lightness[1]) > 0.05
    QApplication.setPalette(before)
