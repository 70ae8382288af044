import errno
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.sandbox.batches import batch_answers, batch_results
from services.sandbox.batches.batch_input import BatchRequest
from services.sandbox.file_store import IncomingFile
from services.sandbox.server import SandboxServer
from tests.services.sandbox.batches.batch_files import CHAT, Batches, jsonl, requests_of
from tests.services.sandbox.conftest import A_MONDAY, Client, error_in, files_under
from tests.services.sandbox.official_shapes import BATCH, differences, list_of
from tests.support.manual_clock import ManualClock

LONG_ENOUGH = 60
DAY = 86_400


@pytest.fixture
def batches(client: Client) -> Batches:
    return Batches(client)


def test_a_batch_runs_through_its_states_by_itself(batches: Batches, clock: ManualClock) -> None:
    made = batches.start(requests_of(100), metadata={"name": "sweep"})
    assert (made["status"], made["created_at"]) == ("validating", A_MONDAY)
    assert made["expires_at"] == A_MONDAY + DAY
    assert made["metadata"] == {"name": "sweep"}
    assert made["model"] == "gpt-4.1-mini"
    assert made["request_counts"] == {"total": 0, "completed": 0, "failed": 0}
    seen, counts = [], []
    for _second in range(LONG_ENOUGH):
        batch = batches.retrieve(made["id"])
        if batch["status"] not in seen:
            seen.append(batch["status"])
        counts.append(batch["request_counts"]["completed"] + batch["request_counts"]["failed"])
        clock.now += 1
    assert seen == ["validating", "in_progress", "finalizing", "completed"]
    assert counts == sorted(counts)
    assert len(set(counts)) > 5
    assert counts[-1] == 100
    times = [batch[f"{at}_at"] for at in ("created", "in_progress", "finalizing", "completed")]
    assert times == sorted(times)


def test_its_files_hold_each_request_once(batches: Batches, clock: ManualClock) -> None:
    requests = requests_of(200)
    made = batches.start(requests)
    before = batches.client.names()
    clock.now += LONG_ENOUGH
    assert len(batches.client.names()) == len(before) + 2  # a list of files is enough to see them
    batch = batches.retrieve(made["id"])
    output = batches.results(batch["output_file_id"])
    errors = batches.results(batch["error_file_id"])
    answered = [line["custom_id"] for line in output + errors]
    assert sorted(answered) == sorted(request["custom_id"] for request in requests)
    assert [line["custom_id"] for line in output] != sorted(answered)
    assert batch["request_counts"] == {
        "total": 200,
        "completed": len(output),
        "failed": len(errors),
    }
    assert 1 <= len(errors) <= 25
    assert {line["response"]["status_code"] for line in output} == {200}
    for line in errors:
        refused = line["response"] is not None
        assert refused != (line["error"] is not None)
        if refused:
            assert line["response"]["status_code"] >= 400
            assert line["response"]["body"]["error"]["message"]
    used = [line["response"]["body"]["usage"] for line in output]
    assert batch["usage"]["input_tokens"] == sum(one["prompt_tokens"] for one in used) > 0
    assert batch["usage"]["output_tokens"] == sum(one["completion_tokens"] for one in used) > 0
    for ending in ("output", "error"):
        file = batches.client.get(f"/files/{batch[f'{ending}_file_id']}").json()
        assert file["purpose"] == "batch_output"
        assert file["filename"] == f"{made['id']}_{ending}.jsonl"
        assert file["created_at"] == batch["completed_at"]
        assert file["expires_at"] == batch["completed_at"] + 30 * DAY


def test_failures_are_of_several_kinds_and_pass_when_only_they_are_sent_again(
    batches: Batches, clock: ManualClock
) -> None:
    requests = requests_of(2000)
    first, again = batches.start(requests), batches.start(requests)
    clock.now += LONG_ENOUGH
    failed = batches.results(batches.retrieve(first["id"])["error_file_id"])
    kinds = {
        line["response"]["status_code"] if line["response"] else line["error"]["code"]
        for line in failed
    }
    assert kinds == {400, 429, 500, "request_timeout"}
    assert 40 <= len(failed) <= 120
    same = batches.results(batches.retrieve(again["id"])["error_file_id"])
    assert [line["custom_id"] for line in same] == [line["custom_id"] for line in failed]
    names = {line["custom_id"] for line in failed}
    retry = batches.start([request for request in requests if request["custom_id"] in names])
    clock.now += LONG_ENOUGH
    assert batches.retrieve(retry["id"])["request_counts"]["failed"] < len(failed) / 4


