"""Previews of an open account: from the nearest place that has the content, and only the last."""

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from services.accounts.events import AccountsLoaded
from services.api.remote_file import RemoteFile
from services.catalog.events import FileAdded, FilesListed
from services.checks.gathering import inspect_file
from services.disk.local_file import UploadRequest
from services.previews.batches.batch_result import Outcome
from services.previews.batches.batch_summary import SummaryProgress
from services.previews.content.content_head import HEAD_BYTES
from services.previews.content.content_kind import ContentKind
from services.previews.content.image_decoders import ImageDecoders
from services.previews.events import (
    PreviewFailed,
    PreviewReady,
    PreviewUnavailable,
    ResultsAdded,
    ResultsFailed,
)
from services.previews.preview import PreviewSource
from services.previews.previews import MAX_IMAGE_BYTES
from services.problems.errors import ProblemKind
from services.providers.account import SANDBOX_ID
from services.transfers.events import DeletesEnded
from tests.services.previews.batches.test_batch_summary import refused, succeeded
from tests.support.engine_bench import EngineBench
from tests.support.factories import remote_file
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import served_file
from tests.support.server_faults import Delivery, Fault, Stall, api_error
from tests.support.waiting import wait_for

TEXT = b"one\ntwo\n"
REFUSAL = "Not allowed to download files of purpose: batch"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(2 * HEAD_BYTES)


def read(bench: EngineBench, file: RemoteFile, *, ask_server: bool = True) -> PreviewReady:
    bench.events.clear()
    bench.session.previews.preview(file, ask_server)
    return bench.events.wait_for(PreviewReady, lambda event: event.file_id == file.id)


def downloads(server: ScriptedFilesServer) -> int:
    return len(server.requests_to("GET", "/files/*/content"))


def upload(bench: EngineBench, path: Path) -> RemoteFile:
    bench.events.clear()
    bench.session.upload([UploadRequest(inspect_file(path), "batch")])
    file = bench.events.wait_for(FileAdded).file
    bench.transfer()
    return file


def cached_files(bench: EngineBench) -> list[Path]:
    return list(bench.paths.previews_folder.glob("*.content"))


@pytest.fixture
def served(files_server: ScriptedFilesServer, opened: EngineBench) -> RemoteFile:
    """A text that only the server has."""
    files_server.add(served_file("a.txt", id="file-a", content=TEXT))
    return remote_file("a.txt", id="file-a", size=len(TEXT))


@pytest.fixture
def local(tmp_path: Path) -> Path:
    path = tmp_path / "local.txt"
    path.write_bytes(TEXT)
    return path


def test_the_server_is_asked_once_and_then_the_cache(
    opened: EngineBench, served: RemoteFile, files_server: ScriptedFilesServer
) -> None:
    first = read(opened, served)
    assert first.preview.source is PreviewSource.SERVER
    assert first.preview.rows == (("one",), ("two",))
    assert first.session == opened.session.number
    again = read(opened, served)
    assert again.preview.source is PreviewSource.CACHE
    assert again.preview.rows == first.preview.rows
    assert downloads(files_server) == 1


def test_the_cache_outlives_the_program(
    opened: EngineBench,
    served: RemoteFile,
    files_server: ScriptedFilesServer,
    make_bench: Callable[..., EngineBench],
) -> None:
    read(opened, served)
    opened.close()
    again = make_bench()
    again.open()
    assert read(again, served).preview.source is PreviewSource.CACHE
    assert downloads(files_server) == 1


def test_the_local_original_is_read_before_the_server_is_asked(
    opened: EngineBench, local: Path, files_server: ScriptedFilesServer
) -> None:
    file = upload(opened, local)
    preview = read(opened, file).preview
    assert (preview.source, preview.rows) == (PreviewSource.LOCAL, (("one",), ("two",)))
    assert downloads(files_server) == 0
    assert cached_files(opened) == []


def test_the_cache_comes_before_the_local_original(opened: EngineBench, local: Path) -> None:
    file = upload(opened, local)
    kept = local.rename(local.with_name("elsewhere"))
    assert read(opened, file).preview.source is PreviewSource.SERVER
    kept.rename(local)
    assert read(opened, file).preview.source is PreviewSource.CACHE


@pytest.mark.parametrize("change", ["content", "time", "gone"])
def test_a_local_file_that_has_changed_is_not_shown(
    opened: EngineBench, local: Path, change: str
) -> None:
    file = upload(opened, local)
    found = local.stat()
    if change == "gone":
        local.unlink()
    elif change == "time":
        os.utime(local, ns=(0, found.st_mtime_ns - 5_000_000_000))
    else:
        local.write_bytes(b"something else")
        os.utime(local, ns=(0, found.st_mtime_ns))
    preview = read(opened, file).preview
    assert (preview.source, preview.rows) == (PreviewSource.SERVER, (("one",), ("two",)))


