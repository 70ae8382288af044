"""The line that names the files that batch results were joined from."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from services.api.remote_file import RemoteFile
from services.previews.batches.retry_lines import JoinedBatch
from services.previews.join_source import JoinSource
from tests.services.previews.batches.test_batch_summary import succeeded, write
from tests.services.previews.batches.test_retry_lines import join, request, write_requests
from tests.support.factories import remote_file
from tests.support.shown_widget import shown_widget
from ui.inside.results.joined_files import JoinedFiles
from ui.inside.results.joined_note import JoinedNote

OUTPUT = remote_file("batch_1_output.jsonl", purpose="batch_output")
ERRORS = remote_file("batch_1_error.jsonl", purpose="batch_output")
REQUESTS = remote_file("sweep.jsonl")


@pytest.fixture
def note(qtbot: QtBot) -> JoinedNote:
    return shown_widget(qtbot, JoinedNote(), 900, 30)


@pytest.fixture
def joined(tmp_path: Path) -> JoinedBatch:
    requests = write_requests(tmp_path / "input", map(request, "abc"))
    return join(requests, write(tmp_path / "out", succeeded("a"), succeeded("b")))


def shown(note: JoinedNote) -> str:
    parts = [one for one in note.children() if isinstance(one, QLabel | QPushButton)]
    visible = sorted((one for one in parts if one.isVisible()), key=lambda one: one.x())
    return "".join(one.text() for one in visible)


def links(note: JoinedNote) -> list[QPushButton]:
    found = [one for one in note.findChildren(QPushButton) if one.isVisible()]
    return sorted(found, key=lambda one: one.x())


def pressed(qtbot: QtBot, note: JoinedNote, place: int) -> RemoteFile:
    with qtbot.waitSignal(note.file_requested) as told:
        qtbot.mouseClick(links(note)[place], Qt.MouseButton.LeftButton)
    assert told.args is not None
    found = told.args[0]
    assert isinstance(found, RemoteFile)
    return found


def test_the_requests_are_offered_at_first(qtbot: QtBot, note: JoinedNote) -> None:
    assert shown(note) == "Find the requests…"
    with qtbot.waitSignal(note.find_requested):
        qtbot.mouseClick(links(note)[0], Qt.MouseButton.LeftButton)


def test_the_names_are_links(qtbot: QtBot, note: JoinedNote, joined: JoinedBatch) -> None:
    errors = frozenset({ERRORS.id})
    note.show_joined(JoinedFiles(OUTPUT, JoinSource(REQUESTS), ERRORS, errors, joined))
    qtbot.waitUntil(
        lambda: (
            shown(note) == "3 requests, joined by custom_id: asked in sweep.jsonl,"
            " errors from batch_1_error.jsonl · 1 never answered"
        )
    )
    assert pressed(qtbot, note, 0) == REQUESTS
    assert pressed(qtbot, note, 1) == ERRORS
    note.show_joined(JoinedFiles(ERRORS, JoinSource(REQUESTS), OUTPUT, errors, joined))
    qtbot.waitUntil(lambda: "answers from batch_1_output.jsonl" in shown(note))
    note.show_joined(None)
    qtbot.waitUntil(lambda: shown(note) == "Find the requests…")


def test_a_file_on_this_computer_is_no_link(
    qtbot: QtBot, note: JoinedNote, joined: JoinedBatch
) -> None:
    path = Path("a {other} <b>very long name of a file with requests.jsonl")
    note.show_joined(JoinedFiles(OUTPUT, JoinSource(path=path), None, frozenset(), joined))
    qtbot.waitUntil(lambda: "asked in" in shown(note))
    assert "asked in a {other} <b>ve…requests.jsonl · 1 never" in shown(note)
    assert links(note) == []
    assert note.minimumSizeHint().width() > note.minimumWidth() == 1
