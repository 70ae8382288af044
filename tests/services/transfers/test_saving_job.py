"""A missing folder, or one on an unplugged disk: nothing is created in its place."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.disk.partial_file import PartialFile, part_path
from services.disk.when_taken import WhenTaken
from services.problems.disk_errors import error_writing
from services.problems.errors import FilesError, ProblemKind
from services.transfers.events import TransferChanged
from services.transfers.jobs import DownloadJob, ZipJob
from services.transfers.saving_job import with_mounts
from services.transfers.transfer import Transfer, TransferState
from tests.services.transfers.conftest import Wharf
from tests.support.factories import remote_file
from tests.support.served_files import Ranges, ServedFile, served_file
from tests.support.server_faults import Delivery, rate_limited

CONTENT = os.urandom(300_000)

SavedJob = DownloadJob | ZipJob


@pytest.fixture
def file(wharf: Wharf) -> ServedFile:
    made = served_file("output.jsonl", purpose="batch_output", content=CONTENT)
    wharf.server.add(made)
    return made


@pytest.fixture
def usb_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mount point that counts as mounted while a file `attached` exists next to it."""
    folder = tmp_path / "media" / "USB"
    folder.mkdir(parents=True)
    attached = folder.with_name("attached")
    attached.touch()
    ismount = os.path.ismount

    def as_the_system(path: str | Path) -> bool:
        return attached.exists() if Path(path) == folder else ismount(path)

    monkeypatch.setattr(os.path, "ismount", as_the_system)
    return folder


def alone(file: ServedFile, folder: Path, **more: Any) -> SavedJob:
    seen = remote_file(file.filename, id=file.id, size=file.size)
    return DownloadJob(seen, folder, WhenTaken.KEEP_BOTH, **more)


def zipped(file: ServedFile, folder: Path, **more: Any) -> SavedJob:
    seen = remote_file(file.filename, id=file.id, size=file.size)
    return ZipJob((seen,), folder, "files.zip", WhenTaken.KEEP_BOTH, **more)


both = pytest.mark.parametrize("make", [alone, zipped])


def kind_of(ended: Transfer) -> ProblemKind | None:
    return ended.problem.kind if ended.problem is not None else None


def add(wharf: Wharf, job: SavedJob) -> None:
    [with_mount] = with_mounts([job])
    wharf.add(with_mount)


def resume(wharf: Wharf) -> None:
    [transfer_id] = {event.transfer.id for event in wharf.events.all(TransferChanged)}
    wharf.queue.resume([transfer_id])


@both
@pytest.mark.parametrize("inner", ["out", "out/deep", "."])
def test_missing_folder_pauses_and_is_never_created(
    wharf: Wharf, file: ServedFile, tmp_path: Path, make: Callable[..., SavedJob], inner: str
) -> None:
    folder = tmp_path / "USB" / inner
    add(wharf, make(file, folder))
    assert kind_of(wharf.wait_for(TransferState.PAUSED)) is ProblemKind.FOLDER_MISSING
    assert not (tmp_path / "USB").exists()
    assert wharf.server.requests == []
    folder.mkdir(parents=True)
    resume(wharf)
    assert wharf.end().state is TransferState.DONE
    assert len(list(folder.iterdir())) == 1


@both
def test_mount_point_of_an_unplugged_disk_is_not_used(
    wharf: Wharf, file: ServedFile, usb_disk: Path, make: Callable[..., SavedJob]
) -> None:
    job = make(file, usb_disk)
    [with_mount] = with_mounts([job])
    attached = usb_disk.with_name("attached")
    attached.unlink()
    wharf.add(with_mount)
    assert kind_of(wharf.wait_for(TransferState.PAUSED)) is ProblemKind.FOLDER_MISSING
    assert list(usb_disk.iterdir()) == []
    assert wharf.server.requests == []
    attached.touch()
    resume(wharf)
    assert wharf.end().state is TransferState.DONE
    assert len(list(usb_disk.iterdir())) == 1


