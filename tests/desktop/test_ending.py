"""However the program ends, nothing is lost or left half done."""

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.desktop.conftest import StartProgram
from tests.desktop.test_starting import account_variables
from tests.support.files_server import ScriptedFilesServer
from tests.support.pointer import key
from tests.support.program import Program
from tests.support.server_faults import Moment, Slow, Stall
from tests.support.user_actions import press_keys, select, transfer_status
from tests.support.waiting import wait_for

pytestmark = pytest.mark.screen

MB = 1_000_000
LONGEST = 20.0
"""Seconds: two, and the rest for a very busy machine. Waiting for the server would take minutes."""


@pytest.fixture
def large_file(tmp_path: Path) -> Path:
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        file.truncate(150 * MB)
    return path


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Slow(5 * MB), id="while it is sent"),
        pytest.param(Stall(Moment.IN_BODY, after_bytes=MB), id="while the server takes nothing"),
        pytest.param(Stall(Moment.AFTER_BODY), id="while the answer is awaited"),
    ],
)
def test_quitting_during_an_upload_takes_at_most_two_seconds(
    start: StartProgram,
    make_files_server: Callable[..., ScriptedFilesServer],
    large_file: Path,
    fault: Slow | Stall,
) -> None:
    server: ScriptedFilesServer = make_files_server()
    server.script("POST", "/files", [fault])
    program = start(str(large_file), environment=account_variables(server))
    begin_upload(program)
    waiting = isinstance(fault, Stall) and fault.moment is Moment.AFTER_BODY
    words = "Sent" if waiting else " of 150 MB"
    wait_for(lambda: words in transfer_status(program, large_file.name), f"“{words}”")
    press_keys(program, "ctrl+q")
    question = program.dialog("Quit")
    button = wait_for(lambda: question.find("push button", "Quit"), "the button")
    began = time.monotonic()
    button.press()
    assert program.exit_code() == 0
    assert time.monotonic() - began < LONGEST


def test_the_sandbox_survives_a_kill_during_an_upload(
    start: StartProgram, large_file: Path, tmp_path: Path
) -> None:
    # Slow enough that the upload is still running when the program is killed.
    (tmp_path / "data").mkdir()
    settings = {"version": 1, "upload_limit": 5 * MB}
    (tmp_path / "data" / "settings.json").write_text(json.dumps(settings))
    program = start("--sandbox", str(large_file))
    begin_upload(program)
    incoming = program.paths.sandbox_folder / "incoming"
    wait_for(lambda: any(path.stat().st_size for path in incoming.iterdir()), "the upload begun")
    before = program.sandbox.files()
    program.signal(signal.SIGKILL)
    program.exit_code()

    again = start("--sandbox")
    table = again.files
    wait_for(lambda: table.size[0] == len(again.sandbox.files()), "all files listed")
    assert again.sandbox.files() == before
    assert list(incoming.iterdir()) == []
    press_keys(again, "ctrl+q")
    assert again.exit_code() == 0


def test_sigterm_ends_the_program(start: StartProgram) -> None:
    program = start("--sandbox")
    wait_for(lambda: program.files.size[0] == 30, "the samples")
    program.signal(signal.SIGTERM)
    assert program.exit_code() == 0
    assert program.paths.settings_file.exists()


def test_closing_the_window_cancels_a_pending_delete(start: StartProgram) -> None:
    program = start("--sandbox")
    select(program, "eval-sweep-0412.jsonl")
    key("Delete")
    dialog = program.dialog("Delete files")
    button = wait_for(lambda: dialog.find("push button", "Delete 1 file"), "the button")
    button.press()
    program.part("push button", "Undo")
    press_keys(program, "ctrl+q")
    assert program.exit_code() == 0
    assert program.sandbox.named("eval-sweep-0412.jsonl")


def begin_upload(program: Program) -> None:
    sheet = program.dialog("Upload files")
    button = wait_for(lambda: sheet.find("push button", "Upload 1 file"), "the button")
    button.press()
