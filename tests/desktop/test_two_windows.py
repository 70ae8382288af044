"""Two windows of one program: real keys open the second, and a real pointer drags between them."""

import subprocess
from collections.abc import Callable

import pytest

from tests.desktop.conftest import StartProgram
from tests.desktop.test_starting import account_variables
from tests.support import pointer
from tests.support.accessibility import Accessible
from tests.support.files_server import ScriptedFilesServer
from tests.support.pointer import key
from tests.support.program import Program
from tests.support.served_files import served_file
from tests.support.user_actions import select
from tests.support.waiting import wait_for

pytestmark = pytest.mark.screen

SIZE = (760, 700)


def test_a_file_is_dragged_to_the_other_window_and_copied(
    start: StartProgram, make_files_server: Callable[..., ScriptedFilesServer]
) -> None:
    server: ScriptedFilesServer = make_files_server([served_file("there.jsonl")])
    program = start("--sandbox", environment=account_variables(server))
    wait_for(lambda: program.files.size[0] == 30, "the samples")
    key("ctrl+shift+n")
    other = window_named(program, "Environment — Filewharf")
    there = wait_for(lambda: other.find("table", "Files"), "its table")
    wait_for(lambda: there.size[0] == 1, "its file")
    put("Environment — Filewharf", program, SIZE[0] + 20)
    put("Sandbox — Filewharf", program, 0)
    wait_for(lambda: other.extents.x > SIZE[0], "the second window on the right")
    select(program, "eval-sweep-0412.jsonl")
    row = program.files.row_of("eval-sweep-0412.jsonl")
    assert row is not None
    clicked_at = program.files.cell(row, 0).extents.center
    start_at = (clicked_at[0] - 30, clicked_at[1])  # pressing there again would be a double click
    middle = there.extents.center
    pointer.move(start_at)
    pointer.press()
    pointer.glide(start_at, (start_at[0] + 40, start_at[1]))
    pointer.glide((start_at[0] + 40, start_at[1]), middle)
    for step in (1, 0, 1):
        pointer.move((middle[0] + step, middle[1]))
        there.size  # noqa: B018 - a round trip to the program
    pointer.release()
    dialog = program.dialog("Copy to account")
    button = wait_for(lambda: dialog.find("push button", "Copy"), "the button")
    button.press()
    wait_for(lambda: len(server.files) == 2, "the copy")
    wait_for(lambda: there.size[0] == 2, "the copy in the table")
    assert "eval-sweep-0412.jsonl" in there.column(0)


def window_named(program: Program, name: str) -> Accessible:
    def found() -> Accessible | None:
        windows = program.bus.windows_of(program.pid)
        return next((one for one in windows if one.name == name), None)

    return wait_for(found, f"the window “{name}”")


def put(name: str, program: Program, x: int) -> None:
    """Move a window of the program, and give it half of the screen."""
    words = ["xdotool", "search", "--all", "--onlyvisible", "--pid", str(program.pid)]
    words += ["--name", name, "windowsize", "--sync", *map(str, SIZE)]
    subprocess.run(words, check=True, timeout=60, stdout=subprocess.DEVNULL)
    words[words.index("windowsize") :] = ["windowmove", str(x), "20", "windowactivate", "--sync"]
    subprocess.run(words, check=True, timeout=60, stdout=subprocess.DEVNULL)
