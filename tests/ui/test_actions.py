from collections.abc import Callable

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from services.disk import desktop_entry
from services.providers.features import Feature
from ui.actions import Actions


@pytest.fixture
def actions(qtbot: QtBot) -> Actions:
    window = QWidget()
    qtbot.addWidget(window)
    made = Actions(window)
    made.show_connected(False)
    made.show_list(0)
    made.show_selection(0, None)
    return made


def names(chosen: Callable[[QAction], bool], actions: Actions) -> set[str]:
    return {action.text() for action in actions.findChildren(QAction) if chosen(action)}


def test_without_an_account_only_general_actions_are_enabled(actions: Actions) -> None:
    assert names(QAction.isEnabled, actions) == {
        "Inspector",
        "Transfers",
        "New window",
        "Accounts…",
        "Settings…",
        "Report a problem…",
        "What's new",
        "About Filewharf",
        "Quit",
        *(("Add to the desktop's menu",) if desktop_entry.is_offered() else ()),
    }


def test_an_open_account_enables_actions_that_need_no_selection(actions: Actions) -> None:
    before = names(QAction.isEnabled, actions)
    actions.show_connected(True)
    assert names(QAction.isEnabled, actions) - before == {
        "Upload…",
        "Upload from the clipboard",
        "Refresh",
        "Search",
        "Select by IDs…",
        "Clean up…",
        "Requests…",
    }


def test_files_in_the_table_enable_selecting_and_exporting(actions: Actions) -> None:
    before = names(QAction.isEnabled, actions)
    assert not actions.select_purpose.menuAction().isEnabled()
    actions.show_list(1)
    assert names(QAction.isEnabled, actions) - before == {
        "Select all",
        "Invert selection",
        "Export list…",
    }
    assert actions.select_purpose.menuAction().isEnabled()


def test_selected_files_enable_download_delete_and_copy(actions: Actions) -> None:
    actions.show_selection(2, None)
    for action in (
        actions.download,
        actions.download_to,
        actions.delete,
        actions.copy_ids,
        actions.copy_names,
        actions.copy_links,
        actions.copy_as.menuAction(),
        actions.copy_python,
        actions.copy_curl,
        actions.export_selected,
    ):
        assert action.isEnabled()
    assert actions.copy_ids.text() == "Copy IDs"
    assert not actions.download_anyway.isVisible()
    assert actions.download.toolTip() == "Download (Ctrl+S)"


def test_a_refused_download_is_disabled_with_a_reason_and_can_be_tried_anyway(
    actions: Actions,
) -> None:
    actions.show_selection(1, "The server does not give it out.")
    assert not actions.download.isEnabled()
    assert not actions.download_to.isEnabled()
    assert actions.download.toolTip() == "The server does not give it out."
    assert actions.download_anyway.isVisible()
    assert actions.download_anyway.isEnabled()
    actions.show_selection(1, None)
    assert actions.download.toolTip() == "Download (Ctrl+S)"
    assert not actions.download_anyway.isVisible()


def test_no_key_has_two_meanings(actions: Actions) -> None:
    keys = [
        key.toString() for action in actions.findChildren(QAction) for key in action.shortcuts()
    ]
    assert len(keys) == len(set(keys))
    wanted = "Ctrl+U Ctrl+S Ctrl+Shift+S Del F5 Ctrl+F Ctrl+C Ctrl+V Ctrl+I Ctrl+T Ctrl+, Ctrl+Q "
    wanted += "Ctrl+Shift+C Ctrl+E Ctrl+Shift+I Ctrl+Shift+V"
    assert set(wanted.split()) <= set(keys)


def test_checkable_actions_have_no_icon_that_would_replace_the_check_mark(
    actions: Actions,
) -> None:
    assert names(QAction.isCheckable, actions) == {"Inspector", "Transfers"}
    assert not names(lambda one: one.isCheckable() and not one.icon().isNull(), actions)


def test_what_the_server_lacks_is_disabled_with_the_reason(actions: Actions) -> None:
    reasons = {
        Feature.UPLOAD: "Acme doesn't accept uploads.",
        Feature.DELETE: "Acme doesn't delete files.",
        Feature.BATCHES: "Acme doesn't list batches.",
    }
    actions.show_connected(True)
    actions.show_selection(1, None)
    actions.start_batch.setVisible(True)
    lacking = {
        Feature.UPLOAD: (actions.upload, actions.paste, actions.change),
        Feature.DELETE: (actions.delete, actions.clean_up),
        Feature.BATCHES: (actions.start_batch,),
    }
    tips = {action: action.toolTip() for affected in lacking.values() for action in affected}
    assert all(action.isEnabled() for action in tips)
    actions.show_server(reasons)
    actions.show_connected(True)
    actions.show_selection(1, None)
    for feature, affected in lacking.items():
        for action in affected:
            assert not action.isEnabled()
            assert action.toolTip() == reasons[feature]
    assert actions.download.isEnabled()
    actions.show_server({})
    assert all(action.isEnabled() for action in tips)
    assert {action: action.toolTip() for action in tips} == tips
