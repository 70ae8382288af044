"""Cleaning up with the real services: rules, the plan, the countdown and the report."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from services.cleanup.rules import CleanUpRules
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import ServedFile, served_file
from tests.support.server_faults import Stall
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk, account_at
from ui.cleanup.clean_up_dialog import CleanUpDialog

OLD = 1_600_000_000


@pytest.fixture
def served(files_server: ScriptedFilesServer) -> list[ServedFile]:
    files = [
        served_file("old.jsonl", content=b"old" * 100),
        served_file("older.jsonl", content=b"older" * 100),
        served_file("new.jsonl"),
        *(served_file(f"{number}.png", purpose="vision") for number in range(5)),
    ]
    for file in files[:2]:
        file.created_at = OLD
    files[2].created_at = 4_000_000_000
    files_server.add(*files)
    return files


@pytest.fixture
def desk(files_server: ScriptedFilesServer, open_desk: OpenDesk, served: list[ServedFile]) -> Desk:
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_for_files(*(file.filename for file in served))
    return desk


def planned(desk: Desk, rules: CleanUpRules) -> CleanUpDialog:
    """Open the dialog from the menu, and wait for the plan of these rules."""
    desk.window.commands.clean_up.trigger()
    dialog = desk.dialog("Clean up")
    assert isinstance(dialog, CleanUpDialog)
    dialog.rules_form.show_rules(rules)
    desk.wait(lambda: dialog.is_up_to_date)
    return dialog


OLD_BATCHES = CleanUpRules(("batch",), older_than_days=30)


def test_old_files_go_and_the_others_stay(desk: Desk, files_server: ScriptedFilesServer) -> None:
    dialog = planned(desk, OLD_BATCHES)
    assert "2 files would be deleted" in desk.texts(dialog)
    desk.press("Delete 2 files", dialog)
    assert files_server.requests_to("DELETE", "/files/*") == []
    desk.press("Delete now")
    desk.wait_to_see("2 files deleted")
    assert "old.jsonl" not in [file.filename for file in files_server.files]
    desk.wait(lambda: len(desk.names()) == 6)


def test_undo_deletes_nothing(desk: Desk, files_server: ScriptedFilesServer) -> None:
    desk.press("Delete 2 files", planned(desk, OLD_BATCHES))
    desk.press("Undo")
    assert desk.sees("Nothing was deleted")
    assert files_server.requests_to("DELETE", "/files/*") == []
    assert len(desk.names()) == 8


def test_a_file_that_changed_since_the_plan_is_left_alone(
    desk: Desk, files_server: ScriptedFilesServer, served: list[ServedFile]
) -> None:
    desk.press("Delete 2 files", planned(desk, OLD_BATCHES))
    served[0].filename = "renamed.jsonl"
    desk.press("Delete now")
    desk.wait_to_see("1 file deleted, 1 left alone", "Its name has changed.")
    assert "renamed.jsonl" in [file.filename for file in files_server.files]


def test_files_are_saved_first(desk: Desk, served: list[ServedFile]) -> None:
    dialog = planned(desk, OLD_BATCHES)
    desk.button("Save the files first", dialog).click()
    desk.press("Delete 2 files", dialog)
    desk.press("Delete now")
    desk.wait_to_see("2 files deleted")
    saved = {path.name: path.read_bytes() for path in desk.downloads.iterdir()}
    assert saved == {file.filename: file.content for file in served[:2]}


def test_the_plan_is_saved_as_csv(desk: Desk, tmp_path: Path) -> None:
    dialog = planned(desk, OLD_BATCHES)
    desk.press("Save plan…", dialog)
    desk.pick("Save plan", tmp_path / "plan.csv")
    desk.wait((tmp_path / "plan.csv").exists)
    text = (tmp_path / "plan.csv").read_text(encoding="utf-8")
    assert text.count('"delete"') == 2
    dialog.reject()


def test_everything_by_keyboard(desk: Desk, files_server: ScriptedFilesServer) -> None:
    dialog = planned(desk, CleanUpRules())
    desk.key(Qt.Key.Key_Tab)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.accessibleName() == "batch"
    desk.key(Qt.Key.Key_Space)
    desk.wait(lambda: dialog.is_up_to_date and dialog.view.table.plan_model.rowCount() == 3)
    desk.key(Qt.Key.Key_Escape)
    desk.wait(lambda: not desk.dialogs())
    assert files_server.requests_to("DELETE", "/files/*") == []


def test_a_clean_up_goes_on_after_quitting(
    desk: Desk, open_desk: OpenDesk, files_server: ScriptedFilesServer, served: list[ServedFile]
) -> None:
    files_server.script("DELETE", "/files/*", [Stall(), Stall()])
    desk.press("Delete 2 files", planned(desk, OLD_BATCHES))
    desk.press("Delete now")
    files_server.wait_until_stalled(2)
    desk.end()
    files_server.release()
    again = open_desk(accounts=[account_at(files_server)])
    again.wait(lambda: [one for one in again.transfers() if one.can_resume])
    again.window.commands.resume_all.trigger()
    again.wait_to_see("2 files deleted")
    left = [file.filename for file in files_server.files]
    assert left == [file.filename for file in served[2:]]
