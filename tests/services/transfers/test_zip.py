"""Several downloads as one archive, written as they arrive."""

import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from services.api.remote_file import RemoteFile
from services.disk.when_taken import WhenTaken
from services.problems.errors import ProblemKind
from services.transfers.events import TransferChanged
from services.transfers.jobs import ZipJob
from services.transfers.transfer import TransferState
from services.transfers.zip_archive import zip_name
from tests.services.transfers.conftest import ATTEMPTS, SOON, Wharf
from tests.support.factories import remote_file
from tests.support.full_disk import fill_disk_under_partial_files
from tests.support.served_files import ServedFile, served_file
from tests.support.server_faults import Delivery, Fault, Framing, Stall, api_error, unavailable

KEEP, REPLACE, SKIP = WhenTaken.KEEP_BOTH, WhenTaken.REPLACE, WhenTaken.SKIP


def seen(file: ServedFile, **different: object) -> RemoteFile:
    fields = {"id": file.id, "size": file.size, "created_at": file.created_at}
    return remote_file(file.filename, **(fields | different))  # type: ignore[arg-type]


def fetch(wharf: Wharf, *files: RemoteFile, when_taken: WhenTaken = KEEP) -> None:
    wharf.add(ZipJob(tuple(files), wharf.folder, "files.zip", when_taken))


def unpacked(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def three(wharf: Wharf) -> list[ServedFile]:
    files = [
        served_file("a.jsonl", content=b'{"x": 1}\n' * 10_000),
        served_file("b.bin", content=os.urandom(300_000)),
        served_file("empty.txt", content=b""),
    ]
    wharf.server.add(*files)
    return files


def test_archive_holds_identical_bytes(wharf: Wharf, three: list[ServedFile]) -> None:
    fetch(wharf, *map(seen, three))
    ended = wharf.end()
    assert wharf.states == "QUEUED RUNNING DONE"
    assert ended.path == wharf.folder / "files.zip"
    assert ended.done == ended.total == sum(file.size for file in three)
    assert unpacked(ended.path) == {file.filename: file.content for file in three}
    assert list(wharf.saved) == ["files.zip"]
    assert ended.path.stat().st_size < 310_000  # the first compresses to almost nothing


def test_progress_only_rises_up_to_the_total(wharf: Wharf, three: list[ServedFile]) -> None:
    fetch(wharf, *map(seen, three))
    total = wharf.end().total
    progress = [event.transfer.done for event in wharf.events.all(TransferChanged)]
    assert progress == sorted(progress)
    assert progress[-1] == total


def test_files_with_the_same_name_get_numbers(wharf: Wharf) -> None:
    names = ["a.txt", "a.txt", "A.TXT", "../a.txt", "a (2).txt", "..\\..\\b"]
    files = [served_file(name, content=b"%d" % number) for number, name in enumerate(names)]
    wharf.server.add(*files)
    fetch(wharf, *map(seen, files))
    path = wharf.end().path
    assert path is not None
    found = unpacked(path)
    assert sorted(found.values()) == [b"0", b"1", b"2", b"3", b"4", b"5"]
    assert len({name.casefold() for name in found}) == 6
    assert all("/" not in name and "\\" not in name for name in found)


@pytest.mark.parametrize("created_at", [None, 0, 1, 315_532_800, 4_354_819_199, 9_999_999_999])
@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_files_of_any_date_can_be_archived(
    wharf: Wharf, created_at: int | None, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    file = served_file("a.txt", content=b"x")
    wharf.server.add(file)
    odd = RemoteFile(file.id, "a.txt", "batch", 1, created_at=created_at)
    fetch(wharf, odd)
    ended = wharf.end()
    monkeypatch.undo()
    time.tzset()
    assert ended.state is TransferState.DONE


def test_archive_is_complete_after_a_retry(wharf: Wharf, three: list[ServedFile]) -> None:
    wharf.server.next(None, Delivery(cut_after=1000), unavailable(503), None, None)
    fetch(wharf, *map(seen, three))
    path = wharf.end().path
    assert wharf.states == "QUEUED RUNNING WAITING RUNNING WAITING RUNNING DONE"
    assert path is not None
    assert unpacked(path) == {file.filename: file.content for file in three}


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        Delivery(length_lie=1000),
        Delivery(cut_after=100_000, framing=Framing.CLOSE),
        Delivery(cut_after=0, framing=Framing.CLOSE),
    ],
    ids=repr,
)
def test_wrong_content_length_leaves_no_archive(
    wharf: Wharf, three: list[ServedFile], fault: Fault
) -> None:
    wharf.server.script("GET", f"/files/{three[1].id}/content", [fault] * ATTEMPTS)
    fetch(wharf, *map(seen, three))
    ended = wharf.end()
    assert ended.problem is not None
    assert ended.state is TransferState.FAILED
    assert wharf.saved == {}


