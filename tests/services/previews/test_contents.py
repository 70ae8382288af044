"""Looking inside a file: its content comes from the nearest place, and no more than is wanted."""

import base64
import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from services.api.remote_file import RemoteFile
from services.catalog.events import FileAdded
from services.checks.gathering import inspect_file
from services.disk.local_file import UploadRequest
from services.previews import content_opening, contents, lines_progress, metrics_reading
from services.previews.batches.batch_result import Outcome
from services.previews.content import content_files
from services.previews.content.content_kind import ContentKind
from services.previews.documents import step_metrics
from services.previews.documents.step_metrics import Metric
from services.previews.events import (
    ColumnsCounted,
    ContentChecked,
    ContentFailed,
    ContentGrew,
    ContentOpened,
    ContentUnavailable,
    ExamplesAdded,
    MetricsFailed,
    MetricsRead,
    ResultsAdded,
)
from services.previews.open_content import OpenContent
from services.previews.preview import PreviewSource
from services.previews.rows.column_values import ColumnsProgress
from services.previews.rows.line_readers import line_reader
from services.problems.errors import Problem, ProblemKind
from tests.services.previews.batches.test_batch_summary import refused, succeeded
from tests.support.engine_bench import EngineBench
from tests.support.factories import remote_file
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import served_file
from tests.support.server_faults import Answer, Delivery, Stall, api_error
from tests.support.waiting import wait_for

LINES = [b'{"number": %d, "filler": "%s"}\n' % (number, b"x" * 200) for number in range(20_000)]
LARGE = b"".join(LINES)


def start(bench: EngineBench, file: RemoteFile, *, ask_server: bool = True) -> OpenContent:
    bench.events.clear()
    bench.session.contents.open(file, ask_server=ask_server)
    return bench.events.wait_for(ContentOpened, lambda event: event.file_id == file.id).content


def look_inside(bench: EngineBench, file: RemoteFile, *, ask_server: bool = True) -> OpenContent:
    """Look inside a file that is read whole by itself."""
    content = start(bench, file, ask_server=ask_server)
    wait_for(lambda: content.is_whole, "that the content is read")
    return content


def temporary_files(bench: EngineBench) -> list[Path]:
    return list(bench.paths.previews_folder.glob("open-*"))


def downloads(server: ScriptedFilesServer) -> int:
    return len(server.requests_to("GET", "/files/*/content"))


