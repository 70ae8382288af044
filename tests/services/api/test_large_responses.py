"""Any response takes a limited amount of memory, measured in another process."""

import gzip
import json
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from services.api.bounded_reading import OBJECT_BYTES, PAGE_BYTES
from services.api.files_api import FilesApi
from services.problems.errors import FilesError, ProblemKind
from tests.services.api.conftest import NonWaitingToken
from tests.services.api.operations import (
    ApiCall,
    content,
    delete,
    list_files,
    problem_of,
    retrieve,
    upload,
)
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.served_files import served_file
from tests.support.server_faults import Answer, Delivery, Framing

ROOT = Path(__file__).resolve().parent.parent.parent.parent
MIB = 1024 * 1024
MOST_GROWTH = 48 * MIB
"""For small responses; includes the modules imported along the way."""

CLIENT = """
import sys
from pathlib import Path

from services.problems.errors import FilesError
from services.api.files_api import FilesApi
from services.system.cancellation import CancelToken
from tests.services.api import operations
from tests.support.factories import account


def status(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name + ":"))


address, key, folder, *asked = sys.argv[1:]
api = FilesApi(account(base_url=address), key, random=lambda: 0.0)
token = CancelToken()
operations.list_files(api, token, Path(folder))  # all is loaded now
for ask in asked:
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = status("VmRSS")
    try:
        getattr(operations, ask)(api, token, Path(folder))
        kind = "none"
    except FilesError as error:
        kind = error.problem.kind
    print(kind, status("VmHWM") - before)
"""


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """Half a megabyte that decompresses to half a gigabyte."""
    return gzip.compress(bytes(64 * MIB), 6) * 8


def compressed(body: bytes, status: int = 200, coding: str = "gzip", **more: str) -> Answer:
    headers = (("Content-Encoding", coding), *((name.title(), at) for name, at in more.items()))
    return Answer(status, headers, body)


def kinds_and_growths(
    server: ScriptedFilesServer, folder: Path, asks: list[ApiCall]
) -> list[tuple[str, int]]:
    """The error kind of each request, or "none", and the peak memory growth."""
    done = subprocess.run(
        [
            *(sys.executable, "-c", CLIENT, server.base_url, TEST_KEY, str(folder)),
            *(ask.__name__ for ask in asks),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    return [(kind, int(growth)) for kind, growth in lines]


needs_proc = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
CHANGING: list[ApiCall] = [upload, delete]
ONE_OBJECT: list[ApiCall] = [retrieve, *CHANGING]
FOLLOWING: list[ApiCall] = [list_files, retrieve, content]


@pytest.mark.slow
@needs_proc
def test_a_decompression_bomb_takes_little_memory(
    files_server: ScriptedFilesServer, tmp_path: Path, bomb: bytes
) -> None:
    files_server.add(served_file(id="file-a"))
    files_server.next(None, *[compressed(bomb)] * 3, *[compressed(bomb, 400)] * 5)
    for path in ("", "/file-a", "/file-a/content"):
        location = f"{files_server.base_url}/files{path}"
        files_server.next(compressed(bomb, 307, location=location), None)
    refused = [*FOLLOWING, *CHANGING]
    outcomes = kinds_and_growths(files_server, tmp_path, [*ONE_OBJECT, *refused, *FOLLOWING])
    assert [kind for kind, _growth in outcomes] == [
        *[ProblemKind.NOT_A_FILES_API] * 3,
        *[ProblemKind.REQUEST_REFUSED] * 5,
        *["none"] * 3,
    ]
    assert max(growth for _kind, growth in outcomes) < MOST_GROWTH
    assert files_server.unused_faults == 0


@pytest.mark.slow
@needs_proc
def test_endless_pages_and_chunks_take_no_more_memory_than_a_page(
    files_server: ScriptedFilesServer, tmp_path: Path, bomb: bytes
) -> None:
    pages = [
        compressed(bomb),
        compressed(gzip.compress(bomb), coding="gzip, gzip"),
        compressed(zlib.compress(bytes(256 * MIB), 1), coding="deflate"),
    ]
    chunked = (("Transfer-Encoding", "chunked"),)
    chunks = [
        Answer(200, chunked, size + b"\r\n" + bytes(200 * MIB)) for size in (b"-1", b"ffffffffff")
    ]
    files_server.next(None, *pages, *chunks, *chunks)
    asks: list[ApiCall] = [*[list_files] * 5, *[retrieve] * 2]
    outcomes = kinds_and_growths(files_server, tmp_path, asks)
    assert {kind for kind, _growth in outcomes} == {ProblemKind.NOT_A_FILES_API}
    assert max(growth for _kind, growth in outcomes) < 2 * PAGE_BYTES + MOST_GROWTH
    assert files_server.unused_faults == 0


@pytest.mark.slow
@pytest.mark.parametrize("framing", Framing)
def test_a_page_over_the_limit_fails_without_a_retry(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: NonWaitingToken,
    tmp_path: Path,
    framing: Framing,
) -> None:
    page = Answer(body=b'{"data": []' + b" " * PAGE_BYTES + b"}")
    files_server.next(Delivery(answer=page, framing=framing))
    assert problem_of(list_files, api, token, tmp_path).kind is ProblemKind.NOT_A_FILES_API
    assert len(files_server.requests) == 1


@pytest.mark.slow
def test_a_page_just_within_the_limit_is_read(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken
) -> None:
    start = b'{"data": [{"id": "file-a"}]'
    files_server.next(Answer(body=start + b" " * (PAGE_BYTES - len(start) - 1) + b"}"))
    assert [file.id for file in api.list_page(token).files] == ["file-a"]


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("ask", [upload, retrieve, delete])
def test_an_object_is_read_up_to_the_limit_and_rejected_beyond_it(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: NonWaitingToken,
    tmp_path: Path,
    ask: ApiCall,
    compress: bool,
) -> None:
    start = json.dumps({"id": "file-a", "deleted": True}).encode()[:-1]
    for over in (0, 1):
        body = start + b" " * (OBJECT_BYTES - len(start) - 1 + over) + b"}"
        files_server.next(Delivery(answer=Answer(body=body), gzip=compress))
        if over:
            problem = problem_of(ask, api, token, tmp_path)
            assert problem.kind is ProblemKind.NOT_A_FILES_API
        else:
            ask(api, token, tmp_path)
    assert len(files_server.requests) == 2


def test_after_a_too_large_response_the_server_may_have_the_upload(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken, tmp_path: Path
) -> None:
    files_server.next(Answer(body=b" " * (OBJECT_BYTES + 1)))
    with pytest.raises(FilesError) as caught:
        upload(api, token, tmp_path)
    assert caught.value.body_sent
    assert caught.value.problem.status in {None, 200}


def test_leftover_response_data_never_reaches_the_next_request(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken, tmp_path: Path
) -> None:
    files_server.add(served_file(id="file-a"))
    files_server.next(Answer(400, body=b"x" * MIB), Answer(body=b" " * 2 * OBJECT_BYTES))
    problem_of(list_files, api, token, tmp_path)
    problem_of(retrieve, api, token, tmp_path)
    assert [file.id for file in api.list_page(token).files] == ["file-a"]
    assert files_server.connections == 3
