import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from services.accounts.events import AccountOpened, AccountOpening, AccountsLoaded
from services.accounts.settings import SettingsStore
from services.checks.file_uris import ResolvedFiles
from services.engine import Engine
from services.events import ServiceClosed
from services.providers.account import Account, AccountKind
from services.system.events import Listener
from tests.support.factories import account
from tests.support.recording_engine import RecordingEngine
from ui.application import Program, Start
from ui.theme import Theme

ACME = account("Acme", id="acme")
ENVIRONMENT = account("Environment", id="environment", kind=AccountKind.ENVIRONMENT)
SANDBOX = account("Sandbox", id="sandbox", kind=AccountKind.SANDBOX)


class Run:
    """A program on a recording engine."""

    def __init__(
        self, qtbot: QtBot, application: QApplication, folder: Path, start: Start, last: str
    ) -> None:
        self.qtbot = qtbot
        self.settings = SettingsStore(folder / "settings.json", lambda job: job())
        self.settings.change(last_account=last)
        themes = set(application.findChildren(Theme))
        self.program = Program(application, self._make, folder / "down", start)
        (self.theme,) = set(application.findChildren(Theme)) - themes
        self.window = self.program.window
        qtbot.addWidget(self.window)
        self.program.open()
        qtbot.waitUntil(lambda: ("accounts.load", ()) in self.engine.calls)

    def _make(self, listener: Listener, _wait_until_handled: Callable[[float], object]) -> Engine:
        self.engine = RecordingEngine(self.settings, listener)
        return cast("Engine", self.engine)

    def load_accounts(self, *accounts: Account) -> None:
        self.engine.publish(AccountsLoaded(accounts))
        self.settle()

    def opened(self) -> list[tuple[object, ...]]:
        return self.engine.arguments_of("open")

    def settle(self) -> None:
        """Deliver everything that was posted."""
        QApplication.sendPostedEvents()
        for _turn in range(3):
            QApplication.processEvents()


@pytest.fixture
def begin(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Callable[..., Run]]:
    handlers = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}
    runs: list[Run] = []

    def make(start: Start | None = None, last: str = "") -> Run:
        runs.append(Run(qtbot, qapp, tmp_path, start or Start(), last))
        return runs[-1]

    yield make
    for run in runs:
        run.window.close()
        run.engine.publish(ServiceClosed())
        run.settle()
        run.program.deleteLater()
        run.theme.deleteLater()
    qapp.setStyleSheet("")
    qapp.setPalette(QPalette())
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_the_last_account_is_opened(begin: Callable[..., Run]) -> None:
    run = begin(last="acme")
    run.load_accounts(ACME, SANDBOX)
    assert run.opened() == [("acme",)]


def test_the_environment_account_takes_precedence_over_the_last_one(
    begin: Callable[..., Run],
) -> None:
    run = begin(last="acme")
    run.load_accounts(ACME, ENVIRONMENT, SANDBOX)
    assert run.opened() == [("environment",)]


def test_nothing_is_opened_if_the_last_account_is_gone(begin: Callable[..., Run]) -> None:
    run = begin(last="gone")
    run.load_accounts(ACME, SANDBOX)
    assert run.opened() == []


def test_the_sandbox_option_takes_precedence_over_all_accounts(begin: Callable[..., Run]) -> None:
    run = begin(Start(sandbox=True), last="acme")
    run.load_accounts(ACME, ENVIRONMENT, SANDBOX)
    assert run.opened() == [("sandbox",)]


def test_only_the_first_list_of_accounts_opens_one(begin: Callable[..., Run]) -> None:
    run = begin(last="acme")
    run.load_accounts(SANDBOX)
    run.load_accounts(ACME, SANDBOX)
    assert run.opened() == []


def test_files_from_the_command_line_are_reviewed_once_an_account_is_open(
    begin: Callable[..., Run],
) -> None:
    files = (Path("/somewhere/one.jsonl"),)
    run = begin(Start(files=ResolvedFiles(files)))
    run.load_accounts(ACME)
    assert run.engine.arguments_of("checks.gather") == []
    for _twice in range(2):
        run.engine.publish(AccountOpening(ACME), AccountOpened(ACME))
        run.settle()
    assert [paths for paths, _request in run.engine.arguments_of("checks.gather")] == [files]


def test_closing_the_window_closes_the_engine_once(begin: Callable[..., Run]) -> None:
    run = begin()
    run.window.close()
    run.window.close()
    assert run.engine.arguments_of("close") == [()]


def test_events_after_the_end_are_ignored(begin: Callable[..., Run]) -> None:
    run = begin(last="acme")
    run.window.close()
    run.engine.publish(ServiceClosed())
    run.settle()
    run.load_accounts(ACME)
    assert run.opened() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_termination_signal_closes_the_window(
    begin: Callable[..., Run], number: signal.Signals
) -> None:
    run = begin()
    signal.raise_signal(number)
    run.qtbot.waitUntil(lambda: not run.window.isVisible())
    assert run.engine.arguments_of("close") == [()]
