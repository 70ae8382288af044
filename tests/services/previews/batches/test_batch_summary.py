"""Sums over output and error files."""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given, settings

from services.previews.batches import batch_summary
from services.previews.batches.batch_result import Outcome, TokenCount, read_result
from services.previews.batches.batch_summary import (
    MAX_ERROR_KINDS,
    MAX_MODELS,
    BatchSummary,
    BatchTotals,
    summarize,
)
from services.previews.lines import bounded_lines as bounding
from services.previews.lines.bounded_lines import bounded_lines
from tests.services.previews.batches.test_batch_result import RESULTS

Json = dict[str, object]


def succeeded(custom_id: str, model: str = "m", prompt: int = 10, completion: int = 5) -> Json:
    usage = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "prompt_tokens_details": {"cached_tokens": 1},
    }
    body = {"model": model, "choices": [{"message": {"content": "x"}}], "usage": usage}
    return {"custom_id": custom_id, "response": {"status_code": 200, "body": body}, "error": None}


def refused(custom_id: str, status: int, code: str | None, message: str = "No") -> Json:
    error = {"code": code, "message": message, "type": None}
    return {
        "custom_id": custom_id,
        "response": {"status_code": status, "body": {"error": error}},
        "error": None,
    }


def not_run(custom_id: str, code: str) -> Json:
    return {"custom_id": custom_id, "response": None, "error": {"code": code, "message": "Late"}}


def write(path: Path, *values: object) -> Path:
    path.write_text("".join(json.dumps(value) + "\n" for value in values), encoding="utf-8")
    return path


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return write(
        tmp_path / "output.jsonl",
        succeeded("1"),
        refused("2", 400, "bad", "First"),
        refused("3", 400, "bad", "Second"),
        succeeded("4", "n", 100, 50),
        succeeded("5"),
    )


@pytest.fixture
def errors(tmp_path: Path) -> Path:
    return write(
        tmp_path / "errors.jsonl",
        refused("6", 429, "slow"),
        not_run("7", "batch_expired"),
        not_run("8", "batch_cancelled"),
    )


def lines_of(*paths: Path) -> Iterator[tuple[bytes, int]]:
    return chain.from_iterable(map(bounded_lines, paths))


def summary_of(*paths: Path) -> BatchSummary:
    *before, last = summarize(lines_of(*paths))
    assert not any(step.is_complete for step in before)
    assert last.is_complete
    assert last.read == sum(path.stat().st_size for path in paths)
    return last.summary


def test_an_output_file_alone_is_summed_up(output: Path) -> None:
    summary = summary_of(output)
    assert summary.outcomes == {Outcome.SUCCEEDED: 3, Outcome.FAILED: 2}
    assert summary.errors == {(400, "bad"): 2}
    assert summary.messages == {(400, "bad"): "First"}
    assert summary.tokens == {"m": TokenCount(20, 10, 2), "n": TokenCount(100, 50, 1)}
    assert summary.requests == 5


def test_an_error_file_alone_is_summed_up(errors: Path) -> None:
    summary = summary_of(errors)
    assert summary.outcomes == {Outcome.FAILED: 1, Outcome.EXPIRED: 1, Outcome.CANCELLED: 1}
    assert summary.errors == {
        (429, "slow"): 1,
        (None, "batch_expired"): 1,
        (None, "batch_cancelled"): 1,
    }
    assert summary.tokens == {}
    assert summary.requests == 3


def test_both_are_summed_up_together_the_commonest_error_first(output: Path, errors: Path) -> None:
    summary = summary_of(errors, output)
    assert summary.requests == 8
    assert next(iter(summary.errors)) == (400, "bad")
    assert sum(summary.errors.values()) == 5


def test_without_files_there_is_nothing(tmp_path: Path) -> None:
    assert summary_of().requests == 0
    assert summary_of(write(tmp_path / "empty")).outcomes == {}


