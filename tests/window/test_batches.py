"""Batches in the whole window: looking at them, into their results, and what is done with them."""

import json
import time

import pytest
from msgspec import structs
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog, QLabel, QLineEdit

from services.api.batch import Batch
from services.jobs.events import BatchNotStarted, JobsChanged
from services.jobs.job_kind import JobKind
from services.transfers.transfer import TransferState
from tests.services.previews.batches.test_batch_summary import refused, succeeded
from tests.support.factories import problem
from tests.support.files_server import ScriptedFilesServer
from tests.support.narrowing import instance_of, not_none
from tests.support.served_files import served_file
from tests.support.served_jobs import running_batch, served_batch
from tests.support.server_faults import Moment, Reset, Stall, api_error
from tests.window.conftest import OpenDesk
from tests.window.desk import BATCH, Desk, account_at
from ui.inside.inside_page import InsidePage
from ui.inside.results.retry_dialog import RetryDialog
from ui.jobs.job_table import JobTable
from ui.jobs.jobs_page import JobSearch

SENT = BATCH + BATCH.replace(b'"1"', b'"2"')
LEFT = Qt.MouseButton.LeftButton


def jsonl(*values: object) -> bytes:
    return "".join(json.dumps(value) + "\n" for value in values).encode()


@pytest.fixture
def server(files_server: ScriptedFilesServer) -> ScriptedFilesServer:
    """Three batches: one running, one completed with a failure, one that failed."""
    files_server.add(
        served_file("sweep.jsonl", id="file-in", purpose="batch", content=SENT),
        served_file("other.jsonl", id="file-other", purpose="batch", content=BATCH),
        served_file(
            "batch_1_output.jsonl",
            id="file-out",
            purpose="batch_output",
            content=jsonl(succeeded("1")),
        ),
        served_file(
            "elsewhere.jsonl",
            id="file-err",
            purpose="batch_output",
            content=jsonl(refused("2", 400, "too_long", "Far too long")),
        ),
    )
    files_server.jobs.batches += [
        served_batch(
            id="batch_failed",
            status="failed",
            metadata={"name": "typo"},
            input_file_id="file-in",
            output_file_id=None,
            errors={"data": [{"code": "invalid_url", "message": "Wrong URL.", "line": 2}]},
            request_counts={"total": 0, "completed": 0, "failed": 0},
        ),
        served_batch(
            id="batch_done",
            metadata={"name": "sweep"},
            input_file_id="file-in",
            output_file_id="file-out",
            error_file_id="file-err",
            request_counts={"total": 2, "completed": 1, "failed": 1},
        ),
        running_batch(
            id="batch_runs",
            input_file_id="file-gone",
            metadata=None,
            created_at=int(time.time()),
        ),
    ]
    return files_server


@pytest.fixture
def desk(server: ScriptedFilesServer, open_desk: OpenDesk) -> Desk:
    """The account Acme, and its list of batches."""
    made = open_desk(accounts=[account_at(server)])
    made.wait_for_files("sweep.jsonl", "other.jsonl", "batch_1_output.jsonl", "elsewhere.jsonl")
    made.choose_purpose("Batches")
    made.wait_to_see("3 batches · 1 not ended yet")
    return made


def table_of(desk: Desk) -> JobTable:
    return not_none(desk.window.findChild(JobTable))


def ids(desk: Desk) -> list[str]:
    model = table_of(desk).model()
    rows = range(model.rowCount())
    return [model.index(row, 0).data().rpartition(", ")[2] for row in rows]


def choose(desk: Desk, row: int) -> None:
    """Click a batch."""
    table = table_of(desk)
    place = table.visualRect(table.model().index(row, 0)).center()
    QTest.mouseClick(table.viewport(), LEFT, pos=place)


def chosen(desk: Desk) -> str:
    return instance_of(Batch, table_of(desk).job).id


def looks_inside(desk: Desk, name: str) -> bool:
    page = desk.window.findChild(InsidePage)
    return (
        page is not None and page.isVisible() and page.file is not None and page.file.name == name
    )


def test_batches_are_listed_and_the_chosen_one_is_told_of(desk: Desk) -> None:
    assert ids(desk) == ["no name", "batch_done", "batch_failed"]
    choose(desk, 1)
    desk.wait_to_see(
        "Completed, 1 of 2 failed",
        "batch_1_output.jsonl",
        "in list",
        "1 completed",
        "1 failed",
        "2 in all",
        "3 batches · 1 not ended yet · 1 selected",
    )
    choose(desk, 2)
    desk.wait_to_see("invalid_url: Wrong URL. First in line 2.", "There are no results.")