@both
def test_link_to_an_unplugged_disk_is_not_followed(
    wharf: Wharf, file: ServedFile, usb_disk: Path, tmp_path: Path, make: Callable[..., SavedJob]
) -> None:
    (tmp_path / "link").symlink_to(usb_disk)
    [with_mount] = with_mounts([make(file, tmp_path / "link")])
    usb_disk.with_name("attached").unlink()
    wharf.add(with_mount)
    assert kind_of(wharf.wait_for(TransferState.PAUSED)) is ProblemKind.FOLDER_MISSING
    assert list(usb_disk.iterdir()) == []


@both
def test_folder_removed_during_a_download_pauses_it(
    wharf: Wharf, file: ServedFile, tmp_path: Path, make: Callable[..., SavedJob]
) -> None:
    folder = tmp_path / "USB"
    folder.mkdir()
    wharf.server.next(Delivery(stall_after=100_000))
    add(wharf, make(file, folder))
    wharf.server.wait_until_stalled()
    away = tmp_path / "away"
    folder.rename(away)
    wharf.server.release()
    assert kind_of(wharf.wait_for(TransferState.PAUSED)) is ProblemKind.FOLDER_MISSING
    assert not folder.exists()
    away.rename(folder)
    resume(wharf)
    assert wharf.end().state is TransferState.DONE
    assert len(list(folder.iterdir())) == 1


def test_part_on_an_unplugged_disk_is_not_resumed(
    wharf: Wharf, file: ServedFile, usb_disk: Path
) -> None:
    """Its end may never have reached the disk."""
    wharf.server.ranges = Ranges.STRONG
    wharf.server.next(Delivery(stall_after=100_000))
    job = alone(file, usb_disk)
    add(wharf, job)
    wharf.server.wait_until_stalled()
    usb_disk.with_name("attached").unlink()
    aside = usb_disk.with_name("aside")
    usb_disk.rename(aside)
    wharf.server.release()
    assert kind_of(wharf.wait_for(TransferState.PAUSED)) is ProblemKind.FOLDER_MISSING
    aside.rename(usb_disk)
    usb_disk.with_name("attached").touch()
    resume(wharf)
    assert wharf.end().state is TransferState.DONE
    assert [request.headers.get("range") for request in wharf.server.requests] == [None, None]
    assert [path.read_bytes() for path in usb_disk.iterdir()] == [CONTENT]


@both
def test_own_folder_is_created_without_its_parents(
    wharf: Wharf, file: ServedFile, tmp_path: Path, make: Callable[..., SavedJob]
) -> None:
    folder = tmp_path / "home" / "Downloads"
    add(wharf, make(file, folder, makes_folder=True))
    assert kind_of(wharf.wait_for(TransferState.PAUSED)) is ProblemKind.FOLDER_MISSING
    assert not folder.parent.exists()
    folder.parent.mkdir()
    resume(wharf)
    assert wharf.end().state is TransferState.DONE
    assert len(list(folder.iterdir())) == 1


@both
def test_file_in_place_of_the_folder_is_reported(
    wharf: Wharf, file: ServedFile, tmp_path: Path, make: Callable[..., SavedJob]
) -> None:
    (tmp_path / "out").write_bytes(b"old")
    add(wharf, make(file, tmp_path / "out", makes_folder=True))
    assert kind_of(wharf.end()) is ProblemKind.FOLDER_UNWRITABLE
    assert (tmp_path / "out").read_bytes() == b"old"


def test_download_finished_before_unplugging_is_not_fetched_again(
    wharf: Wharf, file: ServedFile, usb_disk: Path
) -> None:
    target = usb_disk / "output.jsonl"
    target.write_bytes(CONTENT)
    attached = usb_disk.with_name("attached")
    seen = remote_file(file.filename, id=file.id, size=file.size)
    job = DownloadJob(
        seen,
        usb_disk,
        WhenTaken.KEEP_BOTH,
        target=target,
        target_size=300_000,
        target_modified_ns=7,
    )
    [with_mount] = with_mounts([job])
    attached.unlink()
    wharf.add(with_mount)
    wharf.wait_for(TransferState.PAUSED)
    attached.touch()
    resume(wharf)
    ended = wharf.end()
    # It may have been changed since: the time is that of the download.
    assert (ended.path, ended.modified_ns) == (target, 7)
    assert wharf.server.requests == []
    assert [path.name for path in usb_disk.iterdir()] == ["output.jsonl"]


