"""What a batch, a vector store and a fine-tuning job are, whatever the server sends."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.batch import Batch, BatchError
from services.api.fine_tuning_job import FineTuningJob
from services.api.item import Item, item_from
from services.api.item_page import decode_items
from services.api.redaction import Redaction
from services.api.vector_store import VectorStore, VectorStoreFile
from tests.support.files_server import TEST_KEY
from tests.support.served_jobs import (
    running_batch,
    served_batch,
    served_job,
    served_store,
    store_file,
)

KINDS: list[tuple[type[Item], str]] = [
    (Batch, "batch"),
    (VectorStore, "vector_store"),
    (VectorStoreFile, "vector_store.file"),
    (FineTuningJob, "fine_tuning.job"),
]


def batch(**fields: Any) -> Batch:
    """A batch as read from a page."""
    body = json.dumps({"data": [served_batch(**fields)]}).encode()
    (read,) = decode_items(body, Batch, "batch", Redaction(TEST_KEY)).items
    return read


def test_a_batch_of_the_official_service_is_read_completely() -> None:
    read = batch(id="batch_1", input_file_id="file-1", output_file_id="file-2")
    assert (read.id, read.status, read.endpoint) == ("batch_1", "completed", "/v1/responses")
    assert (read.total, read.completed, read.failed, read.not_done) == (10, 9, 1, 0)
    assert read.progress == 1.0
    assert read.has_ended
    assert read.ends_at == read.completed_at
    assert read.seconds_taken == 30
    assert read.file_ids == (("input", "file-1"), ("output", "file-2"))
    assert read.errors == ()
    assert read.name == "batch_1"
    assert read.usage is not None
    assert read.usage.total_tokens == 150


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ({"name": "nightly"}, "nightly"),
        ({"project": "x", "description": "Evaluation"}, "Evaluation"),
        ({"name": "  ", "title": "t"}, "t"),
        ({"name": 7}, "7"),
        ({}, "batch_1"),
        (None, "batch_1"),
        ("text", "batch_1"),
        ([], "batch_1"),
    ],
)
def test_the_name_is_in_the_metadata_or_else_the_id(metadata: object, name: str) -> None:
    assert batch(id="batch_1", metadata=metadata).name == name


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        (None, []),
        ("It failed", [(None, "It failed", None)]),
        ("", []),
        ([], []),
        (["a", {"message": "b", "line": "3"}], [(None, "a", None), (None, "b", 3)]),
        ({"data": None}, []),
        ({"object": "list", "data": [{"code": "c", "line": 812}]}, [("c", None, 812)]),
        ({"data": [None, 7, {"line": "x", "message": "m"}]}, [(None, "m", None)]),
        ({"data": "It failed"}, []),
        ({"code": "c", "message": "m"}, [("c", "m", None)]),
        (7, []),
        (True, []),
    ],
)
def test_errors_are_read_in_whatever_shape_they_come(
    errors: object, expected: list[tuple[str | None, str | None, int | None]]
) -> None:
    read = batch(errors=errors)
    assert [(one.code, one.message, one.line) for one in read.errors] == expected
    assert read.status == "completed"


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (None, (None, 0, 0, None)),
        ("many", (None, 0, 0, None)),
        ({}, (None, 0, 0, None)),
        ({"total": 0, "completed": 0, "failed": 0}, (None, 0, 0, None)),
        ({"total": 10, "completed": -3, "failed": "2"}, (10, 0, 2, 0.2)),
        ({"total": 10, "completed": 100, "failed": 100}, (10, 10, 0, 1.0)),
        ({"total": 10, "completed": 5, "failed": 100}, (10, 5, 5, 1.0)),
        ({"total": 2.0, "completed": 1, "failed": None}, (2, 1, 0, 0.5)),
        ({"completed": 7}, (None, 7, 0, None)),
        ({"total": 10**30, "completed": 1}, (None, 1, 0, None)),
    ],
)
def test_nonsense_counts_make_no_nonsense_progress(
    counts: object, expected: tuple[int | None, int, int, float | None]
) -> None:
    read = batch(status="in_progress", request_counts=counts)
    assert (read.total, read.completed, read.failed, read.progress) == expected


@pytest.mark.parametrize(
    ("fields", "ended"),
    [
        ({"status": "completed"}, True),
        ({"status": "validating", "completed_at": None}, False),
        ({"status": "cancelling"}, False),
        ({"status": "hibernating", "completed_at": None}, False),
        ({"status": "hibernated"}, True),
        ({"status": None, "completed_at": None}, False),
        ({"status": 7, "completed_at": None}, False),
        ({"status": "expired", "completed_at": None, "expired_at": None}, True),
    ],
)
def test_an_unknown_state_is_kept_and_judged_by_the_times(
    fields: dict[str, object], ended: bool
) -> None:
    read = batch(**fields)
    assert read.has_ended is ended
    status = fields["status"]
    assert read.status == (status if isinstance(status, str) else None)


def test_times_may_be_missing_or_written_in_another_way() -> None:
    read = batch(
        status="in_progress",
        created_at="2024-05-06T07:08:09Z",
        expires_at=1_714_979_289_000,
        in_progress_at="soon",
        completed_at=None,
    )
    assert (read.created_at, read.expires_at) == (1_714_979_289, 1_714_979_289)
    assert read.in_progress_at is None
    assert read.ends_at == read.expires_at
    assert read.seconds_taken is None
    assert batch(created_at=None).seconds_taken is None


def test_a_long_text_is_truncated_and_the_rest_stays() -> None:
    read = batch(id="batch_1", model="m" * 10_000, endpoint="/v1/\ud800", input_file_id=["x"])
    assert read.model == "m" * 256
    assert read.endpoint == "/v1/?"
    assert read.input_file_id is None
    assert read.id == "batch_1"


def test_one_malformed_object_does_not_lose_the_page() -> None:
    items: list[object] = [
        None,
        5,
        {"status": "completed"},
        {"id": ""},
        {"id": {}},
        {"id": "x" * 5000},
        {"id": 12, "errors": "E"},
        running_batch(id="batch_1"),
    ]
    page = decode_items(json.dumps({"data": items}).encode(), Batch, "batch", Redaction(TEST_KEY))
    assert [item.id for item in page.items] == ["12", "batch_1"]
    assert page.without_id == 6
    assert page.unreadable == 1


def test_a_vector_store_is_read_completely() -> None:
    read = item_from(
        VectorStore,
        served_store(
            name="Manuals",
            status="in_progress",
            file_counts={"total": 5, "failed": 2},
            expires_after={"anchor": "last_active_at", "days": 7},
        ),
    )
    assert read is not None
    assert (read.name, read.file_count, read.is_indexing) == ("Manuals", 5, True)
    assert read.file_counts is not None
    assert read.file_counts.failed == 2
    assert read.expires_after is not None
    assert read.expires_after.days == 7
    expired = item_from(VectorStore, {"id": "vs_1", "name": None, "status": "expired"})
    assert expired is not None
    assert (expired.name, expired.has_expired, expired.file_count) == ("vs_1", True, None)


def test_a_fine_tuning_job_is_read_completely() -> None:
    fields = served_job(
        id="ftjob-1",
        training_file="file-1",
        validation_file="file-2",
        result_files=["file-3", 5, None],
        user_provided_suffix="triage",
        error={"code": None, "message": None, "param": None},
    )
    read = item_from(FineTuningJob, fields)
    assert read is not None
    assert read.name == "triage"
    assert read.has_ended
    assert read.ends_at == read.finished_at
    assert read.file_ids == (
        ("training", "file-1"),
        ("validation", "file-2"),
        ("result", "file-3"),
        ("result", "5"),
    )
    paused = item_from(
        FineTuningJob,
        {"id": "ftjob-1", "status": "paused", "error": "Stopped", "estimated_finish": 9},
    )
    assert paused is not None
    assert not paused.has_ended
    assert paused.ends_at == 9
    assert paused.error is not None
    assert paused.error.message == "Stopped"
    assert paused.name == "ftjob-1"


@pytest.mark.parametrize(
    ("fields", "epochs"),
    [
        ({}, None),
        ({"hyperparameters": {"n_epochs": 3}}, 3),
        ({"hyperparameters": {"n_epochs": "auto"}}, None),
        ({"hyperparameters": "auto", "method": []}, None),
        ({"method": {"type": "dpo", "dpo": {"hyperparameters": {"n_epochs": 2}}}}, 2),
        ({"method": {"type": "supervised", "supervised": {"hyperparameters": None}}}, None),
    ],
)
def test_how_often_a_job_goes_through_its_file(
    fields: dict[str, object], epochs: int | None
) -> None:
    job = item_from(FineTuningJob, served_job(**fields))
    assert job is not None
    assert job.epochs == epochs


def test_a_number_of_epochs_that_is_not_chosen_yet_is_nothing_odd() -> None:
    fields = served_job(hyperparameters={"n_epochs": "auto"})
    body = json.dumps({"data": [fields]}).encode()
    page = decode_items(body, FineTuningJob, "fine_tuning.job", Redaction(TEST_KEY))
    assert page.unreadable == 0


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "object_name"), KINDS)
@given(data=st.data())
def test_any_value_in_any_field_is_survived(
    kind: type[Item], object_name: str, data: st.DataObject
) -> None:
    fields = {
        Batch: served_batch,
        VectorStore: served_store,
        VectorStoreFile: lambda: store_file("file-1"),
        FineTuningJob: served_job,
    }[kind]()
    fields["id"] = "id-1"
    for name in data.draw(st.sets(st.sampled_from(sorted(fields.keys() - {"id", "object"})))):
        fields[name] = data.draw(ANY_JSON)
    body = json.dumps({"data": [fields]}, allow_nan=True).encode()
    (read,) = decode_items(body, kind, object_name, Redaction(TEST_KEY)).items
    assert read.id == "id-1"
    for name in dir(read):
        getattr(read, name)  # no property raises
    if isinstance(read, Batch):
        assert all(isinstance(one, BatchError) for one in read.errors)
        assert read.progress is None or 0 <= read.progress <= 1