def test_requests_that_an_endpoint_refuses_fail_by_themselves(
    batches: Batches, clock: ManualClock
) -> None:
    good = requests_of(3)
    good[0]["body"] = {"model": "gpt-4.1-mini"}
    good[1]["body"] = {"messages": [{"role": "user", "content": "Hello?"}]}
    made = batches.start(good)
    clock.now += LONG_ENOUGH
    batch = batches.retrieve(made["id"])
    assert batch["status"] == "completed"
    messages = {
        line["custom_id"]: line["response"]["body"]["error"]["message"]
        for line in batches.results(batch["error_file_id"])
    }
    assert messages["request-0"] == "Missing required parameter: 'messages'."
    assert messages["request-1"] == "you must provide a model parameter"


def test_a_batch_without_successes_has_no_output_file_and_without_failures_no_error_file(
    batches: Batches, clock: ManualClock
) -> None:
    refused = batches.start(requests_of(2, body={"model": "gpt-4.1-mini"}))
    fine = batches.start(requests_of(1))
    clock.now += LONG_ENOUGH
    batch = batches.retrieve(refused["id"])
    assert batch["output_file_id"] is None
    assert len(batches.results(batch["error_file_id"])) == 2
    batch = batches.retrieve(fine["id"])
    assert batch["error_file_id"] is None
    assert len(batches.results(batch["output_file_id"])) == 1


def test_cancelling_writes_what_was_done_so_far(batches: Batches, clock: ManualClock) -> None:
    made = batches.start(requests_of(100))
    clock.now += 7
    cancelling = batches.cancel(made["id"])
    assert (cancelling["status"], cancelling["cancelling_at"]) == ("cancelling", A_MONDAY + 7)
    assert cancelling["output_file_id"] is None
    done = cancelling["request_counts"]["completed"]
    assert 0 < done < 90
    assert batches.cancel(made["id"]) == cancelling  # again is no error
    clock.now += LONG_ENOUGH
    batch = batches.retrieve(made["id"])
    assert batch["status"] == "cancelled"
    assert batch["cancelled_at"] > batch["cancelling_at"]
    assert batch["completed_at"] is None
    assert batch["request_counts"]["completed"] == done
    assert len(batches.results(batch["output_file_id"])) == done
    assert batches.cancel(made["id"]) == batch


def test_a_batch_cancelled_before_it_starts_has_no_files(
    batches: Batches, clock: ManualClock
) -> None:
    made = batches.start(requests_of(5))
    assert batches.cancel(made["id"])["status"] == "cancelling"
    clock.now += LONG_ENOUGH
    batch = batches.retrieve(made["id"])
    assert batch["status"] == "cancelled"
    assert batch["output_file_id"] is batch["error_file_id"] is None
    assert batches.client.names() == ["requests.jsonl"]


def test_an_ended_batch_cannot_be_cancelled(batches: Batches, clock: ManualClock) -> None:
    completed = batches.start(requests_of(1))
    failed = batches.start([{"custom_id": "x"}])
    clock.now += LONG_ENOUGH
    for batch, status in ((completed, "completed"), (failed, "failed")):
        response = batches.client.request("POST", f"/batches/{batch['id']}/cancel")
        assert response.status_code == 409
        assert error_in(response)["message"] == f"Cannot cancel a batch with status '{status}'."


def test_a_batch_expires_at_the_end_of_its_window(batches: Batches, clock: ManualClock) -> None:
    metadata = {"sandbox_run_seconds": "100", "sandbox_window_seconds": "52"}
    made = batches.start(requests_of(100), metadata=metadata)
    assert made["expires_at"] == A_MONDAY + 52
    clock.now += 51
    assert batches.retrieve(made["id"])["status"] == "in_progress"
    clock.now += 1
    batch = batches.retrieve(made["id"])
    assert (batch["status"], batch["expired_at"]) == ("expired", A_MONDAY + 52)
    output = batches.results(batch["output_file_id"])
    errors = batches.results(batch["error_file_id"])
    assert len(output) == batch["request_counts"]["completed"]
    expired = [line for line in errors if (line["error"] or {}).get("code") == "batch_expired"]
    assert len(expired) == 50
    assert len(output) + len(errors) == 100


