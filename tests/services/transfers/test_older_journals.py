"""Everything in the journals of earlier versions is restored."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.api.remote_file import RemoteFile
from services.disk.local_file import LocalFile, UploadRequest
from services.disk.when_taken import WhenTaken
from services.problems.errors import Problem, ProblemKind
from services.transfers.events import TransferChanged
from services.transfers.jobs import AnyJob, DeleteJob, DownloadJob, UploadJob, ZipJob
from services.transfers.journal import Journal, OwnedFile
from services.transfers.lost_answers import SeenBefore
from services.transfers.transfer import Transfer, TransferKind, TransferState
from services.transfers.transfer_queue import TransferQueue
from tests.support.events import EventLog
from tests.support.scripted_jobs import ScriptedJobs

JOURNAL_0_1 = Path(__file__).with_name("journals") / "queue_0_1.sqlite"
"""Written by version 0.1, with every kind of job in several states."""
SENT_AT = 1_799_999_000.0
NOW = SENT_AT + 1_000
"""Early enough that ended transfers are still kept."""

State = TransferState
Kind = TransferKind

PLACE: dict[str, Any] = {"destination": "salt https://api.example.com/v1"}
DOWNLOADS = Path("/home/ada/Downloads")
SEEN = SeenBefore(("file-x",), 1_780_000_000, 1_780_000_100)
WARNING = Problem(ProblemKind.DIFFERS, "Other size", "Look at it", "5 != 6")


def upload(name: str, **more: Any) -> UploadJob:
    path = Path("/home/ada") / name
    file = LocalFile(path, name, 1200, 1_790_000_000_000_000_000, "batch")
    request = UploadRequest(file, "batch", 3600)
    return UploadJob(request, mark=f"mark-of-{name}", **PLACE, **more)


def remote(name: str) -> RemoteFile:
    return RemoteFile(
        f"file-{name}", f"{name}.jsonl", "batch", 1200, 1_780_000_000, status="processed"
    )


def download(name: str, **more: Any) -> DownloadJob:
    more = {"part_mark": f"part{name}", "mount": Path("/"), **PLACE, **more}
    return DownloadJob(remote(name), DOWNLOADS, WhenTaken.KEEP_BOTH, **more)


def archive(name: str, **more: Any) -> ZipJob:
    more = {"part_mark": f"part{name}", "mount": Path("/"), **PLACE, **more}
    files = (remote(name), remote(f"{name}-2"))
    return ZipJob(files, DOWNLOADS, f"{name}.zip", WhenTaken.REPLACE, **more)


def delete(name: str, **more: Any) -> DeleteJob:
    return DeleteJob(remote(name), **PLACE, **more)


JOBS: list[AnyJob] = [
    upload("queued.jsonl"),
    upload("running.jsonl", seen_before=SEEN),
    upload("confirming.jsonl", sent_since=SENT_AT, seen_before=SEEN, sha256="ab" * 32),
    upload(
        "uncertain.jsonl",
        sent_since=SENT_AT,
        sent_until=SENT_AT + 5,
        seen_before=SEEN,
        sha256="cd" * 32,
        sent_anew=1,
    ),
    upload("done.jsonl"),
    download("queued"),
    download(
        "running",
        etag='"v1"',
        target=DOWNLOADS / "running.jsonl",
        target_size=1200,
        warning=WARNING,
    ),
    download("paused", etag='"v2"', makes_folder=True),
    download("failed"),
    archive("waiting"),
    archive("done", target=DOWNLOADS / "done.zip", target_size=900, warning=WARNING),
    delete("queued"),
    delete("running", tried=True),
    delete("cancelled"),
]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(shutil.copyfile(JOURNAL_0_1, tmp_path / "queue.sqlite"))


@pytest.fixture
def events(journal: Journal) -> Iterator[EventLog]:
    """The events of a queue that restores the journal."""
    events = EventLog()
    queue = TransferQueue(events, ScriptedJobs(), wall_clock=lambda: NOW)
    queue.restore(journal)
    yield events
    queue.close()
    assert queue.join(time.monotonic() + 5)


def transfers(events: EventLog) -> list[Transfer]:
    return [event.transfer for event in events.all(TransferChanged)]


def test_every_job_is_unchanged(journal: Journal) -> None:
    assert journal.set_aside is None
    assert [row.job for row in journal.rows()] == JOBS
    assert journal.owned_files() == [
        OwnedFile("https://api.example.com/v1", "file-cleared", SENT_AT)
    ]
    journal.close()


def test_unfinished_transfers_are_restored_paused(events: EventLog) -> None:
    assert [(one.id, one.kind, one.name, one.state) for one in transfers(events)] == [
        (1, Kind.UPLOAD, "queued.jsonl", State.PAUSED),
        (2, Kind.UPLOAD, "running.jsonl", State.PAUSED),
        (3, Kind.UPLOAD, "confirming.jsonl", State.PAUSED),
        (4, Kind.UPLOAD, "uncertain.jsonl", State.UNCERTAIN),
        (5, Kind.UPLOAD, "done.jsonl", State.DONE),
        (6, Kind.DOWNLOAD, "queued.jsonl", State.PAUSED),
        (7, Kind.DOWNLOAD, "running.jsonl", State.PAUSED),
        (8, Kind.DOWNLOAD, "paused.jsonl", State.PAUSED),
        (9, Kind.DOWNLOAD, "failed.jsonl", State.FAILED),
        (10, Kind.DOWNLOAD, "waiting.zip", State.PAUSED),
        (11, Kind.DOWNLOAD, "done.zip", State.DONE),
        (12, Kind.DELETE, "queued.jsonl", State.PAUSED),
        (13, Kind.DELETE, "running.jsonl", State.PAUSED),
        (14, Kind.DELETE, "cancelled.jsonl", State.CANCELLED),
    ]


def test_visible_details_are_restored(events: EventLog) -> None:
    by_id = {one.id: one for one in transfers(events)}
    assert by_id[4].candidates == ("file-m", "file-n")
    assert by_id[4].problem == Problem(
        ProblemKind.KEY_MISSING, "Title", "Advice", "detail", 500, "req-1"
    )
    assert (by_id[5].file_id, by_id[5].warning) == ("file-done", WARNING)
    assert (by_id[8].done, by_id[8].keeps_part) == (700, True)
    assert by_id[11].path == DOWNLOADS / "done.zip"
