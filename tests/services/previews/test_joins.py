"""Results joined to requests that are in the cache, on this computer, or on the server."""

import errno
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.api.remote_file import RemoteFile
from services.catalog.events import FileAdded
from services.checks.gathering import inspect_file
from services.disk.local_file import UploadRequest
from services.previews import joined_lines
from services.previews.batches.batch_result import Outcome, read_brief
from services.previews.batches.retry_lines import UNANSWERED, JoinedBatch, RequestState
from services.previews.events import (
    BatchJoined,
    ContentOpened,
    JoinFailed,
    JoinProgressed,
    RetryFailed,
    RetryWritten,
)
from services.previews.join_source import JoinSource
from services.previews.retry_file import retry_name
from services.problems.errors import ProblemKind
from tests.services.previews.batches.test_batch_summary import not_run, refused, succeeded, write
from tests.services.previews.batches.test_retry_lines import request, write_requests
from tests.support.engine_bench import EngineBench
from tests.support.factories import remote_file
from tests.support.files_server import ScriptedFilesServer
from tests.support.narrowing import not_none
from tests.support.served_files import served_file
from tests.support.server_faults import Delivery, Stall, api_error
from tests.support.waiting import wait_for

SLOW = RequestState(Outcome.FAILED, 429, "slow")
EXPIRED = RequestState(Outcome.EXPIRED)


class Batch:
    """The files of a batch: on the server, the output with the successes and the errors."""

    def __init__(self, folder: Path, server: ScriptedFilesServer) -> None:
        self.requests = write_requests(folder / "sweep.jsonl", map(request, "abcdef"))
        self.output = self._serve(server, write(folder / "out.jsonl", *map(succeeded, "cba")))
        self.errors = self._serve(
            server,
            write(folder / "err.jsonl", not_run("e", "batch_expired"), refused("d", 429, "slow")),
        )
        self.input = self._serve(server, self.requests, "batch")

    def _serve(
        self, server: ScriptedFilesServer, path: Path, purpose: str = "batch_output"
    ) -> RemoteFile:
        content = path.read_bytes()
        file_id = f"file-{path.stem}"
        server.add(served_file(path.name, id=file_id, purpose=purpose, content=content))
        return remote_file(path.name, id=file_id, purpose=purpose, size=len(content))


@pytest.fixture
def batch(tmp_path: Path, files_server: ScriptedFilesServer) -> Batch:
    return Batch(tmp_path, files_server)


def start(bench: EngineBench, requests: JoinSource, *results: RemoteFile) -> None:
    bench.events.clear()
    bench.session.joins.start(7, requests, [JoinSource(file) for file in results])


def joined(bench: EngineBench, requests: JoinSource, *results: RemoteFile) -> JoinedBatch:
    start(bench, requests, *results)
    event = bench.events.wait_for(BatchJoined)
    assert event.request == 7
    return event.joined


def temporary_files(bench: EngineBench) -> list[Path]:
    return list(bench.paths.previews_folder.glob("open-*"))


def downloads(server: ScriptedFilesServer) -> int:
    return len(server.requests_to("GET", "/files/*/content"))


def written(bench: EngineBench, found: JoinedBatch, *taken: str) -> RetryWritten:
    bench.events.clear()
    bench.session.joins.write_retry(8, found, found.unfinished, "sweep.jsonl", taken)
    return bench.events.wait_for(RetryWritten)


def test_everything_is_read_from_the_server(
    opened: EngineBench, batch: Batch, files_server: ScriptedFilesServer
) -> None:
    found = joined(opened, JoinSource(batch.input), batch.output, batch.errors)
    assert found.unfinished == {UNANSWERED: 1, SLOW: 1, EXPIRED: 1}
    assert (found.request_count, found.known_ids, found.unknown_ids) == (6, 5, 0)
    assert found.summary.outcomes == {
        Outcome.SUCCEEDED: 3,
        Outcome.FAILED: 1,
        Outcome.EXPIRED: 1,
    }
    assert not_none(found.finder.find("d")).line == request("d")
    names = [event.file_name for event in opened.events.all(JoinProgressed)]
    assert list(dict.fromkeys(names)) == ["sweep.jsonl", "out.jsonl", "err.jsonl", ""]
    assert all(path.stat().st_mode & 0o077 == 0 for path in temporary_files(opened))
    assert downloads(files_server) == 3


def test_the_output_or_the_errors_alone_add_up(opened: EngineBench, batch: Batch) -> None:
    for results, kept in ((batch.output, 3), (batch.errors, 0)):
        found = joined(opened, JoinSource(batch.input), results)
        retried = sum(found.unfinished.values())
        assert retried == 6 - kept
        assert found.counts.get(RequestState(Outcome.SUCCEEDED), 0) + retried == 6