@pytest.fixture
def serve(files_server: ScriptedFilesServer) -> Callable[..., RemoteFile]:
    def add(content: bytes, name: str = "a.jsonl") -> RemoteFile:
        files_server.add(served_file(name, id=f"file-{name}", content=content))
        return remote_file(name, id=f"file-{name}", size=len(content))

    return add


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of 4 MB counts as large."""
    monkeypatch.setattr(content_opening, "READ_AT_ONCE_BYTES", 300_000)
    monkeypatch.setattr(content_opening, "FIRST_BYTES", 300_000)
    monkeypatch.setattr(contents, "STEP_BYTES", 500_000)


def test_a_small_file_is_read_from_the_server_to_its_end(
    opened: EngineBench, serve: Callable[..., RemoteFile]
) -> None:
    content = look_inside(opened, serve(LARGE))
    assert (content.kind, content.source) == (ContentKind.JSON_LINES, PreviewSource.SERVER)
    assert (content.line_count, content.read, content.total) == (20_000, len(LARGE), len(LARGE))
    assert [line.data + b"\n" for line in content.lines(19_998, 9)] == LINES[-3:]
    assert content.record(20_001) is None


def test_a_thread_rests_while_what_it_read_is_shown(
    opened: EngineBench, serve: Callable[..., RemoteFile]
) -> None:
    waits, shown = threading.Event(), threading.Event()
    longest: list[float] = []

    def wait_until_handled(seconds: float) -> None:
        longest.append(seconds)
        waits.set()
        shown.wait(10)

    opened.wait_until_handled = wait_until_handled
    start(opened, serve(LARGE))
    assert waits.wait(10)
    assert not opened.events.all(ContentGrew)
    shown.set()
    opened.events.wait_for(ContentGrew)
    assert max(longest) < 1


@pytest.mark.usefixtures("small_limits")
def test_of_a_large_file_only_what_is_wanted_is_read(
    opened: EngineBench, serve: Callable[..., RemoteFile]
) -> None:
    content = start(opened, serve(LARGE))
    opened.events.wait_for(ContentOpened)
    wait_for(lambda: content.read >= 300_000, "that the beginning is read")
    assert not content.is_whole
    assert content.read < 1_000_000
    assert content.record(1_000) is not None
    before = content.read
    opened.session.contents.read_on()
    wait_for(lambda: content.read >= before + 500_000, "that more is read")
    assert content.read < 2_000_000
    opened.session.contents.read_all()
    wait_for(lambda: content.is_whole, "that all is read")
    assert content.line_count == 20_000
    assert content.path.read_bytes() == LARGE


@pytest.mark.slow
@pytest.mark.usefixtures("small_limits")
@pytest.mark.parametrize("honors_ranges", [True, False])
def test_a_connection_that_was_given_up_is_continued(
    opened: EngineBench,
    serve: Callable[..., RemoteFile],
    files_server: ScriptedFilesServer,
    monkeypatch: pytest.MonkeyPatch,
    honors_ranges: bool,
) -> None:
    monkeypatch.setattr(content_opening, "_PAUSE_SECONDS", 0.0)
    if not honors_ranges:
        whole = Answer(200, (("Content-Type", "text/plain"),), LARGE)
        files_server.script("GET", "/files/*/content", [None, whole])
    file = serve(LARGE)
    content = start(opened, file)
    wait_for(lambda: content.read >= 300_000, "that the beginning is read")
    files_server.wait_until_closed(but=1)
    opened.session.contents.read_all()
    wait_for(lambda: content.is_whole, "that all is read")
    assert content.path.read_bytes() == LARGE
    assert content.line_count == 20_000
    assert downloads(files_server) == 2


def test_the_local_original_is_read_in_place(
    opened: EngineBench, tmp_path: Path, files_server: ScriptedFilesServer
) -> None:
    path = tmp_path / "local.jsonl"
    path.write_bytes(LARGE)
    opened.session.upload([UploadRequest(inspect_file(path), "user_data")])
    file = opened.events.wait_for(FileAdded).file
    opened.transfer()
    content = look_inside(opened, file)
    assert (content.source, content.path) == (PreviewSource.LOCAL, path)
    assert content.line_count == 20_000
    assert downloads(files_server) == 0
    opened.session.contents.close()
    assert path.read_bytes() == LARGE


@pytest.mark.slow
def test_what_was_read_comes_from_the_cache_the_next_time(
    opened: EngineBench, serve: Callable[..., RemoteFile], files_server: ScriptedFilesServer
) -> None:
    file = serve(LARGE)
    look_inside(opened, file)
    opened.session.contents.close()
    wait_for(lambda: not temporary_files(opened), "that the temporary file is deleted")
    again = look_inside(opened, file)
    assert (again.source, again.line_count) == (PreviewSource.CACHE, 20_000)
    assert downloads(files_server) == 1


def test_temporary_files_are_private_and_go_with_the_next_file(
    opened: EngineBench, serve: Callable[..., RemoteFile]
) -> None:
    first = look_inside(opened, serve(LARGE, "a.jsonl"))
    assert first.path.stat().st_mode & 0o077 == 0
    second = look_inside(opened, serve(b"text", "b.txt"))
    wait_for(lambda: temporary_files(opened) == [second.path], "that the first is deleted")
    assert first.lines(1, 1) == []


def test_temporary_files_of_a_killed_program_are_deleted(
    opened: EngineBench, serve: Callable[..., RemoteFile]
) -> None:
    folder = opened.paths.previews_folder
    folder.mkdir(parents=True, exist_ok=True)
    left = folder / "open-4194305-abc"
    running = folder / f"open-{os.getppid()}-abc"
    for path in (left, running):
        path.write_bytes(b"left")
    content = look_inside(opened, serve(b"text", "b.txt"))
    assert set(temporary_files(opened)) == {running, content.path}


def test_what_may_not_be_asked_for_is_unavailable(
    opened: EngineBench, serve: Callable[..., RemoteFile], files_server: ScriptedFilesServer
) -> None:
    file = serve(LARGE)
    opened.session.contents.open(file, ask_server=False)
    assert opened.events.wait_for(ContentUnavailable).file_id == file.id
    assert downloads(files_server) == 0


def test_a_refusal_is_told(
    opened: EngineBench, serve: Callable[..., RemoteFile], files_server: ScriptedFilesServer
) -> None:
    file = serve(LARGE)
    message = "Not allowed to download files of purpose: batch"
    files_server.script("GET", "/files/*/content", [api_error(400, message)])
    opened.session.contents.open(file, ask_server=True)
    failed = opened.events.wait_for(ContentFailed)
    assert failed.problem.kind is ProblemKind.CONTENT_REFUSED
    wait_for(lambda: not opened.events.all(ContentOpened), "that nothing is shown")


def test_content_that_is_cut_off_is_shown_as_far_as_it_came(
    opened: EngineBench, serve: Callable[..., RemoteFile], files_server: ScriptedFilesServer
) -> None:
    file = serve(LARGE)
    files_server.script("GET", "/files/*/content", [Delivery(cut_after=1_000_000)])
    content = start(opened, file)
    opened.events.wait_for(ContentFailed)
    assert not content.is_whole
    assert content.line_count >= 1_000
    opened.session.contents.close()
    wait_for(lambda: not temporary_files(opened), "that the temporary file is deleted")
    assert not list(opened.paths.previews_folder.glob("*.content"))


def test_endless_content_is_cut_off(
    opened: EngineBench, serve: Callable[..., RemoteFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content_files, "_EXCESS_BYTES", -1_000_000)
    start(opened, serve(LARGE))
    failed = opened.events.wait_for(ContentFailed)
    assert failed.problem.kind is ProblemKind.INCOMPLETE


@pytest.mark.parametrize("unlisted", [7, 0, -5])
def test_what_was_sent_beyond_the_listed_size_is_told(
    opened: EngineBench, serve: Callable[..., RemoteFile], unlisted: int
) -> None:
    file = serve(b'{"a": 1}\n' * 20)
    listed = msgspec.structs.replace(file, size=(file.size or 0) - unlisted)
    assert look_inside(opened, listed).unlisted == unlisted
    opened.session.contents.close()
    wait_for(lambda: not temporary_files(opened), "that it is cached")
    content = look_inside(opened, listed)
    assert (content.source, content.unlisted) == (PreviewSource.CACHE, unlisted)


def test_a_closed_file_is_read_no_further(
    opened: EngineBench, serve: Callable[..., RemoteFile], files_server: ScriptedFilesServer
) -> None:
    files_server.script("GET", "/files/*/content", [Stall()])
    opened.session.contents.open(serve(LARGE), ask_server=True)
    files_server.wait_until_stalled()
    opened.session.contents.close()
    wait_for(lambda: not temporary_files(opened), "that the temporary file is deleted")
    files_server.release()
    content = look_inside(opened, serve(b"text", "b.txt"))
    told = {event.file_id for event in opened.events.all(ContentGrew)}
    assert told == {content.file_id}
    assert not opened.events.all(ContentFailed)


def test_nothing_is_left_after_the_session_ends(
    opened: EngineBench, serve: Callable[..., RemoteFile]
) -> None:
    look_inside(opened, serve(LARGE))
    session = opened.session
    session.close()
    wait_for(lambda: session.has_ended, "that the threads of the session end")
    assert temporary_files(opened) == []


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_read_as_utf_8(
    opened: EngineBench, serve: Callable[..., RemoteFile], encoding: str
) -> None:
    text = "\ufeff" + "".join(f'{{"text": "Größe {number} 😀"}}\n' for number in range(20_000))
    content = look_inside(opened, serve(text.encode(encoding)))
    assert (content.kind, content.encoding) == (ContentKind.JSON_LINES, "utf-16")
    line = content.record(20_000)
    assert line is not None
    assert line.data.decode() == '{"text": "Größe 19999 😀"}'
    assert len(temporary_files(opened)) == 1


def test_a_table_wrapped_in_base64_is_unwrapped(
    opened: EngineBench, serve: Callable[..., RemoteFile]
) -> None:
    table = b"step,train_loss\n" + b"".join(b"%d,0.5\n" % step for step in range(100_000))
    content = look_inside(opened, serve(base64.b64encode(table), "step_metrics.csv"))
    assert content.kind is ContentKind.TABLE
    assert content.separator == ","
    assert content.path.read_bytes() == table


def test_an_empty_file(opened: EngineBench, serve: Callable[..., RemoteFile]) -> None:
    content = look_inside(opened, serve(b""))
    assert (content.kind, content.line_count) == (ContentKind.EMPTY, 0)


def test_results_are_added_up_once_all_are_there(
    opened: EngineBench, serve: Callable[..., RemoteFile]
) -> None:
    results = [succeeded(f"q-{number}") for number in range(3)] + [refused("q-3", 429, None)]
    text = "".join(json.dumps(result) + "\n" for result in results)
    content = look_inside(opened, serve(text.encode()))
    assert content.kind is ContentKind.BATCH_RESULTS
    added = opened.events.wait_for(ResultsAdded, lambda event: event.progress.is_complete)
    assert added.progress.summary.outcomes == {Outcome.SUCCEEDED: 3, Outcome.FAILED: 1}


METRICS = b"step,train_loss\n1,0.5\n2,0.25\n"


def losses(event: MetricsRead) -> tuple[float, ...]:
    return event.metrics.series[Metric.TRAIN_LOSS].values


def test_a_results_file_to_compare_is_read_once_and_then_cached(
    opened: EngineBench, serve: Callable[..., RemoteFile], files_server: ScriptedFilesServer
) -> None:
    file = serve(METRICS, "step_metrics.csv")
    for _twice in range(2):
        opened.events.clear()
        opened.session.contents.read_metrics(file, "")
        read = opened.events.wait_for(MetricsRead)
        assert (read.file_id, losses(read)) == (file.id, (0.5, 0.25))
    assert downloads(files_server) == 1
    assert temporary_files(opened) == []


def test_an_original_to_compare_is_read_in_place(
    opened: EngineBench, tmp_path: Path, files_server: ScriptedFilesServer
) -> None:
    path = tmp_path / "step_metrics.csv"
    path.write_bytes(METRICS)
    opened.session.upload([UploadRequest(inspect_file(path), "user_data")])
    file = opened.events.wait_for(FileAdded).file
    opened.transfer()
    opened.session.contents.read_metrics(file, "Not given out.")
    assert losses(opened.events.wait_for(MetricsRead)) == (0.5, 0.25)
    assert downloads(files_server) == 0


def test_what_can_not_be_compared_is_told(
    opened: EngineBench, serve: Callable[..., RemoteFile], files_server: ScriptedFilesServer
) -> None:
    contents = opened.session.contents

    def problem_of(file: RemoteFile, refusal: str = "") -> Problem:
        opened.events.clear()
        contents.read_metrics(file, refusal)
        failed = opened.events.wait_for(MetricsFailed)
        assert failed.file_id == file.id
        return failed.problem

    assert problem_of(serve(b"a,b\n1,2\n", "a.csv")).title == "a.csv has no fine-tuning results"
    refused = problem_of(serve(METRICS, "b.csv"), "Not given out.")
    assert (refused.kind, refused.advice) == (ProblemKind.CONTENT_REFUSED, "Not given out.")
    assert downloads(files_server) == 1
    files_server.script("GET", "/files/*/content", [Delivery(cut_after=10)])
    assert problem_of(serve(METRICS, "c.csv")).kind is ProblemKind.CONNECTION_LOST
    assert temporary_files(opened) == []


def test_of_an_endless_results_file_only_the_first_steps_are_read(
    opened: EngineBench, serve: Callable[..., RemoteFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (metrics_reading, step_metrics):
        monkeypatch.setattr(module, "MAX_BYTES", 100_000)
    table = b"step,train_loss\n" + b"".join(b"%d,0.5\n" % step for step in range(100_000))
    opened.session.contents.read_metrics(serve(table, "step_metrics.csv"), "")
    metrics = opened.events.wait_for(MetricsRead).metrics
    assert not metrics.is_whole
    assert 5_000 < len(metrics.steps) < 20_000
    assert not list(opened.paths.previews_folder.glob("*.content"))


def test_closing_the_file_stops_reading_others_to_compare(
    opened: EngineBench, serve: Callable[..., RemoteFile], files_server: ScriptedFilesServer
) -> None:
    contents = opened.session.contents
    files_server.script("GET", "/files/*/content", [Stall()])
    contents.read_metrics(serve(METRICS, "a.csv"), "")
    files_server.wait_until_stalled()
    contents.close()
    wait_for(lambda: not temporary_files(opened), "that the temporary file is deleted")
    files_server.release()
    contents.read_metrics(serve(METRICS, "b.csv"), "")
    opened.events.wait_for(MetricsRead)
    told = opened.events.all(MetricsRead) + opened.events.all(MetricsFailed)
    assert [event.file_id for event in told] == ["file-b.csv"]
    assert temporary_files(opened) == []


@pytest.mark.slow
def test_the_values_of_columns_are_counted(
    opened: EngineBench, serve: Callable[..., RemoteFile]
) -> None:
    content = look_inside(opened, serve(LARGE))
    reader = line_reader(content.kind, LINES[:100])
    opened.session.contents.count_values(reader)
    progress = opened.events.wait_for(
        ColumnsCounted, lambda event: event.progress.columns is not None
    ).progress
    assert progress.columns is not None
    assert (progress.lines, progress.is_whole_file) == (20_000, True)
    assert progress.read == content.read
    assert progress.columns[1].top == (("x" * 200, 20_000),)


def test_counting_stops_when_the_file_is_closed(
    opened: EngineBench, serve: Callable[..., RemoteFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    started, go_on = threading.Event(), threading.Event()

    def endless(_path: Path, _reader: object) -> Iterator[ColumnsProgress]:
        started.set()
        go_on.wait(10)
        while True:
            yield ColumnsProgress(1, 1)

    monkeypatch.setattr(lines_progress, "read_columns", endless)
    content = look_inside(opened, serve(LARGE))
    opened.session.contents.count_values(line_reader(content.kind, LINES[:100]))
    assert started.wait(10)
    opened.session.contents.close()
    go_on.set()
    opened.session.contents.stop()
    assert opened.session.contents.join(10)
    assert not opened.events.all(ColumnsCounted)


EXAMPLES = b"".join(
    b'{"messages": [{"role": "user", "content": "%s"}, {"role": "%s", "content": "b"}]}\n'
    % (b"a" * 4 * number, b"user" if number == 3 else b"assistant")
    for number in range(1, 21)
)


def test_training_examples_are_added_up_and_checked(
    opened: EngineBench, files_server: ScriptedFilesServer
) -> None:
    files_server.add(
        served_file("a.txt", id="file-a", purpose="fine-tune", content=EXAMPLES),
    )
    file = remote_file("a.txt", id="file-a", purpose="fine-tune", size=len(EXAMPLES))
    content = look_inside(opened, file)
    assert content.kind is ContentKind.CONVERSATIONS
    added = opened.events.wait_for(
        ExamplesAdded, lambda event: event.progress.summary is not None
    ).progress.summary
    assert added is not None
    assert (added.examples, added.tokens) == (20, sum(range(2, 22)))
    checked = opened.events.wait_for(ContentChecked).checked
    assert checked.report is not None
    assert [(one.line, one.rule) for one in checked.report.findings] == [(3, "answer.missing")]


def test_files_for_other_purposes_are_not_checked(
    opened: EngineBench, files_server: ScriptedFilesServer
) -> None:
    files_server.add(served_file("a.jsonl", id="file-a", purpose="user_data", content=EXAMPLES))
    file = remote_file("a.jsonl", id="file-a", purpose="user_data", size=len(EXAMPLES))
    look_inside(opened, file)
    opened.events.wait_for(ExamplesAdded, lambda event: event.progress.summary is not None)
    opened.session.contents.stop()
    assert opened.session.contents.join(10)
    assert not opened.events.all(ContentChecked)
