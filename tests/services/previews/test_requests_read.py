"""What the requests in a batch file of an open account have in common."""

from pathlib import Path

import pytest

from services.catalog.events import FileAdded
from services.checks.gathering import inspect_file
from services.disk.local_file import UploadRequest
from services.previews.events import PreviewReady, RequestsNotRead, RequestsRead
from services.problems.errors import ProblemKind
from tests.support.engine_bench import EngineBench
from tests.support.factories import remote_file
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import served_file
from tests.support.server_faults import Stall

LINE = b'{"custom_id": "1", "url": "/v1/embeddings", "body": {"model": "m"}}\n'
FILE = remote_file("requests.jsonl", id="file-requests", size=2 * len(LINE))


@pytest.fixture
def server(files_server: ScriptedFilesServer) -> ScriptedFilesServer:
    files_server.add(
        served_file("requests.jsonl", id=FILE.id, purpose="batch", content=2 * LINE),
        served_file("other.jsonl", id="file-other", content=LINE),
    )
    return files_server


@pytest.fixture
def ready(server: ScriptedFilesServer, opened: EngineBench) -> EngineBench:
    return opened


def test_they_are_read_from_the_server(ready: EngineBench) -> None:
    ready.session.batch_files.read_requests(FILE, True)
    found = ready.events.wait_for(RequestsRead)
    assert found.file_id == FILE.id
    assert (found.requests.endpoints, found.requests.models) == (("/v1/embeddings",), ("m",))
    assert (found.requests.lines, found.requests.counted) == (2, True)


def test_they_are_read_from_this_computer_even_where_the_server_is_not_to_be_asked(
    ready: EngineBench, tmp_path: Path, server: ScriptedFilesServer
) -> None:
    path = tmp_path / "local.jsonl"
    path.write_bytes(3 * LINE)
    ready.session.upload([UploadRequest(inspect_file(path), "batch")])
    file = ready.events.wait_for(FileAdded).file
    ready.session.batch_files.read_requests(file, False)
    assert ready.events.wait_for(RequestsRead).requests.lines == 3
    assert not server.requests_to("GET", "/files/*/content")


def test_a_file_that_cannot_be_read_says_why(ready: EngineBench) -> None:
    ready.session.batch_files.read_requests(FILE, False)
    assert ready.events.wait_for(RequestsNotRead).problem is None
    ready.events.clear()
    ready.session.batch_files.read_requests(remote_file("gone", id="file-gone"), True)
    problem = ready.events.wait_for(RequestsNotRead).problem
    assert problem is not None
    assert problem.kind is ProblemKind.NOT_FOUND


def test_a_preview_that_is_being_read_goes_on(
    ready: EngineBench, server: ScriptedFilesServer
) -> None:
    server.script("GET", "/files/file-other/content", [Stall()])
    ready.session.previews.preview(remote_file("other.jsonl", id="file-other"), True)
    server.wait_until_stalled()
    ready.session.batch_files.read_requests(FILE, True)
    ready.events.wait_for(RequestsRead)
    server.release()
    assert ready.events.wait_for(PreviewReady).file_id == "file-other"
