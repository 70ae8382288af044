"""The cost of adding up a batch output of 200 MB, and of joining 50,000 requests to their results.

    python -m tests.bench.batches memory FILE

The reference for the time is `json.loads` for each line. Memory is how much a fresh process grows
while it adds up the file, after a small one.
"""

import json
import random
import statistics
import sys
import time
from pathlib import Path

from services.previews.batches.batch_result import Outcome
from services.previews.batches.batch_summary import BatchSummary, summarize
from services.previews.batches.retry_lines import JoinedBatch, join_batch, write_retry
from services.previews.lines.bounded_lines import bounded_lines
from tests.bench.checks import make_batch
from tests.bench.memory import growth, measure_growth
from tests.bench.report import (
    Line,
    Options,
    alternately,
    median_ratio,
    read_as_json,
    seconds,
    speed,
    timed,
)
from tests.support.narrowing import not_none

LINE = 4_000
"""Bytes per result: 200 MB for 50,000."""
_EVERY_FAILED = 20
"""Of this many requests, one has failed, and is in the error file."""


def measure(options: Options, _address: str, folder: Path) -> list[Line]:
    """Measure the figures of a batch."""
    output = folder / "output.jsonl"
    make_output(output, options.requests)
    lines = [
        _measure_speed(options, output),
        measure_growth(
            "batches",
            output,
            options.runs,
            "memory of the sums",
            "summary_rss_growth_mib",
            at_most=48,
        ),
        *_measure_join(options, folder, output),
    ]
    output.unlink()
    return lines


def make_output(file: Path, results: int) -> None:
    """Write the successful results of a batch, in another order than the requests."""
    numbers = [number for number in range(results) if number % _EVERY_FAILED]
    random.Random(1).shuffle(numbers)
    with file.open("wb") as opened:
        opened.writelines(_result(number) for number in numbers)


def _result(number: int) -> bytes:
    usage = {
        "prompt_tokens": 900,
        "completion_tokens": 700,
        "total_tokens": 1_600,
        "prompt_tokens_details": {"cached_tokens": 128, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }
    message = {"role": "assistant", "content": "TEXT", "refusal": None}
    body = {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": "gpt-4o-mini",
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": usage,
    }
    response = {"status_code": 200, "request_id": f"req_{number}", "body": body}
    result = {
        "id": f"batch_req_{number}",
        "custom_id": f"request-{number}",
        "response": response,
        "error": None,
    }
    head, tail = json.dumps(result).encode().split(b"TEXT")
    room = LINE - len(head) - len(tail) - 1
    text = ('The “naïve” file, as options for; or \\"quoted\\"\\n next ' * 100).encode()[:room]
    text = text.decode("utf-8", "ignore").rstrip("\\").encode().ljust(room)
    return head + text + tail + b"\n"


def make_errors(file: Path, results: int) -> None:
    """Write the failed results of the same batch."""
    error = {"code": "rate_limit_exceeded", "message": "Too many requests", "type": None}
    with file.open("wb") as opened:
        for number in range(0, results, _EVERY_FAILED):
            response = {"status_code": 429, "request_id": "req", "body": {"error": error}}
            result = {"custom_id": f"request-{number}", "response": response, "error": None}
            opened.write(json.dumps(result).encode() + b"\n")


def _summary(file: Path) -> BatchSummary:
    *_before, last = summarize(bounded_lines(file))
    if last.summary.outcomes.get(Outcome.UNREADABLE):
        raise RuntimeError(last.summary)
    return last.summary


def _measure_speed(options: Options, output: Path) -> Line:
    ours, alone = alternately(
        options.runs,
        [lambda: timed(lambda: _summary(output)), lambda: timed(lambda: read_as_json(output))],
    )
    size = output.stat().st_size
    return Line(
        "sums of a batch",
        median_ratio(alone, ours),
        "x",
        "summary_vs_json",
        at_least=2,
        ours=speed(ours, size),
        reference=speed(alone, size),
    )


def _grown(output: Path) -> float:
    small = output.with_name("small.jsonl")
    make_output(small, 10)
    grown = growth(lambda: _summary(small), lambda: _summary(output))
    small.unlink()
    return grown


def _join(requests: Path, *results: Path) -> JoinedBatch:
    *_before, last = join_batch(requests, results)
    return not_none(last.joined)


def _measure_join(options: Options, folder: Path, output: Path) -> list[Line]:
    requests, errors, retry = (folder / f"{name}.jsonl" for name in ("input", "errors", "retry"))
    make_batch(requests, options.requests)
    make_errors(errors, options.requests)
    joining, writing = [], []
    for _run in range(options.runs):
        started = time.perf_counter()
        joined = _join(requests, output, errors)
        joining.append(time.perf_counter() - started)
        started = time.perf_counter()
        written = write_retry(joined, joined.unfinished, retry)
        writing.append(time.perf_counter() - started)
        retry.unlink()
        if written != len(range(0, options.requests, _EVERY_FAILED)):
            raise RuntimeError(f"{written} requests are to be sent again")
    requests.unlink()
    errors.unlink()
    return [
        Line(
            "requests joined to their results",
            statistics.median(joining),
            "s",
            "join_50k_s",
            at_most=3,
            ours=f"max {max(joining):.2f} s",
        ),
        Line(
            "the failed ones written to a new file",
            statistics.median(writing),
            "s",
            ours=seconds(writing),
        ),
    ]


if __name__ == "__main__":
    print(f"{_grown(Path(sys.argv[2])):.2f}")
