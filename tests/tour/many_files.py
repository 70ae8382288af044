"""Uses the program with an account with very many files, and reports the time of each step.

Stalls of the window are measured from outside: it is asked for its name again and again, and replies
on its GUI thread, between two turns of the event loop.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from tests.support import pointer
from tests.support.accessibility import AccessibilityBus, Gone
from tests.support.program import Program
from tests.support.user_actions import (
    choose_purpose,
    quit_program,
    retry_until,
    search,
    wait_until_active,
)
from tests.support.waiting import wait_for
from tests.tour.camera import Camera
from tests.tour.fonts import with_inter
from tests.tour.many_files_server import ManyFilesServer
from tests.tour.pulse import Pulse

_LONG = 300.0
"""Timeout for a listing, in seconds."""


class ManyFiles:
    """Runs the steps; the first failure raises."""

    def __init__(
        self,
        bus: AccessibilityBus,
        camera: Camera,
        folder: Path,
        server: ManyFilesServer,
        key: str,
    ) -> None:
        self._bus = bus
        self._camera = camera
        self._folder = folder
        self._server = server
        self._environment = with_inter(folder) | {
            "OPENAI_API_KEY": key,
            "OPENAI_BASE_URL": server.base_url,
        }
        self._served = server.served()
        self._camera_lock = threading.Lock()
        """Held while a picture is taken, which would disturb the measurement."""
        self._steps = 0
        self._program = self._start()

    def walk(self) -> None:
        """Run all steps and take a picture of each."""
        try:
            for step in (
                self.list_everything,
                self.scroll,
                self.sort,
                self.search,
                self.choose_a_purpose,
                self.choose_the_largest,
                self.select_everything,
                self.refresh,
                self.quit,
                self.start_again,
                self.quit,
            ):
                self._take(step)
        finally:
            self._program.kill()

    # The steps

    def list_everything(self) -> str:
        first = _until(lambda: self._rows() > 0, "the first rows", _LONG)
        self._picture("first-rows")
        complete = _until(lambda: self._shows("Updated"), "the complete list", _LONG)
        everything = len(self._served)
        wait_for(lambda: self._rows() == everything, f"{everything} rows", _LONG)
        return (
            f"first rows {first:.1f} s after the start, all {self._rows():,} {complete:.1f} s later"
        )

    def scroll(self) -> str:
        table = self._program.files
        self._go_to_the_first_row()
        pointer.key(*["Next"] * 30)
        self._picture("pages")
        pointer.key("End")
        last = self._rows() - 1
        elapsed = _until(lambda: table.cell(last, 0).selected, "the last row")
        self._picture("end")
        place = table.extents.center
        pointer.wheel(place, 50, up=True)
        pointer.key("Home")
        back = _until(lambda: table.cell(0, 0).selected, "the first row")
        return f"scrolled with keys and wheel; End took {elapsed:.2f} s, Home {back:.2f} s"

    def sort(self) -> str:
        times = []
        for column, title, wanted in (
            (2, "Size", max(file.size for file in self._served)),
            (0, "Name", None),
        ):
            before = self._program.files.cell(0, column).name
            pointer.click(self._head(column))
            elapsed = _until(
                partial(
                    lambda column, before: self._program.files.cell(0, column).name != before,
                    column,
                    before,
                ),
                f"rows sorted by {title}",
                60,
            )
            times.append(f"{title} {elapsed:.2f} s")
            if wanted is not None:
                self._expect_first(wanted)
            self._picture(f"by-{title.lower()}")
        return f"sorted by clicking headers: {', '.join(times)}"

    def search(self) -> str:
        wanted = sum(self._server.needle in file.filename for file in self._served)
        search(self._program, self._server.needle)
        elapsed = _until(lambda: self._rows() == wanted, f"the {wanted} that match", 60)
        self._picture("found")
        search(self._program, "")
        back = _until(lambda: self._rows() == len(self._served), "all rows again", 60)
        return f"searched: {wanted} of {len(self._served):,} after {elapsed:.2f} s, all again after {back:.2f} s"

    def choose_a_purpose(self) -> str:
        wanted = sum(file.purpose == "batch_output" for file in self._served)
        choose_purpose(self._program, "batch_output,")
        elapsed = _until(lambda: self._rows() == wanted, f"the {wanted} of the purpose", 60)
        return f"chose a purpose: {wanted:,} after {elapsed:.2f} s"

    def choose_the_largest(self) -> str:
        choose_purpose(self._program, "Largest")
        everything = len(self._served)
        elapsed = _until(lambda: self._rows() == everything, "all rows", 60)
        self._expect_first(max(file.size for file in self._served))
        choose_purpose(self._program, "All files,")
        return f"chose the largest after {elapsed:.2f} s"

    def select_everything(self) -> str:
        table = self._program.files
        self._go_to_the_first_row()
        pointer.key("ctrl+a")
        last = self._rows() - 1
        elapsed = _until(lambda: table.cell(last, 0).selected, "the last row selected", 60)
        counted = _until(lambda: self._shows(f"{self._rows():,} selected"), "the count", 60)
        self._picture("selected")
        pointer.key("Home")
        wait_for(lambda: not table.cell(last, 0).selected, "one row selected")
        assert table.cell(0, 0).selected, "the first row isn't selected"
        return f"selected all: {elapsed:.2f} s, counted {counted:.2f} s later"

    def refresh(self) -> str:
        table = self._program.files
        self._go_to_the_first_row()
        pointer.click(table.cell(3, 0).extents.center)
        selected = table.cell(3, 0).name
        wait_for(lambda: table.cell(3, 0).selected, f"{selected} selected")
        self._server.change()
        self._served = self._server.served()
        wait_for(lambda: not self._shows("Updated just now"), "a few seconds to pass")
        pointer.key("F5")
        everything = len(self._served)
        self._picture("refreshing")
        elapsed = _until(
            lambda: self._shows("Updated just now") and self._rows() == everything,
            "the new list",
            _LONG,
        )
        wait_for(
            lambda: [table.cell(row, 0).name for row in table.selected_rows] == [selected],
            f"{selected} still selected",
        )
        return (
            f"refreshed with new and deleted files: {elapsed:.1f} s; {selected} is still selected"
        )

    def quit(self) -> str:
        started = time.monotonic()
        quit_program(self._program)
        assert self._program.exit_code() == 0
        assert not self._program.complaints, self._program.complaints
        return f"quit in {time.monotonic() - started:.1f} s"

    def start_again(self) -> str:
        self._program = self._start()
        first = _until(lambda: self._rows() > 0, "the cached rows", _LONG)
        self._picture("cached-rows")
        everything = len(self._served)
        most = _until(lambda: self._rows() == everything, "all rows", _LONG)
        complete = _until(lambda: self._shows("Updated"), "the new list", _LONG)
        return (
            f"restarted: cached rows after {first:.1f} s, all of them {most:.1f} s "
            f"later, refreshed {complete:.1f} s after that"
        )

    # Helpers

    def _take(self, step: Callable[[], str]) -> None:
        self._steps += 1
        name = step.__name__.replace("_", "-")
        pulse = Pulse(lambda: self._program.pid, self._camera_lock)
        try:
            result = step()
        except BaseException:
            self._picture(f"{name}-failed")
            raise
        finally:
            longest = pulse.stop()
        if self._program.running:
            self._picture(f"{name}")
        print(f"ok {self._steps:2}  {result}; longest stall {longest * 1000:.0f} ms", flush=True)

    def _picture(self, name: str) -> None:
        with self._camera_lock:
            self._camera.take(f"{self._steps:02}-{name}")

    def _start(self) -> Program:
        return Program(self._bus, self._folder / "data", environment=self._environment)

    def _go_to_the_first_row(self) -> None:
        wait_until_active(self._program)
        table = self._program.files
        last = self._rows() - 1
        pointer.click(table.extents.center)
        retry_until(
            lambda: pointer.key("Home"),
            lambda: table.cell(0, 0).selected and not table.cell(last, 0).selected,
            "the first row selected",
        )

    def _rows(self) -> int:
        table = self._program.window.find("table", "Files")
        return table.size[0] if table is not None else 0

    def _shows(self, words: str) -> bool:
        for one in self._program.window.all("label"):
            with suppress(Gone):
                if words in one.name:
                    return True
        return False

    def _head(self, column: int) -> tuple[int, int]:
        table = self._program.files
        x, _y = table.cell(0, column).extents.center
        return x, table.extents.y + 14

    def _expect_first(self, size: int) -> None:
        largest = {file.filename for file in self._served if file.size == size}
        wait_for(
            lambda: self._program.files.cell(0, 0).name in largest,
            f"a file of {size} bytes in the first row",
            60,
        )


def _until(condition: Callable[[], object], what: str, seconds: float = 20) -> float:
    """The seconds until the condition is met."""
    started = time.perf_counter()
    wait_for(lambda: condition() or None, what, seconds)
    return time.perf_counter() - started
