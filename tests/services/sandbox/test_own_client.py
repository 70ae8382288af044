"""The program's own client and readers understand the sandbox's jobs and their results."""

import pytest

from services.api.batch import NewBatch
from services.api.files_api import FilesApi
from services.previews.batches.batch_result import Outcome, read_result
from services.previews.documents.step_metrics import Metric, step_metrics
from services.sandbox.server import SandboxServer
from services.system.cancellation import CancelToken
from tests.services.sandbox.batches.batch_files import jsonl, requests_of
from tests.services.sandbox.conftest import KEY, Client
from tests.services.sandbox.fine_tuning.test_fine_tuning_jobs import Jobs
from tests.support.factories import account
from tests.support.manual_clock import ManualClock


@pytest.fixture
def api(server: SandboxServer) -> FilesApi:
    return FilesApi(account(base_url=server.start().base_url), KEY)


@pytest.fixture
def token() -> CancelToken:
    return CancelToken()


def test_a_batch_and_its_results(
    client: Client, api: FilesApi, token: CancelToken, clock: ManualClock
) -> None:
    file = client.create("requests.jsonl", jsonl(requests_of(200)), purpose="batch")
    made = api.batches.create(NewBatch(file["id"], "/v1/chat/completions"), token)
    assert made.status == "validating"
    clock.now += 4
    other = api.batches.create(NewBatch(file["id"], "/v1/responses"), token)
    clock.now += 60
    done = api.batches.retrieve(made.id, token)
    assert done.status == "completed"
    assert [batch.id for batch in api.batches.list_page(token).items] == [other.id, made.id]
    failed = api.batches.retrieve(other.id, token)
    assert failed.status == "failed"
    for file_id, outcome in (
        (done.output_file_id, Outcome.SUCCEEDED),
        (done.error_file_id, Outcome.FAILED),
    ):
        content = client.get(f"/files/{file_id}/content").content
        results = [read_result(line) for line in content.splitlines()]
        assert {result.outcome for result in results if result is not None} == {outcome}
        assert None not in results


def test_a_batch_is_cancelled(
    client: Client, api: FilesApi, token: CancelToken, clock: ManualClock
) -> None:
    file = client.create("requests.jsonl", jsonl(requests_of(200)), purpose="batch")
    made = api.batches.create(NewBatch(file["id"], "/v1/chat/completions"), token)
    clock.now += 4
    assert api.batches.cancel(made.id, token).status == "cancelling"


def test_a_store_and_the_text_of_its_file(
    client: Client, api: FilesApi, token: CancelToken, clock: ManualClock
) -> None:
    file_id = client.create("notes.txt", b"Hello, store!", purpose="assistants")["id"]
    store_id = client.request("POST", "/vector_stores", json={"name": "Help"}).json()["id"]
    assert api.vector_stores.attach(store_id, file_id, token).status == "in_progress"
    clock.now += 10
    assert api.vector_stores.retrieve(store_id, token).name == "Help"
    assert list(api.vector_stores.parsed_text(store_id, file_id, token)) == ["Hello, store!"]
    (file,) = api.vector_stores.files_of(store_id).list_page(token).items
    assert (file.id, file.status) == (file_id, "completed")
    api.vector_stores.detach(store_id, file_id, token)
    assert api.vector_stores.files_of(store_id).list_page(token).items == ()


def test_a_fine_tuning_job_and_its_metrics(
    client: Client, api: FilesApi, token: CancelToken, clock: ManualClock
) -> None:
    jobs = Jobs(client)
    made = jobs.start(validation_file=jobs.examples(3))
    clock.now += 120
    job = api.fine_tuning.retrieve(made["id"], token)
    assert job.status == "succeeded"
    assert job.result_files is not None
    content = client.get(f"/files/{job.result_files[0]}/content").content
    metrics = step_metrics(content, is_whole=True)
    assert metrics is not None
    assert len(metrics.steps) == 60
    assert {Metric.TRAIN_LOSS, Metric.VALID_LOSS} <= metrics.series.keys()
    assert metrics.unreadable_lines == 0
