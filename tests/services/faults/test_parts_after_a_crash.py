"""Part files left by a killed program can't be trusted, so they are never appended to."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec import structs

from services.disk.partial_file import part_path
from services.disk.when_taken import WhenTaken
from services.transfers.events import TransferChanged
from services.transfers.jobs import DownloadJob, ZipJob
from services.transfers.journal import Journal, JournalRow
from services.transfers.transfer import TransferState
from tests.services.transfers.conftest import Wharf
from tests.support.factories import remote_file
from tests.support.served_files import Ranges, ServedFile, etag_of, served_file

ROOT = Path(__file__).resolve().parents[3]
CONTENT = os.urandom(300_000)
HERE = 100_000


@pytest.fixture
def file(wharf: Wharf) -> ServedFile:
    made = served_file("output.jsonl", purpose="batch_output", content=CONTENT)
    wharf.server.add(made)
    wharf.server.ranges = Ranges.STRONG
    return made


def restore(wharf: Wharf, folder: Path, job: DownloadJob | ZipJob, state: str) -> None:
    """Restore a journal with one transfer in this state."""
    journal = Journal(folder / "queue.sqlite")
    started = structs.replace(job.new_transfer(1, "acme", 1, 1), state=TransferState(state))
    journal.write([JournalRow(started, job, 1)])
    wharf.queue.restore(journal)
    [restored] = wharf.events.all(TransferChanged)
    assert restored.transfer.state is TransferState.PAUSED
    wharf.events.clear()


def requested_ranges(wharf: Wharf) -> list[str | None]:
    return [request.headers.get("range") for request in wharf.server.requests]


@pytest.mark.parametrize(
    ("state", "requested"),
    [
        ("running", None),
        ("waiting", None),
        ("paused", "bytes=100000-"),
        ("queued", "bytes=100000-"),
    ],
)
def test_only_a_part_left_by_a_pause_is_resumed(
    wharf: Wharf, file: ServedFile, tmp_path: Path, state: str, requested: str | None
) -> None:
    seen = remote_file(file.filename, id=file.id, size=file.size)
    job = DownloadJob(seen, wharf.folder, WhenTaken.KEEP_BOTH, etag=etag_of(file))
    part = part_path(wharf.folder, file.filename, job.part_mark)
    # The last writes before the crash may be garbage.
    part.write_bytes(CONTENT[:HERE] if requested else bytes(HERE))
    restore(wharf, tmp_path, job, state)
    wharf.queue.resume([1])
    assert wharf.end().state is TransferState.DONE
    assert requested_ranges(wharf) == [requested]
    assert wharf.saved == {"output.jsonl": CONTENT}


@pytest.mark.parametrize("then", ["resume", "cancel"])
def test_zip_part_is_never_left_over(
    wharf: Wharf, file: ServedFile, tmp_path: Path, then: str
) -> None:
    seen = remote_file(file.filename, id=file.id, size=file.size)
    job = ZipJob((seen,), wharf.folder, "files.zip", WhenTaken.KEEP_BOTH)
    part_path(wharf.folder, "files.zip", job.part_mark).write_bytes(b"half")
    restore(wharf, tmp_path, job, "running")
    getattr(wharf.queue, then)([1])
    wharf.end()
    assert list(wharf.saved) == (["files.zip"] if then == "resume" else [])


KILLED_AFTER_RESERVING_THE_NAME = """
import errno, os, signal, sys
from pathlib import Path
from services.disk import safe_rename
from services.disk.when_taken import WhenTaken
from services.disk.partial_file import PartialFile

def refuse(*_arguments):
    raise OSError(errno.EPERM, "Operation not permitted")

os.link = refuse
safe_rename.rename_atomically = lambda _path, _target: False
os.replace = lambda *_arguments: os.kill(os.getpid(), signal.SIGKILL)
with PartialFile(Path(sys.argv[1]), sys.argv[2], sys.argv[3]) as partial:
    partial.write(b"x" * 1000)
    partial.finish(WhenTaken.KEEP_BOTH, lambda target: print(target, flush=True))
"""


@pytest.mark.parametrize("kind", ["download", "zip"])
@pytest.mark.parametrize("then", ["resume", "cancel"])
def test_name_reserved_before_a_kill_is_used_or_released(
    wharf: Wharf, file: ServedFile, tmp_path: Path, kind: str, then: str
) -> None:
    seen = remote_file(file.filename, id=file.id, size=file.size)
    job: DownloadJob | ZipJob
    if kind == "zip":
        name = "files.zip"
        job = ZipJob((seen,), wharf.folder, name, WhenTaken.KEEP_BOTH)
    else:
        name = file.filename
        job = DownloadJob(seen, wharf.folder, WhenTaken.KEEP_BOTH)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_AFTER_RESERVING_THE_NAME, wharf.folder, name, job.part_mark],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert wharf.saved[name] == b""
    with_target = structs.replace(job, target=Path(killed.stdout.strip()), target_size=1000)
    restore(wharf, tmp_path, with_target, "running")
    getattr(wharf.queue, then)([1])
    assert wharf.end().state is TransferState("done" if then == "resume" else "cancelled")
    assert list(wharf.saved) == ([name] if then == "resume" else [])


@pytest.mark.parametrize("then", ["resume", "cancel"])
def test_empty_file_stays_until_it_is_replaced(
    wharf: Wharf, file: ServedFile, tmp_path: Path, then: str
) -> None:
    seen = remote_file(file.filename, id=file.id, size=file.size)
    target = wharf.folder / file.filename
    target.touch()
    job = DownloadJob(seen, wharf.folder, WhenTaken.REPLACE, target=target, target_size=9)
    part_path(wharf.folder, file.filename, job.part_mark).write_bytes(b"whole one")
    restore(wharf, tmp_path, job, "running")
    getattr(wharf.queue, then)([1])
    wharf.end()
    assert wharf.saved == {file.filename: CONTENT if then == "resume" else b""}
