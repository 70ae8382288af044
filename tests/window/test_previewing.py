"""The beginning of the selected file, in the whole window: real service, real server, real files."""

import base64
import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from services.previews.events import PreviewReady
from tests.support.files_server import ScriptedFilesServer
from tests.support.narrowing import not_none
from tests.support.served_files import served_file
from tests.support.server_faults import Stall
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk, account_at
from ui.inside.results.results_strip import ResultsStrip
from ui.inspector.preview_table import PreviewTable

RESULT = b'{"custom_id": "one", "response": {"status_code": 200, "body": {"output_text": "Yes"}}}\n'
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def desk(files_server: ScriptedFilesServer, open_desk: OpenDesk) -> Desk:
    """An account of another provider, with a file of each sort."""
    files_server.add(
        served_file("out.jsonl", id="file-out", purpose="batch_output", content=RESULT),
        served_file("notes.txt", id="file-txt", purpose="user_data", content=b"one\ntwo\n"),
        served_file("pixel.png", id="file-png", purpose="vision", content=PIXEL),
    )
    made = open_desk(accounts=[account_at(files_server)])
    made.wait_for_files("out.jsonl", "notes.txt", "pixel.png")
    return made


def rows(desk: Desk) -> list[list[str]]:
    table = not_none(desk.window.workspace.inspector.findChild(PreviewTable))
    model = not_none(table.model())
    if not table.isVisible():
        return []
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def downloads(server: ScriptedFilesServer) -> int:
    return len(server.requests_to("GET", "/files/*/content"))


def test_the_first_file_that_is_selected_is_shown_and_so_is_the_next(desk: Desk) -> None:
    desk.select("out.jsonl")
    desk.wait(lambda: rows(desk) == [["one", "200", "Yes"]])
    assert desk.sees("from the server")
    desk.select("notes.txt")
    desk.wait(lambda: rows(desk) == [["one"], ["two"]])


def test_what_was_shown_once_is_cached(desk: Desk, files_server: ScriptedFilesServer) -> None:
    for name in ("out.jsonl", "notes.txt"):
        desk.select(name)
        desk.wait(lambda: desk.sees("from the server"))
    desk.select("out.jsonl")
    desk.wait(lambda: desk.sees("cached"))
    assert rows(desk) == [["one", "200", "Yes"]]
    assert downloads(files_server) == 2


def test_an_image_is_shown_as_a_picture(desk: Desk) -> None:
    desk.select("pixel.png")
    desk.wait_to_see("1 × 1 pixels · from the server")


def test_a_file_that_was_uploaded_here_is_read_here(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    path = desk.write("mine.jsonl")
    desk.drop(desk.drag(path), "batch")
    desk.press("Upload 1 file", desk.dialog("Upload files"))
    desk.wait_for_files("out.jsonl", "notes.txt", "pixel.png", "mine.jsonl")
    desk.select("mine.jsonl")
    desk.wait_to_see("from this computer")
    assert rows(desk) == [["1", "m", "Hello"]]
    assert downloads(files_server) == 0


def test_clearing_the_selection_gives_up_what_is_being_read(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.script("GET", "/files/*/content", [Stall()])
    desk.select("out.jsonl")
    desk.wait(lambda: files_server.waiting)
    desk.select()
    desk.wait_to_see("Select a file to see its details.")
    files_server.release()
    desk.select("notes.txt")
    desk.wait(lambda: rows(desk) == [["one"], ["two"]])
    assert {event.file_id for event in desk.log.all(PreviewReady)} == {"file-txt"}


def test_the_program_quits_while_a_preview_is_being_read(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.script("GET", "/files/*/content", [Stall()])
    desk.select("out.jsonl")
    desk.wait(lambda: files_server.waiting)
    desk.key(Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    desk.wait(lambda: desk.ended)


def test_results_tell_what_they_cost_as_soon_as_prices_are_entered(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    usage = {"prompt_tokens": 2_000_000, "completion_tokens": 1_000_000}
    response = {"status_code": 200, "body": {"model": "gpt-4o-mini", "usage": usage}}
    line = json.dumps({"custom_id": "one", "response": response}).encode()
    files_server.add(served_file("out.jsonl", purpose="batch_output", content=line))
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_for_files("out.jsonl")
    desk.select("out.jsonl")
    desk.wait_to_see("2,000,000 tokens in · 1,000,000 out")
    assert not desk.sees("USD")
    desk.window.commands.settings.trigger()
    settings = desk.dialog("Settings")
    desk.press("Add a model", settings)
    for text in ("gpt-4o*", "0.15", "", "0.6"):
        desk.qtbot.keyClicks(QApplication.focusWidget(), text)
        desk.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    desk.wait_to_see("≈ 0.900 USD")
    # Inside the file too, which is opened only now.
    settings.reject()
    desk.window.commands.look_inside.trigger()
    strip = not_none(desk.window.findChild(ResultsStrip))
    desk.wait(lambda: strip.isVisible() and "≈ 0.900 USD" in desk.texts(strip))
