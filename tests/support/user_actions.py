"""What a user does with the program: drop, click, type, choose."""

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
from tests.support.drag_source import DRAGGING, PRESSED, SHOWN
from tests.support.pointer import Point
from tests.support.program import ROOT, Program, program_environment
from tests.support.waiting import NotObserved, wait_for
from ui.uploads.drop_layout import lay_out

_SOURCE_AT = (4, 4)
_LINE = 16
"""The approximate height of a line of text; the tiles are so large that it hardly matters."""


class FileDrag:
    """A drag of files out of another program's window."""

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
            self._start: Point = self._source.extents.center
            self._at = self._start
            pointer.move(self._at)
            pointer.press()
            wait_for(lambda: self._source.description == PRESSED, "the pressed pointer")
            self._at = (self._start[0] + 12, self._start[1])
            pointer.glide(self._start, self._at)
            wait_for(lambda: self._source.description == DRAGGING, "the start of the drag")
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
        """Move there, and make sure that the window of `above` has got the last position.

        The source sends a position only after the window has replied to the previous one, and drops
        at the last one sent. So the pointer moves a few more times, with a round trip to both
        programs each time.
        """
        pointer.glide(self._at, point)
        self._at = point
        for _attempt in range(4):
            self.jiggle()
            assert above.showing, "the drop target went away"
            assert self._source.description == DRAGGING, "the drag ended early"

    def jiggle(self) -> None:
        """Move a pixel to the side and back."""
        x, y = self._at
        pointer.move((x + 1, y))
        pointer.move(self._at)

    def cancel(self) -> None:
        """Drop the files where nothing accepts them: on the window they came from."""
        pointer.glide(self._at, self._start)
        assert not self.drop(), "something accepted the files"

    def drop(self) -> bool:
        """Release the pointer; return whether the files were accepted."""
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
    """Hover over a tile (None: *Match each file*) with the files; return the overlay."""
    window = program.window
    files = program.files
    drag.move_to(files.extents.center, files)
    overlay = wait_for(
        lambda: window.find_prefix("filler", "Drop files to upload"), "the tiles for dropping"
    )
    drag.move_to(tile_center(overlay.extents, tile), overlay)
    return overlay


def drop(program: Program, paths: Sequence[Path], tile: str | None) -> None:
    """Drag files from another program's window and drop them on a tile."""
    with FileDrag(program.bus, paths) as drag:
        hover(program, drag, tile)
        assert drag.drop(), "the window did not accept the files"


def tile_center(overlay: Extents, tile: str | None) -> Point:
    """The center of the tile of a purpose, or of *Match each file*."""
    names = [None, *(purpose.name for purpose in UPLOAD_PURPOSES)]
    area = QRect(0, 0, overlay.width, overlay.height)
    rect = lay_out(area, len(UPLOAD_PURPOSES), 2 * _LINE, _LINE).tiles[names.index(tile)]
    return overlay.x + rect.center().x(), overlay.y + rect.center().y()


def choose_purpose(program: Program, name: str) -> Accessible:
    """Click a row of the sidebar and return the row."""
    wait_until_active(program)
    purposes = program.part("list", "Purposes")
    row = wait_for(lambda: purposes.find_prefix("list item", name), f"“{name}” in the sidebar")
    retry_until(lambda: click(row), lambda: row.selected, f"“{name}” chosen")
    return row


def choose_in_menu(program: Program, name: str) -> None:
    """Open the menu of the window, and click an item."""
    wait_until_active(program)
    button = program.part("button menu", "Menu")
    menu = program.bus.menu_opened_by(lambda: click(button))
    click(wait_for(lambda: menu.find("menu item", name), f"“{name}” in the menu"))


def search(program: Program, text: str) -> None:
    """Click the search field and type."""
    wait_until_active(program)
    field = program.part("text", "Search files")
    retry_until(lambda: click(field), lambda: field.focused, "the focus in the search field")
    pointer.key("ctrl+a", "BackSpace")
    if text:
        pointer.type_text(text)
    wait_for(lambda: field.text == text, f"“{text}” in the search field")


def select(program: Program, filename: str) -> None:
    """Click the row of a visible file."""
    wait_until_active(program)
    table = program.files

    def cell() -> Accessible:
        return table.cell(wait_for(lambda: table.row_of(filename), f"{filename} in the table"), 0)

    retry_until(lambda: click(cell()), lambda: cell().selected, f"{filename} selected")


def click(target: Accessible) -> None:
    """Click the center of an object."""
    pointer.click(target.extents.center)


def transfer_status(program: Program, filename: str) -> str:
    """The status of a file's newest transfer, such as “24 of 120 MB”; empty if there is none."""
    table = program.window.find("table", "Transfers")
    if table is None:
        return ""
    names = table.column(0)
    rows = [row for row, name in enumerate(names) if name.endswith(f": {filename}")]
    return table.cell(rows[0], 2).name if rows else ""


def wait_for_transfer(program: Program, filename: str, status: str, seconds: float = 20) -> None:
    """Wait until the status of a file's transfer starts like this."""
    wait_for(
        lambda: transfer_status(program, filename).startswith(status),
        f"the status “{status}” of {filename}",
        seconds,
    )


def wait_until_active(program: Program) -> None:
    """Wait until the main window is active and in its final place.

    After it opens, and after a dialog closes, the window manager takes a moment for this.
    """
    window = program.window
    wait_for(lambda: window.active, "the main window to be active")


def retry_until(act: Callable[[], None], happened: Callable[[], bool], what: str) -> None:
    """Repeat an action until it takes effect, as a user would; only for repeatable actions.

    A click goes through the window manager: it can arrive after a later key press, or get lost if
    its target moves first.
    """
    for _attempt in range(5):
        act()
        with suppress(NotObserved):
            wait_for(happened, what, 5)
            return
    raise NotObserved(what)


def press_keys(program: Program, *names: str) -> None:
    """Press keys as soon as the main window is active."""
    wait_until_active(program)
    pointer.key(*names)


def quit_program(program: Program) -> None:
    """Quit with Ctrl+Q, and confirm if transfers are running."""
    press_keys(program, "ctrl+q")

    def quit_button() -> Accessible | None:
        question = program.bus.window_of(program.pid, "dialog", "Quit")
        return question.find("push button", "Quit") if question is not None else None

    answer = wait_for(lambda: quit_button() or not program.running, "the program to end, or to ask")
    if isinstance(answer, Accessible):
        answer.press()
