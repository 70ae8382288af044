"""Which files are read to find the requests of a batch, and when."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from services.accounts.settings import SettingsStore
from services.api.remote_file import RemoteFile
from services.previews.batches.retry_lines import UNANSWERED, JoinedBatch
from services.previews.events import BatchJoined, JoinFailed, JoinProgressed, RetryWritten
from tests.services.previews.batches.test_batch_summary import succeeded, write
from tests.services.previews.batches.test_retry_lines import join, request, write_requests
from tests.support.factories import account, problem, remote_file
from tests.support.recording_engine import RecordingEngine
from ui.downloading.refused_content import RefusedContent
from ui.inside.results.joined_files import JoinedFiles
from ui.inside.results.retry_dialog import RetryDialog
from ui.inside.results.retry_flow import RetryFlow

NOW = 1_800_000_000
MIB = 1024 * 1024
OUTPUT = remote_file("batch_1_output.jsonl", id="out", purpose="batch_output", created_at=NOW)
ERRORS = remote_file("batch_1_error.jsonl", id="err", purpose="batch_output", created_at=NOW)


def input_file(number: int, size: int = 1_000) -> RemoteFile:
    """The lower the number, the likelier."""
    created = NOW - number
    return remote_file(f"{number}.jsonl", id=f"file-{number}", size=size, created_at=created)


class Flow:
    """The flow in an account of the official service, with an engine that answers nothing."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.folder = folder
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.engine = RecordingEngine(SettingsStore(folder / "settings.json", lambda job: job()))
        self.engine.backend.account = account(provider_id="openai")
        self.engine.backend.is_open = True
        self.refused = RefusedContent()
        self.files: Sequence[RemoteFile] = ()
        self.reviewed: list[Path] = []
        self.joined: list[JoinedFiles] = []
        self.flow = RetryFlow(
            self.window,
            self.engine.backend,
            self.reviewed.append,
            lambda: self.files,
            self.refused,
            lambda: NOW,
        )
        self.flow.joined.connect(self.joined.append)

    def retry(self, *files: RemoteFile) -> None:
        self.files = (OUTPUT, ERRORS, *files)
        self.flow.retry(OUTPUT)

    @property
    def dialogs(self) -> list[QDialog]:
        return [one for one in self.window.findChildren(RetryDialog) if one.isVisible()]

    @property
    def tried(self) -> list[str]:
        """The names of the inputs that were read."""
        return [start[1].name for start in self.engine.arguments_of("joins.start")]

    @property
    def request(self) -> int:
        number = self.engine.arguments_of("joins.start")[-1][0]
        assert isinstance(number, int)
        return number

    def batch(self, *answered: str) -> JoinedBatch:
        requests = write_requests(self.folder / "input", map(request, "ab"))
        return join(requests, write(self.folder / "out", *map(succeeded, answered)))

    def texts(self) -> list[str]:
        (dialog,) = self.dialogs
        return [one.text() for one in dialog.findChildren(QLabel) if one.isVisible()]


@pytest.fixture
def flow(qtbot: QtBot, tmp_path: Path) -> Flow:
    return Flow(qtbot, tmp_path)


def test_the_likeliest_file_is_read_with_both_results(flow: Flow) -> None:
    flow.retry(input_file(2), input_file(1))
    ((_number, requests, results),) = flow.engine.arguments_of("joins.start")
    assert requests.file == input_file(1)
    assert [source.file for source in results] == [OUTPUT, ERRORS]
    flow.engine.publish(JoinProgressed(flow.request, "1.jsonl", 10, 1_000))
    assert "Reading 1.jsonl: 10 bytes of 1 KB" in flow.texts()


def test_the_next_ones_are_read_until_one_fits(flow: Flow) -> None:
    flow.retry(*map(input_file, range(9)))
    flow.engine.publish(BatchJoined(flow.request, flow.batch("x")))
    flow.engine.publish(JoinFailed(flow.request, is_input=True, problem=problem("Refused")))
    assert flow.tried == ["0.jsonl", "1.jsonl", "2.jsonl"]
    flow.engine.publish(BatchJoined(flow.request, flow.batch("a")))
    assert "1 of 1 result belongs to this file." in flow.texts()
    assert flow.tried == ["0.jsonl", "1.jsonl", "2.jsonl"]


def test_after_a_few_that_do_not_fit_it_stops(flow: Flow) -> None:
    flow.retry(*map(input_file, range(9)))
    for _try in range(5):
        flow.engine.publish(BatchJoined(flow.request, flow.batch("x")))
    assert len(flow.tried) == 5
    assert "The only result doesn't belong to this file." in flow.texts()


