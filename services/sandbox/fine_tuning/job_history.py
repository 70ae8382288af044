"""What happened during a fine-tuning job up to a given time: its events and checkpoints.

Pure functions of the job and the time: nothing of this is stored.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec

from services.sandbox.fine_tuning.job_rows import JobRow, model_name
from services.sandbox.fine_tuning.job_timeline import QUEUED_SECONDS, VALIDATING_SECONDS, end_of
from services.sandbox.fine_tuning.step_metrics import StepMetrics, step_metrics_of
from services.sandbox.list_query import ListQuery

_MOST_STEPS = 100
"""Steps that have an event; of longer jobs, only some have."""
_CHECKPOINTS = 3
"""The service keeps those of the last epochs."""


class NoSuchItem(KeyError):
    """No event or checkpoint of the job has this ID."""


def events_of(row: JobRow, now: int) -> list[dict[str, Any]]:
    """The events of a job up to now, the newest first, as API objects."""
    plan, end = row.plan, min(end_of(row.plan), now)
    validated_at = row.created_at + VALIDATING_SECONDS
    started_at = validated_at + QUEUED_SECONDS
    found = [_event(row, row.created_at, f"Created fine-tuning job: {row.id}")]
    files = [("training", row.training_file), ("validation", row.validation_file)]
    for kind, file_id in files:
        if file_id is not None:
            found.append(_event(row, row.created_at, f"Validating {kind} file: {file_id}"))
    if row.error is None:
        words = "Files validated, moving job to queued state"
        found.append(_event(row, validated_at, words))
        found.append(_event(row, started_at, "Fine-tuning job started"))
        metrics = step_metrics_of(
            row.steps, has_validation=bool(row.validation_file), seed=row.seed
        )
        every = -(-row.steps // _MOST_STEPS)
        for one in metrics[every - 1 :: every]:
            words = f"Step {one.step}/{row.steps}: training loss={one.train_loss:.2f}"
            data = _numbers(one) | {"total_steps": row.steps}
            found.append(_event(row, _time_of(row, one.step), words, data=data))
        if plan.cancelled_at is None:
            words = f"New fine-tuned model created: {model_name(row)}"
            found.append(_event(row, end_of(plan), words))
            found.append(_event(row, end_of(plan), "The job has successfully completed"))
    elif plan.cancelled_at is None:
        message = msgspec.json.decode(row.error)["message"]
        found.append(_event(row, validated_at, message, level="error"))
    found = [one for one in found if one["created_at"] <= end]
    if plan.cancelled_at is not None and plan.cancelled_at <= now:
        found.append(_event(row, plan.cancelled_at, "The job was cancelled"))
    return found[::-1]


def checkpoints_of(row: JobRow, now: int) -> list[dict[str, Any]]:
    """The checkpoints that a job has made up to now, the newest first, as API objects."""
    if row.error is not None:
        return []
    epochs = int(msgspec.json.decode(row.chosen)["n_epochs"])
    ends = sorted({max(1, row.steps * epoch // epochs) for epoch in range(1, epochs + 1)})
    metrics = step_metrics_of(row.steps, has_validation=bool(row.validation_file), seed=row.seed)
    end = min(end_of(row.plan), now)
    return [
        {
            "object": "fine_tuning.job.checkpoint",
            "id": _id_of("ftckpt_", row, str(step)),
            "created_at": _time_of(row, step),
            "fine_tuned_model_checkpoint": model_name(row)
            + ("" if step == row.steps else f":ckpt-step-{step}"),
            "fine_tuning_job_id": row.id,
            "metrics": _numbers(metrics[step - 1]),
            "step_number": step,
        }
        for step in reversed(ends[-_CHECKPOINTS:])
        if _time_of(row, step) <= end
    ]


def page_of(items: Sequence[dict[str, Any]], query: ListQuery) -> tuple[list[dict[str, Any]], bool]:
    """A page of a list that is in its order, and whether there are more. Raises NoSuchItem."""
    first = 0
    if query.after is not None:
        places = [place for place, one in enumerate(items) if one["id"] == query.after]
        if not places:
            raise NoSuchItem(query.after)
        first = places[0] + 1
    return list(items[first : first + query.limit]), len(items) > first + query.limit


def _time_of(row: JobRow, step: int) -> int:
    started_at = row.created_at + VALIDATING_SECONDS + QUEUED_SECONDS
    return started_at + row.run_seconds * step // row.steps


def _event(
    row: JobRow,
    created_at: int,
    message: str,
    *,
    level: str = "info",
    data: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "object": "fine_tuning.job.event",
        "id": _id_of("ftevent-", row, message),
        "created_at": created_at,
        "level": level,
        "message": message,
        "type": "message" if data is None else "metrics",
        "data": data or {},
    }


def _numbers(metrics: StepMetrics) -> dict[str, float]:
    numbers: dict[str, float] = {
        "step": metrics.step,
        "train_loss": metrics.train_loss,
        "train_mean_token_accuracy": metrics.train_accuracy,
    }
    if metrics.valid_loss is not None and metrics.valid_accuracy is not None:
        numbers["valid_loss"] = metrics.valid_loss
        numbers["valid_mean_token_accuracy"] = metrics.valid_accuracy
    return numbers


def _id_of(prefix: str, row: JobRow, what: str) -> str:
    return prefix + hashlib.sha256(f"{row.id} {what}".encode()).hexdigest()[:24]
