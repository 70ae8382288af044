"""Which state a fine-tuning job is in at a given time. Pure functions.

validating_files → queued → running → succeeded; or failed, if its files have errors; or cancelled.
"""

from dataclasses import dataclass

VALIDATING_SECONDS = 3
QUEUED_SECONDS = 2
_STEPS_PER_SECOND = 10
_SHORTEST_RUN = 10
_LONGEST_RUN = 40

ENDED = frozenset({"succeeded", "failed", "cancelled"})
"""States that don't change anymore."""


@dataclass(frozen=True, slots=True)
class JobPlan:
    """What decides the course of a job. Times are in seconds since 1970."""

    created_at: int
    is_valid: bool
    run_seconds: int
    """How long the training takes."""
    cancelled_at: int | None = None


def usual_run_seconds(steps: int) -> int:
    """How long a job with so many steps takes."""
    return min(_LONGEST_RUN, max(_SHORTEST_RUN, steps // _STEPS_PER_SECOND))


def end_of(plan: JobPlan) -> int:
    """When a job ends if nothing else happens to it."""
    if plan.cancelled_at is not None:
        return plan.cancelled_at
    validated_at = plan.created_at + VALIDATING_SECONDS
    return validated_at + QUEUED_SECONDS + plan.run_seconds if plan.is_valid else validated_at


def status_at(plan: JobPlan, now: int) -> str:
    """The status at the time `now`."""
    if now >= end_of(plan):
        if plan.cancelled_at is not None:
            return "cancelled"
        return "succeeded" if plan.is_valid else "failed"
    validated_at = plan.created_at + VALIDATING_SECONDS
    if now < validated_at:
        return "validating_files"
    return "queued" if now < validated_at + QUEUED_SECONDS else "running"
