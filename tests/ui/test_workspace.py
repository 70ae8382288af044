from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QLabel, QMainWindow, QSplitter, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from services.accounts.settings import Settings
from services.catalog.events import FilesListed, ListingEnded, ListingStarted
from tests.support.factories import remote_file, transfer
from tests.support.narrowing import instance_of
from ui.actions import Actions
from ui.downloading.refused_content import RefusedContent
from ui.middle_page import MiddlePage
from ui.workspace import Workspace


def window_with_workspace(qtbot: QtBot, settings: Settings) -> QMainWindow:
    made = QMainWindow()
    qtbot.addWidget(made)
    workspace = Workspace(Actions(made), RefusedContent(), lambda: 0.0)
    workspace.restore(settings)
    made.setCentralWidget(workspace)
    made.resize(1100, 800)
    with qtbot.waitExposed(made):
        made.show()
    return made


def workspace_of(window: QMainWindow) -> Workspace:
    return instance_of(Workspace, window.centralWidget())


def saved_by(workspace: Workspace) -> Settings:
    values: dict[str, Any] = workspace.layout_values()
    return Settings(**values)


def heights(workspace: Workspace) -> tuple[int, int]:
    """The heights of the files and of the transfers."""
    return workspace.middle.height(), workspace.transfers.height()


def line_of(workspace: Workspace) -> int:
    return workspace.transfers.table.verticalHeader().defaultSectionSize()


def test_without_transfers_the_files_get_their_space(qtbot: QtBot) -> None:
    workspace = workspace_of(window_with_workspace(qtbot, Settings()))
    before = heights(workspace)
    assert before[1] < 2 * line_of(workspace)
    shown = [transfer(), transfer()]
    workspace.transfers.model.update_transfers(shown)
    qtbot.waitUntil(lambda: heights(workspace)[1] >= before[1] + 2 * line_of(workspace))
    assert sum(heights(workspace)) == sum(before)
    workspace.transfers.model.remove_transfers([one.id for one in shown])
    qtbot.waitUntil(lambda: heights(workspace) == before)


def test_hidden_transfers_leave_their_space_to_the_files(qtbot: QtBot) -> None:
    workspace = workspace_of(window_with_workspace(qtbot, Settings()))
    workspace.transfers.model.update_transfers([transfer()])
    before = heights(workspace)
    workspace.transfers.set_collapsed(True)
    qtbot.waitUntil(lambda: heights(workspace)[1] < before[1])
    assert sum(heights(workspace)) == sum(before)
    workspace.transfers.set_collapsed(False)
    qtbot.waitUntil(lambda: heights(workspace) == before)


def test_many_transfers_leave_at_least_half_to_the_files(qtbot: QtBot) -> None:
    window = window_with_workspace(qtbot, Settings())
    window.resize(1100, 300)
    workspace = workspace_of(window)
    workspace.transfers.model.update_transfers([transfer() for _ in range(100)])
    qtbot.waitUntil(lambda: heights(workspace)[1] > 2 * line_of(workspace))
    files, transfers = heights(workspace)
    assert transfers <= files + 1


def pull(qtbot: QtBot, workspace: Workspace, up: int) -> None:
    """Drag the top edge of the transfers up by this many pixels."""
    (rows,) = [
        one
        for one in workspace.findChildren(QSplitter)
        if one.orientation() == Qt.Orientation.Vertical
    ]
    handle = rows.handle(1)
    qtbot.mousePress(handle, Qt.MouseButton.LeftButton)
    qtbot.mouseMove(handle, handle.rect().center() - QPoint(0, up))
    qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton)


def test_resized_transfers_keep_their_height(qtbot: QtBot) -> None:
    workspace = workspace_of(window_with_workspace(qtbot, Settings()))
    workspace.transfers.model.update_transfers([transfer()])
    qtbot.waitUntil(lambda: heights(workspace)[1] > 2 * line_of(workspace))
    before = heights(workspace)
    pull(qtbot, workspace, 150)
    pulled = heights(workspace)
    assert pulled[1] >= before[1] + 100
    workspace.transfers.model.update_transfers([transfer() for _ in range(2)])
    qtbot.waitUntil(lambda: workspace.transfers.model.rowCount() == 3)
    workspace.transfers.set_collapsed(True)
    workspace.transfers.set_collapsed(False)
    qtbot.waitUntil(lambda: heights(workspace) == pulled)


