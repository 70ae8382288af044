"""Starting, cancelling, attaching, detaching and reading, and what happens if an answer is lost."""

import pytest

from services.api.batch import NewBatch
from services.api.files_api import FilesApi
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import Cancelled, CancelToken
from tests.services.api.conftest import MakeApi, NonWaitingToken
from tests.support.factories import account
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.manual_clock import ManualClock
from tests.support.served_jobs import (
    running_batch,
    served_batch,
    served_job,
    served_store,
    store_file,
)
from tests.support.server_faults import (
    Answer,
    Delivery,
    Fault,
    Moment,
    Reset,
    api_error,
    html,
    json_body,
    rate_limited,
    unavailable,
)

NEW = NewBatch("file-1", "/v1/responses")


@pytest.fixture
def store(files_server: ScriptedFilesServer) -> str:
    """A vector store with `file-1` and `file-2`."""
    files_server.jobs.stores.append(served_store(id="vs_1"))
    files_server.jobs.files_of["vs_1"] = [store_file("file-1"), store_file("file-2")]
    return "vs_1"


def test_one_object_can_be_retrieved(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, store: str
) -> None:
    files_server.jobs.batches.append(served_batch(id="batch_1"))
    files_server.jobs.fine_tuning.append(served_job(id="ftjob-1"))
    assert api.batches.retrieve("batch_1", token).status == "completed"
    assert api.fine_tuning.retrieve("ftjob-1", token).status == "succeeded"
    assert api.vector_stores.retrieve(store, token).id == store
    assert api.vector_stores.files_of(store).retrieve("file-1", token).id == "file-1"
    with pytest.raises(FilesError) as caught:
        api.vector_stores.files_of(store).retrieve("file-3", token)
    assert caught.value.problem.kind is ProblemKind.NOT_FOUND
    assert "file" not in caught.value.problem.title


@pytest.mark.parametrize("odd", ["", ".", ".."])
def test_an_id_that_cannot_be_in_a_path_is_never_requested(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, odd: str
) -> None:
    with pytest.raises(FilesError):
        api.batches.retrieve(odd, token)
    with pytest.raises(FilesError):
        api.vector_stores.detach("vs_1", odd, token)
    assert files_server.requests == []


def test_a_batch_is_started_with_exactly_what_was_chosen(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    started = api.batches.create(NEW, token)
    assert started.status == "validating"
    assert started.total is None
    api.batches.create(
        NewBatch("file-1", "/v1/embeddings", "24h", {"name": "n"}, output_expires_after=3600), token
    )
    assert [request.json for request in files_server.requests] == [
        {"input_file_id": "file-1", "endpoint": "/v1/responses", "completion_window": "24h"},
        {
            "input_file_id": "file-1",
            "endpoint": "/v1/embeddings",
            "completion_window": "24h",
            "metadata": {"name": "n"},
            "output_expires_after": {"anchor": "created_at", "seconds": 3600},
        },
    ]


@pytest.mark.parametrize(
    "lost",
    [
        Reset(Moment.AFTER_BODY, carried_out=True),
        Delivery(cut_after=10),
        unavailable(500),
        html(502),
        html(200),
        api_error(408, "Timeout"),
        json_body({"object": "batch"}),
    ],
)
def test_a_batch_whose_answer_is_lost_is_not_started_twice(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken, lost: Fault
) -> None:
    files_server.next(lost)
    with pytest.raises(FilesError) as caught:
        api.batches.create(NEW, token)
    assert len(files_server.requests) == 1
    assert caught.value.problem.kind is ProblemKind.ANSWER_LOST
    assert "list of batches" in caught.value.problem.advice
    assert caught.value.problem.detail


@pytest.mark.parametrize(
    "refused", [rate_limited(retry_after="2"), unavailable(503, retry_after="2")]
)
def test_a_batch_that_was_not_taken_is_sent_again(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken, refused: Answer
) -> None:
    files_server.next(refused)
    api.batches.create(NEW, token)
    assert len(files_server.jobs.batches) == 1
    assert token.pauses == [2.0]


def test_a_batch_that_never_left_is_sent_again(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken
) -> None:
    files_server.close()
    with pytest.raises(FilesError) as caught:
        api.batches.create(NEW, token)
    assert caught.value.problem.kind is ProblemKind.UNREACHABLE
    assert len(token.pauses) == 2


def test_why_a_batch_is_refused_is_in_the_servers_words(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken
) -> None:
    files_server.next(api_error(400, "Invalid endpoint", param="endpoint"))
    with pytest.raises(FilesError) as caught:
        api.batches.create(NEW, token)
    assert caught.value.problem.kind is ProblemKind.REQUEST_REFUSED
    assert caught.value.problem.server_message == "Invalid endpoint"


def test_a_batch_is_cancelled(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.jobs.batches.append(running_batch(id="batch_1"))
    assert api.batches.cancel("batch_1", token).status == "cancelling"
    assert api.batches.cancel("batch_1", token).status == "cancelling"


def test_a_cancel_whose_answer_is_lost_is_done_all_the_same(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken
) -> None:
    files_server.jobs.batches.append(running_batch(id="batch_1"))
    files_server.next(*[Reset(Moment.AFTER_BODY, carried_out=True)] * 3)
    assert api.batches.cancel("batch_1", token).status == "cancelling"


def test_a_batch_that_has_ended_cannot_be_cancelled(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken
) -> None:
    files_server.jobs.batches.append(served_batch(id="batch_1"))
    with pytest.raises(FilesError) as caught:
        api.batches.cancel("batch_1", token)
    assert "Cannot cancel" in caught.value.problem.server_message
    assert "file" not in caught.value.problem.title


def test_a_file_is_attached_and_detached(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, store: str
) -> None:
    attached = api.vector_stores.attach(store, "file-3", token)
    assert (attached.id, attached.is_indexing) == ("file-3", True)
    api.vector_stores.detach(store, "file-1", token)
    assert [file["id"] for file in files_server.jobs.files_of[store]] == ["file-2", "file-3"]
    with pytest.raises(FilesError) as caught:
        api.vector_stores.detach(store, "file-1", token)
    assert caught.value.problem.kind is ProblemKind.NOT_FOUND


def test_a_detach_whose_answer_is_lost_is_done_all_the_same(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken, store: str
) -> None:
    files_server.next(Reset(Moment.AFTER_BODY, carried_out=True))
    api.vector_stores.detach(store, "file-1", token)
    assert [file["id"] for file in files_server.jobs.files_of[store]] == ["file-2"]


def test_an_attach_whose_answer_is_lost_is_repeated(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken, store: str
) -> None:
    files_server.next(Reset(Moment.AFTER_BODY, carried_out=True))
    api.vector_stores.attach(store, "file-3", token)
    ids = [file["id"] for file in files_server.jobs.files_of[store]]
    assert ids == ["file-1", "file-2", "file-3"]


@pytest.mark.slow
def test_files_are_attached_at_the_pace_of_each_store(
    files_server: ScriptedFilesServer, store: str
) -> None:
    files_server.jobs.stores.append(served_store(id="vs_2"))
    clock = ManualClock()
    token = clock.token()
    api = FilesApi(account(base_url=files_server.base_url), TEST_KEY, monotonic=clock)
    waits: list[float] = []

    def on_wait(seconds: float, problem: object) -> None:
        waits.append(seconds)

    for number in range(301):
        api.vector_stores.attach(store, f"file-{number}", token, on_wait=on_wait)
    assert waits == [60.0]
    api.vector_stores.attach("vs_2", "file-1", token, on_wait=on_wait)
    assert waits == [60.0]


def test_the_parsed_text_comes_page_by_page(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, store: str
) -> None:
    files_server.jobs.texts["file-1"] = ["First ", "second ", "third"]
    assert "".join(api.vector_stores.parsed_text(store, "file-1", token)) == "First second third"
    assert [request.query for request in files_server.requests] == [
        {},
        {"page": "1"},
        {"page": "2"},
    ]
    assert "".join(api.vector_stores.parsed_text(store, "file-2", token)) == ""


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"data": [], "has_more": True, "next_page": None}, ""),
        ({"data": [{"type": "text", "text": "a"}], "next_page": "never"}, "a"),
        ({"data": [{"type": "image"}, None, {"text": 7}, {"text": "b"}]}, "b"),
    ],
)
def test_odd_parsed_text_ends(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: CancelToken,
    store: str,
    answer: object,
    text: str,
) -> None:
    files_server.next(json_body(answer))
    assert "".join(api.vector_stores.parsed_text(store, "file-1", token)) == text


