import base64
import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from services.sandbox.server import SandboxServer
from tests.services.sandbox.conftest import A_MONDAY, Client, error_in
from tests.services.sandbox.official_shapes import (
    FINE_TUNING_CHECKPOINT,
    FINE_TUNING_EVENT,
    FINE_TUNING_JOB,
    Shape,
    differences,
    list_of,
)
from tests.support.manual_clock import ManualClock

LONG_ENOUGH = 120
PAGE = Shape({"object": {"list"}, "data": [FINE_TUNING_JOB], "has_more": bool})
CHAT = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}
PREFERENCE = {
    "input": {"messages": [{"role": "user", "content": "Hi"}]},
    "preferred_output": [{"role": "assistant", "content": "Hello"}],
    "non_preferred_output": [{"role": "assistant", "content": "What?"}],
}


class Jobs:
    """Calls the endpoints of fine-tuning jobs; each answer is held against the document."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def examples(self, count: int = 20, example: Any = CHAT, more: bytes = b"") -> str:
        content = b"".join(json.dumps(example).encode() + b"\n" for _number in range(count))
        made = self.client.create("examples.jsonl", content + more, purpose="fine-tune")
        file_id: str = made["id"]
        return file_id

    def start(self, training_file: str | None = None, **fields: Any) -> Any:
        body = {"model": "gpt-4o-mini", "training_file": training_file or self.examples(), **fields}
        return self._checked(self.client.request("POST", "/fine_tuning/jobs", json=body))

    def retrieve(self, job_id: str) -> Any:
        return self._checked(self.client.get(f"/fine_tuning/jobs/{job_id}"))

    def cancel(self, job_id: str) -> Any:
        return self._checked(self.client.request("POST", f"/fine_tuning/jobs/{job_id}/cancel"))

    def events(self, job_id: str) -> list[str]:
        """The messages of the events, the newest first."""
        page = self.client.get(f"/fine_tuning/jobs/{job_id}/events?limit=100").json()
        shape = Shape({"object": {"list"}, "data": [FINE_TUNING_EVENT], "has_more": bool})
        assert differences(page, shape) == []
        return [event["message"] for event in page["data"]]

    def checkpoints(self, job_id: str) -> list[int]:
        """The steps of the checkpoints, the newest first."""
        page = self.client.get(f"/fine_tuning/jobs/{job_id}/checkpoints").json()
        assert differences(page, list_of(FINE_TUNING_CHECKPOINT)) == []
        return [one["step_number"] for one in page["data"]]

    def _checked(self, response: Any) -> Any:
        assert response.status_code == 200, response.text
        job = response.json()
        assert differences(job, FINE_TUNING_JOB) == []
        return job


@pytest.fixture
def jobs(client: Client) -> Jobs:
    return Jobs(client)


def test_a_job_runs_through_its_states_by_itself(jobs: Jobs, clock: ManualClock) -> None:
    validation = jobs.examples(3)
    made = jobs.start(validation_file=validation, suffix="mine", metadata={"a": "b"}, seed=7)
    assert (made["status"], made["created_at"]) == ("validating_files", A_MONDAY)
    assert made["hyperparameters"]["n_epochs"] == "auto"
    assert (made["seed"], made["metadata"]) == (7, {"a": "b"})
    seen = []
    for _second in range(LONG_ENOUGH):
        job = jobs.retrieve(made["id"])
        if job["status"] not in seen:
            seen.append(job["status"])
        if job["status"] == "running":
            estimated = job["estimated_finish"]
        if job["status"] != "succeeded":
            assert job["result_files"] == []
            assert job["fine_tuned_model"] is job["finished_at"] is job["trained_tokens"] is None
        clock.now += 1
    assert seen == ["validating_files", "queued", "running", "succeeded"]
    assert job["finished_at"] == estimated
    assert job["fine_tuned_model"].startswith("ft:gpt-4o-mini:")
    assert "mine" in job["fine_tuned_model"]
    assert job["trained_tokens"] > 0
    assert job["hyperparameters"] == {
        "n_epochs": 3,
        "batch_size": 1,
        "learning_rate_multiplier": 1.8,
    }
    assert job["validation_file"] == validation


def test_its_result_file_is_a_table_wrapped_in_base64(jobs: Jobs, clock: ManualClock) -> None:
    with_validation = jobs.start(validation_file=jobs.examples(3), seed=7)
    without = jobs.start(hyperparameters={"n_epochs": 2, "batch_size": 4})
    clock.now += LONG_ENOUGH
    assert jobs.client.names(purpose="fine-tune-results") == ["step_metrics.csv"] * 2
    tables = []
    for made in (with_validation, without):
        job = jobs.retrieve(made["id"])
        (file_id,) = job["result_files"]
        file = jobs.client.get(f"/files/{file_id}").json()
        assert file["purpose"] == "fine-tune-results"
        assert file["created_at"] == job["finished_at"]
        content = jobs.client.get(f"/files/{file_id}/content").content
        text = base64.b64decode(content, validate=True).decode()
        tables.append(list(csv.DictReader(io.StringIO(text))))
    validated, plain = tables
    assert [int(row["step"]) for row in validated] == list(range(1, 61))
    assert len(plain) == 10
    assert float(validated[-1]["train_loss"]) < float(validated[0]["train_loss"])
    assert sum(1 for row in validated if row["valid_loss"]) == 6
    assert not any(row["valid_loss"] for row in plain)


@pytest.mark.parametrize(
    ("count", "example", "more", "code", "words"),
    [
        (9, CHAT, b"", "invalid_n_examples", "9 examples, but must have at least 10"),
        (10, CHAT, b"nonsense\n", "invalid_file_format", "Line 11: not valid JSON"),
        (10, CHAT, b"[]\n", "invalid_file_format", "Line 11: not an object"),
        (10, {"text": "Hi"}, b"", "invalid_file_format", "Line 1"),
        (10, {"messages": []}, b"", "invalid_file_format", "Line 1: messages"),
        (10, {"messages": ["Hi"]}, b"", "invalid_file_format", "Line 1: messages"),
        (10, PREFERENCE, b"", "invalid_file_format", "method supervised"),
    ],
)
def test_a_bad_file_fails_the_job(
    jobs: Jobs,
    clock: ManualClock,
    count: int,
    example: Any,
    more: bytes,
    code: str,
    words: str,
) -> None:
    made = jobs.start(jobs.examples(count, example, more))
    assert (made["status"], made["error"]) == ("validating_files", None)
    clock.now += LONG_ENOUGH
    job = jobs.retrieve(made["id"])
    assert job["status"] == "failed"
    assert (job["error"]["code"], job["error"]["param"]) == (code, "training_file")
    assert words in job["error"]["message"]
    assert job["result_files"] == []
    assert job["fine_tuned_model"] is job["trained_tokens"] is None


def test_a_bad_validation_file_fails_the_job(jobs: Jobs, clock: ManualClock) -> None:
    made = jobs.start(validation_file=jobs.examples(0, more=b"nonsense\n"))
    clock.now += LONG_ENOUGH
    assert jobs.retrieve(made["id"])["error"]["param"] == "validation_file"


def test_preferences(jobs: Jobs, clock: ManualClock) -> None:
    settings = {"beta": 0.1, "n_epochs": 1}
    made = jobs.start(
        jobs.examples(10, PREFERENCE),
        method={"type": "dpo", "dpo": {"hyperparameters": settings}},
    )
    clock.now += LONG_ENOUGH
    job = jobs.retrieve(made["id"])
    assert job["status"] == "succeeded"
    assert job["method"]["type"] == "dpo"
    assert job["method"]["dpo"]["hyperparameters"]["beta"] == 0.1
    assert job["hyperparameters"]["n_epochs"] == 1


def test_cancelling(jobs: Jobs, clock: ManualClock) -> None:
    made = jobs.start()
    clock.now += 7
    job = jobs.cancel(made["id"])
    assert (job["status"], job["finished_at"]) == ("cancelled", A_MONDAY + 7)
    clock.now += LONG_ENOUGH
    assert jobs.retrieve(made["id"]) == job
    assert jobs.client.names(purpose="fine-tune-results") == []
    done = jobs.start()
    clock.now += LONG_ENOUGH
    for job_id in (made["id"], done["id"]):
        response = jobs.client.request("POST", f"/fine_tuning/jobs/{job_id}/cancel")
        assert response.status_code == 400
        assert error_in(response)["message"] == f"Job has already completed: {job_id}"


def test_it_goes_on_while_the_sandbox_is_closed(
    start: Callable[..., SandboxServer], clock: ManualClock
) -> None:
    first = start()
    client = Client(first.start())
    made = Jobs(client).start(metadata={"sandbox_run_seconds": "50"})
    client.session.close()
    first.stop()
    clock.now += 54
    again = Client(start().start())
    assert Jobs(again).retrieve(made["id"])["status"] == "running"
    clock.now += 1
    job = Jobs(again).retrieve(made["id"])
    assert job["status"] == "succeeded"
    assert job["result_files"] == [again.list_files()["data"][0]["id"]]
    again.session.close()


def test_pages(jobs: Jobs) -> None:
    client, file_id = jobs.client, jobs.examples()
    made = [jobs.start(file_id)["id"] for _number in range(21)]
    page = client.get("/fine_tuning/jobs").json()
    assert differences(page, PAGE) == []
    assert [job["id"] for job in page["data"]] == made[:0:-1]
    assert page["has_more"]
    rest = client.get("/fine_tuning/jobs", after=made[1]).json()
    assert [job["id"] for job in rest["data"]] == [made[0]]
    assert not rest["has_more"]


def test_unknown_ids(client: Client) -> None:
    for method, ending in (("GET", ""), ("POST", "/cancel")):
        response = client.request(method, f"/fine_tuning/jobs/ftjob-x{ending}")
        assert response.status_code == 404
        error = error_in(response)
        assert error["message"] == "Could not find fine tune: ftjob-x"
        assert error["code"] == "fine_tune_not_found"
    response = client.get("/fine_tuning/jobs", after="ftjob-x")
    assert response.status_code == 400
    assert error_in(response)["param"] == "after"


@pytest.mark.parametrize(
    ("change", "param", "code"),
    [
        ({"model": None}, "model", "missing_required_parameter"),
        ({"training_file": None}, "training_file", "missing_required_parameter"),
        ({"training_file": "wrong"}, "training_file", "invalid_value"),
        ({"training_file": "file-gone"}, "training_file", None),
        ({"validation_file": "file-gone"}, "validation_file", None),
        ({"epochs": 3}, "epochs", "unknown_parameter"),
        ({"suffix": "x" * 65}, "suffix", "string_above_max_length"),
        ({"seed": -1}, "seed", "integer_below_min_value"),
        (
            {"hyperparameters": {"n_epochs": 51}},
            "hyperparameters.n_epochs",
            "integer_above_max_value",
        ),
        ({"hyperparameters": {"n_epochs": 1.5}}, "hyperparameters.n_epochs", "invalid_type"),
        ({"hyperparameters": {"beta": 1}}, "hyperparameters.beta", "unknown_parameter"),
        ({"method": {"type": "magic"}}, "method.type", "invalid_value"),
        (
            {"method": {"type": "dpo", "dpo": {"hyperparameters": {"beta": 3}}}},
            "method.dpo.hyperparameters.beta",
            "integer_above_max_value",
        ),
    ],
)
def test_wrong_parameters_are_refused(
    jobs: Jobs, change: dict[str, Any], param: str, code: str | None
) -> None:
    body = {"model": "gpt-4o-mini", "training_file": jobs.examples(), **change}
    response = jobs.client.request("POST", "/fine_tuning/jobs", json=body)
    assert response.status_code == 400
    assert (error_in(response)["param"], error_in(response)["code"]) == (param, code)


def test_a_file_of_another_purpose_is_refused(jobs: Jobs) -> None:
    file_id = jobs.client.create("a.jsonl", b"{}\n", purpose="batch")["id"]
    body = {"model": "gpt-4o-mini", "training_file": file_id}
    response = jobs.client.request("POST", "/fine_tuning/jobs", json=body)
    assert response.status_code == 400
    assert error_in(response)["param"] == "training_file"


def test_events_and_checkpoints_appear_as_time_passes(jobs: Jobs, clock: ManualClock) -> None:
    job = jobs.start(jobs.examples(10), hyperparameters={"n_epochs": 2, "batch_size": 1})
    created = f"Created fine-tuning job: {job['id']}"
    assert jobs.events(job["id"])[-1] == created
    assert len(jobs.events(job["id"])) == 2
    clock.now += 3
    assert jobs.events(job["id"])[0] == "Files validated, moving job to queued state"
    clock.now += 2 + 5
    newest = jobs.events(job["id"])[0]
    assert newest.startswith("Step 11/20: training loss=")
    assert jobs.checkpoints(job["id"]) == [10]
    clock.now += LONG_ENOUGH
    assert jobs.checkpoints(job["id"]) == [20, 10]
    assert jobs.events(job["id"])[1].startswith("New fine-tuned model created: ft:")


def test_the_events_of_jobs_that_end_early(jobs: Jobs, clock: ManualClock) -> None:
    broken = jobs.start(jobs.examples(more=b"{\n"))
    canceled = jobs.start()
    clock.now += 8
    jobs.cancel(canceled["id"])
    clock.now += LONG_ENOUGH
    assert jobs.events(broken["id"])[0] == jobs.retrieve(broken["id"])["error"]["message"]
    assert jobs.checkpoints(broken["id"]) == []
    assert jobs.events(canceled["id"])[0] == "The job was cancelled"
    assert not any("completed" in message for message in jobs.events(canceled["id"]))
