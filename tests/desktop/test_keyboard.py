"""The main task without a mouse."""

import json
from functools import partial
from pathlib import Path

import pytest

from tests.desktop.conftest import StartProgram
from tests.support.accessibility import Accessible
from tests.support.pointer import key, type_text
from tests.support.program import Program
from tests.support.user_actions import press_keys, quit_program
from tests.support.waiting import wait_for

pytestmark = pytest.mark.screen


def test_the_main_task_works_with_the_keyboard_alone(start: StartProgram, tmp_path: Path) -> None:
    data_folder = tmp_path / "data"
    data_folder.mkdir()
    (data_folder / "settings.json").write_text(json.dumps({"version": 1, "undo_seconds": 1}))
    program = start()
    connect = program.part("push button", "Connect…")
    wait_for(lambda: connect.focused, "the focus on the welcome page")
    sandbox = program.part("push button", "Open the sandbox")
    tab_to(sandbox)
    key("space")

    name = select_second_row(program)
    press_keys(program, "ctrl+s")
    saved = program.paths.downloads_folder / name
    wait_for(saved.exists, f"{name} saved")
    (uploaded,) = program.sandbox.named(name)
    assert saved.read_bytes() == program.sandbox.content(uploaded).read_bytes()

    press_keys(program, "Delete")
    cancel = delete_dialog_button(program, "Cancel")
    wait_for(lambda: cancel.focused, "the focus on Cancel")
    key("Return")
    wait_for(lambda: not program.has_dialog("Delete files"), "the question gone")
    assert not program.window.find("push button", "Undo"), "Enter began to delete"
    assert program.sandbox.named(name)

    press_keys(program, "Delete")
    tab_to(delete_dialog_button(program, "Delete 1 file"))
    key("space")
    wait_for(lambda: not program.sandbox.named(name), f"{name} deleted")

    quit_program(program)
    assert program.exit_code() == 0


def test_escape_closes_the_review_without_uploading(start: StartProgram, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("note")
    program = start("--sandbox", str(path))
    program.dialog("Upload files")
    key("Escape")
    wait_for(lambda: not program.has_dialog("Upload files"), "the sheet closed")
    assert not program.sandbox.named("notes.txt")
    wait_for(lambda: program.files.focused, "the focus in the table")


def select_second_row(program: Program) -> str:
    """Move down one row and return the name there."""
    table = program.files
    wait_for(lambda: table.focused, "the focus in the table")
    wait_for(lambda: table.size[0] == len(program.sandbox.files()), "all files listed")
    key("Home", "Down")
    wait_for(lambda: table.cell(1, 0).selected, "the second row selected")
    return table.cell(1, 0).name


def delete_dialog_button(program: Program, name: str) -> Accessible:
    dialog = program.dialog("Delete files")
    return wait_for(lambda: dialog.find("push button", name), f"the button {name}")


def tab_to(target: Accessible) -> None:
    """Press Tab until it has focus, at most ten times, waiting for each to take effect."""
    window = target.window
    for _press in range(10):
        focused = wait_for(window.focused_part, "the focus")
        if focused == target:
            return
        key("Tab")
        wait_for(
            partial(lambda before: not before.focused, focused), f"the focus leaving {focused.name}"
        )
    wait_for(lambda: target.focused, f"the focus on {target.name}")


def test_upload_delete_and_restore_work_with_the_keyboard_alone(
    start: StartProgram, tmp_path: Path
) -> None:
    data_folder = tmp_path / "data"
    data_folder.mkdir()
    (data_folder / "settings.json").write_text(json.dumps({"version": 1, "undo_seconds": 1}))
    path = tmp_path / "notes.txt"
    path.write_text("note")
    program = start()
    tab_to(program.part("push button", "Open the sandbox"))
    key("space")
    wait_for(lambda: program.files.focused, "the focus in the table")

    press_keys(program, "ctrl+u")
    program.dialog("Choose files to upload")
    type_text(str(path))
    key("Return")
    sheet = program.dialog("Upload files")
    upload = wait_for(lambda: sheet.find("push button", "Upload 1 file"), "the button to upload")
    tab_to(upload)
    key("space")
    wait_for(lambda: program.sandbox.named("notes.txt"), "the file uploaded")
    (uploaded,) = program.sandbox.named("notes.txt")

    wait_for(lambda: program.files.focused, "the focus in the table")
    wait_for(lambda: program.files.cell(0, 0).name == "notes.txt", "the file in the first row")
    key("Home")
    wait_for(lambda: program.files.cell(0, 0).selected, "the first row selected")
    press_keys(program, "Delete")
    tab_to(delete_dialog_button(program, "Delete 1 file"))
    key("space")
    wait_for(lambda: not program.sandbox.named("notes.txt"), "the file deleted")

    tab_to(program.part("push button", "Restore deleted files"))
    key("space")
    wait_for(lambda: program.sandbox.named("notes.txt"), "the file restored")
    (restored,) = program.sandbox.named("notes.txt")
    assert restored.id != uploaded.id
    assert program.sandbox.content(restored).read_text() == "note"
    assert restored.purpose == uploaded.purpose

    quit_program(program)
    assert program.exit_code() == 0
