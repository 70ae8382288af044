"""The network of all accounts, in the settings."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from services.providers.network import DEFAULT_NETWORK, Network, ProxyChoice
from tests.support.narrowing import not_none
from ui.accounts.network_form import NetworkForm
from ui.settings.settings_dialog import SettingsDialog

Changes = list[tuple[Network, str | None]]


@pytest.fixture
def form(qtbot: QtBot, dialog: SettingsDialog) -> NetworkForm:
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    return not_none(dialog.findChild(NetworkForm))


@pytest.fixture
def changes(dialog: SettingsDialog) -> Changes:
    """What the dialog asked to save: networks and passwords."""
    changes: Changes = []
    # QSignalSpy can't keep these values.
    dialog.page.network_changed.connect(lambda *change: changes.append(change))
    return changes


def test_a_choice_is_saved_at_once(qtbot: QtBot, form: NetworkForm, changes: Changes) -> None:
    qtbot.keyClick(form._proxies[ProxyChoice.NONE], Qt.Key.Key_Space)
    qtbot.keyClick(form.plain_http, Qt.Key.Key_Space)
    assert changes == [
        (Network(ProxyChoice.NONE), None),
        (Network(ProxyChoice.NONE, plain_http_confirmed=True), None),
    ]


def test_what_is_typed_is_saved_when_the_field_is_left(
    qtbot: QtBot, form: NetworkForm, changes: Changes
) -> None:
    form.answer_seconds.setFocus()
    form.answer_seconds.selectAll()
    qtbot.keyClicks(form.answer_seconds, "120")
    assert not changes
    qtbot.keyClick(form.answer_seconds, Qt.Key.Key_Tab)
    assert changes[0] == (replace(DEFAULT_NETWORK, answer_seconds=120), None)


def test_a_proxy_is_saved_once_it_is_valid_and_its_password_is_not_shown_again(
    qtbot: QtBot, form: NetworkForm, changes: Changes, dialog: SettingsDialog
) -> None:
    qtbot.keyClick(form._proxies[ProxyChoice.OWN], Qt.Key.Key_Space)
    qtbot.keyClicks(form.proxy_url, "p.example.com")
    qtbot.keyClick(form.proxy_url, Qt.Key.Key_Return)
    errors = [one for one in form.findChildren(QLabel) if one.property("look") == "error"]
    assert [one.text() for one in errors if one.isVisible()] == [
        "Add the port, as in http://p.example.com:3128."
    ]
    assert dialog.isVisible()
    assert not changes
    form.proxy_url.setText("ann:secret@p.example.com:3128")
    qtbot.keyClick(form.proxy_url, Qt.Key.Key_Return)
    own = Network(ProxyChoice.OWN, "http://p.example.com:3128", "ann")
    assert changes[0] == (own, "secret")
    assert form.proxy_url.text() == "http://p.example.com:3128"
    assert form.proxy_password.text() == ""
    assert "saved" in form.proxy_password.placeholderText()
    qtbot.keyClick(form.plain_http, Qt.Key.Key_Space)
    changed = replace(own, proxy_password_saved=True, plain_http_confirmed=True)
    assert changes[1] == (changed, None)


def test_what_is_being_typed_is_saved_when_the_dialog_closes(
    qtbot: QtBot, form: NetworkForm, changes: Changes, dialog: SettingsDialog
) -> None:
    form.retries.setFocus()
    qtbot.keyClick(form.retries, Qt.Key.Key_Up)
    dialog.reject()
    assert changes[0] == (replace(DEFAULT_NETWORK, retries=0), None)
    assert len(changes) == 1
