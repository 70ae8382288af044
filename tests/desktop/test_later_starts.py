"""A later start of the program hands over to the one that runs."""

import json
import signal
from pathlib import Path

import pytest

from tests.desktop.conftest import StartProgram
from tests.desktop.test_starting import run_main
from tests.support.pointer import key
from tests.support.program import Program
from tests.support.user_actions import press_keys
from tests.support.waiting import wait_for

pytestmark = pytest.mark.screen


@pytest.fixture
def notes(tmp_path: Path) -> list[str]:
    """Two files, one with a name that isn't valid UTF-8."""
    paths = [tmp_path / "one.txt", tmp_path / "t\udcffo.txt"]
    for path in paths:
        path.write_text("note")
    return [str(path) for path in paths]


def test_files_of_a_later_start_are_reviewed_in_the_window_that_is_there(
    start: StartProgram, notes: list[str]
) -> None:
    first = start("--sandbox")
    wait_for(lambda: first.files.size[0] == 30, "the samples")
    second = start(*notes)
    assert second.exit_code() == 0
    sheet = first.dialog("Upload files")
    table = wait_for(lambda: sheet.find("table", "Files to upload"), "the files to review")
    assert len(table.column(0)) == 2
    third = start(notes[0])  # waits until the sheet is closed
    assert third.exit_code() == 0
    assert len(table.column(0)) == 2
    key("Escape")
    sheet = first.dialog("Upload files")
    table = wait_for(lambda: sheet.find("table", "Files to upload"), "the file to review")
    assert table.column(0) == ["one.txt"]


def test_the_sandbox_of_a_later_start_opens_in_the_window_that_is_there(
    start: StartProgram, tmp_path: Path
) -> None:
    first = start()
    listening(first)
    assert first.window.name == "Filewharf"
    second = start("--sandbox", str(write(tmp_path / "one.txt")))
    assert second.exit_code() == 0
    first.dialog("Upload files")
    assert first.window.name == "Sandbox — Filewharf"


def test_of_two_starts_at_the_same_instant_one_runs(start: StartProgram, tmp_path: Path) -> None:
    both = [start("--sandbox"), start("--sandbox")]
    ended = wait_for(lambda: [one for one in both if not one.running], "the end of one", 60)
    (running,) = [one for one in both if one not in ended]
    assert [one.exit_code() for one in ended] == [0]
    wait_for(lambda: running.files.size[0] == 30, "the samples")


def test_one_that_was_killed_is_no_obstacle(start: StartProgram) -> None:
    first = start("--sandbox")
    listening(first)
    first.kill()
    second = start("--sandbox")
    wait_for(lambda: second.files.size[0] == 30, "the samples")
    listening(second)


def test_one_that_hangs_is_said_so(start: StartProgram, tmp_path: Path) -> None:
    first = start("--sandbox")
    listening(first)
    first.signal(signal.SIGSTOP)
    second = run_main("--data-dir", str(first.data_folder), str(write(tmp_path / "one.txt")))
    words = "Filewharf is already running, but doesn't respond.\n"
    assert (second.returncode, second.stderr) == (1, words)
    first.signal(signal.SIGCONT)
    wait_for(lambda: first.files.size[0] == 30, "the samples")
    assert not first.has_dialog("Upload files")


def test_a_start_while_the_first_one_ends_runs_itself(start: StartProgram) -> None:
    first = start("--sandbox")
    wait_for(lambda: first.files.size[0] == 30, "the samples")
    press_keys(first, "ctrl+q")
    second = start("--sandbox")
    assert first.exit_code() == 0
    wait_for(lambda: second.files.size[0] == 30, "the samples")
    assert json.loads(second.paths.settings_file.read_text())["last_account"] == "sandbox"


def listening(program: Program) -> None:
    """Wait until later starts are heard."""
    address = program.paths.journal_folder / "program.address"
    wait_for(lambda: address.exists() and Path(address.read_text()).exists(), "its socket")


def write(path: Path) -> Path:
    path.write_text("note")
    return path
