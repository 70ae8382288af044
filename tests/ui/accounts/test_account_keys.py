"""Ctrl with a digit switches to an account."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.support.factories import account
from ui.accounts.account_keys import AccountKeys

CONTROL = Qt.KeyboardModifier.ControlModifier
ACCOUNTS = [account(str(place), id=f"a{place}") for place in range(1, 12)]


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def chosen(keys: AccountKeys, window: QWidget, qtbot: QtBot) -> list[str]:
    spy = QSignalSpy(keys.account_chosen)
    for key in range(Qt.Key.Key_1, Qt.Key.Key_9 + 1):
        qtbot.keyClick(window, Qt.Key(key), CONTROL)
    return [spy.at(place)[0] for place in range(spy.count())]


def test_each_digit_stands_for_the_account_in_that_place(window: QWidget, qtbot: QtBot) -> None:
    keys = AccountKeys(window)
    assert chosen(keys, window, qtbot) == []
    keys.show_accounts(ACCOUNTS)
    assert chosen(keys, window, qtbot) == [one.id for one in ACCOUNTS[:9]]
    keys.show_accounts(ACCOUNTS[3:1:-1])
    assert chosen(keys, window, qtbot) == ["a4", "a3"]


def test_keys_that_something_else_uses_are_left_to_it(window: QWidget, qtbot: QtBot) -> None:
    keys = AccountKeys(window)
    keys.show_accounts(ACCOUNTS)
    keys.free(3)
    assert chosen(keys, window, qtbot) == [one.id for one in ACCOUNTS[3:9]]
    keys.free(0)
    assert len(chosen(keys, window, qtbot)) == 9