@pytest.mark.parametrize("opens_errors", [False, True])
def test_the_lines_of_output_and_errors_are_put_together(
    opened: EngineBench, batch: Batch, opens_errors: bool
) -> None:
    results = (batch.errors, batch.output) if opens_errors else (batch.output, batch.errors)
    start(opened, JoinSource(batch.input), *results)
    lines = not_none(opened.events.wait_for(BatchJoined).lines)
    content = lines.content
    ids = [not_none(read_brief(line.data)).custom_id for line in content.lines(1, 10)]
    assert ids == ["c", "b", "a", "e", "d"]
    assert content.is_whole
    assert (lines.are_errors, results[lines.second]) == (True, batch.errors)
    assert [lines.number_in_file(number) for number in range(1, 6)] == [1, 2, 3, 1, 2]
    assert [lines.is_in_second(number) for number in (3, 4)] == [False, True]
    opened.session.joins.keep_only([content.file_id])
    wait_for(lambda: temporary_files(opened) == [content.path], "that only the lines are left")
    opened.session.joins.keep_only([batch.input.id])
    wait_for(lambda: not temporary_files(opened), "that they are deleted")
    assert content.lines(1, 1) == []


def test_a_file_whose_last_line_does_not_end_is_put_before_another(
    opened: EngineBench, batch: Batch, tmp_path: Path
) -> None:
    output, errors = tmp_path / "o.jsonl", tmp_path / "e.jsonl"
    output.write_bytes(json.dumps(succeeded("a")).encode())
    errors.write_bytes(b"\xef\xbb\xbf" + json.dumps(refused("b", 429, "slow")).encode())
    opened.events.clear()
    sources = [JoinSource(path=output), JoinSource(path=errors)]
    opened.session.joins.start(7, JoinSource(path=batch.requests), sources)
    lines = not_none(opened.events.wait_for(BatchJoined).lines)
    assert (lines.first_lines, lines.content.line_count) == (1, 2)
    assert lines.content.path.read_bytes().count(b"\n") == 2


def test_one_file_with_results_stays_alone(opened: EngineBench, batch: Batch) -> None:
    start(opened, JoinSource(batch.input), batch.output)
    assert opened.events.wait_for(BatchJoined).lines is None


