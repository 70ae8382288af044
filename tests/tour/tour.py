"""Does the main job from the first start to quitting, and verifies each step independently.

The program is used only with the pointer and the keyboard. Each step is verified with what the
window reports to assistive technology, and with the files on disk: the sandbox's database and the
downloads folder.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from tests.support import pointer
from tests.support.accessibility import AccessibilityBus, Accessible, Gone
from tests.support.program import ROOT, Program
from tests.support.user_actions import (
    FileDrag,
    choose_purpose,
    click,
    drop,
    hover,
    quit_program,
    search,
    select,
    wait_for_transfer,
)
from tests.support.waiting import wait_for
from tests.tour.camera import Camera
from tests.tour.dropped_files import batch_files, broken_files, mixed_files
from tests.tour.fonts import with_inter

_MB = 1_000_000
_OUTPUT = "batch_67f1_output.jsonl"
_SAMPLES = ROOT / "resources" / "samples"


class Tour:
    """Runs the steps; the first failure ends the tour."""

    def __init__(
        self, bus: AccessibilityBus, camera: Camera, folder: Path, program: Sequence[str]
    ) -> None:
        """`folder` is for all files of the program and the tour; `camera` takes the pictures."""
        self._camera = camera
        self._inputs = folder / "inputs"
        self._inputs.mkdir()
        self._batch = batch_files(self._inputs)
        self._mixed = mixed_files(self._inputs)
        self._broken = broken_files(self._inputs)
        self._started = time.monotonic()
        self._program = Program(
            bus, folder / "data", "--sandbox", environment=with_inter(folder), program=program
        )

    def walk(self) -> int:
        """Run the steps; return 0 if all succeeded."""
        steps: list[Callable[[], str]] = [
            self.open_sandbox,
            self.hold_files_over_window,
            self.drop_on_batch,
            self.upload_reviewed,
            self.filter_by_purpose,
            self.drop_and_match_each_file,
            self.drop_broken_files,
            self.fix_and_upload_the_rest,
            self.search_output,
            self.open_output,
            self.download_output,
            self.delete_and_undo,
            self.delete_for_real,
            self.quit,
        ]
        try:
            for number, step in enumerate(steps, 1):
                name = step.__name__.replace("_", " ")
                if not self._take_step(number, name, step):
                    return 1
        finally:
            self._program.kill()
        print(f"All steps succeeded in {time.monotonic() - self._started:.0f} s.")
        return 0

    def _take_step(self, number: int, name: str, step: Callable[[], str]) -> bool:
        picture = f"{number:02}-{name.replace(' ', '-')}"
        try:
            result = step()
        except (AssertionError, Gone, OSError, sqlite3.Error) as error:
            path = self._camera.take(f"{picture}-failed")
            print(f"FAILED {number:2}  {name}: {error}\n           picture: {path}", flush=True)
            print(self._program.complaints)
            return False
        self._camera.take(picture)
        print(f"ok {number:2}  {result}", flush=True)
        return True

    # The steps; each returns what was done and verified

    def open_sandbox(self) -> str:
        table = self._program.files
        stored = wait_for(lambda: self._program.sandbox.files() or None, "the sandbox's database")
        self._wait_for_names([file.filename for file in stored])
        assert self._program.window.name == "Sandbox — Filewharf"
        return f"opened the sandbox: the table lists the {table.size[0]} files in its database"

    def hold_files_over_window(self) -> str:
        with FileDrag(self._program.bus, self._batch) as drag:
            overlay = hover(self._program, drag, None)
            words = overlay.description
            assert "3 files" in words, f"the tiles don't mention 3 files: {words}"
            self._camera.take("02-tiles")
            drag.cancel()
        wait_for(lambda: not overlay.showing, "the tiles to disappear")
        assert not self._program.has_dialog("Upload files"), "the review sheet opened anyway"
        return "dragged 3 files over the window and back: the tiles appeared and disappeared"

    def drop_on_batch(self) -> str:
        drop(self._program, self._batch, "batch")
        sheet = self._program.dialog("Upload files")
        table = wait_for(lambda: sheet.find("table", "Files to upload"), "the files of the sheet")
        assert table.column(0) == [path.name for path in self._batch], table.column(0)
        assert table.column(1) == ["batch"] * 3, table.column(1)
        self._wait_for_checks(table)
        results = table.column(3)
        assert all(
            words.endswith("requests to /v1/responses · gpt-4.1-mini") for words in results
        ), results
        assert not self._has_any(self._batch), "something was uploaded before it was reviewed"
        return "dropped 3 files on “batch”: the review sheet checked them, and all passed"

    def upload_reviewed(self) -> str:
        click(self._button(self._program.dialog("Upload files"), "Upload 3 files"))
        self._watch_upload(self._batch[0].name)
        self._wait_for_uploads(self._batch, "batch")
        return "uploaded them: progress was shown, and table and disk have them, byte for byte"

    def filter_by_purpose(self) -> str:
        row = choose_purpose(self._program, "batch,")
        wanted = [
            file.filename for file in self._program.sandbox.files() if file.purpose == "batch"
        ]
        self._wait_for_names(wanted)
        assert set(self._program.files.column(1)) == {"batch"}
        assert row.name.startswith(f"batch, {len(wanted)} files,"), row.name
        return f"chose “batch” in the sidebar: the table shows only those {len(wanted)} files"

    def drop_and_match_each_file(self) -> str:
        drop(self._program, self._mixed, None)
        sheet = self._program.dialog("Upload files")
        table = wait_for(lambda: sheet.find("table", "Files to upload"), "the files of the sheet")
        purposes = dict(zip(table.column(0), table.column(1), strict=True))
        expected = {"questions.jsonl": "fine-tune", "scan.png": "vision", "notes.txt": "user_data"}
        assert purposes == expected, purposes
        click(self._button(sheet, "Upload 3 files"))
        choose_purpose(self._program, "All files,")
        self._wait_for_uploads(self._mixed, None)
        return "dropped 3 more on “Match each file”: each got the right purpose and was uploaded"

    def drop_broken_files(self) -> str:
        drop(self._program, self._broken, None)
        sheet = self._program.dialog("Upload files")
        table = wait_for(lambda: sheet.find("table", "Files to upload"), "the files of the sheet")
        self._wait_for_checks(table)
        wrong, warned, folder = table.column(3)
        assert wrong.startswith("Line 1,204: "), wrong
        assert warned.startswith("40 lines end with CR LF"), warned
        assert folder == "20 files", folder
        shown = wait_for(lambda: sheet.find("list", "Findings"), "the findings")
        first = "Error: Line 1,204: "
        wait_for(
            lambda: any(one.name.startswith(first) for one in shown.children[:1]), f"“{first}…”"
        )
        lines = wait_for(lambda: sheet.find("text", "Surrounding lines"), "the lines around it")
        wait_for(lambda: '{"custom_id" "q-01203"' in lines.text, "line 1,204")
        assert lines.description == "Starting at line 1,201", lines.description
        self._button(sheet, "Upload 21 files")  # of 22: the broken file is not uploaded
        return "dropped a broken file among others: line 1,204 is reported and shown, and the file is held back"

    def fix_and_upload_the_rest(self) -> str:
        sheet = self._program.dialog("Upload files")
        table = wait_for(lambda: sheet.find("table", "Files to upload"), "the files of the sheet")
        click(table.cell(1, 0))
        click(self._button(sheet, "Fix a copy"))
        wait_for(lambda: table.column(3)[1].startswith("40 requests"), "the fixed copy passed")
        self._camera.take("08-fixed")
        click(self._button(sheet, "Upload 21 files"))
        fixed = self._broken[1]
        wait_for_transfer(self._program, fixed.name, "Done")
        (file,) = self._program.sandbox.named(fixed.name)
        same = self._program.sandbox.content(file).read_bytes()
        assert same == fixed.read_bytes().replace(b"\r\n", b"\n"), "different bytes were sent"
        wait_for(lambda: self._program.sandbox.named("note-19.txt"), "the folder uploaded")
        wait_for(lambda: not self._has_any(self._broken[:1]), "the broken file not to be uploaded")
        return "fixed the line endings in a copy and uploaded the rest, without the broken file"

    def search_output(self) -> str:
        search(self._program, "67f1_out")
        self._wait_for_names([_OUTPUT])
        return f"searched: the table shows only {_OUTPUT}"

    def open_output(self) -> str:
        select(self._program, _OUTPUT)
        (file,) = self._program.sandbox.named(_OUTPUT)
        inspector = self._program.part("filler", "Inspector")
        wait_for(lambda: self._shows(inspector, file.id), f"{file.id} in the inspector")
        return f"selected it: the inspector shows its ID, {file.id}"

    def download_output(self) -> str:
        pointer.key("ctrl+s")
        saved = self._program.paths.downloads_folder / _OUTPUT
        wait_for(saved.exists, f"{saved} on the disk")
        assert saved.read_bytes() == (_SAMPLES / _OUTPUT).read_bytes(), "different bytes were saved"
        return (
            f"saved it with Ctrl+S: downloads/{_OUTPUT} has the same {saved.stat().st_size:,} bytes"
        )

    def delete_and_undo(self) -> str:
        name = self._batch[1].name
        self._ask_to_delete(name)
        undo = self._program.part("push button", "Undo")
        self._camera.take("12-countdown")
        click(undo)
        wait_for(lambda: not undo.showing, "the countdown to disappear after Undo")
        self._wait_for_names([name])
        assert self._program.sandbox.named(name), "deleted despite Undo"
        return f"deleted {name} and pressed Undo: table and disk still have it"

    def delete_for_real(self) -> str:
        name = self._batch[2].name
        (file,) = self._program.sandbox.named(name)
        content = self._program.sandbox.content(file)
        started = time.monotonic()
        self._ask_to_delete(name)
        wait_for(lambda: not self._program.sandbox.named(name), f"{name} deleted", 15)
        waited = time.monotonic() - started
        wait_for(lambda: not content.exists(), "its content removed")
        self._wait_for_names([])
        undone = self._program.sandbox.named(self._batch[1].name)
        assert undone, "the file whose deletion was undone is gone"
        return (
            f"deleted {name} for real: gone from table and disk after a countdown of {waited:.0f} s"
        )

    def quit(self) -> str:
        started = time.monotonic()
        quit_program(self._program)
        code = self._program.exit_code()
        elapsed = time.monotonic() - started
        assert code == 0, f"exit code {code}"
        assert not self._program.complaints, self._program.complaints
        settings = json.loads(self._program.paths.settings_file.read_text())
        assert settings["last_account"] == "sandbox", settings
        return f"quit with Ctrl+Q: exit code 0 after {elapsed:.1f} s, no warnings in the log, settings saved"

    # Helpers

    def _ask_to_delete(self, name: str) -> None:
        search(self._program, name)
        self._wait_for_names([name])
        select(self._program, name)
        pointer.key("Delete")
        dialog = self._program.dialog("Delete files")
        assert self._program.sandbox.named(name), "deleted before the question"
        self._camera.take("12-question")
        button = wait_for(lambda: dialog.find_prefix("push button", "Delete "), "Delete")
        click(button)
        wait_for(lambda: not self._program.has_dialog("Delete files"), "the dialog to close")

    def _watch_upload(self, name: str) -> None:
        table = self._program.part("table", "Transfers")
        row = wait_for(lambda: table.row_of(f"Upload: {name}"), f"a line for {name}")
        progress = (" of ", "Sent")
        wait_for(
            lambda: any(words in table.cell(row, 2).name for words in progress),
            f"the upload of {name} to start",
        )
        self._camera.take("04-uploading")

    def _wait_for_uploads(self, paths: list[Path], purpose: str | None) -> None:
        for path in paths:
            name = path.name
            wait_for_transfer(self._program, name, "Done")
            wait_for(partial(self._program.files.row_of, name), f"{name} in the table")
            (file,) = self._program.sandbox.named(name)
            assert purpose is None or file.purpose == purpose, file
            same = self._program.sandbox.content(file).read_bytes() == path.read_bytes()
            assert same, f"the sandbox has different bytes for {name}"

    def _wait_for_names(self, names: list[str]) -> None:
        """Wait until the table shows exactly these files, in any order."""

        def matches() -> bool:
            table = self._program.window.find("table", "Files")
            return sorted(table.column(0) if table else []) == sorted(names)

        wait_for(matches, f"the table showing {len(names)} files")

    @staticmethod
    def _wait_for_checks(table: Accessible) -> None:
        wait_for(
            lambda: not any("hecking" in status for status in table.column(3)), "all checked", 30
        )

    def _has_any(self, paths: list[Path]) -> bool:
        return any(self._program.sandbox.named(path.name) for path in paths)

    @staticmethod
    def _button(dialog: Accessible, name: str) -> Accessible:
        button = wait_for(lambda: dialog.find("push button", name), f"the button “{name}”")
        wait_for(lambda: button.enabled, f"the button “{name}” enabled")
        return button

    @staticmethod
    def _shows(part: Accessible, text: str) -> bool:
        for one in part.walk():
            try:
                if text in (one.name, one.text if one.role in ("text", "label") else ""):
                    return True
            except Gone:
                continue
        return False
