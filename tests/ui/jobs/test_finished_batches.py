"""Batches that have ended are told."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from services.accounts.settings import SettingsStore
from services.api.batch import Batch
from services.api.remote_file import RemoteFile
from services.jobs.events import JobsEnded
from services.jobs.job_kind import JobKind
from tests.support.recording_engine import RecordingEngine
from tests.ui.jobs.some_batches import batch, failed
from ui.jobs.batches.finished_batches import FinishedBatches
from ui.messages.desktop_notifier import DesktopNotifier
from ui.messages.message_bar import MessageBar

NOW = datetime(2026, 11, 30, 18).astimezone().timestamp()


class Bench:
    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.settings = SettingsStore(folder / "settings.json", lambda job: job())
        self.engine = RecordingEngine(self.settings)
        self.window = QWidget()  # never shown, so another window is in front
        qtbot.addWidget(self.window)
        self.messages = MessageBar(self.window)
        notifier = DesktopNotifier(self.window, lambda: False)
        self.notified: list[str] = []
        notifier.notified.connect(self.notified.append)
        self.shown: list[Batch] = []
        self.downloads: list[RemoteFile] = []
        FinishedBatches(
            self.window,
            self.engine.backend,
            self.messages,
            notifier,
            self.shown.append,
            self.downloads.extend,
            lambda: NOW,
        )

    def end(
        self, *batches: Batch, kind: JobKind = JobKind.BATCHES, since: float | None = None
    ) -> None:
        self.engine.publish(JobsEnded("acme", kind, batches, since))

    def buttons(self) -> list[QPushButton]:
        buttons = self.messages.findChildren(QPushButton)
        return [one for one in buttons if one.text() in ("Look inside results", "Show batch")]


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Bench:
    return Bench(qtbot, tmp_path)


def test_one_batch_is_named_and_leads_to_its_results(bench: Bench) -> None:
    bench.end(batch(7))
    assert bench.notified == ["Batch “invoices-7”: Completed, 31 failed"]
    (button,) = bench.buttons()
    assert button.text() == "Look inside results"
    button.click()
    assert bench.shown == [batch(7)]
    assert bench.downloads == []


def test_one_without_results_is_shown_in_the_list(bench: Bench) -> None:
    bench.end(failed(3))
    assert bench.notified == ["Batch “invoices-3”: Failed"]
    (button,) = bench.buttons()
    assert button.text() == "Show batch"


def test_several_are_counted(bench: Bench) -> None:
    bench.end(batch(1), failed(2))
    assert bench.notified == ["2 batches have ended"]
    assert bench.buttons() == [] or not bench.buttons()[0].isVisibleTo(bench.messages)


@pytest.mark.parametrize(
    ("days", "words"), [(0, "09:12"), (1, "yesterday"), (3, "27 Nov"), (365, "30 Nov 2025")]
)
def test_those_that_ended_while_nobody_looked_are_told_with_the_time(
    bench: Bench, days: int, words: str
) -> None:
    looked_at = datetime(2026, 11, 30, 9, 12).astimezone() - timedelta(days=days)
    bench.end(batch(1), failed(2), since=looked_at.timestamp())
    assert bench.notified == [f"2 batches ended since {words}"]
    bench.end(batch(7), since=looked_at.timestamp())
    assert bench.notified[1:] == ["Batch “invoices-7”: Completed, 31 failed"]


def test_outputs_of_those_are_saved_too(bench: Bench) -> None:
    bench.settings.change(save_batch_outputs=True)
    bench.end(batch(1), failed(2), since=NOW - 1000)
    assert [one.id for one in bench.downloads] == ["file-out-1"]


def test_other_jobs_are_not_told_here(bench: Bench) -> None:
    bench.end(kind=JobKind.FINE_TUNING)
    assert bench.notified == []


def test_outputs_are_saved_only_if_the_settings_say_so(bench: Bench) -> None:
    bench.settings.change(save_batch_outputs=True)
    bench.end(batch(1), failed(2))
    assert [(one.id, one.name) for one in bench.downloads] == [
        ("file-out-1", "batch_0001_output.jsonl")
    ]


def test_outputs_are_not_saved_twice_if_all_new_ones_are(bench: Bench) -> None:
    bench.settings.change(save_batch_outputs=True, save_outputs_to={"acme": "/outputs"})
    bench.end(batch(1))
    assert bench.downloads == []
    bench.settings.change(save_outputs_to={"team": "/outputs"})
    bench.end(batch(1))
    assert len(bench.downloads) == 1