def test_lines_that_there_is_no_room_for_stay_apart(
    opened: EngineBench,
    batch: Batch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(path: Path, to: Path) -> Iterator[None]:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(joined_lines, "_append", fail)
    start(opened, JoinSource(path=batch.requests), batch.output, batch.errors)
    event = opened.events.wait_for(BatchJoined)
    assert (event.lines, event.joined.known_ids) == (None, 5)
    opened.session.joins.close()
    wait_for(lambda: not temporary_files(opened), "that nothing is left")


def test_another_try_reads_nothing_twice_and_closing_leaves_nothing(
    opened: EngineBench, batch: Batch, files_server: ScriptedFilesServer
) -> None:
    joined(opened, JoinSource(batch.input), batch.output)
    joined(opened, JoinSource(path=batch.requests), batch.output)
    assert downloads(files_server) == 2
    opened.session.joins.keep_only([batch.input.id])
    wait_for(lambda: len(temporary_files(opened)) == 1, "that the results are deleted")
    assert joined(opened, JoinSource(batch.input), batch.output).known_ids == 3
    assert downloads(files_server) == 2, "they were cached"
    opened.session.joins.close()
    wait_for(lambda: not temporary_files(opened), "that all is deleted")


def test_what_was_uploaded_from_here_is_read_here(
    opened: EngineBench, batch: Batch, files_server: ScriptedFilesServer
) -> None:
    opened.session.upload([UploadRequest(inspect_file(batch.requests), "batch")])
    file = opened.events.wait_for(FileAdded).file
    opened.transfer()
    found = joined(opened, JoinSource(file, refusal="Not allowed."), batch.output)
    assert found.input_path == batch.requests
    assert downloads(files_server) == 1


def test_what_is_open_is_not_read_again(
    opened: EngineBench, batch: Batch, files_server: ScriptedFilesServer
) -> None:
    opened.session.contents.open(batch.output, ask_server=True)
    content = opened.events.wait_for(ContentOpened).content
    wait_for(lambda: content.is_whole, "that the output is read")
    joined(opened, JoinSource(path=batch.requests), batch.output)
    assert downloads(files_server) == 1


def test_an_input_that_may_not_be_asked_for_has_to_be_chosen(
    opened: EngineBench, batch: Batch, files_server: ScriptedFilesServer
) -> None:
    start(opened, JoinSource(batch.input, refusal="It can't be downloaded."), batch.output)
    failed = opened.events.wait_for(JoinFailed)
    assert failed.is_input
    assert failed.problem.title == "sweep.jsonl isn't on this computer"
    assert failed.problem.advice.startswith("It can't be downloaded. Choose a copy")
    assert downloads(files_server) == 0


def test_a_refusal_of_the_server_is_told(
    opened: EngineBench, batch: Batch, files_server: ScriptedFilesServer
) -> None:
    message = "Not allowed to download files of purpose: batch"
    files_server.script("GET", "/files/*/content", [api_error(400, message)])
    start(opened, JoinSource(batch.input), batch.output)
    failed = opened.events.wait_for(JoinFailed)
    assert (failed.is_input, failed.problem.kind) == (True, ProblemKind.CONTENT_REFUSED)
    wait_for(lambda: not temporary_files(opened), "that nothing is left")


def test_results_that_break_off_are_not_joined(
    opened: EngineBench, batch: Batch, files_server: ScriptedFilesServer
) -> None:
    files_server.script("GET", "/files/*/content", [Delivery(cut_after=20)])
    start(opened, JoinSource(path=batch.requests), batch.output)
    failed = opened.events.wait_for(JoinFailed)
    assert not failed.is_input
    assert not opened.events.all(BatchJoined)


def test_a_local_file_that_is_gone_is_told(opened: EngineBench, batch: Batch) -> None:
    batch.requests.unlink()
    start(opened, JoinSource(path=batch.requests), batch.output)
    failed = opened.events.wait_for(JoinFailed)
    assert (failed.is_input, failed.problem.title) == (True, "sweep.jsonl can't be found")


def test_a_cancelled_join_says_nothing_and_leaves_nothing(
    opened: EngineBench, batch: Batch, files_server: ScriptedFilesServer
) -> None:
    files_server.script("GET", "/files/*/content", [Stall()])
    start(opened, JoinSource(batch.input), batch.output)
    files_server.wait_until_stalled()
    opened.session.joins.cancel()
    wait_for(lambda: not temporary_files(opened), "that the temporary file is deleted")
    files_server.release()
    assert joined(opened, JoinSource(path=batch.requests), batch.output).known_ids == 3
    assert not opened.events.all(JoinFailed)


def test_a_closed_session_leaves_nothing(opened: EngineBench, batch: Batch) -> None:
    joined(opened, JoinSource(batch.input), batch.output)
    session = opened.session
    session.close()
    wait_for(lambda: session.has_ended, "that the threads of the session end")
    assert temporary_files(opened) == []


def test_the_new_file_is_private_named_after_the_input_and_passes_the_checks(
    opened: EngineBench, batch: Batch
) -> None:
    found = joined(opened, JoinSource(batch.input), batch.output, batch.errors)
    first = written(opened, found)
    assert (first.request, first.number) == (8, 3)
    assert first.path == opened.paths.pasted_folder / "sweep-retry.jsonl"
    assert first.path.read_bytes() == b"".join(request(one) + b"\n" for one in "def")
    assert first.path.stat().st_mode & 0o077 == 0
    assert inspect_file(first.path).suggested_purpose == "batch"
    assert written(opened, found).path.name == "sweep-retry-2.jsonl"
    names = ("sweep-retry-3.jsonl", "sweep-retry-4.jsonl")
    assert written(opened, found, *names).path.name == "sweep-retry-5.jsonl"


def test_old_files_are_deleted_when_a_new_one_is_written(
    opened: EngineBench, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = joined(opened, JoinSource(path=batch.requests), batch.output)
    first = written(opened, found).path
    monkeypatch.setattr("services.disk.written_files._KEEP_DAYS", -1)
    assert written(opened, found).path == first, "the first is gone, and its name free"


def test_an_input_that_has_changed_is_not_retried(opened: EngineBench, batch: Batch) -> None:
    found = joined(opened, JoinSource(path=batch.requests), batch.output)
    batch.requests.write_bytes(request("a") + b"\n")
    opened.events.clear()
    opened.session.joins.write_retry(9, found, found.unfinished, "sweep.jsonl", ())
    failed = opened.events.wait_for(RetryFailed)
    assert (failed.request, failed.problem.kind) == (9, ProblemKind.FILE_CHANGED)
    assert not list(opened.paths.pasted_folder.iterdir())


def test_a_folder_that_can_not_be_written_to_is_told(opened: EngineBench, batch: Batch) -> None:
    found = joined(opened, JoinSource(path=batch.requests), batch.output)
    opened.paths.pasted_folder.write_text("in the way")
    opened.session.joins.write_retry(9, found, found.unfinished, "sweep.jsonl", ())
    assert opened.events.wait_for(RetryFailed).problem.kind is ProblemKind.FOLDER_UNWRITABLE


@pytest.mark.parametrize(
    ("name", "number", "new"),
    [
        ("eval-sweep-0412.jsonl", 1, "eval-sweep-0412-retry.jsonl"),
        ("eval-sweep-0412.jsonl", 2, "eval-sweep-0412-retry-2.jsonl"),
        ("a-retry.jsonl", 1, "a-retry-2.jsonl"),
        ("a-retry-2.jsonl", 1, "a-retry-3.jsonl"),
        ("a-retry-9.jsonl", 2, "a-retry-11.jsonl"),
        ("a-retrying.jsonl", 1, "a-retrying-retry.jsonl"),
        ("requests.txt", 1, "requests-retry.jsonl"),
        ("../../etc/passwd", 1, "passwd-retry.jsonl"),
        ("", 1, "file-retry.jsonl"),
        ("con", 1, "_con-retry.jsonl"),
    ],
)
def test_the_name_of_a_new_file(name: str, number: int, new: str) -> None:
    assert retry_name(name, number) == new


def test_a_long_name_still_fits() -> None:
    assert len(retry_name("ü" * 4_000, 123_456).encode()) <= 255
