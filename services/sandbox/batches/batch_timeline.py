"""Which state a batch is in at a given time. Pure functions, so that no timer is needed.

validating → in_progress → finalizing → completed; or failed, if its input file has errors; or
cancelled; or expired, if its completion window ends before its requests do.
"""

from dataclasses import dataclass

VALIDATING_SECONDS = 2
FINALIZING_SECONDS = 1
CANCELLING_SECONDS = 2
_REQUESTS_PER_SECOND = 10
_SHORTEST_RUN = 4
_LONGEST_RUN = 30

ENDED = frozenset({"failed", "completed", "expired", "cancelled"})
"""States that don't change anymore."""


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """What decides the course of a batch. Times are in seconds since 1970."""

    created_at: int
    expires_at: int
    total: int
    """The number of requests; 0 if the input file has errors."""
    run_seconds: int
    """How long all requests take."""
    cancelling_at: int | None = None

    @property
    def gives_up_at(self) -> int:
        """When it expires if its requests aren't done by then; not before it is validated."""
        return max(self.expires_at, self.created_at + VALIDATING_SECONDS)


@dataclass(frozen=True, slots=True)
class BatchState:
    """A batch at one time; None for what hasn't happened."""

    status: str
    processed: int = 0
    """How many requests are done, successful or not."""
    in_progress_at: int | None = None
    finalizing_at: int | None = None
    completed_at: int | None = None
    failed_at: int | None = None
    expired_at: int | None = None
    cancelling_at: int | None = None
    cancelled_at: int | None = None

    @property
    def ended_at(self) -> int | None:
        """When it ended; None if it hasn't."""
        return self.completed_at or self.failed_at or self.expired_at or self.cancelled_at


def usual_run_seconds(total: int) -> int:
    """How long a batch with so many requests takes, unless it asks for something else."""
    return min(_LONGEST_RUN, max(_SHORTEST_RUN, total // _REQUESTS_PER_SECOND))


def end_of(plan: BatchPlan) -> int:
    """When a batch ends if nothing else happens to it."""
    validated_at = plan.created_at + VALIDATING_SECONDS
    if plan.cancelling_at is not None:
        return plan.cancelling_at + CANCELLING_SECONDS
    if plan.total == 0:
        return validated_at
    finished_at = validated_at + plan.run_seconds
    return plan.gives_up_at if plan.gives_up_at < finished_at else finished_at + FINALIZING_SECONDS


def state_at(plan: BatchPlan, now: int) -> BatchState:
    """The state at the time `now`."""
    started_at = plan.created_at + VALIDATING_SECONDS
    finished_at = started_at + plan.run_seconds
    if plan.cancelling_at is not None and plan.cancelling_at <= now:
        return _cancelled(plan, started_at, finished_at, now)
    if now < started_at:
        return BatchState("validating")
    if plan.total == 0:
        return BatchState("failed", failed_at=started_at)
    if plan.gives_up_at < finished_at and plan.gives_up_at <= now:
        return BatchState(
            "expired",
            _processed(plan, plan.gives_up_at),
            in_progress_at=started_at,
            expired_at=plan.gives_up_at,
        )
    if now < finished_at:
        return BatchState("in_progress", _processed(plan, now), in_progress_at=started_at)
    completed_at = finished_at + FINALIZING_SECONDS
    return BatchState(
        "finalizing" if now < completed_at else "completed",
        plan.total,
        in_progress_at=started_at,
        finalizing_at=finished_at,
        completed_at=None if now < completed_at else completed_at,
    )


def _cancelled(plan: BatchPlan, started_at: int, finished_at: int, now: int) -> BatchState:
    cancelling_at = plan.cancelling_at
    assert cancelling_at is not None
    cancelled_at = cancelling_at + CANCELLING_SECONDS
    return BatchState(
        "cancelling" if now < cancelled_at else "cancelled",
        _processed(plan, cancelling_at),
        in_progress_at=started_at if started_at <= cancelling_at else None,
        finalizing_at=finished_at if finished_at <= cancelling_at else None,
        cancelling_at=cancelling_at,
        cancelled_at=None if now < cancelled_at else cancelled_at,
    )


def _processed(plan: BatchPlan, now: int) -> int:
    seconds = now - plan.created_at - VALIDATING_SECONDS
    return max(0, min(plan.total, plan.total * seconds // plan.run_seconds))