def test_one_refused_file_leaves_no_archive(wharf: Wharf, three: list[ServedFile]) -> None:
    wharf.server.next(None, api_error(404, "No such File object"))
    fetch(wharf, *map(seen, three))
    ended = wharf.end()
    assert ended.problem is not None
    assert ended.problem.kind is ProblemKind.NOT_FOUND
    assert wharf.saved == {}


@pytest.mark.parametrize("fault", [Stall(), Delivery(stall_after=100_000)], ids=repr)
def test_cancel_leaves_nothing(wharf: Wharf, three: list[ServedFile], fault: Fault) -> None:
    wharf.server.next(None, fault)
    fetch(wharf, *map(seen, three))
    wharf.server.wait_until_stalled()
    assert wharf.cancel() < SOON
    assert wharf.saved == {}


def test_pause_leaves_nothing_and_resume_starts_over(wharf: Wharf, three: list[ServedFile]) -> None:
    wharf.server.next(None, Delivery(stall_after=100_000))
    fetch(wharf, *map(seen, three))
    wharf.server.wait_until_stalled()
    [transfer_id] = {event.transfer.id for event in wharf.events.all(TransferChanged)}
    wharf.queue.pause([transfer_id])
    wharf.wait_for(TransferState.PAUSED)
    assert wharf.saved == {}
    wharf.queue.resume([transfer_id])
    path = wharf.end().path
    assert path is not None
    assert unpacked(path) == {file.filename: file.content for file in three}


def test_full_disk_pauses_the_archive_and_leaves_nothing(wharf: Wharf) -> None:
    large = served_file("large.bin", content=os.urandom(8_000_000))
    wharf.server.add(large)
    wharf.server.next(Delivery(stall_after=4_000_000))
    fetch(wharf, seen(large))
    wharf.server.wait_until_stalled()
    assert fill_disk_under_partial_files() == 1
    wharf.server.release()
    paused = wharf.wait_for(TransferState.PAUSED)
    assert paused.problem is not None
    assert paused.problem.kind is ProblemKind.DISK_FULL
    assert wharf.saved == {}


@pytest.mark.parametrize(
    ("when_taken", "state", "names"),
    [
        (KEEP, TransferState.DONE, ["files (2).zip", "files.zip"]),
        (REPLACE, TransferState.DONE, ["files.zip"]),
        (SKIP, TransferState.CANCELLED, ["files.zip"]),
    ],
)
def test_existing_archive_is_handled_as_requested(
    wharf: Wharf,
    three: list[ServedFile],
    when_taken: WhenTaken,
    state: TransferState,
    names: list[str],
) -> None:
    (wharf.folder / "files.zip").write_bytes(b"old")
    fetch(wharf, seen(three[0]), when_taken=when_taken)
    assert wharf.end().state is state
    assert sorted(wharf.saved) == names
    assert (wharf.saved["files.zip"] == b"old") is (when_taken is not REPLACE)


def test_archive_name_has_count_and_date(own_folders: Callable[..., object]) -> None:
    noon = time.mktime((2026, 11, 20, 12, 0, 0, 0, 0, -1))
    assert zip_name(12, noon) == "12 files 2026-11-20.zip"
