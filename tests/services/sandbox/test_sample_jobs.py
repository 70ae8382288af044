"""The jobs in a new sandbox fit its sample files."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from services.sandbox.server import SandboxServer
from tests.services.sandbox.conftest import A_MONDAY, Client
from tests.services.sandbox.official_shapes import (
    BATCH,
    FINE_TUNING_JOB,
    VECTOR_STORE,
    VECTOR_STORE_FILE,
    differences,
)
from tests.support.manual_clock import ManualClock


@pytest.fixture
def samples(start: Callable[..., SandboxServer]) -> Iterator[Client]:
    client = Client(start(with_samples=True).start())
    yield client
    client.session.close()


def listed(client: Client, path: str) -> list[Any]:
    return list(client.get(path).json()["data"])


def lines_of(client: Client, file_id: str) -> list[Any]:
    content = client.get(f"/files/{file_id}/content").content
    return [json.loads(line) for line in content.splitlines()]


def named(client: Client) -> dict[str, Any]:
    return {file["id"]: file for file in client.list_files()["data"]}


def test_each_batch_fits_its_files(samples: Client) -> None:
    files = named(samples)
    batches = listed(samples, "/batches")
    statuses = [batch["status"] for batch in batches]
    assert statuses == ["in_progress", "failed", "completed", "completed"]
    for batch in batches:
        assert differences(batch, BATCH) == []
        assert files[batch["input_file_id"]]["created_at"] <= batch["created_at"] < A_MONDAY
        assert batch["metadata"]["name"] in files[batch["input_file_id"]]["filename"]
        if batch["status"] != "completed":
            assert batch["output_file_id"] is batch["error_file_id"] is None
            continue
        requests = lines_of(samples, batch["input_file_id"])
        output = lines_of(samples, batch["output_file_id"])
        errors = lines_of(samples, batch["error_file_id"]) if batch["error_file_id"] else []
        assert batch["request_counts"] == {
            "total": len(requests),
            "completed": len(output),
            "failed": len(errors),
        }
        assert {line["url"] for line in requests} == {batch["endpoint"]}
        assert {line["body"]["model"] for line in requests} == {batch["model"]}
        assert files[batch["output_file_id"]]["created_at"] == batch["completed_at"]
        assert batch["completed_at"] <= batch["expires_at"]
        used = [line["response"]["body"]["usage"]["total_tokens"] for line in output]
        assert batch["usage"]["total_tokens"] == sum(used)
        assert files[batch["output_file_id"]]["filename"].split("_")[1] in batch["id"]
    failed = batches[1]
    assert failed["endpoint"] != batches[0]["endpoint"]
    assert {error["code"] for error in failed["errors"]["data"]} == {"invalid_url"}


def test_the_running_batch_completes(samples: Client, clock: ManualClock) -> None:
    running = listed(samples, "/batches")[0]
    done = running["request_counts"]["completed"] + running["request_counts"]["failed"]
    assert 0 < done < running["request_counts"]["total"] == 25
    clock.now += 3600
    batch = samples.get(f"/batches/{running['id']}").json()
    assert batch["status"] == "completed"
    assert batch["output_file_id"] in named(samples)


def test_the_store_has_files_that_are_usable_and_one_that_is_not(samples: Client) -> None:
    (store,) = listed(samples, "/vector_stores")
    assert differences(store, VECTOR_STORE) == []
    assert store["status"] == "completed"
    assert store["expires_at"] > A_MONDAY
    assert (store["file_counts"]["completed"], store["file_counts"]["failed"]) == (4, 1)
    files = named(samples)
    for file in listed(samples, f"/vector_stores/{store['id']}/files"):
        assert differences(file, VECTOR_STORE_FILE) == []
        assert files[file["id"]]["created_at"] <= file["created_at"] <= A_MONDAY
        path = f"/vector_stores/{store['id']}/files/{file['id']}/content"
        assert bool(samples.get(path).json()["data"]) == (file["status"] == "completed")


def test_the_fine_tuning_job_fits_its_files(samples: Client) -> None:
    (job,) = listed(samples, "/fine_tuning/jobs")
    assert differences(job, FINE_TUNING_JOB) == []
    assert job["status"] == "succeeded"
    files = named(samples)
    (result,) = (files[file_id] for file_id in job["result_files"])
    assert result["filename"] == "step_metrics.csv"
    assert result["created_at"] == job["finished_at"]
    for name in ("training_file", "validation_file"):
        assert files[job[name]]["purpose"] == "fine-tune"
        assert files[job[name]]["created_at"] <= job["created_at"]
    table = samples.get(f"/files/{result['id']}/content").content
    assert int(table.splitlines()[-1].split(b",")[0]) == 240


def test_the_events_of_the_fine_tuning_job_match_its_results(samples: Client) -> None:
    (job,) = listed(samples, "/fine_tuning/jobs")
    content = samples.get(f"/files/{job['result_files'][0]}/content").content
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    path = f"/fine_tuning/jobs/{job['id']}/events?limit=100"
    told = [one["data"] for one in listed(samples, path) if one["type"] == "metrics"]
    assert len(told) == 80
    for data in told:
        row = rows[data["step"] - 1]
        assert float(row["train_loss"]) == data["train_loss"]
        assert float(row["train_accuracy"]) == data["train_mean_token_accuracy"]
        if "valid_loss" in data:
            assert float(row["valid_loss"]) == data["valid_loss"]


def test_a_sandbox_without_samples_has_no_jobs(client: Client) -> None:
    for path in ("/batches", "/vector_stores", "/fine_tuning/jobs"):
        assert listed(client, path) == []
