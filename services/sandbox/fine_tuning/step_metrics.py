"""Made-up results of a fine-tuning job: the table that the service calls `step_metrics.csv`."""

import base64
import csv
import io
import math
import random

import msgspec

_COLUMNS = ("step", "train_loss", "train_accuracy", "valid_loss", "valid_mean_token_accuracy")
_VALIDATED_EVERY = 10
"""Steps between two validations."""


class StepMetrics(msgspec.Struct, frozen=True):
    """The results of one step; those of the validation are None in most steps."""

    step: int
    train_loss: float
    train_accuracy: float
    valid_loss: float | None = None
    valid_accuracy: float | None = None


def step_metrics_of(steps: int, *, has_validation: bool, seed: int) -> list[StepMetrics]:
    """The results of a job with so many steps; always the same for a seed."""
    rng = random.Random(seed)
    start, floor = rng.uniform(1.4, 2.2), rng.uniform(0.25, 0.45)
    found = []
    for step in range(1, steps + 1):
        loss = floor + start * math.exp(-5 * step / steps) + rng.uniform(-0.05, 0.05)
        accuracy = 1 - loss / 3
        one = StepMetrics(step, round(loss, 5), round(accuracy, 5))
        if has_validation and (step % _VALIDATED_EVERY == 0 or step == steps):
            one = msgspec.structs.replace(
                one, valid_loss=round(loss * 1.08, 5), valid_accuracy=round(accuracy * 0.97, 5)
            )
        found.append(one)
    return found


def step_metrics_table(steps: int, *, has_validation: bool, seed: int) -> bytes:
    """The table of a job with so many steps, as CSV."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(_COLUMNS)
    for one in step_metrics_of(steps, has_validation=has_validation, seed=seed):
        _step, *numbers = msgspec.structs.astuple(one)
        rows.writerow((one.step, *("" if value is None else f"{value:.5f}" for value in numbers)))
    return text.getvalue().encode()


def wrapped_step_metrics(steps: int, *, has_validation: bool, seed: int) -> bytes:
    """The table of a job with so many steps, wrapped in base64 as the service sends it."""
    return base64.b64encode(step_metrics_table(steps, has_validation=has_validation, seed=seed))