def test_blank_lines_dont_count_and_other_lines_are_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "output.jsonl"
    path.write_bytes(
        b"\n  \r\n" + json.dumps(succeeded("1")).encode() + b"\r\nnothing\n[1]\n{\n"
        b'{"custom_id": "2"'
    )
    summary = summary_of(path)
    assert summary.outcomes == {Outcome.SUCCEEDED: 1, Outcome.UNREADABLE: 4}
    assert summary.requests == 1


def test_lines_with_odd_types_are_added_as_far_as_they_go(tmp_path: Path) -> None:
    odd = succeeded("1") | {"custom_id": 1}
    text = succeeded("2")
    text["response"] = {"status_code": "200", "body": "gone"}
    summary = summary_of(write(tmp_path / "output", odd, text, {"response": [], "error": "Gone"}))
    assert summary.outcomes == {Outcome.SUCCEEDED: 1, Outcome.FAILED: 2}
    assert summary.tokens == {"m": TokenCount(10, 5, 1)}
    assert summary.errors == {(None, ""): 2}


def test_more_error_kinds_than_can_be_kept_are_added_up_together() -> None:
    totals = BatchTotals()
    count = MAX_ERROR_KINDS + 500
    for number in range(count):
        for _twice in range(2):
            totals.add(json.dumps(refused("x", 400, f"code {number}", "y" * 10_000)).encode())
    summary = totals.summary()
    assert len(summary.errors) == MAX_ERROR_KINDS + 1
    assert sum(summary.errors.values()) == 2 * count
    assert summary.errors[(None, "")] == 2 * 500
    assert sum(map(len, summary.messages.values())) <= 1_000 * (MAX_ERROR_KINDS + 1)


def test_more_models_than_can_be_kept_are_added_up_together() -> None:
    totals = BatchTotals()
    for number in range(MAX_MODELS + 10):
        totals.add(json.dumps(succeeded("x", f"{number}" + "z" * 1_000, 2, 1)).encode())
    tokens = totals.summary().tokens
    assert len(tokens) == MAX_MODELS + 1
    assert tokens[""] == TokenCount(20, 10, 10)
    assert sum(map(len, tokens)) < 300 * MAX_MODELS


def test_the_progress_is_reported_in_steps(
    output: Path, errors: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_summary, "_LINES_PER_STEP", 2)
    steps = list(summarize(lines_of(output, errors)))
    assert [step.summary.requests for step in steps] == [2, 4, 6, 8, 8]
    assert [step.read for step in steps] == sorted(step.read for step in steps)


def test_an_endless_line_is_one_unreadable_line(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounding, "MAX_LINE_BYTES", 1_000)
    with output.open("ab") as file:
        file.write(
            b'{"custom_id": "' + b"x" * 10_000 + b'"}\n' + json.dumps(succeeded("6")).encode()
        )
    summary = summary_of(output)
    assert summary.outcomes == {Outcome.SUCCEEDED: 4, Outcome.FAILED: 2, Outcome.UNREADABLE: 1}


def test_a_missing_file_is_an_error(output: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(summarize(lines_of(output, output.with_name("none"))))


@pytest.mark.slow
@settings(max_examples=300)
@given(RESULTS)
def test_whatever_a_line_holds_its_outcome_is_the_one_that_is_shown(value: object) -> None:
    line = json.dumps(value).encode()
    totals = BatchTotals()
    totals.add(line)
    result = read_result(line)
    summary = totals.summary()
    outcome = Outcome.UNREADABLE if result is None else result.outcome
    assert summary.outcomes == {outcome: 1}
    failures = Counter(summary.errors).total()
    assert failures == (outcome not in {Outcome.SUCCEEDED, Outcome.UNREADABLE})
    tokens = None if result is None else result.tokens
    assert list(summary.tokens.values()) == ([] if tokens is None else [tokens])


def test_durations_are_added_up(tmp_path: Path) -> None:
    timed = [
        {
            "custom_id": "1",
            "response": {"status_code": 200, "body": {"usage": {"total_time": took}}},
        }
        for took in (0.5, 2.0)
    ]
    *_parts, last = summarize(bounded_lines(write(tmp_path / "timed", *timed, succeeded("2"))))
    assert (last.summary.timed, last.summary.seconds, last.summary.longest) == (2, 2.5, 2.0)
