"""Downloads and deletes, as the queue runs them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from services.disk.partial_file import part_path
from services.disk.when_taken import WhenTaken
from services.problems.errors import ProblemKind
from services.transfers.bandwidth import Bandwidth
from services.transfers.events import TransferChanged
from services.transfers.jobs import DownloadJob
from services.transfers.transfer import Transfer, TransferState
from tests.services.transfers.conftest import ATTEMPTS, SOON, Wharf
from tests.support.factories import remote_file
from tests.support.files_server import ScriptedFilesServer
from tests.support.full_disk import fill_disk_under_partial_files
from tests.support.served_files import Ranges, ServedFile, served_file
from tests.support.server_faults import (
    Answer,
    Delivery,
    Fault,
    Framing,
    Moment,
    Refuse,
    Reset,
    Stall,
    StallAtAccept,
    api_error,
    rate_limited,
    redirect,
    unavailable,
)
from tests.support.waiting import wait_for

CONTENT = os.urandom(300_000)


@pytest.fixture
def file(wharf: Wharf) -> ServedFile:
    made = served_file("output.jsonl", purpose="batch_output", content=CONTENT)
    wharf.server.add(made)
    return made


def kind_of(ended: Transfer) -> ProblemKind:
    assert ended.problem is not None
    return ended.problem.kind


def test_download_saves_identical_bytes(wharf: Wharf, file: ServedFile) -> None:
    wharf.download(file)
    ended = wharf.end()
    assert wharf.states == "QUEUED RUNNING DONE"
    assert ended.path == wharf.folder / "output.jsonl"
    assert ended.modified_ns == ended.path.stat().st_mtime_ns
    assert (ended.done, ended.total) == (300_000, 300_000)
    assert wharf.saved == {"output.jsonl": CONTENT}


@pytest.mark.parametrize(
    ("name", "saved_as"),
    [("../../x", "x"), ("aux.jsonl", "_aux.jsonl"), ('a"\n.txt', "a__.txt"), ("..", "file")],
)
def test_hostile_file_names_stay_in_the_folder(wharf: Wharf, name: str, saved_as: str) -> None:
    hostile = served_file(name, content=b"x")
    wharf.server.add(hostile)
    wharf.download(hostile)
    ended = wharf.end()
    assert ended.path == wharf.folder / saved_as
    assert wharf.saved == {saved_as: b"x"}


@pytest.mark.parametrize(
    "delivery",
    [
        Delivery(framing=Framing.CHUNKED),
        Delivery(framing=Framing.CLOSE),
        Delivery(gzip=True),
        Delivery(gzip=True, framing=Framing.CHUNKED),
        Delivery(drip=50_000),
    ],
    ids=repr,
)
@pytest.mark.parametrize("size", [-1, None])
def test_download_is_complete_for_every_transfer_encoding(
    wharf: Wharf, file: ServedFile, delivery: Delivery, size: int | None
) -> None:
    wharf.server.next(delivery)
    wharf.download(file, size=size)
    ended = wharf.end()
    assert wharf.saved == {"output.jsonl": CONTENT}
    assert (ended.done, ended.total) == (300_000, 300_000)


def test_empty_file_is_saved(wharf: Wharf) -> None:
    empty = served_file("error.jsonl", content=b"")
    wharf.server.add(empty)
    wharf.download(empty)
    wharf.end()
    assert wharf.saved == {"error.jsonl": b""}


CUTS: list[Fault] = [
    Delivery(cut_after=100_000),
    Delivery(cut_after=100_000, reset=True),
    Delivery(cut_after=100_000, framing=Framing.CHUNKED),
    Delivery(cut_after=100_000, framing=Framing.CLOSE),
    Delivery(cut_after=100_000, gzip=True),
    Delivery(cut_after=100_000, gzip=True, framing=Framing.CLOSE),
    Delivery(length_lie=1000),
    Reset(Moment.AFTER_BODY),
    unavailable(503),
]


@pytest.mark.parametrize("fault", CUTS, ids=repr)
def test_truncated_download_is_fetched_again(wharf: Wharf, file: ServedFile, fault: Fault) -> None:
    wharf.server.next(fault)
    wharf.download(file)
    wharf.end()
    assert wharf.states == "QUEUED RUNNING WAITING RUNNING DONE"
    assert wharf.saved == {"output.jsonl": CONTENT}


@pytest.mark.slow
@pytest.mark.parametrize("fault", CUTS, ids=repr)
def test_nothing_is_saved_if_every_attempt_is_truncated(
    wharf: Wharf, file: ServedFile, fault: Fault
) -> None:
    (wharf.folder / "output.jsonl").write_bytes(b"old")
    wharf.server.next(*[fault] * ATTEMPTS)
    wharf.download(file, when_taken=WhenTaken.REPLACE)
    assert wharf.end().state is TransferState.FAILED
    assert wharf.saved == {"output.jsonl": b"old"}
    assert len(wharf.server.requests) == ATTEMPTS


def test_download_honors_retry_after(wharf: Wharf, file: ServedFile) -> None:
    wharf.server.next(rate_limited(retry_after="30", retry_after_ms="15"))
    wharf.download(file)
    wharf.end()
    assert wharf.states == "QUEUED RUNNING WAITING RUNNING DONE"
    assert wharf.wait_for(TransferState.WAITING).wait_seconds == 0.015


def test_redirect_is_followed_without_the_key(
    wharf: Wharf,
    file: ServedFile,
    make_files_server: Callable[..., ScriptedFilesServer],
) -> None:
    other = make_files_server([file], key=None)
    wharf.server.next(redirect(f"{other.base_url}/files/{file.id}/content", 302))
    wharf.download(file)
    wharf.end()
    assert wharf.saved == {"output.jsonl": CONTENT}
    assert "authorization" in wharf.server.requests[0].headers
    assert "authorization" not in other.requests[0].headers


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (api_error(400, "Not allowed to download files of purpose: user_data"), ProblemKind.CONTENT_REFUSED),
        (api_error(404, "No such File object: file-a"), ProblemKind.NOT_FOUND),
    ],
)  # fmt: skip
def test_refused_download_is_not_retried(
    wharf: Wharf, file: ServedFile, answer: Fault, kind: ProblemKind
) -> None:
    wharf.server.next(answer)
    wharf.download(file)
    assert kind_of(wharf.end()) is kind
    assert len(wharf.server.requests) == 1
    assert wharf.saved == {}


# Resuming


def requested_ranges(wharf: Wharf) -> list[str | None]:
    return [request.headers.get("range") for request in wharf.server.requests]


CHANGED = bytes(reversed(CONTENT))


def test_interrupted_download_resumes_where_it_stopped(wharf: Wharf, file: ServedFile) -> None:
    wharf.server.ranges = Ranges.STRONG
    wharf.server.next(
        Delivery(cut_after=100_000), Delivery(cut_after=50_000, reset=False), Refuse()
    )
    wharf.download(file)
    ended = wharf.end()
    assert requested_ranges(wharf)[:3] == [None, "bytes=100000-", "bytes=150000-"]
    assert (ended.done, ended.total) == (300_000, 300_000)
    assert wharf.saved == {"output.jsonl": CONTENT}


def test_what_is_there_already_does_not_count_toward_the_limit_again(
    wharf: Wharf, file: ServedFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent: list[int] = []
    monkeypatch.setattr(Bandwidth, "consume", lambda _self, count, _token: spent.append(count))
    wharf.server.ranges = Ranges.STRONG
    wharf.server.next(Delivery(cut_after=100_000))
    wharf.download(file)
    wharf.end()
    assert requested_ranges(wharf) == [None, "bytes=100000-"]
    assert sum(spent) == 300_000


@pytest.mark.parametrize("ranges", [Ranges.NONE, Ranges.WEAK])
def test_download_starts_over_without_a_strong_etag(
    wharf: Wharf, file: ServedFile, ranges: Ranges
) -> None:
    wharf.server.ranges = ranges
    wharf.server.next(Delivery(cut_after=100_000))
    wharf.download(file)
    wharf.end()
    assert requested_ranges(wharf) == [None, None]
    assert wharf.saved == {"output.jsonl": CONTENT}


def test_file_changed_on_the_server_is_downloaded_completely(
    wharf: Wharf, file: ServedFile
) -> None:
    wharf.server.ranges = Ranges.STRONG
    wharf.server.next(Delivery(stall_after=280_000), Delivery(cut_after=200_000))
    wharf.download(file)
    wharf.server.wait_until_stalled()
    wait_for(lambda: sum(map(len, wharf.saved.values())) > 0, "bytes on the disk")
    [transfer_id] = {event.transfer.id for event in wharf.events.all(TransferChanged)}
    wharf.queue.pause([transfer_id])
    wharf.wait_for(TransferState.PAUSED)
    file.content = CHANGED
    wharf.queue.resume([transfer_id])
    wharf.end()
    first, second, third = requested_ranges(wharf)
    assert (first, third) == (None, "bytes=200000-")
    assert (second or "").startswith("bytes=")
    assert wharf.saved == {"output.jsonl": CHANGED}


@pytest.mark.parametrize(
    "answer",
    [
        Answer(206, (("ETag", '"other"'), ("Content-Range", "bytes 100000-299999/300000")), CHANGED[100_000:]),
        Answer(206, (("Content-Range", "bytes 100000-299999/300000"),), CHANGED[100_000:]),
        Answer(200, (("ETag", '"other"'), ("Content-Range", "bytes 100000-299999/300000")), CHANGED[100_000:]),
        Answer(206, (("ETag", '"other"'), ("Content-Range", "bytes 5-299999/300000")), CHANGED[5:]),
        Answer(200, (("Content-Range", "bytes 100000-299999/300000"),), CHANGED[100_000:]),
        Answer(206, (), CHANGED[100_000:]),
        Answer(206, (("Content-Range", "bytes nonsense"),), CHANGED[100_000:]),
        Answer(416, (), b""),
    ],
    ids=["other tag", "no tag", "200 other tag", "other part", "200 no tag", "no range", "nonsense", "416"],
)  # fmt: skip
@pytest.mark.parametrize("size", [-1, None])
def test_mismatched_range_is_never_appended_to_the_part(
    wharf: Wharf, file: ServedFile, answer: Fault, size: int | None
) -> None:
    wharf.server.ranges = Ranges.STRONG
    wharf.server.next(Delivery(cut_after=100_000), answer)
    wharf.download(file, size=size)
    wharf.end()
    assert requested_ranges(wharf) == [None, "bytes=100000-", None]
    assert wharf.saved == {"output.jsonl": CONTENT}


@pytest.mark.parametrize("ranges", Ranges)
@pytest.mark.parametrize("then", ["cancel", "resume"])
def test_pause_keeps_a_resumable_part_and_cancel_removes_it(
    wharf: Wharf, file: ServedFile, ranges: Ranges, then: str
) -> None:
    wharf.server.ranges = ranges
    wharf.server.next(Delivery(stall_after=100_000))
    wharf.download(file)
    wharf.server.wait_until_stalled()
    [transfer_id] = {event.transfer.id for event in wharf.events.all(TransferChanged)}
    wharf.queue.pause([transfer_id])
    wharf.wait_for(TransferState.PAUSED)
    kept = [name for name in wharf.saved if name.endswith(".part")]
    assert len(kept) == len(wharf.saved) == (1 if ranges is Ranges.STRONG else 0)
    getattr(wharf.queue, then)([transfer_id])
    wharf.end()
    assert wharf.saved == ({} if then == "cancel" else {"output.jsonl": CONTENT})


def test_file_renamed_before_a_crash_is_not_fetched_again(wharf: Wharf, file: ServedFile) -> None:
    target = wharf.folder / "output.jsonl"
    seen = remote_file(file.filename, id=file.id, purpose=file.purpose, size=file.size)
    job = DownloadJob(seen, wharf.folder, WhenTaken.KEEP_BOTH, target=target)
    part = part_path(wharf.folder, "output.jsonl", job.part_mark)
    part.write_bytes(CONTENT)
    os.link(part, target)
    wharf.add(job)
    assert wharf.end().path == target
    assert wharf.saved == {"output.jsonl": CONTENT}
    assert wharf.server.requests == []


# The folder and existing files


def test_existing_file_is_kept_and_the_download_numbered(wharf: Wharf, file: ServedFile) -> None:
    (wharf.folder / "output.jsonl").write_bytes(b"old")
    wharf.download(file)
    assert wharf.end().path == wharf.folder / "output (2).jsonl"
    assert wharf.saved == {"output.jsonl": b"old", "output (2).jsonl": CONTENT}


def test_existing_file_is_replaced_on_request(wharf: Wharf, file: ServedFile) -> None:
    (wharf.folder / "output.jsonl").write_bytes(b"old")
    wharf.download(file, when_taken=WhenTaken.REPLACE)
    wharf.end()
    assert wharf.saved == {"output.jsonl": CONTENT}


@pytest.mark.parametrize(
    ("when_taken", "state"),
    [
        (WhenTaken.KEEP_BOTH, TransferState.DONE),
        (WhenTaken.REPLACE, TransferState.DONE),
        (WhenTaken.SKIP, TransferState.CANCELLED),
    ],
)
def test_decomposed_name_counts_as_existing(
    wharf: Wharf, when_taken: WhenTaken, state: TransferState
) -> None:
    old = wharf.folder / "Re\u0301sume\u0301.txt"
    old.write_bytes(b"old")
    file = served_file("Résumé.txt", content=CONTENT)
    wharf.server.add(file)
    wharf.download(file, when_taken=when_taken)
    assert wharf.end().state is state
    saved = {path.read_bytes() for path in wharf.folder.iterdir()}
    assert (
        saved
        == {
            WhenTaken.KEEP_BOTH: {b"old", CONTENT},
            WhenTaken.REPLACE: {CONTENT},
            WhenTaken.SKIP: {b"old"},
        }[when_taken]
    )
    assert not (wharf.folder / "Résumé.txt").exists() or old.samefile(wharf.folder / "Résumé.txt")


def test_existing_file_is_skipped_without_a_request(wharf: Wharf, file: ServedFile) -> None:
    (wharf.folder / "output.jsonl").write_bytes(b"old")
    wharf.download(file, when_taken=WhenTaken.SKIP)
    ended = wharf.end()
    assert (ended.state, kind_of(ended)) == (TransferState.CANCELLED, ProblemKind.NAME_TAKEN)
    assert wharf.saved == {"output.jsonl": b"old"}
    assert wharf.server.requests == []


def test_part_left_by_a_crash_is_removed_if_the_download_is_skipped(
    wharf: Wharf, file: ServedFile
) -> None:
    (wharf.folder / "output.jsonl").write_bytes(b"old")
    job = DownloadJob(remote_file("output.jsonl", id=file.id), wharf.folder, WhenTaken.SKIP)
    part_path(wharf.folder, "output.jsonl", job.part_mark).write_bytes(b"half")
    wharf.add(job)
    assert wharf.end().state is TransferState.CANCELLED
    assert wharf.saved == {"output.jsonl": b"old"}


def test_file_in_place_of_the_folder_is_reported(
    wharf: Wharf, file: ServedFile, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"old")
    wharf.download(file, folder=tmp_path / "file")
    assert kind_of(wharf.end()) is ProblemKind.FOLDER_UNWRITABLE
    assert (tmp_path / "file").read_bytes() == b"old"
    assert wharf.server.requests == []


def test_file_larger_than_the_disk_is_not_fetched(wharf: Wharf, file: ServedFile) -> None:
    wharf.server.next(Delivery(length_lie=2**59))
    wharf.download(file)
    assert kind_of(wharf.wait_for(TransferState.PAUSED)) is ProblemKind.DISK_FULL
    assert wharf.saved == {}


def test_full_disk_pauses_the_download_and_leaves_nothing(wharf: Wharf) -> None:
    large = served_file("large.jsonl", size=8_000_000)
    wharf.server.add(large)
    wharf.server.next(Delivery(stall_after=4_000_000))
    wharf.download(large)
    wharf.server.wait_until_stalled()
    assert fill_disk_under_partial_files() == 1
    wharf.server.release()
    assert kind_of(wharf.wait_for(TransferState.PAUSED)) is ProblemKind.DISK_FULL
    assert wharf.saved == {}
    assert len(wharf.server.requests) == 1


# Canceling


@pytest.mark.parametrize(
    "fault",
    [
        StallAtAccept(),
        Stall(),
        Delivery(stall_in_head=True),
        Delivery(stall_after=0),
        Delivery(stall_after=100_000),
        Delivery(stall_after=100_000, framing=Framing.CHUNKED),
        Delivery(stall_after=100_000, framing=Framing.CLOSE),
        Delivery(stall_after=300_000, framing=Framing.CLOSE),
        Delivery(drip=100),
    ],
    ids=repr,
)
def test_cancel_is_quick_and_leaves_nothing(wharf: Wharf, file: ServedFile, fault: Fault) -> None:
    wharf.server.next(fault)
    wharf.download(file, size=None)
    if fault == Delivery(drip=100):
        wharf.server.wait_for_requests(1)
    else:
        wharf.server.wait_until_stalled()
    assert wharf.cancel() < SOON
    assert wharf.states == "QUEUED RUNNING CANCELLED"
    assert wharf.saved == {}


def test_cancel_ends_the_wait_before_a_retry(wharf: Wharf, file: ServedFile) -> None:
    wharf.server.next(rate_limited(retry_after="60"))
    wharf.download(file)
    wharf.wait_for(TransferState.WAITING)
    assert wharf.cancel() < SOON
    assert wharf.saved == {}


# Deleting


def test_file_is_deleted(wharf: Wharf, file: ServedFile) -> None:
    wharf.delete(file.id)
    wharf.end()
    assert wharf.states == "QUEUED RUNNING DONE"
    assert wharf.server.files == []


def test_busy_file_is_deleted_on_a_retry(wharf: Wharf, file: ServedFile) -> None:
    busy = api_error(409, "File is still processing. Check back later.")
    wharf.server.next(busy, busy)
    wharf.delete(file.id)
    wharf.end()
    assert wharf.states == "QUEUED RUNNING WAITING RUNNING WAITING RUNNING DONE"
    assert wharf.server.files == []


def test_delete_fails_if_the_file_stays_busy(wharf: Wharf, file: ServedFile) -> None:
    wharf.server.next(*[api_error(409, "File is still processing. Check back later.")] * ATTEMPTS)
    wharf.delete(file.id)
    assert kind_of(wharf.end()) is ProblemKind.BUSY
    assert len(wharf.server.files) == 1


def test_delete_with_a_lost_answer_is_done(wharf: Wharf, file: ServedFile) -> None:
    wharf.server.next(Reset(Moment.AFTER_BODY, carried_out=True))
    wharf.delete(file.id)
    assert wharf.end().state is TransferState.DONE


def test_deleting_a_missing_file_reports_not_found(wharf: Wharf) -> None:
    wharf.delete("file-gone")
    assert kind_of(wharf.end()) is ProblemKind.NOT_FOUND


@pytest.mark.parametrize("fault", [StallAtAccept(), Stall(), Delivery(stall_after=0)])
def test_cancel_ends_a_delete_quickly(wharf: Wharf, file: ServedFile, fault: Fault) -> None:
    wharf.server.next(fault)
    wharf.delete(file.id)
    wharf.server.wait_until_stalled()
    assert wharf.cancel() < SOON
    assert wharf.states == "QUEUED RUNNING CANCELLED"