def test_large_files_are_not_read_unasked(flow: Flow) -> None:
    flow.retry(input_file(1, 100 * MIB), input_file(2, 100 * MIB), input_file(3))
    flow.engine.publish(BatchJoined(flow.request, flow.batch("x")))
    assert flow.tried == ["1.jsonl"]


def test_results_that_can_not_be_read_are_told_at_once(flow: Flow) -> None:
    flow.retry(input_file(1), input_file(2))
    failure = problem("The connection was lost", advice="Try again.")
    flow.engine.publish(JoinFailed(flow.request, is_input=False, problem=failure))
    assert flow.tried == ["1.jsonl"]
    assert "The connection was lost. Try again." in flow.texts()


def test_who_chooses_a_file_gets_no_other(flow: Flow) -> None:
    flow.retry(input_file(1), input_file(2), input_file(3))
    (dialog,) = flow.dialogs
    box = next(one for one in dialog.findChildren(QComboBox) if one.accessibleName() == "Requests")
    box.setCurrentIndex(2)
    box.activated.emit(2)
    flow.engine.publish(BatchJoined(flow.request, flow.batch("x")))
    assert flow.tried == ["1.jsonl", "3.jsonl"]
    assert "The only result doesn't belong to this file." in flow.texts()


def test_what_may_not_be_downloaded_is_not_asked_for(flow: Flow) -> None:
    flow.refused.add("", "batch", "No")
    flow.retry(input_file(1))
    ((_number, requests, results),) = flow.engine.arguments_of("joins.start")
    assert requests.refusal == "The server refused the download: No"
    assert [source.refusal for source in results] == ["", ""]


def test_without_batch_files_one_has_to_be_chosen(flow: Flow) -> None:
    flow.retry()
    assert flow.tried == []
    sentence = "There are no batch files in this account. Choose the file on this computer."
    assert sentence in flow.texts()


def test_the_answers_to_earlier_requests_are_ignored(flow: Flow) -> None:
    flow.retry(input_file(1), input_file(2))
    earlier = flow.request
    flow.engine.publish(BatchJoined(earlier, flow.batch("x")))
    flow.engine.publish(BatchJoined(earlier, flow.batch("a")))
    flow.engine.publish(JoinFailed(earlier, is_input=True, problem=problem("Old")))
    flow.engine.publish(JoinProgressed(earlier, "old", 1, 2))
    assert flow.texts().count("Reading 2.jsonl…") == 1


def test_the_new_file_is_reviewed(flow: Flow) -> None:
    flow.retry(input_file(1), remote_file("1-retry.jsonl", id="file-9", created_at=NOW - 9))
    batch = flow.batch("a")
    flow.engine.publish(BatchJoined(flow.request, batch))
    (dialog,) = flow.dialogs
    assert isinstance(dialog, RetryDialog)
    dialog.confirmed.emit(frozenset({UNANSWERED}))
    ((number, joined, chosen, name, taken),) = flow.engine.arguments_of("joins.write_retry")
    assert (joined, chosen, name) == (batch, frozenset({UNANSWERED}), "1.jsonl")
    assert "1-retry.jsonl" in taken
    flow.engine.publish(RetryWritten(number - 1, Path("old"), 1))
    assert flow.reviewed == []
    flow.engine.publish(RetryWritten(number, Path("new"), 1))
    assert flow.reviewed == [Path("new")]
    assert [one.joined for one in flow.joined] == [batch]
    assert flow.dialogs == []
    assert flow.engine.last == ("joins.keep_only", (set(),))


def test_what_the_page_shows_is_kept(flow: Flow) -> None:
    flow.flow.joined.connect(flow.flow.keep)
    flow.retry(input_file(1))
    flow.engine.publish(BatchJoined(flow.request, flow.batch("a")))
    (dialog,) = flow.dialogs
    assert isinstance(dialog, RetryDialog)
    dialog.confirmed.emit(frozenset())
    assert flow.flow.shown == flow.joined[0]
    assert flow.engine.last == ("joins.keep_only", ({"file-1"},))
    flow.retry(input_file(0), input_file(1))
    assert flow.tried[-1] == "1.jsonl", "the one that was found before"
    assert flow.engine.arguments_of("joins.keep_only")[-1] == ({"file-1", "out", "err"},)
    flow.flow.keep(None)
    (dialog,) = flow.dialogs
    dialog.reject()
    assert flow.engine.last == ("joins.keep_only", (set(),))


def test_another_account_closes_the_dialog(flow: Flow) -> None:
    flow.retry(input_file(1))
    flow.engine.backend.open("other")
    assert flow.dialogs == []
    flow.engine.backend.is_open = False
    flow.retry(input_file(1))
    assert flow.dialogs == []
