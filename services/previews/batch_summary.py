"""Adds up the output and error files of a batch, line by line, in constant memory."""

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from services.previews.batch_result import Outcome, TokenCount, outcome_of, read_result

ErrorKind = tuple[int | None, str]
"""A status code and an error code or, where there is none, an empty text."""

MAX_ERROR_KINDS = 1_000
"""Error kinds beyond this number are added up together: a file may hold a new one per line."""
_OTHER_ERRORS: ErrorKind = (None, "")
_LINES_PER_STEP = 2_000


class BatchSummary(msgspec.Struct, frozen=True):
    """What became of the requests of a batch."""

    outcomes: dict[Outcome, int]
    errors: dict[ErrorKind, int]
    """The failed requests by status code and error code, the commonest first."""
    messages: dict[ErrorKind, str]
    """The first message of each."""
    tokens: dict[str, TokenCount]
    """By model."""

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

    def add(self, line: bytes) -> None:
        """Add a line. Blank ones don't count."""
        try:
            brief = _decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            self._add_odd(line)
            return
        response, error = brief.response, brief.error
        body = response.body if response is not None else None
        if body is not None:
            error = error or body.error
            if body.usage is not None:
                self._add_usage(body.model, body.usage)
        status = response.status_code if response is not None else None
        if error is None:
            self._add_outcome(outcome_of(status, False, None), status, "", "")
        else:
            code = _word(error.code) or error.type or ""
            self._add_outcome(outcome_of(status, True, code), status, code, error.message or "")

    def summary(self) -> BatchSummary:
        """The sums so far."""
        return BatchSummary(
            dict(self._outcomes),
            dict(self._errors.most_common()),
            dict(self._messages),
            {model: TokenCount(*counts) for model, counts in self._tokens.items()},
        )

    def _add_outcome(self, outcome: Outcome, status: int | None, code: str, message: str) -> None:
        self._outcomes[outcome] += 1
        if outcome is Outcome.SUCCEEDED:
            return
        kind: ErrorKind = (status, code)
        if kind not in self._errors and len(self._errors) >= MAX_ERROR_KINDS:
            kind = _OTHER_ERRORS
        self._errors[kind] += 1
        self._messages.setdefault(kind, message)

    def _add_usage(self, model: str | None, usage: "_Usage") -> None:
        counts = self._tokens.get(model or "")
        if counts is None:
            counts = self._tokens[model or ""] = [0, 0, 0]
        counts[0] += usage.prompt_tokens or usage.input_tokens or 0
        counts[1] += usage.completion_tokens or usage.output_tokens or 0
        details = usage.prompt_tokens_details or usage.input_tokens_details
        if details is not None:
            counts[2] += details.cached_tokens or 0

    def _add_odd(self, line: bytes) -> None:
        """Add a line with values of other types than documented, or one that isn't a result."""
        if not line.strip():
            return
        result = read_result(line)
        if result is None:
            self._outcomes[Outcome.UNREADABLE] += 1
            return
        if result.tokens is not None:
            counts = self._tokens.setdefault(result.model or "", [0, 0, 0])
            for place, number in enumerate(msgspec.structs.astuple(result.tokens)):
                counts[place] += number
        self._add_outcome(
            result.outcome,
            result.status_code,
            result.error_code or "",
            result.error_message or "",
        )


def summarize(lines: Iterable[tuple[bytes, int]]) -> Iterator[SummaryProgress]:
    """Add up lines, each with its length in the file, and report every 2,000 lines.

    The last report is the sum of all. Output and error files of a batch can be chained.
    """
    totals = BatchTotals()
    read = 0
    for number, (line, length) in enumerate(lines, 1):
        totals.add(line)
        read += length
        if not number % _LINES_PER_STEP:
            yield SummaryProgress(read, totals.summary())
    yield SummaryProgress(read, totals.summary(), is_complete=True)


def _word(code: str | int | None) -> str | None:
    return str(code) if code is not None else None


class _Details(msgspec.Struct, gc=False):
    cached_tokens: int | None = None


class _Usage(msgspec.Struct, gc=False):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    prompt_tokens_details: _Details | None = None
    input_tokens_details: _Details | None = None


class _Error(msgspec.Struct, gc=False):
    code: str | int | None = None
    message: str | None = None
    type: str | None = None


class _Body(msgspec.Struct, gc=False):
    """Only what is added up: msgspec skips the rest, which is nearly all of it."""

    model: str | None = None
    usage: _Usage | None = None
    error: _Error | None = None


class _Response(msgspec.Struct, gc=False):
    status_code: int | None = None
    body: _Body | None = None


class _Brief(msgspec.Struct, gc=False):
    custom_id: str
    response: _Response | None = None
    error: _Error | None = None


_decode = msgspec.json.Decoder(_Brief).decode