def test_a_batch_whose_window_ends_while_it_is_validated_expires_whole(
    batches: Batches, clock: ManualClock
) -> None:
    made = batches.start(requests_of(3), metadata={"sandbox_window_seconds": "1"})
    for _second in range(4):
        clock.now += 1
        batch = batches.retrieve(made["id"])
    assert (batch["status"], batch["output_file_id"]) == ("expired", None)
    assert batch["in_progress_at"] <= batch["expired_at"]
    lines = batches.results(batch["error_file_id"])
    assert [line["error"]["code"] for line in lines] == ["batch_expired"] * 3


@pytest.mark.expects_log("can't store the results of a job")
def test_a_batch_that_can_not_be_ended_hides_nothing_else(
    batches: Batches, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer_to(request: BatchRequest, endpoint: str, created: int) -> Any:
        if request.custom_id.startswith("bad"):
            raise ValueError("nobody has thought of this")
        return batch_answers.answer_to(request, endpoint, created)

    monkeypatch.setattr(batch_results, "answer_to", answer_to)
    batches.start(requests_of(2, prefix="bad"))
    good = batches.start(requests_of(2))
    clock.now += LONG_ENOUGH
    assert len(batches.client.names()) == 3
    assert batches.retrieve(good["id"])["status"] == "completed"


def test_outputs_expire_when_asked(batches: Batches, clock: ManualClock) -> None:
    made = batches.start(
        requests_of(1), output_expires_after={"anchor": "created_at", "seconds": 3600}
    )
    clock.now += LONG_ENOUGH
    batch = batches.retrieve(made["id"])
    file = batches.client.get(f"/files/{batch['output_file_id']}").json()
    assert file["expires_at"] == batch["completed_at"] + 3600
    clock.now += 3600
    assert batches.client.get(f"/files/{batch['output_file_id']}").status_code == 404
    assert batches.retrieve(made["id"]) == batch  # it still names the file


def test_a_batch_whose_input_is_deleted_fails(batches: Batches, clock: ManualClock) -> None:
    made = batches.start(requests_of(50))
    clock.now += 4
    batches.client.request("DELETE", f"/files/{made['input_file_id']}")
    clock.now += LONG_ENOUGH
    batch = batches.retrieve(made["id"])
    assert batch["status"] == "failed"
    assert batch["failed_at"] > batch["in_progress_at"]
    (error,) = batch["errors"]["data"]
    assert (error["code"], error["param"], error["line"]) == (
        "input_file_not_found",
        "input_file_id",
        None,
    )
    assert batches.client.names() == []


def test_it_goes_on_while_the_sandbox_is_closed(
    start: Callable[..., SandboxServer], clock: ManualClock
) -> None:
    first = start()
    client = Client(first.start())
    made = Batches(client).start(requests_of(30))
    clock.now += 3
    client.session.close()
    first.stop()
    clock.now += LONG_ENOUGH
    again = Client(start().start())
    batch = Batches(again).retrieve(made["id"])
    assert batch["status"] == "completed"
    assert batch["completed_at"] < A_MONDAY + LONG_ENOUGH
    assert batch["output_file_id"] in {file["id"] for file in again.list_files()["data"]}
    again.session.close()


def test_two_sandboxes_in_one_folder_add_the_files_once(
    start: Callable[..., SandboxServer], clock: ManualClock
) -> None:
    one, other = Client(start().start()), Client(start().start())
    made = Batches(one).start(requests_of(1))
    clock.now += LONG_ENOUGH
    assert Batches(one).retrieve(made["id"]) == Batches(other).retrieve(made["id"])
    assert len(other.names()) == 2
    for client in (one, other):
        client.session.close()


@pytest.mark.slow
def test_results_are_added_once_however_many_ask(
    start: Callable[..., SandboxServer], clock: ManualClock
) -> None:
    clients = [Client(start().start()) for _process in range(2)]
    batches = Batches(clients[0])
    made = [batches.start(requests_of(300)) for _number in range(5)]
    clock.now += LONG_ENOUGH

    def ask(client: Client) -> None:
        other = Client(client.address)
        for _time in range(3):
            other.list_files()
        other.session.close()

    threads = [threading.Thread(target=ask, args=(client,)) for client in clients * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ended = [batches.retrieve(batch["id"]) for batch in made]
    assert {batch["status"] for batch in ended} == {"completed"}
    named = {batch[f"{ending}_file_id"] for batch in ended for ending in ("output", "error")}
    listed = {file["id"] for file in clients[0].list_files(purpose="batch_output")["data"]}
    assert listed == named
    for client in clients:
        client.session.close()


@pytest.mark.expects_log("can't store the results of a job")
def test_results_that_do_not_fit_on_the_disk_are_added_later(
    batches: Batches, clock: ManualClock, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = batches.start(requests_of(1))
    before = files_under(folder)
    clock.now += LONG_ENOUGH
    with monkeypatch.context() as patched:
        patched.setattr(IncomingFile, "write", _disk_full)
        assert batches.client.names() == ["requests.jsonl"]
        assert batches.retrieve(made["id"])["status"] == "finalizing"
    assert files_under(folder) == before
    batch = batches.retrieve(made["id"])
    assert batch["status"] == "completed"
    assert len(batches.results(batch["output_file_id"])) == 1


def _disk_full(*_arguments: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_folder_of_the_earlier_version_goes_on_to_work(
    start: Callable[..., SandboxServer], folder: Path, clock: ManualClock
) -> None:
    server = start()
    client = Client(server.start())
    kept = client.create("requests.jsonl", jsonl(requests_of(2)), purpose="batch")
    client.session.close()
    server.stop()
    database = sqlite3.connect(folder / "files.sqlite")
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        if table not in ("files", "sqlite_sequence"):
            database.execute(f"DROP TABLE {table}")
    database.execute("DROP TRIGGER file_leaves_stores")
    database.commit()
    database.close()
    again = Client(start().start())
    assert again.list_files()["data"] == [kept]
    made = Batches(again).start_with(kept["id"])
    store = again.request("POST", "/vector_stores", json={"file_ids": [kept["id"]]}).json()
    clock.now += LONG_ENOUGH
    assert Batches(again).retrieve(made["id"])["status"] == "completed"
    again.request("DELETE", f"/files/{kept['id']}")
    assert again.get(f"/vector_stores/{store['id']}/files").json()["data"] == []
    assert again.get("/fine_tuning/jobs").json()["data"] == []
    again.session.close()


# Listing.


@pytest.fixture
def listed(batches: Batches, clock: ManualClock) -> list[Any]:
    """Five batches, newest first; some of the same second."""
    made = []
    for seconds in (0, 0, 5, 0, 1):
        clock.now += seconds
        made.append(batches.start(requests_of(1)))
    return made[::-1]


def test_pages_follow_each_other(batches: Batches, listed: list[Any]) -> None:
    ids = [batch["id"] for batch in listed]
    found: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = batches.client.get("/batches", limit=2, **after).json()
        assert differences(page, list_of(BATCH)) == []
        assert (page["first_id"], page["last_id"]) == (
            page["data"][0]["id"],
            page["data"][-1]["id"],
        )
        found += [batch["id"] for batch in page["data"]]
        if not page["has_more"]:
            break
        after = {"after": page["last_id"]}
    assert found == ids
    assert [b["id"] for b in batches.client.get("/batches").json()["data"]] == ids


def test_an_empty_list(client: Client) -> None:
    page = client.get("/batches").json()
    assert differences(page, list_of(BATCH)) == []
    assert page["data"] == []
    assert page["first_id"] is page["last_id"] is None
    assert not page["has_more"]


def test_a_page_has_20_batches_unless_asked_and_100_at_most(
    batches: Batches, client: Client
) -> None:
    file = client.create("requests.jsonl", jsonl(requests_of(1)), purpose="batch")
    for _number in range(21):
        batches.start_with(file["id"])
    page = client.get("/batches").json()
    assert len(page["data"]) == 20
    assert page["has_more"]
    assert len(client.get("/batches", limit=100).json()["data"]) == 21
    for limit, code in (("101", "integer_above_max_value"), ("0", "integer_below_min_value")):
        response = client.get("/batches", limit=limit)
        assert response.status_code == 400
        assert (error_in(response)["param"], error_in(response)["code"]) == ("limit", code)


def test_unknown_ids(client: Client) -> None:
    for method, path in (("GET", "/batches/batch_x"), ("POST", "/batches/batch_x/cancel")):
        response = client.request(method, path)
        assert response.status_code == 404
        assert error_in(response)["message"] == "No batch found with id 'batch_x'."
    response = client.get("/batches", after="batch_x")
    assert response.status_code == 400
    assert error_in(response)["param"] == "after"


def test_other_methods_are_not_allowed(client: Client) -> None:
    for method, path in (("DELETE", "/batches/batch_x"), ("GET", "/batches/batch_x/cancel")):
        assert client.request(method, path).status_code == 405


# Wrong requests.

GOOD = {"endpoint": CHAT, "completion_window": "24h"}


@pytest.mark.parametrize(
    ("change", "param", "code"),
    [
        ({"input_file_id": None}, "input_file_id", "missing_required_parameter"),
        ({"input_file_id": 5}, "input_file_id", "invalid_type"),
        ({"input_file_id": "wrong"}, "input_file_id", "invalid_value"),
        ({"input_file_id": "file-gone"}, "input_file_id", None),
        ({"endpoint": "/v1/answers"}, "endpoint", "invalid_value"),
        ({"endpoint": None}, "endpoint", "missing_required_parameter"),
        ({"completion_window": "48h"}, "completion_window", "invalid_value"),
        ({"model": "gpt-4.1"}, "model", "unknown_parameter"),
        ({"metadata": []}, "metadata", "invalid_type"),
        ({"metadata": {"a": 1}}, "metadata.a", "invalid_type"),
        ({"metadata": {"a": "x" * 513}}, "metadata.a", "string_above_max_length"),
        ({"metadata": {"a" * 65: "x"}}, "metadata", "string_above_max_length"),
        (
            {"metadata": {f"{n}": "x" for n in range(17)}},
            "metadata",
            "object_above_max_properties",
        ),
        (
            {"output_expires_after": {"anchor": "created_at"}},
            "output_expires_after.seconds",
            "missing_required_parameter",
        ),
        (
            {"output_expires_after": {"anchor": "now", "seconds": 3600}},
            "output_expires_after.anchor",
            "invalid_value",
        ),
        (
            {"output_expires_after": {"anchor": "created_at", "seconds": 3599}},
            "output_expires_after.seconds",
            "integer_below_min_value",
        ),
        (
            {"output_expires_after": {"anchor": "created_at", "seconds": 2_592_001}},
            "output_expires_after.seconds",
            "integer_above_max_value",
        ),
    ],
)
def test_wrong_parameters_are_refused(
    client: Client, change: dict[str, Any], param: str, code: str | None
) -> None:
    file = client.create("requests.jsonl", jsonl(requests_of(1)), purpose="batch")
    response = client.request(
        "POST", "/batches", json={"input_file_id": file["id"], **GOOD, **change}
    )
    assert response.status_code == 400
    error = error_in(response)
    assert (error["type"], error["param"], error["code"]) == ("invalid_request_error", param, code)
    assert client.get("/batches").json()["data"] == []


def test_a_file_of_another_purpose_is_refused(client: Client) -> None:
    file = client.create("examples.jsonl", b"{}\n", purpose="fine-tune")
    response = client.request("POST", "/batches", json={"input_file_id": file["id"], **GOOD})
    assert response.status_code == 400
    assert error_in(response)["param"] == "input_file_id"
    assert "purpose 'fine-tune'" in error_in(response)["message"]


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"[" * 100_000, b" " * 2_000_000])
def test_a_body_that_is_no_object_is_refused(client: Client, body: bytes) -> None:
    response = client.request("POST", "/batches", data=body)
    assert response.status_code == 400
    assert "could not parse the JSON body" in error_in(response)["message"]
