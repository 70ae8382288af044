"""Files dragged from another program's window with the real pointer."""

from pathlib import Path

import pytest

from tests.desktop.conftest import StartProgram
from tests.support.accessibility import Accessible
from tests.support.pointer import key
from tests.support.program import Program
from tests.support.user_actions import FileDrag, drop, hover, wait_for_transfer
from tests.support.waiting import wait_for

pytestmark = pytest.mark.screen

REQUEST = (
    '{"custom_id": "1", "method": "POST", "url": "/v1/responses",'
    ' "body": {"model": "m", "input": "Hi"}}\n'
)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Requests for the Batch API, and a note."""
    paths = [tmp_path / "requests.jsonl", tmp_path / "notes.txt"]
    paths[0].write_text(REQUEST)
    paths[1].write_text("Something to remember.\n")
    return paths


def test_files_dropped_on_a_tile_are_reviewed_with_its_purpose(
    start: StartProgram, files: list[Path]
) -> None:
    program = start("--sandbox")
    drop(program, files, "assistants")
    table = reviewed(program)
    assert table.column(0) == ["requests.jsonl", "notes.txt"]
    assert table.column(1) == ["assistants", "assistants"]


def test_files_dropped_between_the_tiles_each_get_a_purpose(
    start: StartProgram, files: list[Path]
) -> None:
    program = start("--sandbox")
    sidebar = program.part("list", "Purposes")
    with FileDrag(program.bus, files) as drag:
        hover(program, drag, "vision")
        drag.move_to(sidebar.extents.center, sidebar)
        assert drag.drop()
    assert reviewed(program).column(1) == ["batch", "user_data"]


def test_a_dropped_folder_is_walked(start: StartProgram, tmp_path: Path) -> None:
    folder = tmp_path / "folder" / "deeper"
    folder.mkdir(parents=True)
    (folder / "requests.jsonl").write_text(REQUEST)
    (folder.parent / "one.txt").write_text("one")
    program = start("--sandbox")
    drop(program, [folder.parent], None)
    assert reviewed(program).column(0) == [
        "Folder folder, expanded, 2 files",
        "one.txt",
        "Folder deeper, expanded, 1 file",
        "requests.jsonl",
    ]


def test_a_drag_that_leaves_has_no_effect(start: StartProgram, files: list[Path]) -> None:
    program = start("--sandbox")
    with FileDrag(program.bus, files) as drag:
        overlay = hover(program, drag, "batch")
        drag.cancel()
    wait_for(lambda: not overlay.showing, "the tiles gone")
    assert not program.has_dialog("Upload files")


def test_the_reviewed_upload_arrives_byte_for_byte(start: StartProgram, files: list[Path]) -> None:
    program = start("--sandbox")
    drop(program, files, None)
    reviewed(program)
    key("Return")
    for path in files:
        wait_for_transfer(program, path.name, "Done")
        (uploaded,) = program.sandbox.named(path.name)
        assert program.sandbox.content(uploaded).read_bytes() == path.read_bytes()


def reviewed(program: Program) -> Accessible:
    """The table of the review sheet."""
    sheet = program.dialog("Upload files")
    return wait_for(lambda: sheet.find("table", "Files to upload"), "the files to review")
