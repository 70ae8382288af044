"""Which requests of a batch are unfinished, and a new input file made of them.

A batch answers in any order, so requests and results are joined by `custom_id`. A request that
has no result, because the batch was cancelled or expired before, is unfinished too.
"""

import contextlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import msgspec

from services.previews.batch_result import BatchResult, Outcome, read_brief
from services.previews.bounded_lines import bounded_lines

MAX_STATES = 1_000
"""States beyond this number lose their codes: a file may hold a new one per line."""
_LINES_PER_STEP = 2_000


class RequestState(msgspec.Struct, frozen=True):
    """What became of a request; the unfinished ones are chosen by it."""

    outcome: Outcome | None
    """None if there is no result."""
    status_code: int | None = None
    error_code: str = ""

    @property
    def is_finished(self) -> bool:
        """Whether the request succeeded, so that there is nothing to retry."""
        return self.outcome is Outcome.SUCCEEDED


UNANSWERED = RequestState(None)
NOT_A_REQUEST = RequestState(Outcome.UNREADABLE)
"""A line of the input that isn't a request. It is never sent again."""


class JoinedBatch(msgspec.Struct, frozen=True):
    """The requests of an input file with what became of each."""

    input_path: Path
    input_stamp: tuple[int, int]
    """Size and modification time of the input, in bytes and nanoseconds."""
    states: tuple[RequestState, ...]
    """The states that occur, by their numbers."""
    state_numbers: array  # type: ignore[type-arg]
    """For each line of the input that isn't blank, the number of its state."""
    counts: dict[RequestState, int]
    """How many requests are in each state. They add up to the requests of the input."""
    repeated_ids: tuple[str, ...]
    """IDs that more than one request or more than one result has."""
    unknown_ids: int
    """How many results belong to none of the requests."""

    @property
    def unfinished(self) -> dict[RequestState, int]:
        """The states that can be retried, with their counts."""
        return {
            state: number
            for state, number in self.counts.items()
            if not state.is_finished and state != NOT_A_REQUEST
        }


class JoinProgress(msgspec.Struct, frozen=True):
    """How far joining has come; the last one has the result."""

    read: int
    """In bytes."""
    joined: JoinedBatch | None = None


def join_batch(input_path: Path, result_paths: Iterable[Path]) -> Iterator[JoinProgress]:
    """Join the results in output and error files to the requests in an input file.

    If an ID is there several times, the successful results are given to the first of its requests,
    so that no request counts as answered without an answer of its own. Raise OSError if a file
    can't be read.
    """
    states_by_id: defaultdict[str, list[RequestState]] = defaultdict(list)
    read = 0
    for path in result_paths:
        for number, (line, length) in enumerate(bounded_lines(path), 1):
            read += length
            result = read_brief(line)
            if result is not None and result.custom_id is not None:
                states_by_id[result.custom_id].append(state_of(result))
            if not number % _LINES_PER_STEP:
                yield JoinProgress(read)
    stamp = _stamp_of(input_path)
    repeated = {custom_id: None for custom_id, states in states_by_id.items() if len(states) > 1}
    for custom_id in repeated:
        states_by_id[custom_id].sort(key=lambda state: not state.is_finished)
    seen: Counter[str] = Counter()
    numbers: dict[RequestState, int] = {}
    state_numbers = array("H")
    for number, (line, length) in enumerate(bounded_lines(input_path), 1):
        read += length
        if not line.isspace():
            state = _state_of_request(line, states_by_id, seen, repeated)
            if state not in numbers and len(numbers) >= MAX_STATES:
                state = RequestState(state.outcome)
            state_numbers.append(numbers.setdefault(state, len(numbers)))
        if not number % _LINES_PER_STEP:
            yield JoinProgress(read)
    counts = Counter(state_numbers)
    yield JoinProgress(
        read,
        JoinedBatch(
            input_path,
            stamp,
            tuple(numbers),
            state_numbers,
            {state: counts[number] for state, number in numbers.items()},
            tuple(repeated),
            sum(
                max(len(states) - seen[custom_id], 0) for custom_id, states in states_by_id.items()
            ),
        ),
    )


def write_retry(joined: JoinedBatch, chosen: Collection[RequestState], to: Path) -> int:
    """Write the requests in the chosen states to a new file, each as its line was in the input.

    Return how many were written. Raise ValueError if the input has changed since it was joined,
    and OSError if a file can't be read or written, or if the new one exists already. Then no
    partial file is left.
    """
    unfinished = joined.unfinished
    wanted = [state in chosen and state in unfinished for state in joined.states]
    numbers = iter(joined.state_numbers)
    written = 0
    new_file = to.open("xb")
    try:
        with new_file:
            _check_unchanged(joined)
            for line, length in bounded_lines(joined.input_path):
                if line.isspace():
                    continue
                number = next(numbers, None)
                if number is None:
                    break
                if wanted[number]:
                    if length != len(line):
                        raise ValueError("the line is too long to copy")
                    new_file.write(line)
                    written += 1
            _check_unchanged(joined)
    except BaseException:
        with contextlib.suppress(OSError):
            to.unlink()
        raise
    return written


def _check_unchanged(joined: JoinedBatch) -> None:
    if _stamp_of(joined.input_path) != joined.input_stamp:
        raise ValueError("the input file has changed")


def _stamp_of(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _state_of_request(
    line: bytes,
    states_by_id: dict[str, list[RequestState]],
    seen: Counter[str],
    repeated: dict[str, None],
) -> RequestState:
    custom_id = _custom_id_of(line)
    if custom_id is None:
        return NOT_A_REQUEST
    place = seen[custom_id]
    seen[custom_id] += 1
    if place:
        repeated[custom_id] = None
    states = states_by_id.get(custom_id, ())
    return states[place] if place < len(states) else UNANSWERED


def _custom_id_of(line: bytes) -> str | None:
    try:
        return _decode_request(line).custom_id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def state_of(result: BatchResult) -> RequestState:
    """What became of the request that a result belongs to."""
    if result.outcome is Outcome.FAILED:
        return RequestState(result.outcome, result.status_code, result.error_code or "")
    return RequestState(result.outcome)


class _Request(msgspec.Struct, gc=False):
    custom_id: str


_decode_request = msgspec.json.Decoder(_Request).decode
