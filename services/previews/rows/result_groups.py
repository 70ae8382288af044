"""The groups that the results of a batch are counted and filtered by."""

from enum import Enum

import msgspec

from services.previews.batches.batch_result import Outcome
from services.previews.batches.batch_summary import BatchSummary
from services.previews.batches.retry_lines import RequestState
from services.previews.rows.line_filter import StateIn

_TOO_MANY_REQUESTS = 429


class ResultGroup(Enum):
    """What became of a request, as coarsely as a person wants to know first."""

    SUCCEEDED = "succeeded"
    RATE_LIMITED = "rate-limited"
    """Refused with 429: it may succeed later as it is."""
    EXPIRED = "expired"
    CANCELED = "canceled"
    FAILED = "failed"
    UNREADABLE = "unreadable"
    """The line isn't a result."""


class GroupCount(msgspec.Struct, frozen=True):
    """How many results are in a group."""

    group: ResultGroup
    number: int
    status_codes: dict[int, int] = {}
    """Of failed ones, how many have each status code, the commonest first."""


def group_of(state: RequestState) -> ResultGroup:
    """The group of a result."""
    if state.outcome is Outcome.FAILED and state.status_code == _TOO_MANY_REQUESTS:
        return ResultGroup.RATE_LIMITED
    return ResultGroup.UNREADABLE if state.outcome is None else _GROUPS[state.outcome]


def count_groups(summary: BatchSummary) -> list[GroupCount]:
    """The groups that occur, in the order of `ResultGroup`."""
    numbers = {_GROUPS[outcome]: number for outcome, number in summary.outcomes.items()}
    codes: dict[int, int] = {}
    for (status, _code), number in summary.errors.items():
        if status is not None:
            codes[status] = codes.get(status, 0) + number
    limited = codes.pop(_TOO_MANY_REQUESTS, 0)
    numbers[ResultGroup.RATE_LIMITED] = limited
    numbers[ResultGroup.FAILED] = max(0, numbers.get(ResultGroup.FAILED, 0) - limited)
    commonest = dict(sorted(codes.items(), key=lambda item: -item[1]))
    return [
        GroupCount(group, number, commonest if group is ResultGroup.FAILED else {})
        for group in ResultGroup
        if (number := numbers.get(group, 0))
    ]


def states_in_groups(summary: BatchSummary) -> dict[ResultGroup, StateIn]:
    """For each group that occurs, the condition that its results fulfill."""
    refused: dict[ResultGroup, set[RequestState]] = {}
    for status, code in summary.errors:
        state = RequestState(Outcome.FAILED, status, code)
        refused.setdefault(group_of(state), set()).add(state)
    conditions = {group: StateIn(frozenset(states)) for group, states in refused.items()}
    for outcome, group in _GROUPS.items():
        if outcome in summary.outcomes and group is not ResultGroup.FAILED:
            conditions[group] = StateIn(outcomes=frozenset({outcome}))
    return conditions


_GROUPS: dict[Outcome, ResultGroup] = {
    Outcome.SUCCEEDED: ResultGroup.SUCCEEDED,
    Outcome.FAILED: ResultGroup.FAILED,
    Outcome.EXPIRED: ResultGroup.EXPIRED,
    Outcome.CANCELLED: ResultGroup.CANCELED,
    Outcome.UNREADABLE: ResultGroup.UNREADABLE,
}