def test_resized_transfers_keep_their_height_across_sessions(qtbot: QtBot) -> None:
    workspace = workspace_of(window_with_workspace(qtbot, Settings()))
    assert saved_by(workspace).transfers_height == 0
    workspace.transfers.model.update_transfers([transfer()])
    qtbot.waitUntil(lambda: heights(workspace)[1] > 2 * line_of(workspace))
    pull(qtbot, workspace, 150)
    pulled = heights(workspace)
    again = workspace_of(window_with_workspace(qtbot, saved_by(workspace)))
    assert again.transfers.folded
    assert heights(again)[1] < 2 * line_of(again)
    again.transfers.model.update_transfers([transfer()])
    qtbot.waitUntil(lambda: heights(again) == pulled)


def rows_in_sight(workspace: Workspace) -> int:
    table = workspace.area.table
    return table.viewport().height() // table.verticalHeader().defaultSectionSize()


@pytest.mark.parametrize("height", [700, 10**12])
def test_tall_transfers_leave_some_rows_visible_in_a_smaller_window(
    qtbot: QtBot, height: int
) -> None:
    window = window_with_workspace(qtbot, Settings(transfers_height=height))
    window.resize(1100, 420)
    workspace = workspace_of(window)
    workspace.transfers.model.update_transfers([transfer() for _ in range(20)])
    workspace.area.switch_account("acme", None)
    for event in (
        ListingStarted("acme", 1),
        FilesListed("acme", 1, tuple(remote_file() for _ in range(20)), 20),
        ListingEnded("acme", 1, complete=True),
    ):
        workspace.area.apply_event(event)
    qtbot.waitUntil(lambda: heights(workspace)[1] > 2 * line_of(workspace))
    qtbot.waitUntil(lambda: workspace.area.table.isVisible())
    assert rows_in_sight(workspace) >= 3
    pull(qtbot, workspace, 400)
    assert rows_in_sight(workspace) >= 3


@pytest.mark.parametrize("height", [-5, 1])
def test_an_invalid_height_still_shows_one_row(qtbot: QtBot, height: int) -> None:
    workspace = workspace_of(window_with_workspace(qtbot, Settings(transfers_height=height)))
    before = heights(workspace)[1]
    workspace.transfers.model.update_transfers([transfer()])
    qtbot.waitUntil(lambda: heights(workspace)[1] >= before + line_of(workspace))


def test_the_inspector_fits_an_id_until_it_is_resized(qtbot: QtBot) -> None:
    window = window_with_workspace(qtbot, Settings())
    workspace = workspace_of(window)
    wanted = workspace.inspector.initial_width()
    assert wanted >= 320
    qtbot.waitUntil(lambda: workspace.inspector.width() == wanted)
    window.resize(window.width() + 200, window.height())
    qtbot.waitUntil(lambda: workspace.inspector.width() == wanted)
    workspace._files.setSizes([500, 400])
    again = window_with_workspace(qtbot, saved_by(workspace))
    inspector = workspace_of(again).inspector
    assert inspector.width() != wanted


class LayoutRequests(QObject):
    """Notes whether a widget is asked to lay out its children again."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__()
        self.seen = False
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.seen = self.seen or event.type() is QEvent.Type.LayoutRequest
        return False


def test_a_page_fills_the_middle_and_lays_out_nothing_else_when_it_changes(qtbot: QtBot) -> None:
    window = window_with_workspace(qtbot, Settings())
    workspace = workspace_of(window)
    page = MiddlePage()
    strip, content = QLabel("A strip"), QLabel("The content")
    column = QVBoxLayout(page)
    column.addWidget(strip)
    column.addWidget(content, 1)
    workspace.add_page(page)
    workspace.show_page(page)
    window.resize(1200, 700)
    qtbot.waitUntil(lambda: page.size() == workspace.middle.size())
    qtbot.waitUntil(lambda: 0 < strip.y() < content.y())
    QCoreApplication.sendPostedEvents()
    requests = LayoutRequests(workspace.middle)
    top = strip.y()
    strip.hide()
    qtbot.waitUntil(lambda: content.y() == top)
    QCoreApplication.sendPostedEvents()
    assert not requests.seen
    assert page.size() == workspace.middle.size()