def test_failure_to_create_the_own_folder_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_named: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    job = DownloadJob(remote_file(), tmp_path / "own", WhenTaken.KEEP_BOTH, makes_folder=True)
    with pytest.raises(FilesError) as caught:
        job.require_folder()
    assert caught.value.problem.kind is ProblemKind.FOLDER_UNWRITABLE


# Full disks and crashes

PART_STAYS = "downloads, then resume. Nothing is downloaded twice."


@pytest.mark.parametrize("ranges", [Ranges.STRONG, Ranges.NONE])
def test_full_disk_keeps_a_resumable_part(
    wharf: Wharf, file: ServedFile, ranges: Ranges, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = PartialFile.write
    room = [100_000]

    def write_while_there_is_room(partial: PartialFile, piece: bytes) -> None:
        if partial.written >= room[0]:
            reason = OSError(errno.ENOSPC, "No space left on device")
            raise error_writing(reason, wharf.folder / "x")
        write(partial, piece)

    monkeypatch.setattr(PartialFile, "write", write_while_there_is_room)
    wharf.server.ranges = ranges
    wharf.server.next(Delivery(drip=100_000))
    wharf.download(file)
    paused = wharf.wait_for(TransferState.PAUSED)
    assert kind_of(paused) is ProblemKind.DISK_FULL
    kept = sum(map(len, wharf.saved.values()))
    assert (kept >= 100_000) is (ranges is Ranges.STRONG)
    assert (kept == 0) is (ranges is Ranges.NONE)
    assert paused.problem is not None
    assert (PART_STAYS in paused.problem.advice) is (ranges is Ranges.STRONG)
    room[0] = 10**9
    resume(wharf)
    wharf.end()
    expected = f"bytes={kept}-" if ranges is Ranges.STRONG else None
    assert [one.headers.get("range") for one in wharf.server.requests] == [None, expected]
    assert wharf.saved == {"output.jsonl": CONTENT}


def left_by_a_crash(job: DownloadJob | ZipJob, name: str) -> Path:
    part = part_path(job.folder, name, job.part_mark)
    part.write_bytes(b"half")
    return part


def test_zip_part_left_by_a_crash_is_rewritten(wharf: Wharf, file: ServedFile) -> None:
    job = zipped(file, wharf.folder)
    left_by_a_crash(job, "files.zip")
    wharf.add(job)
    assert wharf.end().state is TransferState.DONE
    assert list(wharf.saved) == ["files.zip"]


def test_cancel_before_the_first_attempt_removes_the_zip_part(
    wharf: Wharf, file: ServedFile
) -> None:
    wharf.server.next(rate_limited(retry_after="60"))
    wharf.download(file)
    first = wharf.wait_for(TransferState.WAITING)
    job = zipped(file, wharf.folder)
    left_by_a_crash(job, "files.zip")
    wharf.add(job)
    held = wharf.events.wait_for(
        TransferChanged,
        lambda event: (
            event.transfer.id != first.id and event.transfer.state is TransferState.WAITING
        ),
    ).transfer
    wharf.queue.cancel([first.id, held.id])
    wharf.events.wait_for_count(
        TransferChanged, 2, lambda event: event.transfer.state is TransferState.CANCELLED
    )
    assert wharf.saved == {}


def test_untrusted_part_is_not_resumed(wharf: Wharf, file: ServedFile) -> None:
    wharf.server.ranges = Ranges.STRONG
    job = alone(file, wharf.folder)
    left_by_a_crash(job, "output.jsonl")
    wharf.add(job)
    assert wharf.end().state is TransferState.DONE
    assert [one.headers.get("range") for one in wharf.server.requests] == [None]
    assert wharf.saved == {"output.jsonl": CONTENT}
