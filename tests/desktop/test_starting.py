"""Command line options and environment variables."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from services.system.version import __version__
from tests.desktop.conftest import StartProgram
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.pointer import key
from tests.support.program import ROOT, program_environment
from tests.support.served_files import many_files
from tests.support.user_actions import press_keys, quit_program, wait_for_transfer
from tests.support.waiting import wait_for

pytestmark = pytest.mark.screen


def test_version_is_printed_without_a_window() -> None:
    answer = run_main("--version")
    assert (answer.returncode, answer.stdout) == (0, f"Filewharf {__version__}\n")


def test_self_test_finds_all_parts() -> None:
    answer = run_main("--self-test")
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_files_from_the_command_line_are_reviewed_once_the_account_is_open(
    start: StartProgram, tmp_path: Path
) -> None:
    for name in ("one.txt", "two.jsonl"):
        (tmp_path / name).write_text('{"messages": []}\n')
    program = start("--sandbox", str(tmp_path / "one.txt"), str(tmp_path / "two.jsonl"))
    sheet = program.dialog("Upload files")
    table = wait_for(lambda: sheet.find("table", "Files to upload"), "the files to review")
    assert table.column(0) == ["one.txt", "two.jsonl"]
    assert table.column(1) == ["user_data", "fine-tune"]


def test_the_window_fits_on_a_screen_with_display_scaling(
    start: StartProgram,
) -> None:
    program = start("--sandbox", environment={"QT_SCALE_FACTOR": "1.5"})
    program.part("push button", "Upload")

    def within() -> bool:
        window = program.window.extents  # in screen pixels divided by the scale factor
        return (
            min(window.x, window.y) >= 0
            and window.x + window.width <= 1600 / 1.5
            and window.y + window.height <= 1000 / 1.5
        )

    wait_for(within, "the whole window on the screen")


def test_a_custom_data_folder_holds_everything(
    start: StartProgram, own_folders: Path, tmp_path: Path
) -> None:
    note = tmp_path / "note.txt"
    note.write_text("note")
    program = start("--sandbox", str(note))
    program.dialog("Upload files")
    key("Return")
    wait_for_transfer(program, "note.txt", "Done")
    table = program.files
    wait_for(lambda: table.row_of("note.txt") == 0, "the upload in the table")
    wait_for(lambda: table.focused, "the focus back in the table")
    key("ctrl+a", "ctrl+s")
    wait_for((program.paths.downloads_folder / "chart.png").exists, "a download")
    quit_program(program)
    assert program.exit_code() == 0
    assert [path for path in own_folders.rglob("*") if not path.is_dir()] == []
    below = {path.name for path in program.data_folder.iterdir()}
    assert {"settings.json", "logs", "sandbox", "downloads"} <= below


def test_the_environment_account_opens_first_and_is_never_stored(
    start: StartProgram, make_files_server: Callable[..., ScriptedFilesServer], tmp_path: Path
) -> None:
    server: ScriptedFilesServer = make_files_server(many_files(3))
    data_folder = tmp_path / "data"
    data_folder.mkdir()
    settings = {"version": 1, "last_account": "sandbox"}
    (data_folder / "settings.json").write_text(json.dumps(settings))
    program = start(environment=account_variables(server))
    wait_for(lambda: program.window.name == "Environment — Filewharf", "the account in the title")
    table = program.files
    wait_for(lambda: table.size[0] == 3, "its files")
    command = Path(f"/proc/{program.pid}/cmdline").read_bytes()
    press_keys(program, "ctrl+q")
    assert program.exit_code() == 0

    saved = json.loads(program.paths.settings_file.read_text())
    assert saved.get("accounts", []) == []
    assert saved["last_account"] != "environment"
    assert TEST_KEY.encode() not in command
    holders = [
        path for path in data_folder.rglob("*") if path.is_file() and key_in(path.read_bytes())
    ]
    assert holders == []


def test_the_window_opens_at_double_scale(start: StartProgram) -> None:
    program = start("--sandbox", environment={"QT_SCALE_FACTOR": "2"})
    table = program.files
    wait_for(lambda: table.size[0] == 30, "the samples")
    words = ["xdotool", "search", "--all", "--onlyvisible", "--pid", str(program.pid)]
    words += ["--name", "Sandbox", "getwindowgeometry", "--shell"]

    def twice_as_large() -> bool:
        logical = program.window.extents
        output = subprocess.run(
            words, check=False, capture_output=True, text=True, timeout=60
        ).stdout
        pixels = dict(line.split("=") for line in output.split())
        size = (int(pixels.get("WIDTH", 0)), int(pixels.get("HEIGHT", 0)))
        return size == (2 * logical.width, 2 * logical.height)

    wait_for(twice_as_large, "two pixels of the screen for each of the window")


def account_variables(server: ScriptedFilesServer) -> dict[str, str]:
    return {"OPENAI_API_KEY": TEST_KEY, "OPENAI_BASE_URL": server.base_url}


def key_in(content: bytes) -> bool:
    return TEST_KEY.encode() in content or TEST_KEY[-12:].encode() in content


def run_main(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "main.py", *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=program_environment(),
        timeout=60,
    )
