from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from services.accounts.events import AccountFailed, AccountOpened, AccountOpening, AccountsLoaded
from services.accounts.settings import SettingsStore
from services.providers.account import AccountKind
from services.system.events import Event
from tests.support.factories import account, problem
from tests.support.narrowing import not_none, now
from tests.support.recording_engine import RecordingEngine
from ui.accounts.account_flow import AccountFlow
from ui.accounts.connect_dialog import ConnectDialog

ACME, TEAM = account("Acme", id="acme"), account("Team", id="team")
ENVIRONMENT = account("Environment", id="environment", kind=AccountKind.ENVIRONMENT)
SANDBOX = account("Sandbox", id="sandbox", kind=AccountKind.SANDBOX)


class Flow:
    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.show()
        self.settings = SettingsStore(folder / "settings.json", lambda job: job())
        self.engine = RecordingEngine(self.settings)
        self.now = 1234.0
        self.flow = AccountFlow(self.window, self.engine.backend, lambda: self.now)
        self.failed = QSignalSpy(self.flow.failed)
        self.left = QSignalSpy(self.flow.left)

    def deliver(self, *events: Event) -> None:
        for event in events:
            self.engine.publish(event)


@pytest.fixture
def flow(qtbot: QtBot, tmp_path: Path) -> Flow:
    return Flow(qtbot, tmp_path)


def test_an_account_in_use_counts_as_open_only_once_it_is(flow: Flow) -> None:
    flow.deliver(AccountsLoaded((ACME,)), AccountOpening(ACME))
    backend = flow.engine.backend
    assert now(backend.account) == ACME
    assert now(backend.open_account) is None
    assert now(backend.open_id) is None
    flow.deliver(AccountOpened(ACME))
    assert now(backend.open_account) == ACME
    assert now(backend.open_id) == "acme"
    flow.deliver(AccountOpening(TEAM))
    assert backend.account == TEAM
    assert backend.open_account is None


def test_the_open_account_is_remembered(flow: Flow) -> None:
    flow.deliver(AccountOpening(ACME), AccountOpened(ACME))
    assert flow.settings.current.last_account == "acme"


def test_a_visit_is_stored_with_its_start_once_files_are_listed(flow: Flow) -> None:
    flow.deliver(AccountOpening(ACME), AccountOpened(ACME))
    assert flow.flow.last_visit("acme") is None
    flow.now += 100
    flow.flow.record_visit()
    assert flow.flow.last_visit("acme") == 1234.0
    flow.now += 100
    flow.flow.record_visit()
    assert flow.flow.last_visit("acme") == 1234.0
    flow.deliver(AccountOpening(ACME))
    flow.flow.record_visit()
    assert flow.flow.last_visit("acme") == 1234.0
    flow.deliver(AccountOpened(ACME))
    flow.flow.record_visit()
    assert flow.flow.last_visit("acme") == 1434.0


def test_typed_text_survives_loading_the_accounts(flow: Flow) -> None:
    flow.deliver(AccountsLoaded((ACME,)), AccountOpening(ACME), AccountOpened(ACME))
    flow.flow.show_dialog()
    (dialog,) = flow.window.findChildren(ConnectDialog)
    (key,) = [one for one in dialog.findChildren(QLineEdit) if one.accessibleName() == "API key"]
    key.setText("sk-new")
    flow.deliver(AccountsLoaded((ACME,)))
    assert key.text() == "sk-new"
    dialog.reject()


def test_the_environment_account_is_not_remembered(flow: Flow) -> None:
    flow.deliver(AccountOpening(ENVIRONMENT), AccountOpened(ENVIRONMENT))
    assert flow.settings.current.last_account == ""


def test_retry_refreshes_an_open_account_and_reopens_a_failed_one(flow: Flow) -> None:
    flow.flow.retry()
    assert flow.engine.calls == []
    flow.deliver(AccountOpening(ACME), AccountFailed(ACME, problem()))
    flow.flow.retry()
    assert now(flow.engine.last) == ("open", ("acme",))
    flow.deliver(AccountOpening(ACME), AccountOpened(ACME))
    flow.flow.retry()
    assert flow.engine.last == ("listing.refresh", ())


def test_choosing_the_open_account_does_not_reopen_it(flow: Flow) -> None:
    flow.deliver(AccountOpening(ACME), AccountOpened(ACME))
    flow.flow.choose("acme")
    assert flow.engine.calls == []
    flow.flow.choose("team")
    assert flow.engine.last == ("open", ("team",))


