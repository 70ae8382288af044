"""The official client works with the sandbox's fine-tuning jobs."""

import json

import openai
import pytest

from tests.support.manual_clock import ManualClock


@pytest.fixture
def training_file(sdk: openai.OpenAI) -> str:
    example = {"messages": [{"role": "user", "content": "Hi"}]}
    content = (json.dumps(example).encode() + b"\n") * 12
    return sdk.files.create(file=("examples.jsonl", content), purpose="fine-tune").id


def test_a_job_from_its_creation_to_its_results(
    sdk: openai.OpenAI, training_file: str, clock: ManualClock
) -> None:
    made = sdk.fine_tuning.jobs.create(
        model="gpt-4o-mini",
        training_file=training_file,
        validation_file=training_file,
        method={
            "type": "supervised",
            "supervised": {"hyperparameters": {"n_epochs": 2, "batch_size": "auto"}},
        },
        suffix="mine",
    )
    assert made.status == "validating_files"
    assert sdk.fine_tuning.jobs.retrieve(made.id) == made
    clock.now += 120
    job = sdk.fine_tuning.jobs.retrieve(made.id)
    assert job.status == "succeeded"
    assert job.fine_tuned_model is not None
    assert job.hyperparameters.n_epochs == 2
    (result,) = job.result_files
    assert sdk.files.retrieve(result).purpose == "fine-tune-results"
    assert sdk.files.content(result).read()


def test_cancelling(sdk: openai.OpenAI, training_file: str, clock: ManualClock) -> None:
    made = sdk.fine_tuning.jobs.create(model="gpt-4o-mini", training_file=training_file)
    clock.now += 4
    assert sdk.fine_tuning.jobs.cancel(made.id).status == "cancelled"
    with pytest.raises(openai.BadRequestError, match="already completed"):
        sdk.fine_tuning.jobs.cancel(made.id)


def test_pages_are_followed_to_the_end(sdk: openai.OpenAI, training_file: str) -> None:
    made = [
        sdk.fine_tuning.jobs.create(model="gpt-4o-mini", training_file=training_file).id
        for _number in range(7)
    ]
    for limit in (1, 3, 100):
        assert [job.id for job in sdk.fine_tuning.jobs.list(limit=limit)] == made[::-1]


def test_errors_are_its_errors(sdk: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="Could not find fine tune"):
        sdk.fine_tuning.jobs.retrieve("ftjob-unknown")
    with pytest.raises(openai.BadRequestError) as caught:
        sdk.fine_tuning.jobs.create(model="gpt-4o-mini", training_file="file-unknown")
    assert caught.value.param == "training_file"


def test_the_events_and_checkpoints_of_a_job(
    sdk: openai.OpenAI, training_file: str, clock: ManualClock
) -> None:
    made = sdk.fine_tuning.jobs.create(
        model="gpt-4o-mini",
        training_file=training_file,
        validation_file=training_file,
        method={"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 5}}},
        suffix="mine",
    )
    clock.now += 120
    job = sdk.fine_tuning.jobs.retrieve(made.id)
    for limit in (1, 7, 100):
        events = list(sdk.fine_tuning.jobs.list_events(made.id, limit=limit))
        assert events[0].message == "The job has successfully completed"
        assert events[-1].message == f"Created fine-tuning job: {made.id}"
        assert len({event.id for event in events}) == len(events)
        times = [event.created_at for event in events]
        assert times == sorted(times, reverse=True)
    steps = [event for event in events if event.type == "metrics"]
    assert len(steps) == 60
    for size in (1, 2, 100):
        checkpoints = list(sdk.fine_tuning.jobs.checkpoints.list(made.id, limit=size))
        assert [one.step_number for one in checkpoints] == [60, 48, 36]
    last, before, _first = checkpoints
    assert last.fine_tuned_model_checkpoint == job.fine_tuned_model
    assert before.fine_tuned_model_checkpoint == f"{job.fine_tuned_model}:ckpt-step-48"
    assert last.fine_tuning_job_id == made.id
    assert last.metrics.train_loss is not None
    assert last.metrics.valid_loss is not None
    with pytest.raises(openai.NotFoundError, match="Could not find fine tune"):
        sdk.fine_tuning.jobs.list_events("ftjob-unknown")
    with pytest.raises(openai.BadRequestError) as caught:
        sdk.fine_tuning.jobs.checkpoints.list(made.id, after="ftckpt_unknown")
    assert caught.value.param == "after"
