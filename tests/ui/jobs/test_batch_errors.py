"""Which files with errors are read for the inspector of a batch, and what is told of them."""

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from services.accounts.events import AccountOpening
from services.accounts.settings import SettingsStore
from services.api.batch import Batch
from services.api.remote_file import RemoteFile
from services.previews.batches.batch_summary import BatchSummary, SummaryProgress, summarize
from services.previews.events import ErrorsNotRead, ErrorsRead, ResultsAdded
from tests.services.previews.batches.test_batch_summary import refused, write
from tests.support.factories import account, problem
from tests.support.narrowing import not_none
from tests.support.recording_engine import RecordingEngine
from tests.ui.jobs.some_batches import batch, failed
from ui.downloading.refused_content import RefusedContent
from ui.jobs.batches.batch_errors import BatchErrors, ShownErrors
from ui.jobs.batches.batch_words import ErrorCount

READING = ShownErrors(note="Reading the errors…")


def errors_file(number: int) -> RemoteFile:
    return RemoteFile(f"file-err-{number}", purpose="batch_output")


class Bench:
    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.folder = folder
        self.engine = RecordingEngine(SettingsStore(folder / "settings.json", lambda job: job()))
        self.refused = RefusedContent()
        self.refused.switch_account(account(id="acme"))
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.errors = BatchErrors(self.window, self.engine.backend, self.refused)
        self.changes = 0
        self.errors.changed.connect(self._count)

    def _count(self) -> None:
        self.changes += 1

    def pass_time(self) -> None:
        """As if the delay were over."""
        timer = not_none(self.errors.findChild(QTimer))
        if timer.isActive():
            timer.stop()
            timer.timeout.emit()

    def look_for(self, number: int) -> None:
        self.errors.look_for(errors_file(number))
        self.pass_time()

    def summary(self, *codes: str) -> BatchSummary:
        path = write(self.folder / "errors", *(refused("1", 400, code, "Wrong") for code in codes))
        lines = ((line, len(line)) for line in path.read_bytes().splitlines(keepends=True))
        return list(summarize(lines))[-1].summary

    def of(self, shown: Batch) -> ShownErrors:
        return self.errors.of(shown)

    @property
    def read(self) -> list[tuple[object, ...]]:
        return self.engine.arguments_of("batch_files.read_errors")


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Bench:
    return Bench(qtbot, tmp_path)


def shown(*counts: tuple[int, str], note: str = "") -> ShownErrors:
    return ShownErrors(tuple(ErrorCount(*one) for one in counts), note)


def test_the_errors_of_a_batch_are_read_once(bench: Bench) -> None:
    bench.look_for(1)
    assert bench.read == [(errors_file(1), True)]
    assert bench.of(batch(1)) == READING
    bench.engine.publish(ErrorsRead("file-err-1", bench.summary("b", "a", "a"), True))
    assert bench.changes == 1
    assert bench.of(batch(1)) == shown((2, "400 a: Wrong"), (1, "400 b: Wrong"))
    bench.look_for(1)
    assert len(bench.read) == 1


def test_moving_through_the_list_reads_only_where_one_stays(bench: Bench) -> None:
    bench.errors.look_for(errors_file(1))
    bench.errors.look_for(errors_file(2))
    bench.errors.look_for(errors_file(2))
    assert bench.read == []
    bench.pass_time()
    assert bench.read == [(errors_file(2), True)]
    assert bench.engine.arguments_of("batch_files.cancel_errors") == []
    bench.errors.look_for(errors_file(3))
    assert bench.engine.arguments_of("batch_files.cancel_errors") == [()]
    bench.errors.look_for(None)
    bench.pass_time()
    assert len(bench.read) == 1


def test_the_errors_of_one_batch_are_never_shown_with_another(bench: Bench) -> None:
    bench.look_for(1)
    bench.look_for(2)
    bench.engine.publish(ErrorsRead("file-err-1", bench.summary("a"), True))
    assert bench.of(batch(2)) == READING
    assert bench.of(batch(1)) == shown((1, "400 a: Wrong"))
    bench.engine.publish(ErrorsNotRead("file-err-1", problem("Gone")))
    assert bench.of(batch(2)) == READING
    assert bench.of(batch(3)) == ShownErrors()


def test_a_file_that_was_not_read_to_its_end_is_told_until_somebody_adds_it_up(
    bench: Bench,
) -> None:
    bench.look_for(1)
    bench.engine.publish(ErrorsRead("file-err-1", bench.summary("a", "a"), False))
    note = "In the first 2 lines of the file."
    assert bench.of(batch(1)) == shown((2, "400 a: Wrong"), note=note)
    sums = SummaryProgress(9, bench.summary("a", "a", "a"))
    bench.engine.publish(ResultsAdded("file-err-1", sums))
    assert bench.of(batch(1)).note == note
    sums = SummaryProgress(9, bench.summary("a", "a", "a"), is_complete=True)
    bench.engine.publish(ResultsAdded("file-err-1", sums))
    assert bench.of(batch(1)) == shown((3, "400 a: Wrong"))


def test_why_they_could_not_be_read_is_told_and_they_are_read_again_later(bench: Bench) -> None:
    bench.look_for(1)
    bench.engine.publish(ErrorsNotRead("file-err-1", problem("No connection")))
    why = "No connection. Try again in a minute."
    assert bench.of(batch(1)).note == f"The errors couldn't be read: {why}"
    bench.look_for(1)
    assert len(bench.read) == 1
    bench.look_for(2)
    bench.look_for(1)
    assert bench.read[2] == (errors_file(1), True)
    assert bench.of(batch(1)) == READING


def test_a_server_that_refuses_the_content_is_not_asked(bench: Bench) -> None:
    bench.refused.add("acme", "batch_output", "No")
    bench.look_for(1)
    assert bench.read == [(errors_file(1), False)]
    bench.engine.publish(ErrorsNotRead("file-err-1", None))
    words = "The errors couldn't be read: The server refused the download: No"
    assert bench.of(batch(1)).note == words


def test_what_a_batch_tells_itself_comes_first(bench: Bench) -> None:
    counts = bench.of(failed(1)).counts
    assert [one.number for one in counts] == [2, 1]


def test_another_account_forgets_all(bench: Bench) -> None:
    bench.look_for(1)
    bench.engine.publish(ErrorsRead("file-err-1", bench.summary("a"), True))
    bench.errors.look_for(errors_file(2))
    bench.engine.publish(AccountOpening(account(id="team")))
    bench.pass_time()
    assert (bench.of(batch(1)), bench.of(batch(2))) == (ShownErrors(), ShownErrors())
    assert len(bench.read) == 1


def test_the_errors_of_many_batches_are_not_all_kept(bench: Bench) -> None:
    summary = bench.summary("a")
    for number in range(101):
        bench.engine.publish(ErrorsRead(f"file-err-{number}", summary, True))
    assert bench.of(batch(0)) == ShownErrors()
    assert bench.of(batch(1)).counts
