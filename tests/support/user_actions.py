"""What a person does with the program: drop, click, type, choose."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from PySide6.QtCore import QRect

from services.providers.purposes import UPLOAD_PURPOSES
from tests.support import pointer
from tests.support.accessibility import AccessibilityBus, Accessible, Extents
from tests.support.drag_source import DRAGGED, HELD, SHOWN
from tests.support.pointer import Point
from tests.support.program import ROOT, Program, program_environment
from tests.support.waiting import NotObserved, wait_for
from ui.uploads.drop_layout import lay_out

_SOURCE_AT = (4, 4)
_LINE = 16
"""About the height of a line of text; the tiles are large enough for it not to matter much."""


class FileDrag:
    """Files held with the pointer, dragged out of another program's window."""

    def __init__(self, bus: AccessibilityBus, paths: Sequence[Path]) -> None:
        place = [str(number) for number in _SOURCE_AT]
        command = [sys.executable, "-m", "tests.support.drag_source", *place, *map(str, paths)]
        environment = program_environment() | {"QT_SCALE_FACTOR": "1"}
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment)
        try:
            self._source = wait_for(
                lambda: next(iter(bus.windows_of(self._process.pid)), None), "the dragged files"
            )
            wait_for(lambda: self._source.description == SHOWN, "the dragged files on the screen")
            self._start: Point = self._source.extents.centre
            self._at = self._start
            pointer.move(self._at)
            pointer.press()
            wait_for(lambda: self._source.description == HELD, "the files held with the pointer")
            self._at = (self._start[0] + 12, self._start[1])
            pointer.glide(self._start, self._at)
            wait_for(lambda: self._source.description == DRAGGED, "the files dragged")
        except BaseException:
            self._end()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            pointer.release()
        self._end()

    def move_to(self, point: Point, above: Accessible) -> None:
        """Move there, until the window of `above` has surely heard of the last place.

        The source tells of a place only when the window has answered to the one before, and drops
        at the last one told; so it is given some more, and both are asked something after each.
        """
        pointer.glide(self._at, point)
        self._at = point
        for _time in range(4):
            self.tremble()
            assert above.showing, "what the files were held over went away"
            assert self._source.description == DRAGGED, "the files were not held any more"

    def tremble(self) -> None:
        """Move a pixel to the side and back."""
        x, y = self._at
        pointer.move((x + 1, y))
        pointer.move(self._at)

    def take_back(self) -> None:
        """Let go where nobody takes them: above the window they came from."""
        pointer.glide(self._at, self._start)
        assert not self.drop(), "somebody took the files"

    def drop(self) -> bool:
        """Let go; whether somebody took the files."""
        pointer.release()
        try:
            return self._process.wait(30) == 0
        except subprocess.TimeoutExpired:
            raise NotObserved("the drag did not end when the pointer was released") from None

    def _end(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()


def hover(program: Program, drag: FileDrag, tile: str | None) -> Accessible:
    """Hold the files over a tile (None: over *Match each file*); gives the overlay."""
    window = program.window
    files = program.files
    drag.move_to(files.extents.centre, files)
    overlay = wait_for(
        lambda: window.find_beginning("filler", "Drop files to upload"), "the tiles for dropping"
    )
    drag.move_to(tile_centre(overlay.extents, tile), overlay)
    return overlay


def drop(program: Program, paths: Sequence[Path], tile: str | None) -> None:
    """Drag files from another program's window to a tile and let go."""
    with FileDrag(program.bus, paths) as drag:
        hover(program, drag, tile)
        assert drag.drop(), "the window did not take the files"


def tile_centre(overlay: Extents, tile: str | None) -> Point:
    """Where to point for a purpose, or for *Match each file*."""
    names = [None, *(purpose.name for purpose in UPLOAD_PURPOSES)]
    area = QRect(0, 0, overlay.width, overlay.height)
    rect = lay_out(area, len(UPLOAD_PURPOSES), 2 * _LINE, _LINE).tiles[names.index(tile)]
    return overlay.x + rect.center().x(), overlay.y + rect.center().y()


def choose_purpose(program: Program, name: str) -> Accessible:
    """Click on a row of the sidebar; gives the row."""
    wait_until_active(program)
    purposes = program.part("list", "Purposes")
    row = wait_for(lambda: purposes.find_beginning("list item", name), f"“{name}” in the sidebar")
    insist(lambda: click(row), lambda: row.selected, f"“{name}” chosen")
    return row


def search(program: Program, text: str) -> None:
    """Click into the search field and type."""
    wait_until_active(program)
    field = program.part("text", "Search files")
    insist(lambda: click(field), lambda: field.focused, "the focus in the search field")
    pointer.key("ctrl+a", "BackSpace")
    if text:
        pointer.type_text(text)
    wait_for(lambda: field.text == text, f"“{text}” in the search field")


def select(program: Program, filename: str) -> None:
    """Click on the row of a file that is in sight."""
    wait_until_active(program)
    table = program.files

    def cell() -> Accessible:
        return table.cell(wait_for(lambda: table.row_of(filename), f"{filename} in the table"), 0)

    insist(lambda: click(cell()), lambda: cell().selected, f"{filename} selected")


def click(target: Accessible) -> None:
    """Click in the middle of something."""
    pointer.click(target.extents.centre)


def transfer_words(program: Program, filename: str) -> str:
    """What the panel says of the newest transfer of a file: “24 of 120 MB”; empty when nothing."""
    table = program.window.find("table", "Transfers")
    if table is None:
        return ""
    names = table.column(0)
    rows = [row for row, name in enumerate(names) if name.endswith(f": {filename}")]
    return table.cell(rows[0], 2).name if rows else ""


def wait_for_transfer(program: Program, filename: str, words: str, seconds: float = 20) -> None:
    """Wait until the panel says so of a file."""
    wait_for(
        lambda: transfer_words(program, filename).startswith(words),
        f"“{words}” said of {filename}",
        seconds,
    )


def wait_until_active(program: Program) -> None:
    """Wait until keys go to the main window, and it stands where it will stay.

    When it opens, and when a dialog closes, that takes the window manager a moment.
    """
    window = program.window
    wait_for(lambda: window.active, "the keys going to the main window")


def insist(act: Callable[[], None], happened: Callable[[], bool], what: str) -> None:
    """Do it until it has happened, as a person does; only what may as well be done twice.

    A click goes through the window manager: it can come later than the key after it, and it is
    lost where the part moves before it comes.
    """
    for _time in range(5):
        act()
        with suppress(NotObserved):
            wait_for(happened, what, 5)
            return
    raise NotObserved(what)


def press_keys(program: Program, *names: str) -> None:
    """Press keys as soon as they go to the main window."""
    wait_until_active(program)
    pointer.key(*names)


def leave(program: Program) -> None:
    """Quit with Ctrl+Q, and say yes when transfers are under way."""
    press_keys(program, "ctrl+q")

    def asked() -> Accessible | None:
        question = program.bus.window_of(program.pid, "dialog", "Quit")
        return question.find("push button", "Quit") if question is not None else None

    answer = wait_for(lambda: asked() or not program.running, "the program to end, or to ask")
    if isinstance(answer, Accessible):
        answer.press()
