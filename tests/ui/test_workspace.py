from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from services.settings import Settings
from ui.actions import Actions
from ui.files.refused_content import RefusedContent
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


def heights(workspace: Workspace) -> tuple[int, int]:
    """Of the files, and of the transfers."""
    return workspace.middle.height(), workspace.transfers.height()


def test_the_files_have_the_room_of_the_transfers_while_those_are_hidden(qtbot: QtBot) -> None:
    window = window_with_workspace(qtbot, Settings())
    workspace = window.centralWidget()
    before = heights(workspace)
    workspace.transfers.set_collapsed(True)
    qtbot.waitUntil(lambda: heights(workspace)[1] < before[1])
    assert sum(heights(workspace)) == sum(before)
    workspace.transfers.set_collapsed(False)
    qtbot.waitUntil(lambda: heights(workspace) == before)


def test_transfers_that_were_hidden_from_the_start_get_some_lines(qtbot: QtBot) -> None:
    window = window_with_workspace(qtbot, Settings(transfers_shown=False))
    workspace = window.centralWidget()
    files, head = heights(workspace)
    line = workspace.transfers.table.verticalHeader().defaultSectionSize()
    workspace.transfers.set_collapsed(False)
    qtbot.waitUntil(lambda: heights(workspace)[1] >= head + 4 * line)
    assert sum(heights(workspace)) == files + head


def test_the_inspector_is_as_wide_as_an_id_needs_until_somebody_pulls_it(qtbot: QtBot) -> None:
    window = window_with_workspace(qtbot, Settings())
    workspace = window.centralWidget()
    wanted = workspace.inspector.width_at_first()
    assert wanted >= 320
    qtbot.waitUntil(lambda: workspace.inspector.width() == wanted)
    window.resize(window.width() + 200, window.height())
    qtbot.waitUntil(lambda: workspace.inspector.width() == wanted)
    workspace.middle.setSizes([500, 400])
    again = window_with_workspace(qtbot, Settings(**workspace.layout_values()))
    inspector = again.centralWidget().inspector
    assert inspector.width() != wanted
