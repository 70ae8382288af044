"""The names that screen readers and scripts find."""

from pathlib import Path

import pytest

from tests.desktop.conftest import StartProgram
from tests.support.pointer import key
from tests.support.program import Program
from tests.support.user_actions import click, select, wait_for_transfer, wait_until_active
from tests.support.waiting import wait_for

pytestmark = pytest.mark.screen

PARTS = [
    ("table", "Files"),
    ("table", "Transfers"),
    ("list", "Purposes"),
    ("text", "Search files"),
    ("push button", "Upload"),
    ("push button", "Download"),
    ("push button", "Delete"),
    ("push button", "Refresh"),
    ("button menu", "Account"),
]


def test_every_part_of_the_window_has_its_name(start: StartProgram, tmp_path: Path) -> None:
    program = start_with_upload(start, tmp_path)
    for role, name in PARTS:
        program.part(role, name)


def test_every_button_has_a_name(start: StartProgram, tmp_path: Path) -> None:
    program = start_with_upload(start, tmp_path)
    select(program, "note.txt")
    roles = ("push button", "toggle button", "check box", "button menu", "combo box")
    window = program.window
    # Qt gives the icon inside a text field no name; it can't be pressed.
    search = program.part("text", "Search files").extents

    def all_have_one() -> bool:
        nameless = [one for role in roles for one in window.all(role) if not one.name]
        return all(inside(one.extents.center, search) for one in nameless)

    wait_for(all_have_one, "a name for all of them")


def test_cells_have_their_text_as_name(start: StartProgram, tmp_path: Path) -> None:
    program = start_with_upload(start, tmp_path)
    table = program.files
    wait_for(lambda: table.row_of("note.txt") == 0, "the upload in the table")
    assert [table.cell(0, column).name for column in range(3)] == [
        "note.txt",
        "user_data",
        "4 bytes",
    ]


def test_dialogs_have_names(start: StartProgram, tmp_path: Path) -> None:
    program = start_with_upload(start, tmp_path)
    select(program, "note.txt")
    key("Delete")
    program.dialog("Delete files")
    key("Escape")
    wait_for(lambda: not program.has_dialog("Delete files"), "the question gone")
    wait_until_active(program)
    account = program.part("button menu", "Account")
    assert account.description == "Sandbox"
    click(account)
    key("Up", "Return")
    program.dialog("Connect")


def start_with_upload(start: StartProgram, tmp_path: Path) -> Program:
    """The program after uploading a small file through the review sheet."""
    note = tmp_path / "note.txt"
    note.write_text("note")
    program = start("--sandbox", str(note))
    program.dialog("Upload files")
    key("Return")
    wait_for_transfer(program, "note.txt", "Done")
    return program


def inside(point: tuple[int, int], area: tuple[int, int, int, int]) -> bool:
    x, y, width, height = area
    return x <= point[0] < x + width and y <= point[1] < y + height
