"""Which files of an account may belong to the results of a batch."""

import pytest

from services.previews.join_source import JoinSource
from tests.services.previews.batches.test_retry_lines import join, write_requests
from tests.support.factories import remote_file
from ui.inside.results.joined_files import (
    JoinedFiles,
    counterpart,
    likely_inputs,
    likely_others,
    named_as_errors,
)

NOW = 1_800_000_000
OUTPUT = remote_file("batch_1_output.jsonl", purpose="batch_output", created_at=NOW)


def test_inputs_from_shortly_before_come_first() -> None:
    files = [
        remote_file("much earlier", created_at=NOW - 90_000),
        remote_file("later", created_at=NOW + 3_600),
        remote_file("unknown", created_at=None),
        remote_file("shortly before", created_at=NOW - 600),
        remote_file("another clock", created_at=NOW + 30),
        remote_file("training", purpose="fine-tune", created_at=NOW - 1),
        OUTPUT,
    ]
    names = [file.name for file in likely_inputs(files, OUTPUT)]
    assert names[:3] == ["another clock", "shortly before", "much earlier"]
    assert set(names[3:]) == {"later", "unknown"}


def test_a_long_list_is_cut() -> None:
    files = [remote_file(f"{number}", created_at=NOW - number) for number in range(1_000)]
    names = [file.name for file in likely_inputs(files, OUTPUT)]
    assert names == [str(number) for number in range(200)]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("batch_1_output.jsonl", "batch_1_error.jsonl"),
        ("batch_1_output.jsonl", "batch_1_errors.jsonl"),
        ("batch_1_error.jsonl", "batch_1_output.jsonl"),
        ("batch_1_errors.jsonl", "batch_1_output.jsonl"),
        ("results.jsonl", None),
    ],
)
def test_the_counterpart_is_found_by_its_name(name: str, other: str | None) -> None:
    results = remote_file(name, purpose="batch_output", created_at=NOW)
    files = [
        remote_file(one, purpose="batch_output", created_at=NOW - place)
        for place, one in enumerate(
            ["batch_2_output.jsonl", "batch_2_error.jsonl", name, other or ""]
        )
    ]
    others = likely_others([*files, results, remote_file("input")], results)
    assert results not in others
    assert [file.purpose for file in others] == ["batch_output"] * 4
    found = counterpart(others, results)
    assert (found and found.name) == other


def test_the_same_files_are_seen_from_the_other_one(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    errors = remote_file("batch_1_error.jsonl", purpose="batch_output")
    requests = remote_file("sweep.jsonl")
    joined = join(write_requests(tmp_path_factory.mktemp("join") / "input", []))
    error_ids = named_as_errors(errors, OUTPUT)
    assert error_ids == {errors.id}
    files = JoinedFiles(OUTPUT, JoinSource(requests), errors, error_ids, joined)
    seen = files.seen_from(errors.id)
    assert seen == JoinedFiles(
        errors, JoinSource(requests), OUTPUT, error_ids, joined, is_second=True
    )
    assert files.seen_from(OUTPUT.id) is files
    assert files.seen_from(requests.id) is None
    assert files.requests_name == "sweep"