def test_choosing_a_failed_account_tries_again(flow: Flow) -> None:
    flow.deliver(AccountOpening(ACME), AccountFailed(ACME, problem()))
    flow.flow.choose("acme")
    assert flow.engine.last == ("open", ("acme",))


def test_the_dialog_opens_chosen_and_saved_accounts(flow: Flow) -> None:
    flow.deliver(AccountsLoaded((ACME,)), AccountOpening(ACME), AccountOpened(ACME))
    flow.flow.show_dialog()
    (dialog,) = flow.window.findChildren(ConnectDialog)
    dialog.account_chosen.emit("acme")
    assert flow.engine.arguments_of("open") == []
    dialog.account_saved.emit("acme")
    assert flow.engine.arguments_of("open") == [("acme",)]
    dialog.reject()


def test_the_failure_of_a_previous_account_is_ignored(flow: Flow) -> None:
    flow.deliver(AccountOpening(ACME), AccountOpening(TEAM), AccountFailed(ACME, problem()))
    assert flow.failed.count() == 0
    flow.deliver(AccountFailed(TEAM, problem()))
    assert flow.failed.count() == 1


def test_removing_the_open_account_closes_it(flow: Flow) -> None:
    flow.deliver(AccountsLoaded((ACME, TEAM)), AccountOpening(ACME), AccountOpened(ACME))
    flow.deliver(AccountsLoaded((ACME,)))
    assert flow.left.count() == 0
    flow.deliver(AccountsLoaded((TEAM,)))
    assert flow.left.count() == 1
    assert flow.engine.backend.account is None
    assert not flow.engine.backend.is_open
    assert flow.settings.current.last_account == ""


def test_a_renamed_account_is_updated(flow: Flow) -> None:
    flow.deliver(AccountOpening(ACME), AccountOpened(ACME))
    flow.deliver(AccountsLoaded((account("Renamed", id="acme"),)))
    assert not_none(flow.engine.backend.open_account).name == "Renamed"


def test_the_sandbox_and_the_environment_can_be_opened(flow: Flow) -> None:
    flow.flow.open_sandbox()
    flow.flow.open_environment()
    assert flow.engine.arguments_of("open") == [("sandbox",), ("environment",)]


def shown_in(dialog: ConnectDialog) -> tuple[str, list[str]]:
    """All visible texts, and the names of the editable fields."""
    texts = " ".join(one.text() for one in dialog.findChildren(QLabel) if one.isVisible())
    lines = dialog.findChildren(QLineEdit)
    return texts, [one.accessibleName() for one in lines if one.isVisible()]


@pytest.mark.parametrize("loaded_late", [False, True])
def test_the_environment_account_shows_an_explanation_instead_of_a_form(
    flow: Flow, loaded_late: bool
) -> None:
    there = replace(ENVIRONMENT, base_url="https://gateway.example/v1")
    if not loaded_late:
        flow.deliver(AccountsLoaded((ACME, there)))
    flow.deliver(AccountOpening(there), AccountOpened(there))
    flow.flow.show_dialog()
    flow.deliver(AccountsLoaded((ACME, there)))
    (dialog,) = flow.window.findChildren(ConnectDialog)
    texts, fields = shown_in(dialog)
    assert "OPENAI_API_KEY" in texts
    assert "https://gateway.example/v1" in texts
    assert fields == []
    dialog.reject()


def test_from_the_sandbox_the_dialog_opens_an_empty_form(flow: Flow) -> None:
    flow.deliver(AccountsLoaded((ACME, SANDBOX)), AccountOpening(SANDBOX), AccountOpened(SANDBOX))
    flow.flow.show_dialog()
    (dialog,) = flow.window.findChildren(ConnectDialog)
    assert "API key" in shown_in(dialog)[1]
    dialog.reject()


def test_only_one_dialog_opens_at_a_time(flow: Flow) -> None:
    flow.flow.show_dialog()
    flow.flow.show_dialog()
    (dialog,) = [one for one in flow.window.findChildren(ConnectDialog) if one.isVisible()]
    dialog.reject()
    flow.flow.show_dialog()
    (again,) = [one for one in flow.window.findChildren(ConnectDialog) if one.isVisible()]
    assert again is not dialog
    again.reject()