def test_a_file_that_is_not_in_the_list_is_asked_for_once(
    desk: Desk, server: ScriptedFilesServer
) -> None:
    choose(desk, 0)
    desk.wait_to_see("deleted", "Its input file has been deleted.")
    choose(desk, 1)
    choose(desk, 0)
    desk.wait_to_see("deleted")
    assert [one.path for one in server.requests].count("/files/file-gone") == 1


def test_a_file_is_asked_for_again_if_something_else_was_asked_for_meanwhile(
    desk: Desk, server: ScriptedFilesServer
) -> None:
    server.script("GET", "/files/file-gone", [Stall()])
    choose(desk, 0)
    desk.wait(lambda: server.waiting)
    desk.window.backend.session.details.retrieve("file-in")  # as the inspector of the files does
    choose(desk, 1)
    choose(desk, 0)
    desk.wait_to_see("Its input file has been deleted.")


def test_a_batch_chosen_while_the_list_loads_stays_chosen(
    desk: Desk, server: ScriptedFilesServer
) -> None:
    server.jobs.batches.append(served_batch(id="batch_new", created_at=int(time.time())))
    server.script("GET", "/batches", [Stall()])
    choose(desk, 2)
    desk.window.late.show_job(JobKind.BATCHES, "batch_new")
    server.wait_until_stalled()
    choose(desk, 1)
    server.release()
    desk.wait_to_see("4 batches")
    assert chosen(desk) == "batch_done"