def test_parsed_text_that_never_ends_is_cut_off(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, store: str
) -> None:
    page = {"data": [{"type": "text", "text": "a"}], "has_more": True, "next_page": "1"}
    files_server.next(*[json_body(page)] * 5)
    pieces = api.vector_stores.parsed_text(store, "file-1", token)
    assert [next(pieces), next(pieces)] == ["a", "a"]
    with pytest.raises(FilesError) as caught:
        next(pieces)
    assert caught.value.problem.kind is ProblemKind.INCOMPLETE


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (html(200), ProblemKind.NOT_A_FILES_API),
        (json_body({"data": None}), ProblemKind.NOT_A_FILES_API),
        (json_body({"error": {"message": "no"}}), ProblemKind.REQUEST_REFUSED),
        (api_error(404, "No file"), ProblemKind.NOT_FOUND),
        (api_error(405, "No"), ProblemKind.NOT_OFFERED),
    ],
)
def test_parsed_text_that_is_refused_is_an_error(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: CancelToken,
    store: str,
    answer: Answer,
    kind: ProblemKind,
) -> None:
    files_server.next(answer)
    with pytest.raises(FilesError) as caught:
        list(api.vector_stores.parsed_text(store, "file-1", token))
    assert caught.value.problem.kind is kind


def test_the_key_is_removed_from_parsed_text(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, store: str
) -> None:
    files_server.jobs.texts["file-1"] = [f"Bearer {TEST_KEY}"]
    assert list(api.vector_stores.parsed_text(store, "file-1", token)) == ["Bearer •••"]
    files_server.next(api_error(400, f"Bearer {TEST_KEY}"))
    with pytest.raises(FilesError) as caught:
        api.batches.create(NEW, token)
    assert TEST_KEY not in caught.value.problem.report


def test_each_call_can_be_cancelled(files_server: ScriptedFilesServer, make_api: MakeApi) -> None:
    token = CancelToken()
    token.cancel()
    api = make_api()
    for call in (
        lambda: api.batches.list_page(token),
        lambda: api.batches.create(NEW, token),
        lambda: api.vector_stores.attach("vs_1", "file-1", token),
    ):
        with pytest.raises(Cancelled):
            call()
    assert files_server.requests == []