def test_a_local_file_that_cant_be_read_is_asked_for(
    opened: EngineBench, local: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = upload(opened, local)

    def fail(path: Path, max_bytes: int) -> None:
        raise PermissionError(path)

    monkeypatch.setattr("services.previews.previews.read_local_head", fail)
    assert read(opened, file).preview.source is PreviewSource.SERVER


def test_what_the_server_refuses_is_not_asked_for(
    opened: EngineBench, served: RemoteFile, local: Path, files_server: ScriptedFilesServer
) -> None:
    opened.session.previews.preview(served, False)
    assert opened.events.wait_for(PreviewUnavailable).file_id == served.id
    assert downloads(files_server) == 0
    # But shown where it can be had without the server.
    uploaded = upload(opened, local)
    assert read(opened, uploaded, ask_server=False).preview.source is PreviewSource.LOCAL
    read(opened, served)
    assert read(opened, served, ask_server=False).preview.source is PreviewSource.CACHE


def test_a_failure_is_told_and_the_next_attempt_may_succeed(
    opened: EngineBench, served: RemoteFile, files_server: ScriptedFilesServer
) -> None:
    files_server.script("GET", "/files/*/content", [api_error(400, REFUSAL)])
    opened.session.previews.preview(served, True)
    failed = opened.events.wait_for(PreviewFailed)
    assert (failed.file_id, failed.session) == (served.id, opened.session.number)
    assert failed.problem.kind is ProblemKind.CONTENT_REFUSED
    assert cached_files(opened) == []
    assert read(opened, served).preview.source is PreviewSource.SERVER


def test_content_that_is_cut_off_is_a_failure_and_not_cached(
    opened: EngineBench, served: RemoteFile, files_server: ScriptedFilesServer
) -> None:
    files_server.script("GET", "/files/*/content", [Delivery(cut_after=3)])
    opened.session.previews.preview(served, True)
    opened.events.wait_for(PreviewFailed)
    assert cached_files(opened) == []


def test_only_the_beginning_of_a_large_file_is_read(
    opened: EngineBench, files_server: ScriptedFilesServer
) -> None:
    files_server.add(served_file("big.bin", id="file-big", size=500_000_000))
    files_server.script("GET", "/files/*/content", [Delivery(stall_after=1 << 18)])
    preview = read(opened, remote_file("big.bin", id="file-big", size=500_000_000)).preview
    assert (preview.kind, preview.size, preview.is_whole) == (ContentKind.BINARY, HEAD_BYTES, False)
    files_server.wait_until_stalled()
    files_server.release()


def test_the_last_request_is_answered_while_others_hang(
    opened: EngineBench, files_server: ScriptedFilesServer
) -> None:
    names = [f"file-{number}" for number in range(6)]
    for name in names:
        files_server.add(served_file(name, id=name, content=name.encode()))
    files_server.script("GET", "/files/*/content", [Stall()])
    opened.session.previews.preview(remote_file(id=names[0]), True)
    files_server.wait_until_stalled()
    for name in names[1:]:
        opened.session.previews.preview(remote_file(id=name), True)
    answered = opened.events.wait_for(PreviewReady, lambda event: event.file_id == names[-1])
    assert answered.preview.rows == ((names[-1],),)
    files_server.release()
    opened.session.previews.preview(remote_file(id=names[1]), True)
    opened.events.wait_for(PreviewReady, lambda event: event.file_id == names[1])
    told = {event.file_id for event in opened.events.all(PreviewReady)}
    assert names[0] not in told
    assert opened.events.all(PreviewFailed) == []


def test_what_was_cancelled_is_not_answered(
    opened: EngineBench, served: RemoteFile, files_server: ScriptedFilesServer
) -> None:
    files_server.add(served_file("b.txt", id="file-b"))
    files_server.script("GET", "/files/*/content", [Stall()])
    opened.session.previews.preview(served, True)
    files_server.wait_until_stalled()
    opened.session.previews.cancel()
    files_server.release()
    read(opened, remote_file("b.txt", id="file-b"))
    kinds = (PreviewReady, PreviewFailed, PreviewUnavailable)
    told = [event for event in opened.events.received if isinstance(event, kinds)]
    assert [event.file_id for event in told] == ["file-b"]


def test_nothing_is_answered_after_closing(
    opened: EngineBench, served: RemoteFile, files_server: ScriptedFilesServer
) -> None:
    files_server.script("GET", "/files/*/content", [Stall()])
    left = opened.session
    left.previews.preview(served, True)
    files_server.wait_until_stalled()
    left.close()
    left.previews.preview(served, True)
    files_server.release()
    wait_for(lambda: left.has_ended, "that the threads of the session end")
    names = {type(event).__name__ for event in opened.events.received}
    assert not names & {"PreviewReady", "PreviewFailed", "PreviewUnavailable"}
    assert downloads(files_server) == 1


def test_before_an_account_is_open_nothing_is_read(bench: EngineBench) -> None:
    bench.session.previews.preview(remote_file(), True)
    bench.session.previews.cancel()
    assert not [one for one in threading.enumerate() if one.name.startswith("preview-")]


def test_accounts_dont_see_each_others_previews(
    opened: EngineBench, served: RemoteFile, make_files_server: Callable[..., ScriptedFilesServer]
) -> None:
    read(opened, served)
    other = make_files_server([served_file("a.txt", id=served.id, content=b"another")])
    opened.save(other, "beta")
    opened.open("beta")
    preview = read(opened, served).preview
    assert (preview.source, preview.rows) == (PreviewSource.SERVER, (("another",),))


def test_a_removed_account_leaves_no_previews(opened: EngineBench, served: RemoteFile) -> None:
    read(opened, served)
    assert len(cached_files(opened)) == 1
    opened.events.clear()
    opened.engine.accounts.remove("acme")
    opened.events.wait_for(AccountsLoaded)
    wait_for(lambda: not cached_files(opened), "that the previews are deleted")


def test_a_deleted_file_leaves_no_preview(
    opened: EngineBench, served: RemoteFile, files_server: ScriptedFilesServer
) -> None:
    files_server.add(served_file("b.txt", id="file-b"))
    read(opened, served)
    kept = set(cached_files(opened))
    read(opened, remote_file("b.txt", id="file-b"))
    assert len(cached_files(opened)) == 2
    opened.session.delete([remote_file(id="file-b")])
    opened.events.wait_for(DeletesEnded)
    assert set(cached_files(opened)) == kept


def test_all_previews_are_cleared_with_the_caches(opened: EngineBench, served: RemoteFile) -> None:
    read(opened, served)
    opened.engine.clear_caches()
    wait_for(lambda: not cached_files(opened), "that the previews are deleted")
    assert read(opened, served).preview.source is PreviewSource.SERVER


def test_the_sandbox_is_not_cached(bench: EngineBench) -> None:
    bench.open(SANDBOX_ID)
    (listed,) = bench.events.all(FilesListed)
    file = next(one for one in listed.files if one.purpose == "batch_output")
    for _twice in range(2):
        assert read(bench, file).preview.source is PreviewSource.SERVER
    assert not bench.paths.previews_folder.exists() or cached_files(bench) == []


@pytest.mark.expects_log("Upload history can't be used")
def test_without_an_upload_history_the_server_is_asked(
    make_bench: Callable[..., EngineBench], files_server: ScriptedFilesServer
) -> None:
    bench = make_bench()
    bench.paths.catalog_folder.parent.mkdir(parents=True, exist_ok=True)
    bench.paths.catalog_folder.write_text("in the way")
    files_server.add(served_file("a.txt", id="file-a", content=TEXT))
    bench.save(files_server)
    bench.open()
    assert read(bench, remote_file(id="file-a")).preview.source is PreviewSource.SERVER


# Images


class Decoded:
    """What the window makes of an image."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.thread = threading.current_thread()


@pytest.fixture
def looking(
    make_bench: Callable[..., EngineBench], files_server: ScriptedFilesServer
) -> EngineBench:
    """An account with a decoder of images."""
    bench = make_bench(image_decoders=ImageDecoders(Decoded))
    bench.save(files_server)
    bench.open()
    return bench


@pytest.mark.parametrize(("name", "purpose"), [("a.PNG", "user_data"), ("noname", "vision")])
def test_an_image_is_read_whole_and_decoded_beside_the_window(
    looking: EngineBench, files_server: ScriptedFilesServer, name: str, purpose: str
) -> None:
    files_server.add(served_file(name, id="file-a", content=PNG))
    ready = read(looking, remote_file(name, id="file-a", purpose=purpose, size=len(PNG)))
    assert ready.preview.kind is ContentKind.IMAGE
    assert isinstance(ready.picture, Decoded)
    assert ready.picture.data == PNG
    assert ready.picture.thread is not threading.main_thread()


@pytest.mark.parametrize("size", [None, MAX_IMAGE_BYTES + 1])
def test_an_image_that_may_be_too_large_is_not_downloaded(
    looking: EngineBench, files_server: ScriptedFilesServer, size: int | None
) -> None:
    files_server.add(served_file("a.png", id="file-a", content=PNG))
    ready = read(looking, remote_file("a.png", id="file-a", size=size))
    assert (ready.preview.kind, ready.picture) == (ContentKind.IMAGE, None)
    assert (ready.preview.size, ready.preview.is_whole) == (HEAD_BYTES, False)


def test_what_only_has_the_name_of_an_image_is_shown_as_what_it_is(
    looking: EngineBench, files_server: ScriptedFilesServer
) -> None:
    files_server.add(served_file("a.png", id="file-a", content=TEXT))
    ready = read(looking, remote_file("a.png", id="file-a", size=len(TEXT)))
    assert (ready.preview.kind, ready.picture) == (ContentKind.TEXT, None)
    assert ready.preview.rows == (("one",), ("two",))


# Results of a batch


def results(count: int, failed: int = 0) -> bytes:
    lines = [succeeded(f"r-{number}") for number in range(count)]
    lines += [refused(f"f-{number}", 429, "slow") for number in range(failed)]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def sums(bench: EngineBench) -> SummaryProgress:
    event = bench.events.wait_for(ResultsAdded, lambda event: event.progress.is_complete)
    return event.progress


LARGE = results(2_500, 7)


@pytest.fixture
def far(files_server: ScriptedFilesServer, opened: EngineBench) -> RemoteFile:
    """A batch output that only the server has, and that isn't read whole for a preview."""
    assert len(LARGE) > HEAD_BYTES
    files_server.add(served_file("out.jsonl", id="file-out", content=LARGE))
    return remote_file("out.jsonl", id="file-out", purpose="batch_output", size=len(LARGE))


def test_results_that_were_read_whole_are_added_up(
    opened: EngineBench, files_server: ScriptedFilesServer
) -> None:
    content = results(3, 2)
    files_server.add(served_file("out.jsonl", id="file-out", content=content))
    file = remote_file("out.jsonl", id="file-out")
    for source in (PreviewSource.SERVER, PreviewSource.CACHE):
        assert read(opened, file).preview.source is source
        progress = sums(opened)
        assert progress.summary.outcomes == {Outcome.SUCCEEDED: 3, Outcome.FAILED: 2}
        assert progress.read == len(content)


def test_large_results_on_this_computer_are_added_up_there(
    opened: EngineBench, local: Path, files_server: ScriptedFilesServer
) -> None:
    local.write_bytes(LARGE)
    file = upload(opened, local)
    assert not read(opened, file).preview.is_whole
    assert sums(opened).summary.requests == 2_507
    steps = [event.progress.read for event in opened.events.all(ResultsAdded)]
    assert steps == sorted(steps)
    assert len(steps) == 2
    assert downloads(files_server) == 0


def test_large_results_are_downloaded_only_when_that_is_wanted(
    opened: EngineBench, far: RemoteFile, files_server: ScriptedFilesServer
) -> None:
    read(opened, far)
    opened.session.previews.add_results(far)
    progress = sums(opened)
    assert progress.summary.errors == {(429, "slow"): 7}
    assert progress.read == len(LARGE)
    events = opened.events.all(ResultsAdded)
    assert {event.file_id for event in events} == {far.id}
    assert {event.session for event in events} == {opened.session.number}
    assert downloads(files_server) == 2


@pytest.mark.parametrize(
    "fault",
    [Delivery(cut_after=300_000), Delivery(cut_after=10, reset=True), api_error(400, REFUSAL)],
)
def test_results_that_cant_be_read_to_the_end_are_a_failure(
    opened: EngineBench,
    far: RemoteFile,
    files_server: ScriptedFilesServer,
    fault: Fault,
) -> None:
    read(opened, far)
    files_server.script("GET", "/files/*/content", [fault])
    opened.session.previews.add_results(far)
    assert opened.events.wait_for(ResultsFailed).file_id == far.id
    assert not [one for one in opened.events.all(ResultsAdded) if one.progress.is_complete]
    opened.session.previews.add_results(far)
    assert sums(opened).summary.requests == 2_507


@pytest.mark.parametrize("how", ["cancel", "another"])
def test_adding_up_is_given_up_when_it_is_no_longer_wanted(
    opened: EngineBench, far: RemoteFile, files_server: ScriptedFilesServer, how: str
) -> None:
    files_server.add(served_file("b.txt", id="file-b"))
    read(opened, far)
    files_server.script("GET", "/files/*/content", [Delivery(stall_after=300_000)])
    opened.session.previews.add_results(far)
    files_server.wait_until_stalled()
    if how == "cancel":
        opened.session.previews.cancel()
    opened.session.previews.preview(remote_file("b.txt", id="file-b"), True)
    opened.events.wait_for(PreviewReady, lambda event: event.file_id == "file-b")
    files_server.release()
    opened.session.close()
    wait_for(lambda: opened.session.has_ended, "that the threads of the session end")
    assert opened.events.all(ResultsFailed) == []
    assert not [one for one in opened.events.all(ResultsAdded) if one.progress.is_complete]


def test_what_holds_no_results_is_not_added_up(opened: EngineBench, served: RemoteFile) -> None:
    read(opened, served)
    opened.session.close()
    wait_for(lambda: opened.session.has_ended, "that the threads of the session end")
    assert opened.events.all(ResultsAdded) == []