def test_keys_look_inside_the_results_and_lead_back_to_the_same_batch(desk: Desk) -> None:
    table_of(desk).setFocus()
    desk.key(Qt.Key.Key_Down)
    desk.key(Qt.Key.Key_Down)
    desk.key(Qt.Key.Key_Return)
    desk.wait(lambda: looks_inside(desk, "batch_1_output.jsonl"))
    desk.wait_to_see("Esc goes back to the batches")
    desk.key(Qt.Key.Key_Escape)
    desk.wait(lambda: table_of(desk).hasFocus())
    assert chosen(desk) == "batch_done"
    desk.key(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "batch_done"
    desk.key(Qt.Key.Key_Escape)
    desk.wait(lambda: desk.table.hasFocus())
    assert desk.names()


def test_the_errors_of_a_batch_are_read_once_when_it_is_chosen(
    desk: Desk, server: ScriptedFilesServer
) -> None:
    choose(desk, 1)
    desk.wait_to_see("400 too_long: Far too long", "1 kind")
    choose(desk, 2)
    desk.wait_to_see("invalid_url: Wrong URL. First in line 2.")
    choose(desk, 1)
    desk.wait_to_see("400 too_long: Far too long")
    assert len(server.requests_to("GET", "/files/file-err/content")) == 1
    assert server.requests_to("GET", "/files/file-out/content") == []


def test_errors_that_cannot_be_read_are_told(desk: Desk, server: ScriptedFilesServer) -> None:
    server.script("GET", "/files/file-err/content", [api_error(403, "Not for you")])
    choose(desk, 1)
    why = "The server doesn't allow this. The server says: Not for you"
    desk.wait_to_see(f"The errors couldn't be read: {why}")


def test_files_that_are_selected_elsewhere_cannot_be_deleted_from_here(desk: Desk) -> None:
    desk.choose_purpose("All files")
    desk.select("other.jsonl")
    desk.wait(lambda: desk.button("Delete").isEnabled())
    desk.choose_purpose("Batches")
    assert not desk.button("Delete").isEnabled()
    assert not desk.button("Download").isEnabled()
    choose(desk, 1)
    desk.press("Look inside results")
    desk.wait(lambda: looks_inside(desk, "batch_1_output.jsonl"))
    assert not desk.window.commands.delete.isEnabled()
    desk.key(Qt.Key.Key_Escape)
    desk.key(Qt.Key.Key_Escape)
    desk.wait(lambda: desk.window.commands.delete.isEnabled())
    assert desk.selected() == ["other.jsonl"]


def test_batches_are_searched_by_name_and_id(desk: Desk) -> None:
    desk.key(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    field = not_none(desk.window.findChild(JobSearch))
    assert field.hasFocus()
    assert field.accessibleName() == "Search batches by name or ID"
    QTest.keyClicks(field, "TYPO")
    assert ids(desk) == ["batch_failed"]
    desk.wait_to_see("3 batches · 1 found")
    QTest.keyClicks(field, "x")
    desk.wait_to_see("No batch matches “TYPOx”")
    desk.key(Qt.Key.Key_Escape)
    assert ids(desk) == ["no name", "batch_done", "batch_failed"]
    desk.key(Qt.Key.Key_Down)
    desk.wait(lambda: table_of(desk).hasFocus())
    desk.choose_purpose("All files")
    assert field.isHidden()
    assert desk.search.isVisible()


def test_all_three_files_are_downloaded(desk: Desk) -> None:
    choose(desk, 1)
    desk.press("Download all three")
    for name in ("sweep.jsonl", "batch_1_output.jsonl", "elsewhere.jsonl"):
        desk.wait_for_transfer(name, TransferState.DONE)
    assert (desk.downloads / "sweep.jsonl").read_bytes() == SENT


def test_the_retry_takes_the_files_of_the_batch_whatever_their_names(desk: Desk) -> None:
    choose(desk, 1)
    desk.press("Retry unfinished lines…")
    dialog = instance_of(RetryDialog, desk.dialog("Retry unfinished lines"))
    desk.wait(lambda: "2 of 2 results belong to this file." in desk.texts(dialog))
    assert (dialog.chosen_input, dialog.chosen_other) == ("file-in", "file-err")
    dialog.reject()


def test_the_retry_names_a_file_that_is_not_in_the_list(
    desk: Desk, server: ScriptedFilesServer
) -> None:
    server.add(
        served_file(
            "late.jsonl",
            id="file-late",
            purpose="batch_output",
            content=jsonl(refused("2", 429, "rate_limit_exceeded", "Slow down")),
        )
    )
    choose(desk, 1)
    batch = instance_of(Batch, table_of(desk).job)
    changed = structs.replace(batch, error_file_id="file-late")
    desk.deliver([JobsChanged("acme", JobKind.BATCHES, (changed,))])
    desk.wait_to_see("late.jsonl", "on the server")
    desk.press("Retry unfinished lines…")
    dialog = instance_of(RetryDialog, desk.dialog("Retry unfinished lines"))
    desk.wait(lambda: "2 of 2 results belong to this file." in desk.texts(dialog))
    chosen = [
        box.currentText() for box in dialog.findChildren(QComboBox) if box.currentData() is not None
    ]
    assert [text.partition(" · ")[0] for text in chosen] == ["sweep.jsonl", "late.jsonl"]
    dialog.reject()


def test_the_errors_of_a_batch_are_told_from_its_answers_whatever_their_name(desk: Desk) -> None:
    choose(desk, 1)
    desk.press("Look inside results")
    desk.wait_to_see("Find the requests…")
    desk.press("Find the requests…")
    dialog = instance_of(RetryDialog, desk.dialog("Find the requests"))
    desk.wait(lambda: "2 of 2 results belong to this file." in desk.texts(dialog))
    desk.press("Show requests", dialog)
    desk.wait_to_see(", errors from ", "elsewhere.jsonl")


def test_batches_that_ended_while_it_was_closed_are_told_once_and_their_outputs_saved(
    server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    output = served_file("late.jsonl", id="file-late", purpose="batch_output", content=b"{}\n")
    server.jobs.batches.append(running_batch(id="batch_other"))
    first = open_desk(accounts=[account_at(server)])
    first.wait_to_see("Updated")
    first.choose_purpose("Batches")
    first.wait_to_see("4 batches · 2 not ended yet")
    first.end()
    server.add(output)
    for batch in server.jobs.batches[-2:]:
        batch.update(status="completed", completed_at=int(time.time()), output_file_id=None)
    server.jobs.batches[-1].update(output_file_id="file-late")
    second = open_desk(accounts=[account_at(server)], save_batch_outputs=True)
    second.wait_to_see("2 batches ended since ")
    second.wait_for_transfer("batch_other_output.jsonl", TransferState.DONE)
    second.end()
    third = open_desk(accounts=[account_at(server)], save_batch_outputs=True)
    third.wait_to_see("Updated")
    third.choose_purpose("Batches")
    third.wait_to_see("4 batches")
    assert not third.sees("ended since")
    assert len(server.requests_to("GET", "/files/file-late/content")) == 1


def test_a_cancel_asks_once(desk: Desk, server: ScriptedFilesServer) -> None:
    choose(desk, 0)
    desk.press("Cancel batch")
    question = desk.dialog("Cancel batch")
    assert "Cancel “batch_runs”?" in desk.texts(question)
    desk.press("Keep running", question)
    desk.press("Cancel batch")
    desk.press("Cancel batch", desk.dialog("Cancel batch"))
    desk.wait_to_see("Canceling, 2 of 10 done")
    assert server.jobs.batches[-1]["status"] == "cancelling"
    assert not desk.button("Cancel batch").isEnabled()


def test_leaving_the_account_takes_back_the_question(
    desk: Desk, server: ScriptedFilesServer
) -> None:
    choose(desk, 0)
    desk.press("Cancel batch")
    question = desk.dialog("Cancel batch")
    desk.remove_account("acme")
    desk.wait(lambda: question not in desk.dialogs())
    assert server.jobs.batches[-1]["status"] == "in_progress"


def test_a_batch_that_cannot_be_canceled_says_why(desk: Desk, server: ScriptedFilesServer) -> None:
    choose(desk, 0)
    server.jobs.batches[-1].update(status="completed", completed_at=1_700_000_900)
    desk.press("Cancel batch")
    desk.press("Cancel batch", desk.dialog("Cancel batch"))
    desk.wait_to_see("Cannot cancel a batch with status 'completed'.", "Completed, none failed")


def test_a_server_without_batches_says_so(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.jobs.offered.clear()
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_to_see("No files yet")
    desk.choose_purpose("Batches")
    desk.wait_to_see("This server has no batches")
    files_server.jobs.offered.add("batches")
    desk.press("Try again")
    desk.wait_to_see("No batches yet")


def test_a_key_that_may_not_list_batches_says_so(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    refusal = api_error(403, "You have insufficient permissions for this operation.")
    files_server.script("GET", "/batches", [refusal] * 4)
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_to_see("No files yet")
    desk.choose_purpose("Batches")
    desk.wait_to_see("You have insufficient permissions for this operation.")


def test_long_lists_are_requested_to_the_end_once_somebody_looks(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.jobs.batches += [served_batch() for _number in range(250)]
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_to_see("No files yet")
    desk.choose_purpose("Batches")
    desk.wait_to_see("250 batches", "Updated")


def test_a_batch_is_shown_from_elsewhere(desk: Desk, server: ScriptedFilesServer) -> None:
    desk.choose_purpose("All files")
    desk.window.late.show_job(JobKind.BATCHES, "batch_failed")
    desk.wait(lambda: chosen(desk) == "batch_failed" and table_of(desk).hasFocus())
    server.jobs.batches.append(served_batch(id="batch_new"))
    desk.window.late.show_job(JobKind.BATCHES, "batch_new")
    desk.wait(lambda: chosen(desk) == "batch_new")
    desk.window.late.show_job(JobKind.BATCHES, "batch_none")
    desk.wait_to_see("This batch is no longer in the list")


def test_another_account_starts_with_its_files(desk: Desk) -> None:
    desk.window.backend.open("acme")
    desk.wait(lambda: bool(desk.names()))
    assert not table_of(desk).isVisible()
    desk.choose_purpose("Batches")
    desk.wait_to_see("3 batches")


def test_all_parts_have_names(desk: Desk) -> None:
    choose(desk, 1)
    assert table_of(desk).accessibleName() == "Batches"
    for field in desk.window.findChildren(QLineEdit):
        assert field.accessibleName() or not field.isVisible()
    inspector = desk.button("Look inside results").parentWidget()
    for text in not_none(inspector).findChildren(QLabel):
        assert text.textFormat() is Qt.TextFormat.PlainText


def ask_to_start(desk: Desk) -> QDialog:
    desk.choose_purpose("All files")
    desk.select("sweep.jsonl")
    desk.wait(lambda: desk.window.commands.start_batch.isVisible())
    desk.press("Start a batch…")
    dialog = desk.dialog("Start a batch")
    desk.wait(lambda: "2 lines" in desk.texts(dialog))
    return dialog


def field(dialog: QDialog, name: str) -> QComboBox:
    (found,) = [one for one in dialog.findChildren(QComboBox) if one.accessibleName() == name]
    return found


def test_a_batch_is_started_from_its_file(desk: Desk, server: ScriptedFilesServer) -> None:
    dialog = ask_to_start(desk)
    assert field(dialog, "Endpoint").currentText() == "/v1/chat/completions"
    assert "\nm\n" in desk.texts(dialog)
    keeping = field(dialog, "Delete output files")
    keeping.setCurrentIndex(keeping.findText("After 7 days"))
    desk.press("Start batch", dialog)
    desk.wait_to_see("4 batches · 2 not ended yet · 1 selected", "Batch started: sweep")
    (request,) = server.requests_to("POST", "/batches")
    assert request.json == {
        "input_file_id": "file-in",
        "endpoint": "/v1/chat/completions",
        "completion_window": "24h",
        "metadata": {"name": "sweep"},
        "output_expires_after": {"anchor": "created_at", "seconds": 7 * 86_400},
    }
    assert chosen(desk) == server.jobs.batches[-1]["id"]


def test_a_batch_is_not_started_without_a_yes(desk: Desk, server: ScriptedFilesServer) -> None:
    dialog = ask_to_start(desk)
    field(dialog, "Endpoint").setCurrentText("")
    assert not desk.button("Start batch", dialog).isEnabled()
    assert desk.button("Cancel", dialog).hasFocus()
    desk.key(Qt.Key.Key_Return)
    desk.wait(lambda: not desk.dialogs())
    assert not server.requests_to("POST", "/batches")


def test_a_refusal_is_told_in_the_dialog(desk: Desk, server: ScriptedFilesServer) -> None:
    dialog = ask_to_start(desk)
    server.script("POST", "/batches", [api_error(400, "This model can't be used.")])
    desk.press("Start batch", dialog)
    desk.wait(lambda: "This model can't be used." in desk.texts(dialog))
    assert desk.button("Start batch", dialog).isEnabled()


def test_what_becomes_of_an_earlier_batch_leaves_a_new_dialog_alone(
    desk: Desk, server: ScriptedFilesServer
) -> None:
    server.script("POST", "/batches", [Stall()])
    desk.press("Start batch", ask_to_start(desk))
    server.wait_until_stalled()
    desk.key(Qt.Key.Key_Escape)
    dialog = ask_to_start(desk)
    server.release()
    desk.wait_to_see("Batch started: sweep")
    assert dialog.isVisible()
    refusal = problem("This model can't be used.")
    desk.deliver([BatchNotStarted("acme", 1, refusal)])
    assert "This model can't be used." in desk.texts(desk.window.messages)
    assert "This model can't be used." not in desk.texts(dialog)
    desk.press("Start batch", dialog)
    desk.wait_to_see("5 batches")


def test_after_a_lost_answer_the_list_is_looked_at_and_nothing_is_sent_again(
    desk: Desk, server: ScriptedFilesServer
) -> None:
    dialog = ask_to_start(desk)
    server.script("POST", "/batches", [Reset(Moment.AFTER_BODY, carried_out=True)])
    desk.press("Start batch", dialog)
    desk.wait_to_see("4 batches · 2 not ended yet")
    assert not desk.dialogs()
    assert len(server.requests_to("POST", "/batches")) == 1


def test_a_batch_is_started_again_under_its_name(desk: Desk, server: ScriptedFilesServer) -> None:
    choose(desk, 2)
    desk.press("Start again…")
    dialog = desk.dialog("Start a batch")
    desk.wait(lambda: "2 lines" in desk.texts(dialog))
    desk.press("Start batch", dialog)
    desk.wait_to_see("Batch started: typo")
    assert server.jobs.batches[-1]["input_file_id"] == "file-in"


def test_an_uploaded_batch_file_offers_to_start_it(desk: Desk) -> None:
    overlay = desk.drag(desk.write("new.jsonl"))
    desk.drop(overlay, "batch")
    sheet = desk.dialog("Upload files")
    desk.wait(lambda: desk.button("Upload 1 file", sheet).isEnabled())
    desk.press("Upload 1 file", sheet)
    desk.wait_to_see("Uploaded: new.jsonl")
    desk.press("Start a batch…")
    dialog = desk.dialog("Start a batch")
    desk.wait(lambda: "1 line" in desk.texts(dialog))
    dialog.reject()


def finish(desk: Desk, server: ScriptedFilesServer) -> None:
    """The running batch ends, and is looked at again."""
    server.jobs.batches[-1].update(
        status="completed",
        completed_at=int(time.time()),
        output_file_id="file-out",
        request_counts={"total": 10, "completed": 10, "failed": 0},
    )
    desk.window.backend.session.jobs.watch.look()


def test_a_batch_that_has_ended_is_told_and_leads_to_its_results(
    desk: Desk, server: ScriptedFilesServer
) -> None:
    desk.choose_purpose("All files")
    finish(desk, server)
    desk.wait_to_see("Batch “batch_runs”: Completed")
    desk.press("Look inside results")
    desk.wait(lambda: looks_inside(desk, "batch_1_output.jsonl"))
    desk.key(Qt.Key.Key_Escape)
    desk.wait(lambda: chosen(desk) == "batch_runs")
    assert not desk.transfers()


def test_the_output_of_a_batch_is_saved_if_the_settings_say_so(
    desk: Desk, server: ScriptedFilesServer
) -> None:
    desk.settings.change(save_batch_outputs=True)
    finish(desk, server)
    saved = desk.downloads / "batch_runs_output.jsonl"
    desk.wait_for_transfer(saved.name, TransferState.DONE)
    assert saved.read_bytes() == jsonl(succeeded("1"))
