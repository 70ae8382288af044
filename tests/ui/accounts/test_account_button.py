import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from services.providers.account import AccountKind
from tests.support.factories import account
from ui.accounts.account_button import AccountButton
from ui.accounts.account_colors import account_colors
from ui.theme import account_color

ACCOUNTS = (
    account("Acme & Co", id="acme", base_url="https://eu.api.openai.com/v1"),
    account("Team", id="team", base_url="http://localhost:4000/v1"),
)


@pytest.fixture
def button(qtbot: QtBot) -> AccountButton:
    made = AccountButton()
    qtbot.addWidget(made)
    made.show_accounts(ACCOUNTS, "acme")
    return made


def actions(button: AccountButton) -> list[QAction]:
    return [action for action in button.menu().actions() if not action.isSeparator()]


def names(button: AccountButton) -> list[str]:
    """The account names in the menu."""
    return [action.text().partition("\t")[0] for action in actions(button)]


def test_it_is_named_account_and_describes_the_open_one(button: AccountButton) -> None:
    assert button.accessibleName() == "Account"
    assert button.accessibleDescription() == "Acme & Co"
    assert button.text() == "Acme && Co"


def test_the_menu_lists_the_accounts_and_checks_the_open_one(button: AccountButton) -> None:
    assert names(button) == ["Acme && Co", "Team", "Add account…", "Accounts…"]
    assert [action.isChecked() for action in actions(button)] == [True, False, False, False]


def test_the_menu_shows_color_and_host_of_each_account(button: AccountButton) -> None:
    sandbox = account("Sandbox", id="sandbox", kind=AccountKind.SANDBOX)
    odd = account("Odd", id="odd", base_url="https://me:secret@[::1]:99999/v1")
    button.show_accounts([*ACCOUNTS, sandbox, odd], "acme")
    hosts = [action.text().partition("\t")[2].split() for action in actions(button)]
    assert hosts == [
        ["eu.api.openai.com", "Ctrl+1"],
        ["localhost:4000", "Ctrl+2"],
        ["on", "this", "computer", "Ctrl+3"],
        ["Ctrl+4"],
        [],
        [],
    ]
    colors = account_colors([*ACCOUNTS, sandbox, odd])
    for action, name in zip(actions(button), colors.values(), strict=False):
        image = action.icon().pixmap(QSize(16, 16)).toImage()
        assert image.pixelColor(8, 8) == account_color(name, button.palette())


def test_a_new_account_can_be_added_from_the_menu(button: AccountButton, qtbot: QtBot) -> None:
    requests, chosen = QSignalSpy(button.new_account_requested), QSignalSpy(button.account_chosen)
    menu = button.menu()
    menu.popup(button.pos())
    menu.setActiveAction(actions(button)[2])
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert (requests.count(), chosen.count()) == (1, 0)


def test_an_account_can_be_chosen_with_the_keyboard(qtbot: QtBot, button: AccountButton) -> None:
    chosen, requested = QSignalSpy(button.account_chosen), QSignalSpy(button.accounts_requested)
    menu = button.menu()
    menu.popup(button.pos())
    menu.setActiveAction(actions(button)[1])
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert chosen.at(0) == ["team"]
    menu.popup(button.pos())
    menu.setActiveAction(actions(button)[3])
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert (chosen.count(), requested.count()) == (1, 1)


def test_without_an_open_account_it_shows_a_placeholder(button: AccountButton) -> None:
    button.show_accounts(ACCOUNTS, None)
    assert button.text() == "No account"
    assert not any(action.isChecked() for action in actions(button))


def test_showing_accounts_again_replaces_the_old_ones(button: AccountButton) -> None:
    button.show_accounts(ACCOUNTS[1:], "team")
    assert names(button) == ["Team", "Add account…", "Accounts…"]
    assert button.text() == "Team"


def test_a_long_name_is_elided_in_the_middle_and_complete_in_the_tool_tip(
    button: AccountButton,
) -> None:
    name = "Research & development of the whole company " * 5 + "<b>in Frankfurt"
    button.show_accounts([*ACCOUNTS, account(name, id="long")], "long")
    (in_menu,) = [action for action in actions(button) if action.isChecked()]
    for shown in (button.text(), names(button)[2]):
        assert "…" in shown
        assert shown.startswith("Research && ")
        assert shown.endswith("rankfurt")
    for tip in (button.toolTip(), in_menu.toolTip()):
        assert "Research &amp; development" in tip
        assert tip.count("company") == 5
    assert button.menu().toolTipsVisible()
    assert button.accessibleDescription() == name


@pytest.mark.parametrize("letter", ["i", "W", "名", "a "])
def test_long_names_do_not_widen_the_button_or_the_menu(button: AccountButton, letter: str) -> None:
    wide = account(letter * 400, id="long", base_url=f"http://{letter.strip() * 400}/v1")
    button.show_accounts([wide], "long")
    letters = button.fontMetrics().averageCharWidth()
    assert button.sizeHint().width() < 45 * letters
    assert button.menu().sizeHint().width() < 95 * letters
