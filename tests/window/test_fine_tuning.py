"""Fine-tuning jobs in the whole window: their files, their errors, and what they learned."""

import pytest
from PySide6.QtCore import Qt

from services.jobs.job_kind import JobKind
from tests.support.files_server import ScriptedFilesServer
from tests.support.narrowing import not_none
from tests.support.served_files import served_file
from tests.support.served_jobs import served_job
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk, account_at
from ui.inside.inside_page import InsidePage
from ui.jobs.job_table import JobTable

METRICS = b"step,train_loss,train_accuracy\n1,2.0,0.1\n2,1.5,0.3\n3,1.0,0.5\n4,0.5,0.7\n"


@pytest.fixture
def server(files_server: ScriptedFilesServer) -> ScriptedFilesServer:
    """A job that succeeded, one that failed, and one that runs."""
    files_server.add(
        served_file("train.jsonl", id="file-train", purpose="fine-tune", content=b"{}\n"),
        served_file("step_metrics.csv", id="file-result", purpose="fine-tune-results",
                    content=METRICS),
    )  # fmt: skip
    files_server.jobs.fine_tuning += [
        served_job(
            id="ftjob-good",
            metadata={"name": "support-chat"},
            model="gpt-4.1-mini",
            fine_tuned_model="ft:gpt-4.1-mini:acme::1",
            training_file="file-train",
            result_files=["file-result"],
            hyperparameters={"n_epochs": 2, "batch_size": "auto"},
        ),
        served_job(
            id="ftjob-bad",
            status="failed",
            fine_tuned_model=None,
            training_file="file-train",
            result_files=[],
            error={"code": "invalid_training_file", "message": "Line 3 has no messages."},
        ),
        served_job(
            id="ftjob-runs",
            status="running",
            fine_tuned_model=None,
            finished_at=None,
            training_file="file-gone",
            result_files=[],
        ),
    ]
    return files_server


@pytest.fixture
def desk(server: ScriptedFilesServer, open_desk: OpenDesk) -> Desk:
    """The account Acme, and its list of fine-tuning jobs."""
    made = open_desk(accounts=[account_at(server)])
    made.wait_for_files("train.jsonl", "step_metrics.csv")
    made.choose_purpose("Fine-tuning")
    made.wait(lambda: jobs(made).model().rowCount() == 3)
    jobs(made).setFocus()
    return made


def jobs(desk: Desk) -> JobTable:
    """The list of fine-tuning jobs."""
    tables = desk.window.findChildren(JobTable)
    return next(one for one in tables if one.accessibleName() == "Fine-tuning")


def cells(desk: Desk, row: int) -> list[str]:
    """What assistive technology reads of a row."""
    model = jobs(desk).model()
    return [str(model.index(row, column).data()) for column in range(model.columnCount())]


def test_the_list_says_what_became_of_the_jobs(desk: Desk) -> None:
    runs, bad, good = (cells(desk, row) for row in range(3))
    assert good[:3] == [
        "support-chat, ftjob-good",
        "Succeeded",
        "gpt-4.1-mini, ft:gpt-4.1-mini:acme::1",
    ]
    assert good[4] == "train.jsonl, file-train"
    assert bad[1] == "Failed, Line 3 has no messages."
    assert runs[1:3] == ["Running", "gpt-4.1-mini, not made yet"]
    desk.wait_to_see("3 fine-tuning jobs · 1 not ended yet")


def test_the_error_of_a_failed_job_is_shown(desk: Desk) -> None:
    jobs(desk).select_id("ftjob-bad")
    desk.wait_to_see("Line 3 has no messages.", "There is no result file.")
    assert not desk.button("Look at curves").isEnabled()
    desk.key(Qt.Key.Key_Return)
    assert jobs(desk).isVisible()


def test_the_curves_are_looked_at_and_left_again(desk: Desk) -> None:
    jobs(desk).select_id("ftjob-good")
    desk.key(Qt.Key.Key_Return)
    desk.wait_to_see("4 steps", "Esc goes back to the fine-tuning jobs")
    (page,) = desk.window.findChildren(InsidePage)
    assert not_none(page.file).id == "file-result"
    assert any("support-chat · gpt-4.1-mini · " in words for words in desk.texts().split("\n"))
    assert page.views.curves.epochs == [2]
    desk.key(Qt.Key.Key_Escape)
    assert jobs(desk).hasFocus()
    assert not_none(jobs(desk).job).id == "ftjob-good"


def test_links_lead_to_the_files(desk: Desk) -> None:
    jobs(desk).select_id("ftjob-good")
    desk.press("train.jsonl")
    desk.wait(desk.table.isVisible)
    assert desk.selected() == ["train.jsonl"]
    desk.window.late.show_job(JobKind.FINE_TUNING, "ftjob-runs")
    desk.wait_to_see("file-gone", "deleted")


def test_jobs_are_found_by_their_model(desk: Desk) -> None:
    desk.window.workspace.focus_search()
    for letter in (Qt.Key.Key_A, Qt.Key.Key_C, Qt.Key.Key_M, Qt.Key.Key_E):
        desk.key(letter)
    desk.wait(lambda: jobs(desk).model().rowCount() == 1)
    assert cells(desk, 0)[0] == "support-chat, ftjob-good"


def test_jobs_sorted_by_training_file_are_sorted_again_when_names_become_known(
    desk: Desk, server: ScriptedFilesServer
) -> None:
    jobs(desk).horizontalHeader().sectionClicked.emit(4)
    assert [cells(desk, row)[4] for row in range(3)] == [
        "file-gone",
        "train.jsonl, file-train",
        "train.jsonl, file-train",
    ]
    jobs(desk).select_id("ftjob-good")
    server.add(served_file("zebra.jsonl", id="file-gone", purpose="fine-tune"))
    desk.window.backend.session.listing.refresh()
    desk.wait(lambda: cells(desk, 2)[4] == "zebra.jsonl, file-gone")
    assert not_none(jobs(desk).job).id == "ftjob-good"


def test_no_jobs_at_all(files_server: ScriptedFilesServer, open_desk: OpenDesk) -> None:
    files_server.add(served_file("a.md"))
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_for_files("a.md")
    desk.choose_purpose("Fine-tuning")
    desk.wait_to_see("No fine-tuning jobs yet")
