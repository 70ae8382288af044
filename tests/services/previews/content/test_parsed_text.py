"""Where the server refuses a file's content, the text that was parsed out of it is shown."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.api.remote_file import RemoteFile
from services.catalog.events import FileAdded
from services.checks.gathering import inspect_file
from services.disk.local_file import UploadRequest
from services.previews.content import parsed_text
from services.previews.content.content_head import HEAD_BYTES
from services.previews.events import (
    ContentChecked,
    ContentFailed,
    ContentOpened,
    ContentUnavailable,
    PreviewFailed,
    PreviewReady,
    PreviewUnavailable,
)
from services.previews.open_content import OpenContent
from services.previews.preview import Preview, PreviewSource
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import CancelToken
from tests.support.engine_bench import EngineBench
from tests.support.factories import problem, remote_file
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import served_file
from tests.support.server_faults import api_error
from tests.support.waiting import wait_for

REFUSAL = "Not allowed to download files of purpose: assistants"


class FakeStore:
    """Has texts of some files, and records what it is asked for."""

    def __init__(self) -> None:
        self.texts: dict[str, list[bytes]] = {}
        self.asked: list[str] = []
        self.given = 0
        """Pieces that were taken from it."""
        self.failure: FilesError | None = None

    def find(self, file_id: str, _token: CancelToken) -> Iterator[bytes] | None:
        self.asked.append(file_id)
        return self._pieces(self.texts[file_id]) if file_id in self.texts else None

    def _pieces(self, pieces: list[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self.given += 1
            yield piece
        if self.failure is not None:
            raise self.failure


@pytest.fixture
def store(opened: EngineBench) -> FakeStore:
    opened.session.parsed_text = store = FakeStore()
    return store


@pytest.fixture
def file(files_server: ScriptedFilesServer) -> RemoteFile:
    files_server.add(served_file("a.pdf", id="file-a", content=b"%PDF-1.7"))
    return remote_file("a.pdf", id="file-a", size=8)


@pytest.fixture
def refusing(files_server: ScriptedFilesServer) -> None:
    files_server.script("GET", "/files/*/content", [api_error(400, REFUSAL)])


def preview(bench: EngineBench, file: RemoteFile, *, ask_server: bool) -> Preview:
    bench.session.previews.preview(file, ask_server)
    return bench.events.wait_for(PreviewReady).preview


def look_inside(bench: EngineBench, file: RemoteFile, *, ask_server: bool) -> OpenContent:
    bench.session.contents.open(file, ask_server=ask_server)
    content = bench.events.wait_for(ContentOpened).content
    wait_for(lambda: content.is_whole, "that the content is read")
    return content


def downloads(server: ScriptedFilesServer) -> int:
    return len(server.requests_to("GET", "/files/*/content"))


@pytest.mark.usefixtures("refusing")
@pytest.mark.parametrize("ask_server", [True, False])
def test_a_preview_shows_the_parsed_text_where_the_content_is_refused(
    opened: EngineBench,
    store: FakeStore,
    file: RemoteFile,
    files_server: ScriptedFilesServer,
    ask_server: bool,
) -> None:
    store.texts["file-a"] = [b"one\n", b"two\n"]
    shown = preview(opened, file, ask_server=ask_server)
    assert (shown.source, shown.rows) == (PreviewSource.PARSED_TEXT, (("one",), ("two",)))
    assert shown.is_whole
    assert downloads(files_server) == ask_server
    assert not opened.events.all(PreviewFailed)
    # It isn't the file's content, so it isn't cached as such.
    assert not list(opened.paths.previews_folder.glob("*.content"))


def test_a_preview_takes_no_more_of_the_parsed_text_than_it_needs(
    opened: EngineBench, store: FakeStore, file: RemoteFile
) -> None:
    store.texts["file-a"] = [b"x\n" * (HEAD_BYTES // 4)] * 10
    shown = preview(opened, file, ask_server=False)
    assert (shown.size, shown.is_whole) == (HEAD_BYTES, False)
    assert store.given == 2


@pytest.mark.usefixtures("refusing")
@pytest.mark.parametrize("ask_server", [True, False])
def test_the_parsed_text_can_be_looked_into(
    opened: EngineBench, store: FakeStore, file: RemoteFile, ask_server: bool
) -> None:
    store.texts["file-a"] = [b"line\n"] * 5_000
    content = look_inside(opened, file, ask_server=ask_server)
    assert (content.source, content.line_count) == (PreviewSource.PARSED_TEXT, 5_000)
    assert content.total == 25_000
    opened.session.contents.close()
    wait_for(
        lambda: not list(opened.paths.previews_folder.glob("open-*")),
        "that the temporary file is deleted",
    )
    assert not list(opened.paths.previews_folder.glob("*.content"))


@pytest.mark.usefixtures("refusing")
def test_without_parsed_text_the_refusal_is_told(
    opened: EngineBench, store: FakeStore, file: RemoteFile, files_server: ScriptedFilesServer
) -> None:
    opened.session.previews.preview(file, True)
    assert opened.events.wait_for(PreviewFailed).problem.kind is ProblemKind.CONTENT_REFUSED
    files_server.script("GET", "/files/*/content", [api_error(400, REFUSAL)])
    opened.session.contents.open(file, ask_server=True)
    assert opened.events.wait_for(ContentFailed).problem.kind is ProblemKind.CONTENT_REFUSED
    opened.session.previews.preview(file, False)
    opened.events.wait_for(PreviewUnavailable)
    opened.session.contents.open(file, ask_server=False)
    opened.events.wait_for(ContentUnavailable)
    assert store.asked == ["file-a"] * 4


def test_the_parsed_text_comes_last(
    opened: EngineBench, store: FakeStore, file: RemoteFile, tmp_path: Path
) -> None:
    assert preview(opened, file, ask_server=True).source is PreviewSource.SERVER
    path = tmp_path / "local.txt"
    path.write_bytes(b"local")
    opened.session.upload([UploadRequest(inspect_file(path), "assistants")])
    uploaded = opened.events.wait_for(FileAdded).file
    opened.transfer()
    assert look_inside(opened, uploaded, ask_server=False).source is PreviewSource.LOCAL
    assert store.asked == []


def test_the_parsed_text_can_be_looked_into_though_the_file_could_be_read(
    opened: EngineBench, store: FakeStore, files_server: ScriptedFilesServer
) -> None:
    lines = b'{"wrong": 1}\n' * 100
    files_server.add(served_file("a.jsonl", id="file-a", purpose="fine-tune", content=lines))
    file = remote_file("a.jsonl", id="file-a", purpose="fine-tune", size=len(lines))
    store.texts["file-a"] = [lines]
    contents = opened.session.contents
    contents.open_parsed_text(file)
    content = opened.events.wait_for(ContentOpened).content
    wait_for(lambda: content.is_whole, "that the content is read")
    assert content.source is PreviewSource.PARSED_TEXT
    assert downloads(files_server) == 0
    contents.stop()
    assert contents.join(10)
    assert not opened.events.all(ContentChecked), "it isn't what was uploaded"


def test_a_file_may_have_no_parsed_text(opened: EngineBench, store: FakeStore) -> None:
    opened.session.contents.open_parsed_text(remote_file("a.pdf", id="file-a"))
    assert opened.events.wait_for(ContentUnavailable).file_id == "file-a"


def test_other_failures_are_told_without_asking_for_it(
    opened: EngineBench, store: FakeStore, file: RemoteFile, files_server: ScriptedFilesServer
) -> None:
    files_server.script("GET", "/files/*/content", [api_error(404, "No such file")] * 2)
    opened.session.previews.preview(file, True)
    opened.events.wait_for(PreviewFailed)
    opened.session.contents.open(file, ask_server=True)
    opened.events.wait_for(ContentFailed)
    assert store.asked == []


def test_a_failure_to_read_it_is_told(
    opened: EngineBench, store: FakeStore, file: RemoteFile
) -> None:
    store.texts["file-a"] = [b"one\n"]
    store.failure = FilesError(problem("No network", kind=ProblemKind.UNREACHABLE))
    opened.session.previews.preview(file, False)
    assert opened.events.wait_for(PreviewFailed).problem.title == "No network"
    opened.session.contents.open(file, ask_server=False)
    assert opened.events.wait_for(ContentFailed).problem.title == "No network"


def test_endless_text_is_cut_off(
    opened: EngineBench, store: FakeStore, file: RemoteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parsed_text, "MAX_BYTES", 1_000)
    store.texts["file-a"] = [b"x" * 400] * 1_000
    opened.session.contents.open(file, ask_server=False)
    assert opened.events.wait_for(ContentFailed).problem.kind is ProblemKind.INCOMPLETE
    assert store.given == 3
