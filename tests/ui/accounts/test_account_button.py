import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from tests.support.making import account
from ui.accounts.account_button import AccountButton

ACCOUNTS = (account("Acme & Co", id="acme"), account("Team", id="team"))


@pytest.fixture
def button(qtbot: QtBot) -> AccountButton:
    made = AccountButton()
    qtbot.addWidget(made)
    made.show_accounts(ACCOUNTS, "acme")
    return made


def actions(button: AccountButton) -> list[QAction]:
    return [action for action in button.menu().actions() if not action.isSeparator()]


def test_it_is_named_account_and_tells_which_one_is_open(button: AccountButton) -> None:
    assert button.accessibleName() == "Account"
    assert button.accessibleDescription() == "Acme & Co"
    assert button.text() == "Acme && Co"


def test_the_menu_lists_the_accounts_and_checks_the_open_one(button: AccountButton) -> None:
    assert [action.text() for action in actions(button)] == ["Acme && Co", "Team", "Accounts…"]
    assert [action.isChecked() for action in actions(button)] == [True, False, False]


def test_an_account_is_chosen_with_the_keyboard(qtbot: QtBot, button: AccountButton) -> None:
    chosen, asked = QSignalSpy(button.account_chosen), QSignalSpy(button.accounts_asked)
    menu = button.menu()
    menu.popup(button.pos())
    menu.setActiveAction(actions(button)[1])
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert chosen.at(0) == ["team"]
    menu.popup(button.pos())
    menu.setActiveAction(actions(button)[2])
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert (chosen.count(), asked.count()) == (1, 1)


def test_without_an_open_account_it_says_so(button: AccountButton) -> None:
    button.show_accounts(ACCOUNTS, None)
    assert button.text() == "No account"
    assert not any(action.isChecked() for action in actions(button))


def test_showing_the_accounts_again_leaves_no_old_ones(button: AccountButton) -> None:
    button.show_accounts(ACCOUNTS[1:], "team")
    assert [action.text() for action in actions(button)] == ["Team", "Accounts…"]
    assert button.text() == "Team"


def test_a_long_name_is_shortened_in_its_middle_and_whole_in_the_tool_tip(
    button: AccountButton,
) -> None:
    name = "Research & development of the whole company " * 5 + "<b>in Frankfurt"
    button.show_accounts([*ACCOUNTS, account(name, id="long")], "long")
    (in_menu,) = [action for action in actions(button) if action.isChecked()]
    for shown in (button.text(), in_menu.text()):
        assert "…" in shown
        assert shown.startswith("Research && ")
        assert shown.endswith("rankfurt")
    for tip in (button.toolTip(), in_menu.toolTip()):
        assert "Research &amp; development" in tip
        assert tip.count("company") == 5
    assert button.menu().toolTipsVisible()
    assert button.accessibleDescription() == name


@pytest.mark.parametrize("letter", ["i", "W", "名", "a "])
def test_no_name_makes_the_button_or_the_menu_wide(button: AccountButton, letter: str) -> None:
    button.show_accounts([account(letter * 400, id="long")], "long")
    letters = button.fontMetrics().averageCharWidth()
    assert button.sizeHint().width() < 45 * letters
    assert button.menu().sizeHint().width() < 75 * letters
