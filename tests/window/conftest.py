"""Opens the whole window in this process, and closes it with all its threads."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import served_file
from tests.window.desk import Desk, account_at
from ui.application import Start

OpenDesk = Callable[..., Desk]


@pytest.fixture(autouse=True)
def _rows_are_arranged_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Arrange rows at once however slow the machine is, so tests can check them after a key press."""
    monkeypatch.setattr("ui.table.arranger._SLICE_MS", 60_000)


@pytest.fixture
def open_desk(
    qtbot: QtBot,
    qapp: QApplication,
    tmp_path: Path,
    make_files_server: Callable[..., ScriptedFilesServer],
) -> Iterator[OpenDesk]:
    """Creates desks with the arguments of `Desk` from `accounts` on; ends them before the servers."""
    opened: list[Desk] = []

    def open_one(**named: Any) -> Desk:
        opened.append(Desk(qtbot, qapp, tmp_path, **named))
        return opened[-1]

    yield open_one
    for desk in opened:
        if not desk.gone:
            desk.end()


@pytest.fixture
def desk(files_server: ScriptedFilesServer, open_desk: OpenDesk) -> Desk:
    """The account Acme with three files, listed."""
    files_server.add(
        served_file("requests.jsonl", purpose="batch", size=300),
        served_file("answers.jsonl", purpose="batch_output", size=200),
        served_file("report.pdf", purpose="user_data", size=100),
    )
    made = open_desk(accounts=[account_at(files_server)])
    made.wait_for_files("requests.jsonl", "answers.jsonl", "report.pdf")
    return made


@pytest.fixture
def sandbox(open_desk: OpenDesk) -> Desk:
    """The sandbox, with its samples listed."""
    made = open_desk(start=Start(sandbox=True))
    made.wait_to_see("Updated")
    return made
