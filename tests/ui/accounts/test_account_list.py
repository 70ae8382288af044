"""The list of accounts in their dialog: choosing, adding, copying, moving and removing them."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QListWidget,
)

from services.accounts.events import (
    AccountsLoaded,
)
from tests.support.visible_colors import selection_looks
from tests.ui.accounts.connect_desk import ACME, ALL, ENVIRONMENT, SANDBOX, TEAM, Desk
from ui.accounts.account_colors import account_colors
from ui.theme import Role


def test_removing_an_account_asks_for_confirmation(desk: Desk) -> None:
    desk.open("acme")
    desk.press("Remove")
    assert "Remove “Acme”?" in desk.texts()
    desk.press("Keep")
    assert not desk.engine.arguments_of("accounts.remove")
    desk.press("Remove")
    desk.press("Remove account")
    assert desk.engine.arguments_of("accounts.remove") == [("acme", False)]
    desk.dialog.apply_event(AccountsLoaded(ALL[1:]))
    assert desk.field("Name").text() == "Team"


def test_the_upload_history_of_a_removed_account_goes_only_if_the_person_says_so(
    desk: Desk,
) -> None:
    desk.open("acme")
    desk.press("Remove")
    desk.press("Also delete its upload history")
    desk.press("Keep")
    desk.dialog.edit("team")
    desk.press("Remove")
    desk.press("Remove account")
    desk.dialog.edit("acme")
    desk.press("Remove")
    desk.press("Also delete its upload history")
    desk.press("Remove account")
    assert desk.engine.arguments_of("accounts.remove") == [("team", False), ("acme", True)]


def test_accounts_are_moved_with_the_keyboard_but_not_past_the_built_in_ones(desk: Desk) -> None:
    desk.open("team")
    rows = desk.widget(QListWidget, "Accounts")
    rows.setFocus()
    desk.qtbot.keyClick(rows, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert not desk.engine.arguments_of("accounts.reorder")
    desk.qtbot.keyClick(rows, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert desk.engine.arguments_of("accounts.reorder") == [(("team", "acme"),)]
    desk.dialog.apply_event(AccountsLoaded((TEAM, ACME, ENVIRONMENT, SANDBOX)))
    desk.press_named("Move down")
    assert desk.engine.arguments_of("accounts.reorder")[1:] == [(("acme", "team"),)]


def test_a_move_keeps_what_was_typed(desk: Desk) -> None:
    desk.open("acme")
    desk.write("Name", "Renamed")
    desk.press_named("Move down")
    desk.dialog.apply_event(AccountsLoaded((TEAM, ACME, ENVIRONMENT, SANDBOX)))
    assert desk.field("Name").text() == "Renamed"


def test_a_copy_has_everything_but_id_name_and_color(desk: Desk) -> None:
    desk.open("acme")
    desk.press("Duplicate")
    assert desk.field("Name").text() == "Acme copy"
    assert desk.field("API key").placeholderText() == "the same key — type to use another one"
    desk.press("Save")
    (draft,) = desk.drafts("accounts.save")
    assert (draft.key, draft.key_from) == (None, "acme")
    made = draft.account
    assert made.id not in {one.id for one in ALL}
    assert made.color not in account_colors(ALL).values()
    assert replace(made, id=ACME.id, name=ACME.name, color=ACME.color) == ACME


def test_a_second_copy_gets_another_name(desk: Desk) -> None:
    copy = replace(ACME, id="copy", name="Acme copy")
    desk.open("acme", (ACME, copy))
    desk.press("Duplicate")
    assert desk.field("Name").text() == "Acme copy 2"


def test_another_account_is_no_copy(desk: Desk) -> None:
    desk.open("acme")
    desk.press("Duplicate")
    desk.dialog.edit(None)
    desk.write("API key", "sk-own")
    desk.press("Save")
    (draft,) = desk.drafts("accounts.save")
    assert draft.key_from == ""


def test_a_new_account_cannot_be_removed(desk: Desk) -> None:
    desk.open(None)
    assert "Remove" not in desk.buttons()


def test_selecting_in_the_list_shows_the_account(desk: Desk) -> None:
    desk.open("acme")
    listed = desk.widget(QListWidget, "Accounts")
    assert isinstance(listed, QListWidget)
    spoken = [
        listed.item(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(listed.count())
    ]
    assert spoken[0] == "Acme, OpenAI"
    desk.qtbot.keyClick(listed, Qt.Key.Key_Down)
    assert desk.field("Name").text() == "Team"


def test_add_account_opens_an_empty_form(desk: Desk) -> None:
    desk.open("acme")
    desk.press("Add account")
    assert desk.field("Name").text() == ""
    assert "New account" in desk.texts()
    assert "Save" in desk.buttons()


def test_reloading_the_accounts_keeps_typed_text(desk: Desk) -> None:
    desk.open("acme")
    desk.write("Name", "Half typ")
    desk.dialog.apply_event(AccountsLoaded(ALL))
    assert desk.field("Name").text() == "Half typ"


def test_the_selected_account_looks_active_only_while_the_list_has_focus(
    desk: Desk,
) -> None:
    desk.open("team")
    desk.dialog.activateWindow()
    accounts = desk.widget(QListWidget, "Accounts")
    assert isinstance(accounts, QListWidget)
    desk.field("API key").setFocus()
    desk.qtbot.waitUntil(desk.field("API key").hasFocus)
    assert selection_looks(accounts) == [Role.INACTIVE_SELECTION]
    accounts.setFocus()
    assert selection_looks(accounts) == [Role.SELECTION]


def test_browsing_accounts_keeps_focus_in_the_list(desk: Desk) -> None:
    desk.open("acme")
    desk.dialog.activateWindow()
    accounts = desk.widget(QListWidget, "Accounts")
    accounts.setFocus()
    desk.qtbot.waitUntil(accounts.hasFocus)
    desk.qtbot.keyClick(accounts, Qt.Key.Key_Down)
    assert desk.field("Name").text() == "Team"
    assert accounts.hasFocus()


@pytest.mark.parametrize("account_id", ["environment", "sandbox"])
def test_without_a_form_the_list_has_focus_at_first(desk: Desk, account_id: str) -> None:
    desk.dialog.apply_event(AccountsLoaded(ALL))
    desk.open(account_id)
    desk.dialog.activateWindow()
    desk.qtbot.waitUntil(desk.widget(QListWidget, "Accounts").hasFocus)
