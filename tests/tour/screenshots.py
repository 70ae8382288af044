"""Takes the pictures for the documentation."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keyring

from tests.support import pointer
from tests.support.accessibility import AccessibilityBus, Accessible, Gone
from tests.support.program import Program, running
from tests.support.user_actions import (
    FileDrag,
    choose_in_menu,
    click,
    drop,
    hover,
    quit_program,
    search,
    select,
    transfer_status,
    wait_for_transfer,
)
from tests.support.waiting import wait_for
from tests.tour.camera import Camera
from tests.tour.decoration import remove_title_bar
from tests.tour.fonts import with_inter
from tests.tour.picture_server import (
    DOWNLOAD,
    OUTPUT,
    SLOW_UPLOAD,
    STALLED_UPLOAD,
    PictureServer,
)
from tests.tour.pictured_files import dragged_files, reviewed_files, uploaded_files
from tests.tour.pictured_jobs import INVOICES, NIGHTLY_INPUT, SUPPORT_DOCS

_KEY = "sk-proj-made-up-for-the-pictures-3fQ9"
_OUT_OF_THE_WAY = (2, 990)


def take_screenshots(
    bus: AccessibilityBus, camera: Camera, for_failures: Camera, folder: Path
) -> int:
    """Take all pictures with `camera`; return the exit code."""
    photographer = _Photographer(bus, camera, for_failures, folder)
    try:
        photographer.welcome()
        with PictureServer() as server:
            photographer.light(server)
        with PictureServer() as server:
            photographer.dark(server)
    except (AssertionError, Gone) as error:
        print(f"FAILED  {error}\n        picture: {photographer.failure}")
        return 1
    return 0


class _Photographer:
    def __init__(
        self, bus: AccessibilityBus, camera: Camera, for_failures: Camera, folder: Path
    ) -> None:
        self._bus = bus
        self._camera = camera
        self._for_failures = for_failures
        self._folder = folder
        self._environment = with_inter(folder)
        self.failure: Path | None = None
        """The picture taken at a failure."""
        self._reviewed = reviewed_files(folder)
        self._uploaded = uploaded_files(folder)
        self._dragged = dragged_files(folder)

    def welcome(self) -> None:
        with self._running("welcome", {"colour_scheme": "light"}) as program:
            program.part("push button", "Connect…")
            self._take("welcome", program)

    def light(self, server: PictureServer) -> None:
        with self._account("light", server) as program:
            self._review(program)
            self._upload(program)
            self._take("main-light", program)
            self._needed_by(program)
            self._look_inside(program, "inside-results")
            self._batches(program)
            self._clean_up(program)
            self._hold_files(program)
            self._delete(program)

    def _review(self, program: Program) -> None:
        """Show the check results of some files, and the findings of one with the line."""
        wait_for(lambda: program.files.row_of(OUTPUT) is not None, f"{OUTPUT} in the table")
        drop(program, self._reviewed, None)
        sheet = self._dialog(program, "Upload files")
        table = wait_for(lambda: sheet.find("table", "Files to upload"), "the files to review")
        wait_for(
            lambda: not any("hecking" in status for status in table.column(3)), "all checked", 30
        )
        lines = wait_for(lambda: sheet.find("text", "Surrounding lines"), "the lines around it")
        wait_for(lambda: "And when will it be here?" in lines.text, "line 1,204")
        click(table.cell(1, 0))
        self._take("review", program)
        pointer.key("Escape")
        wait_for(lambda: not program.has_dialog("Upload files"), "the sheet closed")

    def _hold_files(self, program: Program) -> None:
        part = program.files.extents
        before = self._camera.look(part)
        with FileDrag(self._bus, self._dragged) as drag:
            overlay = hover(program, drag, None)
            wait_for(lambda: " MB" in overlay.description, "the sizes on the tiles")
            wait_for(lambda: self._camera.look(part) != before, "the tiles on the screen")
            self._save("drop", program)
            drag.cancel()

    def dark(self, server: PictureServer) -> None:
        with self._account("dark", server) as program:
            self._upload(program)
            self._take("main-dark", program)
            self._look_inside(program, "inside-results-dark")
            self._connect(program)

    def _upload(self, program: Program) -> None:
        """Start transfers of every kind, and select an output."""
        wait_for(lambda: program.files.row_of(OUTPUT) is not None, f"{OUTPUT} in the table")
        drop(program, self._uploaded, None)
        click(_button(program.dialog("Upload files"), "Upload "))
        wait_for(lambda: not program.has_dialog("Upload files"), "the files checked, and sent", 30)
        select(program, DOWNLOAD)
        pointer.key("ctrl+s")
        select(program, OUTPUT)
        inspector = program.part("filler", "Inspector")
        wait_for(lambda: inspector.find("text", "Status details"), "all fields in the inspector")
        wait_for(lambda: inspector.find_prefix("push button", "Add up all"), "the preview")
        click(_button(inspector, "Add up all"))
        wait_for(
            lambda: inspector.find_prefix("label", "1,936 succeeded"), "the sums of the results"
        )
        wait_for_transfer(program, STALLED_UPLOAD[0], "Sent")
        wait_for(lambda: _megabytes(program, SLOW_UPLOAD[0]) >= 75, "an upload half done", 30)

    def _needed_by(self, program: Program) -> None:
        """Find out what needs the input of a running batch."""
        select(program, NIGHTLY_INPUT)
        inspector = program.part("filler", "Inspector")
        click(wait_for(lambda: inspector.find_prefix("push button", "Check"), "the check"))
        title = f"Vector store {SUPPORT_DOCS}"
        wait_for(lambda: inspector.find("push button", title), "the vector store", 60)
        wait_for(lambda: inspector.find_prefix("label", "Checked "), "the end of the check", 60)
        click(program.part("push button", "Hide transfers"))
        program.part("push button", "Show transfers")
        click(program.files.cell(program.files.row_of(NIGHTLY_INPUT) or 0, 0))
        self._take("needed-by", program)
        click(program.part("push button", "Show transfers"))
        program.part("push button", "Hide transfers")

    def _look_inside(self, program: Program, name: str) -> None:
        """Show the results of a batch, with one of them opened."""
        select(program, OUTPUT)
        pointer.key("space")
        page = program.part("filler", "Inside the file")
        wait_for(lambda: page.find_prefix("check box", "1,936 succeeded"), "all results")
        click(wait_for(lambda: page.find("push button", "Find the requests…"), "the link"))
        show = _button(program.dialog("Find the requests"), "Show requests")
        wait_for(lambda: show.enabled, "the requests found", 30)
        click(show)
        wait_for(lambda: page.find_prefix("check box", "48 "), "the errors too", 30)
        pointer.key(*["Down"] * 5)
        wait_for(lambda: page.find_prefix("label", "Line 6 "), "the sixth line")
        self._take(name, program)
        pointer.key("Escape")
        wait_for(lambda: program.files.row_of(OUTPUT) is not None, "the files again")

    def _batches(self, program: Program) -> None:
        """Show the batches, with one of them selected."""
        purposes = program.part("list", "Purposes")
        click(wait_for(lambda: purposes.find_prefix("list item", "Batches"), "the batches"))
        table = program.part("table", "Batches")
        rows = wait_for(
            lambda: [one for one in table.column(0) if one.startswith(INVOICES)], "rows"
        )
        click(table.cell(table.column(0).index(rows[0]), 0))
        program.part("push button", "Look inside results")
        self._take("batches", program)
        pointer.key("Escape")
        wait_for(lambda: program.files.row_of(OUTPUT) is not None, "the files again")

    def _clean_up(self, program: Program) -> None:
        """Show what a clean-up by some rules would delete."""
        choose_in_menu(program, "Clean up…")
        dialog = self._dialog(program, "Clean up")
        for name in ("batch", "batch_output", "Older than", "Larger than", "Keep the newest"):
            click(wait_for(lambda: dialog.find("check box", name), f"the box “{name}”"))  # noqa: B023
        wait_for(lambda: dialog.find_prefix("push button", "Delete "), "the plan")
        self._take("clean-up", program)
        click(_button(dialog, "Cancel"))
        wait_for(lambda: not program.has_dialog("Clean up"), "the dialog closed")

    def _delete(self, program: Program) -> None:
        search(program, "prompt-sweep")
        wait_for(lambda: program.files.size[0] == 312, "312 files found")
        click(program.files.cell(1, 0))
        pointer.key("ctrl+a", "Delete")
        dialog = self._dialog(program, "Delete files")
        self._take("delete", program)
        click(_button(dialog, "Delete "))
        undo = program.part("push button", "Undo")
        self._take("undo", program)
        click(undo)

    def _connect(self, program: Program) -> None:
        click(program.part("button menu", "Account"))
        pointer.key("Up", "Return")
        dialog = self._dialog(program, "Connect")
        accounts = wait_for(lambda: dialog.find("list", "Accounts"), "the list of accounts")
        row = wait_for(lambda: accounts.find_prefix("list item", "Team gateway"), "the gateway")
        click(row)
        click(_button(dialog, "Test connection"))
        wait_for(lambda: dialog.find_prefix("label", "At least 10,000 files"), "the files listed")
        self._take("connect-dark", program)
        pointer.key("Escape")
        wait_for(lambda: not program.has_dialog("Connect"), "the dialog closed")

    @contextmanager
    def _running(self, name: str, settings: dict[str, object]) -> Iterator[Program]:
        data = self._folder / name
        data.mkdir()
        (data / "settings.json").write_text(json.dumps({"version": 1} | settings))
        with running(self._bus, data, environment=self._environment) as program:
            try:
                yield program
            except (AssertionError, Gone):
                self.failure = self._for_failures.take("screenshots-failed")
                raise
            quit_program(program)
            program.exit_code()

    @contextmanager
    def _account(self, scheme: str, server: PictureServer) -> Iterator[Program]:
        known = (
            ("research", "Acme · Research", "openai", server.base_url),
            ("production", "Acme · Production", "openai-eu", "https://eu.api.openai.com/v1"),
            (
                "gateway",
                "Team gateway",
                "litellm",
                server.base_url.replace("127.0.0.1", "localhost"),
            ),
        )
        accounts = [
            {"id": id_, "name": name, "provider_id": provider, "base_url": base_url}
            for id_, name, provider, base_url in known
        ]
        for id_, *_ in known:
            keyring.set_password(f"io.github.filewharf.Filewharf:{id_}", "api-key", _KEY)
        settings = {
            "colour_scheme": scheme,
            "accounts": accounts,
            "last_account": "research",
            "looked_at": {"research": time.time() - 3_600},
            "undo_seconds": 8,
        }
        with self._running(scheme, settings) as program:
            yield program

    def _take(self, name: str, program: Program) -> None:
        pointer.move(_OUT_OF_THE_WAY)
        self._save(name, program)

    def _save(self, name: str, program: Program) -> None:
        self._camera.take(name, program.window.extents)
        print(f"took {name}.png", flush=True)

    def _dialog(self, program: Program, name: str) -> Accessible:
        """Return a dialog after removing its title bar."""
        dialog = program.dialog(name)
        framed = self._camera.look()
        remove_title_bar(program.pid, name)
        wait_for(lambda: self._camera.look() != framed, "the title bar gone")
        return dialog


def _button(dialog: Accessible, prefix: str) -> Accessible:
    return wait_for(lambda: dialog.find_prefix("push button", prefix), f"the button “{prefix}…”")


def _megabytes(program: Program, filename: str) -> int:
    match = re.match(r"(\d+) of", transfer_status(program, filename))
    return int(match[1]) if match else 0
