"""The files of one vector store: what can be done, and how Tab goes through it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.factories import problem
from tests.support.narrowing import not_none
from tests.support.shown_widget import shown_widget
from tests.ui.jobs.some_stores import NOW, store_file
from ui.jobs.stores.store_file_model import StoreFileModel
from ui.jobs.stores.store_files_view import StoreFilesView
from ui.jobs.stores.store_inspector import ShownChange, ShownStore, StoreInspector


@pytest.fixture
def model() -> StoreFileModel:
    return StoreFileModel(lambda _file_id: None, lambda: NOW)


@pytest.fixture
def view(qtbot: QtBot, model: StoreFileModel) -> StoreFilesView:
    made = shown_widget(qtbot, StoreFilesView(model), 700, 500)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.show_store("Help", 250, "")
    return made


def texts(view: StoreFilesView) -> set[str]:
    return {one.text() for one in view.findChildren(QPushButton) if one.isVisible()}


def test_tab_goes_through_the_view_in_the_order_on_the_screen(
    qtbot: QtBot, view: StoreFilesView, model: StoreFileModel
) -> None:
    model.show_files([store_file(number) for number in range(3)])
    view.show_listed(is_whole=False, problem=problem("No network"))
    view.table.selectRow(0)
    (back,) = [one for one in view.findChildren(QPushButton) if one.text() == "Vector stores"]
    back.setFocus()
    reached = []
    for _step in range(8):
        focused = not_none(QApplication.focusWidget())
        if isinstance(focused, QPushButton):
            reached.append(focused.text())
        else:
            reached.append(focused.accessibleName())
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert reached == [
        "Vector stores",
        "Files shown",
        "Attach files…",
        "Detach…",
        "Read parsed text",
        "Show in list",
        "Files in the vector store",
        "Try again",
    ]


def test_the_line_below_says_how_many_files_there_are(
    view: StoreFilesView, model: StoreFileModel
) -> None:
    model.show_files([store_file(number) for number in range(100)])
    view.show_listing()
    assert view.count_words == "100 of 250 files · loading more…"
    view.show_listed(is_whole=False, problem=problem("No network", advice="Try later"))
    assert view.count_words == "100 of 250 files · No network. Try later"
    view.show_listing()
    model.add_files([store_file(number) for number in range(100, 250)])
    view.show_listed(is_whole=True, problem=None)
    assert view.count_words == "250 files"


def test_without_files_it_says_why(view: StoreFilesView) -> None:
    view.show_listing()
    assert "Try again" not in texts(view)
    view.show_listed(is_whole=False, problem=problem("No network"))
    assert "Try again" in texts(view)
    view.show_listed(is_whole=True, problem=None)
    assert "Try again" not in texts(view)


def test_nothing_can_be_attached_to_an_expired_store(view: StoreFilesView) -> None:
    view.show_store("Help", 0, "It has expired.")
    (button,) = [one for one in view.findChildren(QPushButton) if one.text() == "Attach files…"]
    assert not button.isEnabled()
    assert button.accessibleDescription() == "It has expired."


def test_the_state_is_kept_until_another_store_is_shown(view: StoreFilesView) -> None:
    (box,) = view.findChildren(QComboBox)
    box.setCurrentIndex(box.findData("failed"))
    assert view.state == "failed"
    view.reset()
    assert view.state is None


def test_each_change_can_be_stopped_by_keyboard(qtbot: QtBot) -> None:
    inspector = shown_widget(qtbot, StoreInspector(), 350, 500)
    inspector.activateWindow()
    qtbot.waitUntil(inspector.isActiveWindow)
    changes = (
        ShownChange(7, "Attaching files: 1 of 4", 0.25),
        ShownChange(8, "Detaching files: 0 of 2", 0.0),
    )
    inspector.show_store(ShownStore("Help", "Ready", "", changes, ()))
    stops = [one for one in inspector.findChildren(QPushButton) if one.text() == "Stop"]
    assert [one.accessibleName() for one in stops] == [
        "Stop: Attaching files: 1 of 4",
        "Stop: Detaching files: 0 of 2",
    ]
    stops[1].setFocus()
    with qtbot.waitSignal(inspector.stop_requested) as asked:
        qtbot.keyClick(stops[1], Qt.Key.Key_Space)
    assert asked.args == [8]
    inspector.show_store(ShownStore("Help", "Ready", "", (), ()))
    assert not [one for one in stops if one.isVisible()]
