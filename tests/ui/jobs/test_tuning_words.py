"""What the window says of fine-tuning jobs."""

from services.api.fine_tuning_job import FineTuningJob
from services.api.item import ItemError
from tests.ui.jobs.some_stores import NOW, job
from ui.jobs.tuning.tuning_look import tuning_look
from ui.jobs.tuning.tuning_words import (
    error_in_words,
    fields_of,
    result_in_words,
    sentence_of,
    state_in_words,
)


def test_a_job_in_one_sentence() -> None:
    assert sentence_of(job(), NOW).startswith("Succeeded · took 2 hours")
    assert sentence_of(job(status="failed"), NOW).startswith("Failed · after 2 hours")
    runs = job(status="running", finished_at=None, estimated_finish=NOW + 7_200)
    assert sentence_of(runs, NOW) == "Running · ends in about 2 hours"
    assert sentence_of(job(status="running", finished_at=None), NOW) == "Running"


def test_a_job_of_which_nothing_is_known() -> None:
    unknown = FineTuningJob("ftjob-1")
    assert sentence_of(unknown, NOW) == "No status"
    assert [field.name for field in fields_of(unknown)] == ["id"]
    for column in tuning_look(str).columns:
        assert column.cell(unknown, NOW).in_words
        assert column.sort_key(unknown) is not None


def test_the_result_is_the_model_or_why_there_is_none() -> None:
    assert result_in_words(job()) == "ft:gpt-4.1-mini:acme::1"
    assert result_in_words(job(fine_tuned_model=None)) == "not made"
    runs = job(status="running", finished_at=None, fine_tuned_model=None)
    assert result_in_words(runs) == "not made yet"


def test_the_error_is_the_servers_own_sentence() -> None:
    assert error_in_words(job()) == ""
    assert error_in_words(job(error=ItemError())) == ""
    assert error_in_words(job(error=ItemError("invalid", "Line 3\nis odd"))) == "Line 3 is odd"
    assert error_in_words(job(error=ItemError("invalid"))) == "invalid"


def test_states_nobody_knows_are_shown_as_they_are() -> None:
    assert state_in_words(job(status="thinking")) == "thinking"


def test_the_training_file_has_its_name_where_it_is_known() -> None:
    names = {"file-train-1": "train.jsonl"}
    training = tuning_look(lambda one: names.get(one, one)).columns[-1]
    assert training.cell(job(), NOW).in_words == "train.jsonl, file-train-1"
    assert training.cell(job(2), NOW).in_words == "file-train-2"
