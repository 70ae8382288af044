"""Which requests of a batch are unfinished, and a new input file made of them.

A batch answers in any order, so requests and results are joined by `custom_id`. A request that
has no result, because the batch was cancelled or expired before, is unfinished too.
"""

import contextlib
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from services.previews.batches.batch_result import BatchResult, Outcome
from services.previews.batches.batch_summary import BatchSummary, BatchTotals
from services.previews.batches.request_finder import RequestFinder, custom_id_of
from services.previews.lines.bounded_lines import bounded_lines, rest_of_line
from services.problems.disk_errors import error_reading, error_writing, reading
from services.problems.retry_errors import input_changed
from services.system.cancellation import CancelToken

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

    @property
    def will_fail_again(self) -> bool:
        """Whether the request itself was refused, so that it fails each time it is sent."""
        return self.outcome is Outcome.FAILED and self.status_code in _REFUSED


_REFUSED = frozenset({400, 404, 413, 415, 422})
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
    known_ids: int
    """How many results belong to a request."""
    summary: BatchSummary
    """The sums over all the results."""
    has_successes: tuple[bool, ...]
    """For each file with results, whether a request succeeded in it."""
    finder: RequestFinder
    """Finds the request of a result."""

    @property
    def request_count(self) -> int:
        """How many requests the input has."""
        return len(self.state_numbers) - self.bad_lines

    @property
    def bad_lines(self) -> int:
        """How many lines of the input are neither blank nor a request."""
        return self.counts.get(NOT_A_REQUEST, 0)

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
    states, totals = _ResultStates(), BatchTotals()
    has_successes: list[bool] = []
    read = 0
    for path in result_paths:
        has_successes.append(False)
        for number, (line, length) in enumerate(bounded_lines(path), 1):
            read += length
            result = totals.add(line, is_whole=len(line) == length)
            if result is not None and result.custom_id is not None:
                states.add(result.custom_id, state_of(result))
            if result is not None and result.outcome is Outcome.SUCCEEDED:
                has_successes[-1] = True
            if not number % _LINES_PER_STEP:
                yield JoinProgress(read)
    stamp = _stamp_of(input_path)
    repeated = states.finish()
    finder = RequestFinder(input_path)
    numbers: dict[RequestState, int] = {}
    state_numbers = array("H")
    counts: Counter[int] = Counter()
    answered = offset = 0
    for number, (line, length) in enumerate(bounded_lines(input_path), 1):
        if not line.isspace():
            state = NOT_A_REQUEST
            custom_id = custom_id_of(line, is_whole=len(line) == length)
            if custom_id is not None:
                place = finder.add(custom_id, offset, number)
                if place:
                    repeated[custom_id] = None
                found = states.state(custom_id, place)
                answered += found is not None
                state = found or UNANSWERED
            if state not in numbers and len(numbers) >= MAX_STATES:
                state = RequestState(state.outcome)
            state_number = numbers.setdefault(state, len(numbers))
            state_numbers.append(state_number)
            counts[state_number] += 1
        offset += length
        if not number % _LINES_PER_STEP:
            yield JoinProgress(read + offset)
    yield JoinProgress(
        read + offset,
        JoinedBatch(
            input_path,
            stamp,
            tuple(numbers),
            state_numbers,
            {state: counts[number] for state, number in numbers.items()},
            tuple(repeated),
            states.count - answered,
            answered,
            totals.summary(),
            tuple(has_successes),
            finder,
        ),
    )


class _ResultStates:
    """The states of results by their IDs, of which an ID may have several."""

    def __init__(self) -> None:
        self.count = 0
        """How many results there are."""
        self._first: dict[str, RequestState] = {}
        self._all: dict[str, list[RequestState]] = {}
        """Only of the IDs that have several."""
        self._kept: dict[RequestState, RequestState] = {}
        """So that equal states are the same object."""

    def add(self, custom_id: str, state: RequestState) -> None:
        self.count += 1
        if len(self._kept) < MAX_STATES:
            state = self._kept.setdefault(state, state)
        else:
            state = self._kept.get(state, state)
        if custom_id not in self._first:
            self._first[custom_id] = state
        else:
            self._all.setdefault(custom_id, [self._first[custom_id]]).append(state)

    def finish(self) -> dict[str, None]:
        """Put the successful ones of each ID first; return the IDs that have several."""
        for states in self._all.values():
            states.sort(key=lambda state: not state.is_finished)
        return dict.fromkeys(self._all)

    def state(self, custom_id: str, place: int) -> RequestState | None:
        """The state of the request that is at this place among those with its ID."""
        states = self._all.get(custom_id)
        if states is None:
            return None if place else self._first.get(custom_id)
        return states[place] if place < len(states) else None


def write_retry(
    joined: JoinedBatch,
    chosen: Collection[RequestState],
    to: Path,
    token: CancelToken | None = None,
) -> int:
    """Write the requests in the chosen states to a new file, each as its line was in the input.

    Return how many were written. Raise FilesError if the input has changed since it was joined,
    or a file can't be read or written, FileExistsError if the new one exists already, and
    Cancelled. Then no partial file is left.
    """
    try:
        new_file = to.open("xb")
    except FileExistsError:
        raise
    except OSError as error:
        raise error_writing(error, to) from error
    try:
        with new_file:
            written = _copy_lines(joined, chosen, new_file, token or CancelToken())
    except BaseException as error:
        with contextlib.suppress(OSError):
            to.unlink()
        if isinstance(error, OSError):
            raise error_writing(error, to) from error
        raise
    return written


def _copy_lines(
    joined: JoinedBatch,
    chosen: Collection[RequestState],
    new_file: BinaryIO,
    token: CancelToken,
) -> int:
    unfinished = joined.unfinished
    wanted = [state in chosen and state in unfinished for state in joined.states]
    numbers = iter(joined.state_numbers)
    written = 0
    _check_unchanged(joined)
    offset = 0
    for line, length in reading(bounded_lines(joined.input_path), joined.input_path):
        start, offset = offset, offset + length
        if line.isspace():
            continue
        number = next(numbers, None)
        if number is None:
            break
        if wanted[number]:
            new_file.write(line)
            if length != len(line):
                rest = rest_of_line(joined.input_path, start + len(line), length - len(line))
                for piece in reading(rest, joined.input_path):
                    token.check()
                    new_file.write(piece)
            written += 1
            if not written % _LINES_PER_STEP:
                token.check()
    _check_unchanged(joined)
    expected = sum(joined.counts[state] for state in unfinished if state in chosen)
    if written != expected:
        raise input_changed(joined.input_path)
    return written


def _check_unchanged(joined: JoinedBatch) -> None:
    try:
        stamp = _stamp_of(joined.input_path)
    except OSError as error:
        raise error_reading(error, joined.input_path) from error
    if stamp != joined.input_stamp:
        raise input_changed(joined.input_path)


def _stamp_of(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def state_of(result: BatchResult) -> RequestState:
    """What became of the request that a result belongs to."""
    if result.outcome is Outcome.FAILED:
        return RequestState(result.outcome, result.status_code, result.error_code or "")
    return RequestState(result.outcome)
