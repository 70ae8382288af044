"""Only the selection in the focused list looks active; all others look inactive."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from services.transfers.events import TransferChanged
from services.transfers.transfer import TransferKind, TransferState
from tests.support.factories import transfer
from tests.support.narrowing import instance_of
from tests.support.visible_colors import shows
from tests.window.desk import Desk
from ui.theme import Role

SELECTED_IN = ("Files", "Purposes", "Transfers")


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """A window with a selection in every list."""
    desk.deliver([TransferChanged(transfer(TransferKind.DOWNLOAD, TransferState.FAILED, name="x"))])
    instance_of(QTableView, view(desk, "Transfers")).selectRow(0)
    desk.select("report.pdf")
    return desk


def view(desk: Desk, name: str) -> QAbstractItemView:
    (found,) = [
        one
        for one in desk.window.findChildren(QAbstractItemView)
        if one.accessibleName() == name and one.isVisible()
    ]
    return found


def looks(desk: Desk) -> tuple[list[str], list[str]]:
    """The lists whose selection looks active, and those where it looks inactive."""
    return (
        [name for name in SELECTED_IN if shows(view(desk, name), Role.SELECTION)],
        [name for name in SELECTED_IN if shows(view(desk, name), Role.INACTIVE_SELECTION)],
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", SELECTED_IN)
def test_only_the_focused_lists_selection_looks_active(busy: Desk, name: str, scheme: str) -> None:
    busy.theme.use(scheme)
    view(busy, name).setFocus()
    assert looks(busy) == ([name], [other for other in SELECTED_IN if other != name])


def test_every_selection_looks_inactive_if_no_list_has_focus(busy: Desk) -> None:
    busy.search.setFocus()
    assert looks(busy) == ([], list(SELECTED_IN))


def test_every_selection_looks_inactive_in_an_inactive_window(busy: Desk) -> None:
    busy.table.setFocus()
    other = QWidget()
    busy.qtbot.addWidget(other)
    with busy.qtbot.waitActive(other):
        other.show()
        other.activateWindow()
    busy.wait(lambda: looks(busy) == ([], list(SELECTED_IN)))
    other.close()
    busy.window.activateWindow()
    busy.wait(lambda: looks(busy)[0] == ["Files"])


def test_a_context_menu_leaves_the_selection_active(busy: Desk) -> None:
    busy.table.setFocus()
    busy.table.menu_asked.emit(busy.table.mapToGlobal(busy.table.rect().center()))
    (menu,) = [one for one in busy.window.findChildren(QWidget) if _is_open_menu(one)]
    assert looks(busy)[0] == ["Files"]
    busy.qtbot.keyClick(menu, Qt.Key.Key_Escape)


def test_active_selections_have_an_edge_besides_their_color(busy: Desk) -> None:
    def edges() -> list[str]:
        return [name for name in SELECTED_IN if _has_edge(view(busy, name))]

    for name in SELECTED_IN:
        view(busy, name).setFocus()
        assert edges() == [name]
    busy.search.setFocus()
    assert edges() == []


def _has_edge(one: QAbstractItemView) -> bool:
    """Whether the accent color is at the left edge of the selected row."""
    cells = map(one.visualRect, one.selectionModel().selectedIndexes())
    row = min(cells, key=lambda cell: cell.left())
    return shows(one, Role.ACCENT, QRect(row.left(), row.top() + 8, 14, row.height() - 16))


def _is_open_menu(one: QWidget) -> bool:
    return one.isVisible() and one.windowType() == Qt.WindowType.Popup
