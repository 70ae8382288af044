"""The errors in the results of a batch of an open account, as far as a look at the beginning tells."""

import json

import pytest

from services.previews.batches.batch_result import Outcome
from services.previews.content.content_head import HEAD_BYTES
from services.previews.events import ErrorsNotRead, ErrorsRead, PreviewReady
from services.problems.errors import ProblemKind
from tests.services.previews.batches.test_batch_summary import not_run, refused, succeeded
from tests.support.engine_bench import EngineBench
from tests.support.factories import remote_file
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import served_file
from tests.support.server_faults import Stall

ERRORS = remote_file("errors.jsonl", id="file-errors")
LARGE = remote_file("large.jsonl", id="file-large")
SLOW = refused("1", 429, "rate_limit_exceeded", "Slow down")
LONG = refused("2", 400, "too_long", "Far too long")


def jsonl(*values: object) -> bytes:
    return "".join(json.dumps(value) + "\n" for value in values).encode()


@pytest.fixture
def ready(files_server: ScriptedFilesServer, opened: EngineBench) -> EngineBench:
    rows = jsonl(SLOW) * (2 * HEAD_BYTES // len(jsonl(SLOW)))
    results = jsonl(LONG, SLOW, succeeded("3"), SLOW, not_run("4", "batch_expired"))
    files_server.add(
        served_file("errors.jsonl", id=ERRORS.id, purpose="batch_output", content=results),
        served_file("large.jsonl", id=LARGE.id, purpose="batch_output", content=rows),
    )
    return opened


def test_they_are_added_up_the_commonest_first(ready: EngineBench) -> None:
    ready.session.batch_files.read_errors(ERRORS, True)
    found = ready.events.wait_for(ErrorsRead)
    assert (found.file_id, found.is_whole) == (ERRORS.id, True)
    assert list(found.summary.errors.items()) == [
        ((429, "rate_limit_exceeded"), 2),
        ((400, "too_long"), 1),
        ((None, "batch_expired"), 1),
    ]
    assert found.summary.messages[400, "too_long"] == "Far too long"


def test_only_the_beginning_of_a_large_file_is_read_without_its_cut_line(
    ready: EngineBench,
) -> None:
    ready.session.batch_files.read_errors(LARGE, True)
    found = ready.events.wait_for(ErrorsRead)
    assert not found.is_whole
    assert found.summary.requests == HEAD_BYTES // len(jsonl(SLOW))
    assert Outcome.UNREADABLE not in found.summary.outcomes


def test_a_file_that_cannot_be_read_says_why(ready: EngineBench) -> None:
    ready.session.batch_files.read_errors(ERRORS, False)
    assert ready.events.wait_for(ErrorsNotRead).problem is None
    ready.events.clear()
    ready.session.batch_files.read_errors(remote_file("gone", id="file-gone"), True)
    problem = ready.events.wait_for(ErrorsNotRead).problem
    assert problem is not None
    assert problem.kind is ProblemKind.NOT_FOUND


def test_only_the_last_call_is_answered_while_a_preview_goes_on(
    ready: EngineBench, files_server: ScriptedFilesServer
) -> None:
    previews, batch_files = ready.session.previews, ready.session.batch_files
    previews.preview(LARGE, True)
    ready.events.wait_for(PreviewReady)
    ready.events.clear()
    files_server.script("GET", f"/files/{ERRORS.id}/content", [Stall()])
    batch_files.read_errors(ERRORS, True)
    files_server.wait_until_stalled()
    batch_files.read_errors(LARGE, True)
    assert ready.events.wait_for(ErrorsRead).file_id == LARGE.id
    previews.preview(ERRORS, True)
    files_server.release()
    assert ready.events.wait_for(PreviewReady).file_id == ERRORS.id
    assert [one.file_id for one in ready.events.all(ErrorsRead)] == [LARGE.id]
    assert ready.events.all(ErrorsNotRead) == []


def test_a_read_that_was_canceled_is_not_answered(
    ready: EngineBench, files_server: ScriptedFilesServer
) -> None:
    files_server.script("GET", f"/files/{ERRORS.id}/content", [Stall()])
    ready.session.batch_files.read_errors(ERRORS, True)
    files_server.wait_until_stalled()
    ready.session.batch_files.cancel_errors()
    files_server.release()
    ready.session.close()
    ready.close()
    assert ready.events.all(ErrorsRead) == []
    assert ready.events.all(ErrorsNotRead) == []
