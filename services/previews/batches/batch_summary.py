"""Adds up the output and error files of a batch, line by line, in constant memory."""

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from services.previews.batches.batch_result import BatchResult, Outcome, TokenCount, read_brief
from services.previews.content.cut_json import completed

ErrorKind = tuple[int | None, str]
"""A status code and an error code or, where there is none, an empty text."""

MAX_ERROR_KINDS = 1_000
"""Error kinds beyond this number are added up together: a file may hold a new one per line."""
MAX_MODELS = 1_000
"""The tokens of models beyond this number are added up under an empty name."""
_OTHER_ERRORS: ErrorKind = (None, "")
_MAX_NAME = 200
_MAX_MESSAGE = 1_000
"""Characters kept of a message."""
_LINES_PER_STEP = 2_000


def kind_of_error(status_code: int | None, error_code: str | None) -> ErrorKind:
    """The kind under which failed requests are added up."""
    return status_code, (error_code or "")[:_MAX_NAME]


class BatchSummary(msgspec.Struct, frozen=True):
    """What became of the requests of a batch."""

    outcomes: dict[Outcome, int]
    errors: dict[ErrorKind, int]
    """The failed requests by status code and error code, the commonest first."""
    messages: dict[ErrorKind, str]
    """The first message of each."""
    tokens: dict[str, TokenCount]
    """By model."""
    timed: int = 0
    """How many results say how long the request took."""
    seconds: float = 0.0
    """How long these took together."""
    longest: float = 0.0
    """How long the longest of these took, in seconds."""

    @property
    def requests(self) -> int:
        """How many lines hold a result."""
        return sum(
            number for outcome, number in self.outcomes.items() if outcome is not Outcome.UNREADABLE
        )


class SummaryProgress(msgspec.Struct, frozen=True):
    """How far adding up has come."""

    read: int
    """In bytes."""
    summary: BatchSummary
    is_complete: bool = False


class BatchTotals:
    """Adds up lines."""

    def __init__(self) -> None:
        self._outcomes: Counter[Outcome] = Counter()
        self._errors: Counter[ErrorKind] = Counter()
        self._messages: dict[ErrorKind, str] = {}
        self._tokens: dict[str, list[int]] = {}
        self._timed = 0
        self._seconds = self._longest = 0.0

    def add(self, line: bytes, *, is_whole: bool = True) -> BatchResult | None:
        """Add a line, and return its result, if it is one. Blank lines don't count.

        `is_whole` is False if only the beginning of the line is given.
        """
        result = read_brief(line) if is_whole else _read_beginning(line)
        if result is not None:
            self._add_result(result)
        elif not line.isspace():
            self._outcomes[Outcome.UNREADABLE] += 1
        return result

    def summary(self) -> BatchSummary:
        """The sums so far."""
        return BatchSummary(
            dict(self._outcomes),
            dict(self._errors.most_common()),
            dict(self._messages),
            {model: TokenCount(*counts) for model, counts in self._tokens.items()},
            self._timed,
            self._seconds,
            self._longest,
        )

    def _add_result(self, result: BatchResult) -> None:
        self._outcomes[result.outcome] += 1
        if result.tokens is not None:
            counts = self._tokens_of(result.model or "")
            counts[0] += result.tokens.input
            counts[1] += result.tokens.output
            counts[2] += result.tokens.cached
        if result.seconds is not None:
            self._timed += 1
            self._seconds += result.seconds
            self._longest = max(self._longest, result.seconds)
        if result.outcome is not Outcome.SUCCEEDED:
            kind = kind_of_error(result.status_code, result.error_code)
            if kind not in self._errors and len(self._errors) >= MAX_ERROR_KINDS:
                kind = _OTHER_ERRORS
            self._errors[kind] += 1
            self._messages.setdefault(kind, (result.error_message or "")[:_MAX_MESSAGE])

    def _tokens_of(self, model: str) -> list[int]:
        name = model[:_MAX_NAME]
        if name not in self._tokens and len(self._tokens) >= MAX_MODELS:
            name = ""
        return self._tokens.setdefault(name, [0, 0, 0])


def _read_beginning(line: bytes) -> BatchResult | None:
    """Read a line whose end isn't there, if its status is. Its tokens mostly aren't."""
    closed = completed(line)
    result = None if closed is None else read_brief(closed)
    return None if result is None or result.status_code is None else result


def summarize(lines: Iterable[tuple[bytes, int]]) -> Iterator[SummaryProgress]:
    """Add up lines, each with its length in the file, and report every 2,000 lines.

    The last report is the sum of all. Output and error files of a batch can be chained.
    """
    totals = BatchTotals()
    read = 0
    for number, (line, length) in enumerate(lines, 1):
        totals.add(line, is_whole=len(line) == length)
        read += length
        if not number % _LINES_PER_STEP:
            yield SummaryProgress(read, totals.summary())
    yield SummaryProgress(read, totals.summary(), is_complete=True)
